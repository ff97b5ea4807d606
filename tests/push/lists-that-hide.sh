#!/usr/bin/env bash
# What kubectl takes for a list is judged item by item, whatever the file calls
# itself, and also where only a build makes it one.
. "$(dirname "$0")/repository.sh"

server shop
start

account='{apiVersion: v1, kind: ServiceAccount, metadata: {name: app}, nonsense: 1}'
kustomize='apiVersion: kustomize.config.k8s.io/v1beta1'
for kind in Kustomization Component Foo; do
  printf '%s\nkind: %s\nitems:\n- %s\n' "$kustomize" "$kind" "$account" >foo.yaml
  commit "a list that calls itself a $kind"
  rejected schema/unknown-field git push origin HEAD:main
  git reset -q --hard origin/main
done

mkdir app
printf 'apiVersion: example.com/v1\nkind: Anything\nmetadata: {name: x}\n' >app/x.yaml
printf 'resources: [x.yaml]\n' >app/kustomization.yaml
commit 'a thing'
pushes git push origin HEAD:main
cat >app/kustomization.yaml <<END
resources: [x.yaml]
patches:
- target: {kind: Anything}
  patch: '- {op: add, path: /items, value: [$account]}'
END
commit 'a patch makes a list of it'
rejected schema/unknown-field git push origin HEAD:main
sed -i 's/, nonsense: 1//' app/kustomization.yaml
commit 'a list of what may be'
pushes git push origin HEAD:main
