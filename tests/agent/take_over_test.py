#!/usr/bin/env python3
"""`takeOver`: objects that kubectl, Flux or Argo CD applied so far become the record's
whole, on a real API server; without it what these tools set stays."""

import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import NAMESPACE, Agent, config_map, maps
from control_plane import MERGE, FaultProxy, skip_unless_built
from ledger_server import skip_unless_possible

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
TOOLS = {  # its manager, whether it applies on the server, and what it marks objects with
    "kubectl": ("kubectl-client-side-apply", False, {"annotations": {LAST_APPLIED: "{}"}}),
    "flux": ("kustomize-controller", True, {"labels": {"kustomize.toolkit.fluxcd.io/name": "shop"}}),
    "argo-cd": ("argocd-controller", False, {"annotations": {LAST_APPLIED: "{}"},
                                             "labels": {"argocd.argoproj.io/instance": "shop"}}),
}


class TakeOver(Agent):
    def deploy(self, tool, name):
        """As the tool does it: with a field that the record has not."""
        manager, applies, marks = TOOLS[tool]
        document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop", **marks},
                    "data": {"key": "before", "dropped": "x"}}
        if applies:
            self.plane.apply(maps(name), document, manager)
        else:
            self.plane.must("POST", maps("")[:-1] + "?fieldManager=" + manager, document)

    def prepare(self, **more):
        """An object by each tool, and one more field in each by somebody else; then the first record."""
        self.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
        for tool in TOOLS:
            self.deploy(tool, tool)
            self.plane.must("PATCH", maps(tool) + "?fieldManager=somebody", {"data": {"theirs": "y"}}, content_type=MERGE)
        self.server.push({"ns.yaml": NAMESPACE, **{f"{tool}.yaml": config_map(tool) for tool in TOOLS}})
        self.server.refresh()
        self.configure(**more)
        self.agent(0)

    def live(self, tool):
        return self.plane.must("GET", maps(tool))

    def managers(self, tool):
        return {entry["manager"] for entry in self.live(tool)["metadata"]["managedFields"]}

    def is_taken(self, tool):
        live = self.live(tool)
        self.assertEqual(live["data"]["theirs"], "y")
        self.assertEqual(live["data"]["key"], "one")
        self.assertIn("somebody", self.managers(tool))
        taken = "dropped" not in live["data"]
        self.assertEqual(TOOLS[tool][0] not in self.managers(tool), taken)
        marks = {**live["metadata"].get("annotations", {}), **live["metadata"].get("labels", {})}
        marks.pop("applyset.kubernetes.io/part-of")
        self.assertEqual(marks == {}, taken, marks)
        return taken

    def test_without_it_things_stay_as_they_are(self):
        self.prepare()
        self.assertEqual([self.is_taken(tool) for tool in TOOLS], [False, False, False])

    def test_those_that_are_named_are_taken_over_and_no_others(self):
        self.prepare(takeOver=["kubectl"])
        self.assertEqual([self.is_taken(tool) for tool in TOOLS], [True, False, False])
        self.configure(takeOver=["flux", "argo-cd"])
        self.agent(0)
        self.assertEqual([self.is_taken(tool) for tool in TOOLS], [True, True, True])
        version = self.live("flux")["metadata"]["resourceVersion"]
        self.agent(0)
        self.assertEqual(self.live("flux")["metadata"]["resourceVersion"], version)

    def test_what_the_record_has_is_never_gone_between(self):
        self.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
        ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
                   "spec": {"selector": {"app": "web"}, "ports": ports}}
        path = "/api/v1/namespaces/shop/services"
        before = self.plane.must("POST", path + "?fieldManager=kubectl-client-side-apply", service)
        kept = {**service, "spec": {**service["spec"], "ports": ports[:1]}}
        self.server.push({"ns.yaml": NAMESPACE, "web.yaml": json.dumps(kept)})
        self.server.refresh()
        self.configure(takeOver=["kubectl"])
        self.agent(0)
        live = self.plane.must("GET", path + "/web")
        self.assertEqual([port["name"] for port in live["spec"]["ports"]], ["a"])
        self.assertEqual(live["spec"]["clusterIP"], before["spec"]["clusterIP"])
        self.assertEqual(live["metadata"]["uid"], before["metadata"]["uid"])

    def test_a_conflict_is_tried_again(self):
        proxy = FaultProxy(self.plane)
        self.addCleanup(proxy.stop)
        # The first PATCH of it is our apply, the second the one of managedFields.
        proxy.fault(f"PATCH {maps('flux')} 1+1 status 409")
        self.prepare(takeOver=["flux"], kubeconfig=proxy.path("kubeconfig"))
        self.assertTrue(self.is_taken("flux"))
        patches = [line for line in proxy.requests() if line.startswith("PATCH " + maps("flux"))]
        self.assertGreaterEqual(len(patches), 5, patches)


if __name__ == "__main__":
    skip_unless_built("fault-proxy")
    skip_unless_possible()
    # Those of the base class are agent_test's own.
    suite = unittest.TestSuite(TakeOver(name) for name in vars(TakeOver) if name.startswith("test_"))
    sys.exit(not unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful())
