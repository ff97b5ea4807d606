#!/usr/bin/env python3
"""Reads every #include and every LINKS of the project and fails on what the
table (table.py) does not allow; also on empty names, unfinished work and files
that grew too long.

    check.py ROOT          the project; prints one line a violation
    check.py --self-test   shows on small made trees that each check can fail
"""

import os
import re
import sys
import tempfile

from table import ANYWHERE, CLUSTER_PROGRAM, EMPTY_NAMES, IN_HEADERS, LIBRARIES, MAX_LINES, MAY_INCLUDE, SYSTEM

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
CLUSTER_TARGET = re.compile(r"sluice_program\(sluice-cluster[^)]*\)")
CMAKE_TARGET = re.compile(r"\bsluice_(?!library|program|test|pkg|options\b)([a-z0-9_]+)|(\blib_[a-z0-9]+|[A-Za-z0-9_]+::[\w-]+)")
UNFINISHED = re.compile("\\b(TO" + "DO|FIX" + "ME)\\b")
SKIPPED_DIRECTORIES = {".git", "build", ".cache", "golden", "fixtures", "corpus", "testdata"}
TEXT = (".h", ".cc", ".cmake", ".txt", ".py", ".sh", ".go", ".md", ".yaml", ".json", "")


def files(root):
    """Paths of the project's own files, relative to its root."""
    for directory, names, leaves in os.walk(root):
        names[:] = sorted(n for n in names if n not in SKIPPED_DIRECTORIES)
        for leaf in sorted(leaves):
            yield os.path.relpath(os.path.join(directory, leaf), root)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def row_of(path):
    """The folders that the file may include; None: anything."""
    folder = path.split("/")[0]
    if folder == "tests":
        return None
    row = {folder, "base", *MAY_INCLUDE.get(folder, "").split()}
    prefix, more = CLUSTER_PROGRAM
    if folder == "cli" and os.path.basename(path).startswith(prefix):
        row.update(more.split())
    return row


def library_of(header):
    return next((library for library in LIBRARIES if header.startswith(library[0])), None)


def own_include(root, path, header):
    """What is wrong with #include "header" in `path`, or nothing."""
    if not os.path.exists(os.path.join(root, header)) and not header.endswith(".inc"):
        return f'"{header}" is no file of the project, seen from its root'
    folder = header.split("/")[0]
    row = row_of(path)
    if row is None or folder in row:
        return None
    return f'{path.split("/")[0]}/ may not include {folder}/ ("{header}")'


def system_include(path, header):
    """What is wrong with #include <header> in `path`, or nothing."""
    folder = path.split("/")[0]
    library = library_of(header)
    if folder == "tests":
        return None
    if library is not None:
        if folder not in library[1].split():
            return f"<{header}> belongs to {library[1]}/ alone"
        shown = path.endswith(".h") and not header.startswith(tuple(IN_HEADERS))
        return f"<{header}> stands in a header; keep it in a .cc file" if shown else None
    known = header in SYSTEM or header.startswith(tuple(ANYWHERE)) or re.fullmatch(r"[a-z0-9_]+", header)
    return None if known else f"<{header}> is of no library that tests/includes/table.py knows"


def check_includes(root, path):
    for number, line in enumerate(read(root, path).splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, header = match.groups()
        wrong = own_include(root, path, header) if quote == '"' else system_include(path, header)
        if wrong:
            yield f"{path}:{number}: {wrong}"


def check_links(root, path):
    """A folder's CMakeLists.txt links nothing that its sources may not include."""
    folder = path.split("/")[0]
    owners = {target: owner for _, owner, target in LIBRARIES if target}
    row = row_of(path)
    text = re.sub(r"#.*", "", read(root, path))
    if folder == "cli":  # the program sluice-cluster links what its own files may include
        text = CLUSTER_TARGET.sub("", text)
    for folder_name, target in CMAKE_TARGET.findall(text):
        linked = folder_name.split("_")[0]
        if folder_name and linked in MAY_INCLUDE and linked not in row:
            yield f"{path}: {folder}/ may not link sluice_{folder_name}"
        if folder not in owners.get(target, folder).split():
            yield f"{path}: {target} belongs to {owners[target]}/ alone"


def check_name(path):
    for part in path.split("/"):
        if part.split(".")[0].lower() in EMPTY_NAMES:
            yield f'{path}: the name "{part}" does not say what it holds'


def check_text(root, path):
    text = read(root, path)
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"{path}:{number}: unfinished work is an issue, not a comment"
    if path.endswith((".h", ".cc")) and text.count("\n") > MAX_LINES:
        yield f"{path}: {text.count(chr(10))} lines, more than {MAX_LINES}"


def violations(root):
    for path in files(root):
        yield from check_name(path)
        if os.path.splitext(path)[1] in TEXT and not path.startswith(("schemas/catalogue/", "schemas/kubernetes/")):
            yield from check_text(root, path)
        if path.endswith((".h", ".cc")):
            yield from check_includes(root, path)
        if path.endswith("/CMakeLists.txt") and path.split("/")[0] in MAY_INCLUDE:
            yield from check_links(root, path)


# Each line: what a tree holds, and a part of the violation it must give; with
# "" it must give none.
SELF_TEST = [
    ({"base/a.h": "#include <string>\n"}, ""),
    ({"git/a.cc": '#include "base/a.h"\n#include <zlib.h>\n', "base/a.h": ""}, ""),
    ({"tests/git/a.cc": '#include "gate/a.h"\n#include <git2.h>\n', "gate/a.h": ""}, ""),
    ({"base/a.h": '#include "git/a.h"\n', "git/a.h": ""}, "base/ may not include git/"),
    ({"report/a.cc": '#include "gate/a.h"\n', "gate/a.h": ""}, "report/ may not include gate/"),
    ({"gate/a.cc": '# include "report/a.h"\n', "report/a.h": ""}, "gate/ may not include report/"),
    ({"cli/a.cc": '#include "net/a.h"\n', "net/a.h": ""}, "cli/ may not include net/"),
    ({"cli/cluster_main.cc": '#include "net/a.h"\n', "net/a.h": ""}, ""),
    ({"hooks/a.cc": '#include "cli/a.h"\n', "cli/a.h": ""}, "hooks/ may not include cli/"),
    ({"git/a.cc": '#include "a.h"\n', "git/a.h": ""}, "no file of the project"),
    ({"git/a.cc": '#include "tests/a.h"\n', "tests/a.h": ""}, "git/ may not include tests/"),
    ({"policies/a.cc": "#include <re2/re2.h>\n"}, "belongs to manifests/ alone"),
    ({"gate/a.cc": "#include <yaml.h>\n"}, "belongs to manifests/ alone"),
    ({"manifests/a.h": "#include <yaml.h>\n"}, "stands in a header"),
    ({"crypto/a.h": "#include <openssl/sha.h>\n"}, "stands in a header"),
    ({"cluster/a.cc": "#include <openssl/ssl.h>\n"}, "belongs to net/ alone"),
    ({"crypto/a.cc": "#include <openssl/ssl.h>\n"}, "belongs to net/ alone"),
    ({"net/a.cc": "#include <openssl/ssl.h>\n#include <openssl/x509v3.h>\n"}, ""),
    ({"git/a.cc": "#include <openssl/evp.h>\n"}, "belongs to crypto net/ alone"),
    ({"gate/CMakeLists.txt": "sluice_library(gate SOURCES a.cc LINKS lib_ssl)"}, "lib_ssl belongs to net/"),
    ({"gate/a.cc": "#include <boost/json.hpp>\n"}, "of no library"),
    ({"gate/a.cc": "#include <absl/strings/str_cat.h>\n"}, "of no library"),
    ({"cli/CMakeLists.txt": "sluice_program(sluice-cluster SOURCES a.cc LINKS sluice_net)"}, ""),
    ({"cli/CMakeLists.txt": "sluice_program(sluice SOURCES a.cc LINKS sluice_net)"}, "may not link sluice_net"),
    ({"report/CMakeLists.txt": "sluice_library(report SOURCES a.cc LINKS sluice_gate)"}, "may not link sluice_gate"),
    ({"gate/CMakeLists.txt": "sluice_library(gate SOURCES a.cc LINKS lib_re2)"}, "lib_re2 belongs to manifests/"),
    ({"gate/CMakeLists.txt": "sluice_library(gate SOURCES a.cc LINKS sluice_git # sluice_report\n)"}, ""),
    ({"git/util.cc": ""}, "does not say what it holds"),
    ({"common/a.cc": ""}, "does not say what it holds"),
    ({"git/a.cc": "// TO" + "DO: later\n"}, "unfinished work"),
    ({"docs/a.md": "FIX" + "ME\n"}, "unfinished work"),
    ({"git/a.cc": "\n" * (MAX_LINES + 1)}, "lines, more than"),
]


def self_test():
    failed = 0
    for tree, wanted in SELF_TEST:
        with tempfile.TemporaryDirectory() as root:
            for path, text in tree.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            found = list(violations(root))
        ok = (len(found) == 1 and wanted in found[0]) if wanted else not found
        if not ok:
            failed += 1
            print(f"self-test: {tree} gave {found}, not {wanted!r}")
    print(f"self-test: {len(SELF_TEST) - failed} of {len(SELF_TEST)} as they must be")
    return failed == 0


def main(arguments):
    if arguments == ["--self-test"]:
        return 0 if self_test() else 1
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(violations(arguments[0]))
    for violation in found:
        print(violation)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
