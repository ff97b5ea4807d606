#!/usr/bin/env bash
# Where hook.yaml says so, a push asks the clusters that the repository names:
# what their API servers refuse is rejected, and where none can answer only what
# the configuration says. A script stands in the place of sluice-cluster.
. "$(dirname "$0")/repository.sh"

PYTHON=$(command -v python3) || skip 'no python3'
HOOK=$WORK/bin/hook/sluice-hook
mkdir "$WORK/bin/hook"
cp "$SLUICE_HOOK" "$HOOK"
cat >"$WORK/bin/hook/sluice-cluster" <<PYTHON
#!$PYTHON
import json, os, sys
question = json.load(sys.stdin)
with open("$WORK/questions", "a") as file:
    print(question["cluster"], *sys.argv[1:], *sorted(os.environ), *(o["name"] for o in question["objects"]), file=file)
answers = []
for o in question["objects"]:
    refused = o["name"] == "denied"
    answers.append({"known": "refused" if refused else "taken", "effect": "none", "reason": "", "live": "", "taken": "",
                    "causes": [{"rule": "cluster/denied", "field": "data.key", "message": "no"}] * refused})
print(json.dumps({"version": 1, "minor": "1.36", "trouble": "", "answers": answers}))
PYTHON
chmod +x "$WORK/bin/hook/sluice-cluster"

export KUBECONFIG=/nowhere
server shop
clone
mkdir .sluice
printf 'version: 1\nclusters:\n  prod: {kubernetes: "1.36", branches: [main]}\n' >.sluice/sluice.yaml
config_map first
commit 'first'
pushes git push -q origin HEAD:main

# Nobody is asked unless the operator says so.
config_map denied
commit 'denied there'
pushes git push -q origin HEAD:main
[ ! -e "$WORK/questions" ] || fail 'nobody is asked'

printf 'deadline: 60s\nclusters: ask\n' >"$OPERATOR"
config_map good
commit 'good'
pushes git push origin HEAD:main
says '1 judged (cluster 1, offline 0)'
# By the operator's file beside hook.yaml, and with nothing of the pusher's.
grep -qE "^prod dry-run --clusters $WORK/clusters.yaml .* good\$" "$WORK/questions" ||
  fail "the question is: $(cat "$WORK/questions")"
grep -qwE 'HOME|KUBECONFIG' "$WORK/questions" && fail "nothing of the pusher's environment: $(cat "$WORK/questions")"

config_map denied other
commit 'still denied there'
rejected cluster/denied git push origin HEAD:main
says 'denied.yaml:6:8: cluster prod: no'
at main HEAD~

# A program that fails or is not there verifies nothing, and rejects nothing.
mv "$WORK/bin/hook/sluice-cluster" "$WORK/bin/hook/away"
pushes git push origin HEAD:main
says '1 unverified (prod: '
printf '#!/bin/sh\nkill -SEGV $$\n' >"$WORK/bin/hook/sluice-cluster"
chmod +x "$WORK/bin/hook/sluice-cluster"
config_map more
commit 'more'
pushes git push origin HEAD:main
says '1 unverified (prod: sluice-cluster ended by signal 11)'

# Unless the policy says that it does.
printf 'rules: {cluster/unverified: error}\n' >>.sluice/sluice.yaml
commit 'strict'
pushes git push origin HEAD:main
config_map last
commit 'last'
rejected cluster/unverified git push origin HEAD:main
at main HEAD~
