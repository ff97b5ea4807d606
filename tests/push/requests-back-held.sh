#!/usr/bin/env bash
# What was gone back behind comes back by no request that is not about it: also one that touches
# nothing which is carried is held until somebody releases.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server
for n in 2 3; do
  (cd envs/production && config_map more "$n")
  commit "production $n"
  pushes git push -q origin HEAD:main
  asks dan --from HEAD
  agrees ana
  runs production "$n"
done
TWO=$(git rev-parse HEAD~1)
asks dan --to-record 2 --reason 'three loses sessions'
agrees ana "$TWO"
runs production 4
another_second
(cd envs/production && config_map unrelated 1)
commit 'unrelated'
pushes git push -q origin HEAD:main
asks chi --from HEAD
agrees ana
says 'hold: held since record 4, the rollback by dan: three loses sessions'
runs production 4
GL_USER=ana run "$SLUICE" release production --reason 'it is mended' --key "$WORK/ana" --as ana
says 'production, as chi asked, is at record 5'
equal "$(kind production)" direct 'the kind of the record'
audited
