#!/usr/bin/env bash
# What the recorder does not write, since no verifier would take it.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
"$SLUICE" ledger init "$SERVER" --from ana,ben --count 2 --sign "ana=$WORK/ana" --sign "ben=$WORK/ben" >"$WORK/out" 2>&1 ||
  fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
ledger() { git --git-dir="$SERVER" for-each-ref --format='%(refname) %(objectname)' refs/sluice/ledger; }
verified() {
  (cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail "the ledger holds after $1"
}

pushes git push origin HEAD:production
verified 'a push'

# Another key in the recorder's place signs nothing: no record of policy names it.
BEFORE=$(ledger)
mv "$SERVER/sluice/recorder" "$WORK/recorder"
ssh-keygen -q -t ed25519 -N '' -f "$SERVER/sluice/recorder"
config_map web 'two'
commit 'two'
pushes git push origin HEAD:production
says "is not a recorder's"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 2 'reconcile with another key'
says "put the recorder's key back"
git checkout -q -b policy origin/main
echo '# nothing else' >>.sluice/sluice.yaml
commit 'a policy'
pushes git push origin HEAD:main
run "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" --sign "ben=$WORK/ben"
equal "$CODE" 2 'a record of policy with another key'
says "put the recorder's key back"
equal "$(ledger)" "$BEFORE" 'the ledger after another key'
verified 'another key'
rm "$SERVER/sluice/recorder.pub"
mv "$WORK/recorder" "$SERVER/sluice/recorder"
pushes "$SLUICE" ledger reconcile "$SERVER"
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" --sign "ben=$WORK/ben"
verified 'the key is back'
