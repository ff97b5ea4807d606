#!/usr/bin/env bash
# Ten thousand refs: pushed at once, and standing there while others are pushed.
. "$(dirname "$0")/repository.sh"

server shop
start
# What ten thousand verdicts cost is another question.
echo 'deadline: 60s' >"$OPERATOR"
for n in $(seq 10000); do echo "create refs/heads/feature/$n $(git rev-parse HEAD)"; done | git update-ref --stdin
pushes git push -q origin 'refs/heads/feature/*:refs/heads/feature/*'
equal "$(git --git-dir="$SERVER" for-each-ref refs/heads/feature | wc -l)" 10000 'the number of branches'
[ "$(wc -c <"$WORK/out")" -lt 4096 ] || fail 'ten thousand refs are told in a few lines'
config_map second
commit 'second'
pushes git push origin HEAD:main
broken third
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
git --git-dir="$SERVER" pack-refs --all
rejected schema/unknown-field git push origin HEAD:main
at main HEAD~
