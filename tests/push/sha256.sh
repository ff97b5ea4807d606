#!/usr/bin/env bash
# A repository whose ids are SHA-256.
. "$(dirname "$0")/repository.sh"

server shop --object-format=sha256
git init -q --object-format=sha256 "$WORK/clone"
cd "$WORK/clone"
git remote add origin "$SERVER"
config_map first
commit 'first'
pushes git push -q origin HEAD:main
equal "$(tip main | wc -c)" 65 'the length of an id and a line end'
broken web
commit 'broken'
rejected schema/unknown-field git push origin HEAD:main
config_map web
commit 'mended'
git repack -adq
pushes git push origin HEAD:main
at main HEAD
rejected git/protected-delete git push origin :main
