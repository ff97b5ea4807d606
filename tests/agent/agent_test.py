#!/usr/bin/env python3
"""`sluice-agent --once` end to end: records written by real pushes, applied to a
real API server; what is not proven changes nothing there."""

import json
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from control_plane import MERGE, ControlPlane, skip_unless_built
from ledger_server import SLUICE, LedgerServer, skip_unless_possible

AGENT = os.environ.get("SLUICE_AGENT", "")
STATE = "/api/v1/namespaces/sluice-system/configmaps/sluice-agent-production"
CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.shop.example}
spec:
  group: shop.example
  scope: Namespaced
  names: {kind: Backup, listKind: BackupList, plural: backups, singular: backup}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {hour: {type: integer}}}}
"""


def config_map(name, value="one", ns="shop", annotations=""):
    return (f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {ns}\n{annotations}"
            f"data:\n  key: \"{value}\"\n")


def depends(on):
    return f"  annotations:\n    sluice.dev/depends-on: {on}\n"


NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


def maps(name):
    return "/api/v1/namespaces/shop/configmaps/" + name


class Agent(unittest.TestCase):
    """One API server for all; each test has a namespace-free start and a ledger of its own."""

    plane = None

    @classmethod
    def setUpClass(cls):
        ControlPlane.of_class(cls, "sluice-system")

    def setUp(self):
        self.server = LedgerServer()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.forget)
        self.configure()

    def forget(self):
        """The cluster as it was: no state, no namespace shop, no definition."""
        for path in (STATE, "/api/v1/namespaces/shop",
                     "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/backups.shop.example"):
            self.plane.ask("DELETE", path)
            self.plane.eventually(path + " is gone", lambda path=path: self.plane.ask("GET", path)[0] == 404)

    def configure(self, **more):
        settings = {"repository": self.server.repository, "environment": "production", "cluster": "test",
                    "pin": self.server.pin, "directory": self.server.path("agent"),
                    "kubeconfig": self.plane.path("kubeconfig"), **more}
        self.config = self.server.write("agent.yaml", json.dumps(settings))

    def agent(self, code):
        """One cycle; what it printed, and its log by reason."""
        done = subprocess.run([AGENT, "--config", self.config, "--once"], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.log = done.stderr
        return done.stdout.strip()

    def says(self, text):
        self.assertIn(text, self.log)

    def exists(self, path):
        return self.plane.ask("GET", path)[0] == 200

    def value(self, name):
        return self.plane.must("GET", maps(name))["data"]["key"]

    def state(self):
        return json.loads(self.plane.must("GET", STATE)["data"]["state.json"])

    def everything(self):
        """Every object of the namespace, as it is stored, and the state."""
        items = self.plane.must("GET", "/api/v1/namespaces/shop/configmaps")["items"]
        return [item for item in items if item["metadata"]["name"] != "kube-root-ca.crt"]

    def begin(self, files=None):
        """A first record, applied."""
        self.server.push(files or {"ns.yaml": NAMESPACE, "web.yaml": config_map("web"), "b.yaml": config_map("b")})
        self.server.refresh()
        return self.agent(0)

    def test_a_record_is_applied_once(self):
        said = self.begin()
        self.assertEqual(said, "production: record 1 is healthy: 3 objects, 3 applied, 0 removed")
        live = self.plane.must("GET", maps("web"))
        self.assertEqual(live["data"], {"key": "one"})
        managers = {entry["manager"]: entry["operation"] for entry in live["metadata"]["managedFields"]}
        self.assertEqual(managers, {"sluice-agent": "Apply"})
        parent = self.plane.must("GET", STATE)["metadata"]
        self.assertEqual(live["metadata"]["labels"]["applyset.kubernetes.io/part-of"],
                         parent["labels"]["applyset.kubernetes.io/id"])
        self.assertEqual(parent["annotations"]["applyset.kubernetes.io/contains-group-kinds"], "ConfigMap,Namespace")
        before = self.everything()
        version = parent["resourceVersion"]
        self.agent(0)
        self.assertEqual(self.everything(), before)
        self.assertEqual(self.plane.must("GET", STATE)["metadata"]["resourceVersion"], version)

    def test_definitions_come_before_what_they_define(self):
        backup = "apiVersion: shop.example/v1\nkind: Backup\nmetadata: {name: a, namespace: shop}\nspec: {hour: 3}\n"
        self.begin({"a.yaml": backup, "crd.yaml": CRD, "ns.yaml": NAMESPACE})
        live = self.plane.must("GET", "/apis/shop.example/v1/namespaces/shop/backups/a")
        self.assertEqual(live["spec"], {"hour": 3})

    def test_what_the_record_holds_no_more_is_removed(self):
        kept = "  annotations:\n    sluice.dev/prune: disabled\n"
        files = {"ns.yaml": NAMESPACE, "kept.yaml": config_map("kept", annotations=kept)}
        self.begin(files | {f"{name}.yaml": config_map(name) for name in "abcdefghij"})
        self.server.push({"web.yaml": config_map("web")}, removed=["a.yaml", "kept.yaml"])
        said = self.agent(0)
        self.assertIn("1 removed", said)
        self.assertFalse(self.exists(maps("a")))
        self.assertTrue(self.exists(maps("kept")))
        self.says("it is annotated to be kept")

    def test_only_what_it_applied_is_removed(self):
        self.begin({"ns.yaml": NAMESPACE} | {f"{name}.yaml": config_map(name) for name in "abcdefghij"})
        # Made anew by somebody else: another object of that name.
        self.plane.must("DELETE", maps("a"))
        self.plane.must("POST", maps("")[:-1], {"metadata": {"name": "a"}, "data": {"mine": "yes"}})
        # The label taken off.
        self.plane.must("PATCH", maps("b"), {"metadata": {"labels": {"applyset.kubernetes.io/part-of": None}}},
                        content_type=MERGE)
        self.server.push({}, removed=["a.yaml", "b.yaml"])
        self.agent(0)
        self.assertEqual(self.plane.must("GET", maps("a"))["data"], {"mine": "yes"})
        self.assertTrue(self.exists(maps("b")))
        self.says("somebody made it anew")
        self.says("does not carry the label")

    def test_much_is_removed_only_with_consent(self):
        self.begin({"ns.yaml": NAMESPACE} | {f"{name}.yaml": config_map(name) for name in "abcd"})
        self.server.push({"e.yaml": config_map("e")}, removed=["a.yaml", "b.yaml"])
        self.agent(1)
        self.says("record 2 removes 2 of 5 objects, more than maxRemoved (20%)")
        self.assertTrue(self.exists(maps("a")))
        self.assertFalse(self.exists(maps("e")))
        self.configure(maxRemoved="40%")
        self.agent(0)
        self.assertFalse(self.exists(maps("a")))

    def test_namespaces_are_removed_only_by_rule(self):
        self.begin({"ns.yaml": NAMESPACE} | {f"{name}.yaml": config_map(name) for name in "abcdefghij"})
        self.server.push({}, removed=["ns.yaml"])
        self.agent(0)
        self.assertTrue(self.exists("/api/v1/namespaces/shop"))
        self.says("namespaces are removed only with pruneNamespaces")

    def test_one_object_that_is_refused_stops_no_other(self):
        broken = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {ports: [{port: 80}], clusterIP: 1.2.3.4}\n"
        self.server.push({"ns.yaml": NAMESPACE, "web.yaml": config_map("web"), "s.yaml": broken,
                          "after.yaml": config_map("after", annotations=depends("/namespaces/shop/Service/s"))})
        self.server.refresh()
        said = self.agent(1)
        self.assertEqual(said, "production: record 1 is failed: 4 objects, 2 applied, 0 removed, 2 not taken")
        self.assertTrue(self.exists(maps("web")))
        self.assertFalse(self.exists(maps("after")))
        self.says("clusterIP")
        self.says("it waits for Service s")
        self.assertEqual(self.state()["outcome"], "failed")

    def test_a_hand_edit_is_healed(self):
        self.begin()
        self.plane.must("PATCH", maps("web") + "?fieldManager=kubectl-edit", {"data": {"key": "edited"}}, content_type=MERGE)
        self.agent(0)
        self.assertEqual(self.value("web"), "one")

    def test_a_dead_hub_stops_no_healing(self):
        self.begin()
        shutil.move(self.server.repository, self.server.repository + ".gone")
        self.plane.must("PATCH", maps("web"), {"data": {"key": "edited"}}, content_type=MERGE)
        self.agent(3)
        self.says("RepositoryUnreachable")
        self.assertEqual(self.value("web"), "one")

    def test_freshness(self):
        self.server.push({"ns.yaml": NAMESPACE, "web.yaml": config_map("web")})
        self.agent(1)  # nobody says that this is the newest
        self.says("FreshnessPast")
        self.assertFalse(self.exists("/api/v1/namespaces/shop"))
        self.server.refresh("1s")
        self.plane.eventually("it is past", lambda: self.agent_code() == 1)
        self.says("FreshnessPast")
        self.server.refresh()
        self.agent(0)

    def agent_code(self):
        done = subprocess.run([AGENT, "--config", self.config, "--once"], text=True, capture_output=True, check=False)
        self.log = done.stderr
        return done.returncode

    def test_past_freshness_holds_and_heals(self):
        self.configure(maxRemoved="100%")
        self.begin()
        self.server.refresh("1s")
        self.server.push({"web.yaml": config_map("web", "two")}, removed=["b.yaml"])
        self.plane.eventually("it is past", lambda: self.agent_code() == 1)
        # Whatever was applied before that moment: now a hand edit is healed, nothing is removed.
        applied = self.state()["applied"]["sequence"]
        self.server.push({"c.yaml": config_map("c")}, removed=["web.yaml"])
        self.plane.must("PATCH", maps("web"), {"data": {"key": "edited"}}, content_type=MERGE)
        self.agent(1)
        self.assertEqual(self.state()["applied"]["sequence"], applied)
        self.assertIn(self.value("web"), ("one", "two"))
        self.assertFalse(self.exists(maps("c")))

    def refused(self, words):
        """The mirror is not believed: nothing changes but that it is said; then all is as it was."""
        self.plane.must("PATCH", maps("web"), {"data": {"key": "edited"}}, content_type=MERGE)
        before = {item["metadata"]["name"] for item in self.everything()}
        self.agent(1)
        self.says("LedgerRefused")
        self.says(words)
        self.assertEqual({item["metadata"]["name"] for item in self.everything()}, before)
        self.assertEqual(self.value("web"), "one")  # what was proven is kept

    def test_what_a_hostile_server_gives_is_refused(self):
        self.begin()
        ledger = "refs/sluice/ledger/production"
        first = self.server.git("rev-parse", ledger)
        self.server.push({"c.yaml": config_map("c")})
        self.agent(0)
        second = self.server.git("rev-parse", ledger)
        with self.subTest("an older head"):
            self.server.git("update-ref", ledger, first)
            self.refused("that is remembered")
        with self.subTest("a fork"):
            forged = self.server.git("commit-tree", "-p", first, "-m", "record 2 of production", first + "^{tree}")
            self.server.git("update-ref", ledger, forged)
            self.refused("commit " + forged)
        with self.subTest("a record that nobody signed"):
            forged = self.server.git("commit-tree", "-p", second, "-m", "record 3 of production", second + "^{tree}")
            self.server.git("update-ref", ledger, forged)
            self.refused("sequence number")
        with self.subTest("swapped objects"):
            blob = self.server.run("git", "--git-dir", self.server.repository, "hash-object", "-w", self.config).strip()
            listing = self.server.git("ls-tree", "-r", second)
            index = self.server.path("index")
            environment = dict(self.server.environment, GIT_INDEX_FILE=index)
            lines = [line if not line.endswith("/web") else f"100644 blob {blob}\t{line.split(chr(9))[1]}"
                     for line in listing.splitlines()]
            self.assertIn(blob, "\n".join(lines))
            subprocess.run(["git", "--git-dir", self.server.repository, "update-index", "--index-info"],
                           input="\n".join(lines) + "\n", text=True, check=True, env=environment)
            tree = subprocess.run(["git", "--git-dir", self.server.repository, "write-tree"], text=True, check=True,
                                  capture_output=True, env=environment).stdout.strip()
            forged = self.server.git("commit-tree", "-p", second, "-m", "record 3 of production", tree)
            self.server.git("update-ref", ledger, forged)
            self.refused("commit " + forged)
        with self.subTest("old rules"):
            self.server.git("update-ref", ledger, second)
            self.server.git("update-ref", "refs/sluice/ledger/policy", second)
            self.refused("refs/sluice/ledger/policy")

    def test_an_outcome_is_signed_and_pushed(self):
        key = self.server.path("outcome")
        self.configure(outcomeKey=key, maxRemoved="100%")
        self.begin()
        said = self.server.outcome()
        self.assertEqual((said["outcome"], said["sequence"]), ("healthy", 1))
        self.assertEqual(said["record"], self.state()["record"]["sha256"])
        tip = self.server.git("for-each-ref")
        self.agent(0)
        self.assertEqual(self.server.git("for-each-ref"), tip)  # once for each change
        broken = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {ports: [{port: 80}], clusterIP: 1.2.3.4}\n"
        self.server.push({"s.yaml": broken})
        self.agent(1)
        self.assertEqual(self.server.outcome()["outcome"], "failed")
        self.server.push({}, removed=["s.yaml"])
        self.agent(0)
        said = self.server.outcome()
        self.assertEqual((said["outcome"], said["sequence"]), ("healthy", 3))

    def test_an_outcome_that_is_refused_changes_nothing_else(self):
        # The key of another cluster, as far as the hub knows.
        self.configure(outcomeKey=self.server.path("outcome"), cluster="other")
        self.begin()
        self.says("OutcomeNotTold")
        self.says("trust.json names no key for the cluster other")
        self.assertIsNone(self.server.outcome("other"))
        self.assertEqual(self.state()["outcome"], "healthy")
        self.server.policy("--cluster", f"other={self.server.path('ana.pub')}")
        self.agent(0)
        self.says("trust.json names another key for other")
        self.assertIsNone(self.server.outcome("other"))
        self.configure(outcomeKey=self.server.path("ana"), cluster="other")
        self.agent(0)
        self.assertNotIn("OutcomeNotTold", self.log)
        self.assertEqual(self.server.outcome("other")["outcome"], "healthy")

    def test_people_must_have_agreed(self):
        self.begin()
        pusher = self.server.run("id", "-un").strip()
        self.server.write_rules("people: {ana: {}, ben: {}, dan: {local: %s}}\n"
                                "environments: {production: {branch: production, approvals: {count: 1, from: [ben]}}}\n"
                                % pusher)
        self.server.write("clone/web.yaml", config_map("web", "two"))
        self.server.commit("two")
        self.server.run(SLUICE, "approve", "production", "HEAD", "--yes", "--as", "ben", "--key", self.server.path("ben"),
                        cwd=self.server.clone)
        self.server.push({})
        ledger = "refs/sluice/ledger/production"
        signed = self.server.git("rev-parse", ledger)

        def without(predicate):
            self.assertEqual([given["person"] for given in predicate["approvals"]], ["ben"])
            predicate["approvals"] = []

        def by_himself(predicate):
            predicate["actor"] = "dan"
            predicate["kind"] = "break-glass"
            predicate["reason"] = "in a hurry"

        # By the recorder's own key: only its rules say that it is none.
        for change, words in ((without, "production needs 1 approval"), (by_himself, "nobody may break the glass")):
            forged = self.server.sign_record(change)
            self.server.git("update-ref", ledger, forged)
            self.agent(1)
            self.says("LedgerRefused")
            self.says(words)
            self.says(forged)
            self.assertEqual(self.value("web"), "one")
            self.assertEqual(self.state()["record"]["sequence"], 1)
            self.server.git("update-ref", ledger, signed)
        self.agent(0)
        self.assertEqual(self.value("web"), "two")

    def test_another_environment_and_another_repository(self):
        self.begin()
        self.server.git("update-ref", "refs/sluice/ledger/staging", "refs/sluice/ledger/production")
        self.configure(environment="staging", requireFreshness=False)
        self.assertIn("nothing is applied: it is held", self.agent(1))
        self.says("another environment")
        other = LedgerServer()
        self.addCleanup(other.remove)
        self.configure(repository=other.repository)
        self.agent(1)
        self.says("LedgerRefused")
        self.configure(pin=other.pin)
        self.agent(1)
        self.says("LedgerRefused")

    def test_rights_are_those_of_the_service_account(self):
        self.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
        self.plane.must("POST", "/api/v1/namespaces/shop/serviceaccounts", {"metadata": {"name": "deployer"}})
        self.configure(serviceAccounts={"shop": "deployer"})
        self.server.push({"web.yaml": config_map("web")})
        self.server.refresh()
        self.agent(1)
        self.says("system:serviceaccount:shop:deployer")
        self.assertFalse(self.exists(maps("web")))
        rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/"
        rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "create", "patch", "delete"]}]
        self.plane.must("POST", rbac + "roles", {"metadata": {"name": "deployer"}, "rules": rules})
        self.plane.must("POST", rbac + "rolebindings", {
            "metadata": {"name": "deployer"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "deployer"},
            "subjects": [{"kind": "ServiceAccount", "name": "deployer", "namespace": "shop"}]})
        self.plane.eventually("the rights are there", lambda: self.agent_code() == 0)
        self.assertTrue(self.exists(maps("web")))


if __name__ == "__main__":
    skip_unless_built()
    skip_unless_possible()
    unittest.main()
