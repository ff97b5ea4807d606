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

# What the gate would say: by the branch that the settings name, and by the operator's floor.
git init -q --bare "$WORK/srv/floor.git"
git clone -q "$WORK/srv/floor.git" "$WORK/floor" 2>/dev/null
(
  cd "$WORK/floor"
  mkdir .sluice
  printf 'version: 1\nrules:\n  schema/unknown-kind: error\n' >.sluice/sluice.yaml
  commit 'floor'
  git push -q origin HEAD:main
)
git checkout -q --orphan release
git rm -q -rf .
mkdir .sluice
printf 'version: 1\nrules:\n  schema/unknown-field: "off"\n' >.sluice/sluice.yaml
broken fourth
printf 'apiVersion: own.example/v1\nkind: Gadget\nmetadata:\n  name: a\n' >gadget.yaml
commit 'release'
pushes git push origin HEAD:release
"$SLUICE" hook set "$SERVER" policyRef=refs/heads/release >"$WORK/out"
echo "policy: {repository: $WORK/srv/floor.git}" >>"$OPERATOR"
run "$SLUICE" hook import "$SERVER"
says 'policy release@'
silent_on 'second.yaml'
says 'fourth.yaml:5:1'
says 'gadget.yaml:1:1'
says ', floor '
# What it reads it reads in a child: where that ends of it, whoever started it says so.
git checkout -q -B large release
config_map large
seq 9000 | awk '{ printf "  key%d: \"%0900d\"\n", $1, $1 }' >>large.yaml
commit 'large'
git --git-dir="$SERVER" fetch -q "$CLONE" "+large:refs/heads/large"
"$SLUICE" hook set "$SERVER" policyRef=refs/heads/large >"$WORK/out"
run bash -c 'ulimit -d 12000; exec "$0" hook import "$1"' "$SLUICE" "$SERVER"
equal "$CODE" 3 'the exit code where its judge ended'
says 'sluice could not judge it: its judge failed: it ran out of memory or failed inside'
silent_on 'terminate'
silent_on 'what()'
"$SLUICE" hook set "$SERVER" policyRef=refs/heads/nowhere >"$WORK/out"
run "$SLUICE" hook import "$SERVER"
equal "$CODE" 2 'the exit code where there is nothing'
says 'nothing to import: refs/heads/nowhere has no commit yet'
