#!/usr/bin/env bash
# A promotion that somebody asks for with a signature: the server makes it when its
# conditions hold, and makes nothing else of it.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

# policy LINES: $1 follows production's keys.
policy() {
  cat >.sluice/sluice.yaml <<YAML
version: 1
protect: [main]
people:
  ana: {emails: [ana@shop.example], gitolite: ana}
  ben: {emails: [ben@shop.example], gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
  eve: {emails: [eve@shop.example]}
environments:
  staging: {branch: main, folder: staging}
  production:
    {branch: main, folder: production, after: [staging], carry: ["conf/**"]$1}
YAML
}
# staging VALUE
staging() {
  (cd staging/conf && config_map limits "$1")
  commit "staging $1"
  pushes git push -q origin HEAD:main
}
# asks PERSON [WORDS]: production for what staging runs.
asks() {
  local person=$1
  shift
  GL_USER=$person run "$SLUICE" promote production --request --key "$WORK/$person" --as "$person" "$@"
}
agree() { GL_USER=$1 run "$SLUICE" approve production "${2:-origin/promote/production}" --yes --key "$WORK/$1" --as "$1"; }
# stays SAYS: after the last command.
stays() {
  says "$1"
  equal "$(tip main)" "$MAIN" 'main'
}
marks() { MAIN=$(tip main); }
catches_up() {
  git fetch -q origin
  git reset -q --hard origin/main
}
# sends PERSON JSON: an envelope made by hand, whatever it says.
sends() {
  printf %s "$2" >"$WORK/payload"
  local type=application/vnd.sluice.approval+json
  { printf 'DSSEv1 %d %s %d ' ${#type} $type "$(wc -c <"$WORK/payload")" && cat "$WORK/payload"; } >"$WORK/pae"
  rm -f "$WORK/pae.sig"
  ssh-keygen -q -Y sign -f "$WORK/$1" -n sluice-approval "$WORK/pae" 2>/dev/null
  printf '{"payload":"%s","payloadType":"%s","signatures":[{"sig":"%s"}]}\n' "$(base64 -w 0 "$WORK/payload")" $type \
    "$(grep -v SIGNATURE "$WORK/pae.sig" | tr -d '\n')" >"$WORK/envelope"
  run git push origin "$(git hash-object -w "$WORK/envelope"):refs/sluice/approvals/${3:-production}/$CHANGE/$(sha256sum <"$WORK/envelope" | cut -c1-64)"
}
# request PERSON COMMIT [FROM [ENVIRONMENT [EXPIRES]]]: its payload.
request() {
  printf '{"change":"%s","commit":"%s","environment":"%s","expires":"%s","from":%s,"kind":"request","made":"%s","person":"%s","repository":"%s","version":1}' \
    "$CHANGE" "$2" "${4:-production}" "${5:-2098-01-01T00:00:00Z}" "${3:-null}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$ID"
}

server shop
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
"$SLUICE" hook set "$SERVER" environments='staging=main:staging production=main:production' >"$WORK/out" 2>&1 ||
  fail 'the environments are set'
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
clone
mkdir -p .sluice staging/conf production/conf
for name in ana ben dan eve mallory; do
  person "$name"
done
sed -i '/^mallory/d' .sluice/allowed_signers
policy ''
for name in staging production; do
  (cd $name/conf && config_map limits one)
  (cd $name && config_map "own-$name")
done
commit 'first'
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
pushes git push -q origin HEAD:main
git remote set-head origin main
begin
"$SLUICE" ledger reconcile "$SERVER" >"$WORK/out" 2>&1 || fail 'the first records'
policy ', approvals: {count: 1, from: [ana, ben]}'
commit 'who must agree'
pushes git push -q origin HEAD:main
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
ID=$(git --git-dir="$SERVER" cat-file blob refs/sluice/ledger/policy:trust.json | sed 's/.*"repository":"\([0-9a-f]*\)".*/\1/')

# It waits for the approval, and moves with it; whoever asked for it does not agree to it.
staging two
marks
asks dan
equal "$CODE" 0 'a request'
stays 'does not move: its conditions do not hold yet'
says 'production needs 1 approval'
says 'asked for by dan'
git fetch -q origin
equal "$(git rev-parse origin/promote/production~1)" "$MAIN" 'the commit that is asked for'
agree ben
equal "$CODE" 0 'an approval'
says 'production, as dan asked for, moved to'
equal "$(tip main)" "$(git rev-parse origin/promote/production)" 'main'
equal "$(kind production)" promotion 'the kind of the record'
(cd "$SERVER" && "$SLUICE" ledger show production -o json) >"$WORK/out"
says '"actor":"dan"'
says '"kind":"request","person":"dan"'
says '"kind":"approval","person":"ben"'

# By somebody who may agree: then they do not.
catches_up
staging three
marks
asks ana
equal "$CODE" 0 'a request by one who may agree'
git fetch -q origin
agree ana
equal "$CODE" 2 'an approval of what one asked for'
says 'ana asked for it'
run "$SLUICE" promote production -o json --dry-run
CHANGE=$(sed -n 's/.*"change":"\([0-9a-f]*\)".*/\1/p' "$WORK/out")
[ -n "$CHANGE" ] || fail 'the change'
HERE_IS=$(git rev-parse origin/promote/production)

# What is no request of somebody known, or of nothing that is here.
sends mallory "$(request mallory "$HERE_IS")"
[ "$CODE" != 0 ] || fail 'a request by somebody whom nobody knows'
sends mallory "$(request ana "$HERE_IS")"
[ "$CODE" != 0 ] || fail 'a request under the name of another'
sends dan "$(request dan 0123456789012345678901234567890123456789)"
[ "$CODE" != 0 ] || fail 'a request for no commit'
says 'is no commit that is here'
sends dan "$(request dan "$(git rev-parse "$HERE_IS:production")")"
[ "$CODE" != 0 ] || fail 'a request for a tree'
sends dan "$(request dan "$HERE_IS" '"production"')"
[ "$CODE" != 0 ] || fail 'a request from where it does not come from'
says 'production does not follow production'
sends dan "$(request dan "$HERE_IS" null staging)" staging
[ "$CODE" != 0 ] || fail 'a request of an environment that asks nobody'
says 'staging asks nobody to agree, and moves by pushes alone'
sends dan "$(request dan "$HERE_IS" null policy)" policy
[ "$CODE" != 0 ] || fail 'a request of the policy'
sends dan "$(request dan "$HERE_IS" null staging)"
[ "$CODE" != 0 ] || fail 'a request under the ref of another environment'
sends dan "$(request dan "$HERE_IS" null production 2020-01-01T00:00:00Z)"
[ "$CODE" != 0 ] || fail 'a request that ends before it begins'
sends dan "$(request dan "$HERE_IS" | sed 's/,"from":null//')"
[ "$CODE" != 0 ] || fail 'a request without a member'
for platform in gitea gitlab github; do
  "$SLUICE" hook set "$SERVER" platform=$platform >/dev/null 2>&1 || continue
  "$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || true
  sends dan "$(request dan "$HERE_IS")"
  [ "$CODE" != 0 ] || fail "a request on $platform"
done
"$SLUICE" hook set "$SERVER" platform=git >/dev/null 2>&1 || fail 'the platform'
equal "$(tip main)" "$MAIN" 'main'

# One who has no login cannot stand in a record.
sends eve "$(request eve "$HERE_IS")"
[ "$CODE" != 0 ] || fail 'a request by one without a login'
says '`people` gives eve no login, which a record names'

# A request for another commit than the change says moves nothing, whoever agrees.
git checkout -q -b other origin/promote/production
echo more >README.md
commit 'something else besides'
pushes git push -q origin HEAD:refs/heads/beside
sends dan "$(request dan "$(git rev-parse HEAD)")"
equal "$CODE" 0 'a request that brings more'
stays 'it is not what dan asked for: README.md is outside of production'
git reset -q --hard origin/promote/production
(cd production/conf && config_map more one)
commit 'another change'
pushes git push -q origin HEAD:refs/heads/another
sends dan "$(request dan "$(git rev-parse HEAD)")"
equal "$CODE" 0 'a request for another change'
stays 'makes another change of it by now'
git checkout -q main

# Main goes on meanwhile: it is merged, and the change is the same.
echo one >README.md
commit 'readme'
pushes git push -q origin HEAD:main
marks
agree ben
equal "$CODE" 0 'an approval'
says 'production, as ana asked for, moved to'
says 'production, as dan asked for, does not move'
equal "$(tip 'main^1')" "$MAIN" 'the first parent of the merge'
equal "$(tip 'main^2')" "$HERE_IS" 'the second parent'
equal "$(git --git-dir="$SERVER" show main:README.md)" one 'what came besides'
equal "$(kind production)" promotion 'the kind of the record'

# Back, and the same change again: the old requests are used up, and so are approvals.
catches_up
git checkout -q "$MAIN" -- production
commit 'back'
git push -q origin HEAD:refs/heads/back
before=$CHANGE
agree ana HEAD
pushes git push -q origin HEAD:main
marks
CHANGE=$before
sends ben "{\"change\":\"$CHANGE\",\"environment\":\"production\",\"expires\":\"2098-01-01T00:00:00Z\",\"kind\":\"approval\",\"made\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"person\":\"ben\",\"repository\":\"$ID\",\"version\":1}"
equal "$CODE" 0 'an approval of the change that comes back'
stays 'does not move'
silent_on 'as ana asked for'

audited
run "$SLUICE" ledger reconcile "$SERVER"
equal "$(tip main)" "$MAIN" 'main after reconcile'
git --git-dir="$SERVER" fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'
