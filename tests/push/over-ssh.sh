#!/usr/bin/env bash
# The same gate over ssh, with a real sshd; who pushes is the key, where the
# operator says so, and a variable that the client sends is not.
. "$(dirname "$0")/repository.sh"
[ -x /usr/sbin/sshd ] || skip 'there is no sshd'

ssh-keygen -q -t ed25519 -N '' -f "$WORK/key"
ssh-keygen -q -t ed25519 -N '' -f "$WORK/host"
cp "$WORK/key.pub" "$WORK/authorized"
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
cat >"$WORK/sshd.conf" <<CONF
HostKey $WORK/host
AuthorizedKeysFile $WORK/authorized
StrictModes no
UsePAM no
PermitRootLogin yes
ExposeAuthInfo yes
AcceptEnv GITEA_PUSHER_NAME GIT_PUSH_OPTION_*
PidFile none
CONF
# The client starts the server and speaks to it through a pipe: no port to race for.
cat >"$WORK/ssh" <<SSH
#!/bin/sh
exec ssh -F none -i $WORK/key -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=$WORK/known \\
  -o SendEnv=GITEA_PUSHER_NAME -o "ProxyCommand=/usr/sbin/sshd -i -f $WORK/sshd.conf 2>/dev/null" "\$@"
SSH
chmod +x "$WORK/ssh"
export GIT_SSH_COMMAND=$WORK/ssh

server shop
start "ssh://$(id -un)@server$SERVER"
at main HEAD
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
at main HEAD~

# Ana may bypass, and is known by her key alone.
printf 'bypass: {by: ["%s"]}\nlog: %s\n' "$(cut -d' ' -f1,2 "$WORK/key.pub")" "$WORK/log" >"$OPERATOR"
rejected schema/unknown-field git push -o sluice.bypass=fire origin HEAD:main
GITEA_PUSHER_NAME=$(cut -d' ' -f1,2 "$WORK/key.pub")
export GITEA_PUSHER_NAME
rejected schema/unknown-field git push -o sluice.bypass=fire origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=ssh >"$WORK/out"
pushes git push -o sluice.bypass=fire origin HEAD:main
at main HEAD
grep -qF "\"user\":\"$(cut -d' ' -f1,2 "$WORK/key.pub")\"" "$WORK/log" || fail 'the key is in the log'
grep -qF ': fire"' "$WORK/log" || fail 'the bypass is in the log'
