#!/usr/bin/env python3
"""Compares how two builds compile each file: what is installed (preset release)
must be compiled as what is tested (preset dev), or its tests say nothing of it.
tests/run trusts that and builds it once.

    as_installed.py SOURCE TESTED_BUILD [CMAKE_OPTION...]   configures the other one by itself
    as_installed.py --self-test                             shows that it can fail
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile


def commands(entries, source, build):
    """Each file's command, without the build's own paths: how it is compiled, whatever
    it is compiled for (some files are in two targets)."""
    found = {}
    for entry in entries:
        words = shlex.split(entry["command"].replace(build, "BUILD"))
        found.setdefault(os.path.relpath(entry["file"], source).replace(os.path.relpath(build, source), "BUILD"),
                         set()).add(" ".join(words))
    return found


def differences(tested, installed):
    """One line a file that is installed and compiled as no test sees it."""
    for path, ways in sorted(installed.items()):
        for way in sorted(ways - tested.get(path, set())):
            yield f"{path}: installed as\n  {way}\nand tested as\n  " + "\n  ".join(sorted(tested.get(path, {"nothing"})))


def entries_of(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        return json.load(file)


def compare(source, tested, options):
    with tempfile.TemporaryDirectory() as scratch:
        installed = os.path.join(scratch, "release")
        done = subprocess.run(["cmake", "--preset", "release", "-B", installed, *options], cwd=source,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            print(done.stdout)
            return 1
        found = list(differences(commands(entries_of(tested), source, tested),
                                 commands(entries_of(installed), source, installed)))
        count = len(entries_of(installed))
    print("\n".join(found) or f"{count} files are compiled as they are tested")
    return 1 if found or count < 100 else 0


def self_test():
    def build(*lines):
        return commands([{"file": "/s/" + path, "command": command} for path, command in lines], "/s", "/s/build/x")

    tested = build(("a.cc", "c++ -O2 -c a.cc -I/s/build/x"), ("b.cc", "c++ -c b.cc"), ("b.cc", "c++ -DX -c b.cc"))
    same = commands([{"file": "/s/a.cc", "command": "c++ -O2 -c a.cc -I/s/build/y"}], "/s", "/s/build/y")
    wanted = [(same, 0), (build(("b.cc", "c++ -DX -c b.cc")), 0), (build(("a.cc", "c++ -O3 -c a.cc -I/s/build/x")), 1),
              (build(("b.cc", "c++ -DY -c b.cc")), 1), (build(("c.cc", "c++ -c c.cc")), 1)]
    wrong = [n for n, (installed, count) in enumerate(wanted) if len(list(differences(tested, installed))) != count]
    print(f"self-test: {len(wanted) - len(wrong)} of {len(wanted)} as they must be", *wrong)
    return 1 if wrong else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    return compare(arguments[0], arguments[1], arguments[2:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
