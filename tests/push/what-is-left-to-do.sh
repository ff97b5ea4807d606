#!/usr/bin/env bash
# post-receive ends at once where nothing is left to do, and does all that is:
# an index that is wanted, one that is a day old, a hook that was there before.
. "$(dirname "$0")/repository.sh"

server shop
start
eventually test -s "$SERVER/sluice/index"
eventually test -e "$SERVER/sluice/refresh.now"
TIP=$(tip main)
cd "$SERVER"

# post_receive: as git runs it.
post_receive() {
  echo "$ZERO $TIP refs/heads/main" >"$WORK/moved"
  run env -i GIT_DIR=. PATH="$PATH" "$HOOK" post-receive "${1:-hooks/post-receive}" <"$WORK/moved"
  equal "$CODE" 0 "the exit code of post-receive"
  equal "$(cat "$WORK/out")" "${2:-}" "what post-receive says"
}
renewed() { [ sluice/refresh.now -nt "$WORK/before" ]; }
untouched() { touch -d "${1:-1 hour ago}" sluice/refresh.now; touch -d '1 minute ago' "$WORK/before"; }

untouched
post_receive
post_receive "$SERVER/hooks/post-receive"

untouched
touch sluice/refresh.wanted
post_receive
[ ! -e sluice/refresh.wanted ] || fail 'what is wanted is taken'
eventually renewed

untouched '2 days ago'
post_receive
eventually renewed

rm sluice/refresh.now
post_receive
eventually test -e sluice/refresh.now

untouched
printf '#!/bin/sh\necho theirs; cat\n' >hooks/post-receive.before-sluice
chmod +x hooks/post-receive.before-sluice
THEIRS="theirs
$ZERO $TIP refs/heads/main"
post_receive hooks/post-receive "$THEIRS"
post_receive "$SERVER/hooks/post-receive" "$THEIRS"
