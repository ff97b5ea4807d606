#!/usr/bin/env bash
# What an operator does with a ledger: two records compared, one exported, the
# newest signed as the newest, recorders that come and go, and a quorum that is lost.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"

ledger_server shop
git init -q --bare "$WORK/bare.git"
run "$SLUICE" ledger refresh "$WORK/bare.git"
equal "$CODE" 2 'a refresh without environments'
says 'no environment is set here'
run "$SLUICE" ledger init "$SERVER" --from ana
equal "$CODE" 2 'a ledger to which nobody agrees'
! grep -q recover "$WORK/out" || fail 'init offers what it does not have'
ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/operator"
"$SLUICE" ledger init "$SERVER" --from ana,ben --count 2 --sign "ana=$WORK/ana" --sign "ben=$WORK/ben" \
  --operator-key "$WORK/operator.pub" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
BOTH=(--sign "ana=$WORK/ana" --sign "ben=$WORK/ben")
in_server() { (cd "$SERVER" && "$SLUICE" ledger "$@"); }
verified() { in_server verify --pin "$PIN" >"$WORK/out" 2>&1 || fail "the ledger holds after $1"; }
trust() { git --git-dir="$SERVER" show refs/sluice/ledger/policy:trust.json; }
change() {
  config_map web "$1"
  commit "$1"
  pushes git push origin HEAD:production
}

change one
config_map more x
git rm -q first.yaml
change two
cp "$SOURCE/examples/shop/checkout/database.enc.yaml" .
commit 'an encrypted Secret'
pushes git push origin HEAD:production

run in_server log policy
equal "$CODE" 2 'records of policy, which git shows'
says 'git log -p refs/sluice/ledger/policy'

# diff
run in_server diff production 1..2
equal "$CODE" 0 'two records are compared'
says '~ ConfigMap web'
says 'data.key: "one" -> "two"'
says '+ ConfigMap more'
says '- ConfigMap first'
run in_server diff production 2..2 --exit-code
equal "$CODE" 0 'a record and itself'
says 'no object differs'
run in_server diff production 1.. --exit-code
equal "$CODE" 1 'they differ'
silent_on 'ENC['
for range in x 0..1 1..x 2..9 -1..2 1...2; do
  run in_server diff production -- "$range"
  equal "$CODE" 2 "no two records are $range"
done

# export
in_server export production 1 >"$WORK/out" 2>&1
equal "$(grep -c '^---$' "$WORK/out")" 2 'the documents of the first record'
says '"name":"first"'
in_server export production >"$WORK/out" 2>&1
silent_on '"kind":"Secret"'
says '1 Secret left out'
in_server export production --all >"$WORK/out" 2>&1
says '"kind":"Secret"'
in_server export production -o json >"$WORK/out" 2>/dev/null
says '"kind":"List"'
run in_server export production 9
equal "$CODE" 2 'there is no such record'

# refresh
freshness() { git --git-dir="$SERVER" cat-file blob refs/sluice/freshness/production | sed 's/.*"payload":"\([^"]*\)".*/\1/' | base64 -d; }
run "$SLUICE" ledger refresh "$SERVER"
equal "$CODE" 0 'the newest record is signed as the newest'
says 'production: record 3 is the newest until '
freshness | grep -q '"sequence":3' || fail 'it names the newest record'
freshness | grep -q "\"head\":\"$(git --git-dir="$SERVER" cat-file blob refs/sluice/ledger/production:envelope.json | sha256sum | cut -c1-64)\"" ||
  fail 'and its digest'
pushes "$SLUICE" ledger refresh "$SERVER" --valid 12h
run "$SLUICE" ledger refresh "$SERVER" --valid never
equal "$CODE" 2 'for how long, in words that are none'
NEWEST=$(git --git-dir="$SERVER" rev-parse refs/sluice/ledger/production)
git --git-dir="$SERVER" update-ref refs/sluice/ledger/production "$NEWEST~1"
run "$SLUICE" ledger refresh "$SERVER"
equal "$CODE" 1 'a chain that was cut off is not called fresh'
says 'was cut off or rewritten'
freshness | grep -q '"sequence":3' || fail 'what was signed stays'
git --git-dir="$SERVER" update-ref refs/sluice/ledger/production "$NEWEST"

# A recorder's key gives way to the next one, which it names itself.
ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/next"
run "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}" --retire "$WORK/ana.pub"
equal "$CODE" 2 'who is not a recorder cannot be retired'
run "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}" --retire "$SERVER/sluice/recorder.pub"
equal "$CODE" 2 'the last recorder cannot be retired'
run "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" --recorder "$WORK/next.pub"
equal "$CODE" 2 'one of two is too few'
pushes "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}" --recorder "$WORK/next.pub" --retire "$SERVER/sluice/recorder.pub"
trust | grep -q '"last":{"policy":2,"production":3}' || fail 'the old key signed so much and no more'
verified 'the old key retired'
config_map web 'with the old key'
commit 'with the old key'
pushes git push origin HEAD:production
says 'was retired before this record'
run "$SLUICE" ledger refresh "$SERVER"
equal "$CODE" 2 'a retired key calls nothing fresh'
mv "$SERVER/sluice/recorder" "$WORK/old"
mv "$SERVER/sluice/recorder.pub" "$WORK/old.pub"
cp "$WORK/next" "$SERVER/sluice/recorder"
pushes "$SLUICE" ledger reconcile "$SERVER"
verified 'the next key took over'
equal "$(git --git-dir="$SERVER" rev-list --count refs/sluice/ledger/production)" 4 'the records'
run "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}" --recorder "$WORK/old.pub"
equal "$CODE" 2 'a retired key does not come back'
run "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}" --retire "$WORK/old.pub" --last production=4
equal "$CODE" 2 'and gets no more'
# It was stolen, and what it signed last is not believed: every verifier stops there.
git --git-dir="$SERVER" update-ref refs/keep "$(git --git-dir="$SERVER" rev-parse refs/sluice/ledger/policy)"
cp -r "$SERVER/sluice" "$WORK/sluice"
pushes "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}" --retire "$WORK/old.pub" --last production=2
run in_server verify --pin "$PIN"
equal "$CODE" 1 'a record that is not believed'
says 'was retired before this record'
git --git-dir="$SERVER" update-ref refs/sluice/ledger/policy refs/keep
rm -r "$SERVER/sluice"
mv "$WORK/sluice" "$SERVER/sluice"

# A person's key is revoked: the others agree to a policy that says so.
git checkout -q -b policy origin/main
ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/ben-two"
sed -i 's/^ben namespaces/ben valid-before="20200101Z",namespaces/' .sluice/allowed_signers
printf 'ben namespaces="sluice-approval" %s\n' "$(cut -d' ' -f1,2 "$WORK/ben-two.pub")" >>.sluice/allowed_signers
commit 'another key of ben'
pushes git push -q origin HEAD:main
pushes "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}"
echo '# later' >>.sluice/sluice.yaml
commit 'later'
pushes git push -q origin HEAD:main
run "$SLUICE" ledger policy "$SERVER" "${BOTH[@]}"
equal "$CODE" 2 'a key that is revoked agrees to nothing'
pushes "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" --sign "ben=$WORK/ben-two"
verified 'a person has another key'

# Recorder and quorum are lost: the operator's key stands in, and everybody can see it.
rm "$SERVER/sluice/recorder"
ssh-keygen -q -t ed25519 -N '' -C '' -f "$SERVER/sluice/recorder"
ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/chi"
printf 'chi namespaces="sluice-approval" %s\n' "$(cut -d' ' -f1,2 "$WORK/chi.pub")" >.sluice/allowed_signers
commit 'chi alone is left'
pushes git push -q origin HEAD:main
KEYS=(--recorder "$SERVER/sluice/recorder.pub" --retire "$WORK/next.pub" --from chi --count 1)
run "$SLUICE" ledger policy "$SERVER" "${KEYS[@]}" --sign "chi=$WORK/chi"
equal "$CODE" 2 'nobody recovers by himself'
run "$SLUICE" ledger policy "$SERVER" "${KEYS[@]}" --recover "$WORK/operator"
equal "$CODE" 2 'no recovery without a reason'
run "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" --recover "$WORK/operator" --reason 'all is lost'
equal "$CODE" 2 'a recovery that others sign'
says 'leave out --sign, or --recover'
run "$SLUICE" ledger policy "$SERVER" "${KEYS[@]}" --recover "$WORK/ana" --reason 'all is lost'
equal "$CODE" 2 'no recovery without the key of the operator'
pushes "$SLUICE" ledger policy "$SERVER" "${KEYS[@]}" --recover "$WORK/operator" --reason 'all is lost'
verified 'a recovery'
git --git-dir="$SERVER" show refs/sluice/ledger/policy:envelope.json | sed 's/.*"payload":"\([^"]*\)".*/\1/' | base64 -d >"$WORK/out"
says '"kind":"recovery","person":"operator"'
says '"reason":"all is lost"'
git checkout -q -
git merge -q policy -m 'the policy too' 2>"$WORK/out" || fail 'it is merged'
change 'after the recovery'
silent_on warning
verified 'a record after the recovery'
