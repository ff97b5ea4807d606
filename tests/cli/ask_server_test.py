"""`--cluster` with the real sluice-cluster and a real API server."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "control-plane"))

from command import GOOD, SLUICE, TestCase, main
from control_plane import ControlPlane, skip_unless_built

CONTEXT = "test"

KUBECONFIG = """apiVersion: v1
kind: Config
current-context: test
contexts:
- name: test
  context: {{cluster: test, user: test}}
clusters:
- name: test
  cluster: {{server: "{server}", certificate-authority: {ca}}}
users:
- name: test
  user: {{token: "{token}"}}
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: shop/web:1.4
"""


class Server(TestCase):
    plane = None

    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane()
        cls.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})

    @classmethod
    def tearDownClass(cls):
        cls.plane.__exit__(None, None, None)

    def setUp(self):
        super().setUp()
        self.kubeconfig(KUBECONFIG.format(server=self.plane.server, ca=self.plane.path("ca.crt"), token=self.plane.token))

    def kubeconfig(self, text):
        with open(self.plane.path("kubeconfig-" + self.id()), "w", encoding="utf-8") as file:
            file.write(text)

    def ask(self, *arguments):
        return self.sluice(*arguments, KUBECONFIG=self.plane.path("kubeconfig-" + self.id()),
                           XDG_CACHE_HOME=self.plane.path("cache"))

    def evidence(self, result):
        return {o["kind"] + " " + o["name"]: [e["by"] for e in o["evidence"] if e["cluster"]]
                for o in json.loads(result.out)["objects"]}

    def test_what_the_server_takes(self):
        self.repository(**{"a.yaml": GOOD, "web.yaml": DEPLOYMENT})
        result = self.ask("check", "--cluster", CONTEXT, "-o", "json")
        self.assertCode(result, 0)
        self.assertEqual(self.evidence(result), {"ConfigMap good": ["cluster"], "Deployment web": ["cluster"]})

    def test_what_the_server_refuses(self):
        self.plane.apply("/apis/apps/v1/namespaces/shop/deployments/fixed",
                         DEPLOYMENT.replace("name: web\n  namespace", "name: fixed\n  namespace"), manager="sluice")
        self.repository(**{"web.yaml": DEPLOYMENT.replace("name: web\n  namespace", "name: fixed\n  namespace").replace(
            "{app: web}", "{app: other}")})
        result = self.ask("check", "--cluster", CONTEXT)
        self.assertCode(result, 1)
        self.assertIn("web.yaml:8:3: error: cluster test: ", result.out)
        self.assertIn("[cluster/immutable]", result.out)

    def test_a_namespace_and_what_stands_in_it(self):
        self.repository(**{"ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: fresh}\n",
                           "a.yaml": GOOD.replace("shop", "fresh")})
        result = self.ask("check", "--cluster", CONTEXT, "-o", "json")
        self.assertCode(result, 0)
        self.assertEqual(self.evidence(result), {"Namespace fresh": ["cluster"], "ConfigMap good": ["offline"]})

    def test_a_namespace_that_is_not_there(self):
        self.repository(**{"a.yaml": GOOD.replace("namespace: shop", "namespace: nowhere")})
        result = self.ask("check", "--cluster", CONTEXT)
        self.assertCode(result, 1)
        self.assertIn("[cluster/no-namespace]", result.out)

    def test_a_secret_is_not_sent(self):
        self.repository(**{"s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n"})
        result = self.ask("check", "--cluster", CONTEXT, "-o", "json")
        self.assertCode(result, 0)
        self.assertEqual(self.evidence(result), {"Secret s": ["offline"]})

    def test_a_removal(self):
        self.plane.apply("/api/v1/namespaces/shop/configmaps/gone", GOOD.replace("good", "gone"))
        self.repository(**{"a.yaml": GOOD.replace("good", "gone")})
        os.remove(self.path("a.yaml"))
        self.commit({"b.yaml": GOOD})
        result = self.ask("check", "--cluster", CONTEXT, "HEAD~..HEAD")
        self.assertCode(result, 0)
        self.assertIn("1 removal (cluster 1)", result.out)
        code, _ = self.plane.ask("GET", "/api/v1/namespaces/shop/configmaps/gone")
        self.assertEqual(code, 200)

    def test_nothing_is_stored(self):
        self.repository(**{"a.yaml": GOOD.replace("good", "never")})
        self.assertCode(self.ask("check", "--cluster", CONTEXT), 0)
        code, _ = self.plane.ask("GET", "/api/v1/namespaces/shop/configmaps/never")
        self.assertEqual(code, 404)

    def test_what_would_change(self):
        self.plane.apply("/api/v1/namespaces/shop/configmaps/there", GOOD.replace("good", "there"), manager="sluice")
        self.repository(**{"a.yaml": GOOD.replace("good", "there").replace("value", "other"),
                           "b.yaml": GOOD.replace("good", "new")})
        result = self.ask("diff", "--cluster", CONTEXT)
        self.assertCode(result, 0)
        self.assertIn("cluster test: 1 new, 1 changed, 0 gone, 0 replaced\n", result.out)
        self.assertIn('data.key: "value" -> "other"', result.out)
        self.assertIn("+ ConfigMap shop/new", result.out)

    def test_a_server_that_is_not_there(self):
        self.kubeconfig(KUBECONFIG.format(server="https://127.0.0.1:1", ca=self.plane.path("ca.crt"), token="x"))
        self.repository(**{"a.yaml": GOOD})
        result = self.ask("check", "--cluster", CONTEXT)
        self.assertCode(result, 0)
        self.assertIn("1 judged offline, 1 unverified (test: ", result.out)
        self.assertCode(self.ask("diff", "--cluster", CONTEXT), 3)

    def test_a_token_that_is_wrong(self):
        self.kubeconfig(KUBECONFIG.format(server=self.plane.server, ca=self.plane.path("ca.crt"), token="wrong"))
        self.repository(**{"a.yaml": GOOD})
        result = self.ask("check", "--cluster", CONTEXT)
        self.assertCode(result, 0)
        self.assertIn("1 judged offline, 1 unverified (test: ", result.out)

    def test_a_broken_kubeconfig(self):
        self.repository(**{"a.yaml": GOOD})
        place = self.plane.path("kubeconfig-" + self.id())
        good = KUBECONFIG.format(server=self.plane.server, ca=self.plane.path("ca.crt"), token="x")
        for text in ("clusters: [\n", good.replace("user: test}", "user: nobody}"), good.replace("name: test\n  context", "name: else\n  context"),
                     good.replace(self.plane.path("ca.crt"), "/nowhere/ca.crt")):
            self.kubeconfig(text)
            result = self.ask("check", "--cluster", CONTEXT)
            self.assertCode(result, 2)
            self.assertIn(place, result.err)


if __name__ == "__main__":
    skip_unless_built()
    if not os.access(os.path.join(os.path.dirname(SLUICE), "sluice-cluster"), os.X_OK):
        print("skipped: sluice-cluster was not built")
        sys.exit(77)
    main()
