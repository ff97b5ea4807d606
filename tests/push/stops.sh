#!/usr/bin/env bash
# Who may stop an environment, and who may end that: people of the operator's floor, and
# with a rule for policy that names nobody everybody in `people`.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

git init -q --bare "$WORK/srv/floor.git"
git clone -q "$WORK/srv/floor.git" "$WORK/floor" 2>/dev/null
(
  cd "$WORK/floor"
  mkdir .sluice
  person olga
  cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [{branch: production, create: true}]
people: {olga: {}}
environments: {production: {branch: production}}
YAML
  commit 'the floor'
  git push -q origin HEAD:main
)
ledger_server shop
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: production, create: true}]
people: {ana: {}, ben: {}}
review: {policy: {approvals: 1}}
environments: {production: {branch: production}, staging: {branch: staging}}
YAML
commit 'environments'
pushes git push -q origin HEAD:main
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
echo "policy: {repository: $WORK/srv/floor.git, ref: refs/heads/main}" >>"$OPERATOR"

# freeze NAME ENV: as an envelope; $BLOB, $REF, $DIGEST.
freeze() {
  MADE=$((MADE + 1))
  printf '{"environment":"%s","expires":"2099-12-03T09:00:00Z","kind":"freeze","made":"%s","person":"%s","reason":"a fair","repository":"%s","version":1}' \
    "$2" "$(made)" "$1" "$(repository_id)" >"$WORK/payload"
  seal "$1" "$2" freeze sluice-approval
}

# The operator's people stop what their floor speaks of, and nothing else.
pushes git push -q origin HEAD:production
config_map web one
commit 'one'
freeze olga staging
rejected git/reserved-ref git push origin "$BLOB:$REF"
freeze olga production
pushes git push -q origin "$BLOB:$REF"
rejected promotion/turn git push origin HEAD:production
says 'production: frozen by olga: a fair'
revokes olga olga production "$DIGEST"
pushes git push -q origin HEAD:production

# A stop of one person is ended by whoever may agree to a change of policy.
config_map web two
commit 'two'
freeze ben production
pushes git push -q origin "$BLOB:$REF"
rejected promotion/turn git push origin HEAD:production
says 'production: frozen by ben: a fair'
revokes ana ana production "$DIGEST"
pushes git push -q origin HEAD:production

# Of one envelope nobody needs to take back more than once or twice.
freeze ben production
pushes git push -q origin "$BLOB:$REF"
FROZEN=$DIGEST
for _ in 1 2 3 4; do revokes ana ana production "$FROZEN"; done
MADE=$((MADE + 1))
printf '{"environment":"production","kind":"revocation","made":"%s","person":"ana","reason":"again","repository":"%s","revokes":"%s","version":1}' \
  "$(made)" "$(repository_id)" "$FROZEN" >"$WORK/payload"
seal ana production "$FROZEN" sluice-approval
rejected git/reserved-ref git push origin "$BLOB:$REF"
says 'ana has given 4 already'
