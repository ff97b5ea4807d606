# What the examples share; each sources it. `work` is a directory of the caller,
# `failures` counts what did not end as it must.

heading() { printf '\n== %s ==\n\n' "$*"; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  failures=$((failures + 1))
}

# Builds what is installed, or the preset that SLUICE_PRESET names: tests/run has
# built the same programs with their tests already.
build() {
  "$root/cmake/install-packages" build
  local log=$work/build.log preset=${SLUICE_PRESET:-release}
  echo "building Sluice into build/$preset (some minutes the first time)"
  cd "$root"
  if [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  fi
  if [ -t 1 ]; then
    cmake --build --preset "$preset"
  else
    cmake --build --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  fi
  export PATH=$root/build/$preset/cli:$PATH
}

# A git that sees no configuration of the machine or of the user.
isolate_git() {
  export HOME=$work/home
  mkdir "$HOME"
  # shellcheck disable=SC2046  # a list of names
  unset $(git rev-parse --local-env-vars) XDG_CONFIG_HOME
  export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$HOME/gitconfig
  export GIT_AUTHOR_NAME=Ana GIT_AUTHOR_EMAIL=ana@shop.example
  export GIT_COMMITTER_NAME=Ana GIT_COMMITTER_EMAIL=ana@shop.example
  printf '[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n' >"$GIT_CONFIG_GLOBAL"
}

commit_all() {
  git add -A
  git commit -q -m "$1"
}
