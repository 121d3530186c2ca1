"""One measurement in a process of its own; what was measured is printed as JSON, in seconds.

python -m benchmarks.peers.worker peer NAME DOSSIER SMALL FINDINGS
python -m benchmarks.peers.worker floors|profile|html|rules|many|office|pair …
"""

import gc
import json
import statistics
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.measuring import LONG_ENOUGH, MOST_REPEATS, clock, peak_memory
from benchmarks.peers.contest import Found
from checker.collecting import collect_seldom

Measured = dict[str, Any]


def main() -> None:
    """Measure what the command line asks for and print it as JSON.

    Whoever is measured, garbage is looked for as seldom as the program itself does.
    """
    collect_seldom()
    what, *arguments = sys.argv[1:]
    if what == "peer":
        measured = peer(*arguments)
    else:
        from benchmarks.peers import inside  # noqa: PLC0415  (no part of what a peer is measured with)

        measured = inside.MEASURES[what](*arguments)
    print(json.dumps(measured))


def peer(name: str, dossier: str, small: str, findings: str) -> Measured:
    """Measure a peer on a dossier, after a small one; its findings are written to a file for the proof."""
    from benchmarks.peers.entrants import ENTRANTS  # noqa: PLC0415  (not for the other measurements)

    engine, path = ENTRANTS[name].make(), Path(dossier)
    data, warm = path.read_bytes(), Path(small)
    list(engine.evaluate(engine.decode(warm.read_bytes(), warm)))
    before = peak_memory()
    now = clock()
    parts: dict[str, list[float]] = {"decode": [], "evaluate": [], "whole": []}
    found: list[Found] = []
    while sum(parts["whole"]) < LONG_ENOUGH and len(parts["whole"]) < MOST_REPEATS:
        del found
        gc.collect()
        start = now()
        decoded = engine.decode(data, path)
        middle = now()
        found = list(engine.evaluate(decoded))
        end = now()
        del decoded
        for part, seconds in (("decode", middle - start), ("evaluate", end - middle), ("whole", end - start)):
            parts[part].append(seconds)
    peak = peak_memory()
    text = written(found)
    Path(findings).write_bytes(text)
    return {
        "seconds": {part: statistics.median(each) for part, each in parts.items()},
        "counts": {"findings": len(found), "peak": peak, "more": peak - before, "bytes": len(data)},
        "digest": sha256(text).hexdigest(),
    }


def written(found: list[Found]) -> bytes:
    """Write findings in one order, a line each."""
    return "".join(f"{rule}\t{subject}\t{verdict}\n" for rule, subject, verdict in sorted(found)).encode()


def read(text: str) -> list[Found]:
    """Read written findings."""
    lines = (line.split("\t") for line in text.splitlines())
    return [(rule, subject, verdict) for rule, subject, verdict in lines]


if __name__ == "__main__":
    main()
