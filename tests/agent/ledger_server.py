"""A Git server whose branch `production` is an environment, with a recorder's key
and a person who signs, all made by the commands that operators use. A push to
`production` writes a record.

    with LedgerServer() as server:
        server.push({"web.yaml": manifest})
        server.refresh()
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

SLUICE = os.environ.get("SLUICE", "")
SLUICE_HOOK = os.environ.get("SLUICE_HOOK", "")


class LedgerServer:
    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="sluice-agent-")
        self.repository = os.path.join(self.work, "shop.git")
        self.clone = os.path.join(self.work, "clone")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.work,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.path.join(self.work, "gitconfig"),
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "Ana"), ("EMAIL", "ana@shop.example"))},
        }
        self.write("gitconfig", "[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n")
        self.write("hook.yaml", "deadline: 60s\n")
        self.begin()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.work, name)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run(self, *words, code=0, cwd=None):
        """What the command says, on both streams; anything but `code` is a mistake of the test."""
        done = subprocess.run(words, cwd=cwd or self.work, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != code:
            raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}")
        return done.stdout

    def git(self, *words, **options):
        return self.run("git", "--git-dir", self.repository, *words, **options).strip()

    def begin(self):
        """Server, gate, key, first commit of main with the policy, and the first record of policy."""
        self.run("git", "init", "-q", "--bare", self.repository)
        os.symlink(SLUICE_HOOK, self.path("sluice-hook"))
        self.run(SLUICE, "hook", "install", "--program", self.path("sluice-hook"),
                 "--operator-file", self.path("hook.yaml"), self.repository)
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.repository + "/sluice/recorder")
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path("ana"))
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path("outcome"))
        self.run(SLUICE, "hook", "set", self.repository, "environments=production")
        self.run("git", "clone", "-q", self.repository, self.clone)
        with open(self.path("ana.pub"), encoding="utf-8") as file:
            key = " ".join(file.read().split()[:2])
        self.write("clone/.sluice/sluice.yaml", "version: 1\nprotect: [main, {branch: production, create: true}]\n")
        self.write("clone/.sluice/allowed_signers", f'ana namespaces="sluice-approval" {key}\n')
        self.commit("The policy")
        self.run("git", "push", "-q", "origin", "HEAD:main", cwd=self.clone)
        self.run("git", "remote", "set-head", "origin", "main", cwd=self.clone)
        said = self.run(SLUICE, "ledger", "init", self.repository, "--from", "ana", "--sign", f"ana={self.path('ana')}",
                        "--cluster", f"test={self.path('outcome.pub')}")
        self.pin = next(line[4:] for line in said.splitlines() if line.startswith("pin "))

    def commit(self, words):
        self.run("git", "add", "-A", cwd=self.clone)
        self.run("git", "commit", "-q", "--allow-empty", "-m", words, cwd=self.clone)

    def push(self, files, removed=()):
        """Writes and removes files of production, and pushes: one record."""
        for name, text in files.items():
            self.write("clone/" + name, text)
        for name in removed:
            os.unlink(self.path("clone/" + name))
        self.commit("A change")
        before = self.records()
        said = self.run("git", "push", "-q", "origin", "HEAD:production", cwd=self.clone)
        if self.records() != before + 1:
            raise AssertionError("the push wrote no record: " + said)

    def records(self):
        if not self.git("for-each-ref", "refs/sluice/ledger/production"):
            return 0
        return int(self.git("rev-list", "--count", "refs/sluice/ledger/production"))

    def policy(self, *words):
        """Another record of policy."""
        self.run(SLUICE, "ledger", "policy", self.repository, *words, "--sign", f"ana={self.path('ana')}")

    def outcome(self, cluster="test"):
        """What the cluster reported, as the hub has it; None: nothing."""
        ref = f"refs/sluice/outcomes/{cluster}/production"
        if not self.git("for-each-ref", ref):
            return None
        return json.loads(base64.b64decode(json.loads(self.git("cat-file", "blob", ref))["payload"]))

    def write_rules(self, rules):
        """Other lines of sluice.yaml, recorded as policy; ben signs from now on."""
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path("ben"))
        with open(self.path("ben.pub"), encoding="utf-8") as file:
            key = " ".join(file.read().split()[:2])
        with open(self.path("clone/.sluice/allowed_signers"), "a", encoding="utf-8") as file:
            file.write(f'ben namespaces="sluice-approval" {key}\n')
        self.write("clone/.sluice/sluice.yaml",
                   "version: 1\nprotect: [main, {branch: production, create: true}]\n" + rules)
        self.commit("Other rules")
        self.run("git", "push", "-q", "origin", "HEAD:main", cwd=self.clone)
        self.policy()

    def sign_record(self, change):
        """The newest record once more, signed by the recorder, after `change` of its statement; without the
        envelopes that it lists no more."""
        ledger = "refs/sluice/ledger/production"
        statement = json.loads(base64.b64decode(json.loads(self.git("cat-file", "blob", ledger + ":envelope.json"))["payload"]))
        change(statement["predicate"])
        payload = json.dumps(statement, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
        kind = "application/vnd.in-toto+json"
        with open(self.path("pae"), "wb") as file:
            file.write(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
        if os.path.exists(self.path("pae.sig")):
            os.unlink(self.path("pae.sig"))
        self.run("ssh-keygen", "-q", "-Y", "sign", "-f", self.repository + "/sluice/recorder", "-n", "sluice-record",
                 self.path("pae"))
        with open(self.path("pae.sig"), encoding="ascii") as file:
            signature = "".join(line.strip() for line in file if "SIGNATURE" not in line)
        envelope = self.write("envelope.json", json.dumps(
            {"payload": base64.b64encode(payload).decode(), "payloadType": kind, "signatures": [{"sig": signature}]},
            separators=(",", ":"), sort_keys=True) + "\n")
        blob = self.git("hash-object", "-w", envelope)
        lines = [f"100644 blob {blob}\tenvelope.json" if line.endswith("\tenvelope.json") else line
                 for line in self.git("ls-tree", ledger).splitlines()
                 if statement["predicate"]["approvals"] or not line.endswith("\tapprovals")]
        tree = subprocess.run(["git", "--git-dir", self.repository, "mktree"], input="\n".join(lines) + "\n", text=True,
                              check=True, capture_output=True, env=self.environment).stdout.strip()
        commit = self.git("cat-file", "commit", ledger)
        return subprocess.run(["git", "--git-dir", self.repository, "hash-object", "-t", "commit", "-w", "--stdin"],
                              input="tree " + tree + commit[commit.index("\n"):] + "\n", text=True, check=True,
                              capture_output=True, env=self.environment).stdout.strip()

    def refresh(self, lasts="1h"):
        self.run(SLUICE, "ledger", "refresh", self.repository, "--valid", lasts)


def skip_unless_possible():
    for program in (SLUICE, SLUICE_HOOK):
        if not os.access(program, os.X_OK):
            print("skipped: SLUICE and SLUICE_HOOK name no programs")
            sys.exit(77)
    for program in ("git", "ssh-keygen", "prlimit"):
        if shutil.which(program) is None:
            print(f"skipped: no {program}")
            sys.exit(77)
