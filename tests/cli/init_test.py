#!/usr/bin/env python3
"""`sluice init`: what it finds, what it writes, what it never overwrites."""

import os

from command import BAD, GOOD, TestCase, main

FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec:
  project: default
  destination: {namespace: shop, server: "https://kubernetes.default.svc"}
  source: {path: apps, repoURL: "https://git.shop.example/platform"}
"""


class Init(TestCase):
    def configuration(self):
        with open(self.path(".sluice/sluice.yaml"), encoding="utf-8") as file:
            return file.read()

    def test_it_writes_a_configuration_with_ratchet_on_that_the_gate_takes(self):
        self.repository(**{"good.yaml": GOOD})
        result = self.sluice("init")
        self.assertCode(result, 0)
        self.assertFirst(result.out, "wrote .sluice/sluice.yaml; found plain files\n")
        text = self.configuration()
        self.assertIn("\nratchet: true\n", text)
        self.assertIn("\nprotect: [main]\n", text)
        self.assertRegex(result.out, r"\nhint: Kubernetes 1\.[0-9]+, 1\.[0-9]+, 1\.[0-9]+ is a guess: set `kubernetes` to ")
        self.assertNotIn("not judged", result.out)
        self.assertCode(self.sluice("check"), 0)
        self.assertNotIn("not judged", self.sluice("check").out)

    def test_it_finds_what_builds_the_repository(self):
        for name, files, expected in (
                ("flux", {"flux.yaml": FLUX, "apps/a.yaml": GOOD}, "discover: [flux]"),
                ("argo", {"argo.yaml": ARGO, "apps/a.yaml": GOOD}, "discover: [argo-cd]"),
                ("kustomize", {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": GOOD}, "discover: [kustomize]"),
                ("all", {"f.yaml": FLUX, "g.yaml": ARGO, "apps/kustomization.yml": "resources: [a.yaml]\n",
                         "apps/a.yaml": GOOD}, "discover: [flux, argo-cd, kustomize]")):
            directory = self.path(name)
            os.makedirs(directory)
            self.git("init", "-q", cwd=directory)
            for path, text in files.items():
                self.write(name + "/" + path, text)
            result = self.sluice("init", cwd=directory)
            self.assertCode(result, 0)
            with open(directory + "/.sluice/sluice.yaml", encoding="utf-8") as file:
                self.assertIn(expected, file.read(), name)

    def test_it_shows_the_first_verdict_by_rule(self):
        self.repository(**{"good.yaml": GOOD, "web.yaml": BAD})
        result = self.sluice("init")
        self.assertCode(result, 0)
        self.assertIn("\nfirst verdict: 1 error in 1 of 2 objects\n     1  schema/unknown-field: ", result.out)
        self.assertIn("ratchet is on: none of these blocks a push", result.out)

    def test_what_it_wrote_lets_the_old_violation_pass_and_not_a_new_one(self):
        self.repository(**{"web.yaml": BAD})
        self.sluice("init")
        self.commit({})
        self.commit({"web.yaml": BAD + "# touched\n"})
        self.assertCode(self.sluice("check", "HEAD~1..HEAD"), 0)
        self.commit({"web.yaml": BAD.replace("  selector:", "  paussed: true\n  selector:")})
        self.assertCode(self.sluice("check", "HEAD~1..HEAD"), 1)

    def test_it_does_not_overwrite_without_force(self):
        self.repository(**{".sluice/sluice.yaml": "version: 1\n"})
        result = self.sluice("init")
        self.assertCode(result, 2)
        self.assertIn("is there already; --force overwrites it", result.err)
        self.assertEqual(self.configuration(), "version: 1\n")
        self.assertCode(self.sluice("init", "--force"), 0)
        self.assertIn("ratchet", self.configuration())

    def test_it_writes_at_the_top_from_wherever_it_is_called(self):
        self.repository(**{"a/b/good.yaml": GOOD})
        self.assertCode(self.sluice("init", cwd=self.path("a/b")), 0)
        self.assertTrue(self.configuration())

    def test_an_odd_branch_name_stays_a_name(self):
        self.repository(**{"good.yaml": GOOD})
        self.git("checkout", "-q", "-b", "it's-a-#1")
        self.assertCode(self.sluice("init"), 0)
        self.assertIn("protect: ['it''s-a-#1']", self.configuration())
        self.assertCode(self.sluice("check"), 0)

    def test_outside_git_it_is_wrong_usage(self):
        result = self.sluice("init")
        self.assertCode(result, 2)
        self.assertFirst(result.err, "error: this is not a Git work tree")
        self.assertFalse(os.path.exists(self.path(".sluice")))


if __name__ == "__main__":
    main()
