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

# More envelopes than are read while a push waits: what came with it is tried all the same.
# flood BLOB: as if so many had been pushed, in the file where git keeps what it packed.
flood() {
  local packed=$SERVER/packed-refs n
  git --git-dir="$SERVER" pack-refs --all
  cp "$packed" "$WORK/packed"
  {
    head -n 1 "$WORK/packed"
    {
      tail -n +2 "$WORK/packed"
      for n in $(seq 8300); do printf '%s refs/sluice/approvals/production/%064d/%064d\n' "$1" "$n" "$n"; done
    } | LC_ALL=C sort -k 2
  } >"$packed"
}
(cd envs/production && config_map more flood)
commit 'production under a flood'
pushes git push -q origin HEAD:main
change_of HEAD
flood "$(git --git-dir="$SERVER" for-each-ref --count=1 --format='%(objectname)' refs/sluice/approvals)"
sends chi "$(request chi HEAD)"
equal "$CODE" 0 'a request under a flood'
says 'there are more envelopes than are read with a push'
says 'production waits, as chi asked'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'reconcile under a flood'
says 'production waits, as chi asked'
envelope ana ana production "$CHANGE"
GL_USER=ana run git push origin "$BLOB:$REF"
says 'production, as chi asked, is at record 4'
cp "$WORK/packed" "$SERVER/packed-refs"

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
says 'production, as chi asked, is at record 5'
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
runs production 5

audited
