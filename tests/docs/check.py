#!/usr/bin/env python3
"""Holds the documents to the program.

    check.py rules SLUICE      docs/rules.md is what `sluice explain` says; with
                               SLUICE_ACCEPT=1 in the environment it is rewritten
    check.py keys              every key that a configuration file may have stands
                               in docs/configuration.md or docs/limits.md, and those
                               that others lie in, in docs/man/sluice.yaml.5 too
    check.py links             every link between our documents leads to a file
    check.py examples SLUICE   the findings in README.md and docs/output.md are
                               what the program says of that file
    check.py steps SLUICE      the commands of docs/getting-started.md, one after the
                               other, end with 0
    check.py --self-test       shows that the five can fail
"""

import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RULES = os.path.join(ROOT, "docs", "rules.md")

HEAD = """# Rules

Every rule, by group, with the severity that it has unless the
[configuration](configuration.md) says otherwise. `sluice explain RULE` prints
the same words and examples. This page is written by
`SLUICE_ACCEPT=1 ctest --preset dev -R rules.md`.
"""


def read(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as file:
        return file.read()


def fenced(title, text):
    """An example; its fence is longer than any in the text."""
    if not text:
        return ""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"\n{title}:\n\n{ticks}yaml\n{text.rstrip()}\n{ticks}\n"


def rules_page(rules):
    """docs/rules.md from the JSON of `sluice explain`."""
    page, group = HEAD, ""
    for rule in rules:
        if rule["id"].split("/")[0] != group:
            group = rule["id"].split("/")[0]
            page += f"\n## {group}/\n"
        page += f"\n### `{rule['id']}`\n\n*{rule['severity']}*: {rule['title']}. {rule['why']}\n"
        if rule["remedy"]:
            page += f"\nWhat to do: {rule['remedy']}.\n"
        page += fenced("Rejected", rule["fails"]) + fenced("Accepted", rule["passes"])
    return page


def visible(text):
    """Characters that a reader would not see, as escapes."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def check_rules(sluice):
    answer = subprocess.run([sluice, "explain", "--output", "json"], capture_output=True, check=True)
    wanted = visible(rules_page(json.loads(answer.stdout)["rules"]))
    if os.environ.get("SLUICE_ACCEPT"):
        with open(RULES, "w", encoding="utf-8") as file:
            file.write(wanted)
    if not os.path.exists(RULES) or read("docs", "rules.md") != wanted:
        yield "docs/rules.md is not what `sluice explain` says: SLUICE_ACCEPT=1 ctest --preset dev -R rules.md"


def schema_keys(schema):
    """Names of members anywhere in a JSON Schema."""
    if isinstance(schema, list):
        return {key for item in schema for key in schema_keys(item)}
    if not isinstance(schema, dict):
        return set()
    keys = set(schema.get("properties", {}))
    return keys.union(*(schema_keys(value) for value in schema.values()))


def operator_keys(source):
    """Names in the tables of keys of gate/operator.cc."""
    tables = re.findall(r"constexpr Key k\w+Keys\[\] = \{(.*?)\};", source, re.S)
    return {name for table in tables for name in re.findall(r'\{"(\w+)"', table)}


def limit_keys(source):
    return set(re.findall(r'\{"(\w+)", &Limits::', source))


def missing_keys(keys, page):
    return sorted(key for key in keys if not re.search(rf"`{key}`|\b{key}:", page))


def manual_keys(schema):
    """The keys of a file, and those one level below; of a mapping of names, what a name has."""
    def resolved(part):
        return schema["definitions"][part["$ref"].split("/")[-1]] if "$ref" in part else part

    keys = set()
    for name, part in schema["properties"].items():
        keys.add(name)
        for inner in (part, *part.get("patternProperties", {}).values(), part.get("additionalProperties")):
            keys.update(resolved(inner or {}).get("properties", {}) if isinstance(inner, dict) else ())
    return keys


def unmentioned(keys, page):
    return sorted(key for key in keys if not re.search(rf"^\.(It )?Cm {key}\b", page, re.M))


def check_keys():
    page = read("docs", "configuration.md") + read("docs", "limits.md")
    keys = limit_keys(read("gate", "limit_keys.h")) | operator_keys(read("gate", "operator.cc"))
    keys |= operator_keys(read("gate", "operator_clusters.cc"))
    for name in ("sluice.schema.json", "waivers.schema.json"):
        keys |= schema_keys(json.loads(read("gate", name)))
    if len(keys) < 30:
        yield f"only {len(keys)} keys were found in gate/: the test looks in the wrong place"
    for key in missing_keys(keys, page):
        yield f"docs/configuration.md does not speak of `{key}`"
    manual = manual_keys(json.loads(read("gate", "sluice.schema.json")))
    if len(manual) < 30:
        yield f"only {len(manual)} keys were found for the manual: the test looks in the wrong place"
    for key in unmentioned(manual, read("docs", "man", "sluice.yaml.5")):
        yield f"docs/man/sluice.yaml.5 does not speak of {key}"


def documents():
    yield from sorted(name for name in os.listdir(ROOT) if name.endswith(".md"))
    for directory in ("docs", "examples"):
        for path, _, names in os.walk(os.path.join(ROOT, directory)):
            yield from sorted(os.path.relpath(os.path.join(path, n), ROOT) for n in names if n.endswith(".md"))


def broken_links(path, text, exists):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not exists(os.path.normpath(os.path.join(os.path.dirname(path), target))):
            yield f"{path}: the link to {target} leads nowhere"


def check_links():
    for path in documents():
        yield from broken_links(path, read(path), lambda target: os.path.exists(os.path.join(ROOT, target)))


EXAMPLE = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app: web
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


def answer_of(sluice, directory, form):
    with open(os.path.join(directory, "web.yaml"), "w", encoding="utf-8") as file:
        file.write(EXAMPLE)
    command = [sluice, "check", "--output", form, "web.yaml"]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False).stdout


def pushed_lines(text):
    """The lines of a finding as a push prints them, from those of `sluice check`."""
    place, rest = text.split(": error: ", 1)
    return [f"error: {place}: {rest.splitlines()[0]}", *rest.splitlines()[1:4]]


def missing_lines(page, lines, prefix=""):
    wanted = "\n".join(prefix + line for line in lines)
    return [] if wanted in page else [wanted]


def different_json(page, answer):
    """Whether the JSON of a page says something else of the finding or the object."""
    shown = json.loads(re.search(r"^```\n(\{\"schemaVersion.*?)^```", page, re.S | re.M)[1])
    for verdict in (shown, answer):
        for judged in verdict["objects"]:
            judged["digest"] = ""
    return any(shown[part] != answer[part] for part in ("schemaVersion", "findings", "objects"))


def check_examples(sluice):
    sluice = os.path.abspath(sluice)
    with tempfile.TemporaryDirectory() as directory:
        lines = pushed_lines(answer_of(sluice, directory, "text"))
        answer = json.loads(answer_of(sluice, directory, "json"))
    for name, prefix in (("README.md", "    remote: "), (os.path.join("docs", "output.md"), "")):
        for wanted in missing_lines(read(name), lines, prefix):
            yield f"{name} does not show what the program prints:\n{wanted}"
    if different_json(read("docs", "output.md"), answer):
        yield "docs/output.md shows other JSON than the program prints"


def steps_of(page):
    return "".join(re.findall(r"^```sh\n(.*?)^```", page, re.S | re.M))


def run_steps(steps, sluice):
    """What a shell in an empty HOME prints, where a command of the steps fails."""
    with tempfile.TemporaryDirectory() as home:
        path = os.path.dirname(os.path.abspath(sluice)) + ":/usr/local/bin:/usr/bin:/bin"
        ran = subprocess.run(["bash", "-euxo", "pipefail", "-c", steps], cwd=home, stdin=subprocess.DEVNULL,
                             env={"HOME": home, "PATH": path, "GIT_CONFIG_NOSYSTEM": "1"},
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return ran.stdout if ran.returncode != 0 else ""


def check_steps(sluice):
    steps = steps_of(read("docs", "getting-started.md"))
    if steps.count("sluice ") < 10:
        yield "docs/getting-started.md has no steps: the test looks in the wrong place"
    if told := run_steps(steps, sluice):
        yield "docs/getting-started.md does not go as it says:\n" + told


def self_test():
    rule = {"id": "a/b", "severity": "error", "title": "t", "why": "w", "remedy": "r", "fails": "x", "passes": ""}
    checks = {
        "a rule that changed changes the page": rules_page([rule]) != rules_page([{**rule, "why": "v"}]),
        "a rule more changes the page": rules_page([rule]) != rules_page([rule, {**rule, "id": "a/c"}]),
        "keys of a schema are found at any depth": schema_keys({"items": [{"properties": {"deep": {}}}]}) == {"deep"},
        "keys of the operator are found": operator_keys('constexpr Key kXKeys[] = {{"one", A}, {"two", B}};')
        == {"one", "two"},
        "keys of the manual are those of names too":
        manual_keys({"properties": {"a": {"properties": {"b": {}}}, "c": {"patternProperties": {".": {"$ref": "#/definitions/e"}}}},
                     "definitions": {"e": {"properties": {"d": {}}}}}) == {"a", "b", "c", "d"},
        "a key that the manual lacks is told": unmentioned({"mode", "moody"}, ".It Cm moody\n.Cm model\n") == ["mode"],
        "a key that no page has is missing": missing_keys({"mode"}, "a model: modes") == ["mode"],
        "a key in a table is there": missing_keys({"mode"}, "| `mode` |") == [],
        "an example that changed is missing": missing_lines("a\nc\n", ["a", "b"]) and not missing_lines("xa\nxb", ["a", "b"], "x"),
        "other JSON is told": different_json('```\n{"schemaVersion":1,"findings":[],"objects":[]}\n```\n',
                                             {"schemaVersion": 1, "findings": [1], "objects": []}),
        "a step that fails is told": run_steps(steps_of("```sh\ntrue\nfalse\n```\n"), "/bin/x"),
        "a step that is done is not": not run_steps(steps_of("no\n```sh\ntrue\n```\n```yaml\nx\n```\n"), "/bin/x"),
        "a broken link is told": len(list(broken_links("docs/a.md", "[x](b.md)", lambda _: False))) == 1,
        "a link to the web is not looked up": not list(broken_links("a.md", "[x](https://y/z)", lambda _: False)),
    }
    return [f"self-test: not so: {sentence}" for sentence, holds in checks.items() if not holds]


def main(arguments):
    if arguments == ["--self-test"]:
        found = self_test()
    elif arguments == ["keys"]:
        found = list(check_keys())
    elif arguments == ["links"]:
        found = list(check_links())
    elif len(arguments) == 2 and arguments[0] == "rules":
        found = list(check_rules(arguments[1]))
    elif len(arguments) == 2 and arguments[0] == "examples":
        found = list(check_examples(arguments[1]))
    elif len(arguments) == 2 and arguments[0] == "steps":
        found = list(check_steps(arguments[1]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
