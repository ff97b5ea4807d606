#!/usr/bin/env bash
# A push cannot weaken what judges it: thirty ways to change, move, hide or
# remove the configuration beside a broken manifest, and none gets it in.
. "$(dirname "$0")/repository.sh"

server shop
clone
mkdir .sluice
printf 'version: 1\nprotect: [main, env/*]\n' >.sluice/sluice.yaml
config_map first
commit 'first'
pushes git push -q origin HEAD:main
weak='version: 1\nprotect: [nothing]\nrules: {schema: "off"}\n'
count=0

# bring WHAT COMMAND...: what the command does to the tree, and a broken manifest
# with it, in one commit and in two.
bring() {
  local what=$1 order
  shift
  for order in together before after; do
    git checkout -q --detach origin/main
    [ $order != after ] || { broken web && commit 'broken'; }
    "$@"
    [ $order != before ] || commit 'the configuration'
    broken web
    commit "$what"
    run git push origin HEAD:main
    [ $CODE != 0 ] || fail "$what, $order: rejected"
    grep -qE '\[(schema/unknown-field|git/[a-z-]+)\]|sluice could not judge' "$WORK/out" || fail "$what, $order: says why"
    at main origin/main
    count=$((count + 1))
  done
}
weaken() { printf "$weak" >.sluice/sluice.yaml; }
waive() {
  printf -- '- {rule: schema/unknown-field, paths: ["**"], owner: ana, reason: r, expires: "2099-01-01"}\n' >.sluice/waivers.yaml
}
rename() { git mv .sluice "$1"; }
capitals() { mkdir .SLUICE && printf "$weak" >.SLUICE/sluice.yaml; }
link_file() { printf "$weak" >weak && ln -sf ../weak .sluice/sluice.yaml; }
link_folder() { mkdir weak && printf "$weak" >weak/sluice.yaml && git rm -qr .sluice && ln -s weak .sluice; }
submodule() { git rm -qr .sluice && git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),.sluice"; }
second_document() { printf -- "---\n$weak" >>.sluice/sluice.yaml; }
exclude() { printf 'version: 1\nroots: {exclude: ["**"]}\n' >.sluice/sluice.yaml; }
limits() { printf 'version: 1\nlimits: {fileBytes: 1}\n' >.sluice/sluice.yaml; }

bring 'a weaker configuration' weaken
bring 'a waiver' waive
bring 'no configuration' git rm -qr .sluice
bring 'the configuration under another name' rename sluice
bring 'the configuration in capitals beside it' capitals
bring 'a link for the file' link_file
bring 'a link for the folder' link_folder
bring 'a second document' second_document
bring 'roots without anything' exclude
bring 'limits without anything' limits

# A merge whose other side weakens, with and without the broken file there.
for side in weak both; do
  git checkout -q --detach origin/main
  weaken
  [ $side = weak ] || broken web
  commit 'the other side'
  other=$(git rev-parse HEAD)
  git checkout -q --detach origin/main
  [ $side = both ] || broken web
  commit 'this side'
  git merge -q --no-ff -m 'merged' "$other"
  rejected schema/unknown-field git push origin HEAD:main
  count=$((count + 1))
done

# Another ref of the same push brings it.
git checkout -q --detach origin/main
weaken
commit 'weaker'
weaker=$(git rev-parse HEAD)
git checkout -q --detach origin/main
broken web
commit 'broken'
rejected schema/unknown-field git push origin "$weaker:refs/heads/topic" HEAD:main
rejected schema/unknown-field git push --atomic origin "$weaker:refs/heads/topic" "$weaker:refs/tags/v1" HEAD:main
rejected schema/unknown-field git push origin "$weaker:refs/heads/sluice.yaml" HEAD:main
equal "$(tip refs/heads/topic)" none 'the other branch'
# The branch is no longer protected only from the next push on.
rejected schema/unknown-field git push origin HEAD:main "$weaker:refs/heads/env/dev"
at main origin/main
[ "$count" -ge 30 ] || fail "thirty variants and more: $count"
