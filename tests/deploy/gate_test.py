#!/usr/bin/env python3
"""The identity of deploy/gate can do nothing but dry-run: tried on a real API
server, with the rights it ships with and with every right there is."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "control-plane"))
from control_plane import APPLY, MERGE, ControlPlane, skip_unless_built

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
DENIED = (
    "ValidatingAdmissionPolicy 'sluice-dry-run-only' with binding 'sluice-dry-run-only' denied request: "
    "this identity may only dry-run"
)
RBAC = "/apis/rbac.authorization.k8s.io/v1"
ADMISSION = "/apis/admissionregistration.k8s.io/v1"
PLACES = {
    "Namespace": "/api/v1/namespaces",
    "ServiceAccount": "/api/v1/namespaces/sluice-system/serviceaccounts",
    "ClusterRole": RBAC + "/clusterroles",
    "ClusterRoleBinding": RBAC + "/clusterrolebindings",
    "ValidatingAdmissionPolicy": ADMISSION + "/validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": ADMISSION + "/validatingadmissionpolicybindings",
}
SHOP = "/api/v1/namespaces/shop"
CONTAINER = {"name": "web", "image": "shop/web:1.4"}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [CONTAINER]}}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [CONTAINER]}},
    },
}


def named(name, **rest):
    return {"metadata": {"name": name}, **rest}


def config_map(name):
    return named(name, apiVersion="v1", kind="ConfigMap", data={"key": "new"})


def install(plane):
    """Applies deploy/gate, and waits until its role is put together."""
    rendered = subprocess.run(
        [os.environ["SLUICE"], "render", "-o", "json", os.path.join(ROOT, "deploy/gate")],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for built in json.loads(rendered)["builds"][0]["objects"]:
        document = built["object"]
        plane.apply(f"{PLACES[document['kind']]}/{document['metadata']['name']}", document)
    plane.eventually(
        "the parts of the role are taken in", lambda: plane.must("GET", RBAC + "/clusterroles/sluice-gate")["rules"]
    )
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    path = PLACES["ServiceAccount"] + "/gate/token"
    token = plane.must("POST", path, request)["status"]["token"]

    def guarded():
        code, answer = plane.ask("POST", f"{PLACES['Namespace']}/sluice-system/configmaps", config_map("a"), token)
        return code == 403 and DENIED in answer["message"]

    plane.eventually("the policy is in force", guarded)
    return token


# Name, method, path, body, content type, and the code of the dry run.
WRITES = [
    ("apply, new", "PATCH", SHOP + "/configmaps/b?fieldManager=t", config_map("b"), APPLY, 201),
    ("apply, there", "PATCH", SHOP + "/configmaps/a?fieldManager=t&force=true", config_map("a"), APPLY, 200),
    ("create", "POST", SHOP + "/configmaps?", config_map("b"), None, 201),
    ("patch", "PATCH", SHOP + "/configmaps/a?", {"data": {"key": "x"}}, MERGE, 200),
    ("delete", "DELETE", SHOP + "/configmaps/a?", None, None, 200),
    ("namespace", "POST", "/api/v1/namespaces?", named("b"), None, 201),
    ("workload", "POST", "/apis/apps/v1/namespaces/shop/deployments?", DEPLOYMENT, None, 201),
    ("pod", "POST", SHOP + "/pods?", {**POD, **named("b")}, None, 201),
]  # fmt: skip


class AsShipped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(controllers=True)
        cls.addClassCleanup(cls.plane.stop)
        cls.token = install(cls.plane)
        cls.plane.must("POST", "/api/v1/namespaces", named("shop"))
        cls.plane.must("POST", SHOP + "/configmaps", named("a", data={"key": "old"}))
        cls.plane.must("POST", SHOP + "/secrets", named("s", stringData={"key": "planted"}))
        account = SHOP + "/serviceaccounts/default"
        cls.plane.eventually("the service account", lambda: cls.plane.ask("GET", account)[0] == 200)

    def attempt(self, method, path, body=None, content_type=None, dry=False):
        return self.plane.ask(
            method, path + ("&dryRun=All" if dry else ""), body, self.token, content_type or "application/json"
        )

    def test_a_real_write_is_refused_and_the_dry_run_is_answered(self):
        for name, method, path, body, content_type, code in WRITES:
            with self.subTest(name):
                refused = self.attempt(method, path, body, content_type)
                self.assertEqual(refused[0], 403, refused)
                self.assertIn(DENIED, refused[1]["message"])
                dry = self.attempt(method, path, body, content_type, dry=True)
                self.assertEqual(dry[0], code, dry)

    def test_what_is_not_granted_is_forbidden_dry_or_not(self):
        for method, path, body in [
            ("GET", SHOP + "/secrets/s?", None),
            ("GET", SHOP + "/secrets?", None),
            ("PATCH", SHOP + "/secrets/s?", {}),
            ("POST", SHOP + "/secrets?", named("b")),
            ("POST", SHOP + "/serviceaccounts/default/token?", {"spec": {}}),
            ("POST", RBAC + "/clusterroles?", named("b", rules=[])),
            ("DELETE", ADMISSION + "/validatingadmissionpolicies/sluice-dry-run-only?", None),
            ("PATCH", ADMISSION + "/validatingadmissionpolicybindings/sluice-dry-run-only?", {}),
            ("POST", ADMISSION + "/validatingadmissionpolicies?", named("b", spec={})),
            ("PUT", SHOP + "/configmaps/a?", config_map("a")),
            ("DELETE", SHOP + "/configmaps?", None),
            ("POST", SHOP + "/pods/web/exec?command=id", None),
            ("POST", SHOP + "/pods/web/eviction?", named("web")),
        ]:
            for dry in (False, True):
                with self.subTest(f"{method} {path}", dry=dry):
                    code, answer = self.attempt(method, path, body, MERGE if method == "PATCH" else None, dry)
                    self.assertEqual(code, 403, answer)
                    self.assertNotIn(DENIED, answer["message"])

    def test_another_identity_is_left_alone(self):
        self.plane.must("PATCH", SHOP + "/configmaps/a", {"data": {"other": "x"}}, content_type=MERGE)


# With every right RBAC has no say, so what refuses is the policy. What connects
# knows no dry run.
EVERYTHING = WRITES + [
    ("update", "PUT", SHOP + "/configmaps/a?", config_map("a"), None, 200),
    ("delete all", "DELETE", SHOP + "/configmaps?", None, None, 200),
    ("status", "PATCH", SHOP + "/pods/web/status?", {"status": {"phase": "Failed"}}, MERGE, 200),
    ("scale", "PATCH", "/apis/apps/v1/namespaces/shop/deployments/api/scale?", {"spec": {"replicas": 9}}, MERGE, 200),
    ("secret", "POST", SHOP + "/secrets?", named("b"), None, 201),
    ("role", "POST", RBAC + "/clusterroles?", named("b", rules=[]), None, 201),
    ("webhooks", "POST", ADMISSION + "/validatingwebhookconfigurations?", named("b"), None, 201),
    ("eviction", "POST", SHOP + "/pods/web/eviction?", named("web"), None, 201),
    ("binding", "POST", SHOP + "/pods/web/binding?", named("web", target={"name": "n"}), None, 201),
    ("exec", "POST", SHOP + "/pods/web/exec?command=id&stdout=true", None, None, 400),
    ("exec by GET", "GET", SHOP + "/pods/web/exec?command=id&stdout=true", None, None, 400),
    ("attach", "POST", SHOP + "/pods/web/attach?stdout=true", None, None, 400),
    ("port forward", "POST", SHOP + "/pods/web/portforward?ports=80", None, None, 400),
    ("proxy", "GET", SHOP + "/pods/web/proxy/?", None, None, 400),
    ("node proxy", "GET", "/api/v1/nodes/n/proxy/?", None, None, 400),
]  # fmt: skip


class WithEveryRight(AsShipped):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plane.must("POST", RBAC + "/clusterrolebindings", {
            **named("everything"),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "namespace": "sluice-system", "name": "gate"}],
        })  # fmt: skip
        cls.plane.must("POST", SHOP + "/pods", POD)
        cls.plane.must("POST", "/apis/apps/v1/namespaces/shop/deployments", {**DEPLOYMENT, **named("api")})
        cls.plane.must("POST", "/api/v1/nodes", named("n"))
        cls.plane.eventually("every right", lambda: cls.plane.ask("GET", SHOP + "/secrets", token=cls.token)[0] == 200)

    test_what_is_not_granted_is_forbidden_dry_or_not = None

    def test_a_real_write_is_refused_and_the_dry_run_is_answered(self):
        for name, method, path, body, content_type, code in EVERYTHING:
            with self.subTest(name):
                refused = self.attempt(method, path, body, content_type)
                self.assertEqual(refused[0], 403, refused)
                self.assertIn(DENIED, refused[1]["message"])
                dry = self.attempt(method, path, body, content_type, dry=True)
                self.assertEqual(dry[0], code, dry)

    def test_a_dry_run_would_give_a_real_token_and_is_refused_too(self):
        path = SHOP + "/serviceaccounts/default/token?"
        for dry in (False, True):
            code, answer = self.attempt("POST", path, {"spec": {}}, dry=dry)
            self.assertEqual(code, 403, answer)
            self.assertIn("denied request: " + ("a dry run" if dry else "this identity"), answer["message"])
        # Why that matters: the token of a dry run opens doors.
        given = self.plane.must("POST", path + "dryRun=All", {"spec": {}})["status"]["token"]
        self.assertEqual(self.plane.ask("GET", "/version", token=given)[0], 200)
        self.assertEqual(self.plane.ask("GET", "/apis", token=given)[0], 200)

    def test_policies_are_not_asked_about_policies(self):
        """Why no right on them may be granted: cluster/guard.h refuses it."""
        path = ADMISSION + "/validatingadmissionpolicies/sluice-dry-run-only?"
        code, answer = self.attempt("PATCH", path, {"metadata": {"labels": {"edited": "yes"}}}, MERGE)
        self.assertEqual(code, 200, answer)


if __name__ == "__main__":
    skip_unless_built()
    unittest.main()
