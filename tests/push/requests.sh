#!/usr/bin/env bash
# An environment that moves by request: a push of the branch leaves it where it is; what
# somebody asked for with a signature is recorded when its conditions hold, and nothing else.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server

# A push of the branch moves staging, and says of production that it stays.
(cd envs/staging/conf && config_map limits two)
commit 'staging two'
pushes git push -q origin HEAD:main
runs staging 2
runs production 1
silent_on 'production stays'
(cd envs/production && config_map more)
commit 'of production alone'
pushes git push -q origin HEAD:main
says 'production stays at record 1; sluice promote production moves it'
runs production 1
echo hello >README.md
commit 'readme'
pushes git push -q origin HEAD:main
silent_on 'production stays'

# A violation of its content is refused as ever.
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndate: {}\n' >envs/production/bad.yaml
commit 'bad'
rejected schema/unknown-field git push origin HEAD:main
git reset -q --hard HEAD~1

# Asked for by dan: what `carry` names goes to the branch, and the request waits for people.
before=$(tip main)
asks dan --explain
equal "$CODE" 1 'what is missing'
says 'approvals: production needs 1 approval'
says 'copies envs/production/conf/limits.yaml'
equal "$(tip main)" "$before" 'main'
asks dan
equal "$CODE" 0 'a request'
says 'production waits, as dan asked:'
says '  approvals: production needs 1 approval (ana, ben)'
says 'asked for by dan'
runs production 1
equal "$(tip 'main~1')" "$before" 'the commit that carries'
catches_up
agrees ben
equal "$CODE" 0 'an approval'
says 'production, as dan asked, is at record 2'
runs production 2
equal "$(kind production)" promotion 'the kind of the record'
source_is production HEAD
shows production
says '"actor":"dan"'
says '"kind":"request","person":"dan"'
says '"kind":"approval","person":"ben"'

audited
says 'production: 2 records verified'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'nothing is left'
git --git-dir="$SERVER" fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'

# The recorder's own key signs a record that leaves the request out: no verifier takes it.
NEWEST=$(git rev-parse refs/sluice/ledger/production)
forge 's/"reason":null/"reason":"as it was"/'
equal "$CODE" 0 'a record that is forged, and lacks nothing'
forge 's/\{"kind":"request"[^}]*\},?//; s/,\]/]/'
equal "$CODE" 1 'a record without a request'
says 'production moves by request, and the record names none'
forge 's/"actor":"dan"/"actor":"ben"/'
equal "$CODE" 1 'a record whose actor agreed to it'
says 'production needs 1 approval'
forge "s/(\"source\":\{\"commit\":\")[0-9a-f]*/\\1$(git rev-parse main~1)/"
equal "$CODE" 1 'a record of another commit'
says 'production moves by request, and the record names one that does not count: it asks for'
