#!/usr/bin/env bash
# gitolite of Debian: hooks of one repository, switched on in its own
# configuration; who pushes is whom gitolite says.
. "$(dirname "$0")/repository.sh"
command -v gitolite >/dev/null || skip 'there is no gitolite'
[ -x /usr/sbin/sshd ] || skip 'there is no sshd'

for who in ana ben; do ssh-keygen -q -t ed25519 -N '' -C "$who" -f "$WORK/$who"; done
ssh-keygen -q -t ed25519 -N '' -f "$WORK/host"
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
(cd "$HOME" && gitolite setup -pk "$WORK/ana.pub") >"$WORK/out" 2>&1 || fail 'gitolite is set up'
sed -i "s|# LOCAL_CODE *=> *\"\$ENV{HOME}/local\"|LOCAL_CODE => \"$HOME/local\"|; s|# 'repo-specific-hooks'|'repo-specific-hooks'|; s|GIT_CONFIG_KEYS *=> *''|GIT_CONFIG_KEYS => '.*'|" "$HOME/.gitolite.rc"
grep -q "^ *LOCAL_CODE" "$HOME/.gitolite.rc" || fail 'LOCAL_CODE is set'
mkdir -p "$HOME/local/hooks/repo-specific"
cat >"$WORK/sshd.conf" <<CONF
HostKey $WORK/host
AuthorizedKeysFile $HOME/.ssh/authorized_keys
StrictModes no
UsePAM no
PermitRootLogin yes
PidFile none
SetEnv HOME=$HOME GIT_CONFIG_GLOBAL=$GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM=1
CONF
as() {  # as WHO COMMAND…
  local who=$1
  shift
  GIT_SSH_COMMAND="ssh -F none -i $WORK/$who -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=$WORK/known -o 'ProxyCommand=/usr/sbin/sshd -i -f $WORK/sshd.conf 2>/dev/null'" "$@"
}
url() { echo "ssh://$(id -un)@server/$1"; }

# Ana gives herself and Ben a repository.
as ana git clone -q "$(url gitolite-admin)" "$WORK/admin" 2>"$WORK/out" || fail 'the administration is cloned'
cd "$WORK/admin"
cp "$WORK/ben.pub" keydir/ben.pub
printf '\nrepo platform/shop\n    RW+ = ana ben\n' >>conf/gitolite.conf
commit 'shop'
pushes as ana git push -q origin HEAD:master

SERVER=$HOME/repositories/platform/shop.git
refused_install() { ! "$SLUICE" hook install --program "$HOOK" "$SERVER" >"$WORK/out" 2>&1 || fail 'it asks for the platform'; }
refused_install
says '--platform gitolite'
gate --platform gitolite
says 'option hook.pre-receive = sluice-pre-receive'
run "$SLUICE" hook status "$HOME/repositories/platform"
says 'NOT GATED'
printf '    option hook.pre-receive = sluice-pre-receive\n    option hook.post-receive = sluice-post-receive\n' >>conf/gitolite.conf
commit 'gate'
pushes as ana git push -q origin HEAD:master
run "$SLUICE" hook status "$HOME/repositories/platform"
equal "$CODE" 0 'the exit code of status'
says 'gated'

export GIT_SSH_COMMAND="ssh -F none -i $WORK/ben -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=$WORK/known -o 'ProxyCommand=/usr/sbin/sshd -i -f $WORK/sshd.conf 2>/dev/null'"
start "$(url platform/shop)"
at main HEAD
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
printf 'projects:\n  "platform/*": {bypass: {by: [ana]}, log: %s}\n' "$WORK/log" >"$OPERATOR"
rejected schema/unknown-field git push -o sluice.bypass=fire origin HEAD:main
pushes as ana git push -o sluice.bypass=fire origin HEAD:main
at main HEAD
grep -q '"project":"platform/shop","user":"ben".*"verdict":"rejected"' "$WORK/log" || fail 'Ben is in the log'
grep -q '"user":"ana".*"bypass":"ana: fire"' "$WORK/log" || fail 'Ana is in the log'
