#!/usr/bin/env bash
# A protected branch or tag that is new holds what was never judged as a whole where it is made
# from the middle of a history; and a ref below refs/replace/ shows other bytes than were judged.
. "$(dirname "$0")/repository.sh"

server shop
clone
mkdir .sluice
printf 'version: 1\nprotect: [main, {branch: "env/*", create: true}, {branch: "refs/tags/**", create: true}]\n' \
  >.sluice/sluice.yaml
config_map first
commit 'first'
FIRST=$(git rev-parse HEAD)
pushes git push -q origin HEAD:main
broken web
commit 'broken'
BROKEN=$(git rev-parse HEAD)
git rm -q web.yaml
commit 'mended'
pushes git push -q origin HEAD:main

for ref in refs/heads/env/production refs/tags/v1; do
  rejected schema/unknown-field git push origin "$BROKEN:$ref"
  equal "$(git --git-dir="$SERVER" for-each-ref "$ref")" '' "nothing stands at $ref"
done
git tag -a -m 'a tag' v2 "$BROKEN"
rejected schema/unknown-field git push origin v2
pushes git push origin "$FIRST:refs/heads/env/old" "$FIRST:refs/tags/v0" HEAD:refs/heads/env/new HEAD:refs/tags/v3
config_map more
commit 'more'
pushes git push origin HEAD:refs/heads/env/ahead
broken other
commit 'broken ahead'
rejected schema/unknown-field git push origin HEAD:refs/heads/env/behind
git reset -q --hard HEAD~1

# Other bytes in the place of those that were judged, in no mode but observe.
GOOD=$(git rev-parse HEAD:first.yaml)
EVIL=$(git hash-object -w --stdin <<<'kind: Evil')
for ref in "refs/replace/$GOOD" refs/replace/x/y; do
  rejected git/replacing-ref git push origin "$EVIL:$ref"
done
git --git-dir="$SERVER" fetch -q "$CLONE" "HEAD:refs/heads/scratch"
git --git-dir="$SERVER" update-ref "refs/replace/$GOOD" "$(git --git-dir="$SERVER" hash-object -w --stdin <<<'kind: Evil')"
rejected git/replacing-ref git push --force origin "$GOOD:refs/replace/$GOOD"
pushes git push origin ":refs/replace/$GOOD"
