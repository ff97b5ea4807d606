#!/usr/bin/env bash
# What no branch takes: a Secret is found whatever else could not be judged, in
# commits, tags and files that a ref names.
. "$(dirname "$0")/repository.sh"

secret() {
  config_map "$1"
  sed -i 's/ConfigMap/Secret/; s/"value"/aHVudGVyMg==/' "$1.yaml"
}
key=$(printf -- '-----%s RSA PRIVATE KEY-----\n' BEGIN)
key+=$'\nMIIEpAIBAAKCAQEAx1Lm0pQ7Zy3V9kT2cWf8rB5dN6hJ4sGqYuE1aXoKiPvM7tRw\n'
key+=$(printf -- '-----%s RSA PRIVATE KEY-----\n' END)

server shop
start
first=$(git rev-parse HEAD)

# A Secret, and then more commits than are looked at.
secret s
commit 'secret'
{
  printf 'reset refs/heads/long\nfrom %s\n' "$(git rev-parse HEAD)"
  for i in $(seq 20050); do printf 'commit refs/heads/long\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\n'; done
} | git fast-import --quiet
refused 'secret/plain' git push origin long:refs/heads/long
equal "$(tip long)" none 'the long branch'
git reset -q --hard "$first"
{
  printf 'reset refs/heads/plain\nfrom %s\n' "$first"
  for i in $(seq 20050); do printf 'commit refs/heads/plain\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\n'; done
} | git fast-import --quiet
refused 'there are more than 20000 new commits' git push origin plain:refs/heads/plain

# Past a limit nothing is looked for.
printf 'limits: {pushFiles: 3}\n' >"$OPERATOR"
for i in 1 2 3 4; do config_map "m$i"; done
secret s
commit 'many'
rejected git/too-large git push origin HEAD:refs/heads/many
: >"$OPERATOR"

# Tags and files.
git reset -q --hard "$first"
git tag -a -m "$key" annotated
rejected secret/private-key git push origin annotated
git tag -a -m 'fine' fine
pushes git push -q origin fine
secret s
git update-ref refs/tags/file "$(git hash-object -w s.yaml)"
rejected secret/plain git push origin refs/tags/file
rejected text/bidirectional git push origin "HEAD:refs/heads/$(printf 'a\xe2\x80\xaeb')"

# A policy that is broken does not open the other branches.
rm s.yaml
mkdir .sluice
printf 'version: 7\n' >.sluice/sluice.yaml
commit 'broken configuration'
mv "$SERVER/hooks/pre-receive" "$WORK/pre-receive"
pushes git push -q origin HEAD:main
mv "$WORK/pre-receive" "$SERVER/hooks/pre-receive"
config_map fine
commit 'fine'
pushes git push -q origin HEAD:refs/heads/fine
secret s
commit 'secret'
rejected secret/plain git push origin HEAD:refs/heads/feature
