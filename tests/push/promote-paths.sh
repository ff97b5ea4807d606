#!/usr/bin/env bash
# Whole paths of `carry`: files as they are and nothing but files; on the server as from a
# clone; and no value of a Secret is said.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"

# policy CARRY
policy() {
  cat >.sluice/sluice.yaml <<YAML
version: 1
protect: [main]
rules: {secret: warning, git/symlink: warning, git/submodule: warning}
people: {ana: {}, ben: {}}
environments:
  staging: {branch: main, folder: staging, maxRemoved: 100%}
  production: {branch: main, folder: production, after: [staging], carry: $1, maxRemoved: 100%}
YAML
}
moves() {
  commit "$1"
  pushes git push -q origin HEAD:main
}
# stays CODE WORDS
stays() {
  local before
  before=$(tip main)
  run "$SLUICE" promote production
  equal "$CODE" "$1" 'promote production'
  says "$2"
  equal "$(tip main)" "$before" 'main'
}
promotes() {
  run "$SLUICE" promote production
  equal "$CODE" 0 'promote production'
  git fetch -q origin
  git reset -q --hard origin/main
}
# past WORDS: what no gate would take, into the branch and the ledger all the same.
past() {
  commit "$1"
  pushes git push -q origin HEAD:main
}
files() { git ls-tree -r --format='%(objectmode) %(path)' HEAD production | tr '\n' ' '; }

server shop
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
"$SLUICE" hook set "$SERVER" environments='staging=main:staging production=main:production' >"$WORK/out" 2>&1 ||
  fail 'the environments are set'
clone
mkdir -p .sluice staging/conf production/conf
for bad in '["/etc/**"]' '["../staging/**"]' '["conf/../../**"]'; do
  policy "$bad"
  run "$SLUICE" check .sluice
  equal "$CODE" 2 "carry: $bad"
  says 'in `carry` leads out of the folder'
done
policy '["conf/**", "*.txt"]'
person ana
person ben
(cd staging/conf && config_map limits one && config_map more one)
(cd production/conf && config_map limits one && config_map more one)
(cd production && config_map own one)
commit 'first'
pushes git push -q origin HEAD:main
git remote set-head origin main
begin
"$SLUICE" ledger reconcile "$SERVER" --judge --reason 'the ledger begins' >"$WORK/out" 2>&1 || true
stays 0 'nothing to carry'

# Changed, new, a program, odd names, gone: all as they are there.
(cd staging/conf && config_map limits two && mkdir -p "a b" && cd 'a b' && config_map uni one && mv uni.yaml ünï.yaml)
printf 'run\n' >staging/conf/run.sh
chmod +x staging/conf/run.sh
echo note >staging/note.txt
echo other >staging/note.md
git rm -q staging/conf/more.yaml
moves 'staging'
run "$SLUICE" promote production --explain
says 'copies production/conf/more.yaml'
says 'copies production/conf/a b/ünï.yaml'
says 'differs and stays: ConfigMap own: production alone has it'
promotes
equal "$(git diff-tree -r --name-only --no-commit-id -z HEAD | tr '\0' ' ')" \
  'production/conf/a b/ünï.yaml production/conf/limits.yaml production/conf/more.yaml production/conf/run.sh production/note.txt ' 'the files'
equal "$(git rev-parse HEAD:production/conf)" "$(git rev-parse HEAD:staging/conf)" 'conf, mode and bytes'
stays 0 'nothing to carry'

# Staging's own edits that are not recorded are not what it runs.
mv "$SERVER/sluice/recorder" "$WORK/recorder.away"
(cd staging/conf && config_map limits three)
moves 'not recorded'
stays 0 'nothing to carry'
mv "$WORK/recorder.away" "$SERVER/sluice/recorder"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'it is recorded'

# A link, a submodule, a name that is none: on either side, and none of the rest then.
ln -s ../../production/own.yaml staging/conf/link.yaml
(cd staging/conf && config_map limits four)
past 'a link'
stays 1 'cannot be carried: staging/conf/link.yaml is not a plain file'
git rm -q -f staging/conf/link.yaml
(cd staging/conf && config_map limits five)
git add -A
git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),staging/conf/module"
git commit -q -m 'a submodule'
pushes git push -q origin HEAD:main
stays 1 'cannot be carried: staging/conf/module is not a plain file'
git rm -q -f --cached staging/conf/module
rm -rf staging/conf/module
moves 'plain again'
rm production/conf/limits.yaml
ln -s ../own.yaml production/conf/limits.yaml
commit 'a link in production'
git update-ref refs/remotes/origin/main HEAD
run "$SLUICE" promote production --no-fetch
equal "$CODE" 1 'a link that would be written to'
says 'cannot be carried: production/conf/limits.yaml is not a plain file'
git rm -q -r production
ln -s staging production
commit 'a link to the folder of staging'
git update-ref refs/remotes/origin/main HEAD
run "$SLUICE" promote production --no-fetch
equal "$CODE" 2 'a folder that is a link'
says 'production is not a folder'
git fetch -q origin
git reset -q --hard origin/main

# A file where production has a directory, and the other way round.
mkdir -p production/conf/block.txt
(cd production/conf/block.txt && echo own >inner.md)
sed -i 's/conf\/\*\*/conf\/*.txt/' .sluice/sluice.yaml
moves 'fewer paths'
"$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
echo file >staging/conf/block.txt
(cd staging && config_map moved one)
moves 'a file in its way'
stays 1 'production/conf/block.txt/inner.md is in the way of production/conf/block.txt'
git rm -q -r production/conf/block.txt
git rm -q staging/conf/block.txt
moves 'out of the way'

# No values, of Secrets least of all.
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: token}\nstringData: {password: hunter2-staging}\n' >staging/token.yaml
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: token}\nstringData: {password: hunter2-production}\n' >production/token.yaml
commit 'secrets'
run git push -q origin HEAD:main
echo more >staging/conf/new.txt
(cd staging && config_map moved two)
commit 'new.txt'
run git push -q origin HEAD:main
for format in text json; do
  run "$SLUICE" promote production --explain -o "$format"
  silent_on hunter2
done
run "$SLUICE" promote production
silent_on hunter2
git log -3 --format=%B origin/main >"$WORK/out"
silent_on hunter2

# In the server's own repository.
git fetch -q origin
git reset -q --hard origin/main
(cd staging && config_map moved three)
echo newest >staging/conf/new.txt
commit 'newest'
run git push -q origin HEAD:main
[ "$CODE" = 0 ] || fail 'staging moves'
cd "$SERVER"
run "$SLUICE" promote production --branch other
equal "$CODE" 2 'a branch, on the server'
before=$(tip main)
run "$SLUICE" promote production
equal "$CODE" 0 'on the server'
equal "$(tip 'main~1')" "$before" 'main'
equal "$(git show main:production/conf/new.txt)" newest 'what was copied'
equal "$(kind production)" promotion 'the kind of the record'
run "$SLUICE" promote production
says 'nothing to carry'
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'nothing is left'
git fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'
