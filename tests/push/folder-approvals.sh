#!/usr/bin/env bash
# People and folders: who wrote what lies in other folders may agree, who wrote a base
# may not, and a verifier says the same.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
"$SLUICE" hook set "$SERVER" environments='staging=main:staging production=main:production' >/dev/null 2>&1 ||
  fail 'the environments are set'
git checkout -q -b work origin/main
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main]
people:
  ana: {emails: [ana@shop.example], gitolite: ana}
  ben: {emails: [ben@shop.example], gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
environments:
  staging: {branch: main, folder: staging}
  production: {branch: main, folder: production, approvals: {count: 1, from: [ana, ben]}}
YAML
git rm -q first.yaml
commit 'environments'
pushes git push -q origin HEAD:main
git remote set-head origin main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
export GL_USER=dan

# by PERSON SUBJECT: a commit of theirs.
by() { GIT_AUTHOR_EMAIL=$1@shop.example commit "$2"; }
# folder NAME VALUE
folder() {
  mkdir -p "$1" base
  [ -e base/kustomization.yaml ] || base one
  printf 'namespace: %s\nresources: [../base, own.yaml]\n' "$1" >"$1/kustomization.yaml"
  (cd "$1" && config_map own "$2")
}
base() { (cd base && config_map shared "$1" && printf 'resources: [shared.yaml]\n' >kustomization.yaml); }
# agree PERSON
agree() {
  git push -q origin HEAD:refs/heads/topic --force >/dev/null 2>&1
  GL_USER=$1 run "$SLUICE" approve production HEAD --yes --key "$WORK/$1" --as "$1"
}

mkdir base
base one
folder staging one
by ana 'staging'
pushes git push -q origin HEAD:main

# By one who wrote files of another folder alone; the base is in none.
folder production one
by dan 'production'
rejected promotion/approvals git push origin HEAD:main
says 'production needs 1 approval'
silent_on 'staging needs'
agree ben
equal "$CODE" 0 'an approval'
says '+ ConfigMap production/own'
pushes git push -q origin HEAD:main
folder staging two
by ana 'staging, two'
pushes git push -q origin HEAD:main
folder production two
by dan 'production, two'
rejected promotion/approvals git push origin HEAD:main
agree ana
equal "$CODE" 0 'an approval by an author of another folder'
pushes git push -q origin HEAD:main

# An approval of another change, and of one's own base.
base two
by ana 'the base'
rejected promotion/approvals git push origin HEAD:main
agree ana
equal "$CODE" 2 'an approval of what one wrote'
says 'ana cannot approve this: ana'
agree ben
pushes git push -q origin HEAD:main
run "$SLUICE" review staging HEAD
equal "$CODE" 2 'a review of nothing'

audited
says 'production: 3 records verified'
