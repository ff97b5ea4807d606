#!/usr/bin/env bash
# A change of the configuration asks those whom the configuration before it names.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

ledger_server shop
git checkout -q -b policy origin/main
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main]
people:
  ana: {gitolite: ana}
  ben: {gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
review:
  policy: {approvals: 2, from: [ana, ben]}
environments:
  production: {branch: production}
YAML
person dan
commit 'who agrees to the policy'
pushes git push -q origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example

# What is no policy asks for nobody.
config_map web one
commit 'web'
pushes git push origin HEAD:main

# policy_change: of .sluice/sluice.yaml and nothing else, against the server's main.
policy_change() {
  printf 'policy/%%2Esluice/sluice.yaml %s %s\n' "$(git show origin/main:.sluice/sluice.yaml | sha256sum | cut -c1-64)" \
    "$(sha256sum <.sluice/sluice.yaml | cut -c1-64)" | sha256sum | cut -c1-64
}

# Nobody lowers what they are held to in the same push.
sed -i 's/approvals: 2/approvals: 1/' .sluice/sluice.yaml
commit 'one is enough'
rejected promotion/approvals git push origin HEAD:main
says 'policy needs 2 approvals; may agree: ana, ben'
CHANGE=$(policy_change)
approves ana ana policy "$CHANGE"
approves ben ben production "$CHANGE"
rejected promotion/approvals git push origin HEAD:main
says 'policy needs 1 more approval (agreed: ana); may agree: ben'
git mv .sluice/sluice.yaml .sluice/Sluice.yaml
git commit -q -m 'another case'
[ "$(git rev-parse HEAD^{tree})" != "$(git rev-parse origin/main^{tree})" ] || fail 'the tree differs'
run git push origin HEAD:main
[ "$CODE" != 0 ] || fail 'a policy under another name is refused'
git reset -q --hard HEAD~1
approves ben ben policy "$CHANGE"
pushes git push origin HEAD:main

# Nothing else is taken before that is recorded, and what people agreed to before a
# record does not count for what comes after it.
git revert --no-edit HEAD >/dev/null
CHANGE=$(policy_change)
approves ana ana policy "$CHANGE"
rejected promotion/approvals git push origin HEAD:main
says 'is not the one of the newest record of policy'
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
git commit -q --amend -m 'two again'
sed -i 's/approvals: 2/approvals: 3/; s/from: \[ana, ben\]/from: [ana, ben, dan]/' .sluice/sluice.yaml
commit 'three'
CHANGE=$(policy_change)
approves ana ana policy "$CHANGE" "$(repository_id)" "$(made -60)"
rejected promotion/approvals git push origin HEAD:main
says 'policy needs 1 approval'
BEGAN=$((BEGAN + 60))  # the clock of who signs is a minute ahead
approves ana ana policy "$CHANGE"
pushes git push origin HEAD:main

# The record of that policy rests on what was pushed for it, by those whom the record
# before names, and on nothing else: not on what was taken back, expired, is older than
# that record, or is of another change.
policy_head() { git --git-dir="$SERVER" rev-parse refs/sluice/ledger/policy; }
rests_on() { git --git-dir="$SERVER" ls-tree --name-only refs/sluice/ledger/policy approvals/; }
AGREED=$DIGEST
pushes "$SLUICE" ledger policy "$SERVER"
equal "$(rests_on)" "approvals/$AGREED.json" 'what the record rests on'
run "$SLUICE" ledger policy "$SERVER"
equal "$CODE" 2 'nothing differs'
sed -i 's/, dan\]/]/; s/approvals: 3/approvals: 2/' .sluice/sluice.yaml
commit 'two once more'
HEAD_BEFORE=$(policy_head)
CHANGE=$(policy_change)
BEGAN=$(($(date +%s) + 120))
for who in ana ben dan; do approves $who $who policy "$CHANGE"; done
git --git-dir="$SERVER" fetch -q "$CLONE" HEAD:main  # as an operator may
run "$SLUICE" ledger policy "$SERVER" --from ana,ben --count 2
equal "$CODE" 2 'another change, of trust too'
says '0 did: sluice approve policy'
revokes ana ana policy "$(git --git-dir="$SERVER" for-each-ref --format='%(refname:lstrip=5)' \
  "refs/sluice/approvals/policy/$CHANGE" | while read -r one; do
  git --git-dir="$SERVER" cat-file blob "refs/sluice/approvals/policy/$CHANGE/$one" | sed 's/.*"payload":"\([^"]*\)".*/\1/' |
    base64 -d | grep -q '"person":"ana"' && echo "$one"
done)"
run "$SLUICE" ledger policy "$SERVER"
equal "$CODE" 2 'whose approval was revoked'
approves ana ana policy "$CHANGE" "$(repository_id)" "$(made -9000)"
run "$SLUICE" ledger policy "$SERVER"
equal "$CODE" 2 'older than the record before'
equal "$(policy_head)" "$HEAD_BEFORE" 'the record of policy'
approves ana ana policy "$CHANGE"
pushes "$SLUICE" ledger policy "$SERVER"
equal "$(rests_on)" "approvals/$DIGEST.json" 'ana is asked, and nobody else'
cd "$SERVER"
pushes "$SLUICE" ledger verify --pin "$(pin)"
