#!/usr/bin/env bash
# Pushes at the same time: good ones land or lose git's own race, bad ones never
# land, and nothing is left over.
. "$(dirname "$0")/repository.sh"

server shop
start
for n in 1 2 3 4 5 6 7 8; do
  git worktree add -q "$WORK/tree$n" main --detach
  (
    cd "$WORK/tree$n"
    if [ $((n % 2)) = 0 ]; then config_map "m$n"; else broken "m$n"; fi
    git add -A
    git commit -q -m "m$n"
    git push -q origin "HEAD:refs/heads/own$n" >"$WORK/own$n" 2>&1 && echo yes >"$WORK/pushed-own$n" || true
    git push -q origin HEAD:main >"$WORK/push$n" 2>&1 && echo yes >"$WORK/pushed$n" || true
  ) &
done
wait
for n in 1 3 5 7; do
  [ ! -e "$WORK/pushed$n" ] || fail "the bad push $n is rejected"
done
landed=$(find "$WORK" -maxdepth 1 -name 'pushed[0-9]*' | wc -l)
equal "$landed" 1 'of four good pushes from one base, those that landed'
equal "$(git --git-dir="$SERVER" for-each-ref 'refs/heads/own*' | wc -l)" 8 'branches of their own'
git --git-dir="$SERVER" fsck --strict >"$WORK/out" 2>&1 || fail 'the repository is whole'
equal "$(find "$SERVER/objects" -name 'tmp_*' | wc -l)" 0 'temporary directories'
