#!/usr/bin/env bash
# Push options are text from whoever pushes: none of them names a person, a mode,
# a file or a command, whatever it looks like, and none stops a good push.
. "$(dirname "$0")/repository.sh"

server shop
start
echo 'bypass: {by: [ana]}' >"$OPERATOR"
broken web
commit 'broken'
bad=$(git rev-parse HEAD)
count=0
for option in sluice.bypass sluice.bypass= 'sluice.bypass=fire' 'SLUICE.BYPASS=fire' 'sluice.bypass =fire' 'sluice.bypass=ana: fire' \
  sluice.mode=observe sluice.user=ana sluice.pusher=ana mode=observe policyRef=refs/heads/topic policyCommit="$bad" \
  'GIT_DIR=/tmp' 'PATH=/tmp' 'LD_PRELOAD=/tmp/x.so' '$(touch pwned)' '`touch pwned`' '; touch pwned' '| touch pwned' '&& touch pwned' \
  '../../../../etc/passwd' '-o' '--help' '--no-verify' '%s%n%x' 'ci.skip' 'merge_request.create' '{"bypass":true}' \
  '- bypass' '=' ' ' '.' 'größe=日本' "$(head -c 1024 /dev/zero | tr '\0' x)"; do
  rejected schema/unknown-field git push -o "$option" origin "$bad:refs/heads/main"
  [ -z "$(find "$SERVER" "$CLONE" "$WORK/srv" -name 'pwned*')" ] || fail "an option is only text: $option"
  count=$((count + 1))
done
equal "$(tip main)" "$(git rev-parse HEAD~)" "the server's main"
git reset -q --hard HEAD~
number=0
for option in sluice.bypass=fire sluice.mode=enforce '$(false)' "$(printf '\033[31m')" ''; do
  number=$((number + 1))
  config_map "good$number"
  commit "good $number"
  pushes git push -o "$option" origin HEAD:main
done
[ "$count" -ge 30 ] || fail "thirty options and more: $count"
