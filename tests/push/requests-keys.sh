#!/usr/bin/env bash
# One person who holds several keys is one person: who asks with one of them does not agree with
# another, and two that agree count once; in the ledger, too.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server
# A second key under the same name, and one under a name of its own that `people` gives the person.
ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/ana-token"
printf 'ana namespaces="sluice-approval" %s\n' "$(cut -d' ' -f1,2 "$WORK/ana-token.pub")" >>.sluice/allowed_signers
person ana@phone
person ben@phone
keys() {
  policy "$1"
  sed -i 's/ana: {emails: \[ana@shop.example\]/&, key: [ana, ana@phone]/; s/ben: {emails: \[ben@shop.example\]/&, key: [ben, ben@phone]/' .sluice/sluice.yaml
  grep -q 'key: \[ana, ana@phone\]' .sluice/sluice.yaml || fail 'ana has keys of several names'
  commit 'policy'
  pushes git push -q origin HEAD:main
  "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
}
changes() {
  (cd envs/production && config_map more "$1")
  commit "production $1"
  pushes git push -q origin HEAD:main
  change_of HEAD
}
# gives KEY NAME: an approval of $CHANGE, made by hand; the command would not sign all of these.
gives() {
  envelope "$1" "$2" production "$CHANGE"
  GL_USER=eve run git push origin "$BLOB:$REF"
  equal "$CODE" 0 "an approval of $2 with the key $1"
}
keys "$ASKS"

# Whoever asks does not agree, with whatever key, under whatever name.
changes one
sends ana "$(request ana HEAD)"
equal "$CODE" 0 'a request of ana'
gives ana-token ana
says 'approvals: production needs 1 approval; does not count: ana asked for it'
gives ana@phone ana@phone
says 'approvals: production needs 1 approval; does not count: ana asked for it'
runs production 1
gives ben@phone ben@phone
says 'production, as ana asked, is at record 2'
runs production 2

# The other way round: asked for with the phone.
changes two
sends ana@phone "$(request ana@phone HEAD)"
equal "$CODE" 0 'a request of ana with her phone'
gives ana ana
says 'does not count: ana asked for it'
gives ana-token ana
says 'approvals: production needs 1 approval'
runs production 2

# Asked for with both: it is one person still, and nobody else asked.
sends ana "$(request ana HEAD)"
equal "$CODE" 0 'a second request of ana'
says 'approvals: production needs 1 approval'
runs production 2
gives ben ben
runs production 3
shows production
says '"actor":"ana"'

# Two keys that agree are one who agrees.
keys "${ASKS/count: 1/count: 2}"
changes three
sends dan "$(request dan HEAD)"
gives ana ana
gives ana-token ana
says 'approvals: production needs 1 more approval'
gives ana@phone ana@phone
says 'approvals: production needs 1 more approval (agreed: ana)'
runs production 3
gives ben@phone ben@phone
runs production 4
shows production
equal "$(grep -o '"kind":"approval"' "$WORK/out" | wc -l)" 2 'the approvals of the record'

# And one key is of one person, whatever name it signs under: it does not agree for two.
printf 'ben namespaces="sluice-approval" %s\n' "$(cut -d' ' -f1,2 "$WORK/ana-token.pub")" >>.sluice/allowed_signers
keys "${ASKS/count: 1/count: 2}"
changes four
sends dan "$(request dan HEAD)"
gives ana-token ana
gives ana-token ben
says 'approvals: production needs 1 more approval (agreed: '
runs production 4
gives ben ben
gives ana ana
runs production 5

# Going back is asked for likewise.
GL_USER=ana run "$SLUICE" promote production --to-record 4 --reason 'it fails' --key "$WORK/ana" --as ana
equal "$CODE" 0 'a request of ana to go back'
GL_USER=dan run "$SLUICE" promote production --to-record 4 --reason 'it fails' -o json --dry-run
CHANGE=$(sed -n 's/.*"change":"\([0-9a-f]*\)".*/\1/p' "$WORK/out")
gives ana-token ana
gives ana@phone ana@phone
says 'approvals: production needs 2 approvals'
runs production 5
gives ben ben
says 'approvals: production needs 1 more approval'
runs production 5

audited
says 'production: 5 records verified'
