#!/usr/bin/env bash
# An environment that moves by request goes back to an older record of its own: asked for with
# a reason, agreed to by the same people, past predecessors and soak; what it went back behind
# does not return by itself. No branch moves.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

# moves VALUE N: staging and then production get it.
moves() {
  staging "$1"
  asks dan
  catches_up
  agrees ana
  equal "$CODE" 0 'an approval'
  runs production "$2"
}
# objects_are N M: records N and M of production hold the same.
objects_are() {
  local newest
  newest=$(cd "$SERVER" && "$SLUICE" ledger log production -n 1 | awk '{print $1}')
  git --git-dir="$SERVER" diff --quiet "refs/sluice/ledger/production~$((newest - $1))" \
    "refs/sluice/ledger/production~$((newest - $2))" -- objects || fail "record $1 holds what record $2 does"
}
WHY='three loses sessions'
back() {
  local person=$1 record=$2
  shift 2
  asks "$person" --to-record "$record" --reason "$WHY" "$@"
}

request_server
moves two 2
TWO=$(git rev-parse HEAD)
moves three 3
THREE=$(git rev-parse HEAD)
new_policy "$ASKS, soak: 1h"

# What it says before anybody is asked.
asks dan --to-record 2
equal "$CODE" 2 'a rollback without a reason'
asks dan --to-record 9 --reason "$WHY"
equal "$CODE" 2 'a rollback to what is not there'
says 'record 9 of production is not among its newest'
back dan 3
equal "$CODE" 0 'a rollback to what it runs'
says 'is there already'
before=$(tip main)
back dan 2 --explain
equal "$CODE" 1 'what is missing'
says 'approvals: production needs 1 approval'
silent_on 'predecessor: '
silent_on 'soak: '
runs production 3

# Asked for, and agreed to: not by whoever asks.
back dan 2
equal "$CODE" 0 'a request to go back'
says 'production waits, as dan asked:'
says "hint: sluice promote production --to-record 2 --reason TEXT --explain"
equal "$(tip main)" "$before" 'main'
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
run "$SLUICE" env
says "asked for: back to record 2, $(git rev-parse --short=7 "$TWO") by dan"
says "$WHY"
run "$SLUICE" env -o json
says '"restores":2,"reason":"three loses sessions"'
agrees dan "$TWO"
[ "$CODE" != 0 ] || fail 'whoever asks does not agree'
runs production 3
agrees ben "$TWO"
equal "$CODE" 0 'an approval'
says 'production, as dan asked, is at record 4'
runs production 4
equal "$(kind production)" rollback 'the kind of the record'
source_is production "$TWO"
says '"restores":2'
says "\"reason\":\"$WHY\""
says '"actor":"dan"'
says '"kind":"rollback","person":"dan"'
says '"kind":"approval","person":"ben"'
objects_are 2 4
equal "$(tip main)" "$before" 'main'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'nothing is left'
runs production 4

# What was carried before is held, whoever asks for it; another rollback is not.
new_policy "$ASKS"
staging four
asks dan
catches_up
FOUR=$(git rev-parse HEAD)
agrees ana
says "hold: held since record 4, the rollback by dan: $WHY"
runs production 4
WHY='two is worse' back chi 3
agrees ana "$THREE"
says 'production, as chi asked, is at record 5'
equal "$(kind production)" rollback 'the kind of the record'
objects_are 3 5
GL_USER=ana run "$SLUICE" release production --reason 'it is mended' --key "$WORK/ana" --as ana
says 'the hold by record 5, a rollback, is over'
runs production 5
another_second
catches_up
asks dan --from "$FOUR"
agrees ben "$FOUR"
runs production 6
equal "$(kind production)" promotion 'the kind of the record'

# A freeze and a window hold for it too; break-glass passes over the window, and stands in the record.
THEN=$(LC_ALL=C date -u -d '+3 days' +%a | tr '[:upper:]' '[:lower:]')
new_policy "$ASKS, windows: [{days: $THEN}]"
back dan 3
agrees ana "$THREE"
says 'window: '
runs production 6
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
GL_USER=ana run "$SLUICE" break-glass production --to-record 3 --reason 'it burns' --key "$WORK/ana" --as ana
says 'now move it: sluice promote production --to-record 3 --reason TEXT'
runs production 7
equal "$(kind production)" break-glass 'the kind of the record'
shows production
says '"restores":3'
says '"reason":"it burns"'
objects_are 3 7
new_policy "$ASKS"

# A removal that is too large asks for a consent here too.
(cd envs/production && for n in 1 2 3 4; do config_map "part-$n"; done)
commit 'parts'
pushes git push -q origin HEAD:main
asks dan --from HEAD
agrees ana
says 'hold: '
GL_USER=ana run "$SLUICE" release production --reason 'it is out' --key "$WORK/ana" --as ana
says 'production, as dan asked, is at record 8'
policy "$ASKS"
sed -i 's/request, maxRemoved: 100%/request/' .sluice/sluice.yaml
commit 'a removal asks for a consent'
pushes git push -q origin HEAD:main
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
another_second
back dan 7
agrees ana "$THREE"
says 'consent: it removes'
runs production 8
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
GL_USER=ben run "$SLUICE" consent production --to-record 7 --key "$WORK/ben" --as ben
says 'production, as dan asked, is at record 9'
runs production 9
objects_are 7 9

audited
says 'production: 9 records verified'
