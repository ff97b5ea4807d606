#!/usr/bin/env bash
# A protected branch is not deleted, forced or made anew, unless the
# configuration allows it; a bad commit in the middle is found by what it leaves.
. "$(dirname "$0")/repository.sh"

server shop
clone
mkdir .sluice
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect:
  - main
  - {branch: env/*, create: true, delete: true, force: true}
  - prod/*
YAML
config_map first
commit 'first'
pushes git push -q origin HEAD:main
git --git-dir="$SERVER" config receive.denyDeleteCurrent ignore

rejected git/protected-delete git push origin :main
git commit -q --amend -m 'another first'
rejected git/non-fast-forward git push -f origin HEAD:main
git reset -q --hard origin/main
rejected git/protected-create git push origin HEAD:prod/eu
pushes git push origin HEAD:env/dev
config_map second
commit 'second'
pushes git push origin HEAD:env/dev
pushes git push -f origin HEAD~:env/dev
pushes git push origin :env/dev
equal "$(tip env/dev)" none 'the deleted branch'
pushes git push origin HEAD:feature
pushes git push -f origin HEAD~:feature
pushes git push origin :feature
rejected git/reserved-ref git push origin HEAD:refs/sluice/ledger/production

# Broken in the middle and mended at the tip: the change as a whole is good.
broken third
commit 'broken'
config_map third
commit 'mended'
pushes git push origin HEAD:main
# A secret in the middle stays in the history for ever.
config_map fourth
sed -i 's/ConfigMap/Secret/; s/"value"/Y29ycmVjdC1ob3JzZQ==/' fourth.yaml
commit 'secret'
git rm -q fourth.yaml
commit 'no secret'
rejected secret/plain git push origin HEAD:main
silent_on Y29ycmVjdC1ob3JzZQ
at main origin/main
