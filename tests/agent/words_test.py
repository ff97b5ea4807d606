#!/usr/bin/env python3
"""The words of sluice-agent, as whoever runs its image types them."""

import os
import subprocess
import unittest

AGENT = os.environ.get("SLUICE_AGENT", "")


class Words(unittest.TestCase):
    def run_agent(self, *words):
        return subprocess.run([AGENT, *words], text=True, capture_output=True, check=False)

    def test_the_version_is_one_line(self):
        done = self.run_agent("--version")
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stdout, r"^sluice-agent [0-9]+\.[0-9]+\.[0-9]+\n$")

    def test_help_names_what_it_takes(self):
        for option in ("--help", "-h"):
            done = self.run_agent(option)
            self.assertEqual(done.returncode, 0, done)
            self.assertTrue(done.stdout.startswith("Usage: sluice-agent --config FILE"), done)
            for word in ("--once", "drift", "--version"):
                self.assertIn(word, done.stdout)

    def test_words_that_mean_nothing_are_wrong_usage(self):
        for words in (["--versoin"], [], ["--once"], ["--config"], ["drift", "--help"]):
            done = self.run_agent(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done)
            self.assertTrue(done.stderr.startswith("error: "), done)


if __name__ == "__main__":
    unittest.main()
