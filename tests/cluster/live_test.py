#!/usr/bin/env python3
"""Asks a real API server about changes, through all of cluster/.

    live_test.py UP DRY_RUN_PEER

Exits 77 where the control plane was not built."""

import json
import os
import subprocess
import sys
import unittest

from answer_cases import CASES, case, config, container, deployment, gadget, labelled, thing
from answers import minor_of, path_of, prepared_cluster, scrubbed

HERE = os.path.dirname(os.path.abspath(__file__))
# What another identity asks, or asks in another way.
OTHERS = {"as_user", "text", "path", "big", "manager"}


def expected(minor):
    """answers.txt by case, with what `minor` answers otherwise."""
    words, name = {}, ""
    for suffix in "", f"-{minor}":
        path = os.path.join(HERE, f"answers{suffix}.txt")
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith("== "):
                    name = line[3:].strip()
                    words[name] = ""
                else:
                    words[name] += line.replace(" -: ", " : ")
    return words


class Live(unittest.TestCase):
    """One cluster for all; nothing that is asked changes it."""

    cluster = peer = None

    def ask(self, cases, *options):
        """What came for each, in the form of answers.txt."""
        lines = []
        for one in cases:
            meta = one["object"]["metadata"]
            lines.append(f"- {one['object']['apiVersion']} {one['object']['kind']} {meta.get('namespace', '-')} {meta['name']}"
                         if one.get("verb") == "delete" else json.dumps(one["object"], ensure_ascii=False))
        done = subprocess.run([self.peer, os.path.join(self.cluster.directory, "kubeconfig"), *options],
                              input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
        head, *answers = done.stdout.split("\n== ")
        self.assertEqual(head, minor_of(self.cluster) + " ")
        self.assertEqual(len(answers), len(cases))
        return [scrubbed(answer.partition("\n")[2].rstrip("\n") + "\n") for answer in answers]

    def test_each_recorded_case(self):
        words = expected(minor_of(self.cluster))
        cases = [one for one in CASES if not OTHERS & set(one)]
        self.assertGreater(len(cases), 70)
        for one, answer in zip(cases, self.ask(cases)):
            with self.subTest(one["name"]):
                known = words[one["name"]]
                if one.get("verb") == "delete" and "taken deleted" in known:
                    self.assertTrue(answer.startswith(known), answer)
                else:
                    # Several errors of one object come in any order.
                    self.assertEqual(sorted(answer.splitlines()), sorted(known.splitlines()))

    def test_a_change_that_brings_what_it_needs(self):
        definition = thing("apiextensions.k8s.io/v1", "CustomResourceDefinition", "things.new.example.com", None, spec={
            "group": "new.example.com", "scope": "Namespaced", "names": {"plural": "things", "kind": "Thing"},
            "versions": [{"name": "v1", "served": True, "storage": True,
                          "schema": {"openAPIV3Schema": {"type": "object"}}}]})
        answers = self.ask([
            case("", thing("v1", "Namespace", "fresh", None)), case("", config("in-it", namespace="fresh")),
            case("", definition), case("", thing("new.example.com/v1", "Thing", "t")),
            case("", thing("v1", "Namespace", "shop", None)), case("", config("here", namespace="shop"))])
        self.assertEqual(answers, [
            "taken created\n", "offline created: the change itself brings its namespace fresh\n",
            "taken created\n",
            "offline created: the change itself brings its CustomResourceDefinition things.new.example.com\n",
            "taken unchanged\n", "taken created\n"])

    def test_objects_are_applied_as_those_who_deploy_them(self):
        answers = self.ask([
            case("", deployment("web", container(image="web:9"), container("log"), spec={"replicas": 2})),
            case("", config("colours", {"red": "5", "green": "2"})),
            case("", config("colours", {"red": "1", "green": "2"})),
            case("", config("edited", {"red": "1"}))])
        self.assertEqual(answers[:3], ["taken updated\n", "taken updated\n", "taken unchanged\n"])
        self.assertIn("refused", answers[3])
        self.assertRegex(answers[3], r'cluster/conflict data.red: it was set by "kubectl-edit" since 2026-01-02T03:04:05Z')

    def test_a_policy_of_the_change_is_weighed(self):
        policy = thing("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "no-blue", None, spec={
            "matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                                                    "resources": ["configmaps"]}]}})
        answers = self.ask([case("", policy), case("", labelled("judge", "no-blue")),
                            case("", thing("v1", "Service", "s", spec={"ports": [{"port": 99999}]}))])
        self.assertTrue(answers[0].startswith("offline: admission policies are not sent"))
        self.assertTrue(answers[1].startswith("unverified: the change itself changes admission policy no-blue"))
        self.assertTrue(answers[2].startswith("refused\n  cluster/invalid spec.ports[0].port"))

    def test_a_removal_names_what_goes_with_it(self):
        owner = self.cluster.must("GET", path_of(thing("apps/v1", "Deployment", "web")))["metadata"]["uid"]
        owned = thing("apps/v1", "ReplicaSet", "web-1", metadata={"ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": owner}]}, spec={
                "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container()]}}})
        self.cluster.must("POST", path_of(owned, False), json.dumps(owned))
        answers = self.ask([case("", deployment("web"), verb="delete"), case("", config("guarded"), verb="delete")])
        self.assertEqual(answers[0], "taken deleted\n  cluster/warning : with it ReplicaSet web-1 goes\n")
        self.assertEqual(answers[1], "taken deleted\n  cluster/warning : it stays until these finalizers are gone: "
                                     "example.com/guard\n")

    def test_a_comparison_shows_no_value_of_a_secret(self):
        secret = thing("v1", "Secret", "other", stringData={"new": "correct-horse"})
        answers = self.ask([case("", secret), case("", config("colours", {"red": "5", "green": "2"}))], "compare")
        self.assertNotIn("correct-horse", answers[0])
        self.assertNotIn("Y29ycmVjdC1ob3JzZQ==", answers[0])
        self.assertIn('"new":"***"', answers[0])
        self.assertIn('"red":"1"', answers[1])
        self.assertIn('"red":"5"', answers[1])
        for noise in ("managedFields", "resourceVersion", "uid", "creationTimestamp"):
            self.assertNotIn(noise, answers[1])

    def test_a_kind_defined_by_a_definition_that_changes(self):
        definition = self.cluster.must("GET", path_of(thing("apiextensions.k8s.io/v1", "CustomResourceDefinition",
                                                            "gadgets.example.com", None)))
        for noise in ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation"):
            definition["metadata"].pop(noise)
        definition.pop("status")
        answers = self.ask([case("", definition), case("", gadget("g", size=99))])
        self.assertEqual(answers[1], "offline: the change itself changes its CustomResourceDefinition gadgets.example.com\n")


def main():
    up, Live.peer = sys.argv[1:]
    with prepared_cluster(up) as Live.cluster:
        unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
