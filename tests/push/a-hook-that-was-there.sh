#!/usr/bin/env bash
# A hook that was there runs after ours, with what git gave, only on what we
# accept; its word counts; it comes back when ours goes.
. "$(dirname "$0")/repository.sh"

SERVER=$WORK/srv/shop.git
git init -q --bare "$SERVER"
for hook in pre-receive post-receive; do
  cat >"$SERVER/hooks/$hook" <<HOOK
#!/bin/sh
cat >>$WORK/$hook.seen
env | grep -E '^(GIT_DIR|GIT_QUARANTINE_PATH|GIT_PUSH_OPTION_0|PATH|MINE)=' >$WORK/$hook.environment
echo "theirs: $hook"
[ ! -e $WORK/refuse ]
HOOK
  chmod +x "$SERVER/hooks/$hook"
done
gate
says 'runs after ours'

export MINE=yes
clone
config_map first
commit 'first'
pushes git push -o hello origin HEAD:main
says 'theirs: pre-receive'
says 'theirs: post-receive'
equal "$(cat "$WORK/pre-receive.seen")" "$ZERO $(git rev-parse HEAD) refs/heads/main" 'what their hook read'
equal "$(cat "$WORK/post-receive.seen")" "$ZERO $(git rev-parse HEAD) refs/heads/main" 'what their second hook read'
for name in GIT_DIR GIT_QUARANTINE_PATH GIT_PUSH_OPTION_0=hello MINE=yes PATH; do
  grep -q "^$name" "$WORK/pre-receive.environment" || fail "their hook sees $name"
done

broken web
commit 'broken'
: >"$WORK/pre-receive.seen"
rejected schema/unknown-field git push origin HEAD:main
silent_on 'theirs'
equal "$(cat "$WORK/pre-receive.seen")" '' 'what their hook read of a rejected push'

config_map web
commit 'mended'
touch "$WORK/refuse"
refused 'theirs: pre-receive' git push origin HEAD:main
at main HEAD~2
equal "$(find "$SERVER/sluice" -path '*/intents/*' | grep -c "$(git rev-parse HEAD)" || true)" 0 'intents of a refused push'
"$SLUICE" hook set "$SERVER" mode=observe >"$WORK/out"
refused 'theirs: pre-receive' git push origin HEAD:main
"$SLUICE" hook uninstall "$SERVER" >"$WORK/out"
grep -q 'theirs' "$SERVER/hooks/pre-receive" || fail 'their hook is back'
rm "$WORK/refuse"
pushes git push origin HEAD:main
says 'theirs: pre-receive'
silent_on 'sluice accepted'
