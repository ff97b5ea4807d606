#!/usr/bin/env python3
"""Writers push to three environments, promote and reconcile at once, and any process below
them is ended by SIGKILL at any time: the client, git's receive-pack, the hook, its judge, the
recorder and the git that it runs. After one reconcile the ledger is the history of each branch,
and git finds nothing wrong.

What a killed git leaves behind is git's: the lock of a ref, which it tells people to remove once
no git is at work, as it is here.

  SLUICE_KILLS   how many processes are ended at least (60)
  SLUICE_SEED    which ones, as far as chance is ours (1)
"""

import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SLUICE = os.environ.get("SLUICE") or sys.exit("set SLUICE to the program under test")
HOOK = os.environ.get("SLUICE_HOOK") or sys.exit("set SLUICE_HOOK to the program under test")
KILLS = int(os.environ.get("SLUICE_KILLS", "60"))
SEED = int(os.environ.get("SLUICE_SEED", "1"))
WRITERS = 8
A_BATCH = 5  # what each of them does between two reconciles
POLICY = """version: 1
protect: [main, {branch: "env/*", create: true}]
people: {ana: {}}
environments:
  dev: {branch: env/dev, maxRemoved: 100%}
  qa: {branch: env/qa, maxRemoved: 100%}
  staging: {branch: env/staging, after: [dev], maxRemoved: 100%}
"""
PUSHED = ("dev", "qa")  # staging is moved by promotions alone
MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\ndata:\n  key: "{}"\n'
RECEIVE_PACK = "git-receive-pac"  # as the kernel cuts it


def isolated(work):
    kept = {"PATH": os.environ["PATH"], "HOME": work, "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1"}
    people = {f"GIT_{who}_{what}": word for who in ("AUTHOR", "COMMITTER") for what, word in (("NAME", "Ana"), ("EMAIL", "ana@shop.example"))}
    return kept | people


def descendants(root):
    """The processes below this one, itself among them, with their names: each after its parent."""
    children, names = collections.defaultdict(list), {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stat:
                line = stat.read()
        except OSError:
            continue
        names[int(entry)] = line[line.index("(") + 1 : line.rindex(")")]
        children[int(line[line.rindex(")") + 2 :].split()[1])].append(int(entry))
    found, left = [], [root]
    while left:
        process = left.pop()
        if process in names:
            found.append((process, names[process]))
        left += children[process]
    return found


class Shop:
    """The server's repository, and a clone for each writer."""

    def __init__(self, work):
        self.work, self.environment = work, isolated(work)
        self.server = os.path.join(work, "shop.git")
        self.killed = collections.Counter()
        self.takes = collections.defaultdict(lambda: 0.1)  # seconds, each command when left alone
        self.lock = threading.Lock()
        self.seed_repository()

    def run(self, *command, cwd, check=True):
        done = subprocess.run(command, cwd=cwd, env=self.environment, capture_output=True, text=True)
        if check and done.returncode != 0:
            sys.exit(f"failed: {' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def git(self, *words, cwd=None, check=True):
        return self.run("git", *words, cwd=cwd or self.server, check=check)

    def seed_repository(self):
        program = shutil.copy(HOOK, os.path.join(self.work, "sluice-hook"))
        operator = self.write("hook.yaml", "deadline: 60s\n")
        self.run("git", "init", "-q", "--bare", "-b", "main", self.server, cwd=self.work)
        self.git("config", "core.logAllRefUpdates", "always")
        self.git("config", "gc.auto", "0")
        self.run(SLUICE, "hook", "install", "--program", program, "--operator-file", operator, self.server, cwd=self.work)
        for name, key in (("ana", os.path.join(self.work, "ana")), ("recorder", os.path.join(self.server, "sluice/recorder"))):
            self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key, cwd=self.work)
        environments = "dev=env/dev qa=env/qa staging=env/staging"
        self.run(SLUICE, "hook", "set", self.server, "environments=" + environments, cwd=self.work)
        first = self.clone("first")
        with open(os.path.join(self.work, "ana.pub"), encoding="utf-8") as public:
            signer = 'ana namespaces="sluice-approval" ' + " ".join(public.read().split()[:2]) + "\n"
        self.write("first/.sluice/sluice.yaml", POLICY)
        self.write("first/.sluice/allowed_signers", signer)
        self.write("first/first.yaml", MAP.format("first", 1))
        self.commit(first, "first")
        self.git("push", "-q", "origin", "HEAD:main", cwd=first)
        self.run(SLUICE, "ledger", "init", self.server, "--from", "ana", "--sign", f"ana={self.work}/ana", cwd=self.work)
        for name in ("dev", "qa", "staging"):
            self.git("push", "-q", "origin", f"HEAD:env/{name}", cwd=first)
        self.clones = [self.clone(f"writer-{n}") for n in range(WRITERS)]

    def write(self, path, text):
        full = os.path.join(self.work, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return full

    def clone(self, name):
        self.git("clone", "-q", self.server, name, cwd=self.work)
        return os.path.join(self.work, name)

    def commit(self, clone, message):
        self.git("add", "-A", cwd=clone)
        self.git("commit", "-q", "-m", message, cwd=clone)

    def end_one_of(self, command, clone, chance):
        """Runs it; at some time one process of it is ended."""
        begin = time.monotonic()
        with open(os.path.join(clone, ".git", "printed"), "wb") as printed:
            process = subprocess.Popen(command, cwd=clone, env=self.environment, stdout=printed, stderr=printed)
            try:
                process.wait(timeout=chance.uniform(0, self.takes[command[1]]))
                self.takes[command[1]] = time.monotonic() - begin
            except subprocess.TimeoutExpired:
                self.end(process.pid, chance)
            process.wait()

    def end(self, command, chance):
        """What a push leads to on the server is more often the one."""
        processes = descendants(command)
        names = [name for _, name in processes]
        if RECEIVE_PACK in names and chance.random() < 0.8:
            processes = processes[names.index(RECEIVE_PACK) :]
        if not processes:
            return
        victim, name = chance.choice(processes)
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return
        with self.lock:
            self.killed[name] += 1

    def write_something(self, number, step, chance):
        clone = self.clones[number]
        self.git("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*", cwd=clone, check=False)
        what = chance.choice(["push", "push", "push", "promote", "reconcile"])
        if what == "reconcile":
            return self.end_one_of([SLUICE, "ledger", "reconcile", self.server], clone, chance)
        if what == "promote":
            self.git("fetch", "-q", "origin", "+refs/sluice/*:refs/sluice/*", cwd=clone, check=False)
            return self.end_one_of([SLUICE, "promote", "staging"], clone, chance)
        branch = "env/" + chance.choice(PUSHED)
        self.git("reset", "-q", "--hard", "origin/" + branch, cwd=clone)
        self.write(f"writer-{number}/map-{number}.yaml", MAP.format(f"map-{number}", f"{step}-{chance.random()}"))
        self.commit(clone, f"{number} {step}")
        return self.end_one_of(["git", "push", "-q", "origin", "HEAD:" + branch], clone, chance)

    def batch(self, round_number):
        def work(number):
            chance = random.Random(f"{SEED} {round_number} {number}")
            for step in range(A_BATCH):
                self.write_something(number, step, chance)

        writers = [threading.Thread(target=work, args=(number,)) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

    def move_all_once_more(self):
        """As people do when nothing is ended: each command has to succeed."""
        clone = self.clone("last")
        for environment in PUSHED:
            self.git("reset", "-q", "--hard", f"origin/env/{environment}", cwd=clone)
            self.write("last/last.yaml", MAP.format("last", environment))
            self.commit(clone, "last")
            self.git("push", "-q", "origin", f"HEAD:env/{environment}", cwd=clone)
        self.git("fetch", "-q", "origin", "+refs/sluice/*:refs/sluice/*", cwd=clone)
        self.run(SLUICE, "promote", "staging", cwd=clone)

    def let_all_end(self):
        """What a killed client left running on the server goes on to its end."""
        end = time.monotonic() + 120
        while left := list(self.commands()):
            if time.monotonic() > end:
                sys.exit("failed: still running: " + "; ".join(left))
            time.sleep(0.02)

    def commands(self):
        for entry in os.listdir("/proc"):
            if entry.isdigit() and int(entry) != os.getpid():
                try:
                    with open(f"/proc/{entry}/environ", "rb") as environ, open(f"/proc/{entry}/cmdline", "rb") as words:
                        if self.work.encode() in environ.read():
                            yield words.read().decode("utf-8", "replace").replace("\0", " ")
                except OSError:
                    continue

    def remove_locks_of_git(self):
        for directory, _, names in os.walk(os.path.join(self.server, "refs")):
            for name in names:
                if name.endswith(".lock"):
                    os.unlink(os.path.join(directory, name))

    def history(self, environment):
        """Where the branch stood, by its reflog. A move that was logged and never made is not
        what the next one begins with."""
        moves = []
        with open(os.path.join(self.server, f"logs/refs/heads/env/{environment}"), encoding="utf-8") as log:
            for line in log:
                old, new = line.split(" ", 2)[:2]
                while moves and moves[-1][1] != old:
                    moves.pop()
                moves.append((old, new))
        tip = self.git("rev-parse", f"refs/heads/env/{environment}").strip()
        while moves and moves[-1][1] != tip:
            moves.pop()
        return [new for _, new in moves]

    def recorded(self, environment):
        log = self.run(SLUICE, "ledger", "log", environment, "-n", "1000000", "-o", "json", cwd=self.server)
        return [record["statement"]["predicate"]["source"]["commit"] for record in reversed(json.loads(log)["records"])]

    def check(self, after):
        self.let_all_end()
        self.remove_locks_of_git()
        self.run(SLUICE, "ledger", "reconcile", self.server, cwd=self.work)
        for environment in ("dev", "qa", "staging"):
            history, recorded = self.history(environment), self.recorded(environment)
            if history != recorded:
                sys.exit(f"failed: {environment} after {after}: the branch stood at\n{history}\nand recorded is\n{recorded}")


def main():
    if not shutil.which("ssh-keygen"):
        print("skipped: no ssh-keygen")
        return 77
    with tempfile.TemporaryDirectory(prefix="sluice-kills-") as work:
        shop = Shop(work)
        round_number = 0
        while sum(shop.killed.values()) < KILLS:
            round_number += 1
            shop.batch(round_number)
            shop.check(f"round {round_number} of seed {SEED}")
        before = {name: len(shop.history(name)) for name in ("dev", "qa", "staging")}
        shop.move_all_once_more()
        shop.check("a round in which nobody is ended")
        shop.git("fsck", "--strict", "--no-dangling")
        moves = {name: len(shop.history(name)) for name in ("dev", "qa", "staging")}
        print(f"seed {SEED}: {sum(shop.killed.values())} killed in {round_number} rounds: {dict(shop.killed)}; moves: {moves}")
        return 0 if all(moves[name] > before[name] for name in moves) else 1


if __name__ == "__main__":
    sys.exit(main())
