# shellcheck shell=bash
# A server whose branch `production` is an environment, with a recorder's key and
# two people who sign; a clone with a first commit on main.

command -v ssh-keygen >/dev/null || skip 'no ssh-keygen'

# person NAME: a key, and their line of allowed_signers.
person() {
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/$1"
  printf '%s namespaces="sluice-approval" %s\n' "$1" "$(cut -d' ' -f1,2 "$WORK/$1.pub")" >>.sluice/allowed_signers
}

# ledger_server NAME [git init's words]
ledger_server() {
  server "$@"
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
  "$SLUICE" hook set "$SERVER" environments=production >"$WORK/out" 2>&1 || fail 'the environment is set'
  clone
  mkdir .sluice
  printf 'version: 1\nprotect: [main, {branch: production, create: true}]\n' >.sluice/sluice.yaml
  person ana
  person ben
  config_map first
  commit 'first'
  pushes git push -q origin HEAD:main
}

# The digest of the first record of policy, in the repository where we are.
pin() { git cat-file blob "$(git rev-list --max-parents=0 refs/sluice/ledger/policy):envelope.json" | sha256sum | cut -c1-64; }

# in_clone_of PERSON COMMAND…: with their key.
in_clone_of() {
  local person=$1
  shift
  [ -d "$WORK/$person.git" ] || git clone -q "$SERVER" "$WORK/$person.git" 2>/dev/null
  git -C "$WORK/$person.git" config user.email "$person@shop.example"
  git -C "$WORK/$person.git" config gpg.format ssh
  git -C "$WORK/$person.git" config user.signingKey "$WORK/$person"
  (cd "$WORK/$person.git" && GL_USER=$person "$@")
}

# A stranger's clone, where we are then, verifies.
audited() {
  git clone -q --bare "$SERVER" "$WORK/auditor" 2>/dev/null
  cd "$WORK/auditor"
  git fetch -q origin '+refs/sluice/*:refs/sluice/*'
  run "$SLUICE" ledger verify --pin "$(pin)"
  equal "$CODE" 0 'the ledger verifies'
}
