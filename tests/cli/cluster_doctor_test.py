#!/usr/bin/env python3
"""`sluice cluster doctor` on a real API server with deploy/gate installed: with
the policy missing, unbound, edited, or more rights given, the guard does not
hold, and what is wrong is said. Each row changes one thing and takes it back.
`sluice check` then does not use the operator's identity."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TESTS, "control-plane"), os.path.join(TESTS, "deploy")]
from control_plane import MERGE, ControlPlane, skip_unless_built
from gate_test import ADMISSION, RBAC, install, named

POLICY = ADMISSION + "/validatingadmissionpolicies/sluice-dry-run-only"
BINDING = ADMISSION + "/validatingadmissionpolicybindings/sluice-dry-run-only"
ROLE = RBAC + "/clusterroles/more"
CANARY = "/api/v1/namespaces/sluice-system/configmaps/sluice-guard-canary"
GROUP = "admissionregistration.k8s.io"

# What is changed (path and merge patch, or None to delete it), and what is said.
POLICIES = [
    (POLICY, None, "there is no ValidatingAdmissionPolicy sluice-dry-run-only: apply deploy/gate"),
    (BINDING, None, "there is no ValidatingAdmissionPolicyBinding sluice-dry-run-only"),
    (BINDING, {"spec": {"validationActions": ["Warn"]}}, 'spec.validationActions[0] is "Warn" and must be "Deny"'),
    (BINDING, {"spec": {"validationActions": ["Audit"]}}, 'spec.validationActions[0] is "Audit"'),
    (BINDING, {"spec": {"matchResources": {"namespaceSelector": {"matchLabels": {"a": "b"}}}}}, "spec.matchResources"),
    (POLICY, {"spec": {"failurePolicy": "Ignore"}}, 'spec.failurePolicy is "Ignore" and must be "Fail"'),
    (POLICY, {"spec": {"matchConditions": [{"name": "gate", "expression": "false"}]}}, "spec.matchConditions[0]"),
    (POLICY, {"spec": {"matchConditions": None}}, "spec.matchConditions is missing"),
    (POLICY, {"spec": {"validations": [{"expression": "true"}]}}, "spec.validations has 1 elements and must have 2"),
    (POLICY, {"spec": {"matchConstraints": {"matchPolicy": "Exact"}}}, 'spec.matchConstraints.matchPolicy is "Exact"'),
    (
        POLICY,
        {"spec": {"matchConstraints": {"namespaceSelector": {"matchLabels": {"a": "b"}}}}},
        "spec.matchConstraints.namespaceSelector.matchLabels is there and must not be",
    ),
    (
        POLICY,
        {"spec": {"matchConstraints": {"objectSelector": {"matchLabels": {"a": "b"}}}}},
        "spec.matchConstraints.objectSelector.matchLabels is there and must not be",
    ),
    (
        POLICY,
        {
            "spec": {
                "matchConstraints": {
                    "excludeResourceRules": [
                        {"apiGroups": [""], "apiVersions": ["*"], "operations": ["*"], "resources": ["pods"]}
                    ]
                }
            }
        },
        "spec.matchConstraints.excludeResourceRules is there and must not be",
    ),
    (POLICY, {"spec": {"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}}, "spec.paramKind is there"),
]

# A rule that the identity is given besides, and what is said.
RIGHTS = [
    ({"apiGroups": [GROUP], "resources": ["validatingadmissionpolicies"], "verbs": ["patch"]}, "may write admission"),
    ({"apiGroups": [GROUP], "resources": ["*"], "verbs": ["delete"]}, "may write admission policies"),
    ({"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]}, "may impersonate others"),
    (
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["bind"]},
        "may bind or escalate",
    ),
    (
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["escalate"]},
        "may bind or escalate",
    ),
    ({"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}, "may ask for tokens"),
    ({"apiGroups": ["apps"], "resources": ["*"], "verbs": ["create"]}, "rights with *"),
    ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, "rights with *"),
]


class Doctor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(controllers=True)
        cls.addClassCleanup(cls.plane.stop)
        cls.token = install(cls.plane)
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.kubeconfig = os.path.join(scratch.name, "kubeconfig")
        cls.write_kubeconfig(cls.plane.server)

    @classmethod
    def write_kubeconfig(cls, server):
        with open(cls.kubeconfig, "w", encoding="utf-8") as file:
            file.write(
                f"""apiVersion: v1
kind: Config
current-context: gate
contexts:
- {{name: gate, context: {{cluster: test, user: gate}}}}
- {{name: admin, context: {{cluster: test, user: admin}}}}
- {{name: gone, context: {{cluster: gone, user: gate}}}}
clusters:
- {{name: test, cluster: {{server: "{server}", certificate-authority: {cls.plane.path("ca.crt")}}}}}
- {{name: gone, cluster: {{server: "https://127.0.0.1:9", certificate-authority: {cls.plane.path("ca.crt")}}}}}
users:
- {{name: gate, user: {{token: {cls.token}}}}}
- {{name: admin, user: {{token: {cls.plane.token}}}}}
"""
            )

    def doctor(self, *words):
        return self.run_sluice("cluster", "doctor", *words)

    def run_sluice(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": self.plane.directory, "KUBECONFIG": self.kubeconfig}
        return subprocess.run(
            [os.environ["SLUICE"], *words], env=environment, capture_output=True, text=True
        )

    def assertHolds(self, result):
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("guard       holds: ", result.stdout)

    def eventually_holds(self):
        """The policy is in force again a moment after it was put back."""
        self.plane.eventually("the guard holds again", lambda: self.doctor().returncode == 0)
        free = {"metadata": {"name": "free"}}
        write = lambda: self.plane.ask("POST", "/api/v1/namespaces/default/configmaps", free)[0] in (201, 409)
        self.plane.eventually("nobody else is held by what the policy was", write)

    def test_a_guard_that_holds(self):
        result = self.doctor()
        self.assertHolds(result)
        for words in (
            "context     gate\n",
            "server      Kubernetes v1.3",
            "identity    system:serviceaccount:sluice-system:gate\n",
            "get, list, create, patch, delete of apps: daemonsets, deployments, replicasets, statefulsets\n",
            "policies    sluice-dry-run-only: failurePolicy Fail, bindings: 1\n",
            "validating  none\n",
            "mutating    none\n",
        ):
            self.assertIn(words, result.stdout)
        self.assertEqual(self.plane.ask("GET", CANARY)[0], 404)

    def test_a_name_of_the_operators_file(self):
        with tempfile.TemporaryDirectory() as directory:
            file = os.path.join(directory, "clusters.yaml")
            with open(file, "w", encoding="utf-8") as text:
                text.write(f"clusters:\n  prod: {{kubeconfig: {self.kubeconfig}, context: gate}}\n")
            result = self.doctor("prod", "--clusters-file", file)
            self.assertHolds(result)
            self.assertTrue(result.stdout.startswith(f"cluster     prod of {file}\ncontext     gate\n"), result)
            self.assertIn("context     admin\n", self.doctor("admin", "--clusters-file", file).stdout)
            self.assertEqual(self.doctor("prod").returncode, 2)
            self.assertEqual(self.doctor("prod", "--clusters-file", file + ".not").returncode, 2)

    def test_an_operators_file_that_cannot_be_read_is_not_taken_for_absent(self):
        with tempfile.TemporaryDirectory() as directory:
            file = os.path.join(directory, "clusters.yaml")
            os.symlink(file, file)
            program = os.path.join(os.path.dirname(os.environ["SLUICE"]), "sluice-cluster")
            question = {"version": 1, "cluster": "admin", "milliseconds": 20000, "compare": False, "objects": []}
            environment = {"PATH": os.environ["PATH"], "HOME": directory, "KUBECONFIG": self.kubeconfig}
            ask = lambda: json.loads(subprocess.run(
                [program, "dry-run", "--kubeconfig", "--clusters", file], input=json.dumps(question), text=True,
                env=environment, stdout=subprocess.PIPE, check=True).stdout)  # fmt: skip
            said = ask()
            self.assertEqual((said["error"]["kind"], said["error"]["file"]), ("configuration", file), said)
            os.remove(file)
            self.assertEqual(ask()["answers"], [])

    def test_a_policy_that_is_not_as_it_must_be(self):
        for path, patch, words in POLICIES:
            with self.subTest(words):
                before = self.plane.must("GET", path)
                if patch is None:
                    self.plane.must("DELETE", path)
                else:
                    self.plane.must("PATCH", path, patch, content_type=MERGE)
                result = self.doctor()
                for name in ("managedFields", "resourceVersion", "uid"):
                    before["metadata"].pop(name, None)
                if patch is not None:
                    self.plane.must("DELETE", path)
                self.plane.must("POST", path.rsplit("/", 1)[0], before)
                self.assertEqual(result.returncode, 1, result)
                self.assertIn("guard       does not hold\n", result.stdout)
                self.assertIn(words, result.stdout)
        self.eventually_holds()
        self.assertEqual(self.plane.ask("GET", CANARY)[0], 404)

    def test_rights_that_are_too_many(self):
        subject = {"kind": "ServiceAccount", "namespace": "sluice-system", "name": "gate"}
        for rule, words in RIGHTS:
            with self.subTest(rule=rule):
                self.plane.must("POST", RBAC + "/clusterroles", named("more", rules=[rule]))
                role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "more"}
                binding = named("more", roleRef=role, subjects=[subject])
                self.plane.must("POST", RBAC + "/clusterrolebindings", binding)
                self.plane.eventually("the right is said", lambda: words in self.doctor().stdout)
                self.assertEqual(self.doctor().returncode, 1)
                self.plane.must("DELETE", RBAC + "/clusterrolebindings/more")
                self.plane.must("DELETE", ROLE)
        self.eventually_holds()

    def check(self, directory, cluster):
        """The evidence of the one object of a directory, as the operator's file leads to `cluster`."""
        result = self.run_sluice(
            "check", "--cluster", cluster, "--clusters-file", os.path.join(directory, "clusters.yaml"),
            "-o", "json", os.path.join(directory, "a.yaml"),
        )  # fmt: skip
        self.assertEqual(result.returncode, 0, result)
        return [one for one in json.loads(result.stdout)["objects"][0]["evidence"] if one["cluster"]]

    def test_an_identity_whose_guard_does_not_hold_is_not_used(self):
        with tempfile.TemporaryDirectory() as directory:
            files = {
                "clusters.yaml": f"clusters:\n  prod: {{kubeconfig: {self.kubeconfig}, context: gate}}\n",
                "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n",
            }
            for name, text in files.items():
                with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                    file.write(text)
            taken = [{"by": "cluster", "cluster": "prod", "reason": ""}]
            self.assertEqual(self.check(directory, "prod"), taken)
            self.plane.must("PATCH", BINDING, {"spec": {"validationActions": ["Audit"]}}, content_type=MERGE)
            try:
                (evidence,) = self.check(directory, "prod")
            finally:
                self.plane.must("PATCH", BINDING, {"spec": {"validationActions": ["Deny"]}}, content_type=MERGE)
            self.assertEqual(evidence["by"], "unverified")
            self.assertIn("the guard of this cluster does not hold: the binding sluice-dry-run-only", evidence["reason"])
            # A person's own rights need no guard.
            self.assertEqual(self.check(directory, "admin"), [{**taken[0], "cluster": "admin"}])
            self.eventually_holds()

    def test_another_identity(self):
        result = self.doctor("admin")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("identity    test-admin\n", result.stdout)
        self.assertIn("spec.matchConditions[0].expression", result.stdout)
        self.assertEqual(self.plane.ask("GET", CANARY)[0], 404)

    def test_a_webhook_without_dry_run_is_told(self):
        path = ADMISSION + "/validatingwebhookconfigurations"
        hook = {
            "name": "audit.shop.example",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://127.0.0.1:9/"},
            "rules": [],
        }
        self.plane.must("POST", path, named("audit", webhooks=[hook]))
        self.addCleanup(self.plane.must, "DELETE", path + "/audit")
        words = "validating  audit audit.shop.example: sideEffects None, failurePolicy Fail\n"
        self.assertIn(words, self.doctor().stdout)

    def test_a_cluster_that_does_not_answer(self):
        result = self.doctor("gone")
        self.assertEqual(result.returncode, 3, result)
        self.assertIn("server      not known: ", result.stdout)

    def test_wrong_words(self):
        for words, message in ((["nowhere"], "nowhere"), (["--namespace", "A B"], "A B"), (["a", "b"], "")):
            result = self.doctor(*words)
            self.assertNotEqual(result.returncode, 0, result)
            self.assertIn(message, result.stdout + result.stderr)


if __name__ == "__main__":
    skip_unless_built()
    unittest.main()
