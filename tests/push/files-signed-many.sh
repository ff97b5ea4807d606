#!/usr/bin/env bash
# More than an approval can say: nobody can approve it, and both commands say so.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
git checkout -q -b policy origin/main
{
  printf 'version: 1\nprotect: [main, {branch: production, create: true}]\npeople: {ana: {emails: [ana@shop.example], gitolite: ana}, dan: {emails: [dan@shop.example], gitolite: dan}}\n'
  printf 'environments: {production: {branch: production, approvals: {count: 1, from: [ana]}}}\nreview:\n  files: signed\n  paths:\n'
  for n in $(seq 40); do printf '    "d%s/**": {approvals: 1, from: [ana]}\n' "$n"; done
} >.sluice/sluice.yaml
git rm -q first.yaml
commit 'forty rules'
pushes git push -q origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
git checkout -q -b work
part=$(printf 'x%.0s' {1..240})
for n in $(seq 40); do
  mkdir -p "d$n/$part/$part/$part/$part"
  (cd "d$n/$part/$part/$part/$part" && config_map "web-$n")
done
commit 'a file for each'
pushes git push -q origin HEAD:topic
git remote set-head origin main
git fetch -q origin '+refs/sluice/*:refs/sluice/*'

run "$SLUICE" review production HEAD
equal "$CODE" 1 'a review'
says 'nobody can approve this: '
says 'agree to it in parts'
run "$SLUICE" review production HEAD -o json
says '"whyUnsigned":"'
silent_on '"signs"'
run "$SLUICE" approve production HEAD --yes --key "$WORK/ana" --as ana
equal "$CODE" 2 'an approval that cannot be signed'
says 'agree to it in parts'
equal "$(git --git-dir="$SERVER" for-each-ref refs/sluice/approvals)" '' 'nothing is given'
