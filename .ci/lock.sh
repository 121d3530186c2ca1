#!/bin/sh
# Pin every package, with its hashes, for all platforms. Run it after a change of dependencies in pyproject.toml; it needs uv:
#   python3 -m venv /some/where && /some/where/bin/pip install uv && PATH=/some/where/bin:$PATH sh .ci/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."

lock() {
  output=$1
  shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
    --no-emit-find-links --custom-compile-command 'sh .ci/lock.sh' --output-file "$output" "$@"
}

# What builds: the backend of this project, and the one that durable-rules needs to be compiled from source.
printf '%s\n' hatchling setuptools | lock .ci/build.lock.txt "$@" -
lock .ci/runtime.lock.txt "$@" --constraints .ci/build.lock.txt pyproject.toml
lock .ci/dev.lock.txt "$@" --constraints .ci/build.lock.txt --constraints .ci/runtime.lock.txt --extra dev pyproject.toml
