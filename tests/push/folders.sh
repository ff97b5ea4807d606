#!/usr/bin/env bash
# Environments that are folders of one branch: a push moves those whose objects it
# changes, each with its own people, order and ledger.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

# deployment REPLICAS: the base of both.
base() {
  mkdir -p base
  cat >base/web.yaml <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: $1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "shop/web:0"}
YAML
  printf 'resources: [web.yaml]\n' >base/kustomization.yaml
}

# folder NAME IMAGE-TAG [SETTING]
folder() {
  mkdir -p "envs/$1"
  cat >"envs/$1/kustomization.yaml" <<YAML
resources: [../../base, own.yaml]
images: [{name: shop/web, newTag: "$2"}]
YAML
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: shop}\ndata: {key: %s}\n' \
    "${3:-none}" >"envs/$1/own.yaml"
}

# stands ENV KIND N: the newest record, and how many there are.
stands() {
  equal "$(kind "$1")" "$2" "the kind of the newest record of $1"
  (cd "$SERVER" && "$SLUICE" ledger show "$1" -o json) >"$WORK/out"
  says "\"sequence\":$3"
}

server shop
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
run "$SLUICE" hook set "$SERVER" environments='a=main:envs b=main:envs/b'
[ $CODE != 0 ] || fail 'folders of one another'
run "$SLUICE" hook set "$SERVER" environments='a=main:../envs'
[ $CODE != 0 ] || fail 'a folder outside'
"$SLUICE" hook set "$SERVER" environments='staging=main:envs/staging production=main:envs/production' \
  >"$WORK/out" 2>&1 || fail 'the environments are set'
clone
mkdir .sluice
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main]
people: {ana: {}, ben: {}}
environments:
  staging: {branch: main, folder: envs/staging}
  production:
    {branch: main, folder: envs/production, after: [staging], carry: [images, "shared/**"], breakGlass: {by: [ana]}}
YAML
person ana
person ben
base 1
folder staging 1
folder production 1
commit 'first'
pushes git push -q origin HEAD:main
git remote set-head origin main
begin
rm "$SERVER"/sluice/intents/*  # as if the folders were older than the gate
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 1 'folders without a record'
says 'refs/heads/main:envs/staging stands at'
run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'the ledger begins'
equal "$CODE" 0 'the first records'
stands staging direct 1
stands production direct 1
(cd "$SERVER" && "$SLUICE" ledger show production -o json) >"$WORK/out"
git --git-dir="$SERVER" cat-file blob refs/sluice/ledger/production:envelope.json |
  sed 's/.*"payload":"\([^"]*\)".*/\1/' | base64 -d >"$WORK/out"
says '"folder":"envs/production","ref":"refs/heads/main"'
equal "$(git --git-dir="$SERVER" ls-tree -r --name-only refs/sluice/ledger/production objects | sort | tr '\n' ' ')" \
  'objects/apps/Deployment/shop/web objects/core/ConfigMap/shop/own ' 'the objects of production'

# What is in no folder, and builds the same, moves none.
echo hello >README.md
commit 'readme'
pushes git push -q origin HEAD:main
stands staging direct 1
stands production direct 1

# One folder, and the other one stays.
folder staging 2
commit 'staging 2'
pushes git push -q origin HEAD:main
stands staging direct 2
stands production direct 1

# An image that staging does not run; then the one that it does.
folder production 3
commit 'production 3'
rejected promotion/turn git push origin HEAD:main
says 'production: staging has not run'
says 'it brings "shop/web:3" of Deployment web, which staging does not run'
says 'bring it to staging first, then: sluice promote production'
git reset -q --hard HEAD~1
folder production 2
commit 'production 2'
pushes git push -q origin HEAD:main
stands production promotion 2
stands staging direct 2

# What is not carried is the folder's own.
folder production 2 own
commit 'own'
pushes git push -q origin HEAD:main
stands production direct 3

# In one push: what the predecessor gets with it, it has not run.
folder staging 4
folder production 4 own
commit 'both'
rejected promotion/turn git push origin HEAD:main
git reset -q --hard HEAD~1

# A base that both build moves both, each with a record.
base 2
commit 'two of each'
pushes git push -q origin HEAD:main
stands staging direct 3
stands production direct 4

# Whole paths are compared as files.
mkdir envs/staging/shared envs/production/shared
(cd envs/staging/shared && config_map limits low)
printf 'resources: [../../base, own.yaml, shared/limits.yaml]\nimages: [{name: shop/web, newTag: "2"}]\n' |
  tee envs/staging/kustomization.yaml >envs/production/kustomization.yaml
git checkout -q HEAD -- envs/production
commit 'limits in staging'
pushes git push -q origin HEAD:main
stands staging direct 4
cp envs/staging/kustomization.yaml envs/production/
mkdir -p envs/production/shared
(cd envs/production/shared && config_map limits high)
commit 'other limits'
rejected promotion/turn git push origin HEAD:main
says 'envs/production/shared/limits.yaml is not what staging runs'
cp envs/staging/shared/limits.yaml envs/production/shared/
git commit -q -a --amend --no-edit
pushes git push -q origin HEAD:main
stands production promotion 5

# What went past the gate is not recorded with a push after it, but judged with it.
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: shop}\ndate: {}\n' >envs/staging/own.yaml
commit 'past the gate'
pushes git push -q origin HEAD:aside
git --git-dir="$SERVER" update-ref refs/heads/main "$(git rev-parse HEAD)"
echo again >README.md
commit 'readme again'
rejected schema/unknown-field git push origin HEAD:main
says 'envs/staging/own.yaml'
stands staging direct 4
git checkout -q HEAD~2 -- envs
commit 'as it was'
pushes git push -q origin HEAD:main
stands staging direct 4

# Nor what was taken back before it was recorded.
mv "$SERVER/sluice/recorder" "$WORK/recorder.away"
folder staging 3
commit 'staging 3'
pushes git push -q origin HEAD:main
git revert --no-edit HEAD >/dev/null
pushes git push -q origin HEAD:main
mv "$WORK/recorder.away" "$SERVER/sluice/recorder"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'what was taken back'
stands staging direct 4

# The command judges a commit that is named, and break-glass passes over the order.
folder production 9
commit 'an emergency'
run "$SLUICE" promote production --from HEAD --explain
equal "$CODE" 1 'an image from nowhere'
says 'predecessor: staging has not run'
run "$SLUICE" break-glass production --from HEAD --reason 'it burns' --key "$WORK/ana" --as ana
equal "$CODE" 0 'break-glass'
run "$SLUICE" promote production --from HEAD
equal "$CODE" 0 'a promotion by break-glass'
stands production break-glass 6

# The branch may not go away, and a hold stops what carries, not what is its own.
rejected promotion/turn git push origin :main
run "$SLUICE" hold production --reason 'a fair' --key "$WORK/ben" --as ben
equal "$CODE" 0 'a hold'
folder staging 5
commit 'staging 5'
pushes git push -q origin HEAD:main
folder production 5
commit 'production 5'
rejected promotion/turn git push origin HEAD:main
says 'production: held by ben: a fair'
git reset -q --hard HEAD~1
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
run "$SLUICE" env
says 'production: main:envs/production at'
says '  held by ben: a fair'

audited
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'nothing is left'
