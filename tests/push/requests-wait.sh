#!/usr/bin/env bash
# What a request waits for, and what ends the waiting: people, time, what others run, another
# policy; and what makes an end of it.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

# waits SAYS: after the last command, production as it was.
waits() {
  equal "$CODE" 0 'it is taken'
  says "$1"
  runs production "$RECORD"
}
# is_at N
is_at() {
  RECORD=$1
  runs production "$1"
}
# changes NAME VALUE: production alone, as a push to main.
changes() {
  (cd envs/production && config_map "$1" "$2")
  commit "production $2"
  pushes git push -q origin HEAD:main
}
reconciles() { run "$SLUICE" ledger reconcile "$SERVER"; }
THEN=$(LC_ALL=C date -u -d '+3 days' +%a | tr '[:upper:]' '[:lower:]')
SHUT=", windows: [{days: $THEN}]"

request_server
is_at 1

# Nobody asked: reconcile judges nothing.
changes more one
run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'as it stands'
waits 'production moves by request alone'
reconciles
waits 'production: record 1, the branch is ahead: it moves by request'

# A window, until the policy has none: the record of that policy moves it.
new_policy "$ASKS$SHUT"
agrees ben
asks dan
waits 'window: '
reconciles
waits 'window: '
new_policy "$ASKS"
says 'production, as dan asked, is at record 2'
is_at 2
reconciles
equal "$CODE" 0 'reconcile'
silent_on 'written'

# What nobody could record when it came the timer moves.
changes more again
asks dan
mv "$SERVER/sluice/recorder" "$WORK/recorder"
agrees ben
silent_on 'as dan asked'
mv "$WORK/recorder" "$SERVER/sluice/recorder"
reconciles
equal "$CODE" 0 'reconcile'
says 'production, as dan asked, is at record 3'
says 'production: record 3, 1 record written'
is_at 3

# A freeze that somebody signed, until it is released: the release moves it.
changes more two
GL_USER=ana run "$SLUICE" freeze production --until 36h --reason 'a fair' --key "$WORK/ana" --as ana
equal "$CODE" 0 'a freeze'
asks dan
waits 'freeze: '
agrees ben
waits 'freeze: '
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
run "$SLUICE" env
says 'requires: a request, 1 approval'
says "asked for: $(git rev-parse --short=7 HEAD) by dan"
says '    freeze: '
run "$SLUICE" env -o json
says '"requests":[{"person":"dan","commit":"'"$(git rev-parse HEAD)"
GL_USER=ana run "$SLUICE" release production --reason 'it is over' --key "$WORK/ana" --as ana
equal "$CODE" 0 'a release'
says 'production, as dan asked, is at record 4'
is_at 4
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
run "$SLUICE" env
silent_on 'asked for:'

# Soak: staging has to run it first, and then long enough; its record moves what waits for that.
new_policy "$ASKS, soak: 1h"
staging two
asks dan
waits 'soak: '
catches_up
agrees ana
waits 'soak: '
new_policy "$ASKS"
says 'production, as dan asked, is at record 5'
is_at 5
(cd envs/production/conf && config_map limits three)
commit 'production first'
pushes git push -q origin HEAD:main
asks dan --from HEAD
waits 'predecessor: staging has not run'
agrees ana
waits 'predecessor: staging has not run'
(cd envs/staging/conf && config_map limits three)
commit 'staging three'
pushes git push -q origin HEAD:main
says 'production, as dan asked, is at record 6'
is_at 6
source_is production HEAD~1

# Where staging moves by request too, what it gets moves what waits for that, in one push.
new_policy "$ASKS" ', movedBy: request'
for name in production staging; do
  (cd envs/$name/conf && config_map limits four)
  commit "$name four"
  pushes git push -q origin HEAD:main
done
says 'staging stays at record'
asks dan --from HEAD
waits 'predecessor: staging has not run'
agrees ana
waits 'predecessor: staging has not run'
GL_USER=chi run "$SLUICE" promote staging --key "$WORK/chi" --as chi
equal "$CODE" 0 'a request for staging'
says 'staging, as chi asked, is at record'
says 'production, as dan asked, is at record 7'
is_at 7
new_policy "$ASKS"

# A base that both build: staging moves, production stays, whatever was asked before.
mkdir base
(cd base && config_map shared one && printf 'resources: [shared.yaml]\n' >kustomization.yaml)
for name in staging production; do
  printf 'namePrefix: %s-\nresources: [../../base, conf/limits.yaml]\n' "$name" >envs/$name/kustomization.yaml
done
commit 'a base'
pushes git push -q origin HEAD:main
says 'production stays at record 7'
asks dan
agrees ana
is_at 8
before=$(cd "$SERVER" && "$SLUICE" ledger log staging -n 1 | awk '{print $1}')
(cd base && config_map shared two)
commit 'the base'
pushes git push -q origin HEAD:main
says 'production stays at record 8'
runs staging $((before + 1))
runs production 8

# The policy becomes stricter while it waits: more people, and content.
printf 'apiVersion: shop.example/v1\nkind: Backup\nmetadata: {name: nightly, namespace: shop}\n' >envs/production/backup.yaml
commit 'a kind that nobody knows'
pushes git push -q origin HEAD:main
asks dan
waits 'approvals: production needs 1 approval'
ASKED=$(git rev-parse HEAD)
policy "${ASKS/count: 1/count: 2}"
printf 'rules: {schema/unknown-kind: error}\n' >>.sluice/sluice.yaml
commit 'stricter'
pushes git push -q origin HEAD:main
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
agrees ana "$ASKED"
waits 'approvals: production needs 1 more approval'
says 'schema/unknown-kind'
agrees ben "$ASKED"
waits 'schema/unknown-kind'
silent_on 'approvals: '
git rm -q envs/production/backup.yaml
commit 'without it'
pushes git push -q origin HEAD:main
asks dan
agrees ana
agrees ben
is_at 9
new_policy "$ASKS"

# A hold that somebody signed stops what was carried, until it is released; a large removal
# waits for a consent of its own.
GL_USER=ana run "$SLUICE" hold production --reason 'a fair' --key "$WORK/ana" --as ana
equal "$CODE" 0 'a hold'
staging five
asks dan
waits 'hold: '
catches_up
agrees ana
waits 'hold: held by ana'
GL_USER=ana run "$SLUICE" release production --reason 'it is over' --key "$WORK/ana" --as ana
says 'production, as dan asked, is at record 10'
is_at 10
policy "$ASKS"
sed -i 's/request, maxRemoved: 100%/request/' .sluice/sluice.yaml
commit 'a removal asks for a consent'
pushes git push -q origin HEAD:main
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
printf 'namePrefix: production-\nresources: [conf/limits.yaml]\n' >envs/production/kustomization.yaml
git rm -q -r --cached envs/production/more.yaml
rm envs/production/more.yaml
commit 'production without its base'
pushes git push -q origin HEAD:main
asks dan
agrees ana
waits 'consent: it removes'
GL_USER=ben run "$SLUICE" consent production --from HEAD --key "$WORK/ben" --as ben
equal "$CODE" 0 'a consent'
says 'production, as dan asked, is at record 11'
is_at 11
new_policy "$ASKS"

# Taken back by whoever asked; by nobody else, unless they may change the policy.
changes more three
asks dan
waits 'approvals: '
run git push origin "$(git rev-parse HEAD):refs/heads/look"
change_of HEAD
GIVEN=$(git --git-dir="$SERVER" for-each-ref --format='%(refname:lstrip=5)' "refs/sluice/approvals/production/$CHANGE/")
revokes chi chi production "$GIVEN"
agrees ana
equal "$CODE" 0 'an approval'
says 'production, as dan asked, is at record 12'
is_at 12
changes more four
asks dan
waits 'approvals: '
GL_USER=dan run "$SLUICE" revoke production HEAD --reason 'a mistake' --key "$WORK/dan" --as dan
equal "$CODE" 0 'a revocation of a request'
agrees ana
equal "$CODE" 0 'an approval of what nobody asks for any more'
silent_on 'as dan asked'
reconciles
runs production 12

# Expired, before anybody agreed.
changes more five
change_of HEAD
END=$(($(date +%s) + 2))
sends dan "$(request dan HEAD null production "$(date -u -d "@$END" +%Y-%m-%dT%H:%M:%SZ)")"
runs production 12
is_past() { [ "$(date +%s)" -ge "$END" ]; }
eventually is_past
agrees ana
equal "$CODE" 0 'an approval, too late'
silent_on 'as dan asked'
reconciles
silent_on 'as dan asked'
runs production 12

audited
