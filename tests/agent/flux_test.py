#!/usr/bin/env python3
"""`apply: flux`: what the ledger proves is applied by Flux' own kustomize-controller, and
what is not proven never gets to it."""

import http.server
import io
import json
import os
import socket
import subprocess
import sys
import tarfile
import threading
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import AGENT, NAMESPACE, STATE, config_map, maps
from always_test import LEASE, SYSTEM, Replica
from control_plane import APPLY, MERGE, PROGRAMS, ControlPlane, skip_unless_built
from deployed_rights import deployed_rights
from ledger_server import LedgerServer, skip_unless_possible

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ARTIFACT = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/externalartifacts/shop-production"
KUSTOMIZATION = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/shop"
STATUS = SYSTEM + "/configmaps/sluice-status-production"
SOPS = """apiVersion: v1
kind: Secret
metadata: {name: password, namespace: shop}
stringData:
  user: ENC[AES256_GCM,data:p0lJyQ==,iv:hV0ztBHyUwVRlEqfIrOrv7Bpaa1xvDh+cBIsSEA5dNc=,tag:BzWpa1mEZ8dRPDkzP6R4nA==,type:str]
sops:
  age: [{recipient: age1yubikey1qvz, enc: x}]
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:4J7mQw==,iv:0dZ0pBFrEo1m1UPVn4g7vQ0cm3c5yCEpgTpZgjPhgGU=,tag:9p6a6Yp0sPqqZ0mHNhD0gQ==,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.9.0
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def define_flux(plane):
    """The definitions that kustomize-controller watches, and its namespace."""
    directory = os.path.join(PROGRAMS, "flux-definitions")
    for name in sorted(os.listdir(directory)):
        group, plural = name.removesuffix(".yaml").split("_")
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            plane.must("PATCH", f"{DEFINITIONS}/{plural}.{group}?fieldManager=test&force=true", file.read(),
                       content_type=APPLY)
    plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "flux-system"}})
    for path in (ARTIFACT, KUSTOMIZATION):
        collection = path.rpartition("/")[0]
        plane.eventually(collection + " is served", lambda path=collection: plane.ask("GET", path)[0] == 200)


class Tampering(http.server.BaseHTTPRequestHandler):
    """Passes on what the agent serves, but for one byte."""

    port = 0

    def do_GET(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.path}", timeout=10) as answer:
            body = answer.read().replace(b'"key":"one"', b'"key":"0ne"')
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class BesideFlux(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ControlPlane.of_class(cls, "sluice-system")
        define_flux(cls.plane)
        cls.kubeconfig = deployed_rights(cls.plane, "flux")
        environment = {**os.environ, "KUBECONFIG": cls.plane.path("kubeconfig"), "RUNTIME_NAMESPACE": "flux-system",
                       "TMPDIR": cls.plane.directory}
        words = ["--feature-gates=ExternalArtifact=true", "--metrics-addr=0", "--health-addr=0", "--http-retry=0",
                 "--requeue-dependency=1s", "--watch-all-namespaces", "--log-level=error",
                 "--override-manager=sluice-agent", "--override-manager=sluice-agent-applyset"]
        cls.controller = subprocess.Popen([os.path.join(PROGRAMS, "kustomize-controller"), *words], env=environment,
                                          stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        cls.addClassCleanup(cls.end_controller)

    @classmethod
    def end_controller(cls):
        cls.controller.kill()
        cls.controller.wait()

    def setUp(self):
        self.server = LedgerServer()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.forget)
        self.port = free_port()
        self.server.push({"ns.yaml": NAMESPACE, "web.yaml": config_map("web"), "b.yaml": config_map("b"),
                          "password.yaml": SOPS})
        self.server.refresh()

    def forget(self):
        for path in (KUSTOMIZATION, ARTIFACT, STATE, LEASE, STATUS, "/api/v1/namespaces/shop"):
            self.plane.ask("DELETE", path)
            self.plane.eventually(path + " is gone", lambda path=path: self.plane.ask("GET", path)[0] == 404)

    def agent(self, name="a", url=None, **more):
        flux = {"artifact": "flux-system/shop-production", "listen": f"127.0.0.1:{self.port}",
                "url": url or f"http://127.0.0.1:{self.port}"}
        return Replica(self, name, apply="flux", flux=flux, kubeconfig=self.kubeconfig, **more)

    def follow(self, **spec):
        source = {"kind": "ExternalArtifact", "name": "shop-production"}
        self.plane.apply(KUSTOMIZATION, {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
            "metadata": {"name": "shop", "namespace": "flux-system"},
            "spec": {"interval": "1h", "retryInterval": "1s", "prune": True, "sourceRef": source, **spec}})

    def run_agent(self, code, *words, name="a", **more):
        """What the program says of a configuration of that name, which `more` makes anew."""
        if more:
            self.server.write(name + ".yaml", json.dumps({
                "repository": self.server.repository, "environment": "production", "cluster": "test",
                "pin": self.server.pin, "directory": self.server.path(name), **more}))
        done = subprocess.run([AGENT, *words, "--config", self.server.path(name + ".yaml")], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def managers(self, name):
        return {entry["manager"] for entry in self.plane.must("GET", maps(name))["metadata"]["managedFields"]}

    def artifact(self):
        return self.plane.must("GET", ARTIFACT)["status"]["artifact"]

    def published(self, record):
        """Waits until that record is."""
        def is_published():
            code, live = self.plane.ask("GET", ARTIFACT)
            revision = live.get("status", {}).get("artifact", {}).get("revision", "") if code == 200 else ""
            return revision.startswith(f"production/{record}@sha256:")
        self.plane.eventually(f"record {record} is published", is_published)
        return self.artifact()

    def status(self, key):
        code, live = self.plane.ask("GET", STATUS)
        return live["data"].get(key) if code == 200 else None

    def outcome(self, record, outcome):
        self.plane.eventually(f"record {record} is {outcome}", lambda: (
            str(self.status("appliedRecord")).startswith(f"{record} ") and self.status("outcome") == outcome))

    def value(self, name):
        code, live = self.plane.ask("GET", maps(name))
        return live["data"].get("key") if code == 200 else None

    def fetch(self, artifact):
        with urllib.request.urlopen(artifact["url"], timeout=10) as answer:
            return answer.read()

    def test_records_are_applied_and_pruned_by_flux(self):
        agent = self.agent(maxRemoved="50%")
        agent.eventually_says("RecordPublished", "record 1 is published for Flux as flux-system/shop-production")
        with tarfile.open(fileobj=io.BytesIO(self.fetch(self.published(1)))) as archive:
            names = archive.getnames()
        self.assertEqual(sorted(names), ["core/ConfigMap/shop/b.json", "core/ConfigMap/shop/web.json",
                                         "core/Namespace/_cluster/shop.json", "kustomization.yaml"])
        self.plane.eventually("the Secret is listed", lambda: "Secret" in str(self.status("leftAlone")))
        agent.eventually_says("ObjectNotHealthy", "no Kustomization in flux-system follows it")
        self.assertEqual(self.status("outcome"), "applied")
        self.follow()
        self.plane.eventually("Flux applies it", lambda: self.value("web") == "one")
        self.outcome(1, "healthy")
        self.assertEqual(self.managers("web"), {"kustomize-controller"})
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "all", "namespace": "shop"},
                 "spec": {"hard": {"limits.cpu": "1000m"}}}
        self.server.push({"web.yaml": config_map("web", "two"), "quota.yaml": json.dumps(quota)}, removed=["b.yaml"])
        self.plane.eventually("Flux applies record 2", lambda: self.value("web") == "two")
        self.plane.eventually("Flux prunes", lambda: self.value("b") is None)
        self.outcome(2, "healthy")
        # What the API server keeps otherwise ("1") is no drift: Flux set it.
        self.assertIn("none differs", self.run_agent(0, "drift"))
        self.plane.must("PATCH", maps("web") + "?fieldManager=kubectl-edit", {"data": {"key": "edited"}}, content_type=MERGE)
        self.assertIn("data.key", self.run_agent(1, "drift"))

    def test_from_the_agent_to_flux_and_back(self):
        own = {"kubeconfig": self.plane.path("kubeconfig")}
        self.server.push({"web.yaml": config_map("web") + '  more: "1"\n'})
        self.run_agent(0, "--once", name="own", **own)
        self.follow(deletionPolicy="Orphan")
        agent = self.agent()
        self.outcome(2, "healthy")
        self.server.push({"web.yaml": config_map("web")})
        self.outcome(3, "healthy")
        live = self.plane.must("GET", maps("web"))
        self.assertEqual((live["data"], self.managers("web")), ({"key": "one"}, {"kustomize-controller"}))
        self.assertNotIn("applyset.kubernetes.io/part-of", live["metadata"]["labels"])
        self.assertEqual(agent.stop(), 0)
        self.plane.must("DELETE", KUSTOMIZATION)
        self.plane.eventually("it is orphaned", lambda: self.plane.ask("GET", KUSTOMIZATION)[0] == 404)
        self.run_agent(0, "--once", name="own", takeOver=["flux"], **own)
        live = self.plane.must("GET", maps("web"))
        self.assertEqual(self.managers("web"), {"sluice-agent"})
        self.assertEqual(list(live["metadata"]["labels"]), ["applyset.kubernetes.io/part-of"])

    def test_a_new_agent_publishes_the_same(self):
        first = self.agent()
        before = self.published(1)
        self.assertEqual(first.stop(), 0)
        second = self.agent("b")
        second.eventually_says("ObjectNotHealthy", "no Kustomization")
        self.assertEqual(self.artifact(), before)
        self.assertEqual(len(self.fetch(before)), before["size"])

    def test_health_is_that_of_the_live_objects(self):
        deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {
            "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                "containers": [{"name": "web", "image": "web:1"}]}}}}
        self.server.push({"deployment.yaml": json.dumps(deployment)})
        self.follow()
        agent = self.agent()
        agent.eventually_says("ObjectNotHealthy", "Deployment shop/web is in progress: 0 of 1 ")  # no nodes
        self.outcome(2, "applied")

    def test_what_is_held_or_not_proven_is_not_published(self):
        agent = self.agent()
        self.follow()
        self.outcome(1, "healthy")
        before = self.artifact()
        with self.subTest("it removes much, and nobody consented"):
            self.server.push({"web.yaml": config_map("web", "two")}, removed=["b.yaml", "password.yaml"])
            agent.eventually_says("RemovalsNotConsented")
        with self.subTest("nobody signed it"):
            ledger = "refs/sluice/ledger/production"
            head = self.server.git("rev-parse", ledger)
            forged = self.server.git("commit-tree", "-p", head, "-m", "record 3 of production", head + "^{tree}")
            self.server.git("update-ref", ledger, forged)
            agent.eventually_says("LedgerRefused", "sequence number")
            self.server.git("update-ref", ledger, head)
        self.assertEqual(self.artifact(), before)
        self.assertEqual((self.value("web"), self.value("b")), ("one", "one"))

    def test_an_unproven_beginning_publishes_nothing(self):
        agent = self.agent(pin="0" * 64)
        agent.eventually_says("LedgerRefused")
        self.assertEqual(self.plane.ask("GET", ARTIFACT)[0], 404)

    def test_bytes_that_changed_on_the_way_are_not_applied(self):
        Tampering.port = self.port
        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tampering)
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        self.addCleanup(lambda: (proxy.shutdown(), thread.join(), proxy.server_close()))
        agent = self.agent(url=f"http://127.0.0.1:{proxy.server_port}")
        self.published(1)
        self.assertIn(b'"key":"0ne"', self.fetch(self.artifact()))
        self.follow()
        agent.eventually_says("ObjectNotHealthy", "doesn't match")
        self.assertIsNone(self.value("web"))
        self.assertEqual(self.status("outcome"), "applied")

    def test_what_somebody_says_in_our_place_is_put_back(self):
        agent = self.agent()
        before = self.published(1)
        self.plane.must("PATCH", ARTIFACT + "/status", {"status": {"artifact": {"url": "http://127.0.0.1:1/evil.tar.gz"}}},
                        content_type=MERGE)
        agent.eventually_says("ArtifactPutBack")
        self.plane.eventually("it is put back", lambda: self.artifact()["url"] == before["url"])

    def test_a_kustomization_that_changes_objects_fails(self):
        patch = '[{"op": "replace", "path": "/data/key", "value": "patched"}]'
        self.follow(patches=[{"patch": patch, "target": {"kind": "ConfigMap"}}])
        agent = self.agent()
        agent.eventually_says("ObjectNotHealthy", "applies something else than was proven: spec.patches")
        self.outcome(1, "failed")

    def test_what_flux_passes_over_is_not_healthy(self):
        agent = self.agent()
        self.follow()
        self.outcome(1, "healthy")
        annotations = {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}
        self.plane.must("PATCH", maps("web") + "?fieldManager=kubectl-annotate", {"metadata": {"annotations": annotations}},
                        content_type=MERGE)
        self.server.push({"web.yaml": config_map("web", "two")})
        agent.eventually_says("ObjectNotHealthy", "the record is not what lives there: data.key; Flux is told to leave it alone")
        applied = self.plane.must("GET", KUSTOMIZATION)["status"]["lastAppliedRevision"]
        self.assertTrue(applied.startswith("production/2@"), applied)
        self.assertEqual((self.value("web"), self.status("outcome")), ("one", "applied"))
        self.plane.must("PATCH", maps("web") + "?fieldManager=kubectl-annotate",
                        {"metadata": {"annotations": {name: None for name in annotations}}, "data": {"key": "two"}},
                        content_type=MERGE)
        self.outcome(2, "healthy")

    def test_paths_that_are_none(self):
        self.agent()
        artifact = self.published(1)
        path = "/" + artifact["path"]
        for target in ("/", path + "?x", path + "%00", "/." + path, "/externalartifact/../" + path[1:], "/../../etc/passwd",
                       path.replace("shop", "%73hop"), "/externalartifact/flux-system/shop-production/"):
            with self.subTest(target), socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
                answer = connection.makefile("rb").read()
                self.assertTrue(answer.startswith(b"HTTP/1.1 404 "), answer[:100])
        self.assertEqual(len(self.fetch(artifact)), artifact["size"])

    def test_one_cycle_is_not_enough(self):
        flux = {"artifact": "flux-system/shop", "listen": "127.0.0.1:0", "url": "http://127.0.0.1"}
        self.assertIn("leave out --once", self.run_agent(2, "--once", apply="flux", flux=flux))


if __name__ == "__main__":
    skip_unless_built("kustomize-controller")
    skip_unless_possible()
    unittest.main()
