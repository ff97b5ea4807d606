#!/usr/bin/env bash
# Histories whose tip is clean and whose middle holds a secret or a hidden
# character: in a line, on a side that was merged, in a merge itself, in a first
# commit of their own, in another order, under another name. 40 of them, or
# $SLUICE_HISTORIES (a release: 200); each is found, and clean ones of the same
# shapes come in. What only git sees (replaced commits, grafts) changes nothing.
. "$(dirname "$0")/repository.sh"

server shop
start
base=$(git rev-parse HEAD)
: "${SLUICE_HISTORIES:=40}"
RANDOM=${SLUICE_SEED:-1}
secret=c2VjcmV0LWluLXRoZS1taWRkbGU=

# One change: good, or bad in one of four ways; undone by `undo`.
good() { config_map "good$1" "$2" && git add -A; }
bad() {
  case $(($1 % 4)) in
    0) config_map bad && sed -i "s/ConfigMap/Secret/; s/\"value\"/$secret/" bad.yaml ;;
    1) config_map bad && printf '# \xe2\x80\xae hidden\n' >>bad.yaml ;;
    2) printf 'aws_key = AKIA%s\n' QYLPMN5HNM4DXIA7 >notes.txt ;;
    3) mkdir -p deep/er && config_map bad && sed -i "s/ConfigMap/Secret/; s/\"value\"/$secret/" bad.yaml && mv bad.yaml deep/er/x.json.yml ;;
  esac
  git add -A
}
undo() { git rm -qrf --ignore-unmatch bad.yaml notes.txt deep; }
step() { git commit -q --allow-empty -m "step"; }

# history SHAPE KIND CLEAN: makes it; where CLEAN is not empty nothing bad is in it.
history() {
  local change=bad
  [ -z "$3" ] || change=good
  git checkout -q --detach "$base"
  case $1 in
    0) $change "$2" a && step && undo && step ;;
    1) good 1 a && step && $change "$2" a && step && good 2 b && step && undo && step && good 1 c && step ;;
    2) # on a side that is merged
      $change "$2" a && step && undo && step && other=$(git rev-parse HEAD)
      git checkout -q --detach "$base" && good 3 a && step && git merge -q --no-ff -m merge "$other" ;;
    3) # in the merge itself, undone behind it
      good 1 a && step && other=$(git rev-parse HEAD)
      git checkout -q --detach "$base" && good 2 a && step && git merge -q --no-ff --no-commit "$other" >"$WORK/out"
      $change "$2" a && step && undo && step ;;
    4) # a history without a common root, merged
      git checkout -q --orphan "root$RANDOM$RANDOM" && git rm -qrf . && $change "$2" a && step && undo && step
      other=$(git rev-parse HEAD) && git checkout -q --detach "$base"
      git merge -q --no-ff --allow-unrelated-histories -m merge "$other" ;;
    5) # thrown away by the merge: -s ours
      $change "$2" a && step && other=$(git rev-parse HEAD)
      git checkout -q --detach "$base" && good 4 a && step && git merge -q -s ours --no-ff -m ours "$other" ;;
    6) # three sides at once
      $change "$2" a && step && undo && step && other=$(git rev-parse HEAD)
      git checkout -q --detach "$base" && good 5 a && step && third=$(git rev-parse HEAD)
      git checkout -q --detach "$base" && good 6 a && step && git merge -q --no-ff -m octopus "$other" "$third" >"$WORK/out" ;;
    7) # there and back twice
      $change "$2" a && step && undo && step && $change "$2" a && step && undo && step ;;
  esac
}

for n in $(seq "$SLUICE_HISTORIES"); do
  shape=$((n % 8)) kind=$((RANDOM % 4))
  history $shape $kind ''
  case $kind in
    0 | 3) rule=secret/plain ;;
    1) rule=text/bidirectional ;;
    2) rule=secret/token ;;
  esac
  for ref in refs/heads/main refs/heads/topic; do
    run git push origin "HEAD:$ref"
    [ $CODE != 0 ] || fail "history $n, shape $shape, kind $kind: $ref does not take it"
    says "[$rule]"
    silent_on "$secret"
  done
done
equal "$(tip main)" "$base" "the server's main"
for shape in 0 1 2 3 4 5 6 7; do
  history $shape 0 clean
  pushes git push origin "HEAD:refs/heads/clean$shape"
done

# What git shows in place of a commit is not what is judged, nor may it be pushed.
history 0 0 ''
git replace HEAD~ "$base"
rejected git/replacing-ref git --no-replace-objects push origin refs/replace/*:refs/replace/*
git --git-dir="$SERVER" update-ref "refs/replace/$(git --no-replace-objects rev-parse HEAD~)" "$base"
rejected secret/plain git --no-replace-objects push origin HEAD:main
git replace -d "$(git rev-parse HEAD~)" >/dev/null
mkdir -p .git/info
git rev-parse HEAD >.git/info/grafts
run git push origin HEAD:main
[ $CODE != 0 ] || fail 'a graft hides nothing'
rm .git/info/grafts
equal "$(tip main)" "$base" "the server's main"

# A shallow clone pushes what it has; the server does not become shallow.
git clone -q --depth=1 "file://$SERVER" "$WORK/shallow" 2>"$WORK/out"
cd "$WORK/shallow"
config_map shallow
commit 'on a shallow clone'
pushes git push origin HEAD:refs/heads/shallow
bad 0
commit 'bad'
undo
commit 'clean again'
rejected secret/plain git push origin HEAD:refs/heads/shallow
[ ! -e "$SERVER/shallow" ] || fail 'the server is not shallow'

# What git shows of a commit besides its files: names of people, paths that are gone.
cd "$CLONE"
git checkout -q --detach "$base"
hidden=$(printf 'a\xe2\x80\xaeb')
git commit -q --allow-empty --author "$hidden <ana@shop.example>" -m 'an odd author'
rejected text/bidirectional git push origin HEAD:main
git checkout -q --detach "$base"
echo x >"$hidden.txt"
commit 'an odd path'
git rm -q "$hidden.txt"
commit 'and it is gone'
rejected text/bidirectional git push origin HEAD:main
