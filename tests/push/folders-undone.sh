#!/usr/bin/env bash
# A push that was accepted and moved nothing is not recorded once another push brings its
# commit and undoes it: what the branch holds is what counts.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

# own SETTING
own() {
  mkdir -p envs/production
  printf 'resources: [own.yaml]\n' >envs/production/kustomization.yaml
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: shop}\ndata: {key: %s}\n' "$1" \
    >envs/production/own.yaml
}

server shop
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
"$SLUICE" hook set "$SERVER" environments='production=main:envs/production' >"$WORK/out" 2>&1 ||
  fail 'the environment is set'
clone
mkdir .sluice
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main]
people: {ana: {}}
environments: {production: {branch: main, folder: envs/production}}
YAML
person ana
own one
commit 'first'
pushes git push -q origin HEAD:main
git remote set-head origin main
begin
own two
commit 'second'
pushes git push -q origin HEAD:main
recorded() { git --git-dir="$SERVER" show 'refs/sluice/ledger/production:objects/core/ConfigMap/shop/own'; }
recorded >"$WORK/out"
says '"key":"two"'

# Git refuses it after the gate has accepted it: a ref below another one.
git --git-dir="$SERVER" update-ref refs/heads/topic HEAD
own three
commit 'third'
THIRD=$(git rev-parse HEAD)
git push -q --atomic origin "$THIRD:main" "$THIRD:refs/heads/topic/x" >"$WORK/out" 2>&1 && fail 'both moved'
at refs/heads/main HEAD~1
[ -n "$(ls "$SERVER/sluice/intents")" ] || fail 'it was accepted'

git reset -q --hard HEAD~1
git merge -q -s ours -m 'keep ours' "$THIRD"
pushes git push origin HEAD:main
recorded >"$WORK/out"
says '"key":"two"'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'in step'
says 'production: record 1'
recorded >"$WORK/out"
says '"key":"two"'

own four
commit 'fourth'
pushes git push -q origin HEAD:main
recorded >"$WORK/out"
says '"key":"four"'
audited
