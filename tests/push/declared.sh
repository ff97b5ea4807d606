#!/usr/bin/env bash
# What people declare of an environment, signed: freezes, holds, break-glass, consent.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/envelopes.sh"

environments ', soak: 1h, breakGlass: {by: [ana], for: 2h}'
pushes git push -q origin HEAD:main HEAD:env/dev
pushes "$SLUICE" promote staging

# as NAME COMMAND…: with that person's key.
as() {
  local name=$1
  shift
  "$SLUICE" "$@" --key "$WORK/$name" --as "$name"
}

# given KIND: the digest of the newest envelope of that kind for staging.
given() {
  local ref
  for ref in $(git --git-dir="$SERVER" for-each-ref --format='%(refname)' "refs/sluice/approvals/staging/$1"); do
    echo "${ref##*/}"
  done | tail -n 1
}

# A freeze stops everybody until it ends or is taken back.
config_map web two
commit 'two'
pushes git push -q origin HEAD:env/dev
run as ben freeze staging --until 2h --reason ''
equal "$CODE" 2 'a freeze without a reason'
says 'error: --reason must not be empty'
run as ben freeze staging --until 2h --reason 'a fair'
equal "$CODE" 0 'a freeze'
rejected promotion/turn git push origin HEAD:env/staging
says 'staging: frozen by ben: a fair; until'
run "$SLUICE" promote staging --explain
equal "$CODE" 1 'a promotion in a freeze'
says 'freeze: frozen by ben: a fair'
says 'sluice release staging --reason TEXT'
run "$SLUICE" env
says 'shut: frozen by ben: a fair, until'
run as ana release staging --reason 'not mine'
equal "$CODE" 1 'the end of what somebody else declared'
says 'error: ana may not end the freeze by ben: ben may'
revokes ana ana staging "$(given freeze)"
rejected promotion/turn git push origin HEAD:env/staging
run as ben release staging --reason 'the fair is over'
equal "$CODE" 0 'the end of a freeze'
run as ben release staging --reason 'again'
says 'staging is neither frozen nor held'
run "$SLUICE" env
! grep -q shut: "$WORK/out" || fail 'a freeze that is over is shown'
run as ben hold staging --reason 'a fair'
equal "$CODE" 0 'a hold'
says 'staging is held until it is released, ben'
says "what stops a person's own push too is sluice freeze staging"
rejected promotion/turn git push origin HEAD:env/staging
says 'staging: held by ben: a fair'
run "$SLUICE" promote staging
equal "$CODE" 1 'a promotion in a hold'
run "$SLUICE" env
says '  held by ben: a fair'
run as ana freeze staging --until 2h --reason 'a fair of mine'
run as ana release staging --reason 'mine alone'
equal "$CODE" 1 'the end of one of two'
says 'the freeze by ana is over'
says 'error: ana may not end the hold by ben: ben may'
rejected promotion/turn git push origin HEAD:env/staging
run as ben release staging --reason 'over'
equal "$CODE" 0 'the end of a hold'
says 'the hold by ben is over'
run "$SLUICE" promote staging
equal "$CODE" 0 'a promotion after the freeze'
run as ben freeze staging --until yesterday --reason 'a fair'
equal "$CODE" 2 'a time that is none'
run as ben freeze staging --until 2020-01-01T00:00:00Z --reason 'a fair'
equal "$CODE" 2 'a time that has passed'
run as ben freeze nowhere --until 2h --reason 'a fair'
equal "$CODE" 2 'an environment that is none'
run "$SLUICE" freeze staging --until 2h --reason 'a fair' --key "$WORK/ben" --as ana
equal "$CODE" 1 'a key under the name of another'
run as ben freeze nowhere --until 2h --reason 'a fair'
says 'sluice env lists them'
run as ben freeze staging --until 2h --reason 'a fair' --remote upstream
equal "$CODE" 2 'a remote that is none'
says 'there is no remote upstream'
git remote add gone "$WORK/gone.git"
run as ben freeze staging --until 2h --reason 'a fair' --remote gone
equal "$CODE" 3 'a remote that cannot be reached'
git update-ref refs/remotes/gone/main origin/main
git symbolic-ref refs/remotes/gone/HEAD refs/remotes/gone/main
run as ben freeze staging --until 2h --reason 'a fair' --remote gone --no-fetch
equal "$CODE" 3 'a push to nowhere'
says 'nothing was pushed to gone'
git remote remove gone

# Break-glass passes over the soak, for who may, for this change, once.
run "$SLUICE" promote production
equal "$CODE" 1 'a promotion before its soak'
says 'has run it for'
run as ben consent production
equal "$CODE" 2 'a consent to no removal'
says 'error: this change removes nothing: there is nothing to consent to'
run as ben break-glass production --reason 'it burns'
equal "$CODE" 2 'a break-glass by somebody who may not'
says 'error: ben may not break the glass of production: ana may'
"$SLUICE" promote production --dry-run -o json >"$WORK/out" 2>/dev/null || true
CHANGE=$(sed -n 's/.*"change":"\([0-9a-f]*\)".*/\1/p' "$WORK/out")
printf '{"change":"%s","environment":"production","expires":"%s","kind":"break-glass","made":"%s","person":"ben","reason":"it burns","repository":"%s","version":1}' \
  "$CHANGE" "$(made 3600)" "$(made)" "$(repository_id)" >"$WORK/payload"
seal ben production "$CHANGE" sluice-approval
pushes git push -q origin "$BLOB:$REF"
rejected promotion/turn git push origin HEAD:env/production
run as ben freeze production --until 2h --reason 'a fair'
run as ana break-glass production --reason 'it burns'
equal "$CODE" 0 'a break-glass'
says 'it may move without approvals, predecessors, soak, windows and holds until '
says 'hint: the freeze by ben still stops it: ben may end that'
rejected promotion/turn git push origin HEAD:env/production
says 'frozen by ben: a fair'
run as ben release production --reason 'it burns'
config_map part-h 'slipped in'
commit 'more'
pushes git push -q origin HEAD:env/dev
run "$SLUICE" promote staging
rejected promotion/turn git push origin HEAD:env/production
run "$SLUICE" promote production --from "$(git rev-parse HEAD~1)"
equal "$CODE" 0 'a promotion by break-glass'
equal "$(kind production)" break-glass 'the kind of its record'
(cd "$SERVER" && "$SLUICE" ledger show production -o json) >"$WORK/out"
says '"reason":"it burns"'
says '"kind":"break-glass","person":"ana"'

# A key of another name is the same person's.
person ana@phone
sed -i 's/ana: {}/ana: {key: [ana, ana@phone]}/' .sluice/sluice.yaml
commit 'a key more'
pushes git push -q origin HEAD:main
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana"
run as ana@phone hold staging --reason 'from the train'
equal "$CODE" 0 'a hold by another key'
run as ana release staging --reason 'arrived'
equal "$CODE" 0 'the end of it by the first key'
run as ana hold staging --reason 'at home'
run as ana@phone release staging --reason 'from the train'
equal "$CODE" 0 'and the other way round'
run as ana@phone release production --reason 'nothing'
says 'production is neither frozen nor held'

# A consent counts for this change, and who reads the ledger finds it.
git rm -q part-a.yaml part-b.yaml part-c.yaml
commit 'three of nine go'
rejected promotion/turn git push origin HEAD:env/dev
says "sluice consent dev --from $(git rev-parse HEAD | cut -c1-7)"
run as ben consent dev --from HEAD
equal "$CODE" 0 'a consent'
says 'removes 3 objects'
pushes git push origin HEAD:env/dev
(cd "$SERVER" && "$SLUICE" ledger show dev) >"$WORK/out"
says 'consent       ben'
audited
