#!/usr/bin/env bash
# Nothing in the environment of who pushes changes the verdict or who they are.
. "$(dirname "$0")/repository.sh"

server shop
start
printf 'bypass: {by: [ana]}\nlog: %s\n' "$WORK/log" >"$OPERATOR"
broken web
commit 'broken'
git=$(command -v git)

# still COMMAND…: rejected all the same, as the local user.
still() {
  : >"$WORK/log"
  rejected schema/unknown-field "$@" "$git" push -o sluice.bypass=fire origin HEAD:main
  grep -qF "\"user\":\"$(id -un)\"" "$WORK/log" || fail "who pushes is the local user: $(cat "$WORK/log")"
  grep -qF '"mode":"enforce"' "$WORK/log" || fail 'the mode is enforce'
  at main HEAD~
}

still env
still env GITEA_PUSHER_NAME=ana GL_USERNAME=ana GITHUB_USER_LOGIN=ana GL_USER=ana REMOTE_USER=ana
still env USER=ana LOGNAME=ana SUDO_USER=ana SSH_USER_AUTH="$WORK/out"
still env GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null \
  GIT_CONFIG_KEY_1=sluice.mode GIT_CONFIG_VALUE_1=observe
still env GIT_CONFIG_PARAMETERS="'core.hooksPath'='/dev/null'"
still env GIT_QUARANTINE_PATH=/tmp GIT_ALTERNATE_OBJECT_DIRECTORIES=/tmp
still env SLUICE_MODE=observe SLUICE_OPERATOR_FILE=/dev/null GIT_PUSH_OPTION_COUNT=nonsense
still env TZ=../../../etc/passwd LANG=xx LC_ALL=xx TMPDIR=/nowhere

mkdir "$WORK/evil" "$WORK/evilhome"
printf '#!/bin/sh\necho evil >>%s/evil.ran\nexec %s "$@"\n' "$WORK" "$git" >"$WORK/evil/cat"
chmod +x "$WORK/evil/cat"
for name in sluice-hook sh env ssh; do cp "$WORK/evil/cat" "$WORK/evil/$name"; done
still env PATH="$WORK/evil:$PATH"
printf '[core]\n\tbare = false\n[sluice]\n\tmode = observe\n' >"$WORK/evilhome/.gitconfig"
still env -u GIT_CONFIG_GLOBAL HOME="$WORK/evilhome" XDG_CONFIG_HOME="$WORK/evilhome"

# A library that says when it is loaded into our program.
if command -v cc >/dev/null; then
  cat >"$WORK/evil.c" <<C
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
__attribute__((constructor)) static void loaded(void) {
  char name[16] = "";
  prctl(PR_GET_NAME, name);
  FILE* file = fopen(strcmp(name, "sluice-hook") == 0 ? "$WORK/evil.ran" : "$WORK/evil.elsewhere", "a");
  if (file) fclose(file);
}
C
  cc -shared -fPIC -o "$WORK/evil.so" "$WORK/evil.c"
  still env LD_PRELOAD="$WORK/evil.so"
  [ -e "$WORK/evil.elsewhere" ] || fail 'the library is loaded into git'
fi
[ ! -e "$WORK/evil.ran" ] || fail 'nothing of theirs ran in our program'
