#!/usr/bin/env bash
# A push is judged by what every overlay makes of it: a bad patch is rejected at
# its line, a base that breaks one of three overlays names that one.
. "$(dirname "$0")/repository.sh"

server shop
start

mkdir base dev staging production
printf 'resources: [web.yaml]\n' >base/kustomization.yaml
cat >base/web.yaml <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: shop/web:1.4
YAML
for name in dev staging; do
  printf 'namespace: %s\nresources: [../base]\n' $name >$name/kustomization.yaml
done
printf 'namespace: production\nresources: [../base]\npatches: [{path: web.yaml}]\n' >production/kustomization.yaml
patch() {
  printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n%s\n' "$1" >production/web.yaml
}
patch '  strategy: {type: Recreate}'
commit 'three environments'
pushes git push origin HEAD:main

patch '  replica: 3'
commit 'a bad patch'
rejected schema/unknown-field git push origin HEAD:main
says 'production/web.yaml:6:3: unknown field "replica"'
says 'Deployment production/web, through '
git reset -q --hard origin/main

# Sound by itself, and in two of three environments.
sed -i 's/^  replicas: 1$/  replicas: 1\n  strategy: {rollingUpdate: {maxSurge: 1, maxSurges: 2}}/' base/web.yaml
printf 'namespace: %s\nresources: [../base]\npatches: [{path: plain.yaml}]\n' dev >dev/kustomization.yaml
printf 'namespace: %s\nresources: [../base]\npatches: [{path: plain.yaml}]\n' staging >staging/kustomization.yaml
for name in dev staging; do
  printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  strategy: {rollingUpdate: null}\n' \
    >$name/plain.yaml
done
commit 'a base that breaks one'
rejected schema/unknown-field git push origin HEAD:main
says 'through base/kustomization.yaml, production/kustomization.yaml'
git reset -q --hard origin/main

# The same lines, mended where they are.
patch '  replicas: 3'
commit 'a good patch'
pushes git push origin HEAD:main
