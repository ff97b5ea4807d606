#!/usr/bin/env python3
"""`sluice hook`: the installer's words and exit codes; tests/push pushes for real."""

import json
import os

from command import GOOD, TestCase, main


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


if __name__ == "__main__":
    main()
