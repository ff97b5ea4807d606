#!/usr/bin/env bash
# Requests to go back that are none: to what nobody recorded, to one record with the content of
# another, by strangers, played again; and records that claim to restore what they do not.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server
ONE=$(git rev-list --max-parents=0 HEAD)
for n in 2 3; do
  (cd envs/production && config_map more "$n")
  commit "production $n"
  pushes git push -q origin HEAD:main
  asks dan --from HEAD
  agrees ana
  runs production $n
done
TWO=$(git rev-parse HEAD~1)
THREE=$(git rev-parse HEAD)
GL_USER=dan run "$SLUICE" promote production --to-record 2 --reason "it fails" -o json --dry-run
CHANGE=$(sed -n 's/.*"change":"\([0-9a-f]*\)".*/\1/p' "$WORK/out")
[ -n "$CHANGE" ] || fail 'the change of going back'
BACK=$CHANGE

# back PERSON COMMIT RECORD [REASON [MADE]]: the payload, of $CHANGE.
back() {
  printf '{"change":"%s","commit":"%s","environment":"production","expires":"2098-01-01T00:00:00Z","kind":"rollback","made":"%s","person":"%s","reason":"%s","repository":"%s","restores":%s,"version":1}' \
    "$CHANGE" "$(git rev-parse "$2")" "${5:-$(from_now)}" "$1" "${4-it fails}" "$(repository_id)" "$3"
}

# By whom.
asked_in_vain mallory "$(back mallory "$TWO" 2)" 'mallory'
asked_in_vain mallory "$(back dan "$TWO" 2)" 'is not allowed to sign as dan'
asked_in_vain robot "$(back robot "$TWO" 2)" '`people` knows nobody who signs as robot'
asked_in_vain eve "$(back eve "$TWO" 2)" '`people` gives eve no login, which a record names'

# To what.
asked_in_vain dan "$(back dan "$TWO" 0)" 'restores'
asked_in_vain dan "$(back dan "$TWO" -1)" 'restores'
asked_in_vain dan "$(back dan "$TWO" '"2"')" 'restores'
asked_in_vain dan "$(back dan "$TWO" null)" 'restores'
asked_in_vain dan "$(back dan "$TWO" 2.0)" ''
asked_in_vain dan "$(back dan "$TWO" 9007199254740991)" 'is not among its newest'
asked_in_vain dan "$(back dan "$TWO" 4)" 'is not among its newest'
asked_in_vain dan "$(back dan "$TWO" 1)" 'record 1 of production is of'
asked_in_vain dan "$(back dan "$TWO" 3)" 'record 3 of production is of'
asked_in_vain dan "$(back dan "$ONE" 2)" 'record 2 of production is of'
asked_in_vain dan "$(back dan "$THREE" 3)" 'production runs'
git checkout -q -b aside "$TWO"
echo aside >aside
commit 'aside'
pushes git push -q origin HEAD:aside
asked_in_vain dan "$(back dan HEAD 2)" 'is not on main'
git checkout -q main 2>/dev/null || git checkout -q -
git reset -q --hard "$THREE"
asked_in_vain dan "$(back dan "$TWO" 2 | sed "s/\"commit\":\"[0-9a-f]*/\"commit\":\"$(printf '1%.0s' {1..40})/")" 'is no commit that is here'
CHANGE=$(printf '0%.0s' {1..64})
asked_in_vain dan "$(back dan "$TWO" 2)" 'makes another change of production'
CHANGE=$BACK
asked_in_vain dan "$(back dan "$TWO" 2 | sed 's/"environment":"production"/"environment":"staging"/')" 'staging moves by pushes to main' staging

# In other words.
asked_in_vain dan "$(back dan "$TWO" 2 '')" 'reason'
asked_in_vain dan "$(back dan "$TWO" 2 'a\nb')" 'reason'
asked_in_vain dan "$(back dan "$TWO" 2 | sed 's/,"reason":"it fails"//')" ''
asked_in_vain dan "$(back dan "$TWO" 2 | sed 's/,"restores":2//')" ''
asked_in_vain dan "$(back dan "$TWO" 2 | sed 's/"kind"/"from":null,"kind"/')" ''
asked_in_vain dan "$(back dan "$TWO" 2 | sed 's/"version":1/"version":2/')" ''
asked_in_vain dan "$(back dan "$TWO" 2 | sed 's/"kind":"rollback"/"kind":"request"/')" ''
asked_in_vain dan "$(back dan "$TWO" 2 'it fails' "$(date -u -d '-1 day' +%Y-%m-%dT%H:%M:%SZ)")" 'it was made before record 3 of production was written'
asked_in_vain dan "$(back dan "$TWO" 2 'it fails' "$(from_now 600)")" 'it was made in the future'
# A request for the older commit is still none.
asked_in_vain dan "$(request dan "$TWO")" 'does not come after'
runs production 3

# It counts once, and is over with the next record.
sends dan "$(back dan "$TWO" 2)"
equal "$CODE" 0 'a request to go back'
REQUEST=$REF
AGAIN=$BLOB
agrees ana "$TWO"
runs production 4
equal "$(kind production)" rollback 'the kind of the record'
another_second
asks ben --to-record 3 --reason 'a mistake'
agrees ana "$THREE"
runs production 5
git --git-dir="$SERVER" update-ref -d "$REQUEST"
run git push origin "$AGAIN:$REQUEST"
[ "$CODE" != 0 ] || fail 'a request that is played again'
says 'it was made before record 5'
GL_USER=ana run "$SLUICE" approve production "$TWO" --yes --key "$WORK/ana" --as ana
run "$SLUICE" ledger reconcile "$SERVER"
runs production 5

# A branch that was rewritten: what it holds no more nobody goes back to.
git reset -q --hard HEAD~2
(cd envs/production && config_map more other)
commit 'rewritten'
git --git-dir="$SERVER" fetch -q "$CLONE" HEAD
git --git-dir="$SERVER" update-ref refs/heads/main "$(git rev-parse HEAD)"
CHANGE=$BACK
asked_in_vain dan "$(back dan "$TWO" 4)" 'is not on main'
asks dan --to-record 4 --reason 'as it was'
equal "$CODE" 2 'a rollback to what the branch holds no more'
says 'is not on main any more'
git --git-dir="$SERVER" update-ref refs/heads/main "$THREE"

# The recorder's own key signs a record that restores something else.
audited
says 'production: 5 records verified'
NEWEST=$(git rev-parse refs/sluice/ledger/production)
forge 's/"engine":"[^"]*"/"engine":"another"/'
equal "$CODE" 0 'a record that is forged, and lacks nothing'
forge 's/"restores":3/"restores":2/'
equal "$CODE" 1 'a record that restores another'
says 'it asks to go back to record 3'
forge 's/"reason":"a mistake"/"reason":"another"/'
equal "$CODE" 1 'a record for another reason'
says 'it gives another reason'
forge 's/"kind":"rollback","notApplied"/"kind":"direct","notApplied"/; s/"restores":3/"restores":null/'
equal "$CODE" 1 'a record that is no rollback'
says 'it asks to go back to record 3'
forge 's/\{"kind":"rollback","person"[^}]*\},?//; s/,\]/]/'
equal "$CODE" 1 'a record that nobody asked for'
says 'production moves by request, and the record names none'
forge "s/(\"source\":\{\"commit\":\")[0-9a-f]*/\\1$TWO/"
equal "$CODE" 1 'a record of another commit'
says 'it asks for'
