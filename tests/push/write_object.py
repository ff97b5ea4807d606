#!/usr/bin/env python3
"""Writes objects that no command of git makes, into the repository at hand.

    write_object.py tree [--as-given] ENTRY...   each "MODE ID NAME"
    write_object.py commit|tag|blob              bytes on standard input

Names know Python's escapes (\\n, \\xff). Prints the id. Entries are sorted as
git sorts them, unless they are to stand as given.
"""

import codecs
import hashlib
import os
import subprocess
import sys
import zlib


def entry_bytes(entry):
    mode, object_id, name = entry.split(" ", 2)
    return mode, codecs.escape_decode(name.encode())[0], bytes.fromhex(object_id)


def tree_bytes(arguments):
    entries = [entry_bytes(entry) for entry in arguments if entry != "--as-given"]
    if "--as-given" not in arguments:
        entries.sort(key=lambda entry: entry[1] + (b"/" if entry[0].endswith("40000") else b""))
    return b"".join(mode.encode() + b" " + name + b"\0" + raw for mode, name, raw in entries)


def write_loose(kind, data):
    whole = kind.encode() + b" %d\0" % len(data) + data
    name = hashlib.sha1(whole).hexdigest()
    directory = subprocess.check_output(["git", "rev-parse", "--git-path", "objects"], text=True).strip()
    os.makedirs(f"{directory}/{name[:2]}", exist_ok=True)
    path = f"{directory}/{name[:2]}/{name[2:]}"
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.write(zlib.compress(whole, 1))
    return name


def main():
    kind = sys.argv[1]
    print(write_loose(kind, tree_bytes(sys.argv[2:]) if kind == "tree" else sys.stdin.buffer.read()))


main()
