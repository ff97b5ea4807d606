#!/usr/bin/env python3
"""The control plane does what a cluster does, and leaves nothing behind."""

import http.client
import os
import unittest

from control_plane import ControlPlane, FaultProxy, skip_unless_built

PODS = "/api/v1/namespaces/default/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "shop/web:1.4"}]}}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE},
}
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "once"},
    "spec": {"template": {"spec": {**TEMPLATE["spec"], "restartPolicy": "Never"}}},
}


def processes_of(directory):
    """Process ids whose command line names the directory."""
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                words = file.read()
        except OSError:
            continue
        if directory.encode() in words and int(process) != os.getpid():
            found.append(int(process))
    return found


def memory(process):
    """Resident MiB."""
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1]) / 1024


class WholeCluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(controllers=True, scheduler=True, nodes=3)
        cls.addClassCleanup(cls.plane.stop)

    def pods(self):
        return self.plane.must("GET", PODS)["items"]

    def test_a_deployment_becomes_available_and_garbage_is_collected(self):
        self.plane.must("POST", DEPLOYMENTS, DEPLOYMENT)

        def available():
            return self.plane.must("GET", DEPLOYMENTS + "/web")["status"].get("availableReplicas") == 3

        self.plane.eventually("3 replicas are available", available)
        parts = [process for process in processes_of(self.plane.directory) if process != self.plane.process.process.pid]
        print(f"{len(parts)} parts, {sum(map(memory, parts)):.0f} MiB resident")
        self.assertEqual(len(parts), 5)
        self.plane.must("DELETE", DEPLOYMENTS + "/web?propagationPolicy=Background")
        self.plane.eventually("the Pods are gone", lambda: not self.pods())

    def test_a_job_completes(self):
        self.plane.must("POST", JOBS, JOB)
        self.plane.eventually(
            "the Job succeeded", lambda: self.plane.must("GET", JOBS + "/once")["status"].get("succeeded") == 1
        )

    def test_a_namespace_goes_with_what_it_holds(self):
        self.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "passing"}})
        self.plane.must("POST", "/api/v1/namespaces/passing/configmaps", {"metadata": {"name": "a"}})
        self.plane.must("DELETE", "/api/v1/namespaces/passing")
        self.plane.eventually(
            "the namespace is gone", lambda: self.plane.ask("GET", "/api/v1/namespaces/passing")[0] == 404
        )


class Ends(unittest.TestCase):
    def test_no_process_is_left(self):
        plane = ControlPlane()
        self.assertGreaterEqual(len(processes_of(plane.directory)), 3)
        self.assertEqual(plane.stop(), 0)
        self.assertEqual(processes_of(plane.directory), [])

    def test_parts_die_with_the_program_that_started_them(self):
        plane = ControlPlane()
        plane.process.process.kill()
        plane.process.process.wait()
        plane.eventually("every part is gone", lambda: not processes_of(plane.directory))
        plane.stop()


class Faults(unittest.TestCase):
    def test_faults_stand_before_the_real_server(self):
        with ControlPlane() as plane:
            proxy = FaultProxy(plane)
            self.addCleanup(proxy.stop)
            self.assertIn("error: ", proxy.process.say("GET /version 1 explode"))
            proxy.fault("GET /version 1 status 429 7", "GET /version 1 truncate 10")
            self.assertEqual(proxy.ask("GET", "/version")[0], 429)
            with self.assertRaises(http.client.IncompleteRead):
                proxy.ask("GET", "/version")
            self.assertEqual(proxy.must("GET", "/version")["minor"], plane.must("GET", "/version")["minor"])
            self.assertEqual(
                proxy.requests(), ["GET /version status", "GET /version truncate", "GET /version -"]
            )


if __name__ == "__main__":
    skip_unless_built("fault-proxy", "kwok")
    unittest.main()
