#!/usr/bin/env bash
# Whose files change decides who is asked, by the owners of the policy branch; a bot
# changes what it may, and agrees to nothing.
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
  ben: {github: ben-gh, gitolite: ben}
  chi: {gitolite: chi}
  dan: {emails: [dan@shop.example], gitolite: dan}
review:
  codeowners: github
  paths:
    apps/shop/**: {approvals: 1, from: [chi], in: [production]}
environments:
  production: {branch: production, approvals: {count: 1, from: [ana, ben], codeowners: true}}
bots:
  renovate: {may: [images], in: [production], gitolite: renovate}
YAML
printf '/infra/ @ben-gh\n' >CODEOWNERS
git rm -q first.yaml
person chi
commit 'environments'
pushes git push -q origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
git checkout -q -b work

# Nothing of what a change to CODEOWNERS says counts for the push that brings it.
mkdir -p infra apps/shop
(cd infra && config_map net one)
printf '/infra/ @dan-gh\n' >CODEOWNERS
commit 'net'
approves ana ana production "$(change net - one)"
rejected promotion/approvals git push origin HEAD:production
says 'CODEOWNERS:1 /infra/ needs 1 approval; may agree: ben'
git checkout -q HEAD~1 -- CODEOWNERS
git commit -q --amend --no-edit
rejected promotion/approvals git push origin HEAD:production
says 'CODEOWNERS:1 /infra/ needs 1 approval; may agree: ben'
approves ben ben production "$(change net - one)"
pushes git push origin HEAD:production
silent_on warning

(cd apps/shop && config_map web one)
commit 'web'
approves ana ana production "$(change web - one)"
rejected promotion/approvals git push origin HEAD:production
says 'apps/shop/** needs 1 approval; may agree: chi'
approves ana ana production "$(change web - one)"
rejected promotion/approvals git push origin HEAD:production
approves chi chi production "$(change web - one)"
pushes git push origin HEAD:production

(cd infra && config_map net two)
commit 'net, by a bot'
approves ben ben production "$(change net one two)"
GL_USER=renovate rejected promotion/approvals git push origin HEAD:production
says 'bot renovate: it changes data.key of ConfigMap net'
# A hold stops bots, and nobody who pushes on purpose.
git remote set-head origin main
run "$SLUICE" hold production --reason 'an incident' --key "$WORK/ana" --as ana
equal "$CODE" 0 'a hold'
GL_USER=renovate rejected promotion/turn git push origin HEAD:production
says 'production: held by ana: an incident'
pushes git push origin HEAD:production

git clone -q --bare "$SERVER" "$WORK/auditor" 2>/dev/null
cd "$WORK/auditor"
git fetch -q origin '+refs/sluice/ledger/*:refs/sluice/ledger/*'
run "$SLUICE" ledger verify --pin "$PIN"
equal "$CODE" 0 'the ledger verifies'
says 'production: 3 records verified'
