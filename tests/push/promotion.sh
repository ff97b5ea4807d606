#!/usr/bin/env bash
# What runs in one environment goes on to the next one; anything else does not.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

. "$HERE/environments.sh"
begins() { "$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'; }
begin() { :; }  # later
environments ''

# Without a ledger nothing has run anywhere.
rejected promotion/turn git push origin HEAD:env/staging
says 'staging: dev has run nothing yet'
begins
rejected promotion/turn git push origin HEAD:env/staging
says 'staging: dev has run nothing yet'
equal "$(tip refs/heads/env/staging)" none 'staging'

pushes git push origin HEAD:env/dev
silent_on warning
pushes git push origin HEAD:env/staging
silent_on warning
equal "$(kind staging)" promotion 'the kind of the record of staging'
equal "$(kind dev)" direct 'the kind of the record of dev'
pushes git push origin HEAD:env/production

# One further: dev has it, staging not, so production has to wait for staging.
config_map web two
commit 'two'
rejected promotion/turn git push origin HEAD:env/staging
says "staging: dev has not run $(git rev-parse HEAD | cut -c1-7)"
says "sluice promote dev --from $(git rev-parse HEAD | cut -c1-7)"
pushes git push origin HEAD:env/dev
rejected promotion/turn git push origin HEAD:env/production
says 'production: staging has not run'
pushes git push origin HEAD:env/staging
pushes git push origin HEAD:env/production

# A change that no predecessor has, on top of what it has.
config_map web three
commit 'three'
three=$(git rev-parse HEAD)
pushes git push origin HEAD:env/dev
config_map part-a 'slipped in'
commit 'more'
rejected promotion/turn git push origin HEAD:env/staging
says 'it holds more than the merge of'
git reset -q --hard HEAD~1
# The same in the merge commit itself, and as a commit that says that it is a rollback.
git checkout -q --detach HEAD~1
config_map part-a 'evil'
git add -A
evil=$(git commit-tree -m 'merge' -p HEAD -p main "$(git write-tree)")
rejected promotion/turn git push origin "$evil":env/staging
evil=$(git commit-tree -m $'back\n\nSluice-Rollback: 1\nSluice-Reason: none' -p HEAD "$(git write-tree)")
rejected promotion/turn git push origin "$evil":env/staging
says 'it says that it is a rollback, and its files are not those of record 1'
git checkout -q --force main

# A removal of more than a fifth.
git rm -q part-b.yaml part-c.yaml
commit 'two of nine go'
rejected promotion/turn git push origin HEAD:env/dev
says 'dev: it removes 2 of 9 objects, more than 20%'
git reset -q --hard HEAD~1
git rm -q part-b.yaml
commit 'one of nine goes'
pushes git push origin HEAD:env/dev

# The branch of an environment stays, whatever `protect` says.
rejected promotion/turn git push origin :env/dev

# Soak counts from the record.
pushes git push origin "$three":env/staging
git checkout -q -b policy origin/main
policy ', soak: 1h'
commit 'soak'
pushes git push origin HEAD:main
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
rejected promotion/turn git push origin "$three":env/production
says 'of 1 h; until'
git checkout -q main

# A rollback passes over predecessors; then the branch goes on by git's merge.
first=$(git rev-list --max-parents=0 HEAD)
back=$(git commit-tree -m $'back\n\nSluice-Rollback: 1\nSluice-Reason: a bad image' -p "$(tip refs/heads/env/staging)" "$first^{tree}")
pushes git push origin "$back":env/staging
at refs/heads/env/staging "$back"
equal "$(kind staging)" rollback 'the kind of the record of a rollback'

# A predecessor's ledger that somebody put together is not believed.
git --git-dir="$SERVER" update-ref refs/sluice/ledger/dev refs/sluice/ledger/production
git checkout -q --detach "$back"
config_map part-h 'changed'
commit 'part-h'
run git push origin HEAD:env/staging
equal "$CODE" 1 'a ledger under the name of another'
says 'could not judge'
ls -d "$SERVER"/objects/tmp_objdir* 2>/dev/null && fail 'scratch directories stay'
exit 0
