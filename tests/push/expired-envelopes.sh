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
# stops KIND NAME MEMBERS MADE: an envelope that names no change, into the server.
stops() {
  printf '{"environment":"production",%s"kind":"%s","made":"%s","person":"%s","reason":"r","repository":"%s"%s,"version":1}' \
    "$3" "$1" "$4" "$2" "$(repository_id)" "${5:-}" >"$WORK/payload"
  seal "$2" production "${6:-$1}" sluice-approval
  lays
}
# freezes NAME EXPIRES
freezes() {
  MADE=$((MADE + 1))
  printf '{"environment":"production","expires":"%s","kind":"freeze","made":"%s","person":"%s","reason":"r","repository":"%s","version":1}' \
    "$2" "$(made $((MADE - 864000)))" "$1" "$(repository_id)" >"$WORK/payload"
  seal "$1" production freeze sluice-approval
  lays
}

CHANGE=$(printf 'c%.0s' {1..64})
envelope ana ana production "$CHANGE" "$(repository_id)" "$(made -864000)" sluice-approval "$(made -90000)"
lays
revokes ana ana production "$DIGEST"
freezes ben "$(made -86500)"
# One that names another as its change, which does not make it what revokes it.
envelope ben ben production "$DIGEST" "$(repository_id)" "$(made -864000)" sluice-approval "$(made -90000)"
lays
# A hold that was revoked, and that nobody can push again.
stops hold ben '' "$(made -3000000)"
stops revocation ben '' "$(made -2900000)" ",\"revokes\":\"$DIGEST\"" "$DIGEST"
equal "$(given | wc -l)" 6 'what will go'
envelope ana ana production "$CHANGE" "$(repository_id)" "$(made -864000)" sluice-approval "$(made -600)"
lays
STAYS=$REF
stops hold ben '' "$(made -3000001)"
STAYS=$STAYS$'\n'$REF
stops hold ana '' "$(made -864000)"
STAYS=$STAYS$'\n'$REF
stops revocation ana '' "$(made -863000)" ",\"revokes\":\"$DIGEST\"" "$DIGEST"
STAYS=$STAYS$'\n'$REF
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
says '6 envelopes that are over dropped'
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
