#!/usr/bin/env bash
# What people gave and has expired goes with the next reconcile; what is in force, what a
# pending record rests on, and what cannot be read stays.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

ledger_server shop
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: production, create: true}]
people: {ana: {gitolite: ana}, ben: {gitolite: ben}, dan: {gitolite: dan}}
environments: {production: {branch: production, approvals: 1}}
YAML
commit 'an environment'
pushes git push -q origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
export GL_USER=dan

given() { git --git-dir="$SERVER" for-each-ref --format='%(refname)' refs/sluice/approvals/ | sort; }
# freezes NAME EXPIRES
freezes() {
  MADE=$((MADE + 1))
  printf '{"environment":"production","expires":"%s","kind":"freeze","made":"%s","person":"%s","reason":"r","repository":"%s","version":1}' \
    "$2" "$(made $((MADE - 864000)))" "$1" "$(repository_id)" >"$WORK/payload"
  seal "$1" production freeze sluice-approval
  GL_USER=$1 pushes git push -q origin "$BLOB:$REF"
}

CHANGE=$(printf 'c%.0s' {1..64})
approves ana ana production "$CHANGE" "$(repository_id)" "$(made -864000)" sluice-approval "$(made -90000)"
revokes ana ana production "$DIGEST"
freezes ben "$(made -86500)"
equal "$(given | wc -l)" 3 'what will go'
approves ana ana production "$CHANGE" "$(repository_id)" "$(made -864000)" sluice-approval "$(made -600)"
STAYS=$REF
approves ben ben production "$CHANGE"
STAYS=$STAYS$'\n'$REF
revokes ben ben production "$DIGEST"
STAYS=$STAYS$'\n'$REF
git --git-dir="$SERVER" update-ref "refs/sluice/approvals/production/$CHANGE/$(printf '0%.0s' {1..64})" \
  "$(echo x | git --git-dir="$SERVER" hash-object -w --stdin)"
STAYS=$STAYS$'\n'refs/sluice/approvals/production/$CHANGE/$(printf '0%.0s' {1..64})

BEFORE=$(given)
run "$SLUICE" ledger reconcile "$SERVER" --dry-run
equal "$(given)" "$BEFORE" 'a dry run drops nothing'
run "$SLUICE" ledger reconcile "$SERVER"
says '3 envelopes that had expired dropped'
equal "$(given)" "$(sort <<<"$STAYS")" 'what is left'

# An intent names one that expires before it is recorded.
config_map web one
commit 'web'
mv "$SERVER/sluice/recorder" "$WORK/recorder"
CHANGE=$(change first - value web - one)
approves ana ana production "$CHANGE"
USED=$REF
pushes git push origin HEAD:production
mv "$WORK/recorder" "$SERVER/sluice/recorder"
pushes "$SLUICE" ledger reconcile "$SERVER"
equal "$(tip "$USED")" "$(git rev-parse "$BLOB")" 'what a record rests on and is in force'
(cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail 'the ledger verifies'
git --git-dir="$SERVER" update-ref -d "$USED"
(cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail 'a record holds what it rests on'
