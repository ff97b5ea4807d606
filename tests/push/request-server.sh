# shellcheck shell=bash
# A server with staging, which a push moves, and production, which moves by request and asks
# for one approval of ana or ben; both with a first record. dan and chi have logins too, eve
# has none, mallory is known to nobody. Words of git init: of the server and the clone.

# policy LINES [LINES]: $1 follows production's keys, $2 staging's.
policy() {
  cat >.sluice/sluice.yaml <<YAML
version: 1
protect: [main]
people:
  ana: {emails: [ana@shop.example], gitolite: ana}
  ben: {emails: [ben@shop.example], gitolite: ben}
  chi: {emails: [chi@shop.example], gitolite: chi}
  dan: {emails: [dan@shop.example], gitolite: dan}
  eve: {emails: [eve@shop.example]}
bots:
  robot: {may: [images], gitolite: robot}
environments:
  staging: {branch: main, folder: envs/staging, maxRemoved: 100%${2:-}}
  production:
    {branch: main, folder: envs/production, after: [staging], carry: ["conf/**"], movedBy: request, maxRemoved: 100%$1}
YAML
}
. "$HERE/envelopes.sh"

ASKS=', approvals: {count: 1, from: [ana, ben]}, breakGlass: {by: [ana]}'

# new_policy LINES [LINES]: pushed, and recorded.
new_policy() {
  policy "$@"
  commit 'policy'
  pushes git push -q origin HEAD:main
  "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
}

# runs ENV N: that is the number of its newest record.
runs() {
  (cd "$SERVER" && "$SLUICE" ledger log "$1" -n 1) >"$WORK/log" 2>&1 || true
  equal "$(awk '{print $1}' "$WORK/log")" "$2" "the newest record of $1"
}
# payload ENV: of its newest record, in $WORK/out.
shows() {
  git --git-dir="$SERVER" cat-file blob "refs/sluice/ledger/$1:envelope.json" |
    sed 's/.*"payload":"\([^"]*\)".*/\1/' | base64 -d >"$WORK/out"
}
# source_is ENV COMMIT
source_is() {
  shows "$1"
  says "\"commit\":\"$(git rev-parse "$2")\""
}

# asks PERSON [WORDS]: for production.
asks() {
  local person=$1
  shift
  GL_USER=$person run "$SLUICE" promote production --key "$WORK/$person" --as "$person" "$@"
}
# agrees PERSON [REV]
agrees() { GL_USER=$1 run "$SLUICE" approve production "${2:-HEAD}" --yes --key "$WORK/$1" --as "$1"; }
catches_up() {
  git fetch -q origin '+refs/heads/*:refs/remotes/origin/*' '+refs/sluice/*:refs/sluice/*'
  git reset -q --hard origin/main
}

# another_second: times are told to the second, and what was asked for within that of a record
# is not known to be older.
another_second() {
  local now
  now=$(date +%s)
  is_over() { [ "$(date +%s)" != "$now" ]; }
  eventually is_over
}

# staging VALUE: of what production carries.
staging() {
  (cd envs/staging/conf && config_map limits "$1")
  commit "staging $1"
  pushes git push -q origin HEAD:main
}

request_server() {
  server shop "$@"
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
  "$SLUICE" hook set "$SERVER" environments='staging=main:envs/staging production=main:envs/production' \
    >"$WORK/out" 2>&1 || fail 'the environments are set'
  "$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
  CLONE=$WORK/clone
  git init -q "$@" "$CLONE"
  cd "$CLONE"
  git remote add origin "$SERVER"
  mkdir -p .sluice envs/staging/conf envs/production/conf
  for name in ana ben chi dan eve robot mallory; do person "$name"; done
  sed -i '/^mallory/d' .sluice/allowed_signers
  policy ''
  for name in staging production; do
    (cd envs/$name/conf && config_map limits one)
    (cd envs/$name && config_map own "$name" && sed -i "s/name: own/name: own-$name/" own.yaml)
  done
  commit 'first'
  export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
  pushes git push -q origin HEAD:main
  git remote set-head origin main
  begin
  run "$SLUICE" ledger reconcile "$SERVER"
  equal "$CODE" 0 'the first record of staging, and none of production'
  asks dan --from HEAD
  equal "$CODE" 0 'a request for the first record'
  says 'production, as dan asked, is at record 1'
  new_policy "$ASKS"
}

# change_of COMMIT: the change digest that it makes of production, in $CHANGE.
change_of() {
  GL_USER=dan run "$SLUICE" promote production --from "$1" -o json --dry-run
  CHANGE=$(sed -n 's/.*"change":"\([0-9a-f]*\)".*/\1/p' "$WORK/out")
  [ -n "$CHANGE" ] || fail "the change of $1"
}
# request PERSON COMMIT [FROM [ENVIRONMENT [EXPIRES [MADE]]]]: its payload, of $CHANGE.
request() {
  printf '{"change":"%s","commit":"%s","environment":"%s","expires":"%s","from":%s,"kind":"request","made":"%s","person":"%s","repository":"%s","version":1}' \
    "$CHANGE" "$(git rev-parse "$2")" "${4:-production}" "${5:-2098-01-01T00:00:00Z}" "${3:-null}" "${6:-$(from_now)}" "$1" "$(repository_id)"
}
# from_now [SECONDS]
from_now() { date -u -d "@$(($(date +%s) + ${1:-0}))" +%Y-%m-%dT%H:%M:%SZ; }
# sends KEY PAYLOAD [ENV]: an envelope made by hand, whatever it says; pushed by eve.
sends() {
  printf %s "$2" >"$WORK/payload"
  seal "$1" "${3:-production}" "$CHANGE" sluice-approval
  GL_USER=eve run git push origin "$BLOB:$REF"
}
# asked_in_vain KEY PAYLOAD WORDS [ENV]
asked_in_vain() {
  sends "$1" "$2" "${4:-production}"
  [ "$CODE" != 0 ] || fail "this request is refused: $2"
  says "$3"
  equal "$(tip "$REF")" none 'its ref'
}

# forge EXPRESSION: the recorder's own key signs the newest record of production, $NEWEST, with
# a payload that sed makes another one; then it is verified. In a clone that is a stranger's.
forge() {
  local type=application/vnd.in-toto+json head=refs/sluice/ledger/production when
  git update-ref "$head" "$NEWEST"
  shows production
  sed -E "$1" "$WORK/out" >"$WORK/payload"
  ! cmp -s "$WORK/out" "$WORK/payload" || fail "the payload is altered by $1"
  pae $type "$WORK/payload" >"$WORK/pae"
  ssh-keygen -q -Y sign -f "$SERVER/sluice/recorder" -n sluice-record <"$WORK/pae" >"$WORK/pae.sig" 2>/dev/null
  printf '{"payload":"%s","payloadType":"%s","signatures":[{"sig":"%s"}]}\n' "$(base64 -w 0 "$WORK/payload")" $type \
    "$(grep -v SIGNATURE "$WORK/pae.sig" | tr -d '\n')" >"$WORK/envelope"
  export GIT_INDEX_FILE=$WORK/index
  git read-tree "$NEWEST"
  git update-index --add --cacheinfo "100644,$(git hash-object -w "$WORK/envelope"),envelope.json"
  for name in $(git ls-files approvals); do
    grep -q "$(basename "$name" .json)" "$WORK/payload" || git rm -q --cached "$name"
  done
  when="$(git log -1 --format=%at "$NEWEST") +0000"
  git update-ref "$head" "$(GIT_AUTHOR_NAME=Sluice GIT_AUTHOR_EMAIL=sluice GIT_AUTHOR_DATE=$when GIT_COMMITTER_NAME=Sluice \
    GIT_COMMITTER_EMAIL=sluice GIT_COMMITTER_DATE=$when git commit-tree -p "$NEWEST~1" -m "$(git log -1 --format=%s "$NEWEST")" "$(git write-tree)")"
  unset GIT_INDEX_FILE
  run "$SLUICE" ledger verify --pin "$(pin)"
}
