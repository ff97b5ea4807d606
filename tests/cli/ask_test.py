"""`--cluster`: what API servers say. A script stands in the place of
`sluice-cluster`, beside a copy of the program; it answers from a table."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

from command import GOOD, SLUICE, Result, TestCase, environment, main

# Answers from answers.json beside it: by "Kind ns/name", "" for the rest; or does
# what behave.txt says. Leaves each question behind.
SCRIPT = """#!%s
import json, os, sys
here = os.path.dirname(os.path.abspath(__file__))
question = json.load(sys.stdin)
with open(os.path.join(here, "questions.jsonl"), "a") as file:
    file.write(json.dumps({"arguments": sys.argv[1:], **question}) + "\\n")
table = json.load(open(os.path.join(here, "answers.json")))
if "raw" in table:
    sys.stdout.write(table["raw"])
    sys.exit(table.get("exit", 0))
if "endless" in table:
    while True:
        sys.stdout.write("x" * 65536)
if "error" in table:
    print(json.dumps({"version": 1, "error": table["error"]}))
    sys.exit(0)
empty = {"known": "taken", "effect": "none", "causes": [], "reason": "", "live": "", "taken": ""}
answers = []
for o in question["objects"]:
    name = ("-" if o["removal"] else "") + o["kind"] + " " + o["namespace"] + "/" + o["name"]
    answers.append({**empty, **table.get("answers", {}).get(name, table.get("rest", {}))})
print(json.dumps({"version": 1, "minor": table.get("minor", "1.36"), "trouble": table.get("trouble", ""),
                  "answers": answers}))
""" % sys.executable

CLUSTERS = """version: 1
clusters:
  prod: {kubernetes: "1.36", paths: ["prod/**"]}
  stage: {kubernetes: "1.36", paths: ["stage/**"]}
"""

FLUX = "apiVersion: {group}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  interval: 1h\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ntype: Opaque\n"


def live(**data):
    return json.dumps({"apiVersion": "v1", "data": data, "kind": "ConfigMap",
                       "metadata": {"name": "good", "namespace": "shop"}}, separators=(",", ":"))


class Asking(TestCase):
    def setUp(self):
        super().setUp()
        self.programs = tempfile.mkdtemp(prefix="sluice-programs-")
        self.addCleanup(shutil.rmtree, self.programs)
        try:
            os.link(SLUICE, self.programs + "/sluice")
        except OSError:  # another file system
            shutil.copy(SLUICE, self.programs + "/sluice")
        self.put("sluice-cluster", SCRIPT)
        os.chmod(self.programs + "/sluice-cluster", 0o755)
        self.answer()

    def put(self, name, text):
        with open(os.path.join(self.programs, name), "w", encoding="utf-8") as file:
            file.write(text)

    def answer(self, **table):
        self.put("answers.json", json.dumps(table))

    def ask(self, *arguments):
        return Result(subprocess.run([self.programs + "/sluice", *arguments], cwd=self.directory, capture_output=True,
                                     env=environment(), timeout=60))

    def questions(self):
        path = os.path.join(self.programs, "questions.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def sent(self):
        return sorted(q["cluster"] + ": " + ("-" if o["removal"] else "") + o["kind"] + " " + o["name"]
                      for q in self.questions() for o in q["objects"])


class Check(Asking):
    def test_nobody_is_asked_unless_that_is_said(self):
        self.repository(**{".sluice/sluice.yaml": CLUSTERS, "prod/a.yaml": GOOD})
        self.assertCode(self.ask("check"), 0)
        self.assertEqual(self.questions(), [])

    def test_a_context_is_asked_about_everything(self):
        self.repository(**{"a.yaml": GOOD, "b.yaml": GOOD.replace("good", "other")})
        result = self.ask("check", "--cluster", "kind-test")
        self.assertCode(result, 0)
        self.assertIn("2 judged (cluster 2, offline 0)\n", result.out)
        self.assertEqual(self.sent(), ["kind-test: ConfigMap good", "kind-test: ConfigMap other"])
        self.assertEqual(self.questions()[0]["arguments"],
                         ["dry-run", "--clusters", "/etc/sluice/clusters.yaml", "--kubeconfig"])
        self.assertEqual(json.loads(self.questions()[0]["objects"][0]["json"])["data"], {"key": "value"})

    def test_one_of_the_clusters_is_asked_about_what_it_runs(self):
        self.repository(**{".sluice/sluice.yaml": CLUSTERS, "prod/a.yaml": GOOD,
                           "stage/b.yaml": GOOD.replace("good", "staged")})
        self.assertCode(self.ask("check", "--cluster", "prod"), 0)
        self.assertEqual(self.sent(), ["prod: ConfigMap good"])

    def test_all_of_the_clusters(self):
        self.repository(**{".sluice/sluice.yaml": CLUSTERS, "prod/a.yaml": GOOD,
                           "stage/b.yaml": GOOD.replace("good", "staged"), "c.yaml": GOOD.replace("good", "other")})
        result = self.ask("check", "--cluster", "all")
        self.assertCode(result, 0)
        self.assertEqual(self.sent(), ["prod: ConfigMap good", "stage: ConfigMap staged"])
        self.assertIn("3 judged (cluster 2, offline 1)\n", result.out)

    def test_what_is_refused_is_placed_at_its_line(self):
        self.repository(**{"a.yaml": GOOD})
        self.answer(rest={"known": "refused", "causes": [
            {"rule": "cluster/denied", "field": "data.key", "message": "policy \"no-values\" denies it"}]})
        result = self.ask("check", "--cluster", "c")
        self.assertCode(result, 1)
        self.assertTrue(result.out.startswith(
            'a.yaml:7:8: error: cluster c: policy "no-values" denies it [cluster/denied]\n     7 |   key: value\n'),
            result)

    def test_a_range_with_what_it_takes_away(self):
        self.repository(**{"a.yaml": GOOD, "b.yaml": GOOD.replace("good", "gone")})
        os.remove(self.path("b.yaml"))
        self.commit({"a.yaml": GOOD.replace("value", "other")})
        self.answer(answers={"-ConfigMap shop/gone": {"known": "refused", "causes": [
            {"rule": "cluster/denied", "field": "", "message": "it is protected"}]}})
        result = self.ask("check", "--cluster", "c", "HEAD~..HEAD")
        self.assertCode(result, 1)
        self.assertEqual(self.sent(), ["c: -ConfigMap gone", "c: ConfigMap good"])
        self.assertIn("b.yaml:1:1: error: its removal: cluster c: it is protected [cluster/denied]", result.out)
        self.assertIn("1 removal (cluster 1)", result.out)

    def test_a_cluster_that_cannot_be_reached(self):
        self.repository(**{"a.yaml": GOOD, "b.yaml": GOOD.replace("good", "other")})
        self.answer(trouble="connection refused", rest={"known": "unverified"})
        result = self.ask("check", "--cluster", "c")
        self.assertCode(result, 0)
        self.assertIn("2 judged offline, 2 unverified (c: connection refused)\n", result.out)
        self.write(".sluice/sluice.yaml", "version: 1\nrules: {cluster/unverified: error}\n")
        result = self.ask("check", "--cluster", "c")
        self.assertCode(result, 1)
        self.assertIn("error: cluster c: connection refused [cluster/unverified]", result.out)

    def test_what_is_no_answer_verifies_nothing_and_rejects_nothing(self):
        self.repository(**{"a.yaml": GOOD})
        for table in ({"endless": True}, {"raw": ""}, {"raw": "{}"}, {"raw": "[" * 100000}, {"raw": "x", "exit": 1},
                      {"raw": '{"version":1,"minor":"","trouble":"","answers":[]}'}):
            self.answer(**table)
            result = self.ask("check", "--cluster", "c")
            self.assertCode(result, 0)
            self.assertIn("1 judged offline, 1 unverified (c: ", result.out)

    def test_a_broken_kubeconfig_is_wrong_usage_with_its_place(self):
        self.repository(**{"a.yaml": GOOD})
        self.answer(error={"kind": "configuration", "message": "no context is named \"c\"", "file": "/home/ana/.kube/config",
                           "line": 12, "column": 3})
        result = self.ask("check", "--cluster", "c")
        self.assertCode(result, 2)
        self.assertEqual(result.err, 'error: /home/ana/.kube/config:12:3: no context is named "c"\n')
        self.assertEqual(result.out, "")

    def test_without_the_program(self):
        self.repository(**{"a.yaml": GOOD})
        os.remove(self.programs + "/sluice-cluster")
        result = self.ask("check", "--cluster", "c")
        self.assertCode(result, 3)
        self.assertTrue(result.err.startswith("error: sluice-cluster, which talks to clusters, is not installed"), result)
        self.assertEqual(result.err.count("\n"), 1)

    def test_options_that_need_a_cluster(self):
        self.repository(**{"a.yaml": GOOD})
        for command in ("check", "diff"):
            for words in (["--cluster-timeout", "5"], ["--clusters-file", "a.yaml"]):
                result = self.ask(command, *words)
                self.assertCode(result, 2)
                self.assertIn("--cluster", result.err)

    def test_words_that_mean_nothing(self):
        self.repository(**{"a.yaml": GOOD})
        for words in (["--cluster"], ["--cluster", "all"], ["--cluster", "c", "--cluster-timeout", "0"],
                      ["--cluster", "c", "--cluster-timeout", "x"], ["--cluster", "c", "--clusters-file", "nowhere"]):
            self.assertCode(self.ask("check", *words), 2)
        self.assertEqual(self.questions(), [])

    def test_evidence_in_json(self):
        self.repository(**{"a.yaml": GOOD})
        result = self.ask("check", "--cluster", "c", "-o", "json")
        verdict = json.loads(result.out)
        self.assertEqual(verdict["objects"][0]["evidence"],
                         [{"by": "offline", "cluster": "", "reason": ""}, {"by": "cluster", "cluster": "c", "reason": ""}])
        self.assertEqual(verdict["summary"]["byCluster"], 1)

    def test_evidence_in_every_format(self):
        self.repository(**{"a.yaml": GOOD})
        for form, words in (("markdown", "**Known from** cluster 1 · offline 0"), ("junit", "known from cluster c"),
                            ("sarif", "1 judged (cluster 1, offline 0)"), ("github", "1 judged (cluster 1, offline 0)")):
            self.assertIn(words, self.ask("check", "--cluster", "c", "-o", form).out)


class Diff(Asking):
    def test_what_would_change(self):
        self.repository(**{"a.yaml": GOOD, "b.yaml": GOOD.replace("good", "new"), "c.yaml": GOOD.replace("good", "same"),
                           "d.yaml": GOOD.replace("good", "fixed")})
        self.answer(answers={
            "ConfigMap shop/good": {"effect": "updated", "live": live(key="old", gone="x"), "taken": live(key="value"),
                                    "causes": [{"rule": "cluster/takes-over", "field": "data.key",
                                                "message": "takes it from hpa"}]},
            "ConfigMap shop/new": {"effect": "created", "taken": live(key="value")},
            "ConfigMap shop/same": {"effect": "unchanged"},
            "ConfigMap shop/fixed": {"known": "refused", "effect": "replaced", "live": live(key="1"), "taken": live(key="2"),
                                     "causes": [{"rule": "cluster/immutable", "field": "data",
                                                 "message": "field is immutable"}]}})
        result = self.ask("diff", "--cluster", "c")
        self.assertCode(result, 0)
        self.assertEqual(
            result.out, "cluster c: 1 new, 1 changed, 0 gone, 1 replaced\n"
            "  ~ ConfigMap shop/good    a.yaml:1\n"
            '      data.key: "old" -> "value"\n'
            '      data.gone: "x" -> (none)\n'
            "      note: data.key: takes it from hpa\n"
            "  + ConfigMap shop/new    b.yaml:1\n"
            "  ! ConfigMap shop/fixed    d.yaml:1\n"
            '      data.key: "1" -> "2"\n'
            "      note: data: field is immutable\n")
        self.assertTrue(all(question["compare"] for question in self.questions()))
        build = json.loads(self.ask("diff", "--cluster", "c", "-o", "json").out)["builds"][0]
        self.assertEqual((build["added"], build["changed"], build["removed"], build["replaced"]), (1, 1, 0, 1))
        self.assertEqual(build["objects"][2]["change"], "replaced")
        self.assertEqual(build["objects"][0]["notes"], ["data.key: takes it from hpa"])
        self.assertIn("#### cluster c: 1 new, 1 changed, 0 gone, 1 replaced\n",
                      self.ask("diff", "--cluster", "c", "-o", "markdown").out)

    def test_a_range_compares_what_it_changes(self):
        self.repository(**{"a.yaml": GOOD, "b.yaml": GOOD.replace("good", "gone"), "c.yaml": GOOD.replace("good", "left")})
        os.remove(self.path("b.yaml"))
        self.commit({"a.yaml": GOOD.replace("value", "other")})
        self.answer(rest={"effect": "deleted"}, answers={"ConfigMap shop/good": {"effect": "unchanged"}})
        result = self.ask("diff", "--cluster", "c", "HEAD~..HEAD")
        self.assertCode(result, 0)
        self.assertEqual(result.out, "cluster c: 0 new, 0 changed, 1 gone, 0 replaced\n  - ConfigMap shop/gone    b.yaml:1\n")

    def test_no_value_of_a_secret(self):
        self.repository(**{"a.yaml": SECRET})
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "shop"}}
        self.answer(rest={"effect": "updated", "live": json.dumps({**secret, "data": {"password": "aHVudGVyMg=="}}),
                          "taken": json.dumps({**secret, "data": {"password": "aHVudGVyMw==", "user": "YW5h"}})})
        for form in ("text", "json", "markdown"):
            result = self.ask("diff", "--cluster", "c", "-o", form)
            self.assertIn("data.password", result.out)
            self.assertIn("data.user", result.out)
            for value in ("aHVudGVy", "YW5h"):
                self.assertNotIn(value, result.out)

    def test_what_cannot_be_compared_is_named(self):
        self.repository(**{"a.yaml": GOOD, "b.yaml": GOOD.replace("data:", "dat:"), "c.yaml": GOOD.replace("good", "late")})
        self.answer(answers={"ConfigMap shop/good": {"effect": "unchanged"},
                             "ConfigMap shop/late": {"known": "unverified", "reason": "429"}})
        result = self.ask("diff", "--cluster", "c")
        self.assertCode(result, 3)
        self.assertIn("not compared: b.yaml:6: ", result.out)
        self.assertIn("not compared: c.yaml:1: ConfigMap late: cluster c: 429", result.out)

    def test_files_that_are_no_objects_are_told_and_change_nothing(self):
        self.repository(**{"a.yaml": GOOD, "values.yaml": "replicas: 3\n"})
        self.answer(rest={"effect": "unchanged"})
        result = self.ask("diff", "--cluster", "c")
        self.assertCode(result, 0)
        self.assertIn("not compared: values.yaml: ", result.out)

    def test_what_was_not_built_is_named_and_leaves_the_comparison_incomplete(self):
        chart = "  chart: {spec: {chart: podinfo, version: 6.0.0, sourceRef: {kind: HelmRepository, name: podinfo}}}\n"
        charts = FLUX.format(kind="HelmRepository", group="source.toolkit.fluxcd.io/v1", name="podinfo") + \
            "  url: https://charts.example\n---\n"
        release = FLUX.format(kind="HelmRelease", group="helm.toolkit.fluxcd.io/v2", name="podinfo") + chart
        self.repository(**{".sluice/sluice.yaml": "version: 1\nroots: {discover: [flux]}\n", "a.yaml": GOOD})
        self.answer(rest={"effect": "unchanged"})
        for text, why in ((charts + release, "charts are not judged here: no helm is set"),
                          (release, "HelmRelease shop/podinfo builds what is elsewhere")):
            self.write("release.yaml", text)
            for words in (), ("--exit-code",):
                result = self.ask("diff", "--cluster", "c", *words)
                self.assertCode(result, 3)
                self.assertIn("not compared: release.yaml: " + why, result.out)
        os.remove(self.path("release.yaml"))
        self.write("part/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n")
        result = self.ask("diff", "--cluster", "c")
        self.assertCode(result, 0)
        self.assertIn("not compared: part/kustomization.yaml: a component", result.out)

    def test_what_is_never_asked_about_is_named(self):
        hidden = "ENC[AES256_GCM,data:abcd,iv:abcd,tag:abcd,type:str]"
        sops = ('sops: {mac: "%s", lastmodified: "2026-01-01T00:00:00Z", version: 3.9.0, '
                'age: [{recipient: age1x, enc: x}], encrypted_regex: "^(data|stringData)$"}\n' % hidden)
        self.repository(**{".sluice/sluice.yaml": CLUSTERS, "stage/c.yaml": GOOD.replace("good", "elsewhere"),
                           "prod/a.yaml": GOOD, "prod/b.yaml": SECRET + "stringData:\n  k: " + hidden + "\n" + sops})
        self.answer(rest={"effect": "unchanged"})
        result = self.ask("diff", "--cluster", "prod")
        self.assertEqual(self.sent(), ["prod: ConfigMap good"])
        self.assertCode(result, 3)
        self.assertIn("not compared: prod/b.yaml:1: Secret db: cluster prod: it was not asked: encrypted by SOPS", result.out)
        self.assertNotIn("elsewhere", result.out)

    def test_limits_of_a_push_do_not_hold_for_files_here(self):
        self.repository(**{".sluice/sluice.yaml": "version: 1\nlimits: {pushObjects: 1}\n",
                           "a.yaml": GOOD, "b.yaml": GOOD.replace("good", "other")})
        self.answer(rest={"effect": "unchanged"})
        for command in ("check", "diff"):
            self.assertCode(self.ask(command, "--cluster", "c"), 0)

    def test_nothing_differs(self):
        self.repository(**{"a.yaml": GOOD})
        self.answer(rest={"effect": "unchanged"})
        result = self.ask("diff", "--cluster", "c")
        self.assertCode(result, 0)
        self.assertEqual(result.out, "nothing differs from what runs\n")

    def test_a_cluster_that_cannot_be_reached(self):
        self.repository(**{"a.yaml": GOOD})
        self.answer(trouble="connection refused", rest={"known": "unverified"})
        result = self.ask("diff", "--cluster", "c")
        self.assertCode(result, 3)
        self.assertEqual(result.err, "error: cluster c: connection refused\n")

    def test_that_something_differs_can_be_the_exit_code(self):
        self.repository(**{"a.yaml": GOOD})
        self.answer(rest={"effect": "created"})
        self.assertCode(self.ask("diff", "--cluster", "c"), 0)
        self.assertCode(self.ask("diff", "--cluster", "c", "--exit-code"), 1)
        self.answer(rest={"effect": "unchanged"})
        self.assertCode(self.ask("diff", "--cluster", "c", "--exit-code"), 0)


if __name__ == "__main__":
    main()
