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

# Custom kinds whose definitions are in no public registry of modules or packages (each lies in the
# operator's own repository and in the chart that the cluster pulls), so that no catalogue can be made
# of them: `sluice schemas import` takes them from the chart. The last one never reaches a cluster.
UNPUBLISHED = {
    "inference.llmkube.dev",
    "kopiur.home-operations.com",
    "litellm.home-operations.com",
    "miroir.home-operations.com",
    "observability.giantswarm.io",
    "schema.plugin.fluxcd.io",
}
CHARTS = ("charts are not judged here", "HelmRelease ")  # how what is skipped says so
SCHEMA_VERDICTS = 0.95  # at least, of the objects of other groups


def has_verdict(item):
    return any(evidence["by"] == "offline" for evidence in item["evidence"])


def group(item):
    return item["apiVersion"].rpartition("/")[0]


class Corpora(unittest.TestCase):
    def test_false_rejects(self):
        objects, rejected, charts = [], 0, 0
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
            objects += verdict["objects"]
            charts += sum(item["reason"].startswith(CHARTS) for item in verdict["skipped"])
            for finding in verdict["findings"]:
                if finding["severity"] != "error":
                    continue
                rejected += 1
                if (finding["file"], finding["rule"]) not in EXPLAINED:
                    unexplained.append((name, finding["file"], finding["line"], finding["rule"], finding["message"]))
        print(f"{len(objects)} objects, {rejected} errors, {len(unexplained)} of them unexplained")
        self.assertGreater(len(objects), 700)
        self.assertLessEqual(rejected, 0.005 * len(objects))
        self.assertEqual(unexplained, [])
        self.check_evidence(objects, charts)

    def check_evidence(self, objects, charts):
        published = [item for item in objects if group(item) not in UNPUBLISHED]
        judged = sum(map(has_verdict, published))
        print(
            f"{judged} of {len(published)} have a schema verdict; {len(objects) - len(published)} more are of kinds "
            f"that nobody publishes; what {charts} charts build is not counted"
        )
        self.assertGreaterEqual(judged, SCHEMA_VERDICTS * len(published))
        for item in published:
            if not has_verdict(item):
                print(f"no schema: {item['apiVersion']} {item['kind']} {item['name']}, {item['file']}")
        # A kind that has found its way into the catalogue leaves the list.
        self.assertEqual({group(item) for item in objects if not has_verdict(item)} - UNPUBLISHED, set())
        for name in UNPUBLISHED:
            self.assertFalse(any(has_verdict(item) for item in objects if group(item) == name), name)


if __name__ == "__main__":
    if not os.path.isdir(CORPORA):
        print(f"skipped: there is no {CORPORA}")
        sys.exit(77)
    main()
