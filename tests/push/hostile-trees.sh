#!/usr/bin/env bash
# Trees that lead a reader astray, in real pushes: links, submodules, disguises
# of .git, names and modes that git does not write, entries twice. Each is
# rejected with its reason, and nothing outside the repository is read.
. "$(dirname "$0")/repository.sh"

server shop
clone
mkdir .sluice
printf 'version: 1\nroots:\n  include: ["**"]\n' >.sluice/sluice.yaml
config_map first
commit 'first'
pushes git push -q origin HEAD:main
secret=planted-$RANDOM$RANDOM
printf 'kind: %s\n' "$secret" | tee "$WORK/secret" "$SERVER/secret" >"$WORK/srv/secret"
file=$(git hash-object -w first.yaml)
sluice=$(git rev-parse HEAD:.sluice)
config_map second
other=$(git hash-object -w second.yaml)
rm second.yaml
folder=$("$HERE/write_object.py" tree "100644 $other second.yaml")

# link TARGET, modules NAME PATH URL: blobs.
link() { printf %s "$1" | git hash-object -w --stdin; }
modules() { printf '[submodule "%s"]\n\tpath = %s\n\turl = %s\n' "$1" "$2" "$3" | git hash-object -w --stdin; }

# offer WHAT ENTRY...: pushes the tree of main with these entries.
offer() {
  local tree
  what=$1
  shift
  tree=$("$HERE/write_object.py" tree "40000 $sluice .sluice" "100644 $file first.yaml" "$@")
  run git push origin "$(git commit-tree -p origin/main -m "$what" "$tree"):refs/heads/main"
  silent_on "$secret"
}
refuses() {
  local text=$1
  shift
  offer "$@"
  [ $CODE != 0 ] || fail "this tree is rejected: $what"
  grep -qF -- "$text" "$WORK/out" || fail "$what: the output says: $text"
  at main origin/main
  count=$((count + 1))
}
count=0

# Disguises of .git: CVE-2014-9390, CVE-2019-1352, -1353, -1354.
for name in .git .GIT .gIt '.git ' .git. '.git. . ' '.git::$INDEX_ALLOCATION' 'git~1' 'GIT~1' 'GiT~1...' \
  '.g\xe2\x80\x8cit' '\xe2\x80\x8e.git' '\xef\xbb\xbf.git' '.git\\\\x'; do
  refuses '[git/odd-path]' "a file named $name" "100644 $other $name"
done
refuses '[git/odd-path]' 'a folder named .git' "40000 $folder .git"
refuses '[git/odd-path]' 'a folder named git~1' "40000 $folder git~1"

# Names: CVE-2025-48384 (a carriage return at the end), bytes that are no text.
for name in 'a.yaml\r' 'a\rb.yaml' 'a\nb.yaml' '\x1b[31m.yaml' 'a\x7f.yaml' 'a\xc2\x85.yaml' '\xff.yaml' '\xc0\xaf.yaml' \
  '\xed\xa0\x80.yaml' '\xf4\x90\x80\x80.yaml' 'a.yaml.' 'a.yaml ' '..\\\\..\\\\x.yaml'; do
  refuses '[git/odd-path]' "a file named $name" "100644 $other $name"
done
refuses '[git/odd-path]' 'a name of 4 KiB' "100644 $other $(head -c 4096 /dev/zero | tr '\0' n)"
refuses '[text/bidirectional]' 'a name that reads backwards' "100644 $other "'a\xe2\x80\xaelmay.txt'
refuses '[text/invisible]' 'a name with a character that nobody sees' "100644 $other "'a\xe2\x80\x8b.yaml'

# Links: out of the repository, into it, to themselves.
for target in /etc/passwd "$WORK/secret" ../secret ../../secret ../../../../../../../../etc/passwd first.yaml \
  link.yaml none . / '.git/config' "$SERVER/config"; do
  refuses '[git/symlink]' "a link to $target" "120000 $(link "$target") link.yaml"
done
refuses '[git/symlink]' 'a link as a folder' "120000 $(link "$WORK") apps"
refuses '[git/symlink]' 'a link as a kustomization' "120000 $(link "$WORK/secret") kustomization.yaml"
refuses '[git/symlink]' 'a link with a target of 8 KiB' "120000 $(link "$(head -c 8192 /dev/zero | tr '\0' x)") link.yaml"

# Submodules: CVE-2018-11235, -17456, CVE-2019-1387, CVE-2024-32002, -32004,
# CVE-2024-52006, CVE-2025-48384, CVE-2026-53584.
commit=$(git rev-parse HEAD)
refuses '[git/submodule]' 'a submodule' "160000 $commit vendor"
refuses '[git/submodule]' 'a submodule of no commit' "160000 ${ZERO//0/a} vendor"
refuses '[git/submodule]' 'a submodule whose name leads out' \
  "160000 $commit vendor" "100644 $(modules ../../hooks vendor https://x.example) .gitmodules"
refuses '[git/submodule]' 'a submodule whose path is an option' \
  "160000 $commit -u" "100644 $(modules x -u https://x.example) .gitmodules"
refuses '[git/submodule]' 'a submodule whose URL is an option' \
  "160000 $commit vendor" "100644 $(modules x vendor --upload-pack=touch) .gitmodules"
refuses '[git/submodule]' 'a submodule of ../' \
  "160000 $commit vendor" "100644 $(modules x vendor ../x) .gitmodules"
refuses '[git/submodule]' 'a submodule whose URL holds a line feed' \
  "160000 $commit vendor" "100644 $(modules x vendor 'https://x.example/%0ahost=y') .gitmodules"
refuses '[git/submodule]' 'a submodule beside a link of its name in capitals' \
  "160000 $commit A" "120000 $(link .git) a"
refuses '[git/submodule]' 'a submodule named git~2 beside git~1' "160000 $commit git~2"

# Modes.
for mode in 0100644 00100644 100600 100666 100000 777 0 170000 60000 140000; do
  refuses '[git/odd-mode]' "a file of mode $mode" "$mode $other x.yaml"
done
refuses 'is malformed' 'a mode past 32 bits' "37777777777 $other x.yaml"
refuses '[git/odd-mode]' 'a folder of mode 040000' "040000 $folder apps"
refuses '[git/odd-mode]' 'a folder of mode 40755' "40755 $folder apps"
refuses 'not a tree' 'a folder that is a file' "40000 $other apps"
refuses '[yaml/encoding]' 'a file that is a folder' "100644 $folder x.yaml"

# Entries.
refuses 'holds two entries named "a.yaml"' 'a file twice' "100644 $other a.yaml" "100644 $file a.yaml"
refuses 'holds two entries named "a.yaml"' 'the same file twice' "100644 $other a.yaml" "100644 $other a.yaml"
refuses 'holds two entries named "a"' 'a file and a folder of one name' "100644 $other a" "40000 $folder a"
refuses 'is not in the order of a tree' 'entries out of order' --as-given "100644 $other b.yaml" "100644 $other a.yaml"
refuses 'whose name is none: "../../x.yaml"' 'an entry with a slash' "100644 $other ../../x.yaml"
refuses 'whose name is none: "."' 'an entry .' "100644 $other ."
refuses 'whose name is none: ".."' 'an entry ..' "40000 $folder .."
refuses 'empty filename' 'an entry without a name' "100644 $other "

# Names that only look strange, and a link where no manifest is read.
accepts() {
  offer "$@"
  [ $CODE = 0 ] || fail "this tree is accepted: $what"
  git fetch -q origin
}
accepts 'plain names' "100644 $other git~2" "100644 $other .gitx" "100644 $other -rf" "100644 $other C:x" \
  "100644 $other gr\xc3\xb6\xc3\x9fe.txt" "100644 $other gro\xcc\x88\xc3\x9fe.txt" "100755 $other x"
sluice=$(git commit-tree -p origin/main -m 'no roots' "$("$HERE/write_object.py" tree "100644 $file first.yaml")")
pushes git push origin "$sluice:refs/heads/main"
git fetch -q origin
sluice=$("$HERE/write_object.py" tree)
accepts 'a link that is no manifest' "120000 $(link "$WORK/secret") README.md"

git --git-dir="$SERVER" fsck --no-dangling 2>&1 | grep -E '^(missing|broken)' && fail 'the repository is whole'
equal "$(find "$SERVER/objects" -name 'tmp_*' | wc -l)" 0 'temporary directories'
[ "$count" -ge 75 ] || fail "seventy-five trees and more: $count"
