#!/usr/bin/env bash
# Many requests of one person keep nobody else's from being tried, with a push or without; a
# glass that is broken passes over what a request waits for; the operator's rules ask too.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server --object-format=sha256
(cd envs/production && config_map more one)
commit 'production one'
pushes git push -q origin HEAD:main
change_of HEAD

# Fifty of ben, in one push, and one of chi: of ben two are tried.
specs=()
for n in $(seq 50); do
  printf %s "$(request ben HEAD null production "$(from_now $((100000 + n)))")" >"$WORK/payload"
  seal ben production "$CHANGE" sluice-approval
  specs+=("$BLOB:$REF")
done
GL_USER=ben run git push origin "${specs[@]}"
equal "$CODE" 0 'fifty requests'
equal "$(grep -c 'production waits, as ben asked' "$WORK/out")" 2 'how many are tried'
sends chi "$(request chi HEAD)"
equal "$CODE" 0 'one more'
says 'production waits, as chi asked'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'reconcile'
equal "$(grep -c 'production waits, as ben asked' "$WORK/out")" 2 'how many reconcile tries'
says 'production waits, as chi asked'
# ben agrees to what chi asked for, and not to his own.
agrees ben
equal "$CODE" 0 'an approval'
says 'production, as chi asked, is at record 2'
runs production 2
# All others are over.
run "$SLUICE" ledger reconcile "$SERVER"
silent_on 'asked'

# Break-glass, in a window that is shut, for what somebody asked for.
new_policy "$ASKS, windows: [{days: $(LC_ALL=C date -u -d '+3 days' +%a | tr '[:upper:]' '[:lower:]')}]"
(cd envs/production && config_map more two)
commit 'production two'
pushes git push -q origin HEAD:main
asks chi
says 'production waits, as chi asked'
says '  window: '
says '  approvals: '
GL_USER=ana run "$SLUICE" break-glass production --from HEAD --reason 'it burns' --key "$WORK/ana" --as ana
equal "$CODE" 0 'break-glass'
says 'production, as chi asked, is at record 3'
equal "$(kind production)" break-glass 'the kind of the record'
shows production
says '"kind":"request","person":"chi"'
says '"reason":"it burns"'
new_policy "$ASKS"

# The operator's rules judge the folder too, and ask for whom they ask.
git init -q --bare "$WORK/srv/floor.git"
git clone -q "$WORK/srv/floor.git" "$WORK/floor" 2>/dev/null
# floor LINES: of the operator's policy.
floor() {
  (
    cd "$WORK/floor"
    mkdir -p .sluice
    printf 'version: 1\n%s\n' "$1" >.sluice/sluice.yaml
    cp "$CLONE/.sluice/allowed_signers" .sluice/
    commit 'floor'
    git push -q origin HEAD:main
  )
}
floor 'rules: {schema/unknown-kind: error}'
echo "policy: {repository: $WORK/srv/floor.git, ref: refs/heads/main}" >>"$OPERATOR"
(cd envs/production && config_map more three)
commit 'production three'
pushes git push -q origin HEAD:main
asks chi
agrees ana
says 'production, as chi asked, is at record 4'
floor 'people: {ana: {}, chi: {}, ben: {gitolite: ben}}
environments:
  production: {branch: main, folder: envs/production, movedBy: request, approvals: {count: 2, from: [ana, ben]}}'
(cd envs/production && config_map more four)
commit 'production four'
pushes git push -q origin HEAD:main
asks ben
agrees ana
says 'production waits, as ben asked'
says 'production needs 1 more approval (agreed: ana); does not count: ben asked for it'
runs production 4

audited
