#!/usr/bin/env bash
# An environment's branch is pushed to, and what it holds is written down.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
"$SLUICE" ledger init "$SERVER" --from ana,ben --count 2 --sign "ana=$WORK/ana" --sign "ben=$WORK/ben" >"$WORK/out" 2>&1 ||
  fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
equal "${#PIN}" 64 'the digits of the pin'
equal "$(git --git-dir="$SERVER" cat-file blob refs/sluice/ledger/policy:envelope.json | sha256sum | cut -c1-64)" "$PIN" 'the pin'
run "$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana"
equal "$CODE" 2 'a ledger begins once'

# records: how many production has.
records() { git --git-dir="$SERVER" rev-list --count refs/sluice/ledger/production 2>/dev/null || echo 0; }
# list: the objects of the newest record.
list() { git --git-dir="$SERVER" show refs/sluice/ledger/production:objects.sha256 | sed 's/^.*  objects.//'; }
in_record() { git --git-dir="$SERVER" cat-file blob "refs/sluice/ledger/production:objects/$1"; }

pushes git push origin HEAD:production
silent_on warning
equal "$(records)" 1 'the records after the first push'
equal "$(list)" 'core/ConfigMap/_cluster/first' 'the objects of the first record'

config_map web 'two'
git rm -q first.yaml
commit 'another'
pushes git push origin HEAD:production
equal "$(list)" 'core/ConfigMap/_cluster/web' 'the objects of the second record'
equal "$(in_record core/ConfigMap/_cluster/web)" \
  '{"apiVersion":"v1","data":{"key":"two"},"kind":"ConfigMap","metadata":{"name":"web"}}' 'what is applied'

# What others verify by hand: the lists are those of the files, and the commit is as it should be.
mkdir "$WORK/files"
git --git-dir="$SERVER" archive refs/sluice/ledger/production | tar -x -C "$WORK/files"
(cd "$WORK/files" && sha256sum -c --quiet objects.sha256 policy.sha256) || fail 'the lists hold'
equal "$(git --git-dir="$SERVER" log -1 --format='%an <%ae> %s' refs/sluice/ledger/production)" \
  'Sluice <sluice> record 2 of production' 'the commit of a record'
equal "$(ls "$SERVER/sluice/intents" | wc -l)" 0 'the intents that are left'
run "$SLUICE" ledger reconcile "$SERVER"
says 'production: record 2'
(cd "$SERVER" && "$SLUICE" ledger log production) >"$WORK/out"
equal "$(cut -d' ' -f1 "$WORK/out" | tr '\n' ' ')" '2 1 ' 'the log, newest first'

# A push that is refused leaves no record, and a tip that nobody judged is never recorded.
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:production
equal "$(records)" 2 'the records after a refused push'
git --git-dir="$SERVER" fetch -q "$CLONE" HEAD:refs/heads/production
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 1 'reconcile tells of a tip without an intent'
says 'it is never recorded by itself'
equal "$(records)" 2 'the records of a tip without an intent'
git --git-dir="$SERVER" update-ref refs/heads/production "$(git rev-parse HEAD~1)"

git reset -q --hard HEAD~1
cp "$SOURCE/examples/shop/checkout/database.enc.yaml" .
commit 'an encrypted Secret, which others decrypt'
pushes git push origin HEAD:production
equal "$(records)" 3 'the records after the branch was put right'
(cd "$SERVER" && "$SLUICE" ledger show production) >"$WORK/out"
says 'not applied   core/Secret/'

# After a change of the policy nothing is recorded until that change is.
git checkout -q -b policy origin/main
echo '# nothing else' >>.sluice/sluice.yaml
commit 'a policy'
pushes git push origin HEAD:main
git checkout -q -
config_map web 'policy'
commit 'under another policy'
pushes git push origin HEAD:production
says 'warning: sluice did not record production'
run "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana"
equal "$CODE" 2 'one person is not two'
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" --sign "ben=$WORK/ben"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'reconcile after the policy was recorded'

# A clone is verified from the pin on, by whoever has nothing else.
git clone -q --bare "$SERVER" "$WORK/auditor" 2>/dev/null
cd "$WORK/auditor"
git fetch -q origin '+refs/sluice/ledger/*:refs/sluice/ledger/*'
run "$SLUICE" ledger verify --pin "$PIN"
equal "$CODE" 0 'the clone verifies'
says 'production: 4 records verified'
says 'policy: 2 records verified'
HEAD4=$(sed -n 's/^production: .* is //p' "$WORK/out")
run "$SLUICE" ledger verify --pin "$PIN" --trusted-head "production=$HEAD4" -o json
equal "$CODE" 0 'the clone verifies with the head that is known'
run "$SLUICE" ledger verify --pin "$(printf '0%.0s' {1..64})"
equal "$CODE" 1 'another pin'

# tampered WORDS: the clone does not verify; then it is as it was.
tampered() {
  run "$SLUICE" ledger verify --pin "$PIN" --trusted-head "production=$HEAD4"
  equal "$CODE" 1 "$1"
  git fetch -q origin '+refs/sluice/ledger/*:refs/sluice/ledger/*'
}
git update-ref refs/sluice/ledger/production refs/sluice/ledger/production~1
tampered 'an end that was cut off'
git update-ref -d refs/sluice/ledger/production
tampered 'a ledger that is gone'
git update-ref refs/sluice/ledger/policy refs/sluice/ledger/policy~1
tampered 'old rules handed out again'
tree=$(git ls-tree refs/sluice/ledger/production | sed 's/\(blob \)[0-9a-f]*\(.objects.sha256\)/\1'"$(echo 'x' | git hash-object -w --stdin)"'\2/' | git mktree)
git update-ref refs/sluice/ledger/production "$(git commit-tree -p refs/sluice/ledger/production~1 -m 'record 4 of production' "$tree")"
tampered 'another list of objects'
git update-ref refs/sluice/ledger/staging refs/sluice/ledger/production
run "$SLUICE" ledger verify --pin "$PIN"
equal "$CODE" 1 'a ledger under the name of another environment'
cd "$CLONE"

# A chain that was cut off is not written on.
git --git-dir="$SERVER" update-ref refs/sluice/ledger/production refs/sluice/ledger/production~1
config_map web 'three'
commit 'three'
pushes git push origin HEAD:production
says 'warning: sluice did not record production'
git --git-dir="$SERVER" fsck --strict --no-dangling >"$WORK/out" 2>&1 || fail 'fsck finds nothing'

# A key that others may read is not used.
chmod 644 "$SERVER/sluice/recorder"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 2 'a key that others may read'
says 'chmod 600'
