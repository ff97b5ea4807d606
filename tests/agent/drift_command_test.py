#!/usr/bin/env python3
"""`sluice drift` end to end: a record written by a push and applied to a real API
server, edited there by hand; the rule that it writes is taken and fits."""

import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "control-plane")]
from control_plane import MERGE, ControlPlane, skip_unless_built
from ledger_server import LedgerServer, skip_unless_possible

AGENT = os.environ.get("SLUICE_AGENT", "")
MAPS = "/api/v1/namespaces/shop/configmaps/"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


def config_map(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\ndata: {{colour: red, size: \"4\"}}\n"


class DriftCommand(unittest.TestCase):
    """One API server and one record for all; each test edits another object."""

    @classmethod
    def setUpClass(cls):
        ControlPlane.of_class(cls, "sluice-system", controllers=False)
        cls.server = LedgerServer()
        cls.addClassCleanup(cls.server.remove)
        cls.server.push({"ns.yaml": NAMESPACE, **{f"{name}.yaml": config_map(name) for name in ("web", "gone")}})
        cls.settings = "".join(f"{key}: {json.dumps(value)}\n" for key, value in {
            "repository": cls.server.repository, "environment": "production", "cluster": "test",
            "pin": cls.server.pin, "requireFreshness": False, "directory": cls.server.path("agent"),
            "kubeconfig": cls.plane.path("kubeconfig")}.items())
        cls.config = cls.server.write("agent.yaml", cls.settings)

    def setUp(self):
        done = subprocess.run([AGENT, "--config", self.config, "--once"], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def drift(self, code, *words):
        done = subprocess.run([AGENT, "drift", "--config", self.config, *words], text=True, capture_output=True,
                              check=False, cwd=self.server.work)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def edit(self, name, data):
        self.plane.must("PATCH", MAPS + name + "?fieldManager=kubectl-edit", {"data": data}, content_type=MERGE)

    def test_nothing_differs(self):
        self.assertEqual(self.drift(0), "production: record 1: 3 objects, none differs\n")
        self.assertEqual(json.loads(self.drift(0, "--output", "json")), {
            "environment": "production", "record": 1, "objects": 3, "differing": [], "gone": [], "unknown": []})

    def test_what_was_edited_and_what_is_gone(self):
        self.edit("web", {"colour": "blue", "more": "x"})
        self.plane.must("DELETE", MAPS + "gone")
        said = self.drift(1)
        self.assertRegex(said, r'ConfigMap shop/web differs from the record in 1 field\n  data.colour: "red", in the cluster '
                               r'"blue"; set by "kubectl-edit" at 20\S+Z; heal\n')
        self.assertIn("ConfigMap shop/gone is gone\n", said)
        self.assertTrue(said.endswith("production: record 1: 3 objects, 2 differ\n"))
        report = json.loads(self.drift(1, "--output", "json"))
        self.assertEqual([field["live"] for field in report["differing"][0]["fields"]], ['"blue"'])
        self.assertEqual(report["gone"], ["ConfigMap shop/gone"])

    def test_the_rule_is_taken_by_git_and_fits_this_field_alone(self):
        self.edit("web", {"colour": "blue"})
        patch = self.drift(1, "--patch", "--reason", "its owner's choice")
        relative = patch.replace(self.config, "agent.yaml")
        subprocess.run(["git", "apply", "-p0"], input=relative, text=True, check=True, cwd=self.server.work)
        self.addCleanup(subprocess.run, ["git", "apply", "-p0", "-R"], input=relative, text=True, check=True,
                        cwd=self.server.work)
        self.assertEqual(self.drift(0), "production: record 1: 3 objects, none differs\n")
        self.edit("web", {"size": "5"})
        self.assertIn("in 1 field\n  data.size", self.drift(1))

    def test_wrong_words_and_settings(self):
        self.assertIn("which configuration?", subprocess.run(
            [AGENT, "drift"], text=True, capture_output=True, check=False).stderr)
        self.assertIn('takes no "--outptu"', self.drift(2, "--outptu", "json"))
        self.assertIn("--output must be text or json", self.drift(2, "--output", "xml"))
        broken = self.server.write("broken.yaml", self.settings + "drift: {action: fix}\n")
        self.assertIn("broken.yaml:8:9: action must be heal, alert or ignore",
                      self.drift(2, "--config", broken))

    def test_an_environment_without_a_record(self):
        other = self.server.write("other.yaml", self.settings.replace('"production"', '"staging"'))
        self.assertIn("no record of staging was applied here yet", self.drift(3, "--config", other))


if __name__ == "__main__":
    skip_unless_built()
    skip_unless_possible()
    unittest.main()
