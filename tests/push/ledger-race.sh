#!/usr/bin/env bash
# A push that comes while another one's record is written, and a branch that goes
# there and back before anything of it is: every move is a record, in order.
: "${SLUICE_HOOK_CRASH:?the hook that can be stopped}"
SLUICE_HOOK=$SLUICE_HOOK_CRASH
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
recorded() {
  (cd "$SERVER" && "$SLUICE" ledger log production -n 1000 -o json) |
    sed -n 's/.*"source":{"commit":"\([0-9a-f]*\)".*/\1/p' | tac
}
change() {
  config_map web "$1"
  commit "change $1"
}

# The first waits after it has listed the intents, until the second has moved the branch.
mkfifo "$WORK/stop"
change one
ONE=$(git rev-parse HEAD)
SLUICE_STOP_AT=recorder-listed SLUICE_STOP_FOR=$WORK/stop git push -q origin HEAD:production >"$WORK/first" 2>&1 &
FIRST=$!
until [ "$(tip production)" = "$ONE" ]; do :; done
change two
TWO=$(git rev-parse HEAD)
git push -q origin HEAD:production >"$WORK/second" 2>&1 &
SECOND=$!
until [ "$(tip production)" = "$TWO" ]; do :; done
: >"$WORK/stop"
wait "$FIRST" && wait "$SECOND" || fail 'both pushes are accepted'
cat "$WORK/first" "$WORK/second" >"$WORK/out"
if grep -q 'did not record' "$WORK/out"; then fail 'nobody is told that something is not recorded'; fi
equal "$(recorded)" "$(printf '%s\n' "$ONE" "$TWO")" 'the records of two pushes'

# There and back and there, while no record can be written.
printf 'version: 1\nprotect: [main, {branch: production, create: true, force: true}]\n' >.sluice/sluice.yaml
git checkout -q -b policy origin/main
printf 'version: 1\nprotect: [main, {branch: production, create: true, force: true}]\n' >.sluice/sluice.yaml
commit 'may be forced'
pushes git push -q origin HEAD:main
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana"
mv "$SERVER/sluice/recorder" "$WORK/recorder"
for commit in "$ONE" "$TWO" "$ONE"; do git push -q -f origin "$commit:production" >"$WORK/out" 2>&1 || fail 'it is pushed'; done
mv "$WORK/recorder" "$SERVER/sluice/recorder"
pushes "$SLUICE" ledger reconcile "$SERVER"
equal "$(recorded)" "$(printf '%s\n' "$ONE" "$TWO" "$ONE" "$TWO" "$ONE")" 'the records of a branch that went in circles'
