#!/usr/bin/env bash
# In enforce a judge that dies or takes too long rejects, with one plain sentence
# and without a trace of what happened inside.
. "$(dirname "$0")/repository.sh"

server shop
start
config_map large
seq 9000 | awk '{ printf "  key%d: \"%0900d\"\n", $1, $1 }' >>large.yaml
commit 'large'

mkdir "$WORK/starved"
printf '#!/bin/sh\nulimit -d 12000\nexec %s "$@"\n' "$HOOK" >"$WORK/starved/sluice-hook"
chmod +x "$WORK/starved/sluice-hook"
sed -i "1s|.*|#!$WORK/starved/sluice-hook pre-receive|" "$SERVER/hooks/pre-receive"
refused 'sluice could not judge' git push origin HEAD:main
at main HEAD~
silent_on 'terminate'
silent_on 'what()'
silent_on 'Aborted'
gate

# 45,000 objects in a tenth of a second.
git reset -q --hard HEAD~
for f in $(seq 45); do
  seq 1000 | awk -v f="$f" '{ printf "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c%d-%d\ndata:\n  key: \"%0700d\"\n", f, $1, $1 }' >"many$f.yaml"
done
commit 'many'
printf 'deadline: 100ms\nlog: %s\n' "$WORK/log" >"$OPERATOR"
refused 'sluice could not judge' git push origin HEAD:main
at main HEAD~
grep -q '"verdict":"unjudged"' "$WORK/log" || fail 'the log says that it was not judged'
