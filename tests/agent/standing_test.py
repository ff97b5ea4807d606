#!/usr/bin/env python3
"""An agent that begins sends nothing of what stands as it was applied, and all of what does not: on a real API
server, through a proxy that writes down each request."""

import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import AGENT, NAMESPACE, config_map, maps
from control_plane import APPLY, MERGE, ControlPlane, FaultProxy, skip_unless_built
from ledger_server import LedgerServer, skip_unless_possible

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}, annotations: {a: b}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      tolerations: [{key: a, operator: Exists}]
      containers:
      - name: web
        image: web:1
        args: [a, b]
        ports: [{containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]
        env: [{name: A, value: "1"}, {name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
        resources: {limits: {cpu: 100m, memory: 64Mi}}
        readinessProbe: {httpGet: {path: /, port: 80}}
        volumeMounts: [{name: scratch, mountPath: /tmp}]
      - {name: log, image: "log:1"}
      volumes: [{name: scratch, emptyDir: {}}, {name: settings, configMap: {name: m1}}]
"""
SERVICE = """apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}, {name: dns, port: 53, protocol: UDP}]}
"""
ROLE = """apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web, namespace: shop}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
"""
SECRET = """apiVersion: v1
kind: Secret
metadata: {name: token, namespace: shop}
type: Opaque
"""


class Standing(unittest.TestCase):
    def setUp(self):
        ControlPlane.of_class(type(self), "sluice-system")
        self.proxy = FaultProxy(self.plane)
        self.addCleanup(self.proxy.stop)
        self.server = LedgerServer()
        self.addCleanup(self.server.remove)
        settings = {"repository": self.server.repository, "environment": "production", "cluster": "test",
                    "pin": self.server.pin, "directory": self.server.path("agent"),
                    "kubeconfig": self.proxy.path("kubeconfig")}
        self.config = self.server.write("agent.yaml", json.dumps(settings))
        self.server.push({"ns.yaml": NAMESPACE, "web.yaml": DEPLOYMENT, "service.yaml": SERVICE, "role.yaml": ROLE,
                          "secret.yaml": SECRET, **{f"m{n}.yaml": config_map(f"m{n}") for n in range(10)}})
        self.server.refresh()

    def sent(self):
        """Which objects an agent that begins applies."""
        seen = len(self.proxy.requests())
        done = subprocess.run([AGENT, "--config", self.config, "--once"], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        paths = [line.split()[1].partition("?")[0] for line in self.proxy.requests()[seen:] if line.startswith("PATCH ")]
        paths = [path for path in paths if "/namespaces/sluice-system/" not in path]
        self.assertEqual(len(paths), len(set(paths)), "an object was written twice")
        return {"/".join(path.split("/")[-2:]) for path in paths}

    def test_what_stands_is_not_sent(self):
        self.assertEqual(len(self.sent()), 15)
        always = {"secrets/token"}  # nobody may read these
        self.assertEqual(self.sent(), always)
        other, own = "?fieldManager=kubectl-edit", "?fieldManager=sluice-agent"
        self.plane.must("PATCH", maps("m1") + other, {"data": {"key": "edited"}}, content_type=MERGE)
        self.plane.must("PATCH", maps("m2") + own, {"data": {"key": "edited"}}, content_type=MERGE)
        self.plane.must("PATCH", maps("m3") + own, {"data": {"more": "x"}}, content_type=MERGE)
        self.plane.must("PATCH", maps("m4"), {"metadata": {"labels": {"applyset.kubernetes.io/part-of": None}}},
                        content_type=MERGE)
        self.plane.must("DELETE", maps("m5"))
        # Another agent's record had more, and this one never gave it up.
        more = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m6", "namespace": "shop"},
                "data": {"key": "one", "more": "x"}}
        self.plane.must("PATCH", maps("m6") + own + "&force=true", json.dumps(more), content_type=APPLY)
        # What is theirs stays theirs.
        self.plane.must("PATCH", maps("m7") + other, {"data": {"theirs": "x"}}, content_type=MERGE)
        deployment = "/apis/apps/v1/namespaces/shop/deployments/web"
        self.plane.must("PATCH", deployment + other, {"spec": {"replicas": 1}}, content_type=MERGE)
        self.assertEqual(self.sent(), always | {f"configmaps/m{n}" for n in range(1, 7)} | {"deployments/web"})
        self.assertEqual([self.plane.must("GET", maps(f"m{n}"))["data"]["key"] for n in range(1, 8)], ["one"] * 7)
        self.assertEqual(self.plane.must("GET", deployment)["spec"]["replicas"], 0)
        # Of somebody whose update in our name stays nobody knows what he set: it is sent each time.
        self.assertEqual(self.sent(), always | {"configmaps/m3"})

    def test_what_may_not_be_read_is_sent(self):
        self.sent()
        self.proxy.fault("GET /api/v1/namespaces/shop/configmaps* * status 403")
        seen = len(self.proxy.requests())
        self.assertEqual(self.sent(), {"secrets/token"} | {f"configmaps/m{n}" for n in range(10)})
        asked = [line for line in self.proxy.requests()[seen:] if line.startswith("GET /api/v1/namespaces/shop/configmaps")]
        self.assertLessEqual(len(asked), 1 + 8)  # the list, and the eight that are under way at once


if __name__ == "__main__":
    skip_unless_built("fault-proxy")
    skip_unless_possible()
    unittest.main()
