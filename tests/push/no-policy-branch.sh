#!/usr/bin/env bash
# HEAD names a branch that nobody pushes: nothing is protected, and everybody is
# told, at the installation, at each push, and by status.
. "$(dirname "$0")/repository.sh"

server shop --initial-branch=master
says 'the first push to refs/heads/master brings the policy'
clone
broken web
commit 'broken'
pushes git push origin HEAD:main
says 'warning: the policy branch master does not exist on this server, so no branch is protected [policy/no-branch]'
silent_on 'first push'
run "$SLUICE" hook status "$SERVER"
equal "$CODE" 1 'the exit code of status'
says 'NO POLICY  '
says "sluice hook set $SERVER policyRef=refs/heads/main"
run "$SLUICE" hook set "$SERVER" policyRef=refs/heads/main
equal "$CODE" 0 'the exit code of set'
run "$SLUICE" hook status "$SERVER"
equal "$CODE" 0 'the exit code of status, mended'
broken db
commit 'broken again'
rejected schema/unknown-field git push origin HEAD:main
silent_on policy/no-branch
