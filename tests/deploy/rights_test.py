#!/usr/bin/env python3
"""The rights of deploy/agent/overlays/ssh are enough for the agent's work on a real API
server, and for nothing else."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "agent"), os.path.join(HERE, "..", "control-plane")]
from agent_test import config_map, maps
from always_test import Replica
from control_plane import MERGE, ControlPlane, skip_unless_built
from deployed_rights import RBAC, deployed_rights
from ledger_server import LedgerServer, skip_unless_possible

AGENT = "system:serviceaccount:sluice-system:agent"
# Verb, group, resource, namespace, name; what it may.
MAY = [
    ("get", "", "configmaps", "sluice-system", "sluice-agent-production"),
    ("get", "", "configmaps", "sluice-system", "sluice-agent-production.1"),
    ("update", "", "configmaps", "sluice-system", "sluice-agent-production.16"),
    ("update", "coordination.k8s.io", "leases", "sluice-system", "sluice-agent-production"),
    ("patch", "", "configmaps", "sluice-system", "sluice-status-production"),
    ("create", "", "configmaps", "sluice-system", ""),
    ("create", "", "events", "sluice-system", ""),
    ("watch", "apps", "deployments", "shop", ""),
    ("list", "", "namespaces", "", ""),
    ("impersonate", "", "serviceaccounts", "shop", "deployer"),
]
MAY_NOT = [
    ("get", "", "secrets", "sluice-system", "agent-repository"),
    ("patch", "", "configmaps", "sluice-system", "agent-4m2h8t9kfb"),
    ("update", "", "configmaps", "sluice-system", "kube-root-ca.crt"),
    ("update", "coordination.k8s.io", "leases", "sluice-system", "sluice-agent-staging"),
    ("update", "", "configmaps", "sluice-system", "sluice-agent-production.17"),
    ("list", "", "secrets", "shop", ""),
    ("create", "", "configmaps", "shop", ""),
    ("patch", "apps", "deployments", "shop", "web"),
    ("delete", "", "configmaps", "sluice-system", "sluice-agent-production"),
    ("delete", "", "namespaces", "", "shop"),
    ("create", "", "serviceaccounts/token", "shop", "deployer"),
    ("create", "", "pods/exec", "shop", "web"),
    ("impersonate", "", "serviceaccounts", "shop", "default"),
    ("impersonate", "", "serviceaccounts", "kube-system", "namespace-controller"),
    ("impersonate", "", "users", "", "admin"),
    ("impersonate", "", "groups", "", "system:masters"),
    ("bind", "rbac.authorization.k8s.io", "clusterroles", "", "cluster-admin"),
    ("escalate", "rbac.authorization.k8s.io", "roles", "shop", "deployer"),
    ("create", "rbac.authorization.k8s.io", "clusterrolebindings", "", ""),
    ("create", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "", ""),
    ("approve", "certificates.k8s.io", "signers", "", "kubernetes.io/kube-apiserver-client"),
]


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ControlPlane.of_class(cls, "sluice-system", "shop", "bank")
        cls.kubeconfig = deployed_rights(cls.plane, "ssh")

    def may(self, verb, group, resource, ns, name):
        resource, _, sub = resource.partition("/")
        attributes = {"verb": verb, "group": group, "resource": resource, "subresource": sub, "namespace": ns, "name": name}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {
            "user": AGENT, "groups": ["system:serviceaccounts", "system:authenticated"], "resourceAttributes": attributes}}
        return self.plane.must("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"]

    def test_what_it_may(self):
        for row in MAY:
            with self.subTest(row):
                self.assertTrue(self.may(*row))

    def test_what_it_may_not(self):
        for row in MAY_NOT:
            with self.subTest(row):
                self.assertFalse(self.may(*row))

    def deployer(self, ns):
        """What the owners of a namespace make, so that its objects are applied."""
        self.plane.must("POST", f"/api/v1/namespaces/{ns}/serviceaccounts", {"metadata": {"name": "deployer"}})
        rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "create", "patch", "delete"]}]
        self.plane.must("POST", f"{RBAC}/namespaces/{ns}/roles", {"metadata": {"name": "deployer"}, "rules": rules})
        self.plane.must("POST", f"{RBAC}/namespaces/{ns}/rolebindings", {
            "metadata": {"name": "deployer"}, "subjects": [{"kind": "ServiceAccount", "name": "deployer", "namespace": ns}],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "deployer"}})

    def test_it_applies_watches_heals_and_removes(self):
        self.deployer("shop")
        with LedgerServer() as server:
            self.server = server
            files = {f"{name}.yaml": config_map(name) for name in ("web", "b", "c", "d", "e")}
            server.push({**files, "bank.yaml": config_map("vault", ns="bank")})
            server.refresh()
            agent = Replica(self, "a", kubeconfig=self.kubeconfig, serviceAccounts={"*": "deployer"}, maxRemoved="50%")
            # The owners of bank did not let it in.
            agent.eventually_says("ObjectRefused", "system:serviceaccount:bank:deployer")
            self.assertEqual(self.plane.ask("GET", maps("web"))[0], 200)
            server.push({}, removed=["bank.yaml", "b.yaml"])
            self.plane.eventually("what the record holds no more is gone", lambda: self.plane.ask("GET", maps("b"))[0] == 404)
            self.plane.must("PATCH", maps("web"), {"data": {"key": "edited"}}, content_type=MERGE)
            agent.eventually_says("ObjectHealed", "ConfigMap shop/web")
            self.assertFalse(agent.said("WatchTrouble"))
            agent.kill()


if __name__ == "__main__":
    skip_unless_built()
    skip_unless_possible()
    unittest.main()
