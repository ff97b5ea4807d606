#!/usr/bin/env python3
"""What goes wrong around an agent that runs: its clock, its disk, its credential, a definition that vanishes, a
finalizer that stays. It holds or tells, and never deletes what it should not."""

import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import AGENT, CRD, NAMESPACE, STATE, config_map, maps
from always_test import LEASE, Replica
from control_plane import MERGE, ControlPlane, skip_unless_built
from ledger_server import LedgerServer, skip_unless_possible

WRONG_CLOCK = os.environ.get("SLUICE_WRONG_CLOCK", "")
DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/backups.shop.example"
BACKUP = "apiVersion: shop.example/v1\nkind: Backup\nmetadata: {name: a, namespace: shop}\nspec: {hour: 3}\n"
BACKUPS = "/apis/shop.example/v1/namespaces/shop/backups/a"
SMALL_DISK = ["unshare", "-rm", "sh", "-c", 'mkdir -p "$1" && mount -t tmpfs -o size=400k none "$1" && shift && exec "$@"', "sh"]


class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ControlPlane.of_class(cls, "sluice-system")

    def setUp(self):
        self.server = LedgerServer()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.forget)

    def forget(self):
        for path in (STATE, LEASE, "/api/v1/namespaces/shop", DEFINITION):
            self.plane.ask("DELETE", path)
            self.plane.eventually(path + " is gone", lambda path=path: self.plane.ask("GET", path)[0] == 404)

    def begin(self, files=None, **settings):
        """A first record, applied by an agent that goes on."""
        self.server.push({"ns.yaml": NAMESPACE, **{f"{name}.yaml": config_map(name) for name in ("a", "b", "c")}, **(files or {})})
        self.server.refresh()
        agent = Replica(self, "a", maxRemoved="100%", **settings)
        agent.eventually_says("RecordApplied", "record 1")
        self.plane.eventually("all is there", lambda: self.values() == {"a": "one", "b": "one", "c": "one"})
        self.uids = {name: item["metadata"]["uid"] for name, item in self.items().items()}
        return agent

    def items(self):
        items = self.plane.must("GET", maps("")[:-1])["items"]
        return {item["metadata"]["name"]: item for item in items if item["metadata"]["name"] != "kube-root-ca.crt"}

    def values(self):
        return {name: item["data"]["key"] for name, item in self.items().items()}

    def edit(self, name):
        self.plane.must("PATCH", maps(name) + "?fieldManager=kubectl-edit", {"data": {"key": "edited"}}, content_type=MERGE)

    def stays(self, *names):
        """These are the objects that they were."""
        items = self.items()
        self.assertEqual({name: items[name]["metadata"]["uid"] for name in names}, {name: self.uids[name] for name in names})

    def heals(self):
        self.edit("a")
        self.plane.eventually("a hand edit is put back", lambda: self.values()["a"] == "one")

    # A wrong clock.

    def with_clock(self, seconds):
        """One cycle of an agent whose clock is so far ahead; its exit code and what it said."""
        self.plane.ask("DELETE", LEASE)
        environment = {**os.environ, "LD_PRELOAD": WRONG_CLOCK, "WRONG_CLOCK": str(seconds)}
        done = subprocess.run([AGENT, "--config", self.server.path("a.yaml"), "--once"], text=True, capture_output=True,
                              check=False, env=environment)
        return done.returncode, done.stdout + done.stderr

    def clock(self, seconds, reason):
        agent = self.begin()
        self.assertEqual(agent.stop(), 0)
        self.server.push({"new.yaml": config_map("new")}, removed=["b.yaml"])
        self.edit("a")
        code, said = self.with_clock(seconds)
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)
        self.assertEqual(self.values(), {"a": "one", "b": "one", "c": "one"})
        self.stays("a", "b", "c")
        code, said = self.with_clock(0)
        self.assertEqual(code, 0, said)
        self.assertEqual(set(self.values()), {"a", "c", "new"})

    def test_a_clock_that_is_ahead(self):
        self.clock(7200, "FreshnessPast")

    def test_a_clock_that_is_behind(self):
        self.clock(-600, "ClockWrong")

    # A full disk.

    def test_a_disk_that_is_full(self):
        if subprocess.run([*SMALL_DISK, self.server.path("probe"), "true"], capture_output=True, check=False).returncode:
            self.skipTest("no file system can be mounted here")
        agent = self.begin(wrapper=[*SMALL_DISK, self.server.path("a")])
        noise = os.urandom(400_000).hex()
        self.server.push({"new.yaml": config_map("new", noise)}, removed=["b.yaml"])
        agent.eventually_says("RepositoryUnreachable")
        self.assertTrue(agent.said("RepositoryUnreachable", "No space left"), agent.lines())
        self.heals()
        self.stays("a", "b", "c")
        self.assertNotIn("new", self.values())
        self.assertIsNone(agent.process.poll())

    # A credential that expires.

    def credential(self):
        """The token of an account that may do everything, in a file; without the account it is worth nothing."""
        account = "/api/v1/namespaces/sluice-system/serviceaccounts"
        if self.plane.ask("GET", account + "/agent")[0] != 200:
            self.plane.must("POST", account, {"metadata": {"name": "agent"}})
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        token = self.plane.must("POST", account + "/agent/token", request)["status"]["token"]
        self.server.write("token.new", token)
        os.rename(self.server.path("token.new"), self.server.path("token"))

    def test_a_credential_that_expires(self):
        rbac = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
        self.plane.must("POST", rbac, {
            "metadata": {"name": "agent"}, "subjects": [{"kind": "ServiceAccount", "name": "agent", "namespace": "sluice-system"}],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}})
        self.addCleanup(self.plane.ask, "DELETE", rbac + "/agent")
        self.credential()
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "a",
                  "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
                  "clusters": [{"name": "a", "cluster": {"server": self.plane.server, "certificate-authority": self.plane.path("ca.crt")}}],
                  "users": [{"name": "a", "user": {"tokenFile": self.server.path("token")}}]}
        agent = self.begin(kubeconfig=self.server.write("kubeconfig", json.dumps(config)))
        self.plane.must("DELETE", "/api/v1/namespaces/sluice-system/serviceaccounts/agent")
        # The API server believes it for some seconds more.
        self.plane.eventually("it is told", lambda: any("401" in line["message"] or "nauthorized" in line["message"]
                                                        for line in agent.lines()))
        self.server.push({"new.yaml": config_map("new")}, removed=["b.yaml"])
        self.assertEqual(self.values(), {"a": "one", "b": "one", "c": "one"})
        self.stays("a", "b", "c")
        self.credential()
        self.plane.eventually("it goes on with a new one", lambda: set(self.values()) == {"a", "c", "new"})
        self.stays("a", "c")

    # A definition that vanishes.

    def test_a_recorded_definition_that_vanishes_comes_back(self):
        agent = self.begin({"crd.yaml": CRD, "backup.yaml": BACKUP})
        self.plane.eventually("the object is there", lambda: self.plane.ask("GET", BACKUPS)[0] == 200)
        self.plane.must("DELETE", DEFINITION)
        self.plane.eventually("both are back", lambda: self.plane.ask("GET", BACKUPS)[0] == 200
                              and "deletionTimestamp" not in self.plane.must("GET", DEFINITION)["metadata"])
        self.stays("a", "b", "c")
        self.assertEqual(agent.stop(), 0)

    def test_somebody_elses_definition_that_vanishes_is_told(self):
        definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                      "metadata": {"name": "backups.shop.example"}, "spec": {
                          "group": "shop.example", "scope": "Namespaced",
                          "names": {"kind": "Backup", "listKind": "BackupList", "plural": "backups", "singular": "backup"},
                          "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                              "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}
        self.plane.apply(DEFINITION, definition)
        agent = self.begin({"backup.yaml": BACKUP})
        self.plane.eventually("the object is there", lambda: self.plane.ask("GET", BACKUPS)[0] == 200)
        self.plane.must("DELETE", DEFINITION)
        agent.eventually_says("ObjectWaits", "serves no Backup")
        # Nothing is removed while something is missing.
        self.server.push({"new.yaml": config_map("new")}, removed=["b.yaml"])
        self.plane.eventually("the next record is applied", lambda: "new" in self.values())
        self.stays("a", "b", "c")
        self.plane.apply(DEFINITION, definition)
        self.plane.eventually("the object is back, and what had to wait is removed", lambda: self.plane.ask("GET", BACKUPS)[0] == 200
                              and set(self.values()) == {"a", "c", "new"})
        # What is of no kind any more and recorded no more is told, and keeps nothing else.
        self.plane.must("DELETE", DEFINITION)
        agent.eventually_says("ObjectWaits", "serves no Backup")
        self.server.push({}, removed=["backup.yaml", "c.yaml"])
        agent.eventually_says("ObjectNotRemoved", "serves no Backup")
        self.plane.eventually("the rest is removed", lambda: set(self.values()) == {"a", "new"})
        self.stays("a")

    # A finalizer that stays.

    def finalizers(self, name, finalizers):
        self.plane.must("PATCH", maps(name), {"metadata": {"finalizers": finalizers}}, content_type=MERGE)

    def test_a_finalizer_that_stays(self):
        agent = self.begin()
        self.finalizers("b", ["shop.example/hold"])
        self.server.push({}, removed=["b.yaml", "c.yaml"])
        agent.eventually_says("ObjectNotRemoved", "a finalizer holds it")
        self.plane.eventually("the rest is removed", lambda: set(self.values()) == {"a", "b"})
        self.heals()
        self.stays("a", "b")
        self.finalizers("b", [])
        self.plane.eventually("it is gone", lambda: set(self.values()) == {"a"})
        self.plane.eventually("and forgotten", lambda: "/b " not in self.plane.must("GET", STATE)["data"]["inventory"])

    def test_what_ends_and_is_recorded_again_is_made_anew(self):
        agent = self.begin()
        self.finalizers("b", ["shop.example/hold"])
        self.server.push({}, removed=["b.yaml"])
        agent.eventually_says("ObjectNotRemoved", "a finalizer holds it")
        self.server.push({"b.yaml": config_map("b", "two")})
        self.plane.eventually("the third record is looked after",
                              lambda: json.loads(self.plane.must("GET", STATE)["data"]["state.json"])["applied"]["sequence"] == 3)
        self.finalizers("b", [])
        self.plane.eventually("it is there anew", lambda: self.values().get("b") == "two"
                              and self.items()["b"]["metadata"]["uid"] != self.uids["b"])
        self.stays("a", "c")


if __name__ == "__main__":
    skip_unless_built()
    skip_unless_possible()
    unittest.main()
