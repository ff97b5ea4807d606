#!/usr/bin/env bash
# Where hook.yaml says `clusters: ask`, a request asks the clusters that the repository names
# about what it changes of the environment, once all else holds: what they refuse is not
# recorded, and where none can answer only what the configuration says. A script stands in the
# place of sluice-cluster.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

PYTHON=$(command -v python3) || skip 'no python3'
mkdir "$WORK/bin/hook"
cp "$SLUICE_HOOK" "$WORK/bin/hook/sluice-hook"
cp "$SLUICE" "$WORK/bin/hook/sluice"
HOOK=$WORK/bin/hook/sluice-hook
SLUICE=$WORK/bin/hook/sluice
FAKE=$WORK/bin/hook/sluice-cluster
# Refuses what "$WORK/refuses" names, of an object that goes with a minus in front.
cat >"$FAKE" <<PYTHON
#!$PYTHON
import json, os, sys
question = json.load(sys.stdin)
refuses = open("$WORK/refuses").read().split()
answers = []
names = []
for o in question["objects"]:
    name = "-" * o["removal"] + o["name"]
    names.append(name)
    refused = name in refuses
    answers.append({"known": "refused" if refused else "taken", "effect": "none", "reason": "", "live": "", "taken": "",
                    "causes": [{"rule": "cluster/denied", "field": "", "message": "no"}] * refused})
with open("$WORK/questions", "a") as file:
    print(question["cluster"], *sorted(names), file=file)
print(json.dumps({"version": 1, "minor": "1.36", "trouble": "", "answers": answers}))
PYTHON
chmod +x "$FAKE"
: >"$WORK/refuses"

# policy_of RULES [PATHS]: production as it asks for people, and runs on prod.
policy_of() {
  policy "$ASKS, clusters: [prod]"
  printf 'clusters:\n  prod: {kubernetes: "1.36", paths: ["%s"]}\n  elsewhere: {kubernetes: "1.36", paths: ["other/**"]}\n%s\n' \
    "${2:-envs/production/**}" "$1" >>.sluice/sluice.yaml
  commit 'policy'
  pushes git push -q origin HEAD:main
  "$SLUICE" ledger policy "$SERVER" --sign "ana=$WORK/ana" >"$WORK/out" 2>&1 || fail 'the policy is recorded'
}
# changes NAME VALUE: an object of production, on main.
changes() {
  (cd envs/production && config_map "$1" "$2")
  commit "production: $1 $2"
  pushes git push -q origin HEAD:main
}
# asked_about LINES: all questions since the last time.
asked_about() {
  touch "$WORK/questions"
  equal "$(cat "$WORK/questions")" "$1" 'what was asked'
  rm "$WORK/questions"
}
nobody_is_asked() { [ ! -e "$WORK/questions" ] || fail "nobody is asked: $(cat "$WORK/questions")"; }
# evidence WORDS: of the newest record.
evidence() {
  shows production
  says "\"evidence\":{$1}"
}
reconciles() { run "$SLUICE" ledger reconcile "$SERVER"; }

request_server
policy_of ''

# Nobody is asked unless the operator says so.
changes more one
asks dan
agrees ana
runs production 2
nobody_is_asked
evidence '"cluster":0,"offline":1,"unverified":0'

# Whoever asks hears what the cluster says; while people are missing nobody asks again, and
# what is recorded it vouched for. Of the folder it is asked what differs, of others nothing.
echo 'clusters: ask' >>"$OPERATOR"
changes more two
asked_about 'prod more'
(cd envs/staging && config_map aside)
commit 'of staging'
pushes git push -q origin HEAD:main
nobody_is_asked
changes extra one
asked_about 'prod extra'
asks dan
equal "$CODE" 0 'a request'
asked_about 'prod extra more'
says 'production waits, as dan asked:'
reconciles
nobody_is_asked
agrees ana
says 'production, as dan asked, is at record 3'
asked_about 'prod extra more'
evidence '"cluster":2,"offline":0,"unverified":0'

# What it refuses nobody may ask for.
changes more three
rm -f "$WORK/questions"
echo more >"$WORK/refuses"
asks dan
[ "$CODE" != 0 ] || fail 'a request for what the cluster refuses'
says 'what it asks for is not accepted: cluster prod: no [cluster/denied]'
# And what it refuses by then is not recorded.
: >"$WORK/refuses"
asks dan
equal "$CODE" 0 'a request'
echo more >"$WORK/refuses"
agrees ana
equal "$CODE" 0 'an approval'
says 'production waits, as dan asked:'
says 'cluster prod: no'
runs production 3
reconciles
says 'cluster prod: no'
runs production 3
: >"$WORK/refuses"
reconciles
says 'production, as dan asked, is at record 4'
runs production 4
rm -f "$WORK/questions"

# What goes is asked about as a removal; an object of that name in another folder is another one.
(cd envs/staging && config_map extra)
git rm -q envs/production/extra.yaml
commit 'without extra'
pushes git push -q origin HEAD:main
rm -f "$WORK/questions"
asks dan
asked_about 'prod -extra'
echo -extra >"$WORK/refuses"
agrees ana
says 'its removal: cluster prod: no'
runs production 4
: >"$WORK/refuses"
reconciles
runs production 5
rm -f "$WORK/questions"

# A program that fails verifies nothing, and rejects nothing.
mv "$FAKE" "$FAKE.away"
printf '#!/bin/sh\nkill -SEGV $$\n' >"$FAKE"
chmod +x "$FAKE"
changes more four
asks dan
agrees ana
runs production 6
evidence '"cluster":0,"offline":0,"unverified":1'

# Unless the policy says that it does: no answer, a wrong one, none in time.
mv "$FAKE.away" "$FAKE"
policy_of 'rules: {cluster/unverified: error}'
changes more five
asks dan
equal "$CODE" 0 'a request'
cp "$FAKE" "$FAKE.good"
printf '#!/bin/sh\necho "{}"\n' >"$FAKE"
agrees ana
says 'production waits, as dan asked:'
says 'cluster/unverified'
runs production 6
rm "$FAKE"
reconciles
says 'sluice-cluster'
runs production 6
printf '#!/bin/sh\nexec sleep 600\n' >"$FAKE"
chmod +x "$FAKE"
sed -i 's/^deadline: .*/deadline: 3s/' "$OPERATOR"
reconciles
runs production 6
sed -i 's/^deadline: .*/deadline: 60s/' "$OPERATOR"
mv "$FAKE.good" "$FAKE"
reconciles
says 'production, as dan asked, is at record 7'
runs production 7
rm -f "$WORK/questions"

# A cluster that runs nothing of the folder is not asked.
policy_of '' 'envs/production/conf/**'
changes more six
asks dan
agrees ana
runs production 8
nobody_is_asked

# Those that the operator's policy names are asked besides, each once.
git init -q --bare "$WORK/srv/floor.git"
git clone -q "$WORK/srv/floor.git" "$WORK/floor" 2>/dev/null
(
  cd "$WORK/floor"
  mkdir -p .sluice
  printf 'version: 1\nclusters:\n  %s: {kubernetes: "1.36"}\n  %s: {kubernetes: "1.36"}\n' prod audit >.sluice/sluice.yaml
  commit 'floor'
  git push -q origin HEAD:main
)
echo "policy: {repository: $WORK/srv/floor.git, ref: refs/heads/main}" >>"$OPERATOR"
policy_of ''
changes more seven
rm -f "$WORK/questions"
asks dan
asked_about 'prod more
audit more'
echo more >"$WORK/refuses"
agrees ana
says 'cluster audit: no'
runs production 8
: >"$WORK/refuses"
reconciles
runs production 9
evidence '"cluster":1,"offline":0,"unverified":0'

audited
