#!/usr/bin/env python3
"""`kill -9` of the agent at named points and at random moments, and partitions: requests that are reset,
refused, or answered into nothing, a repository that is away or breaks off. On a real API server, through a
proxy that writes down each request. After each the next agent has to come to rest at the newest record;
whenever it died, nothing is there that no record holds, and nothing was deleted that one holds or another made.

SLUICE_KILLS (34) and SLUICE_PARTITIONS (16) say how many, SLUICE_SEED which."""

import json
import os
import random
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from agent_test import NAMESPACE, STATE, config_map, maps
from always_test import LEASE
from control_plane import MERGE, ControlPlane, FaultProxy, skip_unless_built
from ledger_server import LedgerServer, skip_unless_possible

AGENT = os.environ.get("SLUICE_AGENT_CRASH", "")
KILLS = int(os.environ.get("SLUICE_KILLS", "34"))
PARTITIONS = int(os.environ.get("SLUICE_PARTITIONS", "16"))
SEED = int(os.environ.get("SLUICE_SEED", str(random.SystemRandom().randrange(1 << 32))))
POINTS = [*("agent-" + name for name in ("fetched", "proven", "mirror-moved", "remembered", "applied", "pruned", "done")),
          *("agent-object-" + name for name in ("before-apply", "before-label", "applied", "before-delete", "deleted"))]
EVER = 1_000_000
OBJECTS, CHANGED = 8, 3


class Kill(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.plane = ControlPlane()
        self.addCleanup(self.plane.stop)
        self.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "sluice-system"}})
        self.proxy = FaultProxy(self.plane)
        self.addCleanup(self.proxy.stop)
        self.server = LedgerServer()
        self.addCleanup(self.server.remove)
        self.seen = 0  # lines of the proxy's log
        self.hits = {}
        self.numbers = 0
        settings = {"repository": self.server.repository, "environment": "production", "cluster": "test",
                    "pin": self.server.pin, "directory": self.server.path("agent"), "maxRemoved": "100%",
                    "interval": "1s", "kubeconfig": self.proxy.path("kubeconfig")}
        self.config = self.server.write("agent.yaml", json.dumps(settings))

    # What the cluster should be at, by name.

    def change(self):
        """The next record: some objects with other values, one gone, one new."""
        self.before = dict(self.after)
        gone = self.random.choice(sorted(self.after))
        del self.after[gone]
        for name in self.random.sample(sorted(self.after), CHANGED - 1):
            self.after[name] = self.number()
        self.after["o" + self.number()] = self.number()
        self.server.push({name + ".yaml": config_map(name, value) for name, value in self.after.items()
                          if self.before.get(name) != value}, removed=[gone + ".yaml"])
        self.head = self.server.git("rev-parse", "refs/sluice/ledger/production")
        return gone

    def number(self):
        self.numbers += 1
        return str(self.numbers)

    def begin(self):
        names = ["o" + self.number() for _ in range(OBJECTS)]
        self.after = {name: self.number() for name in names}
        kept = config_map("kept", annotations="  annotations:\n    sluice.dev/prune: disabled\n")
        self.server.push({"ns.yaml": NAMESPACE, "kept.yaml": kept,
                          **{name + ".yaml": config_map(name, value) for name, value in self.after.items()}})
        self.server.refresh("30d")
        self.settle()
        self.others = {"kept": "one", "foreign": "mine"}  # what no agent may touch
        self.make("foreign", "mine")
        self.server.push({}, removed=["kept.yaml"])
        self.settle()
        self.seen = len(self.proxy.requests())

    def make(self, name, value):
        self.plane.must("POST", maps("")[:-1], {"metadata": {"name": name}, "data": {"key": value}})

    # The agent.

    def start(self, *words, **environment):
        return subprocess.Popen([AGENT, "--config", self.config, *words], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})

    def settle(self):
        """A new agent that nothing happens to."""
        self.plane.ask("DELETE", LEASE)
        began = time.monotonic()
        agent = self.start("--once")
        said = agent.communicate(timeout=120)[1]
        self.assertEqual(agent.returncode, 0, said)
        self.usual = time.monotonic() - began

    def kill_at(self, point):
        log = self.server.path("hits")
        # At least so many objects are sent; what stands is not.
        skip = self.random.randrange(CHANGED) if point.startswith("agent-object-") and "delete" not in point else 0
        agent = self.start("--once", SLUICE_CRASH_AT=point, SLUICE_CRASH_SKIP=str(skip), SLUICE_CRASH_LOG=log)
        said = agent.communicate(timeout=120)[1]
        self.assertEqual(agent.returncode, -9, f"{point} was not reached: {said}")
        self.count("killed at " + point)

    def kill_sometime(self):
        """At a moment that nobody chose; a third of them agents that go on and on."""
        always = self.random.random() < 1 / 3
        agent = self.start(*([] if always else ["--once"]))
        try:
            agent.communicate(timeout=self.random.uniform(0, 1.1 * self.usual))
            self.count("killed too late")
        except subprocess.TimeoutExpired:
            agent.kill()
            agent.communicate()
            self.count("killed at random" + (" while it goes on" if always else ""))

    # Partitions.

    def run_through(self, kind, *faults):
        self.proxy.fault(*faults)
        self.start("--once").communicate(timeout=300)
        self.proxy.fault("clear")
        self.count(kind)

    def next_kind(self):
        return list(KINDS)[self.partitions % len(KINDS)]

    def partition(self):
        kind = self.next_kind()
        self.partitions += 1
        KINDS[kind](self, kind)

    def away(self, kind):
        os.rename(self.server.repository, self.server.repository + ".away")
        self.run_through(kind)
        os.rename(self.server.repository + ".away", self.server.repository)

    def break_off(self, kind):
        """An object of the newest record cannot be read: what is sent ends in the middle."""
        listed = self.server.git("rev-list", "--objects", self.head, "^" + self.head + "~1").splitlines()
        name = self.random.choice(listed[1:]).split()[0]
        path = f"{self.server.repository}/objects/{name[:2]}/{name[2:]}"
        os.rename(path, path + ".away")
        self.run_through(kind)
        os.rename(path + ".away", path)

    # What must hold.

    def requests(self, method):
        """Paths of objects that the agents asked for so since the last time."""
        lines = self.proxy.requests()
        return [line.split()[1].partition("?")[0].rpartition("/")[2] for line in lines[self.seen:]
                if line.startswith(method + " /api/v1/namespaces/shop/configmaps/")]

    def live(self):
        items = self.plane.must("GET", maps("")[:-1])["items"]
        return {item["metadata"]["name"]: item["data"]["key"] for item in items
                if item["metadata"]["name"] != "kube-root-ca.crt"}

    def check(self, gone, edited):
        live = self.live()
        for name, value in self.others.items():
            self.assertEqual(live.pop(name, None), value, f"what was not the agent's: {name}")
        for name, value in live.items():
            self.assertIn(value, {self.before.get(name), self.after.get(name), edited.get(name)}, name)
        self.assertLessEqual(set(self.requests("PATCH")), set(self.before) | set(self.after))
        self.assertLessEqual(set(self.requests("DELETE")), {gone} - set(self.others))

    def check_rest(self):
        live = self.live()
        self.assertEqual(live, {**self.after, **self.others})
        owned = {line.split()[0] for line in self.plane.must("GET", STATE)["data"]["inventory"].splitlines()}
        self.assertEqual(owned, {"core/Namespace/_cluster/shop", "core/ConfigMap/shop/kept",
                                 *("core/ConfigMap/shop/" + name for name in self.after)})

    def disturb(self, gone, spared):
        """What others do meanwhile; what was edited, by name. `gone` is spared where the agent has to delete it, or
        cannot know that it is its own no more."""
        if not spared and self.random.random() < 0.15:  # what the record gives up is made anew by somebody
            self.plane.must("DELETE", maps(gone))
            self.make(gone, "mine")
            self.others[gone] = "mine"
        if self.random.random() < 0.3:
            self.plane.must("DELETE", maps(self.random.choice(sorted(set(self.before) & set(self.after)))))
        if self.random.random() > 0.3:
            return {}
        name = self.random.choice(sorted(self.live().keys() & self.before.keys() & self.after.keys()))
        self.plane.must("PATCH", maps(name), {"data": {"key": "edited"}}, content_type=MERGE)
        return {name: "edited"}

    def count(self, what):
        self.hits[what] = self.hits.get(what, 0) + 1

    def round(self, number, happen, spared=False):
        gone = self.change()
        edited = self.disturb(gone, spared)
        try:
            happen()
            self.check(gone, edited)
            self.settle()
            self.check(gone, {})
            self.check_rest()
        except AssertionError as error:
            raise AssertionError(f"round {number} of seed {SEED}, after {self.hits}") from error
        self.seen = len(self.proxy.requests())

    def test_whatever_happens_it_comes_to_rest_and_nothing_wrong_is_deleted(self):
        print(f"seed {SEED}, {KILLS} kills, {PARTITIONS} partitions", flush=True)
        self.begin()
        self.partitions = 0
        for number in range(KILLS):
            point = POINTS[number // 2 % len(POINTS)]
            if number % 2:
                self.round(number, self.kill_sometime)
            else:
                self.round(number, lambda point=point: self.kill_at(point), spared="delete" in point)
        for number in range(PARTITIONS):
            self.round(KILLS + number, self.partition, spared=self.next_kind().startswith("a repository"))
        for what, count in sorted(self.hits.items()):
            print(count, "times", what)
        for point in POINTS[:KILLS // 2]:
            self.assertGreater(self.hits["killed at " + point], 0)


# What comes between the agent and its servers.
KINDS = {
    "requests reset from some on": lambda test, kind: test.run_through(kind, f"* * {test.random.randrange(1, 26)}+{EVER} reset"),
    "503 from some on": lambda test, kind: test.run_through(kind, f"* * {test.random.randrange(1, 26)}+{EVER} status 503"),
    "an apply whose answer is lost": lambda test, kind: test.run_through(
        kind, f"PATCH * {test.random.randrange(CHANGED)}+1 truncate 0"),
    "all applies reset": lambda test, kind: test.run_through(kind, "PATCH * * reset"),
    "a delete whose answer is lost": lambda test, kind: test.run_through(kind, "DELETE * 1 truncate 0"),
    "a state whose answer is lost": lambda test, kind: test.run_through(
        kind, f"PUT {STATE} {test.random.choice(['1', '1+1'])} truncate 0"),
    "a look that is cut": lambda test, kind: test.run_through(kind, "GET /api/v1/namespaces/shop/* * truncate 20"),
    "discovery that is cut": lambda test, kind: test.run_through(kind, "GET /api* 2 truncate 100"),
    "a repository that is away": Kill.away,
    "a repository that breaks off": Kill.break_off,
}


if __name__ == "__main__":
    skip_unless_built("fault-proxy")
    skip_unless_possible()
    unittest.main()
