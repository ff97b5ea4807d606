#!/usr/bin/env bash
# Commits and tags with headers that readers take differently: twice, missing,
# in another order, with NULs, with two signatures, with a mailbox that is code.
# Each is rejected, or judged by the tree that git itself takes; a broken
# manifest comes in with none of them.
. "$(dirname "$0")/repository.sh"

server shop
start
good=$(git rev-parse HEAD^{tree})
parent=$(git rev-parse HEAD)
broken web
git add -A
bad=$(git write-tree)
git reset -q --hard

write() { "$HERE/write_object.py" "$1"; }
# A commit with these lines, in which TREE is what it carries.
carries() { sed "s/TREE/$1/g; s/OTHER/$2/g; s/PARENT/$parent/g" "$WORK/text" | tr '@' '\0'; }

# What git takes for the commit's tree, or nothing.
gits_tree() { git rev-parse -q --verify "$1^{tree}" 2>/dev/null || true; }
count=0 accepted=0

# judge WHAT: $WORK/text, once with the good tree behind the broken one and once
# the other way round.
judge() {
  local commit tree first
  for first in good bad; do
    if [ $first = good ]; then commit=$(carries "$good" "$bad" | write commit); else commit=$(carries "$bad" "$good" | write commit); fi
    tree=$(gits_tree "$commit")
    run git push origin "$commit:refs/heads/main"
    if [ $CODE = 0 ]; then
      [ "$tree" = "$good" ] || fail "$1: the tree that git takes is broken, and came in"
      accepted=$((accepted + 1))
      git --git-dir="$SERVER" update-ref refs/heads/main "$parent"
    else
      grep -qE 'sluice (rejected|could not judge)|fatal|error' "$WORK/out" || fail "$1: the push says why"
    fi
    count=$((count + 1))
  done
}
text() { printf '%b' "$1" >"$WORK/text"; }

A='author Ana <ana@shop.example> 1700000000 +0000\n' C='committer Ana <ana@shop.example> 1700000000 +0000\n'
A=${A//@/ at } C=${C//@/ at }
P='parent PARENT\n' T='tree TREE\n' O='tree OTHER\n'
S='gpgsig -----BEGIN SSH SIGNATURE-----\n x\n -----END SSH SIGNATURE-----\n'
for case in "$T$P$A$C\nm\n" "$T$O$P$A$C\nm\n" "$T$P$O$A$C\nm\n" "$T$P$A$C$O\nm\n" "$T$P$A$A$C\nm\n" "$T$P$A$C$C\nm\n" \
  "$T$P$A$C$S$S\nm\n" "$T$P$A$C$S$O\nm\n" "$T$P$A$C${S}gpgsig-sha256 y\n\nm\n" "$T$P$A$C\nm@$O\n" "$T$P$A$C\n@\n" \
  "$T$P$A${C}encoding \x1b[31m\n\nm\n" "$T$P$A${C}encoding utf-7\n\nm\n" "$T$P$A${C}mergetag object OTHER\n type commit\n\nm\n" \
  "$T$P$C$A\nm\n" "$T$A$C\nm\n" "$T$P${A}\nm\n" "$T$P$C\nm\n" "$T$P\nm\n" "$T$P" "$T" "$P$T$A$C\nm\n" "$A$C$T$P\nm\n" \
  "\n$T$P$A$C\nm\n" " $T$P$A$C\nm\n" "tree  TREE\n$P$A$C\nm\n" "tree TREE \n$P$A$C\nm\n" "Tree TREE\n$P$A$C\nm\n" \
  "tree TREE\r\n$P$A$C\nm\n" "tree\tTREE\n$P$A$C\nm\n" "${T}parent PARENT\nparent PARENT\n$A$C\nm\n" \
  "${T}parent $ZERO\n$A$C\nm\n" "${T}parent PARENT\nparent $ZERO\n$A$C\nm\n" "${T}parent TREE\n$A$C\nm\n" \
  "${T}parent\n$A$C\nm\n" "${T}${P}author\n$C\nm\n" "${T}${P}author <\n$C\nm\n" "${T}${P}author >< 0 +0\n$C\nm\n" \
  "${T}${P}author a <b> 99999999999999999999 +0000\n$C\nm\n" "${T}${P}author a <b> -1 -0000\n$C\nm\n" \
  "${T}${P}author a <b> 1 +9999\n$C\nm\n" "${T}${P}author a <b>\n$C\nm\n" "${T}${P}author a@b <c> 1 +0000\n$C\nm\n" \
  "$T$P$A$C continued\n OTHER\n\nm\n" "$T$P$A${C}x-tree OTHER\n\nm\n" "$T$P$A${C}HG:extra y\n\nm\n" "$T$P$A$C\n\xff\xfe\n" \
  "$T$P$A$C" "$T$P$A${C}gpgsig" "$T$P$A${C}gpgsig \n\n" "$T$P${A}committer Ana <ana> 1 +0000 @ tree OTHER\n\nm\n"; do
  text "$case"
  judge "$case"
done
[ "$count" -ge 100 ] || fail "a hundred commits and more: $count"
[ "$accepted" -gt 10 ] || fail "some of them come in: $accepted"

# What an ordinary commit says is looked at.
text "$T$P$A$C\nharmless \xe2\x80\xae\n"
commit=$(carries "$good" "$bad" | write commit)
rejected text/bidirectional git push origin "$commit:refs/heads/main"

# Tags: of a tag, of nothing, with another type than what they name.
commit=$(git commit-tree -p "$parent" -m 'broken' "$bad")
for case in "object $commit\ntype commit\ntag t\n\nm\n" "object $commit\ntype tree\ntag t\n\nm\n" \
  "object $commit\ntype commit\nobject $parent\ntag t\n\nm\n" "object $ZERO\ntype commit\ntag t\n\nm\n" \
  "object $bad\ntype commit\ntag t\n\nm\n" "type commit\nobject $commit\n\nm\n" "object $commit\n" ""; do
  tag=$(printf '%b' "$case" | write tag)
  run git push origin "$tag:refs/heads/main"
  [ $CODE != 0 ] || fail "no tag on a branch: $case"
  run git push -f origin "$tag:refs/tags/t"
  ! grep -q 'what()\|terminate' "$WORK/out" || fail "a tag is judged or not: $case"
done
equal "$(tip main)" "$parent" "the server's main"
