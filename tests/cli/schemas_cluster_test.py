#!/usr/bin/env python3
"""`sluice schemas import --cluster` against a real API server, and one in trouble."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "control-plane"))
from command import TestCase, main  # noqa: E402
from control_plane import ControlPlane, FaultProxy, skip_unless_built  # noqa: E402

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SCHEMA = {
    "type": "object",
    "properties": {"spec": {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}}},
}


def definition(kind):
    plural = kind.lower() + "s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.own.example"},
        "spec": {
            "group": "own.example",
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": kind + "List"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}],
        },
    }


OBJECT = "apiVersion: own.example/v1\nkind: Kind7\nmetadata: {name: n%s, namespace: shop}\nspec: {size: %s}\n"


class SchemasOfCluster(TestCase):
    @classmethod
    def setUpClass(cls):
        skip_unless_built("fault-proxy")
        cls.plane = ControlPlane()
        for number in range(45):  # three pages
            cls.plane.must("POST", CRDS, definition(f"Kind{number}"))
        cls.plane.eventually("the kinds are served", lambda: "kind44s" in str(cls.plane.ask("GET", "/apis/own.example/v1")))

    @classmethod
    def tearDownClass(cls):
        cls.plane.stop()

    def setUp(self):
        super().setUp()
        self.proxy = FaultProxy(self.plane)
        self.addCleanup(self.proxy.stop)

    def imported(self, *words, server=None, context="test"):
        config = (server or self.proxy).path("kubeconfig")
        return self.sluice(
            "schemas", "import", "--cluster", context, "-o", "own.bundle", *words,
            KUBECONFIG=config, XDG_CACHE_HOME=self.path("cache"))

    def asked(self, path):
        return [line.split()[2] for line in self.proxy.requests() if line.split()[1].startswith(path)]

    def test_its_kinds_count_for_the_repository(self):
        result = self.imported(server=self.plane)
        self.assertCode(result, 0)
        self.assertFirst(result.out, "wrote own.bundle: 45 kinds\n")
        version = self.plane.must("GET", "/version")
        self.assertIn(f'`kubernetes: ["{version["major"]}.{version["minor"]}"]`', result.err)
        self.repository(**{"wrong.yaml": OBJECT % (1, "x"), "right.yaml": OBJECT % (2, "1")})
        self.write(".sluice/sluice.yaml", "version: 1\n")
        os.makedirs(self.path(".sluice/schemas"), exist_ok=True)
        os.rename(self.path("own.bundle"), self.path(".sluice/schemas/own.bundle"))
        self.assertCode(self.sluice("check", "right.yaml"), 0)
        result = self.sluice("check", "wrong.yaml")
        self.assertCode(result, 1)
        self.assertIn("[schema/wrong-type]", result.out)

    def test_what_passes_by_itself_is_tried_again(self):
        for fault in ("reset", "status 503", "status 429 0", "truncate 100"):
            with self.subTest(fault):
                self.proxy.fault("clear", f"GET {CRDS} 1+1 {fault}")
                result = self.imported()
                self.assertCode(result, 0)
                self.assertFirst(result.out, "wrote own.bundle: 45 kinds\n")
        self.assertEqual(len(self.asked(CRDS)), 4 * (3 + 1))

    def test_half_an_answer_is_no_answer(self):
        for fault, words in (
            ("reset", "reset"),
            ("truncate 100", "before the end of the body"),
            ("oversize 40000000", "more than 32 MiB"),
            ("answer 200 text/html <html>", "something else than a JSON object"),
            ("answer 200 application/json {", "cannot be read as JSON"),
            ('answer 200 application/json {"items":7}', "is no list"),
            ("status 500", "answered 500"),
            ("status 410", "answered 410"),
        ):
            with self.subTest(fault):
                self.proxy.fault("clear", f"GET {CRDS} 1+9 {fault}")
                result = self.imported()
                self.assertCode(result, 3)
                self.assertIn(words, result.err)
                self.assertFalse(os.path.exists(self.path("own.bundle")))

    def test_a_server_that_hangs_is_left_when_the_time_is_over(self):
        for fault in ("hang", "stall 100"):
            for path in ("/version", "/apis", CRDS):
                with self.subTest(fault + path):
                    shutil.rmtree(self.path("cache"), ignore_errors=True)  # else a 304 comes, which has no body
                    self.proxy.fault("clear", f"GET {path} * {fault}")
                    result = self.imported("--cluster-timeout", "1")
                    self.assertCode(result, 3)
                    self.assertIn("the time was over", result.err)

    def test_openapi_stands_in_where_definitions_may_not_be_listed(self):
        self.proxy.fault(f"GET {CRDS} * status 403")
        for _ in range(2):
            result = self.imported()
            self.assertCode(result, 0)
            self.assertFirst(result.out, "wrote own.bundle: 45 kinds\n")
            self.assertIn("their kinds come from OpenAPI", result.err)
        # The document stays good by its hash: it was fetched once.
        self.assertEqual(len(self.asked("/openapi/v3/apis/own.example/v1")), 1)

    def test_credentials_that_end_in_mid_run_are_renewed(self):
        plugin = self.write("plugin", f"""#!/bin/sh
count=$(cat {self.directory}/count 2>/dev/null || echo 0)
echo $((count + 1)) > {self.directory}/count
token={self.plane.token}
[ $count -gt 0 ] || token=expired
echo '{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{"token":"'$token'"}}}}'
""")
        os.chmod(plugin, 0o700)
        config = self.write("config", f"""
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
clusters: [{{name: test, cluster: {{server: "{self.plane.server}", certificate-authority: "{self.plane.path('ca.crt')}"}}}}]
users: [{{name: test, user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}}}}}}]
""")
        result = self.sluice("schemas", "import", "--cluster", "test", "-o", "own.bundle", KUBECONFIG=config)
        self.assertCode(result, 0)
        with open(self.path("count"), encoding="ascii") as count:
            self.assertEqual(count.read(), "2\n")

    def test_no_token_is_kept(self):
        self.assertCode(self.imported(), 0)
        kept = 0
        for place, folders, files in os.walk(self.path("cache", "sluice")):
            self.assertEqual(os.stat(place).st_mode & 0o777, 0o700)
            for name in files:
                path = os.path.join(place, name)
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
                with open(path, "rb") as file:
                    self.assertNotIn(self.proxy.token.encode(), file.read())
                kept += 1
        self.assertEqual(kept, 2)

    def test_who_is_not_reached_or_not_trusted_is_named(self):
        result = self.imported(context="nobody")
        self.assertCode(result, 2)
        self.assertIn('no context "nobody"', result.err)
        result = self.imported(context="in-cluster")
        self.assertCode(result, 3)
        self.assertIn("this is no pod", result.err)
        config = self.write("config", f"""
current-context: a
contexts: [{{name: untrusted, context: {{cluster: untrusted, user: test}}}}, {{name: closed, context: {{cluster: closed, user: test}}}}]
clusters:
- {{name: untrusted, cluster: {{server: "{self.proxy.server}", certificate-authority: "{self.plane.path('ca.crt')}"}}}}
- {{name: closed, cluster: {{server: "https://127.0.0.1:1"}}}}
users: [{{name: test, user: {{token: "{self.plane.token}"}}}}]
""")
        for context, words in (("untrusted", "certificate"), ("closed", "Connection refused")):
            result = self.sluice("schemas", "import", "--cluster", context, "-o", "own.bundle", KUBECONFIG=config)
            self.assertCode(result, 3)
            self.assertIn(f'the cluster of "{context}"', result.err)
            self.assertIn(words, result.err)
            self.assertNotIn(self.plane.token, result.err)


if __name__ == "__main__":
    main()
