#!/usr/bin/env bash
# The operator's policies judge the whole of a folder before its first record, and what a
# push moves of it later, whatever was there before them.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
"$SLUICE" hook set "$SERVER" environments='dev=main:dev' >/dev/null 2>&1 || fail 'the environment is set'
git checkout -q -b work origin/main
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main]
environments:
  dev: {branch: main, folder: dev}
YAML
git rm -q first.yaml
mkdir dev
printf 'apiVersion: shop.example/v1\nkind: Backup\nmetadata: {name: nightly, namespace: shop}\n' >dev/backup.yaml
commit 'a kind that nobody knows'
pushes git push -q origin HEAD:main
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'

git init -q --bare "$WORK/srv/floor.git"
git clone -q "$WORK/srv/floor.git" "$WORK/floor" 2>/dev/null
(
  cd "$WORK/floor"
  mkdir .sluice
  printf 'version: 1\nrules: {schema/unknown-kind: error}\n' >.sluice/sluice.yaml
  commit 'no kind that nobody knows'
  git push -q origin HEAD:main
)
echo "policy: {repository: $WORK/srv/floor.git, ref: refs/heads/main}" >>"$OPERATOR"
run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'the ledger begins'
equal "$CODE" 1 'a first record that the operator refuses'
says 'schema/unknown-kind'
echo one >README.md
commit 'readme'
rejected schema/unknown-kind git push origin HEAD:main
says 'dev/backup.yaml'
git rm -q dev/backup.yaml
mkdir dev
(cd dev && config_map web one)
commit 'a kind that everybody knows'
pushes git push -q origin HEAD:main
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'the first record'
