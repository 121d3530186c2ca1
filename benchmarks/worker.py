"""One measurement in a process of its own: `python -m benchmarks.worker start|phases|whole [DOSSIER [RULE…]]`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import Stopwatch


def main() -> None:
    """Measure what the command line asks for and print it as JSON."""
    what, *arguments = sys.argv[1:]
    watch = Stopwatch()
    left_out = measure(watch, what, arguments)
    json.dump({"seconds": watch.seconds, "counts": watch.counts, "left_out": left_out}, sys.stdout)


def measure(watch: Stopwatch, what: str, arguments: Sequence[str]) -> Sequence[str]:
    """Measure one thing and give the rules that refused the dossier, whose limit of size is lifted."""
    from benchmarks import phases  # noqa: PLC0415  (its imports are part of the start)

    if what == "start":
        phases.start(watch)
        return ()
    from unittest import mock  # noqa: PLC0415  (no part of the start)

    path = Path(arguments[0])
    with mock.patch("checker.dossier.loading.LARGEST", sys.maxsize):
        if what == "whole":
            phases.whole(watch, path, arguments[1:])
            return ()
        left_out, report = phases.phases(watch, path, arguments[1:])
        from benchmarks.floors import floors  # noqa: PLC0415  (its imports are no part of the phases)

        floors(watch, path, report)
        return left_out


if __name__ == "__main__":
    main()
