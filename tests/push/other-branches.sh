#!/usr/bin/env bash
# A branch that is not protected gets the verdict as advice; only secrets and
# hidden characters reject there.
. "$(dirname "$0")/repository.sh"

server shop
start
broken web
commit 'broken'
pushes git push origin HEAD:feature
says 'warning: web.yaml:5:1: unknown field "date"'
says 'this branch is advised only'
at feature HEAD
rejected schema/unknown-field git push origin HEAD:main

git reset -q --hard origin/main
config_map web
sed -i 's/ConfigMap/Secret/; s/"value"/aHVudGVyMg==/' web.yaml
commit 'secret'
rejected secret/plain git push origin HEAD:another
silent_on aHVudGVyMg
git reset -q --hard origin/main
config_map web
printf '# \xe2\x80\xae hidden\n' >>web.yaml
commit 'hidden'
rejected text/bidirectional git push origin HEAD:another
equal "$(tip another)" none 'the rejected branch'
