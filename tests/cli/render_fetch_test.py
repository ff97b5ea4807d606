"""`sluice render fetch`: charts from a repository and from a registry on the loopback, good and hostile ones.

The servers are a few lines of Python each. Skips where there is no helm."""

import hashlib
import http.server
import io
import json
import os
import ssl
import subprocess
import sys
import tarfile
import threading

from command import TestCase, main

HELM = os.path.join(os.environ.get("SLUICE_TOOLS", ""), "helm/helm")
HELM_3 = os.access(HELM, os.X_OK) and subprocess.run([HELM, "version", "--short"], capture_output=True,
                                                     check=True).stdout.startswith(b"v3.")
SECRET = "canary-6b1f"
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.shop.example}
spec:
  group: shop.example
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {size: {type: integer}}}}
"""
CHART = {
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n",
    "web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {it: fetched}\n",
    "web/crds/thing.yaml": CRD,
}
RELEASE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: shop, namespace: store}
spec: {interval: 1h, url: "ADDRESS"}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: store}
spec:
  interval: 1h
  chart: {spec: {chart: web, version: 1.2.3, sourceRef: {kind: HelmRepository, name: shop}}}
"""


def packed(files, *members):
    """A .tgz of `files`, then of members (name, type, target)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            data = text if isinstance(text, bytes) else text.encode()
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for name, kind, target in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, target
            archive.addfile(entry)
    return out.getvalue()


def index(package, url="web-1.2.3.tgz", version="1.2.3", digest=None):
    digest = digest or hashlib.sha256(package).hexdigest()
    return json.dumps({"apiVersion": "v1", "entries": {"web": [
        {"apiVersion": "v2", "name": "web", "version": version, "digest": digest, "urls": [url]}]}}).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, kind, body = self.server.served.get(self.path, (404, "text/plain", b"none"))
        self.send_response(status)
        if status in (301, 302):
            self.send_header("Location", body.decode())
            body = b""
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", "sha256:" + hashlib.sha256(body).hexdigest())
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Fetch(TestCase):
    def serve(self, files, certificate=None):
        """Files by path: bytes, or (status, content type, bytes). Says the server, whose address is `at`."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.asked = []
        server.served = {f"/{name}": body if isinstance(body, tuple) else (200, "text/plain", body)
                         for name, body in files.items()}
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        server.at = "127.0.0.1:%d" % server.server_address[1]
        return server

    def fetch(self, address, name="web", version="1.2.3", **changes):
        return self.sluice("render", "fetch", "--helm", HELM, "--chart-cache", self.path("cache"), "--", address, name,
                           version, **changes)

    def check(self, *more):
        return self.sluice("check", "--helm", HELM, "--chart-cache", self.path("cache"), *more,
                           cwd=self.path("repository"))

    def test_a_chart_is_fetched_pinned_and_built(self):
        package = packed(CHART)
        server = self.serve({"index.yaml": index(package), "web-1.2.3.tgz": package})
        address = f"http://{server.at}"
        self.write("repository/release.yaml", RELEASE.replace("ADDRESS", address))
        self.assertIn(f"chart web 1.2.3 is not in the cache: sluice render fetch {address} web 1.2.3", self.check().err
                      + self.check("-o", "json").out)
        first = self.fetch(address)
        self.assertCode(first, 0)
        self.assertRegex(first.out, r"^web 1\.2\.3 sha256:[0-9a-f]{64}\n$")
        again = self.fetch(address)
        self.assertEqual(again.out, first.out.replace("\n", " (unchanged)\n"))
        built = self.sluice("render", "--helm", HELM, "--chart-cache", self.path("cache"), cwd=self.path("repository"))
        self.assertIn("it: fetched", built.out)
        self.assertIn("kind: CustomResourceDefinition", built.out)

    def test_the_definitions_of_a_fetched_chart_give_schemas(self):
        package = packed(CHART)
        server = self.serve({"index.yaml": index(package), "web-1.2.3.tgz": package})
        self.assertCode(self.fetch(f"http://{server.at}"), 0)
        [crds] = [home for home, _, _ in os.walk(self.path("cache")) if home.endswith("/crds")]
        self.write("repository/thing.yaml", "apiVersion: shop.example/v1\nkind: Thing\nmetadata: {name: a}\nspec: {size: x}\n")
        home = self.path("repository")
        self.git("init", "-q", cwd=home)
        self.assertCode(self.check(), 0)
        self.write("repository/.sluice/sluice.yaml", "version: 1\n")
        os.mkdir(self.path("repository/.sluice/schemas"))
        result = self.sluice("schemas", "import", "-o", ".sluice/schemas/shop.bundle", crds, cwd=self.path("repository"))
        self.assertCode(result, 0)
        self.git("add", ".sluice", cwd=home)
        self.git("commit", "-q", "-m", "schemas", cwd=home)
        result = self.check()
        self.assertCode(result, 1)
        self.assertIn("schema/wrong-type", result.out + result.err)

    def test_a_version_that_changed_is_refused(self):
        first, second = packed(CHART), packed({**CHART, "web/values.yaml": "a: 1\n"})
        server = self.serve({"index.yaml": index(first), "web-1.2.3.tgz": first})
        self.assertCode(self.fetch(f"http://{server.at}"), 0)
        server.served["/web-1.2.3.tgz"] = (200, "text/plain", second)
        server.served["/index.yaml"] = (200, "text/plain", index(second))
        result = self.fetch(f"http://{server.at}")
        self.assertCode(result, 3)
        self.assertIn("is not the one that was fetched before", result.err)

    def test_a_cache_that_was_changed_is_not_used(self):
        package = packed(CHART)
        server = self.serve({"index.yaml": index(package), "web-1.2.3.tgz": package})
        self.write("repository/release.yaml", RELEASE.replace("ADDRESS", f"http://{server.at}"))
        self.assertCode(self.fetch(f"http://{server.at}"), 0)
        [template] = [os.path.join(home, "a.yaml") for home, _, files in os.walk(self.path("cache")) if "a.yaml" in files]
        with open(template, "a", encoding="utf-8") as file:
            file.write("# changed\n")
        self.assertIn("is not what was fetched", self.check("-o", "json").out)

    def test_what_a_hostile_repository_gives_is_refused_and_leaves_nothing(self):
        secret = self.write("outside/secret.yaml", f"password: {SECRET}\n")
        target = self.path("outside/pwned")
        link, hard = tarfile.SYMTYPE, tarfile.LNKTYPE
        package = packed(CHART)
        bomb = {**CHART, "web/files/zeros": bytes(200 << 20)}
        many = {**CHART, **{f"web/files/{i}": "x" for i in range(6000)}}
        for name, given in {
                "a link": packed(CHART, ("web/values.yaml", link, secret)),
                "a link to a directory": packed(CHART, ("web/files", link, self.path("outside"))),
                "a hard link": packed(CHART, ("web/values.yaml", hard, secret)),
                "a file through a link": packed(CHART, ("web/files", link, self.path("outside"))) ,
                "up": packed({**CHART, "web/../../../pwned": "x"}),
                "absolute": packed({**CHART, target: "x"}),
                "backslashes": packed({**CHART, "web\\..\\..\\pwned": "x"}),
                "a device": packed(CHART, ("web/values.yaml", tarfile.CHRTYPE, "")),
                "a pipe": packed(CHART, ("web/values.yaml", tarfile.FIFOTYPE, "")),
                "cut off": package[:len(package) // 2],
                "no archive": b"no archive",
                "empty": b"",
                "another chart": packed({"other/Chart.yaml": "apiVersion: v2\nname: other\nversion: 1.2.3\n"}),
                "a bomb": packed(bomb),
                "many files": packed(many),
                "a name of two lines": packed({**CHART, "web/files/a\nb": "x"}),
        }.items():
            with self.subTest(name):
                server = self.serve({"index.yaml": index(given), "web-1.2.3.tgz": given})
                result = self.fetch(f"http://{server.at}")
                self.assertNotIn(SECRET, result.out + result.err)
                self.assertFalse(os.path.exists(target))
                if result.code == 0:  # helm leaves out what is no file: nothing of it may have come
                    for home, _, files in os.walk(self.path("cache")):
                        for file in files:
                            full = os.path.join(home, file)
                            self.assertFalse(os.path.islink(full))
                            with open(full, "rb") as kept:
                                self.assertNotIn(SECRET.encode(), kept.read())
                else:
                    self.assertCode(result, 3)
                    self.assertFirst(result.err, "error: ")
                    self.assertFalse(os.path.exists(self.path("cache")) and any(
                        server.at.replace(":", "%3a") in home for home, _, _ in os.walk(self.path("cache"))))
                self.assertEqual(sorted(os.listdir(self.path("outside"))), ["secret.yaml"])

    def test_an_index_that_is_not_true_is_refused(self):
        package = packed(CHART)
        other = self.serve({"web-1.2.3.tgz": package})
        secret = self.write("outside/secret.yaml", f"password: {SECRET}\n")
        for name, given in {
                "another version": index(package, version="1.2.4"),
                "a file": index(package, url=f"file://{secret}"),
                "a path": index(package, url=f"../../../..{secret}"),
                "no YAML": b"[",
                "nothing": b"",
                "no entries": b"apiVersion: v1\nentries: {}\n",
                "an unknown scheme": index(package, url=f"evil://{other.at}/web-1.2.3.tgz"),
        }.items():
            with self.subTest(name):
                server = self.serve({"index.yaml": given, "web-1.2.3.tgz": package})
                result = self.fetch(f"http://{server.at}")
                self.assertNotIn(SECRET, result.out + result.err)
                self.assertCode(result, 3)
                self.assertFirst(result.err, "error: helm pull: ")
        self.assertEqual(other.asked, [])

    def test_the_digest_of_an_index_is_not_helms_to_check(self):
        """Helm does not compare; what came first is pinned, and another package is refused."""
        package, other = packed(CHART), packed({**CHART, "web/values.yaml": "a: 1\n"})
        server = self.serve({"index.yaml": index(package, digest="0" * 64), "web-1.2.3.tgz": package})
        self.assertCode(self.fetch(f"http://{server.at}"), 0)
        server.served["/web-1.2.3.tgz"] = (200, "text/plain", other)
        self.assertCode(self.fetch(f"http://{server.at}"), 3)

    def test_what_cannot_be_asked_for_is_wrong_usage(self):
        for address, name, version in (("http://u:p@127.0.0.1:1", "web", "1.2.3"), ("file:///etc", "web", "1.2.3"),
                                       ("127.0.0.1:1", "web", "1.2.3"), ("ftp://127.0.0.1:1", "web", "1.2.3"),
                                       ("http://127.0.0.1:1", "../web", "1.2.3"), ("http://127.0.0.1:1", "-x", "1.2.3"),
                                       ("http://127.0.0.1:1", "web", "^1"), ("http://127.0.0.1:1", "web", "1.x"),
                                       ("http://127.0.0.1:1", "web", ">=1.0.0"), ("http://127.0.0.1:1", "web", ""),
                                       ("http://127.0.0.1:1", "", "1.2.3"), ("--repo=x", "web", "1.2.3")):
            with self.subTest(f"{address} {name} {version}"):
                result = self.fetch(address, name, version)
                self.assertCode(result, 2)
                self.assertFalse(os.path.exists(self.path("cache")))

    def certificate(self):
        key, file = self.path("key.pem"), self.path("certificate.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", file, "-days",
                        "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True,
                       capture_output=True)
        return file, key

    def registry(self, package, digest=None, **more):
        """A registry with the chart as charts/web:1.2.3."""
        config = json.dumps({"name": "web", "version": "1.2.3", "apiVersion": "v2"}).encode()

        def blob(kind, data, told=None):
            return {"mediaType": kind, "digest": "sha256:" + (told or hashlib.sha256(data).hexdigest()), "size": len(data)}

        layer = blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", package, digest)
        kind = "application/vnd.oci.image.manifest.v1+json"
        manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "layers": [layer], "config": blob(
            "application/vnd.cncf.helm.config.v1+json", config)}).encode()
        at = "v2/charts/web"
        return {"v2/": b"{}", f"{at}/manifests/1.2.3": (200, kind, manifest),
                f"{at}/manifests/sha256:{hashlib.sha256(manifest).hexdigest()}": (200, kind, manifest),
                f"{at}/blobs/sha256:{hashlib.sha256(config).hexdigest()}": config,
                f"{at}/blobs/{layer['digest']}": package, f"{at}/tags/list": b'{"name": "charts/web", "tags": ["1.2.3"]}',
                **more}

    def serve_registry(self, files):
        """The address of a registry, and what helm needs to trust it. Helm 3 takes no TLS from the loopback."""
        if HELM_3:
            return f"oci://{self.serve(files).at}/charts", {}
        certificate = self.certificate()
        return f"oci://{self.serve(files, certificate).at}/charts", {"SSL_CERT_FILE": certificate[0]}

    def test_a_registry_with_a_certificate_of_ones_own(self):
        address, trust = self.serve_registry(self.registry(packed(CHART)))
        if trust:
            refused = self.fetch(address)
            self.assertCode(refused, 3)
            self.assertIn("certificate", refused.err)
        fetched = self.fetch(address, **trust)
        self.assertCode(fetched, 0)
        self.assertRegex(fetched.out, r"^web 1\.2\.3 sha256:[0-9a-f]{64}\n$")
        self.assertEqual(self.fetch(address, **trust).out, fetched.out.replace("\n", " (unchanged)\n"))
        self.write("repository/release.yaml", RELEASE.replace("ADDRESS", address).replace(
            "spec: {interval: 1h, url", "spec: {interval: 1h, type: oci, url"))
        built = self.sluice("render", "--helm", HELM, "--chart-cache", self.path("cache"), cwd=self.path("repository"))
        self.assertIn("it: fetched", built.out)

    def test_a_registry_that_is_not_true(self):
        package = packed(CHART)
        for name, files in {"another digest": self.registry(package, digest="0" * 64), "no chart": {"v2/": b"{}"},
                            "no manifest": self.registry(package, **{"v2/charts/web/manifests/1.2.3": b"{}"})}.items():
            with self.subTest(name):
                address, trust = self.serve_registry(files)
                self.assertCode(self.fetch(address, **trust), 3)
                self.assertFalse(os.path.exists(self.path("cache")))


if __name__ == "__main__":
    if not os.access(HELM, os.X_OK):
        print("skipped: needs helm, which tests/oracles/kubernetes-tools fetches")
        sys.exit(77)
    main()
