#!/usr/bin/env python3
"""Asks a real kustomize about every case of cases/: that it builds what a case
expects, and that it refuses what a case calls an error.

    confirm.py KUBECTL CASES...

KUBECTL is what tests/oracles/kubernetes-tools fetches; $SLUICE_KUBECTL stands in
for it. Exits 77 (skipped) where there is none, or not one with kustomize 5.7.
"""

import json
import os
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("confirm: skipped: Python has no yaml")
    sys.exit(77)

KUBECTL = os.environ.get("SLUICE_KUBECTL") or sys.argv[1]


def has_program():
    if not os.path.exists(KUBECTL):
        return False
    out = subprocess.run([KUBECTL, "version", "--client", "-o", "json"], capture_output=True, text=True, check=False)
    return out.returncode == 0 and json.loads(out.stdout)["kustomizeVersion"].startswith("v5.7.")


def whole(text):
    """A case's text as an object."""
    if "kind:" in text.split("\n  ")[0] and "apiVersion:" in text:
        return text
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n" + "".join(
        "  " + line + "\n" for line in text.splitlines())


def kustomization(case):
    """Files of the directory that puts the case before kustomize."""
    if "files" in case:
        more = {name: bytes.fromhex(text) for name, text in case.get("hex", {}).items()}
        return {**case["files"], **more}
    patch = {"path": "patch.yaml"}
    if "operations" in case:
        patch["target"] = {"name": "x"}
    return {
        "kustomization.yaml": json.dumps({"resources": ["base.yaml"], "patches": [patch]}),
        "base.yaml": whole(case["base"]),
        "patch.yaml": case["operations"] if "operations" in case else whole(case["patch"]),
    }


def build(files):
    with tempfile.TemporaryDirectory() as directory:
        for name, text in files.items():
            path = os.path.join(directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
        return subprocess.run([KUBECTL, "kustomize", directory], capture_output=True, text=True, errors="replace",
                              check=False)


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Kubernetes knows no dates: they are texts."""


Loader.add_constructor("tag:yaml.org,2002:timestamp", Loader.construct_yaml_str)


def objects(text):
    return sorted(json.dumps(one, sort_keys=True) for one in yaml.load_all(text, Loader=Loader) if one is not None)


def complaint(case):
    """How kustomize differs from what the case says, or nothing."""
    out = build(kustomization(case))
    if "error" in case:
        return None if out.returncode or case.get("ours") else "kustomize takes it:\n" + out.stdout
    if out.returncode:
        return out.stderr
    if case.get("deleted"):
        expected = []
    else:
        expected = objects(case["result"] if "files" in case else whole(case["result"]))
    return None if objects(out.stdout) == expected else out.stdout


def main():
    if not has_program():
        print("confirm: skipped: no kubectl with kustomize v5.7; see tests/oracles/kubernetes-tools")
        return 77
    failed = count = 0
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            cases = [case for case in yaml.safe_load_all(file) if case]
        for case in cases:
            count += 1
            wrong = complaint(case)
            if wrong:
                failed += 1
                print(f"{os.path.basename(path)}: {case['name']}: kustomize says\n{wrong}")
    print(f"confirm: {count} cases, {failed} wrong")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
