#!/usr/bin/env bash
# How much a push removes is known where the ledger is where the branch is; else it waits.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

environments ''
pushes git push -q origin HEAD:main HEAD:env/dev

mv "$SERVER/sluice/recorder" "$WORK/recorder"
config_map web two
commit 'two'
pushes git push -q origin HEAD:env/dev
config_map web three
commit 'a change that takes nothing away'
pushes git push -q origin HEAD:env/dev
git rm -q part-*.yaml
commit 'eight of nine go'
rejected promotion/turn git push origin HEAD:env/dev
says 'dev: its ledger is not where its branch is'
says 'sluice ledger reconcile'
at refs/heads/env/dev HEAD~1

mv "$WORK/recorder" "$SERVER/sluice/recorder"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'the ledger catches up'
rejected promotion/turn git push origin HEAD:env/dev
says 'it removes 8 of 9 objects'
git reset -q --hard HEAD~1
git rm -q part-a.yaml
commit 'one goes'
pushes git push origin HEAD:env/dev
