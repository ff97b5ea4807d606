#!/usr/bin/env bash
# What git prints first is what is wrong; what it prints last is how long it took.
. "$(dirname "$0")/repository.sh"

server shop
start
broken web
commit 'broken'
run git push origin HEAD:main
equal "$CODE" 1 'the exit code of git push'
first_line 'error: sluice rejected main: 1 error in 1 object'
says 'error: web.yaml:5:1: unknown field "date", did you mean "data" [schema/unknown-field]'
says '5 | date:'
says 'try here: sluice check origin/main...HEAD'
sed -n 's/^remote: *//p' "$WORK/out" | sed 's/ *$//' | grep -qE '^sluice: [0-9.]+ ?m?s$' || fail 'the time is told'
