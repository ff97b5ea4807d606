#!/usr/bin/env python3
"""`sluice hook`: the installer's words and exit codes; tests/push pushes for real."""

import json
import os
import unittest

from command import GOOD, TestCase, main


HELM = os.path.join(os.environ.get("SLUICE_TOOLS", ""), "helm/helm")

RELEASE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: "https://git.example/shop.git", ref: {branch: main}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: flux-system}
spec:
  interval: 1m
  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system}}}
"""
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndate: {key: value}\n"


class Hook(TestCase):
    def setUp(self):
        super().setUp()
        self.repository(**{"good.yaml": GOOD})
        self.bare = self.path("shop.git")
        self.git("clone", "-q", "--bare", self.directory, self.bare)

    def test_a_repository_is_gated_and_let_go_again(self):
        result = self.sluice("hook", "status", self.bare)
        self.assertCode(result, 1)
        self.assertFirst(result.out, "NOT GATED  " + self.bare)
        self.assertCode(self.sluice("hook", "install", self.bare), 0)
        result = self.sluice("hook", "status", self.bare)
        self.assertCode(result, 0)
        self.assertFirst(result.out, "gated      " + self.bare)
        states = json.loads(self.sluice("hook", "status", "-o", "json", self.bare).out)["repositories"]
        self.assertEqual([(state["path"], state["gated"]) for state in states], [(self.bare, True)])
        self.assertCode(self.sluice("hook", "uninstall", self.bare), 0)
        self.assertCode(self.sluice("hook", "status", self.bare), 1)

    def test_a_repository_that_rejects_every_push_is_trouble(self):
        self.sluice("hook", "install", self.bare)
        with open(os.path.join(self.bare, "sluice/settings.yaml"), "a", encoding="utf-8") as file:
            file.write("nonsense: 1\n")
        result = self.sluice("hook", "status", self.bare)
        self.assertCode(result, 1)
        self.assertFirst(result.out, "TROUBLE    " + self.bare)
        self.assertIn("every push is rejected", result.out)
        self.assertCode(self.sluice("hook", "status", "-o", "json", self.bare), 1)

    def test_an_operators_file_with_a_mistake_is_refused(self):
        operator = self.path("hook.yaml")
        for text, words in ((None, "the operator's file is not there: "), ("moed: enforce\n", operator + ":1:1: unknown key")):
            if text is not None:
                with open(operator, "w", encoding="utf-8") as file:
                    file.write(text)
            result = self.sluice("hook", "install", "--operator-file", operator, self.bare)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: " + words)
            self.assertFalse(os.path.exists(os.path.join(self.bare, "sluice")))

    def test_settings_are_set_and_taken_back(self):
        self.sluice("hook", "install", self.bare)
        head = self.git("rev-parse", "HEAD")
        self.assertCode(self.sluice("hook", "set", self.bare, "policyCommit=" + head, "mode=observe"), 0)
        with open(os.path.join(self.bare, "sluice/settings.yaml"), encoding="utf-8") as file:
            self.assertIn(head, file.read())
        self.assertFirst(self.sluice("hook", "status", self.bare).out, "observed   ")
        self.assertCode(self.sluice("hook", "set", self.bare, "policyCommit=", "mode="), 0)
        with open(os.path.join(self.bare, "sluice/settings.yaml"), encoding="utf-8") as file:
            self.assertNotIn(head, file.read())

    def test_what_cannot_be_set_is_wrong_usage(self):
        self.sluice("hook", "install", self.bare)
        for words in (["nonsense=1"], ["mode=maybe"], ["mode"], ["=x"]):
            result = self.sluice("hook", "set", self.bare, *words)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: ")

    def test_what_is_no_repository_is_said(self):
        result = self.sluice("hook", "install", self.path("nothing.git"))
        self.assertNotEqual(result.code, 0)
        self.assertFirst(result.err, "error: ")
        self.assertCode(self.sluice("hook", "install", "--platform", "cvs", self.bare), 2)

    def test_an_import_prints_the_verdict(self):
        self.sluice("hook", "install", self.bare)
        result = self.sluice("hook", "import", self.bare)
        self.assertCode(result, 0)
        self.assertIn("accepted: ", result.out)

    @unittest.skipUnless(os.access(HELM, os.X_OK), "needs helm, which tests/oracles/kubernetes-tools fetches")
    def test_an_import_renders_charts_with_the_operators_helm(self):
        self.commit({"release.yaml": RELEASE, "chart/templates/web.yaml": TEMPLATE,
                     "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n"})
        self.git("push", "-q", self.bare, "HEAD:main")
        operator = self.path("hook.yaml")
        for text, rejected in (("", False), ("helm: %s\n" % HELM, True)):
            with open(operator, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertCode(self.sluice("hook", "install", "--operator-file", operator, self.bare), 0)
            result = self.sluice("hook", "import", self.bare)
            self.assertCode(result, 0)
            self.assertEqual('unknown field "date"' in result.out, rejected, result)


if __name__ == "__main__":
    main()
