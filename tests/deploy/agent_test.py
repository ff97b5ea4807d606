#!/usr/bin/env python3
"""deploy/agent: kustomize's overlays and the chart make the same objects, these pass the
gate, and the agent has no right that it does not need."""

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
AGENT = os.path.join(ROOT, "deploy/agent")
SLUICE, SLUICE_AGENT = os.environ.get("SLUICE", ""), os.environ.get("SLUICE_AGENT", "")
TOOLS = os.environ.get("SLUICE_TOOLS", "")
KUBECTL, HELM = os.path.join(TOOLS, "kubectl/kubectl"), os.path.join(TOOLS, "helm/helm")

# What to say to the chart for each overlay.
OVERLAYS = {
    "ssh": [],
    "token": ["credential=token", "configuration.repository=https://git.example/shop.git"],
    "metrics": ["metrics.service=true"],
    "flux": ["flux.enabled=true", "flux.artifact=shop-production"],
}


def run(*words, code=0, **options):
    done = subprocess.run(words, text=True, capture_output=True, check=False, **options)
    if done.returncode != code:
        raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + (done.stderr if code else "")


def kustomized(overlay):
    return run(KUBECTL, "kustomize", os.path.join(AGENT, "overlays", overlay))


def templated(*values, namespace="sluice-system", release="agent", code=0):
    settings = [word for value in values for word in ("--set", value)]
    with tempfile.TemporaryDirectory() as home:
        return run(HELM, "template", release, os.path.join(AGENT, "chart"), "--namespace", namespace, *settings,
                   code=code, env={"PATH": os.environ["PATH"], "HOME": home})


def read(text):
    """The objects of a stream of YAML."""
    with tempfile.TemporaryDirectory() as directory:
        for name, content in (("all.yaml", text), ("kustomization.yaml", "resources: [all.yaml]\n")):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(content)
        built = json.loads(run(SLUICE, "render", "-o", "json", directory))["builds"][0]["objects"]
        return [each["object"] for each in built]


def objects(text):
    """By identity. The name of a configuration ends in a digest that each tool makes in its own way."""
    found = {}
    for document in read(re.sub(r"(?<!-)\bagent-[a-z0-9]{10}\b", "agent-DIGEST", text)):
        meta = document["metadata"]
        if document["kind"] == "ConfigMap":
            mapping = textwrap.indent(document["data"]["agent.yaml"], "  ")
            document["data"] = read("apiVersion: v1\nkind: Configuration\nmetadata: {name: a}\nspec:\n" + mapping)[0]["spec"]
        found[(document["apiVersion"], document["kind"], meta.get("namespace", ""), meta["name"])] = document
    return found


def configuration(found):
    return next(each["data"] for each in found.values() if each["kind"] == "ConfigMap")


def rules(found):
    """(kind and name of the role, its rule), of all roles."""
    return [((key[1], key[3]), rule) for key, each in found.items() if key[1] in ("Role", "ClusterRole")
            for rule in each["rules"] or []]


class Rendered(unittest.TestCase):
    maxDiff = None

    def test_both_make_the_same_objects(self):
        for overlay, values in OVERLAYS.items():
            with self.subTest(overlay):
                ours, theirs = objects(kustomized(overlay)), objects(templated(*values))
                # helm makes the namespace itself (--create-namespace), without a label.
                namespace = ours.pop(("v1", "Namespace", "", "sluice-system"))
                self.assertEqual(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted")
                self.assertEqual(sorted(ours), sorted(theirs))
                for key, document in ours.items():
                    self.assertEqual(theirs[key], document, key)

    def test_the_gate_beside_it_has_the_same_namespace(self):
        key = ("v1", "Namespace", "", "sluice-system")
        gate = objects(run(KUBECTL, "kustomize", os.path.join(ROOT, "deploy/gate")))
        self.assertEqual(gate[key], objects(kustomized("ssh"))[key])

    def test_a_change_of_the_configuration_is_another_name(self):
        names = {re.search(r"(?<!-)\bagent-[a-z0-9]{10}\b", templated(f"configuration.cluster={each}")).group() for each in "ab"}
        self.assertEqual(len(names), 2)

    def test_the_gate_accepts_both(self):
        for overlay, values in OVERLAYS.items():
            for name, text in (("overlay", kustomized(overlay)), ("chart", templated(*values))):
                with self.subTest(f"{name} {overlay}"), tempfile.TemporaryDirectory() as directory:
                    with open(os.path.join(directory, "agent.yaml"), "w", encoding="utf-8") as file:
                        file.write(text)
                    run(SLUICE, "check", directory)
            with self.subTest(f"{overlay} as it stands in the repository"):
                run(SLUICE, "check", os.path.join(AGENT, "overlays", overlay))

    def test_the_agent_takes_its_configuration(self):
        for overlay, values in OVERLAYS.items():
            for found in (objects(kustomized(overlay)), objects(templated(*values))):
                with self.subTest(overlay), tempfile.TemporaryDirectory() as directory:
                    path = os.path.join(directory, "agent.yaml")
                    with open(path, "w", encoding="utf-8") as file:
                        json.dump({**configuration(found), "kubeconfig": directory + "/none"}, file)
                    # It gets as far as the cluster.
                    self.assertIn("/none: cannot be read", run(SLUICE_AGENT, "drift", "--config", path, code=2))

    def test_rights_are_the_least(self):
        for overlay in OVERLAYS:
            found = objects(kustomized(overlay))
            for role, rule in rules(found):
                with self.subTest(f"{overlay} {role}", rule=rule):
                    self.assertNotIn("*", rule["verbs"] + rule["resources"] + rule["apiGroups"])
                    self.assertFalse({"secrets", "pods/exec", "serviceaccounts/token"} & set(rule["resources"]))
                    self.assertFalse({"escalate", "bind", "delete", "deletecollection", "update"} & set(rule["verbs"])
                                     - ({"update"} if role == ("Role", "sluice-agent") else set()))
                    if "impersonate" in rule["verbs"]:
                        self.assertEqual((rule["resources"], rule["verbs"], rule["resourceNames"]),
                                         (["serviceaccounts"], ["impersonate"], ["deployer"]))
                    if role[0] == "ClusterRole" and "impersonate" not in rule["verbs"]:
                        self.assertLessEqual(set(rule["verbs"]), {"get", "list", "watch"})
            impersonates = any("impersonate" in rule["verbs"] for _, rule in rules(found))
            self.assertEqual(impersonates, overlay != "flux")
            self.assertFalse([key for key in found if "cluster-admin" in str(found[key].get("roleRef", ""))])

    def test_it_cannot_write_its_own_configuration(self):
        staging = ["configuration.environment=staging"]
        for found, environment in ((objects(kustomized("ssh")), "production"), (objects(templated(*staging)), "staging")):
            state = f"sluice-agent-{environment}"
            names = {"configmaps": [state, f"sluice-status-{environment}", *(f"{state}.{part}" for part in range(1, 17))],
                     "leases": [f"sluice-agent-{environment}"]}
            own = [rule for role, rule in rules(found) if role == ("Role", "sluice-agent") and rule["resources"] != ["events"]]
            self.assertEqual(len(own), 4)
            for rule in own:
                if rule["verbs"] != ["create"]:
                    self.assertEqual(rule.get("resourceNames"), names[rule["resources"][0]])

    def test_beside_flux_it_reads_how_objects_fare(self):
        for found in (objects(kustomized("flux")), objects(templated("flux.enabled=true"))):
            read = {f"{resource}.{group}" for role, rule in rules(found) if role[0] == "ClusterRole"
                    for resource in rule["resources"] for group in rule["apiGroups"] if {"get", "list"} <= set(rule["verbs"])}
            for kind in ("pods.", "persistentvolumes.", "clusterroles.rbac.authorization.k8s.io",
                         "clusterrolebindings.rbac.authorization.k8s.io", "storageclasses.storage.k8s.io",
                         "customresourcedefinitions.apiextensions.k8s.io", "apiservices.apiregistration.k8s.io",
                         "priorityclasses.scheduling.k8s.io", "ingressclasses.networking.k8s.io",
                         "validatingwebhookconfigurations.admissionregistration.k8s.io",
                         "validatingadmissionpolicies.admissionregistration.k8s.io", "deployments.apps"):
                self.assertIn(kind, read)
            self.assertNotIn("secrets.", read)

    def test_who_may_dial_in(self):
        for overlay, ports in (("ssh", []), ("token", []), ("metrics", [9402]), ("flux", [9403])):
            policy = objects(kustomized(overlay))[("networking.k8s.io/v1", "NetworkPolicy", "sluice-system", "agent")]["spec"]
            self.assertEqual([port["port"] for row in policy["ingress"] for port in row["ports"]], ports)
            self.assertTrue(all(row["from"] for row in policy["ingress"]))
            out = {port["port"] for row in policy["egress"] for port in row["ports"]}
            self.assertEqual(22 in out, overlay != "token")


class Chart(unittest.TestCase):
    def test_two_releases_share_no_object(self):
        both = [objects(templated(release=release, namespace="ops")) for release in ("shop", "bank")]
        self.assertFalse(set(both[0]) & set(both[1]))
        # Nor do two of one name, in two namespaces.
        for values in ([], ["flux.enabled=true"]):
            twins = [objects(templated(*values, release="shop", namespace=ns)) for ns in ("ops", "ops-shop", "sluice-system")]
            for one, other in ((0, 1), (0, 2), (1, 2)):
                self.assertFalse(set(twins[one]) & set(twins[other]))
        selectors = [each["spec"]["selector"]["matchLabels"] for found in both for each in found.values()
                     if each["kind"] == "Deployment"]
        self.assertNotEqual(*selectors)
        self.assertEqual(configuration(both[0])["namespace"], "ops")

    def test_accounts(self):
        self.assertFalse([rule for _, rule in rules(objects(templated("accounts=null"))) if "impersonate" in rule["verbs"]])
        names = [rule["resourceNames"] for _, rule in rules(objects(templated("accounts={a,b}"))) if "impersonate" in rule["verbs"]]
        self.assertEqual(names, [["a", "b"]])

    def test_a_registry_that_asks_who_pulls(self):
        def secrets(*values):
            return next(each["spec"]["template"]["spec"].get("imagePullSecrets")
                        for each in objects(templated(*values)).values() if each["kind"] == "Deployment")
        self.assertIsNone(secrets())
        self.assertEqual(secrets("imagePullSecrets[0].name=registry"), [{"name": "registry"}])

    def test_values_that_are_none(self):
        for value, word in (("replica=3", "replica"), ("replicas=0", "replicas"), ("credential=password", "credential"),
                            ("image.pullPolicy=Sometimes", "pullPolicy"), ("imagePullSecrets[0].names=a", "imagePullSecrets"), ("accounts={A}", "accounts"),
                            ("accounts={*}", "accounts"), ("configuration=null", "configuration"),
                            ("configuration.pin=null", "pin"), ("flux.enabled=maybe", "enabled")):
            with self.subTest(value):
                self.assertIn(word, templated(value, code=1))


if __name__ == "__main__":
    for program in (KUBECTL, HELM, SLUICE, SLUICE_AGENT):
        if not os.access(program, os.X_OK):
            print(f"skipped: no {program or 'program'}: tests/oracles/kubernetes-tools fetches kubectl and helm")
            sys.exit(77)
    unittest.main()
