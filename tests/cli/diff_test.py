"""`sluice diff`: what a change does to what is built."""

import json
import os

from command import TestCase, main

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
"""
SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  password: hunter2
  user: ana
"""


class Diff(TestCase):
    def setUp(self):
        super().setUp()
        files = {"base/kustomization.yaml": "resources: [web.yaml, secret.yaml]\n", "base/web.yaml": DEPLOYMENT,
                 "base/secret.yaml": SECRET}
        for name in ("dev", "prod"):
            files[name + "/kustomization.yaml"] = f"namespace: {name}\nresources: [../base]\n"
        self.repository(**files)

    def test_a_line_of_a_base_in_each_environment(self):
        self.commit({"base/web.yaml": DEPLOYMENT.replace("replicas: 1", "replicas: 2")})
        result = self.sluice("diff", "HEAD~..HEAD")
        self.assertCode(result, 0)
        self.assertEqual(
            result.out, "dev: 0 new, 1 changed, 0 gone\n"
            "  ~ Deployment dev/web    base/web.yaml:1\n"
            "      spec.replicas: 1 -> 2    base/web.yaml:6\n"
            "prod: 0 new, 1 changed, 0 gone\n"
            "  ~ Deployment prod/web    base/web.yaml:1\n"
            "      spec.replicas: 1 -> 2    base/web.yaml:6\n")

    def test_one_environment_alone(self):
        self.commit({"dev/kustomization.yaml": "namespace: test\nresources: [../base]\n"})
        result = self.sluice("diff", "HEAD~..HEAD")
        self.assertIn("dev: 2 new, 0 changed, 2 gone\n", result.out)
        self.assertIn("  + Deployment test/web", result.out)
        self.assertIn("  - Deployment dev/web", result.out)
        self.assertNotIn("prod", result.out)

    def test_no_value_of_a_secret(self):
        self.commit({"base/secret.yaml": SECRET.replace("hunter2", "hunter3").replace("  user: ana\n", "  more: x\n")})
        for form in ("text", "json", "markdown"):
            result = self.sluice("diff", "-o", form, "HEAD~..HEAD")
            self.assertCode(result, 0)
            self.assertIn("stringData.password", result.out)
            self.assertNotIn("hunter", result.out)
            self.assertNotIn("ana", result.out)
        self.assertIn("stringData.password: (values not shown) changed", self.sluice("diff", "HEAD~..HEAD").out)

    def test_json(self):
        self.commit({"base/web.yaml": DEPLOYMENT.replace("replicas: 1", "replicas: 2")})
        document = json.loads(self.sluice("diff", "-o", "json", "HEAD~..HEAD").out)
        self.assertEqual([build["name"] for build in document["builds"]], ["dev", "prod"])
        [object] = document["builds"][0]["objects"]
        self.assertEqual((object["change"], object["kind"], object["namespace"]), ("changed", "Deployment", "dev"))
        self.assertEqual(object["fields"], [{"field": "spec.replicas", "hidden": False, "before": "1", "after": "2",
                                             "file": "base/web.yaml", "line": 6}])

    def test_markdown_cannot_be_ended_by_a_value(self):
        self.commit({"base/web.yaml": DEPLOYMENT + "  paused: \"````\\n```\"\n"})
        result = self.sluice("diff", "-o", "markdown", "HEAD~..HEAD")
        self.assertIn("`````diff\n", result.out)

    def test_nothing_differs(self):
        self.commit({"base/web.yaml": "# a word\n" + DEPLOYMENT, "README.md": "x\n"})
        result = self.sluice("diff", "HEAD~..HEAD")
        self.assertCode(result, 0)
        self.assertEqual(result.out, "nothing that is built differs\n")

    def test_colours(self):
        self.commit({"base/web.yaml": DEPLOYMENT.replace("replicas: 1", "replicas: 2")})
        self.assertIn("\x1b[33m", self.sluice("diff", "--color", "always", "HEAD~..HEAD").out)
        self.assertNotIn("\x1b", self.sluice("diff", "HEAD~..HEAD").out)
        self.assertNotIn("\x1b", self.sluice("diff", "--color", "always", "--no-color", "HEAD~..HEAD").out)

    def test_a_side_that_cannot_be_built(self):
        self.commit({"dev/kustomization.yaml": "resources: [../base, gone.yaml]\n"})
        result = self.sluice("diff", "HEAD~..HEAD")
        self.assertCode(result, 3)
        self.assertIn("not built: dev/kustomization.yaml:1:", result.out)
        self.assertCode(self.sluice("diff", "--exit-code", "HEAD~..HEAD"), 3)

    def test_what_is_not_compared_is_named(self):
        def base(ref):
            return {"base/kustomization.yaml": f"resources:\n- web.yaml\n- https://github.com/a/b?ref={ref}\n"}
        self.commit(base("v1"))
        self.commit(base("v2"))
        result = self.sluice("diff", "HEAD~..HEAD")
        self.assertCode(result, 0)
        self.assertEqual(result.out, "nothing that is built differs\nnot compared: base/kustomization.yaml:3: "
                         "a remote base or file, which is never fetched\n")
        document = json.loads(self.sluice("diff", "-o", "json", "HEAD~..HEAD").out)
        self.assertEqual(document["builds"], [])
        self.assertEqual([(one["file"], one["line"]) for one in document["notCompared"]], [("base/kustomization.yaml", 3)])
        markdown = self.sluice("diff", "-o", "markdown", "HEAD~..HEAD").out
        self.assertIn("- Not compared: base/kustomization.yaml:3: a remote base", markdown)

    def test_a_definition_that_leads_nowhere(self):
        self.commit({"ks.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: out, "
                     "namespace: flux-system}\nspec:\n  sourceRef: {kind: GitRepository, name: flux-system}\n"
                     "  path: ../../x\n"})
        result = self.sluice("diff", "HEAD~..HEAD")
        self.assertCode(result, 3)
        self.assertIn("error: ks.yaml:6:9: spec.path: ", result.out)

    def test_wrong_ranges(self):
        for word in ("dev", "absent..HEAD", "..", "HEAD:dev"):
            self.assertCode(self.sluice("diff", word), 2)
        self.assertCode(self.sluice("diff", "--staged", "HEAD"), 2)
        self.assertFirst(self.sluice("diff", cwd="/").err, "error: this is not a Git work tree")
        self.assertCode(self.sluice("diff", cwd="/"), 2)

    def test_the_work_tree_with_head(self):
        self.assertEqual(self.sluice("diff").out, "nothing that is built differs\n")
        self.write("base/web.yaml", DEPLOYMENT.replace("replicas: 1", "replicas: 2"))
        expected = ("dev: 0 new, 1 changed, 0 gone\n"
                    "  ~ Deployment dev/web    base/web.yaml:1\n"
                    "      spec.replicas: 1 -> 2    base/web.yaml:6\n"
                    "prod: 0 new, 1 changed, 0 gone\n"
                    "  ~ Deployment prod/web    base/web.yaml:1\n"
                    "      spec.replicas: 1 -> 2    base/web.yaml:6\n")
        for words in ([], ["HEAD"]):
            result = self.sluice("diff", *words)
            self.assertCode(result, 0)
            self.assertEqual(result.out, expected)
        self.assertEqual(self.sluice("diff", cwd=self.path("base")).out, expected)

    def test_files_that_git_does_not_track_yet(self):
        self.write("dev/kustomization.yaml", "namespace: dev\nresources: [../base, map.yaml]\n")
        self.write("dev/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
        self.assertIn("  + ConfigMap dev/a    dev/map.yaml:1\n", self.sluice("diff").out)
        self.write(".gitignore", "map.yaml\n")
        result = self.sluice("diff")
        self.assertCode(result, 3)
        self.assertIn("not built: dev/kustomization.yaml:2:", result.out)

    def test_a_file_that_is_gone(self):
        os.remove(self.path("dev/kustomization.yaml"))
        self.assertIn("dev: 0 new, 0 changed, 2 gone\n", self.sluice("diff").out)

    def test_the_index_with_head(self):
        self.write("base/web.yaml", DEPLOYMENT.replace("replicas: 1", "replicas: 2"))
        self.assertEqual(self.sluice("diff", "--staged").out, "nothing that is built differs\n")
        self.git("add", "-A")
        self.write("base/web.yaml", DEPLOYMENT)
        self.assertIn("spec.replicas: 1 -> 2", self.sluice("diff", "--staged").out)
        self.assertEqual(self.sluice("diff").out, "nothing that is built differs\n")

    def test_the_index_before_the_first_commit(self):
        self.git("update-ref", "-d", "HEAD")
        self.assertIn("dev: 2 new, 0 changed, 0 gone\n", self.sluice("diff", "--staged").out)

    def test_exit_code(self):
        self.assertCode(self.sluice("diff", "--exit-code"), 0)
        self.write("base/web.yaml", DEPLOYMENT.replace("replicas: 1", "replicas: 2"))
        self.assertCode(self.sluice("diff", "--exit-code"), 1)
        self.assertCode(self.sluice("diff", "--exit-code", "-j", "1"), 1)
        self.assertCode(self.sluice("diff"), 0)

    def test_a_configuration_of_ones_own(self):
        self.write("base/web.yaml", DEPLOYMENT.replace("replicas: 1", "replicas: 2"))
        self.write("mine/sluice.yaml", "version: 1\nroots: {exclude: ['prod/**']}\n")
        result = self.sluice("diff", "--config", "mine/sluice.yaml")
        self.assertIn("dev: 0 new, 1 changed", result.out)
        self.assertNotIn("prod", result.out)
        self.assertCode(self.sluice("diff", "--config", "absent.yaml"), 2)


if __name__ == "__main__":
    main()
