#!/usr/bin/env python3
"""`sluice completion` and the manual pages: neither speaks of what is not there, nor leaves out what is."""

import os
import re
import shutil
import subprocess
import unittest

from command import SLUICE, TestCase, environment, main, sluice

MANUAL = os.path.join(os.path.dirname(__file__), "../../docs/man")


def commands(words=()):
    """Every command as a tuple of words, from the help."""
    yield words
    match = re.search(r"Subcommands:\n((?:  .*\n)+)", sluice(*words, "--help").out)
    for line in match.group(1).splitlines() if match else ():
        name = line.split()[0]
        if line.startswith("  ") and not line.startswith("   "):
            yield from commands((*words, name))


def options(words):
    return set(re.findall(r"(?:^|[ ,])(--[a-z][a-z-]*|-[a-zA-Z])\b", sluice(*words, "--help").out.split("Subcommands:")[0]))


class Bash(TestCase):
    def complete(self, *words):
        script = 'source <("$SLUICE" completion bash); COMP_WORDS=(sluice "$@"); COMP_CWORD=$#; _sluice; ' \
                 'printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, env=environment(SLUICE=SLUICE))
        self.assertEqual(done.stderr, b"")
        return set(done.stdout.decode().split())

    def test_commands_are_offered(self):
        self.assertEqual(self.complete(""), {words[0] for words in commands() if len(words) == 1})
        self.assertEqual(self.complete("che"), {"check"})
        self.assertEqual(self.complete("hook", "in"), {"install"})

    def test_every_option_of_every_command_is_offered(self):
        for words in commands():
            if words:
                self.assertEqual(self.complete(*words, "-"), options(words), words)

    def test_values_are_offered_where_they_are_known(self):
        self.assertEqual(self.complete("check", "-o", ""),
                         {"text", "json", "sarif", "junit", "github", "gitlab", "markdown"})
        self.assertEqual(self.complete("check", "--color", "a"), {"auto", "always"})
        self.assertEqual(self.complete("completion", ""), {"bash", "zsh", "fish"})
        self.assertIn("schema/unknown-field", self.complete("explain", "schema/"))
        self.assertEqual(self.complete("check", "--config", ""), set())


class Shells(TestCase):
    def test_zsh_and_fish_take_their_scripts(self):
        for shell, flag in (("zsh", "-n"), ("fish", "--no-execute")):
            if shutil.which(shell) is None:
                print("skipped: no", shell)
                continue
            path = self.write("script", self.sluice("completion", shell).out)
            done = subprocess.run([shell, flag, path], capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""), shell)

    @unittest.skipIf(shutil.which("fish") is None, "no fish")
    def test_fish_offers_commands_and_values(self):
        path = self.write("script", self.sluice("completion", "fish").out)
        bin_directory = os.path.dirname(SLUICE)
        for line, expected in (("sluice ", "check"), ("sluice check --output j", "json"), ("sluice hook ", "install")):
            done = subprocess.run(["fish", "--no-config", "-c", "source %s; complete -C '%s'" % (path, line)],
                                  capture_output=True,
                                  env=environment(PATH=bin_directory + ":" + os.environ["PATH"], HOME=self.directory))
            self.assertIn(expected, [word.split("\t")[0] for word in done.stdout.decode().splitlines()], line)

    def test_another_shell_is_wrong_usage(self):
        self.assertCode(self.sluice("completion", "tcsh"), 2)


class Manual(TestCase):
    def page(self, words):
        with open(os.path.join(MANUAL, "-".join(["sluice", *words[:1]]) + ".1"), encoding="utf-8") as file:
            return file.read()

    def test_every_command_and_option_is_described_and_no_other(self):
        described = {}
        for words in commands():
            described.setdefault(words[:1], set()).update(options(words))
            for word in words[1:]:
                self.assertRegex(self.page(words), r"(?m)^\.(It Cm|Nm sluice hook|Nm sluice schemas|Nm sluice render) %s$" % word)
        for words, names in described.items():
            fields = re.findall(r"(?m)^\.It (Fl .*)$", self.page(words))
            written = set()
            for field in fields:
                head = re.split(r" Ar ", field)[0].removeprefix("Fl ")
                written.update("-" + name.strip() for name in head.split(",") if name.strip())
            self.assertEqual(written, names, words)

    def test_the_line_for_pre_commit_is_a_command_of_this_program(self):
        with open(os.path.join(MANUAL, "../../.pre-commit-hooks.yaml"), encoding="utf-8") as file:
            program, *words = re.search(r"(?m)^  entry: (.*)$", file.read()).group(1).split()
        self.assertEqual(program, "sluice")
        self.assertCode(sluice(*words, "--help"), 0)

    @unittest.skipIf(shutil.which("mandoc") is None, "no mandoc")
    def test_the_pages_are_well_formed(self):
        for name in sorted(os.listdir(MANUAL)):
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(MANUAL, name)],
                                  capture_output=True)
            self.assertEqual(done.stdout.decode(), "")


if __name__ == "__main__":
    main()
