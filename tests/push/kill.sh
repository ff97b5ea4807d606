#!/usr/bin/env bash
# `kill -9` at each named point between a push and its record, of the hook alone
# and together with git's receive-pack: after one reconcile the ledger is the
# history of the branch, and git finds nothing wrong. KILL_ROUNDS (1) times each, and
# a point that was hit less often than asked for fails the test.
#
#   SLUICE_HOOK_CRASH   the hook with crash_points.cc in it
: "${SLUICE_HOOK_CRASH:?the hook that can be ended}"
SLUICE_HOOK=$SLUICE_HOOK_CRASH
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

POINTS='intents-judged intents-placed intents-kept recorder-locked recorder-listed recorder-planned record-before-signature
  record-signed record-objects-written record-ref-moved record-remembered recorder-before-intent-goes
  recorder-intent-gone recorder-done'

export SLUICE_CRASH_LOG=$WORK/hits
: >"$SLUICE_CRASH_LOG"

ledger_server shop
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
HISTORY=(none)  # where the branch stood, in order

# push_and_die POINT [parent]: one change; what the branch then is goes to HISTORY.
push_and_die() {
  config_map web "$((++COUNT))"
  commit "change $COUNT"
  SLUICE_CRASH_AT=$1 SLUICE_CRASH_PARENT=${2:-} git push -q origin HEAD:production >"$WORK/out" 2>&1 || true
  local now
  now=$(tip production)
  [ "${HISTORY[-1]}" = "$now" ] || HISTORY+=("$now")
}

recorded() {
  (cd "$SERVER" && "$SLUICE" ledger log production -n 100000 -o json) |
    sed -n 's/.*"source":{"commit":"\([0-9a-f]*\)".*/\1/p' | tac
}

whole_again() {
  run "$SLUICE" ledger reconcile "$SERVER"
  equal "$CODE" 0 "reconcile after $1"
  equal "$(recorded)" "$(printf '%s\n' "${HISTORY[@]:1}")" "the ledger after $1"
}

COUNT=0
push_and_die none
for _ in $(seq "${KILL_ROUNDS:-1}"); do
  for point in $POINTS; do
    for parent in '' parent; do
      push_and_die "$point" "$parent"
      whole_again "$point $parent"
    done
  done
done
hits() { grep -cx -- "$1" "$SLUICE_CRASH_LOG" || true; }
for point in $POINTS; do
  printf '%5d times %s\n' "$(hits "$point")" "$point"
  [ "$(hits "$point")" -ge $((2 * ${KILL_ROUNDS:-1})) ] || fail "$point is hit each time"
done
equal "$(wc -w <<<"$POINTS")" 14 'how many points there are'

# Several moves behind, then one reconcile.
for point in recorder-locked record-signed record-ref-moved; do push_and_die "$point"; done
whole_again 'three pushes'

# Git itself, killed while it moved the ref of a ledger, leaves a lock: that is said, and what to do.
LOCK=$SERVER/refs/sluice/ledger/production.lock
: >"$LOCK"
push_and_die none
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 1 'reconcile past a lock'
says "$LOCK': File exists. If no git is at work in this repository, remove that file"
rm "$LOCK"
whole_again 'a lock'
git --git-dir="$SERVER" fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'
[ ${#HISTORY[@]} -gt 20 ] || fail 'most of the pushes moved the branch'
