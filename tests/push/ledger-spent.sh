#!/usr/bin/env bash
# What somebody gave counts for one record. Where the ledger is behind, a change can be made,
# taken back and made again before any record names it: the second is not recorded.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

environments ''
pushes git push -q origin HEAD:main HEAD:env/dev
newest() { (cd "$SERVER" && "$SLUICE" ledger log dev -n 1) | awk '{print $1}'; }

git rm -q part-*.yaml
commit 'eight of nine go'
rejected promotion/turn git push origin HEAD:env/dev
git push -q origin HEAD:topic >"$WORK/out" 2>&1 || fail 'a branch of its own'
run "$SLUICE" consent dev --from HEAD --key "$WORK/ben" --as ben
equal "$CODE" 0 'a consent'
mv "$SERVER/sluice/recorder" "$WORK/recorder"
pushes git push -q origin HEAD:env/dev
git revert --no-edit HEAD >/dev/null
pushes git push -q origin HEAD:env/dev
git revert --no-edit HEAD >/dev/null
pushes git push -q origin HEAD:env/dev
mv "$WORK/recorder" "$SERVER/sluice/recorder"

run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 1 'the ledger does not catch up'
says 'what ben gave, '
says 'stands in a record already, and counts once'
equal "$(newest)" 3 'what it was given for is recorded, and that it was taken back'
audited
