#!/usr/bin/env bash
# Paths, branches and texts that are not ASCII, or have spaces and quotes, are
# judged and told as they are.
. "$(dirname "$0")/repository.sh"

server shop
start
mkdir -p 'Grünkohl/日本 語'
config_map x
mv x.yaml 'Grünkohl/日本 語/mit "quotes" & Leerzeichen.yaml'
commit 'Grüße'
pushes git push origin HEAD:main
broken y
mv y.yaml 'Grünkohl/日本 語/größe.yaml'
commit 'kaputt'
rejected schema/unknown-field git push origin HEAD:main
says 'Grünkohl/日本 語/größe.yaml:5:1: '
git reset -q --hard HEAD~
config_map z
commit 'Zweig'
pushes git push origin 'HEAD:refs/heads/zweig/größe-日本'
at 'refs/heads/zweig/größe-日本' HEAD
