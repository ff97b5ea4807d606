#!/usr/bin/env bash
# One bad ref stops them all, with --atomic and without: a hook answers for the
# push as a whole.
. "$(dirname "$0")/repository.sh"

server shop
start
git checkout -q -b good
config_map good
commit 'good'
git checkout -q -b bad main
broken bad
commit 'bad'
for way in --atomic --no-atomic; do
  rejected schema/unknown-field git push $way origin good:refs/heads/good bad:main
  equal "$(tip refs/heads/good)" none 'the good branch'
  at main main
done
pushes git push --atomic origin good:refs/heads/good good:main
at main good
at refs/heads/good good
