#!/usr/bin/env bash
# The main job: a real shop is accepted, six bad changes are rejected, each with
# its place, and a good change after them is accepted again.
. "$(dirname "$0")/repository.sh"

server shop
cp -R "$SOURCE/examples/shop" "$WORK/shop"
cd "$WORK/shop"
git init -q
git remote add origin "$SERVER"
commit 'open the shop'
pushes git push origin HEAD:main
says 'sluice accepted main'

# bad RULE FILE PATTERN: what was changed in the work tree is rejected at the
# line that the pattern finds.
bad() {
  local line
  line=$(grep -nE -- "$3" "$2" | head -1 | cut -d: -f1)
  commit 'bad'
  rejected "$1" git push origin HEAD:main
  says "error: $2:$line:"
  says 'remote: error: sluice rejected main: '
  says 'pre-receive hook declined'
  at main origin/main
  git reset -q --hard origin/main
}

sed -i 's/^  replicas: 3$/  replica: 3/' web/deployment.yaml
bad schema/unknown-field web/deployment.yaml 'replica: 3'
sed -i 's/^      port: 80$/      port: "80"/' catalog/service.yaml
bad schema/wrong-type catalog/service.yaml 'port: "80"'
sed -i 's/^  replicas: 2$/  replicas: 2\n  replicas: 5/' checkout/deployment.yaml
bad yaml/duplicate-key checkout/deployment.yaml 'replicas: 5'
sed -i 's|^apiVersion: networking.k8s.io/v1$|apiVersion: networking.k8s.io/v1beta1|' web/ingress.yaml
bad api/removed web/ingress.yaml 'v1beta1'
sed -i "s|^kind: ConfigMap$|kind: Secret|" catalog/configmap.yaml
bad secret/plain catalog/configmap.yaml 'catalog.toml:'
sed -i 's/^  name: web$/  name: web # \xe2\x80\xae/' web/service.yaml
bad text/bidirectional web/service.yaml '# '

sed -i 's/^  replicas: 3$/  replicas: 4/' web/deployment.yaml
commit 'more of the web'
pushes git push origin HEAD:main
at main HEAD
