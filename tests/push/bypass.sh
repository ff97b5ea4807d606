#!/usr/bin/env bash
# People whom the operator names may pass in an emergency, and it is always on
# record; nobody else may.
. "$(dirname "$0")/repository.sh"

server shop
start
broken web
commit 'broken'
me=$(id -un)
rejected schema/unknown-field git push -o sluice.bypass=fire origin HEAD:main
echo 'bypass: {by: [ana]}' >"$OPERATOR"
rejected schema/unknown-field git push -o sluice.bypass=fire origin HEAD:main
says 'emergency (ana; recorded): git push -o sluice.bypass="reason"'
echo "bypass: {by: [ana, $me]}" >"$OPERATOR"
rejected schema/unknown-field git push origin HEAD:main
rejected schema/unknown-field git push -o sluice.bypass= origin HEAD:main

# A record that cannot be written is no bypass.
echo "log: $WORK/no/such/directory/log" >>"$OPERATOR"
refused 'sluice could not keep what it has to' git push -o sluice.bypass=fire origin HEAD:main
at main HEAD~
sed -i '$d' "$OPERATOR"
pushes git push -o 'sluice.bypass=the shop is on fire' origin HEAD:main
says 'bypassed, and logged'
at main HEAD
grep -q "\"verdict\":\"rejected\",\"rules\":\[\"schema/unknown-field\"\].*\"bypass\":\"$me: the shop is on fire\"" \
  "$SERVER/sluice/bypass.log" || fail 'the bypass is on record'
