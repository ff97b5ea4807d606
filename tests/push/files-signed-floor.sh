#!/usr/bin/env bash
# The repository and the operator's floor weigh the same envelope of each person, since a record
# names one: what only one of them would count moves nothing, so that no branch moves unrecorded.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

# policy FILES [PATHS]
policy() {
  cat >.sluice/sluice.yaml <<YAML
version: 1
protect: [main, {branch: production, create: true}]
people:
  ana: {emails: [ana@shop.example], gitolite: ana}
  ben: {emails: [ben@shop.example], gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
review: {files: $1${2:-}}
environments:
  production: {branch: production, approvals: {count: 1, from: [ana, ben]}}
YAML
}

# of_two OWN FLOOR: both policies, a branch `work` and its change in $CHANGE.
of_two() {
  echo 'deadline: 60s' >"$OPERATOR"
  ledger_server "$1-$2"
  git checkout -q -b policy origin/main
  policy "$1"
  git rm -q first.yaml
  commit 'environments'
  pushes git push -q origin HEAD:main
  "$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
  "$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
  git init -q --bare "$WORK/srv/floor-$1-$2.git"
  git clone -q "$WORK/srv/floor-$1-$2.git" "$WORK/floor-$1-$2" 2>/dev/null
  (
    cd "$WORK/floor-$1-$2"
    mkdir .sluice
    cp "$CLONE/.sluice/allowed_signers" .sluice/
    policy "$2" ', paths: {"infra/**": {approvals: 1, from: [ben]}}'
    commit 'floor'
    git push -q origin HEAD:main
  )
  echo "policy: {repository: $WORK/srv/floor-$1-$2.git, ref: refs/heads/main}" >>"$OPERATOR"
  export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
  git checkout -q -b work
  config_map web one
  commit 'web'
  pushes git push -q origin HEAD:topic
  CHANGE=$(change web - one)
}

# sees PERSON [FILE]…: that person's approval of version 2.
sees() {
  local files=
  MADE=$((MADE + 1))
  [ $# = 1 ] || files=$(printf ',"%s"' "${@:2}")
  printf '{"authors":["dan"],"change":"%s","environment":"production","expires":"2099-12-03T09:00:00Z","files":[%s],"kind":"approval","made":"%s","person":"%s","repository":"%s","version":2}' \
    "$CHANGE" "${files#,}" "$(made)" "$1" "$(repository_id)" >"$WORK/payload"
  seal "$1" production "$CHANGE" sluice-approval
  GL_USER=$1 pushes git push -q origin "$BLOB:$REF"
}

# moves_nothing WHAT
moves_nothing() {
  rejected promotion/approvals git push origin HEAD:production
  equal "$(tip production)" none "production after $1"
}

for pair in 'signed unsigned' 'unsigned signed'; do
  # shellcheck disable=SC2086  # two words
  of_two $pair
  # One that says nothing of files, and one that saw other files than differ.
  approves ana ana production "$CHANGE"
  sees ana infra/net.yaml
  moves_nothing "two of ana, $pair"
  # One that both count, beside them.
  sees ana web.yaml
  pushes git push origin HEAD:production
  silent_on 'did not record'
  run "$SLUICE" ledger reconcile "$SERVER"
  equal "$CODE" 0 "nothing is left to record, $pair"
  says 'production: record 1'
  unset GL_USER
  export GIT_AUTHOR_EMAIL=ana@shop.example
  rm "$WORK/ana" "$WORK/ana.pub" "$WORK/ben" "$WORK/ben.pub"
done
