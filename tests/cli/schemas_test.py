#!/usr/bin/env python3
"""`sluice schemas`: list, show, import, and an import that counts."""

import json

from check_test import CRD, SHOP
from command import TestCase, main


class Schemas(TestCase):
    def test_kinds_are_listed_with_group_scope_and_minors(self):
        result = self.sluice("schemas", "list", "deployment")
        self.assertCode(result, 0)
        self.assertRegex(result.out, r"(?m)^apps/v1 Deployment \(kubernetes 1\.[0-9]+ to 1\.[0-9]+, namespaced\)$")
        kinds = json.loads(self.sluice("schemas", "list", "-o", "json").out)["kinds"]
        self.assertGreater(len(kinds), 1000)
        self.assertCode(self.sluice("schemas", "list", "no-such-kind"), 2)

    def test_the_fields_of_a_kind_are_shown(self):
        result = self.sluice("schemas", "show", "Deployment")
        self.assertCode(result, 0)
        self.assertIn("replicas", result.out)
        self.assertCode(self.sluice("schemas", "show", "deploy"), 0)
        self.assertCode(self.sluice("schemas", "show", "--kubernetes-version", "1.33", "Deployment"), 0)

    def test_what_is_not_there_is_wrong_usage(self):
        result = self.sluice("schemas", "show", "Deploymnet")
        self.assertCode(result, 2)
        self.assertIn("Deployment", result.err)
        self.assertCode(self.sluice("schemas", "show", "--kubernetes-version", "1.2", "Deployment"), 2)

    def test_an_import_counts_for_the_repository(self):
        crd = self.write("crds/shop.yaml", CRD)
        self.repository(**{"shop.yaml": SHOP % "sise: 3"})
        self.git("rm", "-q", "--cached", "-r", "crds")
        self.write(".gitignore", "crds/\n")
        self.assertCode(self.sluice("check", "shop.yaml"), 0)
        result = self.sluice("schemas", "import", crd, "-o", ".sluice/schemas/own.bundle")
        self.assertCode(result, 3)  # no such directory
        self.write(".sluice/sluice.yaml", "version: 1\n")
        self.write(".sluice/schemas/README", "imported schemas\n")
        result = self.sluice("schemas", "import", "crds", "-o", ".sluice/schemas/own.bundle")
        self.assertCode(result, 0)
        self.assertFirst(result.out, "wrote .sluice/schemas/own.bundle: 1 kind\n")
        result = self.sluice("check", "shop.yaml")
        self.assertCode(result, 1)
        self.assertIn("sise", result.out)

    def test_a_source_without_a_schema_is_wrong_usage(self):
        self.write("a.yaml")
        for words in (["a.yaml"], ["nothing"]):
            result = self.sluice("schemas", "import", *words, "-o", "out.bundle")
            self.assertCode(result, 2)


if __name__ == "__main__":
    main()
