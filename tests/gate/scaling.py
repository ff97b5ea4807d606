#!/usr/bin/env python3
"""Work grows with the file, not with its square: twice the objects or findings
of one file cost at most 2.3 times the instructions, what a start costs left out.
Instructions are counted by valgrind, so that the load of the machine plays no part.

    tests/gate/scaling.py --sluice PATH
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

MOST = 2.3
OBJECTS = 1000

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"
# Each way makes the text of one object.
WAYS = {
    "good objects": lambda n: HEAD.format(name=f"m{n}"),
    "objects with an unknown field": lambda n: HEAD.format(name=f"m{n}") + "datum: {}\n",
    "objects with a placeholder": lambda n: HEAD.format(name=f"m{n}") + 'datum: "${x}"\n',
    "objects of one name": lambda n: HEAD.format(name="same"),
    "objects with a hidden character": lambda n: HEAD.format(name=f"m{n}") + 'data: {a: "\u202e"}\n',
    "objects without a kind": lambda n: f"apiVersion: v1\nmetadata:\n  name: m{n}\n",
}


def instructions(sluice, directory, text):
    with open(os.path.join(directory, "m.yaml"), "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sluice, "check", "--jobs", "1",
                           "m.yaml"], cwd=directory, capture_output=True, text=True, errors="replace")
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode not in (0, 1) or not counted:
        sys.exit(f"sluice under valgrind: exit {done.returncode}\n{done.stderr[-2000:]}")
    return int(counted[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sluice", required=True)
    sluice = os.path.abspath(parser.parse_args().sluice)
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is not installed")
        sys.exit(77)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sluice-scaling-") as directory:
        start = instructions(sluice, directory, WAYS["good objects"](0))
        for name, make in WAYS.items():
            once, twice = (instructions(sluice, directory, "---\n".join(make(i) for i in range(n))) - start
                           for n in (OBJECTS, 2 * OBJECTS))
            ratio = twice / once
            failures += ratio > MOST
            print(f"{ratio:.2f}  {once / OBJECTS:9.0f} instructions an object  {name}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
