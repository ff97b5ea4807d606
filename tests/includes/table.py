"""What may include what, as data. The folders are the stages of the pipeline
and includes go one way: a folder includes itself, base/ and what stands in its
row. A new row needs a new stage or a new third-party library."""

# Folder: the other folders whose headers it may include.
MAY_INCLUDE = {
    "base": "",
    "process": "",
    "crypto": "process",
    "net": "",
    "git": "process crypto",
    "manifests": "process crypto",
    "schemas": "manifests",
    "policies": "manifests schemas",
    "cluster": "manifests schemas policies net crypto process",
    "promotion": "manifests git crypto",
    "gate": "git manifests schemas policies promotion crypto",
    "report": "",
    "hooks": "gate report git manifests promotion process",
    "agent": "promotion cluster manifests schemas git net crypto process",
    "cli": "process crypto git manifests schemas policies promotion gate report hooks",
}

# Files of cli/ whose names begin so belong to the program sluice-cluster, the
# only one that may also include what follows.
CLUSTER_PROGRAM = ("cluster", "cluster net")

# Third-party libraries: how their headers begin, the folder that may include
# them (in its .cc files, never in a header), and the CMake target. The first
# that fits counts. Of OpenSSL, crypto/ has digests and signatures, net/ has TLS
# and what certificates say.
LIBRARIES = [
    ("yaml.h", "manifests", "lib_yaml"),
    ("yaml-cpp/", "manifests", "lib_yaml_cpp"),
    ("re2/", "manifests", "lib_re2"),
    ("valijson/", "schemas", "valijson"),
    ("nlohmann/", "schemas", "nlohmann_json::nlohmann_json"),
    ("seccomp.h", "process", "lib_seccomp"),
    ("openssl/ssl.h", "net", "lib_ssl"),
    ("openssl/", "crypto net", "lib_crypto"),
    ("zlib.h", "git", "lib_zlib"),
    ("git2.h", "git", "lib_git2"),
    ("git2/", "git", "lib_git2"),
    ("CLI/", "cli", "CLI11::CLI11"),
]

# The ones that headers of their folder may include, for want of a forward
# declaration; such a header is for its own folder alone.
IN_HEADERS = ["nlohmann/"]

# What any folder may include besides: fmt, and the system by these beginnings.
ANYWHERE = ["fmt/", "sys/", "linux/", "netinet/", "arpa/"]

# Headers of POSIX and of Linux that stand in no folder.
SYSTEM = """
cpuid.h dirent.h fcntl.h fnmatch.h getopt.h grp.h immintrin.h malloc.h netdb.h poll.h pthread.h pwd.h sched.h signal.h
spawn.h stdint.h stdlib.h string.h strings.h syslog.h termios.h time.h unistd.h
""".split()

# Names that say nothing of what a thing is; no file or folder has one.
EMPTY_NAMES = ["util", "utils", "common", "helper", "helpers", "misc"]

# The longest source file.
MAX_LINES = 700
