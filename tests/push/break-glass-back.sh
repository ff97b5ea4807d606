#!/usr/bin/env bash
# A rollback by break-glass is a rollback: what it went back behind does not count as run.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

policy() {
  cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: "env/*", create: true}]
people:
  ana: {gitolite: ana}
  ben: {gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
environments:
  dev: {branch: env/dev}
  staging: {branch: env/staging, after: [dev], breakGlass: {by: [ana], for: 2h}, approvals: {count: 1, from: [ben]}}
  production: {branch: env/production, after: [staging]}
YAML
}

# breaks_glass WORDS…: ana's, of the change that a promotion with these words makes.
breaks_glass() {
  run "$SLUICE" break-glass staging --reason 'it burns' --key "$WORK/ana" --as ana "$@"
  equal "$CODE" 0 'a break-glass'
}

environments ''
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
git config user.email dan@shop.example
export GL_USER=dan
pushes git push -q origin HEAD:main HEAD:env/dev
breaks_glass
pushes "$SLUICE" promote staging
config_map web two
commit 'two'
pushes git push -q origin HEAD:env/dev
breaks_glass
pushes "$SLUICE" promote staging
run "$SLUICE" promote production --explain
equal "$CODE" 0 'what staging runs'

run "$SLUICE" promote staging --to-record 1 --reason 'a bad image'
equal "$CODE" 1 'a rollback asks for people too'
breaks_glass --to-record 1
run "$SLUICE" promote staging --to-record 1 --reason 'a bad image'
equal "$CODE" 0 'a rollback by break-glass'
(cd "$SERVER" && "$SLUICE" ledger show staging -o json) >"$WORK/out"
says '"kind":"break-glass"'
says '"restores":1'
says '"reason":"it burns"'
run "$SLUICE" promote production --from "$(git rev-parse HEAD)" --explain
equal "$CODE" 1 'what was rolled back'
says 'staging was rolled back from'
run "$SLUICE" promote production --explain
equal "$CODE" 0 'what staging runs now'

# Whoever verifies reads the same.
audited
