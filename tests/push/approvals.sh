#!/usr/bin/env bash
# An environment asks for two people: who is missing is said, two right ones let the
# push through, and nothing else does.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

ledger_server shop
git checkout -q -b policy origin/main
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: production, create: true}]
people:
  ana: {emails: [ana@shop.example], gitolite: ana}
  ben: {emails: [ben@shop.example], gitolite: ben}
  chi: {gitolite: chi}
  dan: {emails: [dan@shop.example], gitolite: dan}
review:
  groups: {sre: [ana, ben, chi]}
environments:
  production: {branch: production, approvals: {count: 2, from: sre}}
  staging: {branch: staging}
YAML
person chi
ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/ana2"
printf 'ana namespaces="sluice-approval" %s\n' "$(cut -d' ' -f1,2 "$WORK/ana2.pub")" >>.sluice/allowed_signers
commit 'environments'
pushes git push -q origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
git checkout -q -b work
git rm -q first.yaml
config_map web one
commit 'web'

# Without a ledger nobody can agree to anything.
rejected promotion/approvals git push origin HEAD:production
says 'sluice ledger init'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")

# missing TEXT: the push of what is checked out is refused, and says so.
missing() {
  rejected promotion/approvals git push origin HEAD:production
  says "$1"
}
passes() {
  pushes git push origin HEAD:production
  silent_on warning
}

FIRST=$(change web - one)
missing 'production needs 2 approvals; may agree: ana, ben, chi'
says 'sluice approve production'
approves ana ana production "$FIRST"
missing 'production needs 1 more approval (agreed: ana); may agree: ben, chi'
approves ana2 ana production "$FIRST"  # one person, two keys
missing 'ana counts once'
approves ben ben production "$FIRST"
BEN=$REF
# Who pushes does not count, whoever wrote it.
GL_USER=ben missing 'ben pushed it'
GL_USER=zoe missing 'nobody in `people` and no bot has the login zoe'
GL_USER='' missing 'nobody said who pushes'
passes
equal "$(git --git-dir="$SERVER" ls-tree --name-only refs/sluice/ledger/production approvals/ | wc -l)" 2 'the approvals in the record'
git --git-dir="$SERVER" cat-file -e "refs/sluice/ledger/production:approvals/${BEN##*/}.json" || fail "ben's approval is in the record"

# The author's own does not count, nor one that is revoked, has expired or is for something else.
config_map web two
GIT_AUTHOR_EMAIL=ana@shop.example commit 'two, by ana'
SECOND=$(change web one two)
approves ana ana production "$SECOND"
missing 'ana wrote'
approves ben ben production "$SECOND"
missing 'production needs 1 more approval (agreed: ben)'
revokes ben ben production "$DIGEST"
missing 'ben revoked it'
envelope ben ben production "$SECOND" "$(repository_id)" "$(made -7200)" sluice-approval "$(made -3600)"
GL_USER=ben rejected git/reserved-ref git push origin "$BLOB:$REF"
says 'it expired'
lays
missing 'it expired'
approves ben ben staging "$SECOND"
approves ben ben production "$(change web one three)"
missing 'production needs 2 approvals'
approves ben ben production "$SECOND"
approves chi chi production "$SECOND"
passes

# Back and forth: the digest is the same again, and what was used up stays so.
config_map web one
commit 'back'
BACK=$(change web two one)
approves ana ana production "$BACK"
approves ben ben production "$BACK"
passes
config_map web two
commit 'forth'
missing 'a record rests on it already'
approves ana ana production "$SECOND"
approves chi chi production "$SECOND"
passes

# Approvals hold for the change of the environment, whatever commits bring it.
config_map web three
commit 'three'
THIRD=$(change web two three)
approves ana ana production "$THIRD"
approves ben ben production "$THIRD"
config_map web four
commit 'a line more'
missing 'production needs 2 approvals'
git reset -q --hard HEAD~1
git commit -q --amend -m 'three, said otherwise'
git checkout -q -b notes HEAD~1
echo 'notes' >README.md
commit 'notes'
git checkout -q work
git merge -q -m 'notes' notes
passes

# A second environment's approvals, and everything once more for who verifies.
git clone -q --bare "$SERVER" "$WORK/auditor" 2>/dev/null
cd "$WORK/auditor"
git fetch -q origin '+refs/sluice/ledger/*:refs/sluice/ledger/*'
run "$SLUICE" ledger verify --pin "$PIN"
equal "$CODE" 0 'the ledger verifies'
says 'production: 5 records verified'
