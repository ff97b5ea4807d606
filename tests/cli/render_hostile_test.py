"""What pushed releases, Applications and charts want of the machine, with the real helm and the whole command.

Each case is a repository of its own. Whatever it is given, the command says no byte of a file outside the
repository, starts no program of the repository's, reaches no address, leaves no file and no process. Charts
against helm alone are in tests/manifests/render/helm_hostile_*_test.cc. Skips where there is no helm."""

import ctypes
import io
import os
import socket
import stat
import sys
import tarfile

from command import TestCase, main, sluice

HELM = os.path.join(os.environ.get("SLUICE_TOOLS", ""), "helm/helm")
PR_SET_CHILD_SUBREAPER = 36
SECRET = "canary-6b1f"  # in every file that a case wants
URL = "https://git.shop.example/gitops"

REPOSITORY = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: flux-system, namespace: flux-system}}
spec: {{interval: 1m, url: "{URL}", ref: {{branch: main}}}}
"""
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n",
    "chart/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
                              "  built: {{ toJson .Values | quote }}\n",
}
SHOW_FILES = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  it: {{ .Files.AsConfig | quote }}\n"


def release(chart="./chart", more=""):
    return f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: shop, namespace: store}}
spec:
  interval: 1m
  chart:
    spec: {{chart: {chart}, sourceRef: {{kind: GitRepository, name: flux-system, namespace: flux-system}}}}
{more}"""


def application(source):
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec:
  project: default
  destination: {{name: in-cluster, namespace: store}}
  source:
    repoURL: {URL}
    targetRevision: HEAD
{source}"""


def chart_source(more):
    return f"    path: chart\n    helm:\n{more}"


def packed(*members):
    """A packed chart "dep" 1.0.0 with further (name, type, text or target)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, kind, text in (("dep/Chart.yaml", tarfile.REGTYPE, "apiVersion: v2\nname: dep\nversion: 1.0.0\n"),
                                 *members):
            entry = tarfile.TarInfo(name)
            entry.type = kind
            if kind == tarfile.REGTYPE:
                entry.size = len(text)
            else:
                entry.linkname = text
            archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


class Hostile(TestCase):
    def setUp(self):
        super().setUp()
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # orphans come to us
        self.cases = 0
        self.secret = self.write("outside/secret.yaml", f"password: {SECRET}\n")
        self.write("outside/chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\n")
        self.write("outside/chart/templates/a.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {SECRET}}}\n")
        self.target = self.path("outside/pwned")
        self.script = self.write("outside/x.sh", f"#!/bin/sh\ntouch {self.target}\n")
        os.chmod(self.script, stat.S_IRWXU)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.addCleanup(self.listener.close)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]

    def attempt(self, name, files, links=(), plain=True):
        """What `sluice check` and `sluice render` say of a repository that wants something."""
        self.cases += 1
        home = f"case{self.cases}"
        with self.subTest(name):
            for path, text in {"source.yaml": REPOSITORY, **(CHART if plain else {}), **files}.items():
                self.write(f"{home}/{path}", text)
            for path, target in links:
                full = self.path(home, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                if os.path.lexists(full):
                    os.remove(full)
                os.symlink(target, full)
            said = ""
            for words in (("check", "-o", "json"), ("render",)):
                result = sluice(*words, "--helm", HELM, "--chart-cache", self.path("cache"), cwd=self.path(home),
                                HELM_PLUGINS=self.path(home, "plugins"), XDG_DATA_HOME=self.path(home))
                self.assertIn(result.code, (0, 1, 2, 3), result)
                said += result.out + result.err
            self.assertNotIn(SECRET, said)
            self.assertNotIn("root:x:", said)
            self.assertFalse(os.path.exists(self.target), "a program ran")
            self.assertRaises(ChildProcessError, os.waitpid, -1, os.WNOHANG)
            self.assertRaises(BlockingIOError, self.listener.accept)
            return said
        return ""

    def test_the_cases_could_be_told(self):
        """A chart that does render what it is given is seen to, so that silence means something."""
        said = self.attempt("plain", {"release.yaml": release(more="  values: {seen: here}\n")})
        self.assertIn('{\\"seen\\":\\"here\\"}', said.replace('\\\\"', '\\"'))

    def test_no_release_reads_outside(self):
        up = "../" * 12
        for chart in ("../outside/chart", "chart/../../outside/chart", up + self.path("outside/chart")[1:],
                      self.path("outside/chart"), f"file://{self.path('outside/chart')}", "..", "/", "./../outside/chart",
                      "chart/%2e%2e/%2e%2e/outside/chart", "chart\\\\..\\\\..\\\\outside\\\\chart"):
            self.attempt(chart, {"release.yaml": release(f'"{chart}"')})
        for file in ("../../outside/secret.yaml", self.secret, up + "etc/passwd"):
            self.attempt(f"valuesFiles {file}",
                         {"release.yaml": release().replace("spec: {chart", f"spec: {{valuesFiles: ['{file}'], chart")})
            self.attempt(f"generator {file}", {
                "release.yaml": release(more="  valuesFrom: [{kind: ConfigMap, name: v}]\n"),
                "kustomization.yaml": "resources: [source.yaml, release.yaml]\ngeneratorOptions: "
                f"{{disableNameSuffixHash: true}}\nconfigMapGenerator: [{{name: v, namespace: store, files: [values.yaml={file}]}}]\n",
            })
            self.attempt(f"post renderer {file}", {"release.yaml": release(
                more=f"  postRenderers: [{{kustomize: {{patches: [{{path: '{file}'}}]}}}}]\n")})
            self.attempt(f"strategic merge {file}", {"release.yaml": release(
                more=f"  postRenderers: [{{kustomize: {{patchesStrategicMerge: ['{file}']}}}}]\n")})
        self.assertGreaterEqual(self.cases, 22)

    def test_no_link_of_a_chart_is_followed(self):
        outside, chart = self.secret, self.path("outside/chart")
        self.attempt("the chart itself", {"release.yaml": release("./linked")}, [("linked", chart)])
        self.attempt("a way to it", {"release.yaml": release("./linked/chart")}, [("linked", self.path("outside"))])
        for place in ("values.yaml", "values.schema.json", "Chart.lock", "Chart.yaml", "requirements.yaml", ".helmignore",
                      "templates/a.yaml", "templates/NOTES.txt", "templates/_x.tpl", "crds/a.yaml", "files/a",
                      "charts/dep-1.0.0.tgz"):
            self.attempt(place, {"release.yaml": release(), "chart/templates/b.yaml": SHOW_FILES},
                         [(f"chart/{place}", outside)])
        for place in ("templates/more", "charts/dep", "crds/more", "files"):
            self.attempt(place, {"release.yaml": release(), "chart/templates/b.yaml": SHOW_FILES},
                         [(f"chart/{place}", self.path("outside") if place == "files" else chart)])
        self.attempt("a link to a link", {"release.yaml": release(), "chart/templates/b.yaml": SHOW_FILES},
                     [("chart/files", "../one"), ("one", "two"), ("two", self.path("outside"))])
        self.attempt("values of a release", {"release.yaml": release(
            more="  valuesFrom: [{kind: ConfigMap, name: v}]\n"), "kustomization.yaml":
            "resources: [source.yaml, release.yaml]\ngeneratorOptions: {disableNameSuffixHash: true}\n"
            "configMapGenerator: [{name: v, namespace: store, files: [values.yaml]}]\n"}, [("values.yaml", outside)])
        self.assertGreaterEqual(self.cases, 20)

    def test_no_packed_chart_leaves_its_archive(self):
        regular, link, hard = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
        template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\ndata:\n  it: {{ .Files.Get \"x\" | quote }}\n"
        for name, members in {
                "a link": [("dep/x", link, self.secret)],
                "a hard link": [("dep/x", hard, self.secret)],
                "a link to a directory": [("dep/x", link, self.path("outside")), ("dep/x/secret.yaml", regular, "x: 1\n")],
                "values": [("dep/values.yaml", link, self.secret)],
                "a template": [("dep/templates/b.yaml", link, self.path("outside/chart/templates/a.yaml"))],
                "up": [("../../../pwned", regular, "x\n")],
                "up in the middle": [("dep/../../pwned", regular, "x\n")],
                "absolute": [(self.target, regular, "x\n")],
                "backslashes": [("dep\\..\\..\\pwned", regular, "x\n")],
                "a device": [("dep/x", tarfile.CHRTYPE, "")],
                "a pipe": [("dep/x", tarfile.FIFOTYPE, "")],
        }.items():
            self.attempt(name, {"release.yaml": release(),
                                "chart/charts/dep-1.0.0.tgz": packed(("dep/templates/a.yaml", regular, template), *members)})
        self.assertGreaterEqual(self.cases, 11)

    def test_no_dependency_is_followed_or_fetched(self):
        http = f"http://{self.address}"
        for address in (f"file://{self.path('outside/chart')}", "file://../../outside/chart", "file://../linked",
                        "file:///etc", http, f"https://{self.address}", f"oci://{self.address}/web",
                        f"{http}/index.yaml?x=$(touch {self.target})", f"s3://{self.address}/x", f"git+{http}/x",
                        f"evil://{self.address}", f"ext::sh -c touch% {self.target}", "@repo", "alias:repo",
                        f"--post-renderer={self.script}", f"-x {self.script}", f"|touch {self.target}"):
            chart = CHART["chart/Chart.yaml"] + f"dependencies: [{{name: dep, version: 1.0.0, repository: '{address}'}}]\n"
            self.attempt(address, {"release.yaml": release(), "chart/Chart.yaml": chart},
                         [("linked", self.path("outside/chart"))])
        for name in ("../outside/chart", "..", "--post-renderer", "a/../../b", f"$(touch {self.target})"):
            chart = CHART["chart/Chart.yaml"] + f"dependencies: [{{name: '{name}', version: 1.0.0, repository: '{http}'}}]\n"
            self.attempt(name, {"release.yaml": release(), "chart/Chart.yaml": chart})
        self.assertGreaterEqual(self.cases, 22)

    def test_no_application_reads_outside(self):
        up = "../" * 12
        for file in ("../../outside/secret.yaml", "/../outside/secret.yaml", self.secret, f"file://{self.secret}",
                     f"http://{self.address}/v.yaml", f"secrets://{self.secret}", f"git+http://{self.address}/v.yaml",
                     "../../outside/*.yaml", f"$values/../../outside/secret.yaml", up + "etc/passwd", "linked.yaml",
                     "/linked.yaml", "--post-renderer=x"):
            self.attempt(f"valueFiles {file}", {"app.yaml": application(chart_source(f"      valueFiles: ['{file}']\n"))},
                         [("linked.yaml", self.secret), ("chart/linked.yaml", self.secret)])
        for file in ("../../outside/secret.yaml", self.secret, up + "etc/passwd", "linked.yaml"):
            self.attempt(f"fileParameters {file}", {"app.yaml": application(
                chart_source(f"      fileParameters: [{{name: x, path: '{file}'}}]\n"))},
                         [("chart/linked.yaml", self.secret)])
        for path in ("../outside/chart", self.path("outside/chart"), "linked", "chart/../../outside/chart", up + "etc"):
            self.attempt(f"path {path}", {"app.yaml": application(f"    path: '{path}'\n")},
                         [("linked", self.path("outside/chart"))])
            self.attempt(f"directory {path}", {"app.yaml": application(
                f"    path: '{path}'\n    directory: {{recurse: true, include: '*'}}\n")},
                         [("linked", self.path("outside"))])
        self.assertGreaterEqual(self.cases, 27)

    def test_no_release_or_application_starts_a_program(self):
        plugin = "name: x\nversion: 1.0.0\ntype: getter/v1\napiVersion: v1\nruntime: subprocess\nconfig: " \
                 "{protocols: [evil]}\nruntimeConfig: {protocolCommands: [{protocols: [evil], platformCommand: " \
                 f"[{{command: '{self.script}'}}]}}]}}\n"
        names = (f"--post-renderer={self.script}", "--post-renderer", f"-f={self.secret}", f"$(touch {self.target})",
                 f"`touch {self.target}`", f"a; touch {self.target}", f"a && {self.script}", "../../x", "a\\nb")
        for name in names:
            self.attempt(f"releaseName {name}", {"release.yaml": release(more=f'  releaseName: "{name}"\n')})
            self.attempt(f"targetNamespace {name}", {"release.yaml": release(more=f'  targetNamespace: "{name}"\n')})
            self.attempt(f"Argo's releaseName {name}", {"app.yaml": application(
                chart_source(f'      releaseName: "{name}"\n'))})
            self.attempt(f"parameter {name}", {"app.yaml": application(
                chart_source(f'      parameters: [{{name: "{name}", value: "{name}"}}]\n'))})
        for key in ("exec", "command", "postRenderer", "transformers", "generators"):
            self.attempt(f"post renderer {key}", {"release.yaml": release(
                more=f"  postRenderers: [{{{key}: '{self.script}'}}, {{kustomize: {{{key}: ['{self.script}']}}}}]\n")})
        for kind in ("plugin: {name: x}", f"plugin: {{name: x, env: [{{name: PATH, value: '{self.path('outside')}'}}]}}"):
            self.attempt(kind, {"app.yaml": application(f"    path: chart\n    {kind}\n")})
        for name in ("helm", "helm-x", "sh"):  # what the caller's directory has is never what PATH has
            self.attempt(f"program {name}", {"release.yaml": release(), name: f"#!/bin/sh\ntouch {self.target}\n",
                                             f"chart/{name}": f"#!/bin/sh\ntouch {self.target}\n"})
        chart = CHART["chart/Chart.yaml"] + "dependencies: [{name: dep, version: 1.0.0, repository: 'evil://x'}]\n"
        for place in ("plugins/x", "helm/plugins/x", "chart/plugins/x", ".local/share/helm/plugins/x"):
            self.attempt(place, {"release.yaml": release(), f"{place}/plugin.yaml": plugin, "chart/Chart.yaml": chart})
        self.assertGreaterEqual(self.cases, 50)


if __name__ == "__main__":
    if not os.access(HELM, os.X_OK):
        print("skipped: needs helm, which tests/oracles/kubernetes-tools fetches")
        sys.exit(77)
    main()
