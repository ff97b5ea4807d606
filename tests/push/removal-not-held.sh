#!/usr/bin/env bash
# What a push removes is counted again when it is recorded: what became unfit to be held
# while the ledger was behind is gone too, and needs a consent as if it had been deleted.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

environments $'}\nrules: {secret/plain: "off"'

# secret NAME [VALUE]
secret() {
  printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: shop\n' "$1" >"$1.yaml"
  [ $# = 1 ] || printf 'stringData:\n  password: %s\n' "$2" >>"$1.yaml"
}
newest() { (cd "$SERVER" && "$SLUICE" ledger log dev -n 1) | awk '{print $1}'; }

for name in key-a key-b key-c; do secret "$name"; done
commit 'three Secrets without values'
pushes git push -q origin HEAD:main HEAD:env/dev

mv "$SERVER/sluice/recorder" "$WORK/recorder"
config_map web two
commit 'two'
pushes git push -q origin HEAD:env/dev
for name in key-a key-b key-c; do secret "$name" "planted-$name"; done
commit 'three Secrets with values'
pushes git push -q origin HEAD:env/dev
mv "$WORK/recorder" "$SERVER/sluice/recorder"

run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 1 'the ledger does not catch up'
says 'it removes 3 of 12 objects, more than 20%'
says 'sluice ledger reconcile --judge'
equal "$(newest)" 2 'the move before it is recorded'

judge() { run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'Secrets are made there'; }
judge
equal "$CODE" 1 'nobody consented, and it is not recorded so either'
says 'it removes 3 of 12 objects'
git revert --no-edit HEAD >/dev/null
pushes git push -q origin HEAD:env/dev
judge
equal "$CODE" 0 'it is judged again, with what was gone'
equal "$(newest)" 3 'and recorded'
audited
silent_on planted-
