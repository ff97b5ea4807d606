#!/usr/bin/env bash
# A waiver or a change of the policy lands together with what needs it where the people of
# `policy` agreed to exactly that pair, and in no other way.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"

ledger_server shop
"$SLUICE" hook set "$SERVER" identity=gitolite environments='dev=main' >/dev/null 2>&1 || fail 'the settings'
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: "env/*", create: true}]
people:
  ana: {gitolite: ana}
  ben: {gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
review:
  policy: {approvals: 2, from: [ana, ben]}
environments:
  dev: {branch: main}
YAML
person dan
commit 'who agrees to the policy'
pushes git push -q origin HEAD:main
"$SLUICE" ledger init "$SERVER" --from ana,ben --count 2 --sign "ana=$WORK/ana" --sign "ben=$WORK/ben" \
  >"$WORK/out" 2>&1 || fail 'the ledger begins'
run "$SLUICE" ledger reconcile "$SERVER" --judge --reason 'the beginning'
later() { BEGAN=$(($(date +%s) + 60)); }  # than any record: the clock of who signs is ahead
later
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
git remote set-head origin main

sum() { sha256sum | cut -c1-64; }
# of REV PATH: the digest of a file there, `-` where there is none.
of() { if git cat-file -e "$1:$2" 2>/dev/null; then git cat-file blob "$1:$2" | sum; else echo -; fi; }
lines() {
  local path
  for path in "${@:2}"; do
    if [ "$(of origin/main "$path")" != "$(of HEAD "$path")" ]; then
      printf '%s/%s %s %s\n' "$1" "${path//.sluice/%2Esluice}" "$(of origin/main "$path")" "$(of HEAD "$path")"
    fi
  done
}
POLICY=(.sluice/allowed_signers .sluice/sluice.yaml .sluice/waivers.yaml)
policy_digest() { lines policy "${POLICY[@]}" | sum; }
# pair_digest PATH…: of what else differs, in order.
pair_digest() { (lines files "$@" && lines policy "${POLICY[@]}") | sum; }

waiver() {
  printf -- '- {rule: schema/unknown-field, paths: ["%s"], owner: ana, reason: r, expires: "2099-01-01"}\n' \
    "${1:-*}" >.sluice/waivers.yaml
}
# bring: a broken manifest and the waiver for it, on top of the server's main.
bring() {
  git checkout -q --detach origin/main
  broken web
  waiver
  commit 'a waiver and what needs it'
}
old_judges() {
  rejected schema/unknown-field git push origin HEAD:main
  at main origin/main
}

bring
PAIR=$(pair_digest web.yaml)
old_judges
says 'the new configuration would accept this push; it judges where people agree to both'
says "sluice approve policy $(git rev-parse HEAD | cut -c1-12) --pair"

# Agreement to the change of policy alone, by everybody.
CHANGE=$(policy_digest)
approves ana ana policy "$CHANGE"
approves ben ben policy "$CHANGE"
old_judges
silent_on '[promotion/approvals]'

# By one of two to the pair; what the other said of half of it is not added up.
approves ana ana policy "$PAIR"
old_judges
# By whoever pushes, by whom nobody asks, for another environment or repository, too late.
approves dan dan policy "$PAIR"
old_judges
approves ben ben dev "$PAIR"
old_judges
envelope ben ben policy "$PAIR" "$(printf '%064d' 7)"
run git push -q origin "$BLOB:$REF"
[ "$CODE" != 0 ] || fail 'an approval for another repository is refused'
old_judges
NOW=$(($(date +%s) - BEGAN))
envelope ben ben policy "$PAIR" "$(repository_id)" "$(made $NOW)" sluice-approval "$(made $((NOW + 1)))"
lays
past() { [ "$(date +%s)" -gt $((BEGAN + NOW + 1)) ]; }
eventually past
old_judges
# By one who takes it back.
approves ben ben policy "$PAIR"
revokes ben ben policy "$DIGEST"
old_judges
# Before the newest record of policy.
approves ben ben policy "$PAIR" "$(repository_id)" "$(made -9000)"
old_judges

approves ben ben policy "$PAIR"
# Agreed to is this pair, and nothing beside, before or behind it.
another() {
  local what=$1
  shift
  bring
  "$@"
  commit "$what"
  run git push origin HEAD:main
  [ "$CODE" != 0 ] || fail "$what is rejected"
  grep -qE '\[(schema/unknown-field|promotion/approvals|git/[a-z-]+|policy/[a-z-]+)\]|sluice could not judge' "$WORK/out" || fail "$what: says why"
  at main origin/main
}
line() { sed -i 's/value/valve/' web.yaml; }
blank() { echo >>web.yaml; }
wider() { waiver '**'; }
narrower() { waiver 'ConfigMap/other'; }
comment() { echo '# more' >>.sluice/waivers.yaml; }
rules() { sed -i 's/^version: 1/&\nrules: {schema: "off"}/' .sluice/sluice.yaml; }
signers() { sed -i '1d' .sluice/allowed_signers; }
link() { git rm -q --cached web.yaml && mv web.yaml elsewhere && ln -s elsewhere web.yaml; }
capitals() { mkdir .SLUICE && cp .sluice/waivers.yaml .SLUICE/; }
another 'another value' line
another 'one byte more' blank
another 'a wider waiver' wider
another 'a waiver of something else' narrower
another 'a comment in the waivers' comment
another 'another rule besides' rules
another 'a signer less' signers
another 'another file besides' config_map more
another 'another broken file besides' broken more
another 'a file that goes' git rm -q first.yaml
another 'the file under another name' git mv web.yaml webs.yaml
another 'a link of the same bytes' link
another 'the policy in capitals besides' capitals
another 'nothing but the manifest' git rm -q .sluice/waivers.yaml
another 'owners besides' sh -c 'echo "* @dan" >CODEOWNERS'

# Not another ref of the same push, nor another branch.
bring
run git push origin HEAD:refs/heads/env/dev
[ "$CODE" != 0 ] || fail 'another branch is judged by the policy before'
says '[schema/unknown-field]'
run git push --atomic origin HEAD:main HEAD:refs/heads/env/dev
[ "$CODE" != 0 ] || fail 'another ref of the same push is judged by the policy before'
says '[schema/unknown-field]'
at main origin/main

# A pair that the policy which it brings refuses, or that is none.
for new in 'rules: [' 'rules: {schema: error, native: error}\nlimits: {nothing: 1}'; do
  git checkout -q --detach origin/main
  broken web
  printf "version: 1\n$new\n" >.sluice/sluice.yaml
  commit 'a policy that means nothing'
  PAIR=$(pair_digest web.yaml)
  approves ana ana policy "$PAIR"
  approves ben ben policy "$PAIR"
  run git push origin HEAD:main
  [ "$CODE" != 0 ] || fail 'a broken policy judges nothing'
  at main origin/main
done
git checkout -q --detach origin/main
broken web
waiver 'ConfigMap/other'
commit 'a waiver that does not excuse it'
PAIR=$(pair_digest web.yaml)
approves ana ana policy "$PAIR"
approves ben ben policy "$PAIR"
rejected schema/unknown-field git push origin HEAD:main
silent_on '[promotion/approvals]'

# What a commit in between holds is not agreed to: the policy before judges it.
git checkout -q --detach origin/main
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2hunter2}\n' >secret.yaml
broken web
commit 'a Secret that goes again'
git rm -q secret.yaml
waiver
sed -i 's/^version: 1/&\nrules: {secret: "off"}/' .sluice/sluice.yaml
commit 'and a rule that is off'
PAIR=$(pair_digest web.yaml)
approves ana ana policy "$PAIR"
approves ben ben policy "$PAIR"
run git push origin HEAD:main
[ "$CODE" != 0 ] || fail 'a Secret in between is found'
says '[secret/'
at main origin/main

# It lands: after a merge of something else, in two commits, the need before the waiver.
git checkout -q --detach origin/main
config_map other
commit 'something else'
pushes git push -q origin HEAD:main
broken web
commit 'what needs it'
waiver
commit 'the waiver'
pushes git push origin HEAD:main
says 'people agreed to exactly this pair'
at main HEAD
# Next, the policy that it brought judges, and what is not recorded of it is recorded.
broken web
sed -i 's/value/again/' web.yaml
commit 'again'
pushes git push origin HEAD:main
as() { (GL_USER=$1 "$SLUICE" "${@:2}" --key "$WORK/$1" --as "$1"); }
# They agreed to the change of policy alone as well: that is what its record rests on.
pushes "$SLUICE" ledger policy "$SERVER"
run "$SLUICE" ledger reconcile "$SERVER"
equal "$CODE" 0 'what was judged by it is recorded'

# The commands: a pair is shown and signed as one, and so is it taken back.
git checkout -q --detach origin/main
git fetch -q origin
git checkout -q --detach origin/main
sed -i 's/date:/datum:/' web.yaml
printf -- '- {rule: native/x, paths: ["a"], owner: ana, reason: r, expires: "2099-01-01"}\n' >>.sluice/waivers.yaml
commit 'another pair'
pushes git push -q origin HEAD:refs/heads/topic
run as ana approve policy --pair --yes
equal "$CODE" 0 'an approval of a pair'
says "pair $(pair_digest web.yaml)"
says '  ~ web.yaml'
says '+- {rule: native/x'
run as ana revoke policy --pair --reason 'a mistake'
equal "$CODE" 0 'what is taken back'
run as ana approve dev --pair --yes
equal "$CODE" 2 'a pair of an environment'
run as dan approve policy --pair --yes
equal "$CODE" 2 'whoever wrote it'
says 'dan cannot approve this: dan'
