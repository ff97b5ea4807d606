#!/usr/bin/env bash
# The same gate over smart HTTP, with git's own backend; who pushes is the user
# whom the web server let in.
. "$(dirname "$0")/repository.sh"
[ -x /usr/lib/git-core/git-http-backend ] || skip 'there is no git-http-backend'
command -v python3 >/dev/null || skip 'there is no python3'

python3 "$HERE/http_server.py" "$WORK/srv" "$WORK/port" >"$WORK/http.log" 2>&1 &
ENDING+=("kill $!")
eventually test -s "$WORK/port"
url() { echo "http://$1:secret@127.0.0.1:$(cat "$WORK/port")/shop.git"; }

server shop
start "$(url ana)"
at main HEAD
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
printf 'bypass: {by: [ana]}\nlog: %s\n' "$WORK/log" >"$OPERATOR"
"$SLUICE" hook set "$SERVER" identity=http >"$WORK/out"
rejected schema/unknown-field git push -o sluice.bypass=fire "$(url ben)" HEAD:main
pushes git push -o sluice.bypass=fire "$(url ana)" HEAD:main
at main HEAD
grep -q '"user":"ana".*"bypass":"ana: fire"' "$WORK/log" || fail 'the bypass is in the log'

# A push too large for one request body.
for n in $(seq 40); do
  config_map "big$n"
  head -c 100000 /dev/urandom | base64 -w 70 | sed 's/^/# /' >>"big$n.yaml"
done
config_map web
commit 'large'
pushes git -c http.postBuffer=65536 push origin HEAD:main
at main HEAD
