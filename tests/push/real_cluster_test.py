#!/usr/bin/env python3
"""A push to a bare repository whose hook asks a real API server, as the identity
of deploy/gate and with the guard in force: what the server takes lands, what its
own validation or a policy of it refuses does not, nothing of it is stored, and
with the guard broken nobody is asked."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TESTS, "control-plane"), os.path.join(TESTS, "deploy")]
from control_plane import MERGE, ControlPlane, skip_unless_built
from gate_test import ADMISSION, install, named

MAPS = "/api/v1/namespaces/shop/configmaps"
BINDING = ADMISSION + "/validatingadmissionpolicybindings/sluice-dry-run-only"
CONFIGURATION = 'version: 1\nclusters:\n  prod: {kubernetes: "1.34", branches: [main]}\nrules: {cluster/unverified: error}\n'
BY_REQUEST = """version: 1
people: {dan: {gitolite: dan}}
clusters:
  prod: {kubernetes: "1.34", paths: ["envs/production/**"]}
environments:
  production: {branch: main, folder: envs/production, clusters: [prod], movedBy: request}
rules: {cluster/unverified: error}
"""
COLOURS = ADMISSION + "/validatingadmissionpolicybindings/no-colour"
COLOURED = {"metadata": {"name": "coloured"}, "data": {"colour": "red"}}
NO_COLOUR = {
    "failurePolicy": "Fail",
    "matchConstraints": {
        "resourceRules": [
            {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}
        ]
    },
    "validations": [{"expression": "!has(object.data.colour)", "message": "no colours here"}],
}


def config_map(name, key="key"):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: shop\ndata:\n  {key}: value\n"


class Push(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(controllers=True)
        cls.addClassCleanup(cls.plane.stop)
        cls.token = install(cls.plane)
        cls.plane.must("POST", "/api/v1/namespaces", named("shop"))
        policies = ADMISSION + "/validatingadmissionpolicies"
        cls.plane.must("POST", policies, named("no-colour", spec=NO_COLOUR))
        spec = {"policyName": "no-colour", "validationActions": ["Deny"]}
        cls.plane.must("POST", ADMISSION + "/validatingadmissionpolicybindings", named("no-colour", spec=spec))
        cls.colours_are(422)

    @classmethod
    def colours_are(cls, code):
        """What the server says of a coloured object, once its policies are what they were made."""
        cls.plane.eventually(
            "the other policy is as it was made", lambda: cls.plane.ask("POST", MAPS + "?dryRun=All", COLOURED)[0] == code
        )

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name
        self.clone = self.path("clone")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.directory,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ana",
            "GIT_AUTHOR_EMAIL": "ana@shop.example",
            "GIT_COMMITTER_NAME": "Ana",
            "GIT_COMMITTER_EMAIL": "ana@shop.example",
        }
        self.write("hook.yaml", "deadline: 60s\nclusters: ask\n")
        self.write("clusters.yaml", f"clusters:\n  prod: {{kubeconfig: {self.path('kubeconfig')}}}\n")
        self.write(
            "kubeconfig",
            f"""apiVersion: v1
kind: Config
current-context: gate
contexts: [{{name: gate, context: {{cluster: prod, user: gate}}}}]
clusters:
- name: prod
  cluster: {{server: "{self.plane.server}", certificate-authority: {self.plane.path("ca.crt")}}}
users: [{{name: gate, user: {{token: {self.token}}}}}]
""",
        )
        self.must("git", "init", "-q", "--bare", "-b", "main", "shop.git")
        hook = self.install_programs()
        self.must(os.environ["SLUICE"], "hook", "install", "--program", hook, "--operator-file", self.path("hook.yaml"), "shop.git")
        self.must("git", "clone", "-q", "shop.git", "clone")

    def install_programs(self):
        """The hook with the program that asks beside it, as an installation has them."""
        os.mkdir(self.path("bin"))
        for name, variable in (("sluice-hook", "SLUICE_HOOK"), ("sluice-cluster", "SLUICE_CLUSTER")):
            self.must("cp", os.environ[variable], self.path("bin", name))
        return self.path("bin", "sluice-hook")

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def run_in(self, directory, *words):
        return subprocess.run(
            words, cwd=directory, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def must(self, *words):
        result = self.run_in(self.directory, *words)
        self.assertEqual(result.returncode, 0, result.stdout)

    def push(self, **files):
        """Pushes one commit with these files; the exit code and what was said."""
        for name, text in files.items():
            self.write(os.path.join("clone", name.replace("__", "/")), text)
        for words in (("add", "-A"), ("commit", "-qm", "change")):
            self.run_in(self.clone, "git", *words)
        result = self.run_in(self.clone, "git", "push", "origin", "HEAD:main")
        return result.returncode, result.stdout

    def begin(self):
        code, said = self.push(**{".sluice/sluice.yaml": CONFIGURATION, "first.yaml": config_map("first")})
        self.assertEqual(code, 0, said)

    def test_what_the_server_takes_lands_and_nothing_is_stored(self):
        self.begin()
        code, said = self.push(**{"good.yaml": config_map("good")})
        self.assertEqual(code, 0, said)
        self.assertIn("1 judged (cluster 1, offline 0)", said)
        self.assertEqual(self.plane.ask("GET", MAPS + "/good")[0], 404)
        self.assertEqual(self.plane.ask("GET", MAPS + "/sluice-guard-canary")[0], 404)

    def test_what_the_server_refuses_does_not_land(self):
        self.begin()
        code, said = self.push(**{"coloured.yaml": config_map("coloured", "colour")})
        self.assertNotEqual(code, 0, said)
        self.assertIn("ValidatingAdmissionPolicy no-colour (binding no-colour) denies it: no colours here", said)
        self.assertIn("[cluster/denied]", said)
        code, said = self.push(**{"coloured.yaml": config_map("other").replace("namespace: shop", "namespace: nowhere")})
        self.assertNotEqual(code, 0, said)
        self.assertIn("there is no namespace nowhere [cluster/no-namespace]", said)

    def test_without_its_guard_the_identity_is_not_used(self):
        self.begin()
        self.plane.must("PATCH", BINDING, {"spec": {"validationActions": ["Audit"]}}, content_type=MERGE)
        try:
            code, said = self.push(**{"good.yaml": config_map("good")})
        finally:
            self.plane.must("PATCH", BINDING, {"spec": {"validationActions": ["Deny"]}}, content_type=MERGE)
        self.assertNotEqual(code, 0, said)
        self.assertIn("the guard of this cluster does not hold: the binding sluice-dry-run-only", said)
        self.assertIn("[cluster/unverified]", said)
        self.assertEqual(self.plane.ask("GET", MAPS + "/good")[0], 404)

    def begin_ledger(self):
        """Production is a folder that moves by request of dan, and has no record yet."""
        sluice = os.environ["SLUICE"]
        self.environment["GL_USER"] = "dan"
        for key in ("dan", "shop.git/sluice/recorder"):
            self.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key)
        for setting in ("environments=production=main:envs/production", "identity=gitolite"):
            self.must(sluice, "hook", "set", "shop.git", setting)
        with open(self.path("dan.pub"), encoding="utf-8") as file:
            signer = 'dan namespaces="sluice-approval" ' + file.read()
        code, said = self.push(
            **{
                ".sluice/sluice.yaml": BY_REQUEST,
                ".sluice/allowed_signers": signer,
                "envs__production__first.yaml": config_map("first"),
            }
        )
        self.assertEqual(code, 0, said)
        self.run_in(self.clone, "git", "remote", "set-head", "origin", "main")
        self.must(sluice, "ledger", "init", "shop.git", "--from", "dan", "--sign", "dan=dan")

    def ask_for(self, *words):
        result = self.run_in(
            self.clone, os.environ["SLUICE"], "promote", "production", "--from", "HEAD", "--key", self.path("dan"), "--as", "dan", *words
        )
        return result.returncode, result.stdout

    def recorded(self):
        """How many records there are, and the evidence of the newest one."""
        log = self.run_in(self.path("shop.git"), "git", "rev-list", "refs/sluice/ledger/production").stdout.split()
        envelope = self.run_in(self.path("shop.git"), "git", "cat-file", "blob", log[0] + ":envelope.json").stdout
        return len(log), json.loads(base64.b64decode(json.loads(envelope)["payload"]))["predicate"]["evidence"]

    def test_a_request_asks_the_server_as_it_is_then(self):
        self.begin_ledger()
        code, said = self.ask_for()
        self.assertEqual(code, 0, said)
        self.assertIn("production, as dan asked, is at record 1", said)
        self.assertEqual(self.recorded()[1], {"cluster": 1, "offline": 0, "unverified": 0})
        self.assertEqual(self.plane.ask("GET", MAPS + "/first")[0], 404)
        # The server took it when it was pushed, and does not when it is asked for.
        self.plane.must("PATCH", COLOURS, {"spec": {"validationActions": ["Audit"]}}, content_type=MERGE)
        try:
            self.colours_are(201)
            code, said = self.push(**{"envs__production__coloured.yaml": config_map("coloured", "colour")})
        finally:
            self.plane.must("PATCH", COLOURS, {"spec": {"validationActions": ["Deny"]}}, content_type=MERGE)
        self.assertEqual(code, 0, said)
        self.colours_are(422)
        code, said = self.ask_for()
        self.assertNotEqual(code, 0, said)
        self.assertIn("ValidatingAdmissionPolicy no-colour (binding no-colour) denies it: no colours here", said)
        self.assertEqual(self.recorded()[0], 1)


if __name__ == "__main__":
    skip_unless_built()
    unittest.main()
