#!/usr/bin/env bash
# In observe every push lands: broken ones are told, and where the judge dies,
# hangs or cannot read its settings that is told too.
. "$(dirname "$0")/repository.sh"

server shop
gate --mode observe
start
broken web
commit 'broken'
pushes git push origin HEAD:main
says 'warning: sluice would reject main'
says '[schema/unknown-field]'
says 'the mode is observe'
at main HEAD

# lands TEXT: the next push lands, and says TEXT.
count=0
lands() {
  count=$((count + 1))
  config_map "m$count"
  commit "m$count"
  pushes git push origin HEAD:main
  says "$1"
  says 'the mode is observe'
  at main HEAD
}

# Too little memory for what was pushed: the judge dies, its parent does not.
config_map large
seq 9000 | awk '{ printf "  key%d: \"%0900d\"\n", $1, $1 }' >>large.yaml
commit 'large'
cat >"$WORK/bin/starved" <<SH
#!/bin/sh
ulimit -d 12000
exec $HOOK "\$@"
SH
mkdir "$WORK/starved"
cp "$WORK/bin/starved" "$WORK/starved/sluice-hook"
chmod +x "$WORK/starved/sluice-hook"
sed -i "1s|.*|#!$WORK/starved/sluice-hook pre-receive|" "$SERVER/hooks/pre-receive"
pushes git push origin HEAD:main
says 'warning: sluice could not judge this push: its judge failed: '
gate

echo 'nonsense: [' >>"$SERVER/sluice/settings.yaml"
lands 'warning: sluice could not judge this push: settings.yaml:'
gate_settings='platform: "git"\nmode: "observe"\n'
# shellcheck disable=SC2059  # the format is ours
printf "$gate_settings" >"$SERVER/sluice/settings.yaml"
echo 'policy: {repository: /nowhere/policy.git}' >"$OPERATOR"
lands 'warning: sluice could not judge this push: '
: >"$OPERATOR"
pushes git push -o "$(head -c 2000 /dev/zero | tr '\0' x)" origin HEAD:feature
says 'warning: sluice could not judge this push: a push option of more than 1 KiB'
