#!/usr/bin/env bash
# Two pushes do what one may not: the first puts a broken manifest where nobody
# judges it, the second makes something apply it. The index knows the first. As a
# patch it hides nowhere: what the build makes of it is judged.
. "$(dirname "$0")/repository.sh"

server shop
start

config_map good
broken bad
mv bad.yaml bad.txt
printf 'resources: [good.yaml]\n' >kustomization.yaml
commit 'a text'
pushes git push origin HEAD:main
printf 'resources: [good.yaml, bad.txt]\n' >kustomization.yaml
commit 'the text is a resource'
rejected schema/unknown-field git push origin HEAD:main
git reset -q --hard origin/main

mkdir hidden
broken worse
mv worse.yaml hidden/bad.yaml
printf 'resources: [good.yaml]\npatches: [{path: hidden/bad.yaml}]\n' >kustomization.yaml
commit 'a patch of nothing'
rejected kustomize/patch-target git push origin HEAD:main
git reset -q --hard origin/main

# What was judged before stays accepted, whoever comes to apply it.
mkdir app
config_map web
mv web.yaml app/
commit 'an app'
pushes git push origin HEAD:main
printf 'resources: [web.yaml]\n' >app/kustomization.yaml
commit 'its kustomization'
pushes git push origin HEAD:main
