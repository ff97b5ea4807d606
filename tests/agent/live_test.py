#!/usr/bin/env python3
"""Objects of a real control plane with simulated nodes, looked after: they become
healthy, are edited, deleted and forged.

    live_test.py CONTROL_PLANE_TESTS OWNED_PEER

Exits 77 where the control plane was not built."""

import json
import queue
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, sys.argv[1] if len(sys.argv) > 1 else "")
from control_plane import MERGE, ControlPlane, skip_unless_built  # noqa: E402

MANAGER = "sluice-agent"
PLURALS = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"}


def path_of(thing):
    version, meta = thing["apiVersion"], thing["metadata"]
    path = ("/apis/" if "/" in version else "/api/") + version
    if "namespace" in meta:
        path += "/namespaces/" + meta["namespace"]
    kind = thing["kind"]
    return f"{path}/{PLURALS.get(kind, kind.lower() + 's')}/{meta['name']}"


def thing(version, kind, name, namespace="shop", **more):
    meta = {"name": name, **({"namespace": namespace} if namespace else {}), **more.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **more}


def template(app, restart=None, **spec):
    pod = {"containers": [{"name": "web", "image": "web:1"}], **spec}
    if restart:
        pod["restartPolicy"] = restart
    return {"metadata": {"labels": {"app": app}}, "spec": pod}


def workload(kind, name, **spec):
    return thing("apps/v1", kind, name, spec={
        "selector": {"matchLabels": {"app": name}}, "template": template(name), **spec})


# What the API server keeps otherwise than it was said.
ODD_CONTAINER = {"name": "web", "image": "web:1", "args": [], "command": ["a", "b"], "securityContext": {},
                 "ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP", "name": "dns"}],
                 "env": [{"name": "A", "value": ""}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
                 "resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": {"cpu": 2, "memory": "2.0Gi"}},
                 "readinessProbe": {"httpGet": {"path": "/", "port": 80}},
                 "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]}
KINDS = [
    workload("Deployment", "odd", strategy={}, revisionHistoryLimit=None, template=template(
        "odd", containers=[ODD_CONTAINER], volumes=[{"name": "tmp", "emptyDir": {}}], nodeSelector={}, tolerations=[],
        topologySpreadConstraints=[{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway",
                                    "labelSelector": {"matchLabels": {"app": "odd"}}}])),
    workload("StatefulSet", "set", serviceName="set", replicas=2, volumeClaimTemplates=[]),
    workload("DaemonSet", "daemon"),
    thing("v1", "Service", "web", spec={"selector": {"app": "odd"}, "ports": [
        {"port": 80, "targetPort": "http", "name": "a"}, {"port": 53, "protocol": "UDP", "name": "b"}]}),
    thing("v1", "ConfigMap", "settings", data={"a": "1", "b": ""}, immutable=None),
    thing("batch/v1", "Job", "work", spec={"template": template("work", "Never")}),
    thing("batch/v1", "CronJob", "nightly", spec={"schedule": "0 0 * * *", "suspend": False, "jobTemplate": {
        "spec": {"template": template("nightly", "OnFailure")}}}),
    thing("networking.k8s.io/v1", "Ingress", "web", spec={"rules": [{"host": "a.example", "http": {"paths": [
        {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}),
    thing("networking.k8s.io/v1", "NetworkPolicy", "deny", spec={"podSelector": {}, "ingress": [], "egress": [{}]}),
    thing("rbac.authorization.k8s.io/v1", "Role", "reader", rules=[
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]),
    thing("policy/v1", "PodDisruptionBudget", "budget", spec={
        "minAvailable": "50%", "selector": {"matchLabels": {"app": "odd"}}}),
    thing("v1", "ServiceAccount", "robot", automountServiceAccountToken=False),
]


class Peer:
    """owned_peer, and what it said."""

    def __init__(self, plane, *words):
        self.process = subprocess.Popen([sys.argv[2], plane.path("kubeconfig"), *words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.said = []
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put((time.monotonic(), line.rstrip("\n")))

    def say(self, command, document):
        self.process.stdin.write(f"{command} {json.dumps(document)}\n")
        self.process.stdin.flush()

    def own(self, *objects):
        self.say("own", {"items": list(objects)})

    def until(self, *begins):
        """The first line that begins so, and when it came."""
        while True:
            try:
                came, line = self.lines.get(timeout=60)
            except queue.Empty:
                raise AssertionError(f"not said: {begins}; but {self.said}") from None
            self.said.append(line)
            if line.startswith(begins):
                return line, came

    def stop(self):
        self.process.stdin.close()
        code = self.process.wait(30)
        self.thread.join()
        self.process.stdout.close()
        while not self.lines.empty():
            self.said.append(self.lines.get()[1])
        return code


class Owned(unittest.TestCase):
    plane = None

    def setUp(self):
        self.peer = Peer(self.plane)

    def tearDown(self):
        self.assertEqual(self.peer.stop(), 0)

    def apply(self, document):
        return self.plane.apply(path_of(document), document, MANAGER)

    def patch(self, document, patch, manager="kubectl-edit"):
        """When it was sent."""
        sent = time.monotonic()
        self.plane.must("PATCH", path_of(document) + "?fieldManager=" + manager, patch, content_type=MERGE)
        return sent

    def fields(self, line):
        """What a line "differs …" tells, by field."""
        return {each["field"]: each for each in json.loads(line.partition(" ")[2])["fields"]}

    def test_what_was_applied_does_not_differ_and_becomes_healthy(self):
        for each in KINDS:
            self.apply(each)
        self.peer.own(*KINDS)
        waits = {(each["kind"], each["metadata"]["name"]) for each in KINDS}
        while waits:
            line, _ = self.peer.until("health ", "differs ", "trouble ", "gone ")
            self.assertTrue(line.startswith("health "), line)
            kind, name, state = line.split(" ", 3)[1:]
            if state.startswith("current"):
                waits.discard((kind, name))

    def test_a_deployment_on_its_way_and_one_that_is_stuck(self):
        good, stuck = workload("Deployment", "good", replicas=2), workload(
            "Deployment", "stuck", progressDeadlineSeconds=1, template=template("stuck", nodeSelector={"on": "the-moon"}))
        self.peer.own(good, stuck)
        self.peer.until("gone Deployment stuck")
        self.apply(good)
        self.apply(stuck)
        self.peer.until("health Deployment good in progress: ")
        self.peer.until("health Deployment good current: 2 replicas are available")
        line, _ = self.peer.until("health Deployment stuck failed: ")
        self.assertIn("ProgressDeadlineExceeded: ReplicaSet", line)

    def test_an_edit_is_noticed_with_who_made_it(self):
        web = workload("Deployment", "edited", replicas=1)
        web["metadata"]["labels"] = {"team": "shop"}
        self.apply(web)
        self.peer.own(web)
        self.peer.until("health Deployment edited ")
        took = []
        for replicas in (2, 3, 4):
            edited = self.patch(web, {"spec": {"replicas": replicas}})
            line, came = self.peer.until("differs ", "again ")
            took.append(came - edited)
            field = self.fields(line)["spec.replicas"]
            self.assertEqual((field["recorded"], field["live"], field["manager"]), ("1", str(replicas), "kubectl-edit"))
            self.assertRegex(field["time"], r"^20\d\d-\d\d-\d\dT")
        print("noticed", ", ".join(f"{1000 * each:.0f} ms" for each in took), "after the edit was sent")
        self.assertLess(min(took), 1)
        self.apply(web)
        self.peer.until("same ")
        self.patch(web, {"metadata": {"labels": {"team": None}}, "spec": {"template": {"spec": {"containers": [
            {"name": "web", "image": "evil:1"}, {"name": "miner", "image": "evil:2"}]}}}}, "intruder")
        line, _ = self.peer.until("differs ")
        fields = self.fields(line)
        self.assertEqual(sorted(fields), ["metadata.labels.team", "spec.template.spec.containers[0].image"])
        self.assertTrue(fields["metadata.labels.team"]["removed"])
        self.assertEqual(fields["metadata.labels.team"]["lastWriter"], "intruder")
        self.assertEqual(fields["spec.template.spec.containers[0].image"]["manager"], "intruder")

    def test_what_others_may_do_is_no_drift(self):
        web = workload("Deployment", "shared", replicas=1)
        self.peer.own(web)
        self.apply(web)
        self.peer.until("health Deployment shared current")
        self.patch(web, {"metadata": {"labels": {"more": "1"}, "annotations": {"x": "y"}}}, "somebody")
        self.patch(web, {"spec": {"replicas": 1, "revisionHistoryLimit": 3, "template": {"metadata": {
            "annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}}, "kubectl-rollout")
        self.plane.apply(path_of(web), {**web, "spec": {**web["spec"], "minReadySeconds": 0}}, "another")
        self.patch(web, {"spec": {"replicas": 2}}, "last")
        self.peer.until("differs ")
        self.assertFalse([line for line in self.peer.said[:-1] if line.startswith(("differs", "again", "same"))])

    def test_an_apply_under_our_name_is_noticed_behind_our_own(self):
        web = workload("Deployment", "forged", replicas=1)
        self.peer.own(web)
        answer = self.apply(web)
        self.peer.say("accept", answer)
        self.peer.until("health Deployment forged current")
        self.apply({**web, "spec": {**web["spec"], "replicas": 7}})
        line, _ = self.peer.until("differs ")
        self.assertEqual(self.fields(line)["spec.replicas"]["live"], "7")
        self.assertNotIn("manager", self.fields(line)["spec.replicas"])

    def test_what_is_deleted_is_gone(self):
        settings = thing("v1", "ConfigMap", "deleted", data={"a": "1"})
        self.apply(settings)
        self.peer.own(settings)
        self.peer.until("health ConfigMap deleted current")
        self.plane.must("DELETE", path_of(settings))
        self.peer.until("gone ConfigMap deleted")
        self.apply(settings)
        self.peer.until("health ConfigMap deleted current")

    def test_a_custom_kind_by_its_conditions(self):
        self.apply(thing("apiextensions.k8s.io/v1", "CustomResourceDefinition", "gauges.example.com", None, spec={
            "group": "example.com", "scope": "Namespaced", "names": {"plural": "gauges", "kind": "Gauge"},
            "versions": [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}, "schema": {
                "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}))
        gauge = thing("example.com/v1", "Gauge", "g", spec={"a": 1})
        self.plane.eventually("the kind is served", lambda: self.plane.ask(
            "GET", "/apis/example.com/v1/namespaces/shop/gauges")[0] == 200)
        self.apply(gauge)
        self.peer.own(gauge)
        self.peer.until("health Gauge g current: it is there")
        for status, says in (("False", "in progress: it is not ready: Filling: half"), ("True", "current: it is ready")):
            self.plane.must("PATCH", path_of(gauge) + "/status", {"status": {"observedGeneration": 1, "conditions": [
                {"type": "Ready", "status": status, "reason": "Filling", "message": "half"}]}}, content_type=MERGE)
            self.peer.until("health Gauge g " + says)
        self.patch(gauge, {"spec": {"a": 2}})
        self.peer.until("health Gauge g in progress: its controller has seen generation 1, it is at 2")

    def test_with_labels_only_what_has_them_is_watched_and_what_lost_them_is_seen(self):
        self.peer.stop()
        self.peer = Peer(self.plane, "part-of=record")
        settings = thing("v1", "ConfigMap", "labelled", data={"a": "1"}, metadata={"labels": {"part-of": "record"}})
        self.apply(settings)
        self.peer.own(settings)
        self.peer.until("health ConfigMap labelled current")
        self.patch(settings, {"metadata": {"labels": {"part-of": None}}, "data": {"a": "2"}})
        line, _ = self.peer.until("differs ")
        self.assertEqual(sorted(self.fields(line)), ["data.a", "metadata.labels.part-of"])
        self.assertFalse([line for line in self.peer.said if line.startswith("gone")])


if __name__ == "__main__":
    skip_unless_built("kube-controller-manager", "kube-scheduler", "kwok")
    with ControlPlane(controllers=True, scheduler=True, nodes=2) as Owned.plane:
        Owned.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
        Owned.plane.eventually("shop has its service account", lambda: Owned.plane.ask(
            "GET", "/api/v1/namespaces/shop/serviceaccounts/default")[0] == 200)
        result = unittest.main(argv=sys.argv[:1], exit=False).result
    sys.exit(not result.wasSuccessful())
