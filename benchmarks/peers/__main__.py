"""One workload for this project and its peers, side by side.

    python -m benchmarks.peers --parcels 1000 10000 --runs 5

Who is not installed is left out, and it is said: `pip install -r benchmarks/peers.txt`. A peer that finds anything else
than this project is an error that shows the difference. Progress goes to standard error, the page to standard output;
`--write` puts page and chart into `docs`. The exit code says nothing of targets: the page does.
"""

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.harness import tell
from benchmarks.measuring import CLOCK, CLOCKS
from benchmarks.peers.entrants import ENTRANTS
from benchmarks.peers.running import measure_inside, measured
from benchmarks.peers.writing import drawing, page
from benchmarks.workload import ROOT

DOCS = ROOT / "docs"


def main() -> None:
    """Measure, and tell or write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__.partition("\n")[0])
    parser.add_argument("--parcels", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--runs", type=int, default=5, help="the median of so many runs is told")
    parser.add_argument("--peers", nargs="*", default=[], choices=list(ENTRANTS), metavar="PEER", help="only these")
    parser.add_argument("--only-peers", action="store_true", help="without the floors and this project by itself")
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall", help="processor: on a machine with other work")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md and docs/performance.svg")
    arguments = parser.parse_args()
    os.environ[CLOCK] = arguments.clock
    with tempfile.TemporaryDirectory(prefix="zonecheck-") as name:
        folder = Path(name)
        results = measured(sorted(arguments.parcels), arguments.runs, arguments.peers, folder, clock=arguments.clock)
        if not arguments.only_peers:
            measure_inside(results, folder)
    print(page(results))
    if arguments.write:
        (DOCS / "performance.svg").write_text(drawing(results))
        (DOCS / "performance.md").write_text(page(results, has_chart=True))
        tell("written: docs/performance.md, docs/performance.svg")


if __name__ == "__main__":
    main()
