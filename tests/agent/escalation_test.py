#!/usr/bin/env python3
"""Objects by which a tenant would get more than is his (escalations.jsonl), well recorded and proven: applied
with the rights that deploy/agent gives, and as the account of each namespace. None gets into the cluster, each
is refused with one line that says why, and what stands beside them is applied."""

import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import AGENT, STATE, config_map, maps
from control_plane import MERGE, ControlPlane, skip_unless_built
from deployed_rights import COLLECTIONS, deployed_rights
from ledger_server import LedgerServer, skip_unless_possible

with open(os.path.join(HERE, "escalations.jsonl"), encoding="utf-8") as table:
    ROWS = [json.loads(line) for line in table]
NO_ACCOUNT = "no service account is set for objects without a namespace (_cluster)"


def path_of(thing):
    version, meta, kind = thing["apiVersion"], thing["metadata"], thing["kind"].lower()
    path = ("/apis/" if "/" in version else "/api/") + version
    if "namespace" in meta:
        path += "/namespaces/" + meta["namespace"]
    plural = kind[:-1] + "ies" if kind.endswith("y") else kind + "s"
    return f"{path}/{plural}/{meta['name']}"


class Escalation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ControlPlane.of_class(cls, "sluice-system", "shop", "bank")
        cls.plane.must("PATCH", "/api/v1/namespaces/shop", {"metadata": {"labels": {
            "pod-security.kubernetes.io/enforce": "restricted"}}}, content_type=MERGE)
        # The owners of shop let it do all that owners of a namespace may.
        cls.plane.must("POST", COLLECTIONS["ServiceAccount"].format("shop"), {"metadata": {"name": "deployer"}})
        cls.plane.must("POST", COLLECTIONS["RoleBinding"].format("shop"), {
            "metadata": {"name": "deployer"}, "subjects": [{"kind": "ServiceAccount", "name": "deployer", "namespace": "shop"}],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}})
        cls.plane.eventually("the role of owners is there",
                             lambda: cls.plane.must("GET", COLLECTIONS["ClusterRole"] + "/admin").get("rules"))
        cls.plane.eventually("pods of shop have an account", lambda: cls.plane.ask(
            "GET", COLLECTIONS["ServiceAccount"].format("shop") + "/default")[0] == 200)
        cls.kubeconfig = deployed_rights(cls.plane, "ssh")
        cls.server = LedgerServer()
        cls.addClassCleanup(cls.server.remove)
        cls.server.push({row["name"] + ".yaml": json.dumps(row["object"]) for row in ROWS} | {"web.yaml": config_map("web")})
        cls.server.refresh()

    def cycle(self, directory, accounts):
        """What is said of each object, by its kind, namespace and name."""
        self.plane.ask("DELETE", STATE)
        settings = {"repository": self.server.repository, "environment": "production", "cluster": "test",
                    "pin": self.server.pin, "directory": self.server.path(directory), "kubeconfig": self.kubeconfig,
                    "serviceAccounts": accounts}
        config = self.server.write(directory + ".yaml", json.dumps(settings))
        done = subprocess.run([AGENT, "--config", config, "--once"], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(f"{len(ROWS) + 1} objects, 1 applied, 0 removed, {len(ROWS)} not taken", done.stdout)
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        return [line["message"] for line in lines if line["reason"] == "ObjectRefused"]

    def check(self, row, said, words):
        thing = row["object"]
        meta = thing["metadata"]
        where = f"/{thing['kind']}/{meta.get('namespace', '_cluster')}/{meta['name'].replace(':', '%3A')}: "
        lines = [line for line in said if where in line]
        self.assertEqual(len(lines), 1, said)
        self.assertIn(words, lines[0])
        code, live = self.plane.ask("GET", path_of(thing))
        if code == 200:
            # Its own state and Lease the agent writes as itself, and applies neither.
            applied = [entry["manager"] for entry in live["metadata"]["managedFields"] if entry["operation"] == "Apply"]
            self.assertNotIn("sluice-agent", applied, thing)
            self.assertNotIn("taken", json.dumps(live.get("data", {})))

    def test_as_it_is_shipped(self):
        said = self.cycle("shipped", {"*": "deployer"})
        for row in ROWS:
            with self.subTest(row["name"]):
                self.check(row, said, row["says"] if "namespace" in row["object"]["metadata"] else NO_ACCOUNT)
        self.assertEqual(self.plane.ask("GET", maps("web"))[0], 200)
        by = [row["refused"] if "namespace" in row["object"]["metadata"] else "rule" for row in ROWS]
        print(f"{len(ROWS)} refused, {by.count('rights')} by rights, {by.count('rule')} by rule")

    def test_with_an_account_for_what_has_no_namespace(self):
        said = self.cycle("account", {"*": "deployer", "_cluster": "shop/deployer"})
        for row in ROWS:
            with self.subTest(row["name"]):
                self.check(row, said, row["says"])
        print(f"{len(ROWS)} refused, {sum(row['refused'] == 'rights' for row in ROWS)} by rights")

    def test_with_accounts_that_it_may_not_use(self):
        said = self.cycle("others", {"shop": "deployer", "*": "default", "_cluster": "kube-system/clusterrole-aggregation-controller"})
        for row in ROWS:
            with self.subTest(row["name"]):
                own = row["object"]["metadata"].get("namespace") == "shop"
                self.check(row, said, row["says"] if own else 'cannot impersonate resource "serviceaccounts"')


if __name__ == "__main__":
    skip_unless_built()
    skip_unless_possible()
    if len(ROWS) != 40 or len({row["name"] for row in ROWS}) != 40:
        sys.exit("escalations.jsonl has 40 rows")
    unittest.main()
