# shellcheck shell=bash
# A server with dev, staging and production, one after the other, a ledger that has
# begun, and a clone with nine objects on main that is not pushed yet but for that.

# policy LINES: the configuration; $1 follows production's keys.
policy() {
  cat >.sluice/sluice.yaml <<YAML
version: 1
protect: [main, {branch: "env/*", create: true, delete: true}]
people: {ana: {}, ben: {}}
environments:
  dev: {branch: env/dev}
  staging: {branch: env/staging, after: [dev]}
  production: {branch: env/production, after: [staging]$1}
YAML
}

begin() {
  "$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
}

# environments LINES
environments() {
  server shop
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
  "$SLUICE" hook set "$SERVER" environments='dev=env/dev staging=env/staging production=env/production' \
    >"$WORK/out" 2>&1 || fail 'the environments are set'
  clone
  mkdir .sluice
  policy "$1"
  person ana
  person ben
  config_map web one
  for name in a b c d e f g h; do config_map "part-$name"; done
  commit 'first'
  pushes git push -q origin HEAD:main
  git remote set-head origin main
  begin
}

# kind ENV: of the newest record.
kind() { (cd "$SERVER" && "$SLUICE" ledger log "$1" -n 1) | awk '{print $3}'; }
