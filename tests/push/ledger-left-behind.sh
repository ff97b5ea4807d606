#!/usr/bin/env bash
# Branches that the ledger cannot follow by itself: each is said, none is recorded
# silently, and each has a way out that somebody takes with a reason.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

records() { git --git-dir="$SERVER" rev-list --count refs/sluice/ledger/production 2>/dev/null || echo 0; }
verified() {
  (cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail "the ledger holds after $1"
}
# left_behind WHY: reconcile says it, writes nothing, and --judge with a reason is the way out.
left_behind() {
  local before
  before=$(records)
  run "$SLUICE" ledger reconcile "$SERVER"
  equal "$CODE" 1 "reconcile is refused: $1"
  equal "$(records)" "$before" "nothing is recorded: $1"
}
judged() {
  run "$SLUICE" ledger reconcile "$SERVER" --judge --reason "$1"
  equal "$CODE" 0 "it is judged and recorded: $1"
  (cd "$SERVER" && "$SLUICE" ledger show production -o json) | grep -q "\"reason\":\"$1\"" || fail "the reason stands in the record: $1"
  (cd "$SERVER" && "$SLUICE" ledger show production -o json) | grep -q "\"commit\":\"$(tip production)\"" || fail "the tip is recorded: $1"
  verified "$1"
}

# A branch that was there before it was an environment.
ledger_server shop
config_map web 'zero'
commit 'zero'
git --git-dir="$SERVER" fetch -q "$CLONE" HEAD:refs/heads/production
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
left_behind 'it was there before'
says 'sluice ledger reconcile --judge'
run "$SLUICE" ledger reconcile "$SERVER" --judge
equal "$CODE" 2 'no judgement without a reason'
run "$SLUICE" ledger reconcile "$SERVER" --reason x
equal "$CODE" 2 'no reason without a judgement'
run "$SLUICE" ledger reconcile "$SERVER" --judge --dry-run --reason x
equal "$CODE" 2 'no judgement without writing'
equal "$(records)" 0 'nothing was recorded'
config_map web 'one'
commit 'one'
pushes git push origin HEAD:production
says 'sluice did not record production'
judged 'the branch is older than the ledger'
equal "$(records)" 1 'one record'
config_map web 'two'
commit 'two'
pushes git push origin HEAD:production
silent_on warning
equal "$(records)" 2 'and pushes go on from there'

# The policy changed between verdict and record.
git checkout -q -b policy origin/main
echo '# another' >>.sluice/sluice.yaml
commit 'a policy'
pushes git push -q origin HEAD:main
git checkout -q -
git merge -q policy -m 'the policy too' 2>"$WORK/out" || fail 'it is merged'
config_map web 'three'
commit 'three'
pushes git push origin HEAD:production
left_behind 'another policy'
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'the record of policy came first'
equal "$(records)" 3 'so nothing is left behind'
git checkout -q policy
echo '# one more' >>.sluice/sluice.yaml
commit 'another policy'
pushes git push -q origin HEAD:main
git checkout -q -
config_map web 'four'
commit 'four'
mv "$SERVER/sluice/recorder" "$WORK/recorder"
pushes git push origin HEAD:production
git checkout -q policy
echo '# and one more' >>.sluice/sluice.yaml
commit 'yet another policy'
pushes git push -q origin HEAD:main
git checkout -q -
mv "$WORK/recorder" "$SERVER/sluice/recorder"
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana"
left_behind 'a policy that no record holds'
says 'which is not that of the newest record of policy'
judged 'the policy went on'

# A bypass: nothing is accepted, so nothing is recorded, until it is mended.
echo 'bypass: {by: [uid:0, ana, root]}' >>"$OPERATOR"
git --git-dir="$SERVER" config receive.advertisePushOptions true
broken web
commit 'broken'
git --git-dir="$SERVER" fetch -q "$CLONE" HEAD:refs/heads/production
left_behind 'a bypass'
run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'it was urgent'
equal "$CODE" 1 'what is not accepted is not recorded'
says schema/unknown-field
config_map web 'mended'
commit 'mended'
pushes git push origin HEAD:production
judged 'mended after a bypass'

# Intents that were kept for thirty days, and a branch that was made anew.
mv "$SERVER/sluice/recorder" "$WORK/recorder"
config_map web 'late'
commit 'late'
pushes git push origin HEAD:production
rm "$SERVER"/sluice/intents/*
mv "$WORK/recorder" "$SERVER/sluice/recorder"
left_behind 'no intent any more'
judged 'nobody reconciled for a month'
git --git-dir="$SERVER" update-ref -d refs/heads/production
left_behind 'the branch is gone'
config_map web 'anew'
commit 'anew'
pushes git push origin HEAD:production
judged 'the branch was made anew'
equal "$(ls "$SERVER/sluice/intents" | wc -l)" 0 'the intents that are left'
