#!/usr/bin/env bash
# `sluice promote` of environments that are folders: it copies what `carry` names, at its
# place, and nothing else; what it cannot copy it leaves whole.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

# folder NAME TAG REPLICAS: an overlay over a base that is in no folder, a workload of its
# own with two containers, one image in a patch, and a release of a chart.
folder() {
  mkdir -p "envs/$1/shared"
  cat >"envs/$1/kustomization.yaml" <<YAML
# what $1 runs
namespace: $1
resources: [../../base, api.yaml, release.yaml]
patches:
  - path: patch.yaml
images:
  - {name: shop/web, newTag: "$2"}   # set by hand
YAML
  cat >"envs/$1/api.yaml" <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: $3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - {name: api, image: 'shop/api:$2'}
        - name: proxy
          image: shop/proxy:$2 # keep
YAML
  cat >"envs/$1/patch.yaml" <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec: {template: {spec: {containers: [{name: worker, image: shop/worker:$2}]}}}
YAML
  cat >"envs/$1/release.yaml" <<YAML
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cache}
spec:
  interval: 5m
  chart: {spec: {chart: redis, version: "$2.0.0", sourceRef: {kind: HelmRepository, name: charts}}}
YAML
  (cd "envs/$1/shared" && config_map limits "$2")
}
workload() {
  printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: %s}}\n  template:\n    metadata: {labels: {app: %s}}\n    spec: {containers: [{name: %s, image: "shop/%s:0"}]}\n' \
    "$1" "$1" "$1" "$1" "$1"
}

# carried: the files that the newest commit of main differs by.
carried() { git diff-tree -r --name-only --no-commit-id refs/remotes/origin/main | tr '\n' ' '; }
# promotes ENV: it moves, and the clone stands where the branch does then.
promotes() {
  run "$SLUICE" promote "$@"
  equal "$CODE" 0 "promote $*"
  git fetch -q origin
  git reset -q --hard origin/main
}
# stays CODE WORDS: promote production says it, and main is where it was.
stays() {
  local before
  before=$(tip main)
  run "$SLUICE" promote production
  equal "$CODE" "$1" 'promote production'
  says "$2"
  equal "$(tip main)" "$before" 'main'
}
# moves_staging WORDS: what is in the work tree goes to main.
moves_staging() {
  commit "$1"
  pushes git push -q origin HEAD:main
}
# takes_back: the newest push of main is undone by another one.
takes_back() {
  git revert --no-edit "${1:-HEAD}" >/dev/null
  pushes git push -q origin HEAD:main
}
# policy CARRY
policy() {
  cat >.sluice/sluice.yaml <<YAML
version: 1
protect: [main]
people: {ana: {}, ben: {}}
environments:
  staging: {branch: main, folder: envs/staging}
  production: {branch: main, folder: envs/production, after: [staging], carry: $1}
YAML
}
recorded_policy() {
  commit 'policy'
  pushes git push -q origin HEAD:main
  "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
}

server shop
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
"$SLUICE" hook set "$SERVER" environments='staging=main:envs/staging production=main:envs/production' \
  >"$WORK/out" 2>&1 || fail 'the environments are set'
clone
mkdir .sluice base
policy '[images, charts, "shared/**"]'
person ana
person ben
workload web >base/web.yaml
workload worker >base/worker.yaml
printf 'resources: [web.yaml, worker.yaml]\n' >base/kustomization.yaml
folder staging 1 1
folder production 1 3
commit 'first'
pushes git push -q origin HEAD:main
git remote set-head origin main
begin
"$SLUICE" ledger reconcile "$SERVER" >"$WORK/out" 2>&1 || true
"$SLUICE" ledger reconcile "$SERVER" --judge --reason 'the ledger begins' >"$WORK/out" 2>&1 || true
equal "$(kind production)" direct 'the first record'

stays 0 'nothing to carry'
run "$SLUICE" promote staging
equal "$CODE" 2 'an environment that follows nothing'

# Staging gets all that is new; production gets the versions and nothing else.
folder staging 2 1
moves_staging 'staging 2'
cp -r envs/production "$WORK/production"
sed -i 's/newTag: "1"/newTag: "2"/' "$WORK/production/kustomization.yaml"
sed -i 's/:1/:2/' "$WORK/production/api.yaml" "$WORK/production/patch.yaml"
sed -i 's/1\.0\.0/2.0.0/' "$WORK/production/release.yaml"
cp envs/staging/shared/limits.yaml "$WORK/production/shared/"
before=$(tip main)
run "$SLUICE" promote production --explain
equal "$CODE" 0 'what would be carried'
says 'carries Deployment production/web, spec.template.spec.containers[web].image: shop/web:1 -> shop/web:2'
says 'in envs/production/kustomization.yaml:7'
says 'carries HelmRelease production/cache, spec.chart.spec.version: 1.0.0 -> 2.0.0'
says 'copies envs/production/shared/limits.yaml'
says 'differs and stays: Deployment production/api: spec.replicas'
run "$SLUICE" promote production --dry-run -o json
equal "$CODE" 0 'the same as json'
says '"object":"Deployment production/worker","field":"spec.template.spec.containers[worker].image","before":"shop/worker:1","after":"shop/worker:2","file":"envs/production/patch.yaml","line":4'
says '"copied":["envs/production/shared/limits.yaml"],"cannot":[]'
equal "$(tip main)" "$before" 'main'
[ -z "$(ls -d .git/objects/tmp_objdir* 2>/dev/null)" ] || fail 'scratch directories stay'
promotes production
diff -r envs/production "$WORK/production" >"$WORK/out" || fail 'production has the versions, byte for byte'
equal "$(carried)" 'envs/production/api.yaml envs/production/kustomization.yaml envs/production/patch.yaml envs/production/release.yaml envs/production/shared/limits.yaml ' 'the files'
equal "$(kind production)" promotion 'the kind of the record'
git log -1 --format=%B >"$WORK/out"
says "Promote $(git rev-parse --short=7 HEAD~1) of staging to production"
says 'shop/web:1 -> shop/web:2'
stays 0 'nothing to carry'

# On a branch of its own, for people to look at.
folder staging 3 1
moves_staging 'staging 3'
run "$SLUICE" promote production --branch main
equal "$CODE" 2 'onto the branch of an environment'
run "$SLUICE" promote production --branch 'a..b'
equal "$CODE" 2 'onto no branch'
before=$(tip main)
run "$SLUICE" promote production --branch promote/production
equal "$CODE" 0 'onto a branch'
equal "$(tip main)" "$before" 'main'
equal "$(tip 'promote/production~1')" "$before" 'where it stands'
equal "$(git --git-dir="$SERVER" show promote/production:envs/production/patch.yaml)" \
  "$(sed 's/worker:2/worker:3/' envs/production/patch.yaml)" 'the patch'
run "$SLUICE" promote production --branch promote/production
equal "$CODE" 0 'onto the branch again'
promotes production --from "$(tip promote/production)"
equal "$(kind production)" promotion 'the kind of its record'

# Somebody else was first.
folder staging 4 1
moves_staging 'staging 4'
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
echo one >README.md
moves_staging 'readme'
git update-ref refs/remotes/origin/main HEAD~1
run "$SLUICE" promote production --no-fetch
equal "$CODE" 1 'a race that is lost'
at refs/heads/main HEAD
promotes production

# What staging ran when this clone looked last, and went back behind since.
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
folder staging 5 1
moves_staging 'staging 5'
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
old=$(git rev-parse refs/sluice/ledger/staging)
git update-ref refs/sluice/ledger/staging "$old~1"
run "$SLUICE" promote production --no-fetch
equal "$CODE" 0 'an older record has nothing new'
says 'nothing to carry'
# A record with another object in it is not believed, nor one of another environment.
object=objects/apps/Deployment/staging/api
altered=$(git show "$old:$object" | sed 's/:5"/:9"/' | git hash-object -w --stdin)
GIT_INDEX_FILE=$WORK/index git read-tree "$old"
GIT_INDEX_FILE=$WORK/index git update-index --cacheinfo "100644,$altered,$object"
forged=$(git commit-tree -m 'record' -p "$old~1" "$(GIT_INDEX_FILE=$WORK/index git write-tree)")
git update-ref refs/sluice/ledger/staging "$forged"
run "$SLUICE" promote production --no-fetch
equal "$CODE" 3 'a record that is forged'
git update-ref refs/sluice/ledger/staging refs/sluice/ledger/production
run "$SLUICE" promote production --no-fetch
equal "$CODE" 3 'a record of another environment'
promotes production

# What no file of the folder could say: nothing is carried then, the rest neither.
folder staging 6 1
sed -i 's/, newTag: "6"/, newTag: "6", digest: sha256:aa/' envs/staging/kustomization.yaml
moves_staging 'staging by digest'
stays 1 'has no digest to write sha256:aa into'
says 'cannot be carried, and nothing is'
silent_on 'may move'
run "$SLUICE" promote production -o json
equal "$CODE" 1 'the same as json'
says '"cannot":["Deployment production/web, spec.template.spec.containers[web].image, to shop/web:6@sha256:aa: '
run "$SLUICE" promote production --branch promote/half
equal "$CODE" 1 'onto a branch'
equal "$(tip promote/half)" none 'a branch with a half'
folder staging 6 1
sed -i 's/{name: shop\/web, newTag: "6"}/{name: shop\/web, newName: mirror\/web, newTag: "6"}/' envs/staging/kustomization.yaml
moves_staging 'staging from a mirror'
stays 1 'has no newName to write mirror/web into'

# In a component that is outside, and in one that is in the folder of another environment.
# component DIRECTORY: production takes the worker's image from it.
component() {
  mkdir -p "$1"
  mv "$2" "$1/patch.yaml"
  printf 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: patch.yaml}]\n' >"$1/kustomization.yaml"
}
folder staging 6 1
moves_staging 'staging 6'
promotes production
component components/worker envs/production/patch.yaml
sed -i '/path: patch.yaml/d; s/^patches:/components: [..\/..\/components\/worker]/' envs/production/kustomization.yaml
moves_staging 'a component that is outside'
folder staging 7 1
moves_staging 'staging 7'
stays 1 'components/worker/patch.yaml:4: that is outside of envs/production; give its kustomization an entry'
component envs/staging/extra components/worker/patch.yaml
git rm -q -r --cached components
rm -r components
sed -i 's/components.worker/envs\/staging\/extra/' envs/production/kustomization.yaml
moves_staging 'a component of staging'
stays 1 'envs/staging/extra/patch.yaml:4: that is in the folder of staging'
printf '  - {name: shop/worker, newTag: "6"}\n' >>envs/production/kustomization.yaml
moves_staging 'an entry for the worker'
promotes production
grep -q 'shop/worker, newTag: "7"' envs/production/kustomization.yaml || fail 'the entry of the worker'
equal "$(git diff --name-only HEAD~1 -- envs/staging)" '' 'what is staging'"'"'s'

# A name is no way to write another line into the message, or a trailer.
odd() {
  printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: odd}\nspec:\n  selector: {matchLabels: {app: odd}}\n  template:\n    metadata: {labels: {app: odd}}\n    spec: {containers: [{name: "a\\n\\nSluice-Rollback: 1", image: "shop/odd:%s"}]}\n' \
    "$1"
}
for name in staging production; do
  odd 1 >"envs/$name/odd.yaml"
  sed -i 's/api.yaml, release.yaml/api.yaml, odd.yaml, release.yaml/' "envs/$name/kustomization.yaml"
  moves_staging "an odd name in $name"
done
odd 2 >envs/staging/odd.yaml
moves_staging 'its second version'
promotes production
equal "$(grep -c shop/odd:2 envs/production/odd.yaml)" 1 'it is carried'
git log -1 --format=%B >"$WORK/out"
says 'a value whose name is not a line of text'
silent_on 'Sluice-Rollback'
for name in staging production; do
  git rm -q "envs/$name/odd.yaml"
  sed -i 's/odd.yaml, //' "envs/$name/kustomization.yaml"
done
moves_staging 'the odd name goes'

# One entry for three, of which staging runs two versions, or one not at all.
policy '[charts]'
recorded_policy
for name in a b; do workload "$name" | sed "s/shop\/$name:0/shop\/pair:1/" >base/$name.yaml; done
workload c | sed 's/shop\/c:0/shop\/pair:1/' >envs/production/c.yaml
printf 'resources: [web.yaml, worker.yaml, a.yaml, b.yaml]\n' >base/kustomization.yaml
sed -i 's/api.yaml, release.yaml/api.yaml, c.yaml, release.yaml/' envs/production/kustomization.yaml
printf '  - {name: shop/pair, newTag: "1"}\n' >>envs/production/kustomization.yaml
moves_staging 'three of one image'
policy '[images, charts]'
recorded_policy
cat >>envs/staging/patch.yaml <<'YAML'
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec: {template: {spec: {containers: [{name: a, image: "shop/pair:2"}]}}}
YAML
moves_staging 'a alone'
stays 1 'Deployment production/b, spec.template.spec.containers[0].image, would change with it, and staging does not run that'
printf '  - {name: shop/pair, newTag: "2"}\n' >>envs/staging/kustomization.yaml
moves_staging 'both'
stays 1 'Deployment production/c, spec.template.spec.containers[0].image, would change with it'
silent_on 'production/b, spec.template.spec.containers[0].image, would'

audited
git --git-dir="$SERVER" fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'
