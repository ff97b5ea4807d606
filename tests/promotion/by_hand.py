#!/usr/bin/env python3
"""Runs the commands that docs/ledger.md, trust.md and approvals.md tell a stranger,
on docs/vectors/; then shows that they fail on vectors that were altered."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VECTORS = os.path.join(ROOT, "docs", "vectors")

# File of the vectors, what is replaced, by what of the same length.
ALTERED = [
    ("ledger.fast-import", b"good morning", b"good evening"),
    ("ledger.fast-import", b'"name":"shop"}}', b'"name":"shoq"}}'),
    ("ledger.fast-import", b'valid-after="20260101Z"', b'valid-after="20261201Z"'),
    ("ledger.fast-import", b'"from":["ana","ben"]', b'"from":["eva","ben"]'),
    ("pin", b"\n", b"0"),
]


def commands():
    text = ""
    for page in ("ledger.md", "trust.md", "approvals.md"):
        with open(os.path.join(ROOT, "docs", page), encoding="utf-8") as file:
            blocks = re.findall(r"^```sh\n(.*?)^```$", file.read(), re.S | re.M)
        assert blocks, page
        text += "".join(blocks)
    return text


def run(vectors):
    with tempfile.TemporaryDirectory() as work:
        environment = {"PATH": os.environ["PATH"], "HOME": work, "VECTORS": vectors, "TZ": "UTC"}
        return subprocess.run(["bash", "-euo", "pipefail", "-c", commands()], cwd=work, env=environment,
                              capture_output=True, text=True, timeout=120)


def altered(name, old, new, to):
    shutil.copytree(VECTORS, to)
    path = os.path.join(to, name)
    with open(path, "rb") as file:
        text = file.read()
    assert old in text, old
    with open(path, "wb") as file:
        file.write(text.replace(old, new))


def main():
    if shutil.which("ssh-keygen") is None:
        print("skipped: no ssh-keygen")
        return 77
    result = run(VECTORS)
    print(result.stdout, result.stderr, sep="")
    if result.returncode != 0:
        return 1
    if "Good \"sluice-record\"" not in result.stdout or result.stdout.count("Good \"sluice-approval\"") != 2:
        print("not every signature was looked at")
        return 1
    for name, old, new in ALTERED:
        with tempfile.TemporaryDirectory() as work:
            to = os.path.join(work, "vectors")
            altered(name, old, new, to)
            if run(to).returncode == 0:
                print(f"nothing noticed {old!r} to {new!r} in {name}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
