"""What a check in portions takes of memory and time, beside the ordinary check of the same dossier.

    python -m benchmarks.portions --parcels 200000 --zone 20000

`--parcels` is the size of the zone of the twenty rules, `--zone` that of the realistic zone; 0 leaves one out. Each
check is a process of its own, which ends with the report, not with a file. The peak is that of the process, the pack
and the program included; beside it stands what they take alone. Both have to find the same.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import table, tell, work
from benchmarks.measuring import peak_memory
from benchmarks.workload import ROOT, write_dossier

MEGABYTE = 1_000_000
WAYS = ("whole", "portions")


def main() -> None:
    """Measure and print, or be one check."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.portions", description=__doc__.partition("\n")[0])
    parser.add_argument("--parcels", type=int, default=200_000, help="parcels of the zone of the twenty rules")
    parser.add_argument("--zone", type=int, default=20_000, help="parcels of the realistic zone")
    parser.add_argument("--findings", type=int, default=100_000, help="how many findings are written out")
    parser.add_argument("one", nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        way, path, pack = arguments.one
        json.dump(measured(way, Path(path), Path(pack), arguments.findings), sys.stdout)
        return
    with tempfile.TemporaryDirectory(prefix="zonecheck-") as folder:
        for name, path, pack in dossiers(Path(folder), arguments.parcels, arguments.zone):
            compare(name, path, pack, arguments.findings)


def dossiers(folder: Path, parcels: int, zone: int) -> Iterator[tuple[str, Path, Path]]:
    """Write the dossiers; give the name, the path and the pack of each."""
    from benchmarks.peers.formulas import PACK  # noqa: PLC0415  (imports that are no part of a check)
    from benchmarks.peers.zone import dossier  # noqa: PLC0415

    if parcels:
        tell(f"{parcels:,} parcels: writing")
        path = folder / "twenty.json"
        path.write_bytes(dossier(parcels))
        yield f"Twenty rules, {parcels:,} parcels", path, PACK
    if zone:
        tell(f"realistic zone of {zone:,} parcels: writing")
        path = write_dossier(folder / "realistic", zone)
        yield f"Realistic zone, {zone:,} parcels", path, ROOT / "policies" / "guobanfa-2014-54"


def compare(name: str, path: Path, pack: Path, findings: int) -> None:
    """Check one dossier both ways and print what it took."""
    found: dict[str, dict[str, Any]] = {}
    for way in WAYS:
        tell(f"{name}: {way}")
        found[way] = work("benchmarks.portions", "--findings", str(findings), way, path, str(pack))
    if found["whole"]["digest"] != found["portions"]["digest"]:
        sys.exit(f"{name}: the reports differ")
    size = path.stat().st_size / MEGABYTE
    rows = [
        [
            way,
            *(f"{each[part] / MEGABYTE:,.0f}" for part in ("start", "loaded", "peak")),
            f"{each['peak'] / MEGABYTE / size:.2f}",
            f"{each['seconds']:.1f}",
            f"{each['seconds'] / found['whole']['seconds']:.2f}",
        ]
        for way, each in found.items()
    ]
    print(f"## {name}: {size:,.0f} MB of text, {found['whole']['findings']:,} findings\n")
    print(table(["", "alone, MB", "loaded", "peak", "peak ÷ text", "s of the processor", "÷ whole"], rows), end="\n\n")


def measured(way: str, path: Path, pack: Path, findings: int) -> dict[str, Any]:
    """Check a dossier in one of the ways."""
    from checker import checking  # noqa: PLC0415  (the process that compares needs none of it)
    from checker.dossier.loading import FileText, dossier_schema, load_dossier  # noqa: PLC0415
    from checker.dossier.long import load_long  # noqa: PLC0415
    from checker.limits import Limits  # noqa: PLC0415
    from checker.policy.loading import read_policy  # noqa: PLC0415

    checking.MOST_FINDINGS = findings
    schema = dossier_schema()
    policy = read_policy(pack, schema)
    start, before = peak_memory(), time.process_time()
    if way == "whole":
        dossier = load_dossier(path.read_bytes(), path.name, schema)
    else:
        dossier = load_long(FileText(path), path.name, schema, most_worded=0, allowed=Limits(records=sys.maxsize))
    loaded = peak_memory()
    report = checking.check(policy, dossier)
    seconds, peak = time.process_time() - before, peak_memory()
    total = hashlib.sha256(repr((report.totals, report.rules, report.doubts, report.requests)).encode())
    for each in report.findings:
        total.update(repr(each).encode())
    return {
        "start": start,
        "loaded": loaded,
        "peak": peak,
        "seconds": seconds,
        "findings": len(report.findings),
        "digest": total.hexdigest(),
    }


if __name__ == "__main__":
    main()
