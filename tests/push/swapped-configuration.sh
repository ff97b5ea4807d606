#!/usr/bin/env bash
# Nothing takes the place of the configuration without a word, the policy branch
# is protected whatever the patterns say, and another name for it is the same.
. "$(dirname "$0")/repository.sh"

server shop
clone
mkdir .sluice s
printf 'version: 1\nprotect: ["env/*"]\n' | tee .sluice/sluice.yaml >s/sluice.yaml
config_map first
commit 'first'
pushes git push -q origin HEAD:main
main=$(git rev-parse HEAD)

refuses() {
  commit "$1"
  rejected policy/configuration git push origin HEAD:main
  git reset -q --hard "$main"
}
git rm -qr .sluice
ln -s s .sluice
refuses 'a link'
git rm -qr --cached .sluice
rm -r .sluice
git init -q .sluice
git -C .sluice commit -q --allow-empty -m 'x'
commit 'a submodule'
rejected policy/configuration git push origin HEAD:main
rm -rf .sluice
git reset -q --hard "$main"
printf 'version: 1\n' >.sluice/sluice.yml
refuses 'another ending'
git mv .sluice/sluice.yaml .sluice/Sluice.yaml
refuses 'another case'
printf 'version: 1\nrules: {yaml: "off"}\n' >.sluice/sluice.yaml
refuses 'a blind eye'

broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
git --git-dir="$SERVER" symbolic-ref refs/heads/alias refs/heads/main
rejected schema/unknown-field git push origin HEAD:alias
git --git-dir="$SERVER" config receive.denyDeleteCurrent ignore
rejected git/protected-delete git push origin :main
at main "$main"
