#!/usr/bin/env python3
"""The file tree that deploy/agent/image/Containerfile makes, made of this machine's own
packages, and the agent at work in it as in its pod: another user, no capability, a
read-only root."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
IMAGE = os.path.abspath(os.path.join(HERE, "..", "..", "deploy/agent/image"))
sys.path[:0] = [os.path.join(HERE, "..", "agent"), os.path.join(HERE, "..", "control-plane")]
from agent_test import NAMESPACE, config_map, maps
from control_plane import ControlPlane, skip_unless_built
from ledger_server import LedgerServer, skip_unless_possible

AGENT = os.environ.get("SLUICE_AGENT", "")
USER = 65532
NOT_IN_IT = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/")  # as of a slim image
# In a mount namespace of its own: a read-only root, and what the pod mounts.
POD = """set -eu
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
mount -t tmpfs -o size=64m none "$1/tmp"
mount --bind "$2" "$1/var/lib/sluice/agent"
root=$1
shift 2
exec chroot "$root" setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs --bounding-set -all \\
  env -i PATH=/usr/bin:/bin "$@"
"""


def said(*words, **options):
    return subprocess.run(words, text=True, check=True, capture_output=True, **options).stdout


def closure(packages):
    """With all that they depend on, as far as it is installed here."""
    listed = said("dpkg-query", "-W", "-f", "${Package}\t${Essential}\t${Provides}\t${Pre-Depends}, ${Depends}\n")
    needs, provided, wanted = {}, {}, list(packages)
    for line in listed.splitlines():
        name, essential, provides, depends = line.split("\t")
        needs[name] = [[word.split()[0].split(":")[0] for word in row.split("|")] for row in depends.split(",") if row.strip()]
        for word in filter(str.strip, provides.split(",")):
            provided.setdefault(word.split()[0], name)
        if essential == "yes":
            wanted.append(name)
    found = set()
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        found.add(name)
        for row in needs[name]:
            there = [provided.get(word, word) for word in row if word in needs or word in provided]
            wanted += there[:1]
    return found


def lay_out(root):
    """As the Containerfile does it, with dpkg's files in place of apt-get."""
    packages = closure(said(os.path.join(IMAGE, "runtime-packages"), AGENT).split())
    for link in ("bin", "sbin", "lib", "lib64"):
        os.makedirs(os.path.join(root, "usr", link))
        os.symlink("usr/" + link, os.path.join(root, link))
    for name in ("dev", "proc", "tmp", "etc", "var"):
        os.mkdir(os.path.join(root, name))
    files = [path for path in said("dpkg-query", "-L", *sorted(packages)).splitlines()
             if path.startswith("/") and not path.startswith(NOT_IN_IT) and os.path.lexists(path)
             and (os.path.islink(path) or not os.path.isdir(path))]
    packed = subprocess.Popen(["tar", "-cC", "/", "--no-recursion", "-T", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    unpacked = subprocess.Popen(["tar", "-xC", root, "--keep-directory-symlink"], stdin=packed.stdout)
    packed.stdin.write("".join(path[1:] + "\n" for path in files).encode())
    packed.stdin.close()
    packed.stdout.close()
    if unpacked.wait() or packed.wait():
        raise AssertionError("the packages cannot be laid out")
    for name in ("passwd", "group"):
        shutil.copy(os.path.join(root, f"usr/share/base-passwd/{name}.master"), os.path.join(root, "etc", name))
    subprocess.run(["ldconfig", "-r", root], check=True)
    subprocess.run([os.path.join(IMAGE, "lay-out"), root, AGENT], check=True)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.mkdtemp(prefix="sluice-image-")
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.root, cls.directory = os.path.join(cls.scratch, "root"), os.path.join(cls.scratch, "fetched")
        os.mkdir(cls.root)
        os.mkdir(cls.directory)
        os.chown(cls.directory, USER, USER)
        lay_out(cls.root)

    def inside(self, *words, code=0):
        done = subprocess.run(["unshare", "--mount", "sh", "-c", POD, "sh", self.root, self.directory, *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout.strip()

    def test_what_the_agent_starts_is_there_and_starts(self):
        self.assertRegex(self.inside("git", "--version"), "^git version 2")
        self.assertRegex(self.inside("prlimit", "--version"), "^prlimit ")
        self.assertRegex(self.inside("ssh", "-G", "git.example"), "(?m)^hostname git.example$")
        self.inside("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/tmp/key")
        self.assertEqual(self.inside("id", "-un"), "sluice")
        self.assertIn("which configuration?", self.inside("/usr/libexec/sluice/sluice-agent", code=2))

    def test_nothing_but_its_directories_can_be_written(self):
        for path in ("/usr/libexec/sluice/x", "/etc/sluice/agent/x", "/x", "/var/lib/sluice/x"):
            self.assertRegex(self.inside("touch", path, code=1), "Read-only file system|Permission denied")
        self.inside("touch", "/tmp/x", "/var/lib/sluice/agent/x")
        self.assertRegex(self.inside("sh", "-c", "grep CapBnd /proc/self/status"), "0000000000000000$")

    def test_a_record_is_applied_from_in_there(self):
        with ControlPlane(controllers=True) as plane, LedgerServer() as server:
            plane.must("POST", "/api/v1/namespaces", {"metadata": {"name": "sluice-system"}})
            server.push({"ns.yaml": NAMESPACE, "web.yaml": config_map("web")})
            server.refresh()
            for name, source in (("shop.git", server.repository), ("plane", plane.directory)):
                shutil.copytree(source, os.path.join(self.directory, name), ignore=shutil.ignore_patterns("etcd*", "*.sock"))
            mounted = "/var/lib/sluice/agent"
            with open(plane.path("kubeconfig"), encoding="utf-8") as file:
                kubeconfig = file.read().replace(plane.directory, mounted + "/plane")
            with open(os.path.join(self.directory, "kubeconfig"), "w", encoding="utf-8") as file:
                file.write(kubeconfig)
            with open(os.path.join(self.directory, "agent.yaml"), "w", encoding="utf-8") as file:
                json.dump({"repository": mounted + "/shop.git", "environment": "production", "cluster": "test",
                           "pin": server.pin, "directory": mounted + "/fetched", "kubeconfig": mounted + "/kubeconfig"}, file)
            subprocess.run(["chown", "-R", f"{USER}:{USER}", self.directory], check=True)
            said_so = self.inside("/usr/libexec/sluice/sluice-agent", "--config", mounted + "/agent.yaml", "--once")
            self.assertIn("record 1 is healthy: 2 objects, 2 applied", said_so)
            self.assertEqual(plane.must("GET", maps("web"))["data"], {"key": "one"})


def skip_unless_root():
    tried = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode
    if os.getuid() != 0 or tried != 0 or not shutil.which("dpkg-query"):
        print("skipped: only root of a Debian that may unshare its mounts can lay out the tree and enter it")
        sys.exit(77)


if __name__ == "__main__":
    skip_unless_built()
    skip_unless_possible()
    skip_unless_root()
    unittest.main()
