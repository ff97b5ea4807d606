"""What the tests of the command share: running it, and small Git repositories."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SLUICE = os.environ.get("SLUICE") or sys.exit("set SLUICE to the program under test")

GOOD = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: good
  namespace: shop
data:
  key: value
"""

BAD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replica: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: shop/web:1.4
"""

FIRST_LINE = 'error: unknown field "spec.replica"'


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.err = done.stderr.decode("utf-8", "surrogateescape")

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


def environment(**changes):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS") if name in os.environ}
    kept.update(
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_SYSTEM=os.devnull,
        GIT_AUTHOR_NAME="Ana",
        GIT_AUTHOR_EMAIL="ana@shop.example",
        GIT_COMMITTER_NAME="Ana",
        GIT_COMMITTER_EMAIL="ana@shop.example",
        TERM="xterm",
    )
    kept.update(changes)
    return {name: value for name, value in kept.items() if value is not None}


def sluice(*arguments, cwd=None, stdin=b"", **changes):
    if isinstance(stdin, str):
        stdin = stdin.encode()
    return Result(
        subprocess.run([SLUICE, *arguments], cwd=cwd, input=stdin, capture_output=True, env=environment(**changes),
                       timeout=60))


def git(directory, *arguments):
    done = subprocess.run(["git", "-c", "init.defaultBranch=main", *arguments], cwd=directory, capture_output=True,
                          env=environment())
    if done.returncode != 0:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout.decode().strip()


class TestCase(unittest.TestCase):
    """A test with a directory of its own, gone afterwards."""

    maxDiff = None

    def setUp(self):
        self.directory = os.path.realpath(tempfile.mkdtemp(prefix="sluice-cli-"))
        self.addCleanup(shutil.rmtree, self.directory)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, path, text=GOOD):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return full

    def sluice(self, *arguments, cwd=None, **more):
        return sluice(*arguments, cwd=cwd or self.directory, **more)

    def git(self, *arguments, cwd=None):
        return git(cwd or self.directory, *arguments)

    def repository(self, **files):
        """A Git repository here, with one commit of `files` ("__" is "/", "_yaml" is ".yaml")."""
        self.git("init", "-q")
        return self.commit(files)

    def commit(self, files, message="change"):
        for path, text in files.items():
            self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def assertCode(self, result, code):
        self.assertEqual(result.code, code, result)

    def assertFirst(self, text, start):
        self.assertTrue(text.startswith(start), text[:400])


def main():
    unittest.main(verbosity=1)
