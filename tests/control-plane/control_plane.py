"""A real control plane for tests in Python: `build` must have made it before.

    with ControlPlane(controllers=True) as plane:
        code, answer = plane.ask("GET", "/api/v1/namespaces")

The directory with the programs is $SLUICE_CONTROL_PLANE.
"""

import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

PROGRAMS = os.environ.get("SLUICE_CONTROL_PLANE", "")
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


def skip_unless_built(*programs):
    """Ends a test program where something of the control plane is not there."""
    for program in ("up", "kube-apiserver", *programs):
        if not os.access(os.path.join(PROGRAMS, program), os.X_OK):
            print(f"skipped: no {program} of the test control plane: tests/control-plane/build [--flux] build/go makes it, with Go")
            sys.exit(77)


class Process:
    """A program that says one line when it is ready and ends with its input."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline():
            raise RuntimeError(f"{arguments[0]} did not start: exit code {self.process.wait()}")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(30)


class Api:
    """Requests to the server that a directory's files lead to."""

    def __init__(self, directory):
        self.directory = directory
        self.server = self.read("server")
        self.token = self.read("token")
        self.context = ssl.create_default_context(cafile=self.path("ca.crt"))
        self.connection = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read().strip()

    def ask(self, method, path, body=None, token=None, content_type="application/json"):
        """The status code, and the JSON of the body or its text."""
        host = self.server.removeprefix("https://")
        self.connection = self.connection or http.client.HTTPSConnection(host, context=self.context, timeout=60)
        text = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        headers = {"Authorization": "Bearer " + (token or self.token), "Content-Type": content_type}
        try:
            self.connection.request(method, path, text, headers)
            answer = self.connection.getresponse()
            bytes_read = answer.read()
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        try:
            return answer.status, json.loads(bytes_read)
        except ValueError:
            return answer.status, bytes_read.decode("utf-8", "replace")

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def must(self, method, path, body=None, **options):
        """The answer's body; anything but success is a mistake of the test."""
        code, answer = self.ask(method, path, body, **options)
        if not 200 <= code < 300:
            raise AssertionError(f"{method} {path}: {code} {answer}")
        return answer

    def apply(self, path, document, manager="test"):
        query = f"?fieldManager={manager}&force=true"
        return self.must("PATCH", path + query, document, content_type=APPLY)

    def eventually(self, what, condition, seconds=60):
        """Waits for what a controller does in its own time; it tells nobody when it is done."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {what}")
            time.sleep(0.05)


class ControlPlane(Api):
    def __init__(self, *flags, controllers=False, scheduler=False, nodes=0, users=""):
        self.scratch = tempfile.mkdtemp(prefix="control-plane-")
        with open(os.path.join(self.scratch, "users.csv"), "w", encoding="utf-8") as file:
            file.write(users)
        words = ["-controllers"] * controllers + ["-scheduler"] * scheduler + [f"-nodes={nodes}"]
        self.process = Process(os.path.join(PROGRAMS, "up"), *words, self.scratch, *flags)
        super().__init__(self.scratch)

    @classmethod
    def of_class(cls, test, *namespaces, controllers=True):
        """For `setUpClass`: `test.plane`, with these namespaces, until the tests of the class are over."""
        test.plane = cls(controllers=controllers)
        test.addClassCleanup(test.plane.stop)
        for name in namespaces:
            test.plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": name}})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.close()
        try:
            return self.process.stop()
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)


class FaultProxy(Api):
    """A fault proxy before a control plane; `fault` adds a line of its script."""

    def __init__(self, plane):
        self.scratch = tempfile.mkdtemp(prefix="fault-proxy-")
        self.process = Process(os.path.join(PROGRAMS, "fault-proxy"), plane.directory, self.scratch)
        super().__init__(self.scratch)

    def fault(self, *lines):
        for line in lines:
            answer = self.process.say(line)
            if answer != "ok":
                raise AssertionError(f"{line}: {answer}")

    def requests(self):
        return self.read("requests").splitlines()

    def stop(self):
        self.close()
        try:
            return self.process.stop()
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)
