#!/bin/sh
# All checks, from nothing: set up .venv and a browser if need be, then lint, types and tests. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."

sh .ci/environment.sh dev

# Print the browser that the tests of the HTML report drive, if there is one.
find_browser() {
  if [ -n "${ZONECHECK_CHROMIUM:-}" ]; then
    command -v "$ZONECHECK_CHROMIUM"
    return
  fi
  for browser in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$browser" && return
  done
  return 1
}

lacks_chinese_font() {
  command -v fc-list >/dev/null && [ -z "$(fc-list :lang=zh-cn)" ]
}

# Run a command as root, if that needs no password.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
  command -v apt-get >/dev/null && as_root true 2>/dev/null || return 1
  echo "Installing $*." >&2
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >&2
}

if [ -n "${ZONECHECK_CHROMIUM:-}" ] && ! find_browser >/dev/null; then
  echo "ZONECHECK_CHROMIUM is '$ZONECHECK_CHROMIUM', which is not a program." >&2
  exit 1
fi
if ! find_browser >/dev/null || lacks_chinese_font; then
  apt_install chromium fonts-noto-cjk || true
fi
ZONECHECK_CHROMIUM=$(find_browser) || {
  echo 'The tests need Chromium and a Chinese font, and could not install them. On Debian or Ubuntu install them with:
  apt-get install chromium fonts-noto-cjk
or name a Chromium or Chrome of yours: ZONECHECK_CHROMIUM=/path/to/chrome sh tests/run.sh' >&2
  exit 1
}
export ZONECHECK_CHROMIUM

failed=
check() {
  echo "== $*" >&2
  .venv/bin/python -m "$@" || failed="$failed $1"
}
check ruff check .
check ruff format --check .
check mypy --strict
check pytest -p tests.strict --numprocesses auto --dist worksteal "$@"
[ -z "$failed" ] || { echo "Failed:$failed" >&2; exit 1; }
