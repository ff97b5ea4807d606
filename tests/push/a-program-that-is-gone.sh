#!/usr/bin/env bash
# Where the program was removed git cannot start the hook, and rejects.
. "$(dirname "$0")/repository.sh"

server shop
start
mv "$HOOK" "$WORK/bin/gone"
config_map second
commit 'second'
refused 'pre-receive hook declined' git push origin HEAD:main
at main HEAD~
run "$SLUICE" hook status "$WORK/srv"
equal "$CODE" 1 'the exit code of status'
says 'git rejects every push'
mv "$WORK/bin/gone" "$HOOK"
pushes git push origin HEAD:main
