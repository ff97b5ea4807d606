#!/usr/bin/env bash
# What could not be told of a request, or waits for the operator, is said; never is it passed
# over without a word.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server

# Taken by a policy of which nothing is recorded yet.
policy "$ASKS" ', movedBy: request'
commit 'staging moves by request'
pushes git push -q origin HEAD:main
staging two
before=$(cd "$SERVER" && "$SLUICE" ledger log staging -n 1 | awk '{print $1}')
GL_USER=chi run "$SLUICE" promote staging --key "$WORK/chi" --as chi
equal "$CODE" 0 'a request by a policy that is not recorded'
says 'staging was asked for, and waits for a record of the policy by which it moves by request: sluice ledger policy'
GL_USER=ana run "$SLUICE" approve staging HEAD --yes --key "$WORK/ana" --as ana
silent_on 'staging was asked for'
runs staging "$before"
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
says "staging, as chi asked, is at record $((before + 1))"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'reconcile'
runs staging $((before + 1))

# A commit on the way from the record to what was asked for is gone.
for value in one two; do
  (cd envs/production && config_map more "$value")
  commit "production $value"
  pushes git push -q origin HEAD:main
done
asks dan --from HEAD
says 'production waits, as dan asked'
gone=$(git rev-parse HEAD~1)
object=$SERVER/objects/${gone:0:2}/${gone:2}
mv "$object" "$WORK/gone"
run "$SLUICE" ledger reconcile "$SERVER"
says "production: it cannot be told whether what dan asked for, $(git rev-parse --short=12 HEAD), waits: "
equal "$CODE" 3 'reconcile, where that could not be told'
mv "$WORK/gone" "$object"
agrees ana
says 'production, as dan asked, is at record 2'

# Of one person the newest four are looked at, and what lies beside that which came.
(cd envs/production && config_map more three)
commit 'production three'
pushes git push -q origin HEAD:main
OLD=$(git rev-parse HEAD)
change_of HEAD
sends chi "$(request chi HEAD)"
says 'production waits, as chi asked'
(cd envs/production && config_map more four)
commit 'production four'
pushes git push -q origin HEAD:main
change_of HEAD
for n in 1 2 3 4; do
  sends chi "$(request chi HEAD null production "$(from_now $((100000 + n)))" "$(from_now $((200 + n)))")"
  equal "$CODE" 0 'a request'
done
equal "$(grep -c "production waits, as chi asked" "$WORK/out")" 2 'how many are tried'
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
run "$SLUICE" env
says "$(git rev-parse --short=7 HEAD) by chi"
silent_on "${OLD:0:7} by chi"
agrees ana "$OLD"
says "production, as chi asked, is at record 3, ${OLD:0:12}"

# A recorder that holds the lock keeps a push no longer than the hook may take.
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
asks ben --from HEAD
says 'production waits, as ben asked'
echo 'deadline: 10s' >"$OPERATOR"
exec 9>>"$SERVER/sluice/recorder.lock"
flock 9
agrees ana
equal "$CODE" 0 'an approval while another one records'
says 'another recorder holds'
silent_on ' 30000 ms'
says 'production: the time that a push has is over; sluice ledger reconcile tries the rest'
exec 9>&-
echo 'deadline: 60s' >"$OPERATOR"
runs production 3
run "$SLUICE" ledger reconcile "$SERVER" --dry-run
runs production 3
"$SLUICE" ledger reconcile "$SERVER" -o json 2>"$WORK/err" >"$WORK/out"
says '"name":"production","standing":"in-step","sequence":4,"written":1,'
grep -q 'production, as ben asked, is at record 4' "$WORK/err" || fail 'what was tried is told'

audited
