#!/usr/bin/env bash
# Whatever stands in names, keys, values, messages and push options, what the
# server sends holds nothing that a terminal obeys: every byte, and the sequences
# that clear, paint, retitle, write back or reverse the text.
. "$(dirname "$0")/repository.sh"

server shop
start
: >"$WORK/all"

# plain: nothing but printable text came from the server.
plain() {
  sed -n 's/^remote: //p' "$WORK/out" >>"$WORK/all"
  # git itself ends each of these lines with eight blanks or ESC [ K.
  if sed -n 's/^remote: //p' "$WORK/out" | sed 's/\x1b\[K$//' |
    LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0\xa6-\xa9]|\xef\xbb\xbf|\xf3\xa0[\x80\x81]'; then
    fail "nothing steers a terminal: $1"
  fi
  git reset -q --hard origin/main
}

# Every byte in a name, a key, a value and a message.
for byte in $(seq 1 255); do
  octal=$(printf '\\%03o' "$byte")
  escaped=$(printf '\\x%02x' "$byte")
  [ "$byte" = 47 ] || entries+=("100644 $(git hash-object -w first.yaml) n$(printf %03d "$byte")${escaped/\\x5c/\\\\}x.yaml")
  printf "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a$byte\n  \"l${octal}m\": 1\nda${octal}te: x${octal}y\n" >"b$byte.yaml"
done
git add -A
git commit -q -m "$(for byte in $(seq 1 255); do printf "\\$(printf %03o "$byte")"; done)" 2>"$WORK/out"
run git push origin HEAD:main
[ $CODE != 0 ] || fail 'broken files are rejected'
plain 'every byte in keys and values'
"$HERE/write_object.py" tree "${entries[@]}" >"$WORK/tree"
run git push origin "$(git commit-tree -p origin/main -m names "$(cat "$WORK/tree")"):refs/heads/main"
[ $CODE != 0 ] || fail 'odd names are rejected'
plain 'every byte in names'

# Sequences, in a name, a key, a comment, a label, a branch's message, an option.
count=0
for sequence in '\x1b[2J' '\x1b[31m' '\x1b[0m' '\x1b[1;1H' '\x1b[K' '\x1b[1A' '\x1b[999D' '\x1b[8m' '\x1b]0;title\x07' \
  '\x1b]8;;https://x.example\x1b\\\\' '\x1b]52;c;eA==\x07' '\x1bP+q544e\x1b\\\\' '\x1b_x\x1b\\\\' '\x1b^x\x1b\\\\' '\x1b[6n' '\x1b[c' \
  '\x1b[?1049h' '\x1b[?25l' '\x1bc' '\x1b(0' '\x1b#8' '\x1b[21t' '\x1b[5i' '\x9b31m' '\xc2\x9b31m' '\xc2\x9d0;t\xc2\x9c' '\xc2\x90x' \
  '\r' '\b\b\b' '\x07' '\x0b' '\x0c' '\x0e' '\x0f' '\x7f' '\xe2\x80\xae' '\xe2\x81\xa6' '\xe2\x80\x8b' '\xef\xbb\xbf' \
  '\xe2\x80\xa8' '\xc2\x85' '\xf3\xa0\x81\x81' '\xd8\x9c'; do
  text=$(printf '%b' "$sequence")
  printf "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 'a%s'\n  labels: {'k%s': v}\n# %s\nd%sate: {}\n" "$text" "$text" "$text" "$text" >web.yaml
  cp web.yaml "we${text//\//_}.yaml"
  git add -A
  git commit -q -m "message $text" 2>"$WORK/out"
  run git push -o "sluice.bypass=$text" -o "$text" origin HEAD:main
  [ $CODE != 0 ] || fail "rejected: $sequence"
  plain "$sequence"
  count=$((count + 1))
done
[ "$count" -ge 40 ] || fail "forty sequences and more: $count"
[ "$(wc -l <"$WORK/all")" -gt 300 ] || fail 'the server said something'
