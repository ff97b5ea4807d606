#!/usr/bin/env bash
# What became of a record, reported by its cluster: the gate takes it from the holder of
# that cluster's key alone, of a record that there is, and never an older one again;
# promotion waits for it.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

server shop
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
"$SLUICE" hook set "$SERVER" environments='staging=env/staging production=env/production' >"$WORK/out" 2>&1 ||
  fail 'the environments are set'
git --git-dir="$SERVER" config receive.advertisePushOptions true
clone
mkdir .sluice
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: "env/*", create: true}]
people: {ana: {}}
environments:
  staging: {branch: env/staging, clusters: [stage-1]}
  production: {branch: env/production, after: [staging], outcome: healthy, clusters: [prod-1]}
YAML
person ana
config_map web one
commit 'first'
pushes git push -q origin HEAD:main
git remote set-head origin main

for key in stage-1 stage-1-next prod-1 stranger; do ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/$key"; done
trusts() {
  "$SLUICE" ledger policy "$SERVER" "$@" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail "the policy: $*"
}

# record ENV [NUMBER]: the digest of its envelope.
record() {
  local commit
  commit=$(git --git-dir="$SERVER" rev-list --reverse "refs/sluice/ledger/$1" | sed -n "${2:-1}p")
  git --git-dir="$SERVER" cat-file blob "$commit:envelope.json" | sha256sum | cut -c1-64
}

# sign KEY [NAMESPACE]: the payload in $WORK/payload, as $BLOB.
sign() {
  local type=application/vnd.sluice.outcome+json
  pae $type "$WORK/payload" >"$WORK/pae"
  ssh-keygen -q -Y sign -f "$WORK/$1" -n "${2:-sluice-outcome}" <"$WORK/pae" >"$WORK/pae.sig" 2>/dev/null
  printf '{"payload":"%s","payloadType":"%s","signatures":[{"sig":"%s"}]}\n' "$(base64 -w 0 "$WORK/payload")" "$type" \
    "$(grep -v SIGNATURE "$WORK/pae.sig" | tr -d '\n')" >"$WORK/envelope"
  BLOB=$(git hash-object -w "$WORK/envelope")
}

# outcome KEY [MEMBER=VALUE]…: as $BLOB; of record 1 of staging in stage-1, but for these.
outcome() {
  local key=$1 word
  local cluster=stage-1 environment=staging made outcome=healthy record repository sequence=1 since version=1 more=
  shift
  MADE=$((MADE + 1))
  made=$(made)
  record=$(record staging 2>/dev/null || true)
  repository=$(repository_id)
  since=$(made -60)
  for word; do local "$word"; done
  printf '{"cluster":"%s","environment":"%s","made":"%s","outcome":"%s","record":"%s","repository":"%s","sequence":%s,"since":"%s","version":%s%s}' \
    "$cluster" "$environment" "$made" "$outcome" "$record" "$repository" "$sequence" "$since" "$version" "$more" >"$WORK/payload"
  sign "$key"
}

mode() {
  "$SLUICE" hook set "$SERVER" "mode=$1" >/dev/null 2>&1
  printf 'mode: %s\nbypass: {by: [%s]}\n' "$1" "$(id -un)" >"$OPERATOR"
}
mode observe  # in which nothing else is rejected

# refuses TEXT SPEC…: nothing of the push lands, whatever reason is given.
refuses() {
  local text=$1 before
  shift
  before=$(git --git-dir="$SERVER" for-each-ref)
  rejected git/reserved-ref git push -o sluice.bypass=fire origin "$@"
  says "$text"
  equal "$(git --git-dir="$SERVER" for-each-ref)" "$before" 'the refs of the server'
}
refuses_alone() { refuses "$1" "+$BLOB:$2"; }

STAGE=refs/sluice/outcomes/stage-1/staging
printf x >"$WORK/payload" && sign stage-1
refuses_alone 'has none yet' $STAGE
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
outcome stage-1 record="$(printf '0%.0s' {1..64})"
refuses_alone 'trust.json names no key for the cluster stage-1' $STAGE
trusts --cluster "stage-1=$WORK/stage-1.pub" --cluster "prod-1=$WORK/prod-1.pub"
refuses_alone 'have no record 1' $STAGE  # there is no ledger of staging
pushes git push -q origin HEAD:env/staging

# No word of the cluster, no promotion.
run "$SLUICE" promote production --explain
equal "$CODE" 1 'a promotion before the cluster said anything'
says 'cluster stage-1 of staging has said nothing'
run "$SLUICE" env
says 'cluster stage-1 has reported nothing'

# Each of these is wrong in one thing.
outcome stage-1
good=$BLOB
refuses_alone 'refs/sluice/outcomes/CLUSTER/ENV' refs/sluice/outcomes/stage-1
refuses_alone 'refs/sluice/outcomes/CLUSTER/ENV' refs/sluice/outcomes/stage-1/staging/more
refuses_alone 'refs/sluice/outcomes/CLUSTER/ENV' refs/sluice/outcomes/stage-1/policy
refuses_alone 'refs/sluice/outcomes/CLUSTER/ENV' refs/sluice/outcomes/Stage-1/staging
refuses_alone 'is written by Sluice alone' refs/sluice/outcome/stage-1/staging
refuses_alone 'it is of the environment staging' refs/sluice/outcomes/stage-1/production
refuses_alone 'trust.json names another key for prod-1' refs/sluice/outcomes/prod-1/staging
refuses_alone 'trust.json names no key for the cluster stage-2' refs/sluice/outcomes/stage-2/staging
refuses 'a push brings one outcome' "$good:$STAGE" "$good:refs/sluice/outcomes/prod-1/production"
refuses 'would name no file' "HEAD:$STAGE"
refuses 'would name no file' "HEAD^{tree}:$STAGE"
refuses 'would name no file' "$(git -c tag.gpgSign=false tag -a -m x t "$good" && git rev-parse t):$STAGE"
refuses 'at most 64 KiB' "$(head -c 70000 /dev/zero | git hash-object -w --stdin):$STAGE"
refuses 'an envelope begins' "$(printf 'x' | git hash-object -w --stdin):$STAGE"
refuses 'an envelope ends' "$({ git cat-file blob "$good" && echo; } | git hash-object -w --stdin):$STAGE"
outcome prod-1
refuses_alone 'trust.json names another key for stage-1' $STAGE
outcome stranger
refuses_alone 'trust.json names another key for stage-1' $STAGE
outcome stage-1 && sign stage-1 sluice-record
refuses_alone 'sluice-record' $STAGE
outcome stage-1 && printf ' ' >>"$WORK/payload" && sign stage-1
refuses_alone 'the outcome' $STAGE
outcome stage-1 cluster=prod-1
refuses_alone 'it is of the cluster prod-1' $STAGE
outcome stage-1 environment=production
refuses_alone 'it is of the environment production' $STAGE
outcome stage-1 repository="$(printf 'd%.0s' {1..64})"
refuses_alone 'it is for another repository' $STAGE
outcome stage-1 version=2
refuses_alone 'version' $STAGE
outcome stage-1 more=',"words":"fine"'
refuses_alone 'words' $STAGE
outcome stage-1 outcome=splendid
refuses_alone 'outcome' $STAGE
outcome stage-1 sequence=0
refuses_alone 'sequence' $STAGE
outcome stage-1 sequence=2
refuses_alone 'have no record 2' $STAGE
outcome stage-1 record="$(printf '0%.0s' {1..64})"
refuses_alone 'have no record 1 with the digest 0000' $STAGE
outcome stage-1 made="$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
refuses_alone 'which is to come' $STAGE
outcome stage-1 since="$(made 100)"
refuses_alone 'since should not be after made' $STAGE
outcome prod-1 cluster=prod-1
refuses_alone 'is not for the cluster prod-1' refs/sluice/outcomes/prod-1/staging

# The signature is of other bytes.
outcome stage-1 outcome=failed
text=$(sed 's/"payload":"[^"]*"/"payload":"'"$(sed 's/failed/healthy/' "$WORK/payload" | base64 -w 0)"'"/' "$WORK/envelope")
refuses '[git/reserved-ref]' "$(echo "$text" | git hash-object -w --stdin):$STAGE"

# In the one mode and in the other.
outcome stage-1 outcome=applied
pushes git push -q origin "+$BLOB:$STAGE"
mode enforce
outcome prod-1
refuses_alone 'trust.json names another key for stage-1' $STAGE
outcome stage-1 outcome=applied
pushes git push -q origin "+$BLOB:$STAGE"
equal "$(tip $STAGE)" "$BLOB" 'the outcome on the server'
refuses_alone 'refs/sluice/outcomes/CLUSTER/ENV' "$STAGE/more"
refuses 'never deleted' ":$STAGE"
first=$BLOB
run "$SLUICE" promote production --explain
equal "$CODE" 1 'a promotion of what is applied'
says 'has applied it and does not call it healthy yet'

# One that somebody kept, and one of the same second.
outcome stage-1
newer=$BLOB
pushes git push -q origin "+$newer:$STAGE"
refuses 'it was made at' "+$first:$STAGE"
refuses 'it was made at' "+$good:$STAGE"
MADE=$((MADE - 1)) && outcome stage-1 outcome=failed
refuses_alone 'it was made at' $STAGE
run "$SLUICE" promote production --explain
equal "$CODE" 0 'a promotion of what is healthy'
run "$SLUICE" env
says "cluster stage-1: record 1 is healthy since $(made -60)"
run "$SLUICE" env -o json
says '"outcomes":[{"cluster":"stage-1","sequence":1,"outcome":"healthy","since":"'"$(made -60)"'"}]'

# Another record: what was said of the one before is not said of this one, nor comes back.
config_map web two
commit 'second'
pushes git push -q origin HEAD:env/staging
run "$SLUICE" promote production --explain
equal "$CODE" 1 'a promotion of what the cluster did not speak of'
says 'cluster stage-1 of staging speaks of record 1'
for kind in failed degraded; do
  outcome stage-1 outcome=$kind sequence=2 record="$(record staging 2)"
  pushes git push -q origin "+$BLOB:$STAGE"
  run "$SLUICE" promote production --explain
  equal "$CODE" 1 "a promotion of what is $kind"
  run "$SLUICE" env
  says "cluster stage-1: record 2 is $kind since"
done
outcome stage-1
refuses_alone 'it is of record 1, and the cluster has reported of 2' $STAGE
outcome stage-1 sequence=2 record="$(record staging 2)"
pushes git push -q origin "+$BLOB:$STAGE"
run "$SLUICE" promote production
equal "$CODE" 0 'the promotion of what is healthy'
at refs/heads/env/production HEAD

# A ref that stands for another does not lead past it, from either side.
git --git-dir="$SERVER" symbolic-ref refs/heads/alias $STAGE
git --git-dir="$SERVER" symbolic-ref refs/sluice/outcomes/prod-1/production refs/heads/env/production
outcome stage-1 sequence=2 record="$(record staging 2)"
refuses_alone 'is written by Sluice alone' refs/heads/alias
outcome prod-1 cluster=prod-1 environment=production record="$(record production)"
refuses_alone 'is written by Sluice alone' refs/sluice/outcomes/prod-1/production
git --git-dir="$SERVER" symbolic-ref -d refs/heads/alias
git --git-dir="$SERVER" symbolic-ref -d refs/sluice/outcomes/prod-1/production
pushes git push -q origin "+$BLOB:refs/sluice/outcomes/prod-1/production"

# Another key from now on: what the old one says is nothing, not to readers either, and
# nothing that it wrote ahead keeps the new one from speaking.
outcome stage-1 sequence=2 record="$(record staging 2)" made="$(date -u -d '+4 minutes' +%Y-%m-%dT%H:%M:%SZ)"
pushes git push -q origin "+$BLOB:$STAGE"
trusts --cluster "stage-1=$WORK/stage-1-next.pub"
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
run "$SLUICE" env
says 'cluster stage-1 has reported nothing'
outcome stage-1 sequence=2 record="$(record staging 2)"
refuses_alone 'trust.json names another key for stage-1' $STAGE
outcome stage-1-next sequence=2 record="$(record staging 2)"
pushes git push -q origin "+$BLOB:$STAGE"
trusts --drop-cluster stage-1
outcome stage-1-next sequence=2 record="$(record staging 2)"
refuses_alone 'trust.json names no key for the cluster stage-1' $STAGE

# What the command does not take.
for words in "--cluster x" "--cluster Prod=$WORK/stranger.pub" "--cluster x=$WORK/none" "--drop-cluster x" \
  "--cluster x=$WORK/prod-1.pub" "--cluster x=$SERVER/sluice/recorder.pub"; do
  # shellcheck disable=SC2086  # two words
  run "$SLUICE" ledger policy "$SERVER" $words --sign "ana=$WORK/ana"
  [ $CODE != 0 ] || fail "this is refused: $words"
done
