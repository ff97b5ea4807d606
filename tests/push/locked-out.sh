#!/usr/bin/env bash
# A configuration that lets nothing through: the operator names a commit whose
# configuration judges, and the branch is mended.
. "$(dirname "$0")/repository.sh"

server shop
start
good=$(git rev-parse HEAD)
# As if it had come in before the gate was there.
mkdir .sluice
printf 'version: 7\n' >.sluice/sluice.yaml
commit 'locked'
mv "$SERVER/hooks/pre-receive" "$WORK/pre-receive"
pushes git push -q origin HEAD:main
mv "$WORK/pre-receive" "$SERVER/hooks/pre-receive"

printf 'version: 1\n' >.sluice/sluice.yaml
commit 'mended'
run git push origin HEAD:main
[ $CODE != 0 ] || fail 'nothing gets in'
says 'the configuration of main@'
says '.sluice/sluice.yaml:1'
"$SLUICE" hook set "$SERVER" "policyCommit=$good" >"$WORK/out" || fail 'the operator names a commit'
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
git reset -q --hard HEAD~
pushes git push origin HEAD:main
"$SLUICE" hook set "$SERVER" policyCommit= >"$WORK/out" || fail 'the way back is closed again'
config_map second
commit 'second'
pushes git push origin HEAD:main
at main HEAD
