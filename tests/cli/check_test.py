#!/usr/bin/env python3
"""`sluice check`: what is judged, by which configuration, with which exit code."""

import json
import os
import subprocess
import unittest

from command import BAD, GOOD, SLUICE, TestCase, environment, main

REPLICA = 'web.yaml:7:3: error: unknown field'
MILD = "version: 1\nrules: {schema/unknown-field: warning}\n"


class Paths(TestCase):
    def test_a_good_file_is_accepted(self):
        result = self.sluice("check", self.write("good.yaml"))
        self.assertCode(result, 0)
        self.assertIn("1 judged", result.out)
        self.assertEqual(result.err, "")

    def test_a_bad_file_is_rejected_with_its_place_and_line(self):
        self.write("web.yaml", BAD)
        result = self.sluice("check", "web.yaml")
        self.assertCode(result, 1)
        self.assertFirst(result.out, REPLICA)
        self.assertIn("     7 |   replica: 3\n       |   ^", result.out)
        self.assertIn("[schema/unknown-field]", result.out)

    def test_without_an_argument_everything_here_is_judged(self):
        self.write("a/good.yaml")
        self.write("b/web.yaml", BAD)
        result = self.sluice("check")
        self.assertCode(result, 1)
        self.assertIn("b/" + REPLICA, result.out)

    def test_several_paths_and_globs_are_judged_together(self):
        self.write("a/web.yaml", BAD)
        self.write("b/good.yaml")
        self.write("c/web.yaml", BAD)
        self.assertCode(self.sluice("check", "b"), 0)
        result = self.sluice("check", "b", "a/*.yaml")
        self.assertCode(result, 1)
        self.assertIn("a/web.yaml", result.out)
        self.assertNotIn("c/web.yaml", result.out)
        self.assertIn("c/web.yaml", self.sluice("check", "**/web.yaml").out)

    def test_a_path_that_is_not_there_is_wrong_usage(self):
        self.write("a.yaml")
        for words in (["nothing.yaml"], ["."] + ["nothing"], ["x/*.yaml"], ["HEAD"], ["a.yaml", "a.yml"]):
            result = self.sluice("check", *words)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: no file or directory " + words[-1])
            self.assertEqual(result.out, "")

    def test_a_glob_that_matches_nothing_is_wrong_usage(self):
        self.write("a.yaml")
        for repository in (False, True):
            if repository:
                self.repository()
            result = self.sluice("check", "*.yml")
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: no file matches *.yml")
            self.assertCode(self.sluice("check", "*.yaml"), 0)

    def test_a_file_that_is_not_named_like_a_manifest_gets_a_hint(self):
        self.write("web.txt", BAD)
        self.assertFirst(self.sluice("check", "web.txt").err, "hint: web.txt is not named .yaml, .yml or .json")

    def test_an_empty_directory_is_accepted(self):
        self.assertCode(self.sluice("check"), 0)

    def test_outside_git_the_defaults_hold_and_it_is_said(self):
        self.write(".sluice/sluice.yaml", MILD)
        self.write("web.yaml", BAD)
        result = self.sluice("check")
        self.assertCode(result, 1)
        self.assertIn("policy defaults (not in Git)", result.out)
        self.assertFirst(result.err, "hint: this is not a Git repository, so .sluice/ is not read")

    def test_a_symbolic_link_is_not_followed(self):
        self.write("web.txt", BAD)
        os.symlink("web.txt", self.path("link.yaml"))
        self.assertNotIn("unknown field", self.sluice("check", "link.yaml").out)

    def test_paths_of_people_start_where_they_stand_and_those_of_machines_at_the_root(self):
        self.repository(**{"apps/web.yaml": BAD, "README": ""})
        os.makedirs(self.path("docs"))
        result = self.sluice("check", "../apps", cwd=self.path("docs"))
        self.assertFirst(result.out, "../apps/" + REPLICA)
        result = self.sluice("check", "-o", "json", cwd=self.path("apps"))
        self.assertEqual(json.loads(result.out)["findings"][0]["file"], "apps/web.yaml")


class Input(TestCase):
    def test_standard_input_is_one_file(self):
        result = self.sluice("check", "-", stdin=BAD)
        self.assertCode(result, 1)
        self.assertFirst(result.out, "<stdin>:7:3: error: unknown field")
        self.assertCode(self.sluice("check", "-", stdin=GOOD), 0)
        self.assertCode(self.sluice("check", "-", stdin=""), 0)

    def test_standard_input_is_read_to_its_end_or_refused(self):
        result = self.sluice("check", "-", stdin="# a long comment\n" * 20_000 + BAD)
        self.assertFirst(result.out, "<stdin>:20007:3: error: unknown field")
        result = self.sluice("check", "-", stdin=GOOD + "#" * (17 << 20))
        self.assertCode(result, 1)
        self.assertIn("larger than 16777216 bytes", result.out)

    def test_standard_input_may_be_json(self):
        text = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "dta": {}})
        self.assertCode(self.sluice("check", "-", stdin=text), 1)

    def test_standard_input_is_judged_by_the_repository_it_is_in(self):
        self.repository(**{".sluice/sluice.yaml": MILD})
        self.assertCode(self.sluice("check", "-", stdin=BAD), 0)

    def test_roots_say_nothing_of_standard_input(self):
        self.repository(**{".sluice/sluice.yaml": "version: 1\nroots: {include: [apps/**]}\n"})
        self.assertCode(self.sluice("check", "-", stdin=BAD), 1)

    def test_a_dash_stands_alone(self):
        result = self.sluice("check", "-", "a.yaml")
        self.assertCode(result, 2)
        self.assertFirst(result.err, 'error: "-" stands alone')


class WorkTree(TestCase):
    def test_its_own_configuration_counts(self):
        self.repository(**{".sluice/sluice.yaml": MILD, "web.yaml": BAD})
        result = self.sluice("check")
        self.assertCode(result, 0)
        self.assertIn("policy work tree", result.out)

    def test_a_repository_elsewhere_is_judged_by_its_own(self):
        self.repository(**{".sluice/sluice.yaml": MILD, "web.yaml": BAD})
        self.assertCode(self.sluice("check", self.path("web.yaml"), cwd="/"), 0)

    def test_what_git_ignores_is_judged_only_by_name(self):
        self.repository(**{".gitignore": "build/\n", "good.yaml": GOOD})
        self.write("build/web.yaml", BAD)
        self.assertCode(self.sluice("check"), 0)
        self.assertCode(self.sluice("check", "build"), 1)
        self.assertCode(self.sluice("check", "build/web.yaml"), 1)

    def test_files_that_git_does_not_know_yet_are_judged(self):
        self.repository(**{"good.yaml": GOOD})
        self.write("web.yaml", BAD)
        self.assertCode(self.sluice("check"), 1)

    def test_a_file_that_was_deleted_is_not_missed(self):
        self.repository(**{"good.yaml": GOOD, "gone.yaml": BAD})
        os.remove(self.path("gone.yaml"))
        self.assertCode(self.sluice("check"), 0)

    def test_definitions_elsewhere_in_the_tree_are_known(self):
        self.repository(**{"crds/shop.yaml": CRD, "shops/one.yaml": SHOP % "size: 3"})
        self.assertCode(self.sluice("check", "shops"), 0)
        self.write("shops/one.yaml", SHOP % "sise: 3")
        result = self.sluice("check", "shops")
        self.assertCode(result, 1)
        self.assertIn("sise", result.out)


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.shop.example}
spec:
  group: shop.example
  scope: Namespaced
  names: {kind: Shop, listKind: ShopList, plural: shops, singular: shop}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer}
"""
SHOP = """\
apiVersion: shop.example/v1
kind: Shop
metadata: {name: one, namespace: shop}
spec:
  %s
"""


class Hostile(TestCase):
    def test_no_program_that_the_repository_names_is_started(self):
        self.repository(**{"good.yaml": GOOD})
        program = self.write("run", "#!/bin/sh\ntouch " + self.path("started") + "\n")
        os.chmod(program, 0o755)
        for key in ("core.fsmonitor", "core.editor", "core.pager", "diff.external"):
            self.git("config", key, program)
        self.write("web.yaml", BAD)
        self.git("-c", "core.fsmonitor=false", "add", "web.yaml")
        for words in ([], ["web.yaml"], ["--staged"], ["HEAD..HEAD"], ["HEAD...HEAD"]):
            self.sluice("check", *words)
        self.assertFalse(os.path.exists(self.path("started")))


class Commits(TestCase):
    def setUp(self):
        super().setUp()
        self.first = self.repository(**{"good.yaml": GOOD, "old.yaml": BAD})

    def test_only_what_differs_is_judged(self):
        self.commit({"other.yaml": GOOD.replace("good", "other")})
        result = self.sluice("check", "HEAD~1..HEAD")
        self.assertCode(result, 0)
        self.assertIn("1 judged", result.out)
        self.commit({"web.yaml": BAD.replace("name: web", "name: front")})
        result = self.sluice("check", "HEAD~1..HEAD")
        self.assertCode(result, 1)
        self.assertFirst(result.out, REPLICA)

    def test_a_side_that_is_left_out_is_head(self):
        self.commit({"web.yaml": BAD})
        self.assertCode(self.sluice("check", "HEAD~1.."), 1)
        self.assertCode(self.sluice("check", "..HEAD~1"), 0)

    def test_three_dots_start_at_the_merge_base(self):
        self.git("checkout", "-q", "-b", "work")
        self.commit({"mine.yaml": GOOD.replace("good", "mine")})
        self.git("checkout", "-q", "main")
        self.commit({"theirs.yaml": BAD.replace("name: web", "name: theirs")})
        result = self.sluice("check", "main...work")
        self.assertCode(result, 0)
        self.assertIn("1 judged", result.out)
        theirs = self.git("rev-parse", "main")
        self.assertIn("policy defaults (main@" + theirs[:7] + " has no .sluice)", result.out)
        self.assertCode(self.sluice("check", "work...main"), 1)

    def test_the_policy_is_that_of_the_base_and_never_of_the_change(self):
        base = self.commit({".sluice/sluice.yaml": "version: 1\n"})
        self.commit({".sluice/sluice.yaml": MILD, "web.yaml": BAD})
        result = self.sluice("check", "HEAD~1..HEAD")
        self.assertCode(result, 1)
        self.assertIn("policy HEAD~1@" + base[:7], result.out)
        self.assertIn("policy HEAD~1@" + base[:7], self.sluice("check", "HEAD~1...HEAD").out)

    def test_a_branch_that_left_long_ago_does_not_bring_the_old_policy_back(self):
        self.commit({".sluice/sluice.yaml": MILD})
        self.git("checkout", "-q", "-b", "work")
        self.commit({"web.yaml": BAD})
        self.git("checkout", "-q", "main")
        tight = self.commit({".sluice/sluice.yaml": "version: 1\n"})
        for words in ("main...work", "main..work"):
            result = self.sluice("check", words)
            self.assertCode(result, 1)
            self.assertIn("policy main@" + tight[:7], result.out)

    def test_the_commits_in_between_are_looked_at(self):
        secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n"
        leaking = self.commit({"s.yaml": secret})
        self.git("rm", "-q", "s.yaml")
        self.commit({"n.yaml": GOOD.replace("good", "next")})
        for words in ("HEAD~2..HEAD", "HEAD~2...HEAD"):
            result = self.sluice("check", words)
            self.assertCode(result, 1)
            self.assertIn("in commit " + leaking[:7], result.out)
            self.assertNotIn("hunter2", result.out)
        self.assertCode(self.sluice("check", "HEAD~1..HEAD"), 0)

    def test_what_stands_in_the_place_of_the_configuration_is_wrong(self):
        os.symlink("elsewhere", self.path(".sluice"))
        self.git("add", ".sluice")
        self.git("commit", "-q", "-m", "a link")
        self.write("web.yaml", BAD)
        for words in ([], ["--staged"], ["HEAD..HEAD"]):
            result = self.sluice("check", *words)
            self.assertCode(result, 2)
            self.assertIn(".sluice: it must be a directory, and is a symbolic link", result.err)

    def test_ratchet_leaves_out_what_was_there(self):
        self.commit({".sluice/sluice.yaml": "version: 1\nratchet: true\n"})
        self.commit({"old.yaml": BAD + "# a comment\n"})
        result = self.sluice("check", "HEAD~1..HEAD")
        self.assertCode(result, 0)
        self.assertIn("1 older violation not counted", result.out)
        result = self.sluice("check")
        self.assertCode(result, 1)
        self.assertIn("note: ratchet is on: a push is not blocked by what was there before", result.out)
        self.assertNotIn("ratchet is on", self.sluice("check", "old.yaml").out)
        self.assertNotIn("ratchet is on", self.sluice("check", "-", stdin=BAD).out)

    def test_a_broken_configuration_is_in_every_report(self):
        self.commit({".sluice/sluice.yaml": 'version: 1\nkubernets: ["1.34"]\n'})
        said = 'unknown key "kubernets", did you mean "kubernetes"?'
        for form in ("text", "github", "json", "junit", "sarif", "gitlab", "markdown"):
            result = self.sluice("check", "-o", form)
            self.assertCode(result, 2)
            self.assertEqual(result.err, "error: .sluice/sluice.yaml:2:1: %s\n" % said)
            self.assertEqual(form == "text", result.out == "", form)
        result = self.sluice("check", "-o", "github")
        self.assertIn("\n::error file=.sluice/sluice.yaml,line=2,endLine=2,col=1,endColumn=9,", result.out)
        verdict = json.loads(self.sluice("check", "-o", "json").out)
        self.assertEqual(verdict["verdict"], "unjudged")
        self.assertEqual(verdict["reason"], "the configuration is wrong")
        missing = self.sluice("check", "--config", "nowhere.yaml", "--output", "json")
        self.assertCode(missing, 2)
        self.assertIn("nowhere.yaml", json.loads(missing.out)["reason"])
        self.assertEqual(verdict["findings"][0]["message"], said)

    def test_the_configuration_that_was_read_is_not_counted_as_not_judged(self):
        self.commit({".sluice/sluice.yaml": "version: 1\n", ".sluice/waivers.yaml": "[]\n"})
        for words in ([], ["--config", ".sluice/sluice.yaml"]):
            self.assertNotIn("not judged", self.sluice("check", *words).out)
        self.write("own.yaml", "version: 1\n")
        self.assertIn("3 not judged", self.sluice("check", "--config", "own.yaml").out)

    def test_a_commit_where_a_path_should_be_gets_a_hint(self):
        result = self.sluice("check", "HEAD")
        self.assertCode(result, 2)
        self.assertEqual(result.err, "error: no file or directory HEAD\n"
                                     "hint: HEAD is a commit; what it changed: sluice check HEAD~..HEAD\n")
        self.assertEqual(self.sluice("check", "nowhere").err, "error: no file or directory nowhere\n")

    def test_a_name_that_git_does_not_know_gets_a_plain_sentence(self):
        result = self.sluice("check", "origin/main...HEAD")
        self.assertCode(result, 2)
        self.assertEqual(result.err, 'error: no commit is named "origin/main" here; to fetch it: git fetch origin main\n')
        self.assertCode(self.sluice("check", "--", "-x..HEAD"), 2)
        self.assertCode(self.sluice("check", "HEAD..good.yaml"), 2)

    @unittest.skipIf(os.geteuid() != 0, "only root can give files away")
    def test_a_checkout_of_another_owner_gets_gits_reason_and_its_remedy(self):
        self.commit({"more.yaml": GOOD.replace("good", "more")})
        subprocess.run(["chown", "-R", "65534:65534", self.directory], check=True)
        sentence = ("error: git does not read %s, which is owned by another user: "
                    "git config --global --add safe.directory %s\n" % (self.directory, self.directory))
        for words in (("check", "HEAD~1..HEAD"), ("check", "--staged"), ("diff", "HEAD~1..HEAD"), ("diff",), ("env", "HEAD~1")):
            result = self.sluice(*words)
            self.assertCode(result, 2)
            self.assertEqual(result.err, sentence)

    def test_a_shallow_clone_gets_a_plain_sentence(self):
        for number in range(3):
            self.commit({"n.yaml": GOOD.replace("good", "n%d" % number)})
        self.git("branch", "side", "HEAD~2")
        shallow = self.path("shallow")
        self.git("clone", "-q", "--depth", "1", "--no-single-branch", "file://" + self.directory, shallow)
        for words in ("HEAD~2..HEAD", "origin/side...HEAD"):
            result = self.sluice("check", words, cwd=shallow)
            self.assertCode(result, 2)
            self.assertIn("this clone is shallow: git fetch --deepen=200, or git fetch --unshallow", result.err)

    def test_histories_without_a_common_commit_get_a_plain_sentence(self):
        self.git("checkout", "-q", "--orphan", "alone")
        self.commit({"x.yaml": GOOD})
        result = self.sluice("check", "main...alone")
        self.assertCode(result, 2)
        self.assertFirst(result.err, "error: the two sides have no common commit here; LEFT..RIGHT")

    def test_a_bare_repository_can_be_asked(self):
        self.commit({"web.yaml": BAD})
        bare = self.path("bare.git")
        self.git("clone", "-q", "--bare", self.directory, bare)
        self.assertCode(self.sluice("check", "HEAD~1..HEAD", cwd=bare), 1)

    def test_a_range_stands_alone(self):
        result = self.sluice("check", "HEAD..HEAD", "good.yaml")
        self.assertCode(result, 2)
        self.assertFirst(result.err, "error: give either a commit range or paths, not both: ")

    def test_outside_git_there_are_no_commits(self):
        result = self.sluice("check", "main...HEAD", cwd="/")
        self.assertCode(result, 2)
        self.assertFirst(result.err, 'error: "main...HEAD" names commits, and this is not a Git repository')

    def test_a_work_tree_beside_the_first_is_a_repository_too(self):
        self.commit({"web.yaml": BAD})
        self.git("worktree", "add", "-q", self.path("second"), "HEAD")
        self.assertCode(self.sluice("check", "HEAD~1..HEAD", cwd=self.path("second")), 1)
        self.assertCode(self.sluice("check", "--staged", cwd=self.path("second")), 0)


class Staged(TestCase):
    def setUp(self):
        super().setUp()
        self.repository(**{"good.yaml": GOOD})

    def test_the_index_is_judged_and_not_the_work_tree(self):
        self.write("web.yaml", BAD)
        self.assertCode(self.sluice("check", "--staged"), 0)
        self.git("add", "web.yaml")
        self.write("web.yaml", GOOD.replace("good", "web"))
        result = self.sluice("check", "--staged")
        self.assertCode(result, 1)
        self.assertFirst(result.out, REPLICA)

    def test_only_below_the_paths_that_are_named(self):
        self.write("a/web.yaml", BAD)
        self.write("b/good.yaml", GOOD.replace("good", "b"))
        self.git("add", "-A")
        self.assertCode(self.sluice("check", "--staged", "b"), 0)
        self.assertCode(self.sluice("check", "--staged", "a", "b"), 1)

    def test_a_path_that_the_index_does_not_know_is_wrong_usage(self):
        self.write("web.yaml", BAD)
        for path in ("nothing.yaml", "web.yaml", "*.yml"):
            result = self.sluice("check", "--staged", path)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: no file of the index is " + path)
        self.git("rm", "-q", "good.yaml")
        self.assertCode(self.sluice("check", "--staged", "good.yaml"), 0)

    def test_before_the_first_commit_everything_is_new(self):
        fresh = self.path("fresh")
        os.makedirs(fresh)
        self.git("init", "-q", cwd=fresh)
        self.write("fresh/web.yaml", BAD)
        self.git("add", "-A", cwd=fresh)
        self.assertCode(self.sluice("check", "--staged", cwd=fresh), 1)

    def test_deletions_renames_and_odd_names_are_read(self):
        self.git("mv", "good.yaml", "a b\tc\u00e9.yaml")
        self.write("x\ny.yaml", BAD)
        self.git("add", "-A")
        result = self.sluice("check", "--staged")
        self.assertCode(result, 1)
        self.assertIn("x\\x0ay.yaml", result.out)

    def test_a_merge_under_way_gets_a_plain_sentence(self):
        self.git("checkout", "-q", "-b", "side")
        self.commit({"good.yaml": GOOD.replace("value", "side")})
        self.git("checkout", "-q", "main")
        self.commit({"good.yaml": GOOD.replace("value", "main")})
        subprocess.run(["git", "merge", "-q", "side"], cwd=self.directory, capture_output=True, env=environment())
        result = self.sluice("check", "--staged")
        self.assertCode(result, 2)
        self.assertFirst(result.err, "error: the index has unmerged files")

    def test_it_works_inside_a_pre_commit_hook(self):
        hook = self.write(".git/hooks/pre-commit", "#!/bin/sh\nexec %s check --staged\n" % SLUICE)
        os.chmod(hook, 0o755)
        self.write("web.yaml", BAD)
        self.git("add", "-A")
        done = subprocess.run(["git", "commit", "-q", "-m", "x"], cwd=self.directory, capture_output=True,
                              env=environment())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(REPLICA, (done.stdout + done.stderr).decode())

    def test_outside_a_work_tree_it_is_wrong_usage(self):
        result = self.sluice("check", "--staged", cwd="/")
        self.assertCode(result, 2)
        self.assertFirst(result.err, "error: --staged needs a Git work tree")


class Configuration(TestCase):
    def test_a_file_of_ones_own_is_used_and_named(self):
        self.write("web.yaml", BAD)
        self.write("ci/strict.yaml", MILD)
        result = self.sluice("check", "--config", "ci/strict.yaml", "web.yaml")
        self.assertCode(result, 0)
        self.assertIn("policy ci/strict.yaml", result.out)

    def test_off_needs_no_quotes_although_yaml_reads_it_as_false(self):
        self.write("web.yaml", BAD)
        for word in ("off", "'off'", "false"):
            self.write("own.yaml", "version: 1\nrules: {schema/unknown-field: %s}\n" % word)
            result = self.sluice("check", "--config", "own.yaml", "web.yaml")
            self.assertCode(result, 0)
            self.assertNotIn("unknown field", result.out)

    def test_what_is_wrong_with_it_is_said_with_file_and_line(self):
        self.write("web.yaml", BAD)
        self.write("own.yaml", "version: 1\nratchets: true\nrules: {schema/nothing: off}\n")
        result = self.sluice("check", "--config", "own.yaml", "web.yaml")
        self.assertCode(result, 2)
        self.assertIn("error: own.yaml:2:1: ", result.err)
        self.assertEqual(result.out, "")

    def test_a_file_that_is_not_there_is_named(self):
        os.makedirs(self.path("directory"))
        for name in ("nothing.yaml", "no/thing.yaml", "directory", ".", "/", "nothing.yaml/"):
            result = self.sluice("check", "--config", name)
            self.assertCode(result, 2)
            self.assertFirst(result.err, "error: " + name + ": cannot read it: ")

    def test_a_link_to_a_configuration_is_followed(self):
        self.write("data/sluice.yaml", MILD)
        os.symlink("data/sluice.yaml", self.path("linked.yaml"))
        self.write("web.yaml", BAD)
        self.assertCode(self.sluice("check", "--config", "linked.yaml", "web.yaml"), 0)

    def test_a_broken_one_in_the_repository_is_named_with_its_side(self):
        self.repository(**{".sluice/sluice.yaml": "version: 2\n"})
        result = self.sluice("check")
        self.assertCode(result, 2)
        self.assertIn("error: .sluice/sluice.yaml:1:", result.err)
        base = self.git("rev-parse", "--short=7", "HEAD")
        self.commit({".sluice/sluice.yaml": "version: 1\n"})
        result = self.sluice("check", "HEAD~1..HEAD")
        self.assertCode(result, 2)
        self.assertIn("error: HEAD~1@%s:.sluice/sluice.yaml:1:" % base, result.err)

    def test_target_minors_can_be_named(self):
        text = "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: a}\nspec:\n" \
               "  priorityLevelConfiguration: {name: global-default}\n"
        self.write("flow.yaml", text)
        self.assertCode(self.sluice("check", "--kubernetes-version", "1.32", "flow.yaml"), 1)
        for words in ("1.33", "v1.33.4", "1.33,1.34"):
            self.write("good.yaml")
            self.assertCode(self.sluice("check", "--kubernetes-version", words, "good.yaml"), 0)
        for words in ("1.2", "banana", "1.33,2.0", ""):
            result = self.sluice("check", "--kubernetes-version", words, "good.yaml")
            self.assertCode(result, 2)
        self.assertIn("known are 1.", self.sluice("check", "--kubernetes-version", "1.2").err)


class Output(TestCase):
    def setUp(self):
        super().setUp()
        self.write("web.yaml", BAD)

    def test_every_format_is_written_and_keeps_the_exit_code(self):
        starts = {"json": '{"schemaVersion":1', "sarif": '{"$schema"', "junit": "<?xml", "github": "::error file=web.yaml",
                  "gitlab": "[\n{", "markdown": "### ❌ Sluice: 1 error blocks", "text": REPLICA}
        for name, start in starts.items():
            result = self.sluice("check", "-o", name, "web.yaml")
            self.assertCode(result, 1)
            self.assertFirst(result.out, start)
            self.assertEqual(result.err, "")

    def test_an_unknown_format_is_wrong_usage(self):
        result = self.sluice("check", "-o", "yaml", "web.yaml")
        self.assertCode(result, 2)
        self.assertIn("yaml", result.err)

    def test_json_has_digests_and_evidence(self):
        verdict = json.loads(self.sluice("check", "-o", "json", "web.yaml").out)
        self.assertEqual(verdict["verdict"], "rejected")
        self.assertEqual(len(verdict["objects"][0]["digest"]), 64)
        self.assertEqual(verdict["objects"][0]["evidence"][0]["by"], "offline")
        self.assertEqual(verdict["summary"]["objects"], 1)

    def test_quiet_leaves_findings_and_the_last_line(self):
        result = self.sluice("check", "-q", "web.yaml")
        self.assertNotIn("policy", result.out)
        self.assertRegex(result.out, r"\nrejected: 1 error in 1 object \([0-9.]+ ms\)\n$")

    def test_colours_only_on_a_terminal_or_when_asked_for(self):
        self.assertNotIn("\x1b", self.sluice("check", "web.yaml").out)
        self.assertIn("\x1b[", self.sluice("check", "--color", "always", "web.yaml").out)
        self.assertNotIn("\x1b", self.sluice("check", "--color", "always", "--no-color", "web.yaml").out)
        for changes, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True),
                                  ({"TERM": "dumb"}, False)):
            self.assertEqual("\x1b[" in self.on_a_terminal(**changes), coloured, changes)

    def on_a_terminal(self, **changes):
        import pty

        main_end, end = pty.openpty()
        done = subprocess.run([SLUICE, "check", "web.yaml"], cwd=self.directory, stdout=end, stderr=subprocess.DEVNULL,
                              env=environment(**changes))
        os.close(end)
        self.assertEqual(done.returncode, 1)
        text = os.read(main_end, 65536).decode()
        os.close(main_end)
        return text

    def test_a_reader_that_went_away_is_no_error(self):
        self.write("many.yaml", "".join(BAD.replace("web", "w%d" % i) + "---\n" for i in range(2000)))
        process = subprocess.Popen([SLUICE, "check", "many.yaml"], cwd=self.directory, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=environment())
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(), 1)

    def test_a_result_that_cannot_be_written_is_not_an_acceptance(self):
        self.write("good.yaml")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([SLUICE, "check", "good.yaml"], cwd=self.directory, stdout=full,
                                  stderr=subprocess.PIPE, env=environment())
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot write", done.stderr)

    def test_threads_do_not_change_the_result(self):
        for number in range(50):
            self.write("d/%d.yaml" % number, BAD.replace("web", "w%d" % number))
        results = []
        for jobs in ("1", "2", "7"):
            verdict = json.loads(self.sluice("check", "-j", jobs, "-o", "json", "d").out)
            verdict["summary"]["milliseconds"] = 0
            results.append(verdict)
        self.assertEqual(len(results[0]["findings"]), 50)
        self.assertEqual(results[0], results[1])
        self.assertEqual(results[0], results[2])
        for jobs in ("0", "-1", "x", "100000"):
            self.assertCode(self.sluice("check", "-j", jobs, "d"), 2)

    def test_no_value_of_a_secret_is_in_any_output(self):
        self.write("web.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\n"
                               "stringData: {password: hunter2-very-secret}\n")
        for name in ("text", "json", "sarif", "junit", "github", "gitlab", "markdown"):
            result = self.sluice("check", "-o", name, "web.yaml")
            self.assertCode(result, 1)
            self.assertNotIn("hunter2", result.out + result.err)


if __name__ == "__main__":
    main()
