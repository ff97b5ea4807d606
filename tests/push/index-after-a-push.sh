#!/usr/bin/env bash
# The index is written after a push by a process that the push does not wait for,
# and follows the policy branch; where it is torn the push is judged without.
. "$(dirname "$0")/repository.sh"

server shop
start
eventually test -s "$SERVER/sluice/index"
for n in $(seq 20); do config_map "m$n"; done
commit 'twenty'
pushes git push origin HEAD:main
truncate -s 100 "$SERVER/sluice/index"
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
config_map web
commit 'mended'
pushes git push origin HEAD:main
# The same object a second time, in a file that was not touched.
mkdir -p again
cp m1.yaml again/m1.yaml
commit 'twice'
run git push origin HEAD:main
none_unfinished() { [ -z "$(find "$SERVER/sluice" -name '*.new*')" ]; }
eventually none_unfinished
