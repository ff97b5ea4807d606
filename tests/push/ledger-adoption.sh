#!/usr/bin/env bash
# Branches that are older than the gate, whose environments are to ask for people and
# order: docs/hooks.md says in which sequence that comes about.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

SERVER=$WORK/srv/shop.git
git init -q --bare "$SERVER"
clone
mkdir .sluice
person ana
person ben
config_map web one
commit 'old'
git push -q origin HEAD:main HEAD:env/staging HEAD:env/production
gate --identity gitolite
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
"$SLUICE" hook set "$SERVER" environments='staging=env/staging production=env/production' >"$WORK/out" 2>&1 ||
  fail 'the environments are set'
export GL_USER=ana

policy() {
  printf 'version: 1\nprotect: [main]\npeople: {ana: {gitolite: ana}, ben: {gitolite: ben}}\n%s' "$1" >.sluice/sluice.yaml
  commit "policy"
  pushes git push -q origin HEAD:main
}
rules='environments:
  staging: {branch: env/staging}
  production: {branch: env/production, after: [staging], approvals: {count: 1, from: [ben]}}
'

# Rules that ask for more than what is there already: nothing leads there.
policy "$rules"
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'older than the ledger'
equal "$CODE" 1 'an old branch whose environment asks for people already'
says 'where people are asked, say whose move it was: --as PERSON'

# The way in: branches alone, their first records, and only then what they ask for.
policy 'environments: {staging: {branch: env/staging}, production: {branch: env/production}}
'
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'older than the ledger'
equal "$CODE" 0 'old branches whose environments ask for nothing'
policy "$rules"
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the rules are recorded'

config_map web two
commit 'two'
pushes git push -q origin HEAD:env/staging
silent_on warning
rejected promotion/approvals git push origin HEAD:env/production
(cd "$SERVER" && "$SLUICE" ledger show production) >"$WORK/out"
says 'reason        older than the ledger'
says 'judged        20'
(cd "$SERVER" && "$SLUICE" ledger verify --pin "$PIN") >"$WORK/out" 2>&1 || fail 'the ledger holds'
