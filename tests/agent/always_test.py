#!/usr/bin/env python3
"""`sluice-agent` as it runs: what it watches is put back at once, it says what it
does, and of two replicas one works."""

import json
import os
import subprocess
import sys
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import AGENT, NAMESPACE, STATE, config_map, maps
from control_plane import MERGE, ControlPlane, skip_unless_built
from ledger_server import LedgerServer, skip_unless_possible

SYSTEM = "/api/v1/namespaces/sluice-system"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/sluice-system/leases/sluice-agent-production"


class Replica:
    """A running agent; its log is a file of JSON lines."""

    def __init__(self, test, name, wrapper=(), **more):
        self.test = test
        self.log = test.server.path(name + ".log")
        settings = {"repository": test.server.repository, "environment": "production", "cluster": "test",
                    "pin": test.server.pin, "directory": test.server.path(name), "interval": "1s",
                    "kubeconfig": test.plane.path("kubeconfig"), **more}
        config = test.server.write(name + ".yaml", json.dumps(settings))
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([*wrapper, AGENT, "--config", config], stderr=log, stdout=subprocess.DEVNULL)
        test.addCleanup(self.kill)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)

    def lines(self):
        with open(self.log, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def said(self, reason, words=""):
        return any(line.get("reason") == reason and words in line["message"] for line in self.lines())

    def eventually_says(self, reason, words=""):
        self.test.plane.eventually(f"{reason} {words}", lambda: self.said(reason, words))


class Always(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ControlPlane.of_class(cls, "sluice-system")

    def setUp(self):
        self.server = LedgerServer()
        self.addCleanup(self.server.remove)
        self.server.push({"ns.yaml": NAMESPACE, "web.yaml": config_map("web"), "b.yaml": config_map("b")})
        self.server.refresh()
        self.addCleanup(self.forget)

    def forget(self):
        for path in (STATE, LEASE, "/api/v1/namespaces/shop"):
            self.plane.ask("DELETE", path)
            self.plane.eventually(path + " is gone", lambda path=path: self.plane.ask("GET", path)[0] == 404)

    def value(self, name):
        code, live = self.plane.ask("GET", maps(name))
        return live["data"].get("key") if code == 200 else None

    def test_what_is_watched_is_put_back(self):
        # The interval is long: only watches can be that quick.
        agent = Replica(self, "a", interval="1h")
        agent.eventually_says("RecordApplied")
        self.plane.must("PATCH", maps("web") + "?fieldManager=kubectl-edit", {"data": {"key": "edited"}},
                        content_type=MERGE)
        self.plane.eventually("the edit is healed", lambda: self.value("web") == "one")
        agent.eventually_says("Drift", "kubectl-edit")
        agent.eventually_says("ObjectHealed")
        self.plane.must("DELETE", maps("b"))
        self.plane.eventually("what was deleted is back", lambda: self.value("b") == "one")
        self.assertEqual(agent.stop(), 0)
        self.assertEqual(self.plane.must("GET", LEASE)["spec"].get("holderIdentity", ""), "")

    def test_telling_an_outcome_holds_up_nothing(self):
        # A hub that takes pushes and does not answer, until something comes through the pipe.
        hook, pipe = self.server.repository + "/hooks/pre-receive", self.server.path("pipe")
        os.mkfifo(pipe)
        os.rename(hook, hook + ".gate")
        self.server.write("hook", f"#!/bin/sh\ncat {pipe} >/dev/null\n")
        os.chmod(self.server.path("hook"), 0o755)
        os.rename(self.server.path("hook"), hook)
        agent = Replica(self, "a", outcomeKey=self.server.path("outcome"))
        agent.eventually_says("RecordApplied")
        self.plane.must("PATCH", maps("web") + "?fieldManager=kubectl-edit", {"data": {"key": "edited"}},
                        content_type=MERGE)
        self.plane.eventually("the edit is healed", lambda: self.value("web") == "one")
        self.assertIsNone(self.server.outcome())
        with open(pipe, "w", encoding="ascii"):
            os.rename(hook + ".gate", hook)
        self.plane.eventually("the outcome is told", lambda: (self.server.outcome() or {}).get("outcome") == "healthy")

    def test_what_is_only_told_is_left(self):
        agent = Replica(self, "a", drift={"rules": [{"kind": "ConfigMap", "name": "web", "action": "alert"}]})
        agent.eventually_says("RecordApplied")
        self.plane.must("PATCH", maps("web") + "?fieldManager=kubectl-edit", {"data": {"key": "edited"}},
                        content_type=MERGE)
        agent.eventually_says("Drift")
        before = len(agent.lines())
        self.server.push({"c.yaml": config_map("c")})  # a cycle goes by
        self.plane.eventually("the next record is applied", lambda: self.value("c") == "one")
        self.assertEqual(self.value("web"), "edited")
        self.assertEqual([line for line in agent.lines()[before:] if line.get("reason") == "Drift"], [])

    def test_records_are_followed_and_told(self):
        agent = Replica(self, "a")
        agent.eventually_says("RecordApplied", "record 1")
        self.server.push({"web.yaml": config_map("web", "two")})
        self.plane.eventually("the second record is applied", lambda: self.value("web") == "two")
        events = self.plane.must("GET", SYSTEM + "/events")["items"]
        self.assertIn("record 1 is applied", [event["message"] for event in events if event["reason"] == "RecordApplied"])
        path = SYSTEM + "/configmaps/sluice-status-production"
        self.plane.eventually("the status says so", lambda: self.plane.must("GET", path)["data"]["appliedRecord"].startswith("2 "))
        data = self.plane.must("GET", path)["data"]
        self.assertEqual((data["outcome"], data["current"], data["problems"]), ("healthy", "3 of 3", "none"))

    def test_metrics(self):
        agent = Replica(self, "a", metrics="127.0.0.1:0")
        agent.eventually_says("RecordApplied")
        port = next(line["port"] for line in agent.lines() if line.get("reason") == "MetricsServed")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        self.assertIn('sluice_agent_applied_record{environment="production"} 1\n', text)
        self.assertIn('sluice_agent_leader{environment="production"} 1\n', text)
        self.assertIn('sluice_agent_held{environment="production",cause="stale"} 0\n', text)

    def test_of_two_replicas_one_works(self):
        first = Replica(self, "a")
        first.eventually_says("RecordApplied")
        second = Replica(self, "b")
        self.plane.eventually("the second waits", lambda: any("waits" in line["message"] for line in second.lines()))
        self.assertFalse(second.said("RecordApplied"))
        self.assertEqual(first.stop(), 0)  # and gives the lease back
        self.server.push({"web.yaml": config_map("web", "two")})
        self.plane.eventually("the second took over", lambda: self.value("web") == "two", seconds=90)

    def test_a_killed_agent_goes_on_where_it_was(self):
        first = Replica(self, "a")
        first.eventually_says("RecordApplied")
        first.kill()
        self.plane.ask("DELETE", LEASE)
        self.server.git("update-ref", "refs/sluice/ledger/production", self.server.git("rev-parse", "refs/sluice/ledger/policy"))
        second = Replica(self, "b")  # with a directory of its own: it knows what the cluster remembers
        second.eventually_says("LedgerRefused")
        self.assertEqual(self.value("web"), "one")


if __name__ == "__main__":
    skip_unless_built()
    skip_unless_possible()
    unittest.main()
