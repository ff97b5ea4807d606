"""`sluice check` on real repositories: what is built of them is not rejected without a reason.

Reads $SLUICE_SHARED/corpora/gitops (default ../shared); skips where it is absent."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from command import environment, main, sluice

SHARED = os.environ.get("SLUICE_SHARED", os.path.join(os.path.dirname(__file__), "../../../shared"))
CORPORA = os.path.join(SHARED, "corpora/gitops")

# What is really wrong with them, each with the reason.
EXPLAINED = {
    # Data files other than manifests are left out of the corpus.
    ("kubernetes/apps/network/envoy-gateway/gateway/kustomization.yaml", "kustomize/missing-file"),
    # The operator is newer than the schema in the catalogue.
    ("kubernetes/apps/observability/kube-prometheus-stack/app/alertmanagerconfig.yaml", "schema/unknown-field"),
    # A block scalar that the end of the file cuts off: readers differ about its last line.
    ("kustomize/components/google-cloud-operations/otel-collector.yaml", "yaml/ambiguous-value"),
}


class Corpora(unittest.TestCase):
    def test_false_rejects(self):
        objects = rejected = 0
        unexplained = []
        for name in sorted(os.listdir(CORPORA)):
            directory = tempfile.mkdtemp(prefix="sluice-corpora-")
            self.addCleanup(shutil.rmtree, directory)
            copy = os.path.join(directory, name)
            shutil.copytree(os.path.join(CORPORA, name), copy, ignore=shutil.ignore_patterns(".git"))
            for words in (["init", "-q"], ["add", "-A", "-f"]):
                subprocess.run(["git", *words], cwd=copy, check=True, capture_output=True, env=environment())
            verdict = json.loads(sluice("check", "-o", "json", cwd=copy).out)
            self.assertNotEqual(verdict["verdict"], "unjudged", verdict["reason"])
            objects += len(verdict["objects"])
            for finding in verdict["findings"]:
                if finding["severity"] != "error":
                    continue
                rejected += 1
                if (finding["file"], finding["rule"]) not in EXPLAINED:
                    unexplained.append((name, finding["file"], finding["line"], finding["rule"], finding["message"]))
        print(f"{objects} objects, {rejected} errors, {len(unexplained)} of them unexplained")
        self.assertGreater(objects, 700)
        self.assertEqual(unexplained, [])


if __name__ == "__main__":
    if not os.path.isdir(CORPORA):
        print(f"skipped: there is no {CORPORA}")
        sys.exit(77)
    main()
