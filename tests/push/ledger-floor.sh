#!/usr/bin/env bash
# Policies of the operator stand in each record that they judged, and none is
# written by others than those in force.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

git init -q --bare "$WORK/srv/floor.git"
git clone -q "$WORK/srv/floor.git" "$WORK/floor" 2>/dev/null
# floor TEXT: what the operator's policies say from now on.
floor() {
  (
    cd "$WORK/floor"
    mkdir -p .sluice
    printf 'version: 1\n# %s\n' "$1" >.sluice/sluice.yaml
    commit "$1"
    git push -q origin HEAD:main
  )
}
floor one
ledger_server shop
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
records() { git --git-dir="$SERVER" rev-list --count refs/sluice/ledger/production 2>/dev/null || echo 0; }
change() {
  config_map web "$1"
  commit "$1"
  pushes git push origin HEAD:production
}
held() { git --git-dir="$SERVER" show "refs/sluice/ledger/production:floor/%2Esluice/sluice.yaml" 2>/dev/null || echo none; }

change 'without'
equal "$(held)" none 'no policies of the operator'
echo "policy: {repository: $WORK/srv/floor.git, ref: refs/heads/main}" >>"$OPERATOR"
change 'with'
silent_on warning
equal "$(held)" "$(printf 'version: 1\n# one')" 'the policies of the operator'
floor two
change 'with others'
equal "$(held)" "$(printf 'version: 1\n# two')" 'the policies of the operator as they are now'

# They changed between verdict and record.
mv "$SERVER/sluice/recorder" "$WORK/recorder"
change 'three'
floor three
mv "$WORK/recorder" "$SERVER/sluice/recorder"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 1 'a verdict of other policies than those in force'
says "by the operator's policies of commit"
pushes "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'the operator changed the policies'
equal "$(held)" "$(printf 'version: 1\n# three')" 'the policies that judged it again'
mv "$SERVER/sluice/recorder" "$WORK/recorder"
change 'four'
sed -i '/^policy:/d' "$OPERATOR"
mv "$WORK/recorder" "$SERVER/sluice/recorder"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 1 'a verdict of policies that are no more'
says 'and now there are none'
equal "$(records)" 4 'the records'
(cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail 'the ledger holds'
git --git-dir="$SERVER" rev-list refs/sluice/ledger/production | while read -r record; do
  git --git-dir="$SERVER" show "$record:policy.sha256" | grep -c '  floor/' || true
done | tr '\n' ' ' >"$WORK/out"
equal "$(cat "$WORK/out")" '1 1 1 0 ' 'the files of the operator in the lists'

# A record of policy names them: from then on a record holds those, or is none.
echo "policy: {repository: $WORK/srv/floor.git, ref: refs/heads/main}" >>"$OPERATOR"
pushes "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'there are policies of the operator again'
run "$SLUICE" ledger policy "$SERVER" --no-floor --sign "ana=$WORK/ana"
equal "$CODE" 2 'none are held yet'
pushes "$SLUICE" ledger policy "$SERVER" --floor --sign "ana=$WORK/ana"
says '"floor":"'
says '"version":2'
change 'five'
silent_on warning
equal "$(held)" "$(printf 'version: 1\n# three')" 'the policies that are held'
floor four
change 'six'
says 'not those that the newest record of policy names: sluice ledger policy'
equal "$(records)" 6 'the records'
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana"
pushes "$SLUICE" ledger reconcile "$SERVER"
equal "$(held)" "$(printf 'version: 1\n# four')" 'the policies that are held now'
(cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail 'the ledger holds'
says 'production: 7 records verified'
sed -i '/^policy:/d' "$OPERATOR"
run "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana"
equal "$CODE" 2 'they are gone, and held'
says 'there are none here: --no-floor'
run "$SLUICE" ledger policy "$SERVER" --floor --no-floor --sign "ana=$WORK/ana"
equal "$CODE" 2 'both'
pushes "$SLUICE" ledger policy "$SERVER" --no-floor --sign "ana=$WORK/ana"
change 'seven'
equal "$(held)" none 'no policies of the operator'
(cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail 'the ledger holds'
