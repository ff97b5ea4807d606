#!/usr/bin/env bash
# Rejected pushes, 25 of them or $SLUICE_PUSHES (a release: 1000), leave the
# repository as it was: no ref, object, file or temporary directory more.
. "$(dirname "$0")/repository.sh"

server shop
start
eventually test -e "$SERVER/sluice/index"
state >"$WORK/before"
for n in $(seq "${SLUICE_PUSHES:-25}"); do
  git checkout -q --detach main
  broken "web$n"
  commit "broken $n"
  case $((n % 3)) in
    0) rejected schema/unknown-field git push -q origin HEAD:main ;;
    1) rejected schema/unknown-field git push -q --atomic origin HEAD:main "HEAD:refs/heads/new$n" ;;
    2) rejected git/protected-delete git push -q origin :main "HEAD:refs/tags/t$n" ;;
  esac
done
git --git-dir="$SERVER" fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'the repository is whole'
[ ! -s "$WORK/out" ] || fail 'git fsck has nothing to say'
state >"$WORK/after"
diff "$WORK/before" "$WORK/after" >"$WORK/out" || fail 'the repository is as it was'
