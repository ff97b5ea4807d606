#!/usr/bin/env python3
"""`sluice env`: environments, what they hold and what they ask for."""

import json
import os
import subprocess

from command import TestCase, main

CONFIGURATION = """version: 1
people: {ana: {}, ben: {}}
review: {groups: {sre: [ana, ben]}}
environments:
  production:
    branch: env/production
    after: [dev]
    approvals: {count: 2, from: sre}
    soak: 24h
    clusters: [prod-1]
    freezes: [{from: 2020-01-01, to: 9998-01-01, reason: fair}]
  dev: {branch: env/dev}
"""


class Env(TestCase):
    def git(self, *arguments):
        environment = dict(os.environ, GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="a",
                           GIT_COMMITTER_EMAIL="a@b", GIT_COMMITTER_DATE="2026-11-26T21:11:00Z")
        return subprocess.run(("git", *arguments), cwd=self.directory, env=environment, check=True,
                              capture_output=True, text=True).stdout.strip()

    def commit(self, configuration):
        if not os.path.exists(os.path.join(self.directory, ".git")):
            self.git("init", "-q", "-b", "main")
        self.write(".sluice/sluice.yaml", configuration)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def test_each_is_listed_after_those_before_it(self):
        commit = self.commit(CONFIGURATION)
        self.git("branch", "env/dev")
        result = self.sluice("env")
        self.assertCode(result, 0)
        self.assertEqual(result.out, """dev: env/dev at %s of 2026-11-26T21:11:00Z
production: env/production, no such branch here
  runs on prod-1
  requires: 2 approvals from sre, 1 d in dev
  shut: frozen by the configuration: fair, until 9998-01-02T00:00:00Z
""" % commit[:7])

    def test_a_clone_knows_the_branches_of_its_origin(self):
        commit = self.commit(CONFIGURATION)
        self.git("update-ref", "refs/remotes/origin/env/production", commit)
        self.assertIn("env/production at " + commit[:7], self.sluice("env").out)

    def test_what_clusters_must_have_reported_is_asked(self):
        self.commit(CONFIGURATION.replace("soak: 24h", "outcome: healthy").replace(
            "{branch: env/dev}", "{branch: env/dev, clusters: [dev-1]}"))
        self.assertIn("requires: 2 approvals from sre, dev first, healthy there\n", self.sluice("env").out)
        production = json.loads(self.sluice("env", "-o", "json").out)["environments"][1]
        self.assertEqual(production["outcome"], "healthy")

    def test_in_a_clone_it_says_that_it_shows_what_was_fetched(self):
        self.commit(CONFIGURATION)
        self.assertEqual(self.sluice("env").err, "")
        self.git("remote", "add", "origin", "ssh://git@git.example/shop.git")
        hint = "hint: as fetched last: git fetch origin '+refs/heads/*:refs/remotes/origin/*' '+refs/sluice/*:refs/sluice/*'\n"
        self.assertEqual(self.sluice("env").err, hint)
        self.assertEqual(self.sluice("env", "-o", "json").err, "")

    def test_json_has_the_same(self):
        commit = self.commit(CONFIGURATION)
        self.git("branch", "env/dev")
        result = self.sluice("env", "-o", "json")
        self.assertCode(result, 0)
        dev, production = json.loads(result.out)["environments"]
        self.assertEqual((dev["name"], dev["commit"], dev["committed"]), ("dev", commit, "2026-11-26T21:11:00Z"))
        self.assertNotIn("commit", production)
        self.assertEqual(production["approvals"], {"count": 2, "from": ["sre"], "codeowners": False})
        self.assertEqual(production["soakSeconds"], 86400)
        self.assertEqual([shut["kind"] for shut in production["shut"]], ["freeze"])

    def test_without_environments_it_says_so(self):
        self.commit("version: 1\n")
        self.assertEqual(self.sluice("env").out, "no environments\n")

    def test_another_commit_may_be_named(self):
        first = self.commit("version: 1\n")
        self.commit(CONFIGURATION)
        self.assertEqual(self.sluice("env", first).out, "no environments\n")

    def test_a_configuration_that_is_wrong_is_an_error_with_its_place(self):
        self.commit(CONFIGURATION.replace("after: [dev]", "after: [stage]"))
        result = self.sluice("env")
        self.assertCode(result, 2)
        self.assertIn(".sluice/sluice.yaml:7:", result.err)
        self.assertIn("there is no environment stage", result.err)

    def test_outside_of_git_it_is_a_mistake(self):
        result = self.sluice("env")
        self.assertCode(result, 2)
        self.assertIn("not a Git repository", result.err)

    def test_an_unknown_commit_is_a_mistake(self):
        self.commit("version: 1\n")
        self.assertCode(self.sluice("env", "nowhere"), 2)


if __name__ == "__main__":
    main()
