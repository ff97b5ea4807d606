#!/usr/bin/env bash
# What people run: review shows the change and who is missing, approve signs it after it
# was shown, revoke takes it back.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
git checkout -q -b policy origin/main
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: production, create: true}]
people:
  ana: {emails: [ana@shop.example], gitolite: ana}
  ben: {emails: [ben@shop.example], gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
environments:
  production: {branch: production, approvals: {count: 2, from: [ana, ben]}}
YAML
commit 'environments'
pushes git push -q origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
git checkout -q -b work
git rm -q first.yaml
config_map web one
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: long}\ndata: {key: "%s"}\n' "$(printf 'x%.0s' {1..300})END" >long.yaml
commit 'web'
git remote set-head origin main

rejected promotion/approvals git push origin HEAD:production
says "sluice approve production $(git rev-parse HEAD | cut -c1-12)"
pushes git push origin HEAD:topic

run in_clone_of ana "$SLUICE" review production origin/topic
equal "$CODE" 1 'a review that misses people'
says ' added, 0 changed, 0 removed'
says '+ ConfigMap web'
says '    kind: ConfigMap'
says 'xxxEND'
silent_on '{"apiVersion"'
says 'production: 0 of 2, from ana, ben'
says 'missing: production needs 2 approvals'
run in_clone_of ana "$SLUICE" review production origin/topic -o json
says '"change":"'
says '"unmet":[{"kind":"approvals"'
says '{"change":"added","apiVersion":"v1","kind":"ConfigMap","namespace":"","name":"web"'
run in_clone_of ana "$SLUICE" review nothing origin/topic
equal "$CODE" 2 'a review of no environment'

run in_clone_of ana "$SLUICE" approve production origin/topic </dev/null
equal "$CODE" 2 'nobody is asked without a terminal'
says '+ ConfigMap web'
says '--yes'
run in_clone_of dan "$SLUICE" approve production origin/topic --yes --key "$WORK/ana"
equal "$CODE" 2 'an author approves'
says 'dan cannot approve this: dan wrote'
run in_clone_of ana "$SLUICE" approve production origin/topic --yes --expires soon
equal "$CODE" 2 'an expiry that is none'
run in_clone_of ana "$SLUICE" approve production origin/topic --yes --as ben
[ "$CODE" != 0 ] || fail "ana's key does not sign as ben"
pushes in_clone_of ana "$SLUICE" approve production origin/topic --yes --no-push
equal "$(git --git-dir="$SERVER" for-each-ref refs/sluice/approvals | wc -l)" 0 'envelopes on the server'
pushes in_clone_of ana "$SLUICE" approve production origin/topic --yes
says 'approved by ana'
rejected promotion/approvals git push origin HEAD:production
says 'production needs 1 more approval (agreed: ana); may agree: ben'
pushes in_clone_of ana "$SLUICE" revoke production origin/topic --reason 'too early'
rejected promotion/approvals git push origin HEAD:production
says 'ana revoked it: too early'
run in_clone_of ana "$SLUICE" revoke production origin/topic --reason 'again'
equal "$CODE" 2 'nothing is left to revoke'
pushes in_clone_of ana "$SLUICE" approve production origin/topic --yes --expires 2h
pushes in_clone_of ben "$SLUICE" approve production origin/topic --yes
run in_clone_of ben "$SLUICE" review production origin/topic
equal "$CODE" 0 'a review that misses nobody'
pushes git push origin HEAD:production
silent_on warning
run in_clone_of ana "$SLUICE" approve production origin/topic --yes
says 'nothing changes'

# Of a range it is the environment that stands at its left end.
config_map web two
commit 'two'
pushes git push origin HEAD:topic
run in_clone_of ana "$SLUICE" review origin/production..origin/topic
equal "$CODE" 1 'a review of a range'
says 'data.key: "one" -> "two"'
run in_clone_of ana "$SLUICE" review origin/main..origin/topic
equal "$CODE" 2 'a range from where no environment stands'
