#!/usr/bin/env bash
# Push options are taken as text and up to their limits.
. "$(dirname "$0")/repository.sh"

server shop
start
config_map second
commit 'second'
# shellcheck disable=SC2016  # not to be expanded, here or there
pushes git push -o ci.skip -o '$(touch pwned)' -o "sluice.bypass=$(printf '\033[31mred')" origin HEAD:main
[ ! -e "$SERVER/pwned" ] || fail 'an option is only text'
config_map third
commit 'third'
refused 'sluice could not judge this push: a push option of more than 1 KiB' \
  git push -o "$(head -c 1025 /dev/zero | tr '\0' x)" origin HEAD:main
many=()
for n in $(seq 17); do many+=(-o "option$n"); done
refused 'sluice could not judge this push: more than 16 push options' git push "${many[@]}" origin HEAD:main
at main HEAD~
pushes git push "${many[@]:0:32}" origin HEAD:main
at main HEAD
