#!/usr/bin/env bash
# What a commit in between holds is judged by the same rules, here and there.
. "$(dirname "$0")/repository.sh"

server shop
clone
mkdir .sluice
printf 'version: 1\nrules:\n  secret/plain:\n  - {path: "testdata/**", severity: "off"}\n' >.sluice/sluice.yaml
config_map first
commit 'first'
pushes git push -q origin HEAD:main
git fetch -q
leak() {
  mkdir -p "$1"
  config_map "$1/s"
  sed -i "s/ConfigMap/Secret/; s/name: .*/name: s/; s/\"value\"/aHVudGVyMg==/" "$1/s.yaml"
  commit 'one'
  git rm -qr "$1"
  commit 'two'
}
leak apps
rejected secret/plain git push origin HEAD:main
says 'try here: sluice check origin/main...HEAD'
run "$SLUICE" check origin/main...HEAD
equal "$CODE" 1 'the exit code of the check that was hinted at'
says '[secret/plain]'
says 'in commit'
git reset -q --hard origin/main
leak testdata
run "$SLUICE" check origin/main...HEAD
equal "$CODE" 0 'the exit code of the check where the rule is off'
pushes git push origin HEAD:main
