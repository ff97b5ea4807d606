#!/usr/bin/env bash
# What a cluster reports of the environment before moves what waited for that, with the push
# that brings it; what it does not fulfil moves nothing.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server
for key in stage-1 prod-1; do ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/$key"; done

# reports CLUSTER ENV OUTCOME: of the newest record of ENV, pushed by nobody that `people` knows.
reports() {
  local type=application/vnd.sluice.outcome+json record sequence
  MADE=$((MADE + 1))
  record=$(git --git-dir="$SERVER" cat-file blob "refs/sluice/ledger/$2:envelope.json" | sha256sum | cut -c1-64)
  sequence=$(cd "$SERVER" && "$SLUICE" ledger log "$2" -n 1 | awk '{print $1}')
  printf '{"cluster":"%s","environment":"%s","made":"%s","outcome":"%s","record":"%s","repository":"%s","sequence":%s,"since":"%s","version":1}' \
    "$1" "$2" "$(made)" "$3" "$record" "$(repository_id)" "$sequence" "$(made -60)" >"$WORK/payload"
  pae $type "$WORK/payload" >"$WORK/pae"
  ssh-keygen -q -Y sign -f "$WORK/$1" -n sluice-outcome <"$WORK/pae" >"$WORK/pae.sig" 2>/dev/null
  printf '{"payload":"%s","payloadType":"%s","signatures":[{"sig":"%s"}]}\n' "$(base64 -w 0 "$WORK/payload")" "$type" \
    "$(grep -v SIGNATURE "$WORK/pae.sig" | tr -d '\n')" >"$WORK/envelope"
  GL_USER=stage pushes git push origin "+$(git hash-object -w "$WORK/envelope"):refs/sluice/outcomes/$1/$2"
}

policy "$ASKS, outcome: healthy, clusters: [prod-1]" ', clusters: [stage-1]'
commit 'policy'
pushes git push -q origin HEAD:main
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" --cluster "stage-1=$WORK/stage-1.pub" \
  --cluster "prod-1=$WORK/prod-1.pub" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
staging two
asks dan
says 'outcome: cluster stage-1 of staging has said nothing'
catches_up
agrees ana
says 'outcome: cluster stage-1 of staging has said nothing'
runs production 1

# Of the environment itself: nothing follows it.
reports prod-1 production healthy
silent_on 'as dan asked'
reports stage-1 staging applied
says 'production waits, as dan asked:'
says 'has applied it and does not call it healthy yet'
reports stage-1 staging failed
says 'says that it failed'
runs production 1
reports stage-1 staging healthy
says 'production, as dan asked, is at record 2'
runs production 2
shows production
says '"kind":"promotion"'

# Nothing waits any more.
reports stage-1 staging healthy
silent_on 'as dan asked'
audited
