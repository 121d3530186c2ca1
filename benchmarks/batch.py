"""How fast a run over many dossiers is, and how much memory it takes, with one worker and with more.

    python -m benchmarks.batch --zones 230 --parcels 400 --small 2500 --workers 1 2 --cluster 2

Zones of real size and small dossiers; each run is a process of its own that starts from nothing. Beside it stands a
plain loop: the same checks and reports in one process, with nothing kept and nobody watched. A run that finds all
done is measured too, and one on a Dask cluster of this machine, whose own processor time and memory are not told. Wall
time means something only where nothing else runs; processor time, which is that of the run and its workers together,
tells what a run costs besides the checks. Progress goes to standard error, the result, as Markdown, to standard output.
"""

import argparse
import contextlib
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stdnum.cn.uscc import calc_check_digit

from benchmarks.harness import table, tell
from benchmarks.workload import ROOT, write_dossier
from checker.dossier.records import records
from checker.model import Mode
from checker.reporting import FORMATS
from checker.site import Site

SMALL = ROOT / "examples" / "dossier.json"
MEGABYTE = 1024
LOOK = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run: its seconds, those of the processor, and the peaks of memory in kilobytes, its own and a worker's."""

    seconds: float
    processor: float
    run: int
    worker: int


def main() -> None:
    """Measure and print, or be the plain loop."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__.partition("\n")[0])
    parser.add_argument("--zones", type=int, default=230, help="how many zones of real size")
    parser.add_argument("--parcels", type=int, default=400, help="how many parcels each of them has")
    parser.add_argument("--small", type=int, default=2_500, help="how many small dossiers")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--cluster", type=int, default=0, help="as many workers of a Dask cluster besides")
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.plain is not None:
        plain(arguments.plain)
        return
    with tempfile.TemporaryDirectory(prefix="zonecheck-") as name:
        folder = Path(name)
        tell("making dossiers")
        sets = {
            f"{arguments.zones} zones of {arguments.parcels} parcels": zones(
                folder / "zones", arguments.zones, arguments.parcels
            ),
            f"{arguments.small:,} small dossiers": small(folder / "small", arguments.small),
        }
        print(f"## Runs over many dossiers (Python {sys.version.split()[0]}, {os.cpu_count()} processors)\n")
        for title, place in sets.items():
            show(title, place, arguments.workers, arguments.cluster)


def zones(folder: Path, number: int, parcels: int) -> Path:
    """Write dossiers of zones of real size, each with identifiers of its own: zones do not share parcels or firms."""
    folder.mkdir()
    made = write_dossier(folder / "made", parcels)
    text = made.read_text(encoding="utf-8")
    shutil.rmtree(made.parent)
    for each in range(number):
        (folder / f"zone{each:04}.json").write_text(_of_its_own(text, each), encoding="utf-8")
    return folder


def _of_its_own(text: str, number: int) -> str:
    """Give a dossier the names and identifiers of zone *number*."""

    def firm(found: re.Match[str]) -> str:
        code = f"{found[1][:2]}{100_000 + number}{found[1][8:]}"
        return f'"{code}{calc_check_digit(code)}"'

    text = text.replace('"Z54"', f'"Z{number:04}"').replace("栖", chr(0x4E00 + number))
    text = re.sub(r'"[0-9]{6}([0-9]{4}[A-Z][0-9]{5})"', rf'"{110_000 + number}\1"', text)
    return re.sub(r'"(9[0-9A-Z]{16})[0-9A-Z]"', firm, text)


def small(folder: Path, number: int) -> Path:
    """Write small dossiers."""
    folder.mkdir()
    text = SMALL.read_text(encoding="utf-8")
    for each in range(number):
        (folder / f"small{each:05}.json").write_text(text.replace('"Z01"', f'"S{each:05}"'), encoding="utf-8")
    return folder


def plain(folder: Path) -> None:
    """Check every dossier of a folder, one after the other, and write its report."""
    site = Site.load(None)
    out = folder.with_name(f"{folder.name}-plain")
    out.mkdir()
    for path in sorted(folder.iterdir()):
        report = site.report(site.read(path), None, Mode.INSPECTION)
        (out / path.name).write_bytes(FORMATS["json"](report))


def show(title: str, place: Path, workers: Sequence[int], nodes: int) -> None:
    """Measure the runs over one folder and print them."""
    count, held = len(list(place.iterdir())), records_in(place)
    size = sum(each.stat().st_size for each in place.iterdir())
    print(f"### {title}: {size / 1e6:,.0f} MB, {held:,} records\n")
    out = place.with_name(f"{place.name}-out")
    rows: list[tuple[str, Measured]] = []

    def run(name: str, *command: str | Path) -> None:
        tell(f"{title}: {name}")
        rows.append((name, measured(*command)))

    run("plain loop", "-m", "benchmarks.batch", "--plain", place)
    shutil.rmtree(place.with_name(f"{place.name}-plain"))
    for number in workers:
        command = ("-m", "checker", "batch", place, "--out", out, "--workers", str(number))
        name = f"{number} worker{'s' * (number > 1)}"
        run(name, *command)
        if number == workers[-1]:
            run(f"{name}, all done before", *command)
        shutil.rmtree(out)
    if nodes:
        with cluster(nodes) as address:
            run(f"cluster of {nodes}", "-m", "checker", "batch", place, "--out", out, "--cluster", address)
        rows[-1] = rows[-1][0], replace(rows[-1][1], processor=math.nan, worker=0)
        shutil.rmtree(out)
    plain = rows[0][1]
    head = ("", "s", "÷ plain loop", "processor, s", "÷ plain loop", "dossiers/s", "records/s")
    table_rows = (
        [
            name,
            f"{each.seconds:,.1f}",
            f"{each.seconds / plain.seconds:.2f}",
            "–" if math.isnan(each.processor) else f"{each.processor:,.1f}",
            "–" if math.isnan(each.processor) else f"{each.processor / plain.processor:.2f}",
            f"{count / each.seconds:,.1f}",
            f"{held / each.seconds:,.0f}",
            f"{each.run / MEGABYTE:,.0f}",
            f"{each.worker / MEGABYTE:,.0f}" if each.worker else "",
        ]
        for name, each in rows
    )
    print(table((*head, "peak of the run, MB", "peak of a worker, MB"), table_rows), end="\n\n")


@contextlib.contextmanager
def cluster(nodes: int) -> Iterator[str]:
    """Start a Dask cluster on this machine and give its address."""
    from distributed import LocalCluster  # noqa: PLC0415  (only who asks for it need have it)

    with LocalCluster(
        n_workers=nodes, threads_per_worker=1, dashboard_address=":0", silence_logs=60, host="127.0.0.1"
    ) as started:
        yield started.scheduler_address


def records_in(folder: Path) -> int:
    """Count the records of all dossiers."""
    site = Site.load(None)
    paths = sorted(folder.iterdir())
    root = site.read(paths[0]).root  # the others have as many
    return len(paths) * sum(len(records(root, each)) for each in site.schema.registers)


def measured(*arguments: str | Path) -> Measured:
    """Run a program to its end, and look at its memory and that of its workers meanwhile."""
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    peaks: dict[int, int] = {}
    with subprocess.Popen([sys.executable, *map(str, arguments)], cwd=ROOT, stderr=subprocess.PIPE) as running:
        while running.poll() is None:
            peaks |= dict(_peaks(running.pid))
            time.sleep(LOOK)
        assert running.stderr is not None
        told = running.stderr.read().decode()
    assert running.returncode in {0, 1, 3}, told
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Measured(
        seconds=time.monotonic() - start,
        processor=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        run=peaks.pop(running.pid, 0),
        worker=max(peaks.values(), default=0),
    )


def _peaks(process: int) -> Iterator[tuple[int, int]]:
    """Give the peak of memory of a process and of those it started, as far as the system tells."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for each in (process, *map(int, children)):
        peak = _status(each).get("VmHWM", "").split()
        if peak:
            yield each, int(peak[0])


def _status(process: int) -> Mapping[str, str]:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split(":", 1) for line in lines)


if __name__ == "__main__":
    main()
