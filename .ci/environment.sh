#!/bin/sh
# Make .venv ready: `sh .ci/environment.sh runtime` to use zonecheck, `… dev` to work on it too.
# Every package is the one of the lock files, checked by its hash. When nothing has changed since the last time this takes
# no time.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:?runtime or dev}
root=$(pwd -P)

give_up() {
  printf '\nzonecheck cannot be set up: %s\n' "$1" >&2
  exit 1
}

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_environments() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# Print the first Python that will do; without one, say what is missing.
find_python() {
  without_venv=
  for python in python3 python3.11 python3.12 python3.13; do
    is_new_enough "$python" || continue
    can_make_environments "$python" && echo "$python" && return
    without_venv=${without_venv:-$python}
  done
  if [ -n "$without_venv" ]; then
    give_up "$without_venv lacks the module venv or ensurepip. On Debian or Ubuntu install it with:
  apt-get install $("$without_venv" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  fi
  give_up "it needs Python 3.11 or later, and neither python3 nor python3.11, python3.12 or python3.13 is one.
On Debian or Ubuntu install it with:
  apt-get install python3 python3-venv python3-dev gcc"
}

# The engine durable-rules comes as C source: look for what compiles it before a long log of pip says so less clearly.
require_compiler() {
  compiler=${CC:-$("$1" -c 'import sysconfig; print((sysconfig.get_config_var("CC") or "cc").split()[0])')}
  headers=$("$1" -c 'import sysconfig; print(sysconfig.get_path("include"))')
  command -v "${compiler%% *}" >/dev/null || give_up "it needs a C compiler to build durable-rules, and there is no '$compiler'.
On Debian or Ubuntu install it with:
  apt-get install gcc libc6-dev"
  [ -f "$headers/Python.h" ] || give_up "it needs the C headers of Python to build durable-rules, and there is no $headers/Python.h.
On Debian or Ubuntu install them with:
  apt-get install $("$1" -c 'import sys; print("python%d.%d-dev" % sys.version_info[:2])')"
}

engine_loads() {
  .venv/bin/python -c 'import durable.engine' 2>/dev/null
}

# Only durable-rules is built here, with the locked setuptools: it has no wheels, and all the others have.
install() {
  .venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet --only-binary :all: \
    --no-binary durable-rules --no-build-isolation --use-pep517 "$@" ||
    give_up 'pip could not install the packages; the lines above say why (is there a network, or a package index?).'
}

# The stamp changes with the locks, the metadata of the package, and the place of the checkout, which .venv remembers.
stamp_of() {
  { echo "$root"; cat .ci/environment.sh pyproject.toml .ci/build.lock.txt ".ci/$1.lock.txt"; } | cksum
}

is_ready() {
  [ -x .venv/bin/python ] && [ "$(cat ".venv/$1.stamp" 2>/dev/null)" = "$(stamp_of "$1")" ]
}

is_ready "$wanted" && exit
[ "$wanted" = runtime ] && is_ready dev && exit    # a dev environment holds the runtime as well

if ! { is_new_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
  python=$(find_python)
  echo "Creating .venv with $("$python" --version)." >&2
  "$python" -m venv --clear .venv || give_up "$python could not create the environment .venv; the lines above say why."
fi
engine_loads || require_compiler .venv/bin/python
# The last durable-rules calls a function that Python 3.13 took away; this is the successor that Python's own notes name.
if .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then
  export CPPFLAGS="${CPPFLAGS:-} -DPyEval_CallObject=PyObject_CallObject"
fi

echo "Installing the $wanted packages into .venv (the first time takes a minute)." >&2
rm -f ".venv/$wanted.stamp"
install --require-hashes -r .ci/build.lock.txt
install --require-hashes -r ".ci/$wanted.lock.txt"
install --no-deps --no-index --editable .
engine_loads || give_up 'durable-rules is installed and does not load. If pip kept a wheel of it that was built for another use, remove that:
  .venv/bin/python -m pip cache remove durable_rules; rm -r .venv'
stamp_of "$wanted" >".venv/$wanted.stamp"
