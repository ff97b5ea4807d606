#!/usr/bin/env bash
# `kill -9` while a request is tried, at each point between its judgement and its record: what
# was asked for is recorded once, by the next reconcile or before the end came.
#
#   SLUICE_HOOK_CRASH   the hook with crash_points.cc in it
: "${SLUICE_HOOK_CRASH:?the hook that can be ended}"
SLUICE_HOOK=$SLUICE_HOOK_CRASH
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

export SLUICE_CRASH_LOG=$WORK/hits
: >"$SLUICE_CRASH_LOG"
request_server
RECORD=1
POINTS='record-before-signature record-signed record-objects-written record-ref-moved record-remembered'
for point in $POINTS; do
  for parent in '' parent; do
    (cd envs/production && config_map more "$point$parent")
    commit "$point $parent"
    pushes git push -q origin HEAD:main
    asks dan
    equal "$CODE" 0 'a request'
    SLUICE_CRASH_AT=$point SLUICE_CRASH_PARENT=$parent agrees ben
    RECORD=$((RECORD + 1))
    run "$SLUICE" ledger reconcile "$SERVER"
    equal "$CODE" 0 "reconcile after $point $parent"
    runs production "$RECORD"
    source_is production HEAD
    run "$SLUICE" ledger reconcile "$SERVER"
    silent_on 'as dan asked'
    runs production "$RECORD"
  done
  [ "$(grep -cx -- "$point" "$SLUICE_CRASH_LOG")" -ge 2 ] || fail "$point is hit each time"
done
[ -z "$(ls -A "$SERVER/sluice/intents")" ] || fail 'a request leaves no intent'

# Two who push at once what one request waits for: one record.
(cd envs/production && config_map more race)
commit 'race'
pushes git push -q origin HEAD:main
asks dan
change_of HEAD
for person in ana ben; do
  envelope "$person" "$person" production "$CHANGE"
  GL_USER=$person git push -q origin "$BLOB:$REF" >"$WORK/race.$person" 2>&1 &
done
wait
runs production $((RECORD + 1))

audited
git --git-dir="$SERVER" fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'
