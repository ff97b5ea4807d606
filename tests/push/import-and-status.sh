#!/usr/bin/env bash
# A history that was there before the gate is judged and admitted once; status
# lists what is gated and what is not.
. "$(dirname "$0")/repository.sh"

SERVER=$WORK/srv/old.git
git init -q --bare "$SERVER"
clone
config_map first
broken second
commit 'old'
git push -q origin HEAD:main 2>/dev/null
run "$SLUICE" hook status "$WORK/srv"
equal "$CODE" 1 'the exit code of status with an ungated repository'
says 'NOT GATED'
gate
run "$SLUICE" hook import "$SERVER"
says 'second.yaml:5:1'
[ -s "$SERVER/sluice/index" ] || fail 'the index is written'
run "$SLUICE" hook status "$WORK/srv"
equal "$CODE" 0 'the exit code of status'
config_map third
commit 'third'
pushes git push origin HEAD:main
