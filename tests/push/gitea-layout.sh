#!/usr/bin/env bash
# Gitea and Forgejo run every file of pre-receive.d, all with the same input, and
# end with the first code that is not 0; who pushes stands in GITEA_PUSHER_NAME.
. "$(dirname "$0")/repository.sh"

SERVER=$WORK/srv/shop.git
git init -q --bare "$SERVER"
git --git-dir="$SERVER" config receive.advertisePushOptions true
for hook in pre-receive post-receive; do
  mkdir "$SERVER/hooks/$hook.d"
  printf '#!/bin/sh\necho gitea ran\n' >"$SERVER/hooks/$hook.d/gitea"
  # As the server writes it.
  cat >"$SERVER/hooks/$hook" <<'HOOK'
#!/usr/bin/env bash
data=$(cat)
exitcodes=""
hookname=$(basename $0)
GIT_DIR=${GIT_DIR:-$(dirname $0)/..}
for hook in ${GIT_DIR}/hooks/${hookname}.d/*; do
  test -x "${hook}" && test -f "${hook}" || continue
  echo "${data}" | "${hook}"
  exitcodes="${exitcodes} $?"
done
for i in ${exitcodes}; do
  [ ${i} -eq 0 ] || exit ${i}
done
HOOK
  chmod +x "$SERVER/hooks/$hook" "$SERVER/hooks/$hook.d/gitea"
done
gate --platform gitea
run "$SLUICE" hook status "$WORK/srv"
says 'gated'
silent_on 'NOT GATED'

start
at main HEAD
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
says 'gitea ran'
printf 'bypass: {by: [ana]}\n' >"$OPERATOR"
rejected schema/unknown-field env GITEA_PUSHER_NAME=ben git push -o sluice.bypass=fire origin HEAD:main
pushes env GITEA_PUSHER_NAME=ana git push -o sluice.bypass=fire origin HEAD:main
at main HEAD
