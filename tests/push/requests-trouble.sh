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
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'reconcile'
says "staging, as chi asked, is at record $((before + 1))"
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
mv "$WORK/gone" "$object"
agrees ana
says 'production, as dan asked, is at record 2'

audited
