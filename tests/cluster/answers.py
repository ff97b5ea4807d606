#!/usr/bin/env python3
"""Asks a real API server everything of answer_cases.py and compares its answers
with answers.jsonl, so that what cluster/answer.cc is tested on cannot go stale.

    answers.py UP FILE     UP: the program of tests/control-plane; with
                           SLUICE_ACCEPT=1 in the environment FILE is rewritten

FILE holds the answers of Kubernetes 1.34. What another minor (1.32: a control plane made by
`tests/control-plane/build --kubernetes 1.32 build/go-1.32`) answers otherwise stands beside it
in answers-1.32.jsonl, and nothing else does.

Numbers that change from run to run (uids, times, addresses) are replaced.
Exits 77 where the control plane was not built."""

import base64
import contextlib
import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from answer_cases import CASES, SETUP

USERS = ["reader", "grantor"]
PATIENCE = 60  # seconds for policies and webhooks to be in force
LONG = 300     # characters of a text that is kept in FILE
SCRUB = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "00000000-0000-4000-8000-000000000000"),
    (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z(?!07)", "2026-01-02T03:04:05Z"),
    (r"kube-api-access-[a-z0-9]{5}", "kube-api-access-xxxxx"),
    (r"10\.0\.0\.\d+", "10.0.0.1"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:1"),
    (r'"resourceVersion": "\d+"', '"resourceVersion": "7"'),
    (r"\(0x[0-9a-f]+\)", "(0xc000000000)"),  # Go's own words for a value, of servers before 1.34
    (r"\\u00a0", " "),  # go-cmp, of servers before 1.34, takes one blank or the other by chance
]
USUAL_MINOR = "1.34"  # whose answers are kept whole
PLURALS = {"Ingress": "ingresses", "Endpoints": "endpoints"}


class Hooks(http.server.BaseHTTPRequestHandler):
    """An admission webhook: what it answers is in the path."""

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path.split("?")[0]
        answer = {"uid": review["request"]["uid"], "allowed": path == "/warner"}
        if path == "/slow":
            self.server.stopped.wait(PATIENCE)
        if path == "/denies":
            answer["status"] = {"message": "the registry is not allowed"}
        if path == "/teapot":
            answer["status"] = {"message": "short and stout", "code": 418, "reason": "Teapot"}
        if path == "/warner":
            answer["warnings"] = ['say "please"', "and thank you"]
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer})
        body = b"nonsense" if path == "/garbage" else body.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def start_hooks(directory):
    key, certificate = os.path.join(directory, "hook.key"), os.path.join(directory, "hook.crt")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=hooks", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
    server.daemon_threads, server.stopped = True, threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(certificate, "rb") as file:
        return server, base64.b64encode(file.read()).decode()


class Cluster:
    """The API server of one control plane."""

    def __init__(self, directory, server):
        self.directory, self.server = directory, server
        self.context = ssl.create_default_context(cafile=os.path.join(directory, "ca.crt"))
        with open(os.path.join(directory, "token"), encoding="ascii") as file:
            self.token = file.read().strip()

    def send(self, method, path, body=None, content_type="application/json", user=None):
        """(status, headers, text). A server that refuses a large body answers and closes before
        it has read it all, and its answer is lost where that comes while we still send: asked again."""
        for _ in range(20):
            try:
                return self.send_once(method, path, body, content_type, user)
            except urllib.error.URLError as error:
                if not isinstance(error.reason, (ssl.SSLError, ConnectionError)):
                    raise
        return self.send_once(method, path, body, content_type, user)

    def send_once(self, method, path, body, content_type, user):
        request = urllib.request.Request(self.server + path, method=method, data=body and body.encode())
        request.add_header("Authorization", f"Bearer {user + '-token' if user else self.token}")
        request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=PATIENCE) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def must(self, *arguments, **rest):
        status, _, text = self.send(*arguments, **rest)
        if status >= 300:
            sys.exit(f"answers.py: {arguments[:2]}: {status} {text}")
        return json.loads(text)


def path_of(thing, named=True):
    version, kind, meta = thing["apiVersion"], thing["kind"], thing["metadata"]
    plural = PLURALS.get(kind) or (kind[:-1].lower() + "ies" if kind.endswith("cy") else
                                   kind.lower() + ("es" if kind.endswith("ss") else "s"))
    namespace = f"namespaces/{meta['namespace']}/" if "namespace" in meta else ""
    return (f"/{'apis' if '/' in version else 'api'}/{version}/{namespace}{plural}" +
            (f"/{meta['name']}" if named else ""))


def until(what, ask):
    """Asks until the answer is what was waited for."""
    end = time.monotonic() + PATIENCE
    while not ask():
        if time.monotonic() > end:
            sys.exit(f"answers.py: {what} was not in force after {PATIENCE} s")


def set_up(cluster, hooks_url, hooks_ca):
    for entry in SETUP:
        manager, thing = entry if isinstance(entry, tuple) else (None, entry)
        body = json.dumps(thing).replace("HOOKS-CA", hooks_ca).replace("HOOKS", hooks_url)
        if thing["kind"] == "Gadget":
            until("the CRD", lambda: cluster.send("GET", path_of(thing, False))[0] == 200)
        if manager == "kubectl-edit":
            cluster.must("PATCH", path_of(thing) + f"?fieldManager={manager}", body, "application/merge-patch+json")
        elif manager:
            cluster.must("PATCH", path_of(thing) + f"?fieldManager={manager}", body, "application/apply-patch+yaml")
        else:
            cluster.must("POST", path_of(thing, False), body)
    cluster.must("DELETE", "/api/v1/namespaces/ending")
    quota = cluster.must("GET", "/api/v1/namespaces/full/resourcequotas/few")
    quota["status"] = {"hard": quota["spec"]["hard"], "used": {name: "0" for name in quota["spec"]["hard"]}}
    cluster.must("PUT", "/api/v1/namespaces/full/resourcequotas/few/status", json.dumps(quota))
    make_unclean(cluster)
    wait_for_all(cluster)


def make_unclean(cluster):
    """What v1 refuses and v1beta1 took: a webhook that may not be asked in a dry
    run. Written behind the API server's back, into its storage."""
    hook = cluster.must("GET", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/unclean")
    hook["webhooks"][0]["sideEffects"] = "Unknown"
    hook["metadata"].pop("managedFields", None)
    with open(os.path.join(cluster.directory, "etcd.log"), encoding="utf-8") as log:
        etcd = re.search(r'advertise-client-urls":\["(http://127\.0\.0\.1:\d+)', log.read()).group(1)
    put = {"key": b"/registry/validatingwebhookconfigurations/unclean", "value": json.dumps(hook).encode()}
    body = json.dumps({name: base64.b64encode(value).decode() for name, value in put.items()}).encode()
    with urllib.request.urlopen(urllib.request.Request(etcd + "/v3/kv/put", data=body)) as answer:
        answer.read()


def wait_for_all(cluster):
    for case in CASES:
        labels = case["object"]["metadata"].get("labels", {})
        if {"judge", "hook"} & set(labels):
            def changed(case=case):
                answer = ask(cluster, case)
                return answer["status"] >= 400 or answer["warnings"]
            until(case["name"], changed)
    until("the webhook that knows no dry-run", lambda: "dry run" in json.dumps(ask(
        cluster, next(case for case in CASES if case["name"] == "a webhook that knows no dry-run"))))
    until("the service that is away", lambda: cluster.send("GET", "/apis/away.example.com/v1")[0] == 503)


def shortened(value):
    if isinstance(value, str):
        return value if len(value) <= LONG * 10 else value[:LONG]
    if isinstance(value, dict):
        return {name: shortened(part) for name, part in value.items()}
    return [shortened(part) for part in value] if isinstance(value, list) else value


def scrubbed(text):
    for pattern, instead in SCRUB:
        text = re.sub(pattern, instead, text)
    # Several errors of one object come in any order.
    return re.sub(r'(?<=errors:)(\\n  (\\"|[^"\\])+)+',
                  lambda found: "\\n".join(sorted(found.group(0).split("\\n"))), text)


def warnings_of(headers):
    return [scrubbed(value) for value in headers.get_all("Warning") or []]


def ask(cluster, case):
    path = case.get("path") or path_of(case["object"])
    query = "?dryRun=All"
    method, body, kind, user = "DELETE", None, "application/json", case.get("as_user")
    live = {}
    if case.get("verb") != "delete":
        method, kind = "PATCH", "application/apply-patch+yaml"
        manager = case.get("manager", "sluice")
        query += "&fieldValidation=Strict" + (f"&fieldManager={manager}" if manager else "")
        query += "&force=true" if case.get("force") else ""
        body = case.get("text") or json.dumps(case["object"])
        body += "\n#" + "x" * (4 << 20) if case.get("big") else ""
    status, _, text = cluster.send("GET", path)
    if status == 200:
        live = json.loads(scrubbed(json.dumps(json.loads(text))))
    status, headers, text = cluster.send(method, path + query, body, kind, user)
    answer = {"name": case["name"], "removal": method == "DELETE", "object": shortened(case["object"]),
              **({"live": live} if live else {}), "status": status, "warnings": warnings_of(headers)}
    try:
        answer["body"] = shortened(json.loads(scrubbed(json.dumps(json.loads(text)))))
    except ValueError:
        answer["text"] = scrubbed(text)
    return answer


@contextlib.contextmanager
def prepared_cluster(up):
    """A control plane with everything of SETUP; in its directory a kubeconfig."""
    if not os.access(up, os.X_OK) or not os.path.exists(os.path.join(os.path.dirname(up), "kube-apiserver")):
        print("skipped: the control plane is not built (tests/control-plane/build build/go)")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "users.csv"), "w", encoding="ascii") as file:
            file.writelines(f'{user}-token,{user},{user}\n' for user in USERS)
        hooks, certificate = start_hooks(directory)
        with subprocess.Popen([up, directory], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as plane:
            try:
                ready = json.loads(plane.stdout.readline() or sys.exit("answers.py: no control plane"))
                cluster = Cluster(directory, ready["server"])
                set_up(cluster, f"https://127.0.0.1:{hooks.server_port}", certificate)
                yield cluster
            finally:
                hooks.stopped.set()
                plane.stdin.close()


def minor_of(cluster):
    version = cluster.must("GET", "/version")
    return version["major"] + "." + version["minor"]


def main():
    up, name = sys.argv[1:]
    with prepared_cluster(up) as cluster:
        minor = minor_of(cluster)
        lines = [json.dumps(ask(cluster, case), sort_keys=True) for case in CASES]
    if minor == USUAL_MINOR:
        return compare(lines, name)
    usual = lines_of(name)
    others = [line for line in lines if line not in usual]
    return compare(others, name.replace(".jsonl", f"-{minor}.jsonl"), len(lines))


def lines_of(name):
    try:
        with open(name, encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def compare(lines, name, asked=None):
    if os.environ.get("SLUICE_ACCEPT") == "1":
        with open(name, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    known = lines_of(name)
    wrong = max(0, len(known) - len(lines))
    for at, line in enumerate(lines):
        if at >= len(known) or known[at] != line:
            wrong += 1
            print(f"another answer now:\n  {known[at] if at < len(known) else 'none'}\n  {line}")
    print(f"{asked or len(lines)} answers, {wrong} of them not as {os.path.basename(name)} has them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
