#!/usr/bin/env bash
# A push that changes the configuration is judged by the one before it; what the
# new one would say is told; a broken one is a finding.
. "$(dirname "$0")/repository.sh"

server shop
start
mkdir .sluice
printf 'version: 1\nrules:\n  schema/unknown-field: "off"\n' >.sluice/sluice.yaml
broken web
commit 'switch the rule off, and use it'
rejected schema/unknown-field git push origin HEAD:main
git reset -q --hard origin/main

mkdir .sluice
printf 'version: 1\nprotect: [nothing]\n' >.sluice/sluice.yaml
git mv first.yaml second.yaml
sed -i 's/^data:/date:/' second.yaml
commit 'protect nothing'
rejected schema/unknown-field git push origin HEAD:main
git reset -q --hard origin/main

mkdir .sluice
printf 'version: 1\nrulez: {}\n' >.sluice/sluice.yaml
commit 'broken configuration'
run git push origin HEAD:main
[ $CODE != 0 ] || fail 'a broken configuration is rejected'
says '.sluice/sluice.yaml:2'
git reset -q --hard origin/main

mkdir .sluice
printf 'version: 1\nrules:\n  schema/unknown-field: "off"\n' >.sluice/sluice.yaml
commit 'switch the rule off'
pushes git push origin HEAD:main
broken web
commit 'use it'
pushes git push origin HEAD:main
at main HEAD
