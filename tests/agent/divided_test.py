#!/usr/bin/env python3
"""An inventory that does not fit into one ConfigMap, on a real API server: the agent divides it, and whenever it is
killed between two writes of it, the next one knows all that was applied and removes nothing else."""

import json
import os
import random
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import NAMESPACE, STATE, config_map, maps
from always_test import LEASE
from control_plane import ControlPlane, skip_unless_built
from ledger_server import LedgerServer, skip_unless_possible

AGENT = os.environ.get("SLUICE_AGENT_CRASH", "")
SEED = int(os.environ.get("SLUICE_SEED", str(random.SystemRandom().randrange(1 << 32))))
PARTS = 16
FITS, DIVIDES = 2_800, 3_600  # objects with such names, in one ConfigMap and in more


def name(number):
    return f"o{number}-" + "x" * 230


class Divided(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.plane = ControlPlane()
        self.addCleanup(self.plane.stop)
        self.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "sluice-system"}})
        self.server = LedgerServer()
        self.addCleanup(self.server.remove)
        settings = {"repository": self.server.repository, "environment": "production", "cluster": "test",
                    "pin": self.server.pin, "directory": self.server.path("agent"), "maxRemoved": "100%",
                    "kubeconfig": self.plane.path("kubeconfig")}
        self.config = self.server.write("agent.yaml", json.dumps(settings))

    def push(self, numbers):
        self.server.push({"ns.yaml": NAMESPACE, "all.yaml": "---\n".join(config_map(name(n)) for n in numbers)})
        self.server.refresh("30d")

    def run_agent(self, **environment):
        self.plane.ask("DELETE", LEASE)
        return subprocess.run([AGENT, "--config", self.config, "--once"], text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**os.environ, **environment}, timeout=300)

    def kill_at(self, point, skip):
        done = self.run_agent(SLUICE_CRASH_AT=point, SLUICE_CRASH_SKIP=str(skip))
        self.assertEqual(done.returncode, -9, f"{point} {skip} of seed {SEED} was not reached: {done.stdout}")

    def settle(self):
        done = self.run_agent()
        self.assertEqual(done.returncode, 0, done.stdout)

    def live(self):
        names, more = set(), ""
        while True:
            page = self.plane.must("GET", maps("")[:-1] + "?limit=500" + more)
            names |= {item["metadata"]["name"] for item in page["items"]} - {"kube-root-ca.crt"}
            if not page["metadata"].get("continue"):
                return names
            more = "&continue=" + page["metadata"]["continue"]

    def inventory(self):
        texts = [self.plane.must("GET", STATE)["data"]["inventory"]]
        texts += [self.plane.must("GET", f"{STATE}.{part}")["data"]["inventory"] for part in range(1, PARTS + 1)]
        return {line.split()[0].rpartition("/")[2] for text in texts for line in text.splitlines()}

    def test_a_kill_between_two_writes_loses_nothing(self):
        print("seed", SEED, flush=True)
        first = set(range(FITS))
        self.push(sorted(first))
        self.settle()
        self.assertEqual(self.plane.ask("GET", STATE + ".1")[0], 404)
        mine = {name(n) for n in first}
        second = set(range(50, DIVIDES))
        self.push(sorted(second))
        for point in ("agent-part-before-make", "agent-part-before-write"):
            self.kill_at(point, self.random.randrange(PARTS))
            self.assertEqual(self.live(), mine)  # nothing came into being before it was named
            self.assertLessEqual(mine, self.inventory() if point.endswith("write") else mine)
        self.kill_at("agent-parts-written", 0)
        self.assertEqual(self.live(), mine)
        self.settle()
        mine = {name(n) for n in second}
        self.assertEqual(self.live(), mine)
        self.assertEqual(self.inventory(), mine | {"shop"})
        # Once when it begins, once when all is applied and pruned.
        third = set(range(300, DIVIDES + 100))
        self.push(sorted(third))
        self.kill_at("agent-part-before-write", self.random.randrange(PARTS))
        self.assertEqual(self.live(), mine)
        self.kill_at("agent-part-before-write", PARTS + self.random.randrange(PARTS))
        mine = {name(n) for n in third}
        self.assertEqual(self.live(), mine)
        self.assertLessEqual(mine, self.inventory())
        self.settle()
        self.assertEqual(self.live(), mine)
        self.assertEqual(self.inventory(), mine | {"shop"})


if __name__ == "__main__":
    skip_unless_built("up")
    skip_unless_possible()
    unittest.main()
