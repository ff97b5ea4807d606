#!/usr/bin/env bash
# Where people are asked, what no accepted push leads to is judged as somebody's move, a
# merge of what a predecessor ran too.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"
. "$HERE/environments.sh"

policy() {
  cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: "env/*", create: true}]
people:
  ana: {gitolite: ana}
  ben: {gitolite: ben}
  chi: {}
review: {policy: {approvals: 1, from: [ben]}}
environments:
  dev: {branch: env/dev}
  staging: {branch: env/staging, after: [dev], approvals: {count: 1, from: [ben]}}
YAML
}
environments ''
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
export GL_USER=ana GIT_AUTHOR_EMAIL=dan@shop.example

# agrees NAME BEFORE AFTER…: ben, to that change of staging.
agrees() { approves ben ben staging "$(change "$@")"; }
first=$(git rev-parse HEAD)
# shellcheck disable=SC2046
agrees $(for name in a b c d e f g h; do printf 'part-%s - value ' $name; done) web - one
pushes git push -q origin HEAD:env/dev
pushes git push -q origin HEAD:env/staging
config_map web two
commit 'two'
agrees web one two
pushes git push -q origin HEAD:env/dev
pushes git push -q origin HEAD:env/staging
back=$(git commit-tree -m $'back\n\nSluice-Rollback: 1\nSluice-Reason: a bad image' -p HEAD "$first^{tree}")
agrees web two one
pushes git push -q origin "$back:env/staging"
equal "$(kind staging)" rollback 'the rollback'
config_map part-a more
commit 'three'
pushes git push -q origin HEAD:env/dev

run env GL_USER=ben "$SLUICE" release staging --reason 'it is mended' --key "$WORK/ben" --as ben
equal "$CODE" 0 'the rollback is released'

# The merge comes past the gate.
git checkout -q --detach "$back"
git merge -q --no-ff -m 'three in staging' main
git --git-dir="$SERVER" fetch -q "$CLONE" HEAD:refs/heads/env/staging
judge() { run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'past the gate' "$@"; }
records() { git --git-dir="$SERVER" rev-list --count refs/sluice/ledger/staging; }
judge --as ana
equal "$CODE" 1 'nobody has agreed'
says 'staging needs 1 approval'
agrees part-a value more
judge
equal "$CODE" 1 'nobody moved it'
says 'nobody in `people`'
says 'where people are asked, say whose move it was: --as PERSON'
judge --as nobody
equal "$CODE" 2 'a person who is none'
says '`people` knows nobody called nobody'
judge --as chi
equal "$CODE" 2 'a person without a login'
says '`people` gives chi no login'
judge --as ben
equal "$CODE" 1 'who agreed does not count as who moved'
silent_on '--as PERSON'
run "$SLUICE" ledger reconcile "$SERVER" --as ana
equal "$CODE" 2 'nobody is named without a judgement'
equal "$(records)" 3 'the records'
judge --as ana
equal "$CODE" 0 'it is judged as a move of ana'
equal "$(kind staging)" promotion 'the merge of what dev has run'
(cd "$SERVER" && "$SLUICE" ledger show staging -o json) >"$WORK/out"
says '"actor":"ana"'
says '"reason":"past the gate"'

cd "$SERVER"
run "$SLUICE" ledger verify --pin "$(pin)"
equal "$CODE" 0 'the ledger verifies'
[ -z "$(ls -d objects/tmp_objdir* 2>/dev/null)" ] || fail 'scratch directories stay'
