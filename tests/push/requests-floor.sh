#!/usr/bin/env bash
# An operator's policy by which a folder moves by request: the repository's own configuration
# has to say so too, of the same environment; until then no push reaches the folder.
. "$(dirname "$0")/repository.sh"
. "$HERE/ledger-server.sh"
. "$HERE/environments.sh"
. "$HERE/request-server.sh"

request_server
git init -q --bare "$WORK/srv/floor.git"
git clone -q "$WORK/srv/floor.git" "$WORK/floor" 2>/dev/null
# floor ENVIRONMENT: of the operator's policy.
floor() {
  (
    cd "$WORK/floor"
    mkdir -p .sluice
    printf 'version: 1\npeople: {ana: {}, chi: {gitolite: chi}, dan: {gitolite: dan}}\nenvironments:\n  %s\n' "$1" >.sluice/sluice.yaml
    cp "$CLONE/.sluice/allowed_signers" .sluice/
    commit "floor $1"
    git push -q origin HEAD:main
  )
}
# refused NAME SAYS: a push that changes the folder of that environment.
refused() {
  (cd "envs/$1" && config_map more "$RANDOM")
  commit "of $1"
  rejected policy/configuration git push origin HEAD:main
  says "$2"
  git reset -q --hard HEAD~1
}

floor 'staging: {branch: main, folder: envs/staging, movedBy: request}'
echo "policy: {repository: $WORK/srv/floor.git, ref: refs/heads/main}" >>"$OPERATOR"
refused staging 'staging moves by request in the operator'"'"'s policy, and by pushes here: write `movedBy: request` into .sluice/sluice.yaml too'
(cd envs/production && config_map more one)
commit 'of another environment'
pushes git push -q origin HEAD:main
new_policy "$ASKS" ', movedBy: request'
(cd envs/staging && config_map more one)
commit 'staging'
pushes git push -q origin HEAD:main
says 'staging stays at record'
GL_USER=chi run "$SLUICE" promote staging --key "$WORK/chi" --as chi
says 'staging, as chi asked, is at record'

# One name, one place.
change_of HEAD
for other in 'production: {branch: main, folder: envs/other}' 'production: {branch: main, folder: envs/other, movedBy: request}' \
  'production: {branch: elsewhere}'; do
  floor "$other"
  refused production 'production is envs/production of main here, and '
  asked_in_vain dan "$(request dan HEAD)" 'one that moves by request has one place'
done
floor 'prod: {branch: main, folder: envs/production}'
refused production 'envs/production of main is production here, and prod in the operator'
asked_in_vain dan "$(request dan HEAD)" 'one that moves by request has one name'

# The floor need not say so.
floor 'production: {branch: main, folder: envs/production}'
asks dan --from HEAD
agrees ana
says 'production, as dan asked, is at record 2'

audited
