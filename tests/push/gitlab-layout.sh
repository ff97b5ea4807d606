#!/usr/bin/env bash
# GitLab runs custom_hooks itself, in the repository, and its web page shows only
# lines that begin with GL-HOOK-ERR; here the hook is run as Gitaly runs it.
. "$(dirname "$0")/repository.sh"

SERVER=$WORK/srv/@hashed/ab/shop.git
mkdir -p "$(dirname "$SERVER")"
git init -q --bare "$SERVER"
git --git-dir="$SERVER" config receive.advertisePushOptions true
gate --platform gitlab
for hook in pre-receive post-receive; do
  cat >"$SERVER/hooks/$hook" <<HOOK
#!/bin/sh
data=\$(cat)
export GIT_DIR=$SERVER GL_USERNAME=\${GL_USERNAME:-ana}
for custom in $SERVER/custom_hooks/$hook.d/*; do
  printf '%s\n' "\$data" | "\$custom" || exit 1
done
HOOK
  chmod +x "$SERVER/hooks/$hook"
done
run "$SLUICE" hook status "$WORK/srv"
silent_on 'NOT GATED'

start
at main HEAD
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
first_line 'GL-HOOK-ERR: sluice rejected main: 1 error in 1 object'
printf 'bypass: {by: [ana]}\n' >"$OPERATOR"
pushes git push -o sluice.bypass=fire origin HEAD:main
at main HEAD
