#!/usr/bin/env bash
# The operator's files are wrong: nothing gets in, and the place is told.
. "$(dirname "$0")/repository.sh"

server shop
start
config_map second
commit 'second'
printf 'deadline: 4s\nmood: enforce\n' >"$OPERATOR"
refused 'sluice could not judge this push: hook.yaml:2:1: unknown key "mood"' git push origin HEAD:main
says 'hint: nothing was changed; the operator of this server mends this: sluice hook status'
rm "$OPERATOR"
refused "sluice could not judge this push: the operator's file is not there: $OPERATOR" git push origin HEAD:main
: >"$OPERATOR"
cp "$SERVER/sluice/settings.yaml" "$WORK/settings"
printf 'policyRef: 7\n' >"$SERVER/sluice/settings.yaml"
refused 'sluice could not judge this push: settings.yaml:1:' git push origin HEAD:main
cp "$WORK/settings" "$SERVER/sluice/settings.yaml"
chmod 666 "$OPERATOR"
refused 'may be written by anyone' git push origin HEAD:main
chmod 644 "$OPERATOR"
pushes git push origin HEAD:main
at main HEAD
