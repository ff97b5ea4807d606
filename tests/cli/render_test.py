"""`sluice render`: what would be built, on the terminal of who asks."""

import json

from command import TestCase, main

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
"""


class Render(TestCase):
    def setUp(self):
        super().setUp()
        self.repository(**{
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": DEPLOYMENT,
            "prod/kustomization.yaml": "namespace: prod\nresources: [../base]\npatches: [{path: patch.yaml}]\n",
            "prod/patch.yaml": PATCH,
        })

    def test_prints_the_built_objects_as_yaml(self):
        result = self.sluice("render", "prod")
        self.assertCode(result, 0)
        self.assertEqual(result.err, "")
        self.assertIn("  name: web\n  namespace: prod\n", result.out)
        self.assertIn("  replicas: 3\n", result.out)
        self.assertFirst(result.out, "---\napiVersion: apps/v1\n")

    def test_names_the_place_of_each_value(self):
        result = self.sluice("render", "--origin", "prod")
        self.assertCode(result, 0)
        self.assertIn("# base/web.yaml:1, through base/kustomization.yaml, through prod/kustomization.yaml\n", result.out)
        self.assertIn("  name: web  # base/web.yaml:4\n", result.out)
        self.assertIn("  namespace: prod  # prod/kustomization.yaml:1\n", result.out)
        self.assertIn("  replicas: 3  # prod/patch.yaml:6\n", result.out)

    def test_a_base_by_itself(self):
        result = self.sluice("render", "base")
        self.assertCode(result, 0)
        self.assertIn("  replicas: 1\n", result.out)

    def test_everything_below(self):
        result = self.sluice("render")
        self.assertCode(result, 0)
        self.assertEqual(result.out.count("kind: Deployment"), 1, result)

    def test_from_within(self):
        result = self.sluice("render", cwd=self.path("prod"))
        self.assertCode(result, 0)
        self.assertIn("namespace: prod", result.out)

    def test_json_has_the_objects_and_their_places(self):
        result = self.sluice("render", "-o", "json", "prod")
        self.assertCode(result, 0)
        document = json.loads(result.out)
        self.assertEqual(document["schemaVersion"], 1)
        [build] = document["builds"]
        self.assertEqual(build["name"], "prod")
        [built] = build["objects"]
        self.assertEqual((built["file"], built["line"]), ("base/web.yaml", 1))
        self.assertEqual(built["object"]["spec"]["replicas"], 3)

    def test_what_cannot_be_built_is_said(self):
        self.write("prod/kustomization.yaml", "resources: [../base, gone.yaml]\n")
        result = self.sluice("render", "prod")
        self.assertCode(result, 3)
        self.assertFirst(result.err, "error: prod/kustomization.yaml:1:")
        self.assertIn("gone.yaml", result.err)

    def test_what_is_left_out_is_said(self):
        self.write("prod/kustomization.yaml", "resources:\n- ../base\n- https://github.com/a/b?ref=v1\n")
        result = self.sluice("render", "-j", "1", "prod")
        self.assertCode(result, 3)
        self.assertFirst(result.err, "hint: not built: prod/kustomization.yaml:3:")
        self.assertIn("kind: Deployment", result.out)

    def test_a_root_as_the_roots_above_make_it(self):
        flux = ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: %s, namespace: "
                "flux-system}\nspec:\n  sourceRef: {kind: GitRepository, name: flux-system}\n  path: %s\n")
        self.write("cluster/apps.yaml", flux % ("cluster-apps", "./apps") +
                   "  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
                   "      apiVersion: kustomize.toolkit.fluxcd.io/v1\n      kind: Kustomization\n"
                   "      metadata: {name: any}\n      spec: {targetNamespace: shop}\n")
        self.write("apps/kustomization.yaml", "resources: [web/ks.yaml]\n")
        self.write("apps/web/ks.yaml", flux % ("web", "./apps/web/app"))
        self.write("apps/web/app/kustomization.yaml", "resources: [map.yaml]\n")
        self.write("apps/web/app/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n")
        result = self.sluice("render", "apps/web/ks.yaml")
        self.assertCode(result, 0)
        self.assertEqual(result.out.count("\nkind: "), 1, result)
        self.assertIn("  namespace: shop\n", result.out)

    def test_what_defines_builds_and_is_wrong_or_elsewhere_is_said(self):
        flux = ("---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: %s, namespace: "
                "flux-system}\nspec:\n  sourceRef: {kind: %s, name: flux-system}\n  path: %s\n")
        self.write("ks/all.yaml", flux % ("prod", "GitRepository", "./prod") + flux % ("out", "GitRepository", "../../x") +
                   flux % ("far", "OCIRepository", "./"))
        result = self.sluice("render", "ks")
        self.assertCode(result, 3)
        self.assertIn("namespace: prod", result.out)
        self.assertIn("error: ks/all.yaml:14:", result.err)
        self.assertIn("[kustomize/flux]", result.err)
        self.assertIn("not built: ks/all.yaml: Kustomization flux-system/far builds what is elsewhere", result.err)

    def test_the_configuration_says_how_controllers_build(self):
        flux = ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: "
                "flux-system}\nspec:\n  sourceRef: {kind: GitRepository, name: flux-system}\n  path: ./web\n"
                "  postBuild: {substitute: {KNOWN: a}}\n")
        self.write("ks.yaml", flux)
        self.write("web/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: '${UNKNOWN}'}\n")
        self.assertCode(self.sluice("render", "ks.yaml"), 0)
        self.write(".sluice/sluice.yaml",
                   "version: 1\nroots: {exclude: ['**'], strictSubstitution: true}\n")
        result = self.sluice("render", "ks.yaml")
        self.assertCode(result, 3)
        self.assertIn("[kustomize/substitution]", result.err)

    def test_another_branch_is_elsewhere(self):
        source = ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: "
                  "flux-system}\nspec: {interval: 1m, url: 'ssh://git@git.example/fleet', ref: {branch: %s}}\n---\n"
                  "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: prod, namespace: "
                  "flux-system}\nspec:\n  sourceRef: {kind: GitRepository, name: flux-system}\n  path: ./prod\n")
        self.write("fleet.yaml", source % "main")
        self.assertIn("namespace: prod", self.sluice("render", "fleet.yaml").out)
        self.write("fleet.yaml", source % "evil")
        result = self.sluice("render", "fleet.yaml")
        self.assertNotIn("namespace: prod", result.out)
        self.assertIn("evil", result.err)

    def test_a_directory_of_nothing(self):
        self.write("docs/x.yaml", "a: b\n")
        result = self.sluice("render", "docs")
        self.assertCode(result, 2)
        self.assertFirst(result.err, "error: nothing is built from docs")
        self.assertCode(self.sluice("render", "absent"), 2)


if __name__ == "__main__":
    main()
