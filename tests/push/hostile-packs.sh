#!/usr/bin/env bash
# Packs that are small on the wire and large behind it: a delta that writes a hundred
# megabytes, a file of one letter, a hundred million names, trees of trees.
# The judge stays below 256 MiB, names the limit, and nothing gets in.
. "$(dirname "$0")/repository.sh"
command -v python3 >/dev/null || skip 'there is no python3'

server shop
start
old=$(git rev-parse HEAD)
first=$(git rev-parse HEAD:first.yaml)
# The whole of the hook has 256 MiB of address space, on top of its own file.
mkdir "$WORK/bounded"
printf '#!/bin/sh\nulimit -v %d\nexec %s "$@"\n' $((256 * 1024)) "$HOOK" >"$WORK/bounded/sluice-hook"
chmod +x "$WORK/bounded/sluice-hook"
sed -i "1s|.*|#!$WORK/bounded/sluice-hook pre-receive|" "$SERVER/hooks/pre-receive"

# offer WHAT TREE: a commit with this tree, by git's own push.
offer() { run git push -q origin "$(git commit-tree -p "$old" -m "$1" "$2"):refs/heads/main"; }
# refuses TEXT WHAT TREE.
refuses() {
  offer "$2" "$3"
  [ $CODE != 0 ] || fail "rejected: $2"
  says "$1"
  equal "$(tip main)" "$old" "after $2, the server's main"
}
tree() { "$HERE/write_object.py" tree "100644 $first first.yaml" "$@"; }

# Files past the limit, compressed to a thousandth.
zeros=$(head -c 60000000 /dev/zero | tr '\0' '#' | git hash-object -w --stdin)
refuses 'larger than' 'a manifest of 60 MB' "$(tree "100644 $zeros large.yaml")"
edge=$({ head -c 16777217 /dev/zero | tr '\0' '#'; } | git hash-object -w --stdin)
refuses 'larger than' 'a manifest of 16 MiB and one byte' "$(tree "100644 $edge large.yaml")"

# A delta: 64 KiB, copied 1,500 times. The server's git writes it out in full.
python3 - "$old" "$first" >"$WORK/delta.pack" <<'PY'
import hashlib, struct, sys, zlib
def number(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])
def entry(kind, size, between, data):
    first, size = kind << 4 | size & 15, size >> 4
    out = b""
    while size:
        out, first, size = out + bytes([first | 128]), size & 127, size >> 7
    return out + bytes([first]) + between + zlib.compress(data, 9)
def name(kind, data): return hashlib.sha1(kind + b" %d\0" % len(data) + data)
base, copies = b"#" * 65535 + b"\n", 1500
delta = number(len(base)) + number(len(base) * copies) + b"\x80" * copies  # 0x80: 64 KiB from 0
large = hashlib.sha1(b"blob %d\0" % (len(base) * copies))
for _ in range(copies): large.update(base)
tree = b"100644 first.yaml\0" + bytes.fromhex(sys.argv[2]) + b"100644 large.yaml\0" + large.digest()
tree_id = name(b"tree", tree)
commit = (f"tree {tree_id.hexdigest()}\nparent {sys.argv[1]}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nm\n").encode()
pack = b"PACK" + struct.pack(">II", 2, 4)
pack += entry(1, len(commit), b"", commit) + entry(2, len(tree), b"", tree) + entry(3, len(base), b"", base)
pack += entry(7, len(delta), name(b"blob", base).digest(), delta)
pack += hashlib.sha1(pack).digest()
line = b"%s %s refs/heads/main\0report-status side-band-64k" % (sys.argv[1].encode(), name(b"commit", commit).hexdigest().encode())
sys.stdout.buffer.write(b"%04x" % (len(line) + 4) + line + b"0000" + pack)
PY
[ "$(wc -c <"$WORK/delta.pack")" -lt 4096 ] || fail 'the bomb is small'
for unpack in 1 1000; do
  git --git-dir="$SERVER" config receive.unpackLimit $unpack
  run git receive-pack "$SERVER" <"$WORK/delta.pack"
  says 'git/too-large'
  equal "$(tip main)" "$old" 'after a delta that writes a hundred megabytes, the server'"'"'s main'
done

# Trees in which each names the one below ten times: 10^8 files in nine objects.
below=$("$HERE/write_object.py" tree "100644 $first a.yaml")
for _ in 1 2 3 4 5 6 7 8; do
  entries=()
  for name in 0 1 2 3 4 5 6 7 8 9; do entries+=("40000 $below $name"); done
  below=$("$HERE/write_object.py" tree "${entries[@]}")
done
refuses '[git/too-large]' 'a hundred million files' "$(tree "40000 $below bomb")"

# A tree with 30,000 names, and one 300 deep.
printf "100644 blob $first\tf%d.yaml\n" $(seq 30000) | git mktree >"$WORK/wide"
refuses '[git/too-large]' 'thirty thousand files' "$(cat "$WORK/wide")"
below=$("$HERE/write_object.py" tree "100644 $first a.yaml")
for _ in $(seq 300); do
  below=$(printf '040000 tree %s\td\n' "$below" | git mktree)
done
refuses 'deep' 'a file 300 folders down' "$(tree "40000 $below d")"

# What git's own limit stops never reaches the judge.
git --git-dir="$SERVER" config receive.maxInputSize 1m
noise=$(head -c 3000000 /dev/urandom | base64 | git hash-object -w --stdin)
refuses 'maximum allowed size' 'a push past receive.maxInputSize' "$(tree "100644 $noise noise.txt")"
git --git-dir="$SERVER" fsck --no-dangling >"$WORK/out" 2>&1 || fail 'the repository is whole'
equal "$(find "$SERVER/objects" -name 'tmp_*' | wc -l)" 0 'temporary directories'
