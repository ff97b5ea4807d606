#!/usr/bin/env bash
# Every way to move a ref, for protected branches, protected tags and refs that
# nobody protects: made anew, deleted, forced, moved, deleted and made again, in
# one push with good ones. What may not move stays, and so does what is beside it.
. "$(dirname "$0")/repository.sh"

server shop
git --git-dir="$SERVER" config receive.denyDeleteCurrent ignore
git --git-dir="$SERVER" config receive.denyCurrentBranch ignore
clone
mkdir .sluice
printf 'version: 1\nprotect: [main, prod/*, "refs/tags/v*", "refs/notes/*"]\n' >.sluice/sluice.yaml
config_map first
commit 'first'
pushes git push -q origin HEAD:main
first=$(git rev-parse HEAD)
config_map second
commit 'second'
second=$(git rev-parse HEAD)
git checkout -q --detach "$first"
config_map side
commit 'side'
side=$(git rev-parse HEAD)
git checkout -q --detach "$first"
broken web
commit 'broken'
bad=$(git rev-parse HEAD)
pushes git push -q origin "$second:refs/heads/main"
# Refs that were there before they were protected.
for ref in refs/heads/prod/eu refs/tags/v1 refs/notes/commits; do
  mv "$SERVER/hooks/pre-receive" "$WORK/pre-receive"
  pushes git push -q origin "$second:$ref"
  mv "$WORK/pre-receive" "$SERVER/hooks/pre-receive"
done
count=0

# stays RULE REFSPEC...: rejected, and every ref is where it was.
stays() {
  local rule=$1 before
  shift
  before=$(git --git-dir="$SERVER" for-each-ref)
  rejected "$rule" git push origin "$@"
  equal "$(git --git-dir="$SERVER" for-each-ref)" "$before" "after $*, every ref"
  count=$((count + 1))
}

for ref in refs/heads/prod/eu refs/tags/v1 refs/notes/commits refs/heads/main; do
  stays git/protected-delete ":$ref"
  stays git/non-fast-forward "+$first:$ref"
  stays git/non-fast-forward "+$side:$ref"
  stays schema/unknown-field "+$bad:$ref"
  stays git/protected-delete ":$ref" "$side:refs/heads/topic"
  stays git/non-fast-forward "$side:refs/heads/topic" "$side:refs/tags/t" "+$side:$ref"
  stays git/non-fast-forward --atomic "$side:refs/heads/topic" "+$first:$ref"
done
for ref in refs/heads/prod/new refs/tags/v2 refs/notes/other; do
  stays git/protected-create "$second:$ref"
  stays git/protected-create "$side:refs/heads/topic" "$second:$ref"
  stays schema/unknown-field "$bad:$ref"
done
stays git/reserved-ref "$second:refs/sluice/ledger/production"
stays git/reserved-ref "$second:refs/sluice/x" "$second:refs/heads/topic"

# A tag object on a protected tag is judged by what it names.
git tag -a -m 'release' inner "$bad"
git tag -a -m 'release' outer inner
stays schema/unknown-field refs/tags/inner:refs/tags/v3
stays schema/unknown-field refs/tags/outer:refs/tags/v3

# Names that lead elsewhere are git's own to refuse; nothing of it may land.
for name in 'refs/heads/../../hooks/update' 'refs/heads/a..b' 'refs/heads/a.lock' 'refs/heads/@{1}' 'refs/heads/a b' \
  'refs/heads/.hidden' 'refs/heads/a//b' 'refs/heads/-' 'refs/heads/a~1' 'HEAD' 'config' 'refs/heads/a\b'; do
  before=$(state)
  printf '%s %s %s\0report-status\n' $ZERO "$second" "$name" >"$WORK/command"
  {
    printf '%04x' $(($(wc -c <"$WORK/command") + 4))
    cat "$WORK/command"
    printf 0000
    git pack-objects -q --stdout </dev/null
  } | run git receive-pack "$SERVER"
  if [ "$name" = refs/heads/- ]; then continue; fi
  equal "$(state)" "$before" "after $name, the repository"
  count=$((count + 1))
done

# A delete and a create of one ref in one push: git takes neither or judges both.
before=$(state)
printf '%s %s %s\0report-status\n' "$second" $ZERO refs/heads/prod/eu >"$WORK/delete"
printf '%s %s %s\n' $ZERO "$bad" refs/heads/prod/eu >"$WORK/create"
{
  for part in delete create; do
    printf '%04x' $(($(wc -c <"$WORK/$part") + 4))
    cat "$WORK/$part"
  done
  printf 0000
  printf '%s\n' "$bad" | git pack-objects -q --revs --stdout
} | run git receive-pack "$SERVER"
equal "$(state)" "$before" 'after a delete and a create, the repository'

# What nobody protects moves as it likes, with a good content.
pushes git push origin "$second:refs/heads/topic" "$second:refs/tags/t" "$second:refs/other/x"
pushes git push origin "+$side:refs/heads/topic" "+$side:refs/tags/t" "+$side:refs/other/x"
pushes git push origin :refs/heads/topic :refs/tags/t :refs/other/x
[ "$count" -ge 50 ] || fail "fifty moves and more: $count"
