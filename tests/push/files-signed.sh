#!/usr/bin/env bash
# `files: signed`: whoever approves signs which files differ and who wrote them. So even
# whoever has the recorder's key makes no record that its rules for paths do not allow,
# and a verifier without the source finds it.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/envelopes.sh"
command -v python3 >/dev/null || skip 'no python3'

ledger_server shop
git checkout -q -b policy origin/main
cat >.sluice/sluice.yaml <<'YAML'
version: 1
protect: [main, {branch: production, create: true}]
people:
  ana: {emails: [ana@shop.example], gitolite: ana}
  ben: {emails: [ben@shop.example], github: ben-gh, gitolite: ben}
  dan: {emails: [dan@shop.example], gitolite: dan}
review: {codeowners: github, files: signed}
environments:
  production: {branch: production, approvals: {count: 1, from: [ana, ben], codeowners: true}}
YAML
printf '/infra/ @ben-gh\n' >CODEOWNERS
git rm -q first.yaml
commit 'environments'
pushes git push -q origin HEAD:main
"$SLUICE" hook set "$SERVER" identity=gitolite >/dev/null 2>&1 || fail 'who pushes is what gitolite says'
"$SLUICE" ledger init "$SERVER" --from ana --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the ledger begins'
PIN=$(sed -n 's/^pin //p' "$WORK/out")
export GL_USER=dan GIT_AUTHOR_EMAIL=dan@shop.example
git checkout -q -b work

mkdir -p infra apps
(cd infra && config_map net one)
(cd apps && config_map web one)
commit 'net and web'
pushes git push -q origin HEAD:topic

# An approval that names no files counts for nothing; what `sluice approve` signs does.
approves ana ana production "$(change net - one web - one)"
rejected promotion/approvals git push origin HEAD:production
says 'production needs 1 approval; may agree: ana, ben'
says 'not counted: ana, since it does not say which files differ'
run in_clone_of ana "$SLUICE" review production origin/topic
says 'whoever approves signs that these files differ:'
says '  infra/net.yaml'
says 'written by: dan'
run in_clone_of ana "$SLUICE" review production origin/topic -o json
says '"signs":{"files":['
pushes in_clone_of ana "$SLUICE" approve production origin/topic --yes
rejected promotion/approvals git push origin HEAD:production
says 'CODEOWNERS:1 /infra/ needs 1 approval; may agree: ben'
pushes in_clone_of ben "$SLUICE" approve production origin/topic --yes
# It survives a merge of something else.
git checkout -q -b other HEAD~1
echo 'words' >README.md
commit 'words'
git checkout -q work
git merge -q --no-edit other
pushes git push origin HEAD:production

# Whoever has the recorder's key: what ana alone agreed to, as if nothing of infra/ were in it.
(cd infra && config_map net two)
commit 'net, more'
pushes git push -q origin HEAD:topic
pushes in_clone_of ana "$SLUICE" approve production origin/topic --yes
CHANGE=$(change net one two)
git clone -q --bare "$SERVER" "$WORK/thief" 2>/dev/null
cd "$WORK/thief"
git fetch -q origin '+refs/sluice/*:refs/sluice/*'
APPROVAL=$(git for-each-ref --format='%(refname)' "refs/sluice/approvals/production/$CHANGE/")

# forge CHANGE APPROVAL-REF [PERSON-FILES]: the next record of production, by the recorder's key.
cat >"$WORK/forge.py" <<'PYTHON'
import base64, hashlib, json, os, subprocess, sys, time

def git(*words, data=None, **more):
    return subprocess.run(["git", *words], input=data, stdout=subprocess.PIPE, check=True,
                          env={**os.environ, **more}).stdout

def sha(data): return hashlib.sha256(data).hexdigest()
def text(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

work, change, ref = sys.argv[1:4]
head = "refs/sluice/ledger/production"
tip = git("rev-parse", head).decode().strip()
before = git("cat-file", "blob", head + ":envelope.json")
statement = json.loads(base64.b64decode(json.loads(before)["payload"]))
envelope = git("cat-file", "blob", ref)
web = b'{"apiVersion":"v1","data":{"key":"two"},"kind":"ConfigMap","metadata":{"name":"net"}}'
path = "objects/core/ConfigMap/_cluster/net"
lines = git("cat-file", "blob", head + ":objects.sha256").decode().splitlines()
objects = "".join((sha(web) + "  " + path if line.endswith("  " + path) else line) + "\n" for line in lines).encode()
now = int(time.time())
stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
record = statement["predicate"]
record.update(change=change, judged=stamp, recorded=stamp, previous=sha(before), sequence=record["sequence"] + 1,
              approvals=[{"kind": "approval", "person": "ana", "received": stamp, "sha256": sha(envelope)}])
statement["subject"][0]["digest"]["sha256"] = sha(objects)
payload, kind = text(statement), "application/vnd.in-toto+json"
with open(work + "/pae", "wb") as file:
    file.write(b"DSSEv1 %d %s %d " % (len(kind), kind.encode(), len(payload)) + payload)
with open(work + "/pae", "rb") as file:
    signed = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", os.environ["RECORDER"], "-n", "sluice-record"],
                            stdin=file, stdout=subprocess.PIPE, check=True).stdout.decode()
sig = "".join(line for line in signed.splitlines() if "SIGNATURE" not in line)
files = {path: web, "objects.sha256": objects, "approvals/" + sha(envelope) + ".json": envelope,
         "envelope.json": text({"payload": base64.b64encode(payload).decode(), "payloadType": kind,
                                "signatures": [{"sig": sig}]}) + b"\n"}
index = {"GIT_INDEX_FILE": work + "/index"}
git("read-tree", tip, **index)
entries = ["0 " + "0" * 40 + "\t" + name for name in git("ls-files", "approvals", **index).decode().split()]
for name, data in files.items():
    entries.append("100644 " + git("hash-object", "-w", "--stdin", data=data).decode().strip() + "\t" + name)
git("update-index", "--index-info", data="".join(entry + "\n" for entry in entries).encode(), **index)
tree = git("write-tree", **index).decode().strip()
who = {"NAME": "Sluice", "EMAIL": "sluice", "DATE": "%d +0000" % now}
ids = {"GIT_" + role + "_" + key: value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
commit = git("commit-tree", tree, "-p", tip, data=b"record %d of production\n" % record["sequence"], **ids)
git("update-ref", head, commit.decode().strip())
PYTHON
export RECORDER=$SERVER/sluice/recorder
python3 "$WORK/forge.py" "$WORK" "$CHANGE" "$APPROVAL" || fail 'a record is forged'

# What somebody gets who fetches ledgers alone.
git init -q --bare "$WORK/ledgers"
cd "$WORK/ledgers"
git fetch -q "$WORK/thief" '+refs/sluice/ledger/*:refs/sluice/ledger/*'
run "$SLUICE" ledger verify --pin "$PIN"
equal "$CODE" 1 'a record that lacks an owner, without the source'
says 'CODEOWNERS:1 /infra/ needs 1 approval'
git fetch -q "$WORK/thief" '+refs/heads/*:refs/heads/*'
run "$SLUICE" ledger verify --pin "$PIN"
equal "$CODE" 1 'and with it: the source that the record names is an older one'
says 'CODEOWNERS:1 /infra/ needs 1 approval'

# The honest one verifies, and nothing of it was left unseen.
git fetch -q "$SERVER" '+refs/sluice/ledger/*:refs/sluice/ledger/*'
run "$SLUICE" ledger verify --pin "$PIN"
equal "$CODE" 0 'the ledger verifies'
says 'production: 1 record verified'
silent_on 'were not all looked at'
