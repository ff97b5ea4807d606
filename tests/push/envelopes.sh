# shellcheck shell=bash
# Envelopes of people, made by hand with ssh-keygen as docs/approvals.md says, and the
# digests of changes of ConfigMaps as docs/ledger.md does.

pae() { printf 'DSSEv1 %d %s %d ' "${#1}" "$1" "$(wc -c <"$2")" && cat "$2"; }

repository_id() {
  git --git-dir="$SERVER" cat-file blob refs/sluice/ledger/policy:trust.json |
    sed 's/.*"repository":"\([0-9a-f]*\)".*/\1/'
}

# seal KEY ENV WHAT NAMESPACE: the payload in $WORK/payload as an envelope; $BLOB, $REF.
seal() {
  local type=application/vnd.sluice.approval+json
  pae $type "$WORK/payload" >"$WORK/pae"
  ssh-keygen -q -Y sign -f "$WORK/$1" -n "$4" <"$WORK/pae" >"$WORK/pae.sig" 2>/dev/null
  printf '{"payload":"%s","payloadType":"%s","signatures":[{"sig":"%s"}]}\n' "$(base64 -w 0 "$WORK/payload")" "$type" \
    "$(grep -v SIGNATURE "$WORK/pae.sig" | tr -d '\n')" >"$WORK/envelope"
  BLOB=$(git hash-object -w "$WORK/envelope")
  DIGEST=$(sha256sum <"$WORK/envelope" | cut -c1-64)
  REF=refs/sluice/approvals/$2/$3/$DIGEST
}

MADE=0  # a second later each time, so that no two envelopes are one
BEGAN=$(date +%s)
# made: the time of the next one, and of one that is SECONDS away from the beginning.
made() { date -u -d "@$((BEGAN + ${1:-$MADE}))" +%Y-%m-%dT%H:%M:%SZ; }
# envelope KEY PERSON ENV CHANGE [REPOSITORY [MADE [NAMESPACE [EXPIRES]]]]
envelope() {
  MADE=$((MADE + 1))
  printf '{"change":"%s","environment":"%s","expires":"%s","kind":"approval","made":"%s","person":"%s","repository":"%s","version":1}' \
    "$4" "$3" "${8:-2099-12-03T09:00:00Z}" "${6:-$(made)}" "$2" "${5:-$(repository_id)}" >"$WORK/payload"
  seal "$1" "$3" "$4" "${7:-sluice-approval}"
}

# approves KEY PERSON ENV CHANGE…: pushed to the server.
approves() {
  envelope "$@"
  GL_USER=$2 pushes git push -q origin "$BLOB:$REF"
}

# lays: the envelope into the server, past its hook: as it is there once time has passed.
lays() { git --git-dir="$SERVER" update-ref "$REF" "$(git --git-dir="$SERVER" hash-object -w "$WORK/envelope")"; }

# revokes KEY PERSON ENV DIGEST
revokes() {
  MADE=$((MADE + 1))
  printf '{"environment":"%s","kind":"revocation","made":"%s","person":"%s","reason":"a mistake","repository":"%s","revokes":"%s","version":1}' \
    "$3" "$(made)" "$2" "$(repository_id)" "$4" >"$WORK/payload"
  seal "$1" "$3" "$4" sluice-approval
  GL_USER=$2 pushes git push -q origin "$BLOB:$REF"
}

# map_digest NAME DATA: of the ConfigMap that config_map writes; `-` where DATA is.
map_digest() {
  if [ "$2" = - ]; then
    echo -
  else
    printf '{"apiVersion":"v1","data":{"key":"%s"},"kind":"ConfigMap","metadata":{"name":"%s"}}' "$2" "$1" |
      sha256sum | cut -c1-64
  fi
}

# change NAME BEFORE AFTER [NAME BEFORE AFTER]…, names in order: the change digest.
change() {
  while [ $# -ge 3 ]; do
    printf 'core/ConfigMap/_cluster/%s %s %s\n' "$1" "$(map_digest "$1" "$2")" "$(map_digest "$1" "$3")"
    shift 3
  done | sha256sum | cut -c1-64
}
