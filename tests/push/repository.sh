# shellcheck shell=bash
# What every push test starts with: a directory of its own, a git that sees no
# configuration of the machine, a server's bare repository with the gate in it,
# and a clone to push from. A test is a script of sentences; the first one that
# does not hold ends it.
#
#   SLUICE        the sluice command
#   SLUICE_HOOK   the sluice-hook program
set -euo pipefail

: "${SLUICE:?the sluice command}" "${SLUICE_HOOK:?the sluice-hook program}"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$(cd "$HERE/../.." && pwd)
ZERO=0000000000000000000000000000000000000000

WORK=$(mktemp -d "${TMPDIR:-/tmp}/sluice-push-XXXXXX")
ENDING=()  # commands to run at the end
finish() {
  local code=$? command
  for command in "${ENDING[@]+"${ENDING[@]}"}"; do eval "$command" || true; done
  # What a push left running may still write there.
  for _ in {1..50}; do rm -rf "$WORK" 2>/dev/null && break; done
  exit $code
}
trap finish EXIT

fail() {
  printf 'failed: %s\n' "$*" >&2
  [ ! -s "$WORK/out" ] || sed 's/^/  | /' "$WORK/out" >&2
  exit 1
}

skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}

isolate_git() {
  # shellcheck disable=SC2046  # a list of names
  unset $(git rev-parse --local-env-vars) XDG_CONFIG_HOME
  export HOME=$WORK/home GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$WORK/gitconfig
  export GIT_AUTHOR_NAME=Ana GIT_AUTHOR_EMAIL=ana@shop.example
  export GIT_COMMITTER_NAME=Ana GIT_COMMITTER_EMAIL=ana@shop.example
  mkdir "$HOME"
  printf '[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n[gc]\n\tauto = 0\n' >"$GIT_CONFIG_GLOBAL"
}

# The program under a short name, for the first line of a hook file.
mkdir "$WORK/bin" "$WORK/srv"
ln -s "$SLUICE_HOOK" "$WORK/bin/sluice-hook"
HOOK=$WORK/bin/sluice-hook
OPERATOR=$WORK/hook.yaml  # in the place of /etc/sluice/hook.yaml
echo 'deadline: 60s' >"$OPERATOR"  # a machine that is busy is not what is tested
isolate_git

# server NAME [git init's words]: a bare repository with the gate; $SERVER.
server() {
  SERVER=$WORK/srv/$1.git
  shift
  git init -q --bare "$@" "$SERVER"
  gate
}

# gate [install's words]: installs the gate into $SERVER.
gate() {
  "$SLUICE" hook install --program "$HOOK" --operator-file "$OPERATOR" "$@" "$SERVER" >"$WORK/out" 2>&1 ||
    fail "the gate is installed in $SERVER"
}

# clone [URL]: a clone of the server, with a first good commit pushed where the
# server is empty; the test goes on in it.
clone() {
  CLONE=$(mktemp -d "$WORK/clone-XXXXXX")
  git clone -q "${1:-$SERVER}" "$CLONE" 2>"$WORK/out" || fail "the server is cloned"
  cd "$CLONE"
}

start() {
  clone "$@"
  config_map first
  commit 'first'
  pushes git push -q origin HEAD:main
}

# config_map NAME [DATA]: a good manifest, NAME.yaml.
config_map() {
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  key: "%s"\n' "$1" "${2:-value}" >"$1.yaml"
}

# broken NAME: the same with a field that does not exist, on line 5.
broken() {
  config_map "$1"
  sed -i 's/^data:/date:/' "$1.yaml"
}

commit() {
  git add -A
  git commit -q --allow-empty -m "$1"
}

# What a command printed is in $WORK/out, its exit code in $CODE.
run() {
  CODE=0
  "$@" >"$WORK/out" 2>&1 || CODE=$?
}

pushes() {
  run "$@"
  [ $CODE = 0 ] || fail "this push is accepted: $*"
}

# rejected RULE COMMAND…: the push fails, and says [RULE].
rejected() {
  local rule=$1
  shift
  run "$@"
  [ $CODE != 0 ] || fail "this push is rejected: $*"
  says "[$rule]"
}

# refused TEXT COMMAND…: the push fails, and says TEXT.
refused() {
  local text=$1
  shift
  run "$@"
  [ $CODE != 0 ] || fail "this push is rejected: $*"
  says "$text"
}

says() { grep -qF -- "$1" "$WORK/out" || fail "the output says: $1"; }
silent_on() { ! grep -qF -- "$1" "$WORK/out" || fail "the output does not say: $1"; }
# The first line that the server sent.
first_line() {
  local line
  line=$(sed -n 's/^remote: *//p' "$WORK/out" | sed -n 's/ *$//; 1p')
  [ "$line" = "$1" ] || fail "the first line is \"$1\", not \"$line\""
}
equal() { [ "$1" = "$2" ] || fail "$3: \"$1\" is \"$2\""; }
tip() { git --git-dir="$SERVER" rev-parse -q --verify "$1" 2>/dev/null || echo none; }
at() { equal "$(tip "$1")" "$(git rev-parse "$2")" "the server's $1 is our $2"; }

# Everything that a push could leave behind: refs, objects, other files.
state() {
  git --git-dir="$SERVER" for-each-ref --format='%(refname) %(objectname)'
  (cd "$SERVER" && find . -path ./sluice/index -prune -o -path './sluice/refresh.*' -prune -o -printf '%p %y %s\n' | sort)
}

# Waits until a command succeeds, for 30 seconds at most.
eventually() {
  local _
  for _ in $(seq 300); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  fail "in the end: $*"
}
