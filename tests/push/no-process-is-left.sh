#!/usr/bin/env bash
# After pushes have ended no process of ours runs on, but for the index, and that
# ends too.
. "$(dirname "$0")/repository.sh"

server shop
start
for n in $(seq 10); do
  config_map "m$n"
  commit "m$n"
  pushes git push -q origin HEAD:main
  broken "m$n"
  commit "broken $n"
  rejected schema/unknown-field git push -q origin HEAD:main
  git reset -q --hard HEAD~
done
ours() { ! pgrep -f "$HOOK" >"$WORK/running"; }
eventually ours
