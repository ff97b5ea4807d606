#!/usr/bin/env python3
"""`sluice explain`: the words of the rules."""

import json

from command import TestCase, main


class Explain(TestCase):
    def test_a_rule_is_shown_with_reason_remedy_and_examples(self):
        result = self.sluice("explain", "schema/unknown-field")
        self.assertCode(result, 0)
        self.assertFirst(result.out, "schema/unknown-field (error)\n  ")
        for part in ("\nWhy:\n", "\nWhat to do:\n", "\nRejected:\n", "\nAccepted:\n", "    apiVersion: "):
            self.assertIn(part, result.out)

    def test_a_rule_may_stand_in_the_brackets_of_a_finding(self):
        self.assertFirst(self.sluice("explain", "[schema/unknown-field]").out, "schema/unknown-field (error)")

    def test_alone_it_lists_every_rule_by_group(self):
        result = self.sluice("explain")
        self.assertCode(result, 0)
        for group in ("yaml", "text", "object", "schema", "api", "secret", "git", "native", "policy"):
            self.assertRegex(result.out, r"(?m)^%s$" % group)
        self.assertIn("schema/unknown-field", result.out)

    def test_a_group_lists_its_own_rules(self):
        result = self.sluice("explain", "schema")
        self.assertCode(result, 0)
        self.assertNotIn("text/", result.out)

    def test_a_rule_is_found_without_its_group(self):
        result = self.sluice("explain", "unknown-field")
        self.assertCode(result, 0)
        for rule in ("schema/unknown-field", "kustomize/unknown-field"):
            self.assertIn(rule, result.out)

    def test_an_unknown_rule_gets_a_suggestion(self):
        word, meant = "schema/unknown-feild", "schema/unknown-field"
        result = self.sluice("explain", word)
        self.assertCode(result, 2)
        self.assertEqual(result.err, 'error: no rule is named "%s"\nhint: did you mean "%s"?\n' % (word, meant))
        self.assertIn("sluice explain lists them", self.sluice("explain", "zzz/qqq").err)

    def test_json_holds_every_rule_with_its_words(self):
        rules = json.loads(self.sluice("explain", "-o", "json").out)["rules"]
        self.assertGreater(len(rules), 40)
        self.assertEqual(sorted(rule["id"] for rule in rules), [rule["id"] for rule in rules])
        for rule in rules:
            for word in ("title", "why", "remedy"):
                self.assertTrue(rule[word], rule["id"] + " " + word)
        one = json.loads(self.sluice("explain", "-o", "json", "schema/unknown-field").out)["rules"]
        self.assertEqual([rule["id"] for rule in one], ["schema/unknown-field"])


if __name__ == "__main__":
    main()
