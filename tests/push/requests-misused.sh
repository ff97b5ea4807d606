#!/usr/bin/env bash
# Requests that are none, and ways to make one do what nobody may: by strangers and bots, for
# other commits and other changes, played again, in great numbers.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server
staging two
OLD=$(git rev-parse HEAD~1)
(cd envs/production/conf && config_map limits two)
commit 'production two'
pushes git push -q origin HEAD:main
TIP=$(git rev-parse HEAD)
change_of HEAD

# By whom.
asked_in_vain mallory "$(request mallory HEAD)" 'mallory'
asked_in_vain mallory "$(request dan HEAD)" 'is not allowed to sign as dan'
asked_in_vain robot "$(request robot HEAD)" '`people` knows nobody who signs as robot'
asked_in_vain eve "$(request eve HEAD)" '`people` gives eve no login, which a record names'

# For what.
git checkout -q -b aside
echo aside >aside
commit 'aside'
pushes git push -q origin HEAD:aside
asked_in_vain dan "$(request dan HEAD)" 'is not on main'
git checkout -q main 2>/dev/null || git checkout -q -
git reset -q --hard "$TIP"
asked_in_vain dan "$(request dan HEAD | sed "s/\"commit\":\"[0-9a-f]*/\"commit\":\"$(printf '1%.0s' {1..40})/")" 'is no commit that is here'
asked_in_vain dan "$(request dan HEAD | sed "s/\"commit\":\"[0-9a-f]*/\"commit\":\"$(git rev-parse HEAD:envs)/")" 'is no commit that is here'
asked_in_vain dan "$(request dan "$(git rev-list HEAD | sed -n '$p')")" 'production runs'
asked_in_vain dan "$(request dan "$OLD")" 'changes nothing of production'
asked_in_vain dan "$(request dan HEAD '"production"')" 'production does not follow production'
asked_in_vain dan "$(request dan HEAD null staging)" 'staging moves by pushes to main' staging
asked_in_vain dan "$(request dan HEAD null policy)" 'there is no environment policy' policy
asked_in_vain dan "$(request dan HEAD null staging)" 'it should lie behind'
asked_in_vain dan "$(request dan HEAD null production 2020-01-01T00:00:00Z)" ''
asked_in_vain dan "$(request dan HEAD null production "$(date -u +%Y-%m-%dT%H:%M:%SZ)" 2026-01-01T00:00:00Z)" ''
asked_in_vain dan "$(request dan HEAD null production 2098-01-01T00:00:00Z "$(date -u -d '-1 day' +%Y-%m-%dT%H:%M:%SZ)")" 'it was made before record 1 of production was written'
asked_in_vain dan "$(request dan HEAD null production 2098-01-01T00:00:00Z "$(from_now 600)")" 'it was made in the future'
asked_in_vain dan "$(request dan HEAD | sed 's/,"from":null//')" ''
asked_in_vain dan "$(request dan HEAD | sed 's/"version":1/"version":1,"more":1/')" ''
GOOD=$CHANGE
CHANGE=$(printf '0%.0s' {1..64})
asked_in_vain dan "$(request dan HEAD)" 'makes another change of production'
CHANGE=$GOOD
runs production 1

# Whoever asks does not agree, though another one brings it; who pushes it does not matter.
agrees ana
equal "$CODE" 0 'an approval, before anybody asked'
sends ana "$(request ana HEAD)"
equal "$CODE" 0 'a request that another one brings'
says 'production waits, as ana asked:'
says 'approvals: production needs 1 approval'
says 'does not count: ana asked for it'
runs production 1

# Two ask for the same: each may agree to what the other one asked for.
sends ben "$(request ben HEAD)"
equal "$CODE" 0 'a second request'
says 'production, as ben asked, is at record 2'
runs production 2
shows production
says '"kind":"request","person":"ben"'
says '"kind":"approval","person":"ana"'
silent_on '"kind":"request","person":"ana"'

# What was asked for before is over: the change goes back and comes back, and nothing moves.
REQUEST=$REF
another_second
git checkout -q HEAD~1 -- envs/production
commit 'back'
pushes git push -q origin HEAD:main
asks dan --from HEAD
agrees ben
runs production 3
git checkout -q "$TIP" -- envs/production
commit 'and again'
pushes git push -q origin HEAD:main
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
agrees ana
equal "$CODE" 0 'an approval of the change that came back'
silent_on 'as ana asked'
silent_on 'as ben asked'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'reconcile'
runs production 3
run git push origin "$(git rev-parse "$REQUEST")":"$REQUEST"
runs production 3
git --git-dir="$SERVER" update-ref -d "$REQUEST"
run git push origin "$(git rev-parse "$REQUEST"):$REQUEST"
[ "$CODE" != 0 ] || fail 'a request that is played again'
runs production 3

audited
says 'production: 3 records verified'
