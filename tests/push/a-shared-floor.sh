#!/usr/bin/env bash
# A shared policy repository is a floor: what it rejects is rejected, whatever
# the repository says of itself, and the repository may ask for more.
. "$(dirname "$0")/repository.sh"

git init -q --bare "$WORK/srv/policy.git"
git clone -q "$WORK/srv/policy.git" "$WORK/policy" 2>/dev/null
cd "$WORK/policy"
mkdir .sluice
printf 'version: 1\nprotect: [main]\n' >.sluice/sluice.yaml
commit 'policy'
git push -q origin HEAD:main

server shop
clone
mkdir .sluice
printf 'version: 1\nrules:\n  schema/unknown-field: "off"\n' >.sluice/sluice.yaml
config_map first
commit 'first'
pushes git push -q origin HEAD:main
broken web
commit 'broken'
cat >"$OPERATOR" <<YAML
projects:
  "shop": {policy: {repository: $WORK/srv/policy.git, ref: refs/heads/main}}
YAML
rejected schema/unknown-field git push origin HEAD:main
# Without a floor the repository's own word counts; without its repository nothing does.
echo 'projects: {"other": {policy: {repository: /nowhere}}}' >"$OPERATOR"
pushes git push origin HEAD:feature
silent_on 'schema/unknown-field'
echo 'policy: {repository: /nowhere/policy.git}' >"$OPERATOR"
refused 'sluice could not judge this push: ' git push origin HEAD:main
at main HEAD~
