#!/usr/bin/env bash
# `sluice promote`, from a clone and on the server: what moves, what does not and why.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

environments ''
pushes git push -q origin HEAD:main HEAD:env/dev

run "$SLUICE" promote staging
equal "$CODE" 0 'the promotion to staging'
says 'of dev may move there'
at refs/heads/env/staging HEAD
equal "$(kind staging)" promotion 'the kind of the record'
run "$SLUICE" promote staging
equal "$CODE" 0 'a promotion of what is there'
says 'is there already'

# A commit that has run nowhere.
config_map web two
commit 'two'
run "$SLUICE" promote production --from HEAD --explain
equal "$CODE" 1 'a commit that staging has not run'
says 'predecessor: staging has not run'
says "sluice promote staging --from $(git rev-parse HEAD | cut -c1-7)"
run "$SLUICE" promote production --from HEAD -o json --dry-run
equal "$CODE" 1 'the same as json'
says '"kind":"predecessor"'
says '"verdict":"rejected"'
equal "$(tip refs/heads/env/production)" none 'production'

# Staging has a commit of its own: the next promotion is git's merge.
pushes git push -q origin HEAD:env/dev
run "$SLUICE" promote staging
first=$(git rev-list --max-parents=0 HEAD)
run "$SLUICE" promote staging --to-record 1
equal "$CODE" 2 'a rollback without a reason'
run "$SLUICE" promote staging --to-record 9 --reason 'a bad image'
equal "$CODE" 2 'a rollback to no record'
run "$SLUICE" promote staging --to-record 1 --reason 'a bad image'
equal "$CODE" 0 'a rollback'
equal "$(tip 'refs/heads/env/staging^{tree}')" "$(git rev-parse "$first^{tree}")" 'the files after the rollback'
equal "$(kind staging)" rollback 'the kind of the record of a rollback'
(cd "$SERVER" && "$SLUICE" ledger show staging -o json) >"$WORK/out"
says '"restores":1'
says '"reason":"a bad image"'
run "$SLUICE" promote production --from "$(git rev-parse HEAD)" --explain
equal "$CODE" 1 'what was rolled back'
says 'staging was rolled back from'
config_map part-a 'more'
commit 'three'
pushes git push -q origin HEAD:env/dev

# After a rollback nothing comes by itself, until somebody releases it.
run "$SLUICE" promote staging
equal "$CODE" 1 'a promotion after a rollback'
equal "$(grep -c 'held since record 3' "$WORK/out")" 1 'how often the hold is told of'
run "$SLUICE" promote staging --explain
says "hold: held since record 3, the rollback by $(id -un): a bad image"
says 'sluice release staging --reason TEXT'
says 'by ana, ben'
run "$SLUICE" promote staging --explain -o json
says '"kind":"hold","message":"held since record 3, the rollback by'
merged=$(git commit-tree -m merge -p "$(tip refs/heads/env/staging)" -p HEAD "$(git merge-tree --write-tree "$(tip refs/heads/env/staging)" HEAD)")
rejected promotion/turn git push origin "$merged":env/staging
says 'staging: held since record 3'
run "$SLUICE" env
says "  held since record 3, the rollback by $(id -un): a bad image"
run "$SLUICE" env -o json
says '"kind":"hold"'
run "$SLUICE" release staging --reason 'fixed' --key "$WORK/ben" --as ana
equal "$CODE" 1 'a release under the name of another'
run "$SLUICE" release staging --reason 'fixed' --key "$WORK/ben" --as ben
equal "$CODE" 0 'a release'
says 'the hold by record 3, a rollback, is over, ben'
run "$SLUICE" release staging --reason 'again' --key "$WORK/ben" --as ben
says 'staging is neither frozen nor held'
run "$SLUICE" env
! grep -q 'held since' "$WORK/out" || fail 'a hold that is over is shown'
run "$SLUICE" promote staging
equal "$CODE" 0 'a promotion that merges'
equal "$(tip 'refs/heads/env/staging^2')" "$(git rev-parse HEAD)" 'the second parent of the merge'
equal "$(kind staging)" promotion 'the kind of the record of a merge'
[ -z "$(ls -d .git/objects/tmp_objdir* 2>/dev/null)" ] || fail 'scratch directories stay'

# Staging and dev change the same line: nobody merges that here.
run "$SLUICE" promote staging --to-record 1 --reason 'again'
equal "$CODE" 0 'another rollback'
config_map part-a 'other'
commit 'four'
pushes git push -q origin HEAD:env/dev
run "$SLUICE" promote staging
equal "$CODE" 1 'a conflict'
says 'conflict: part-a.yaml'

# Words that mean nothing.
run "$SLUICE" promote nowhere
equal "$CODE" 2 'an environment that is none'
says 'there are dev, staging, production'
run "$SLUICE" promote dev
equal "$CODE" 2 'an environment that follows nothing'
run "$SLUICE" promote production --from dev
equal "$CODE" 2 'an environment that it does not follow'
run "$SLUICE" promote production --from 0000000
equal "$CODE" 2 'a commit that is none'
(cd "$WORK" && run "$SLUICE" promote staging && equal "$CODE" 2 'outside of Git')

# On the server refs move at once, and are recorded.
cd "$SERVER"
run "$SLUICE" promote production
equal "$CODE" 0 'a promotion on the server'
equal "$(tip refs/heads/env/production)" "$(tip refs/heads/env/staging)" 'production on the server'
equal "$(kind production)" promotion 'the kind of its record'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'reconcile after it'
git fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'
