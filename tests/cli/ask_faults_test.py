"""`--cluster` through a proxy that answers as servers in trouble do: what the API
server would refuse never passes, and what it would take is never refused."""

import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "control-plane"))

from ask_server_test import DEPLOYMENT
from command import GOOD, SLUICE, TestCase, main
from control_plane import ControlPlane, FaultProxy, skip_unless_built

FIXED = DEPLOYMENT.replace("name: web\n  namespace", "name: fixed\n  namespace")
ONE = "/api/v1/namespaces/shop/configmaps/good"
OTHER = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"other","namespace":"shop"}}'
TAKEN, LOST = ("cluster", "refused"), ("unverified", "unverified")
# What is asked of two objects, one that the server takes and one that it refuses, goes
# wrong as often as stands there; what becomes of them, and words of the reason.
DRY_RUNS = [
    ("* delay 50ms", TAKEN, ""),
    ("2 reset", TAKEN, ""),
    ("* reset", LOST, "the connection broke"),
    ("* hang", LOST, "the time was over"),
    ("2 status 429 1", TAKEN, ""),
    ("* status 429", LOST, "429"),
    ("* status 429 3600", LOST, "429"),
    ("2 status 500 1", TAKEN, ""),
    ("* status 500", LOST, "500"),
    ("2 status 502", TAKEN, ""),
    ("* status 502", LOST, "502"),
    ("2 status 503 1", TAKEN, ""),
    ("* status 503", LOST, "503"),
    ("2 status 504", TAKEN, ""),
    ("* status 504", LOST, "504"),
    ("2 truncate 20", TAKEN, ""),
    ("* truncate 20", LOST, "ended"),
    ("* stall 20", LOST, "the time was over"),
    ("* oversize 9000000", LOST, "8 MiB"),
    ("* answer 200 application/json {", LOST, "cannot be read"),
    ("* answer 200 application/json []", LOST, "cannot be read"),
    ("* answer 200 application/json {}", LOST, "cannot be read"),
    ("* answer 200 application/json " + OTHER, LOST, "cannot be read"),
    ("* answer 201 application/json", LOST, "cannot be read"),
    ("* answer 200 text/html <html>a proxy</html>", LOST, "cannot be read"),
    ("* answer 302 text/html elsewhere", LOST, "302"),
    ("* answer 400 text/html a bad gateway", LOST, "400"),
    ("* answer 404 text/html no such page", LOST, "404"),
    ("* answer 407 text/html who are you", LOST, "407"),
    ("* answer 418 text/plain short and stout", LOST, "418"),
    ("* answer 422 application/json {}", LOST, "422"),
    ("* status 401", LOST, "credentials"),
    ("* status 410", LOST, "410"),
]
# The same of one other request. Who may not read the live object may still ask.
AROUND = [
    (f"GET {ONE} 1 reset", TAKEN, ""),
    (f"GET {ONE} * status 403", TAKEN, ""),
    (f"GET {ONE} * status 500", ("unverified", "refused"), "500 when asked for the live object"),
    (f"GET {ONE} * answer 200 application/json {{", ("unverified", "refused"), "the live object cannot be read"),
    (f"GET {ONE} * hang", ("unverified", "refused"), "the time was over"),
    ("GET /version * status 500", TAKEN, ""),
    ("GET /api * status 503", LOST, "503"),
    ("GET /apis * answer 200 application/json {}", LOST, "no discovery"),
    ("GET /apis * truncate 50", LOST, "ended"),
    ("GET /apis * hang", LOST, "the time was over"),
]


class Faults(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane()
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
        cls.plane.apply("/apis/apps/v1/namespaces/shop/deployments/fixed", FIXED, manager="sluice")
        cls.proxy = FaultProxy(cls.plane)
        cls.addClassCleanup(cls.proxy.stop)

    def ask(self, seconds):
        """What became of both objects, and why."""
        result = self.sluice("check", "--cluster", "test", "--cluster-timeout", str(seconds), "-o", "json",
                             KUBECONFIG=self.proxy.path("kubeconfig"), XDG_CACHE_HOME=self.path("cache"))
        verdict = json.loads(result.out)
        refused = {finding["object"]["kind"] for finding in verdict["findings"] if finding["severity"] == "error"}
        known, why = {}, ""
        for thing in verdict["objects"]:
            evidence = next(each for each in thing["evidence"] if each["cluster"])
            known[thing["kind"]] = "refused" if thing["kind"] in refused else evidence["by"]
            why += evidence["reason"] + "\n"
        self.assertEqual(result.code, 1 if refused else 0)
        return (known["ConfigMap"], known["Deployment"]), why

    def check(self, line, expected, words):
        with self.subTest(line):
            shutil.rmtree(self.path("cache"), ignore_errors=True)  # else a 304 comes, which has no body
            self.proxy.fault("clear", line)
            # Where one of both is answered all the same, that may take a while.
            hangs = "hang" in line or "stall" in line
            known, why = self.ask(50 if not hangs else 2 if expected == LOST else 10)
            self.assertEqual(known, expected, why)
            self.assertIn(words, why)

    def test_answers_to_dry_runs(self):
        self.repository(**{"a.yaml": GOOD, "web.yaml": FIXED.replace("app: web", "app: other")})
        for fault, expected, words in DRY_RUNS:
            self.check("PATCH /api* " + fault, expected, words)

    def test_answers_to_what_is_asked_before(self):
        self.repository(**{"a.yaml": GOOD, "web.yaml": FIXED.replace("app: web", "app: other")})
        for fault in AROUND:
            self.check(*fault)


if __name__ == "__main__":
    skip_unless_built("fault-proxy")
    if not os.access(os.path.join(os.path.dirname(SLUICE), "sluice-cluster"), os.X_OK):
        print("skipped: sluice-cluster was not built")
        sys.exit(77)
    main()
