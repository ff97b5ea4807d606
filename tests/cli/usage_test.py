#!/usr/bin/env python3
"""The command line as a whole: help, versions, words that mean nothing, start-up."""

import re

from command import TestCase, main

COMMANDS = ("check", "explain", "init", "hook", "schemas", "completion")


class Usage(TestCase):
    def test_without_a_word_the_help_is_shown_and_it_is_wrong_usage(self):
        result = self.sluice()
        self.assertCode(result, 2)
        for command in COMMANDS:
            self.assertIn(command, result.out)

    def test_help_is_there_for_every_command(self):
        for words in ([], *([command] for command in COMMANDS), ["hook", "install"], ["schemas", "show"]):
            for option in ("-h", "--help"):
                result = self.sluice(*words, option)
                self.assertCode(result, 0)
                self.assertIn("Usage: sluice", result.out)
                self.assertEqual(result.err, "")

    def test_help_shows_options_as_people_type_them(self):
        for command in ("approve", "review", "revoke", "promote", "freeze", "hold", "release", "break-glass", "consent"):
            result = self.sluice(command, "--help")
            self.assertCode(result, 0)
            self.assertIn("--no-fetch ", result.out)
            self.assertNotIn("{false}", result.out)
        for command in ("approve", "review", "revoke"):
            self.assertIn("ENV|REV..REV", self.sluice(command, "--help").out)
        self.assertIn("gitolite", self.sluice("hook", "install", "--help").out)
        self.assertIn("2026-12-24T18:00:00Z", self.sluice("freeze", "--help").out)

    def test_a_value_that_is_none_of_those_it_may_be_is_wrong_usage(self):
        for words in (["hook", "install", "--identity", "nobody", "x"], ["drift", "--config", "x", "-o", "yaml"]):
            result = self.sluice(*words)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: ")

    def test_the_version_names_the_minors_of_kubernetes(self):
        for word in ("--version", "version"):
            result = self.sluice(word)
            self.assertCode(result, 0)
            self.assertRegex(result.out, r"^sluice [0-9]+\.[0-9]+\.[0-9]+\nKubernetes 1\.[0-9]+(, 1\.[0-9]+)+\n$")
        self.assertEqual(self.sluice("check", "--version").code, 2)
        self.assertFirst(self.sluice("version", "-x").err, "error: sluice version takes no argument\n")
        self.assertIn("`sluice help COMMAND`", self.sluice("--help").out)

    def test_help_is_a_word_too(self):
        for words in ([], ["check"], ["hook", "install"]):
            result = self.sluice("help", *words)
            self.assertCode(result, 0)
            self.assertEqual(result.out, self.sluice(*words, "--help").out)
        self.assertFirst(self.sluice("help", "chekc").err,
                         'error: no command "chekc" of sluice\nhint: did you mean "check"?\n')

    def test_words_that_mean_nothing_are_answered_in_our_words(self):
        for words, said in ((["hook"], "sluice hook needs a command: install, "),
                            (["explain", "a", "b"], 'sluice explain takes no argument "b" here'),
                            (["check", "-o", "x"], '"x" is not a value of --output; known are text, json, sarif, '),
                            (["check", "--jobs", "x"], '"x" is not a value of --jobs; it takes a number, 1 to 1024'),
                            (["check", "--config"], "--config needs a value: FILE"),
                            (["hook", "install", "--mode"], "--mode needs a value: enforce, observe"),
                            (["completion"], "shell is missing")):
            result = self.sluice(*words)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: " + said)

    def test_an_unknown_command_gets_a_suggestion(self):
        for word, meant in (("chekc", "check"), ("explian", "explain"), ("completoin", "completion")):
            result = self.sluice(word)
            self.assertCode(result, 2)
            self.assertEqual(result.out, "")
            self.assertFirst(result.err, 'error: no command "%s" of sluice\nhint: did you mean "%s"?\n' % (word, meant))
        self.assertNotIn("did you mean", self.sluice("xyzzy").err)
        self.assertFirst(self.sluice("hook", "instal").err,
                         'error: no command "instal" of sluice hook\nhint: did you mean "install"?\n')

    def test_an_unknown_option_gets_a_suggestion(self):
        for words, meant in ((["check", "--outptu", "json"], "--output"), (["check", "--stagd"], "--staged"),
                             (["init", "--forec"], "--force")):
            result = self.sluice(*words)
            self.assertCode(result, 2)
            self.assertIn('did you mean "%s"?' % meant, result.err)

    def test_a_value_that_is_missing_is_said(self):
        for words in (["check", "--config"], ["completion"], ["hook"], ["hook", "install"], ["schemas", "show"]):
            result = self.sluice(*words)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: ")
            self.assertRegex(result.err, r"hint: see sluice [a-z ]*--help\n$")

    def test_hostile_words_are_made_visible(self):
        for words in (["\x1b[2J"], ["check", "\x1b[2J"], ["explain", "a\nerror: forged"], ["check", "a\x1bb..HEAD"]):
            result = self.sluice(*words)
            self.assertCode(result, 2)
            self.assertNotIn("\x1b", result.err)
            self.assertNotIn("\nerror: forged", result.err)

    def test_every_error_is_one_plain_sentence(self):
        for words in (["check", "nothing"], ["check", "a..b"], ["explain", "nothing"], ["check", "-o", "x"]):
            result = self.sluice(*words)
            self.assertEqual(result.out, "")
            for line in result.err.splitlines():
                self.assertTrue(re.match(r"(error|hint): [^A-Z\s]", line) or "PATH" in line or "format" in line.lower(), line)
                self.assertFalse(line.endswith("."), line)


if __name__ == "__main__":
    main()
