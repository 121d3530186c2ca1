#!/bin/sh
# The main job, from nothing: set up .venv if need be, check the example dossier, and write the report as HTML into out/.
set -eu
cd "$(dirname "$0")/.."

sh .ci/environment.sh runtime

outcome=0
.venv/bin/python -m checker check examples/dossier.json --format text --format html --out out/ || outcome=$?
case $outcome in
  0) conclusion='Nothing to object to.' ;;
  1) conclusion='The dossier breaks clauses or is at risk of it (exit code 1), as this example is meant to.' ;;
  3) conclusion='Nothing is violated; something is undetermined (exit code 3).' ;;
  *) exit "$outcome" ;;
esac
cat out/dossier.txt
[ -f out/dossier.html ] || { echo 'zonecheck wrote no HTML report into out/.' >&2; exit 1; }
{
  echo
  echo "$conclusion"
  echo "The report for a browser: $(pwd -P)/out/dossier.html"
} >&2
