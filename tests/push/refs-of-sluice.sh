#!/usr/bin/env bash
# Below refs/sluice/ people may make one thing, envelopes of their own that hold, and
# nothing else in any mode.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

ledger_server shop
git checkout -q -b policy origin/main
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: production, create: true}]
people: {ana: {}, ben: {}}
environments: {production: {branch: production}}
YAML
person mia
commit 'an environment'
pushes git push -q origin HEAD:main
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
CHANGE=$(printf 'c%.0s' {1..64})
ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/eve"

# refuses TEXT SPEC…: nothing of the push lands, whatever the mode and the reason.
refuses() {
  local text=$1 mode before
  shift
  for mode in enforce observe; do
    "$SLUICE" hook set "$SERVER" "mode=$mode" >/dev/null 2>&1
    before=$(git --git-dir="$SERVER" for-each-ref)
    rejected git/reserved-ref git push -o sluice.bypass=fire origin "$@"
    says "$text"
    equal "$(git --git-dir="$SERVER" for-each-ref)" "$before" 'the refs of the server'
  done
}
printf 'mode: observe\nbypass: {by: [%s]}\n' "$(id -un)" >"$OPERATOR"
git --git-dir="$SERVER" config receive.advertisePushOptions true

for ref in refs/sluice/ledger/production refs/sluice/ledger/policy refs/sluice/freshness/production \
  refs/sluice/outcomes refs/sluice/x refs/sluice/approvals; do
  refuses 'is written by Sluice alone' "+HEAD:$ref"
done
refuses 'is written by Sluice alone' :refs/sluice/ledger/policy
refuses 'is written by Sluice alone' HEAD:refs/heads/topic HEAD:refs/sluice/x

envelope ana ana production "$CHANGE"
GOOD=$BLOB GOOD_REF=$REF
refuses 'there is no environment x' "$GOOD:refs/sluice/approvals/x/$CHANGE/${GOOD_REF##*/}"
refuses 'it should lie behind' "$GOOD:refs/sluice/approvals/production"
refuses 'it should lie behind' "$GOOD:refs/sluice/approvals/production/$CHANGE/$(printf '0%.0s' {1..64})"
refuses 'it should lie behind' "$GOOD:refs/sluice/approvals/policy/$CHANGE/${GOOD_REF##*/}"
refuses 'would name no file' "HEAD:$GOOD_REF"
refuses 'at most 64 KiB' "$(head -c 70000 /dev/zero | git hash-object -w --stdin):$GOOD_REF"
refuses 'approval' "$(printf 'x' | git hash-object -w --stdin):$GOOD_REF"
envelope eve ana production "$CHANGE"
refuses 'is not allowed to sign as ana' "$BLOB:$REF"
says 'hint: `.sluice/allowed_signers` says whose key it is; sign with --key FILE, --as NAME'
envelope eve eve production "$CHANGE"
refuses 'is not allowed to sign as eve' "$BLOB:$REF"
envelope ana ana production "$CHANGE" "$(printf 'd%.0s' {1..64})"
refuses 'it is for another repository' "$BLOB:$REF"
envelope ana ana production "$CHANGE" "$(repository_id)" 2098-01-01T00:00:00Z
refuses 'it was made in the future' "$BLOB:$REF"
says 'hint: sluice approve writes one'
envelope ana ana production "$CHANGE" "$(repository_id)" "$(made -2678400)"
refuses 'days ago: sign it anew' "$BLOB:$REF"
envelope mia mia production "$CHANGE"
refuses '`people` knows nobody who signs as mia' "$BLOB:$REF"

for mode in observe enforce; do
  "$SLUICE" hook set "$SERVER" "mode=$mode" >/dev/null 2>&1
  printf 'mode: %s\n' "$mode" >"$OPERATOR"
  envelope ana ana production "$CHANGE"
  pushes git push origin "$BLOB:$REF"
  equal "$(git --git-dir="$SERVER" rev-parse "$REF")" "$BLOB" 'the envelope on the server'
  # It is there for good.
  rejected git/reserved-ref git push origin ":$REF"
  rejected git/reserved-ref git push origin "+$GOOD:$REF"
  rejected git/reserved-ref git push origin "+HEAD:$REF"
done

# A judge that dies lets nothing of it through either.
printf 'mode: observe\npolicy: {repository: /nowhere/policy.git}\n' >"$OPERATOR"
"$SLUICE" hook set "$SERVER" mode=observe >/dev/null 2>&1 || true
pushes git push origin HEAD:refs/heads/other
says 'the mode is observe'
refused 'could not judge' git push origin "$GOOD:$GOOD_REF"
refused 'could not judge' git push origin "+HEAD:refs/sluice/ledger/production"

# Nor where the configuration cannot be read, in any mode.
git init -q --bare "$WORK/policy.git"
printf 'mode: observe\npolicy: {repository: %s, ref: refs/heads/gone}\n' "$WORK/policy.git" >"$OPERATOR"
pushes git push origin HEAD:refs/heads/another
refused 'could not judge' git push origin "$GOOD:$GOOD_REF"
refused 'could not judge' git push origin "+HEAD:refs/sluice/ledger/production"
