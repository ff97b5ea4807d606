#!/usr/bin/env bash
# Whatever makes the judge wait, fail or die, there is an answer within the
# deadline, and it is no: ten stalls of each sort, or $SLUICE_STALLS (a release:
# 250, which makes a thousand).
. "$(dirname "$0")/repository.sh"

server shop
start
: "${SLUICE_STALLS:=10}"
old=$(git rev-parse HEAD)
for f in 1 2 3 4 5 6 7 8; do
  printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large%d\ndata:\n' $f
  seq 1000 | awk '{ printf "  key%d: \"%0900d\"\n", $1, $1 }'
done >large.yaml
git add -A
git commit -q -m 'large'
good=$(git rev-parse HEAD)
pushes git push -q origin "$good:refs/heads/kept"  # so that each push brings nothing new
count=0

# wrap COMMANDS: the hook starts with these.
wrap() {
  mkdir -p "$WORK/wrapped"
  printf '#!/bin/bash\n%s\nexec %s "$@"\n' "$1" "$HOOK" >"$WORK/wrapped/sluice-hook"
  chmod +x "$WORK/wrapped/sluice-hook"
  sed -i "1s|.*|#!$WORK/wrapped/sluice-hook pre-receive|" "$SERVER/hooks/pre-receive"
}

# refuses WHAT: a good change does not get in, with one plain sentence.
refuses() {
  refused 'sluice could not' git push origin "$good:refs/heads/main"
  silent_on 'terminate'
  silent_on 'what()'
  equal "$(tip main)" "$old" "after $1, the server's main"
  count=$((count + 1))
}

# The least address space, in KiB, in which the kernel can load the program at
# all; below it there is nobody who could give an answer.
least_space() {
  local low=1000 high=1000000 middle code
  while [ $((high - low)) -gt 20 ]; do
    middle=$(((low + high) / 2)) code=0
    (ulimit -v $middle && exec "$HOOK") >/dev/null 2>&1 || code=$?  # 2: it says how it is used
    if [ $code = 2 ]; then high=$middle; else low=$middle; fi
  done
  echo "$high"
}
space=$(least_space)
for n in $(seq "$SLUICE_STALLS"); do
  wrap "ulimit -v $((space + n % 10 * 50))"
  refuses 'too little memory'
  wrap "ulimit -n $((3 + n % 6))"
  refuses 'too few descriptors'
done

# As soon as the judge is there it is stopped, or killed. Where it was quicker
# than this shell, the good change is in.
hit=0
echo 'deadline: 500ms' >"$OPERATOR"
for n in $(seq "$SLUICE_STALLS"); do
  signal=$([ $((n % 2)) = 0 ] && echo STOP || echo KILL)
  wrap "hook=\$\$
(for _ in \$(seq 5000); do
  read -r children </proc/\$hook/task/\$hook/children
  for child in \$children; do
    read -r name </proc/\$child/comm && [ \"\$name\" = sluice-hook ] && kill -$signal \$child && exit
  done
done) 2>/dev/null &"
  run git push origin "$good:refs/heads/main"
  if [ $CODE != 0 ]; then
    says 'sluice could not'
    hit=$((hit + 1))
  fi
  git --git-dir="$SERVER" update-ref refs/heads/main "$old"
done
[ $hit -gt 0 ] || fail 'a judge was stopped or killed'

# A FIFO in the place of the settings.
echo 'deadline: 60s' >"$OPERATOR"
gate
place=$SERVER/sluice/settings.yaml
for n in $(seq "$SLUICE_STALLS"); do
  [ ! -e "$place" ] || mv "$place" "$WORK/kept"
  mkfifo "$place"
  refuses 'settings that nobody writes'
  rm -f "$place"
  [ ! -e "$WORK/kept" ] || mv "$WORK/kept" "$place"
done

pushes git push origin "$good:refs/heads/main"
[ "$count" -ge $((3 * SLUICE_STALLS)) ] || fail "stalls: $count"
