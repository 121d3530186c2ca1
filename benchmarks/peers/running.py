"""Measuring everybody: sizes by turns, peers by turns, each run in a process of its own, and the proof before all."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from benchmarks.harness import Series, process_time, tell, work
from benchmarks.peers.contest import difference
from benchmarks.peers.entrants import ENTRANTS, is_installed
from benchmarks.peers.formulas import PACK
from benchmarks.peers.ours import OURS
from benchmarks.peers.results import LIBRARIES, WITH_TWO_WORKERS, Results
from benchmarks.peers.worker import read
from benchmarks.peers.zone import dossier

WORKER = "benchmarks.peers.worker"
WARM, STARTED = 200, 100
"""Parcels of the dossier that everybody warms up with, and of that on which a whole command is measured."""
TOO_LONG = 15.0
"""A peer that takes longer is measured once."""
MEASURED_INSIDE = ("floors", "html", "rules")
LARGEST_INSIDE = 10_000


class DifferentFindingsError(Exception):
    """A peer does not do the same work: its time says nothing."""


def measured(sizes: list[int], runs: int, wanted: list[str], folder: Path, *, clock: str = "wall") -> Results:
    """Measure every peer on every size, and this project alone."""
    paths = {}
    for size in {*sizes, WARM, STARTED}:
        paths[size] = folder / f"{size}.json"
        paths[size].write_bytes(dossier(size))
    results = Results(sizes=sizes, runs=runs, clock=clock)
    chosen = [each for each in ENTRANTS.values() if not wanted or each.name in wanted or each.name == OURS]
    results.absent = [each.name for each in chosen if not is_installed(each)]
    present = [each for each in chosen if is_installed(each)]
    for run in range(runs):
        for size in sizes:
            for peer in present:
                series = results.peers.get((peer.name, size))
                if size > peer.largest or (series and series.median("whole") > TOO_LONG):
                    continue
                tell(f"run {run + 1} of {runs}, {size:,} parcels: {peer.name}")
                one_run(results, peer.name, size, paths, folder)
    return results


def one_run(results: Results, name: str, size: int, paths: dict[int, Path], folder: Path) -> None:
    """Measure a peer once; raise `DifferentFindingsError` unless it finds what this project finds."""
    told = folder / f"{name}.{size}.findings"
    found = work(WORKER, "peer", name, paths[size], paths[WARM], told)
    expected = folder / f"{OURS}.{size}.findings"
    if told.read_bytes() != expected.read_bytes():
        lines = difference(read(expected.read_text()), read(told.read_text()))
        raise DifferentFindingsError(f"{name}, {size:,} parcels: " + "; ".join(lines))
    series = results.peers.setdefault((name, size), Series(parcels=size))
    found["counts"]["records"] = size
    series.add(found)


def measure_inside(results: Results, folder: Path) -> None:
    """Measure what concerns this project alone, as often as asked for; what takes long once."""
    start = results.inside.setdefault(("start", 0), Series(parcels=0))
    starts(folder / f"{STARTED}.json")  # the command remembers the pack, which it has proved
    for run in range(results.runs):
        tell(f"run {run + 1} of {results.runs}: this project alone")
        for size in results.sizes:
            path = folder / f"{size}.json"
            for each in MEASURED_INSIDE:
                if size <= LARGEST_INSIDE or each == "floors":
                    _add(results, each, size, path)
            if size >= WITH_TWO_WORKERS and results.clock == "wall":
                _add(results, "pair", size, path)
        for name, seconds in starts(folder / f"{STARTED}.json").items():
            start.seconds.setdefault(name, []).append(seconds)
    tell("two workers")
    _add(results, "office", 0)
    tell("memory over many dossiers")
    _add(results, "many", 0)
    largest = max((each for each in results.sizes if each <= LARGEST_INSIDE), default=results.sizes[0])
    tell("where the time goes")
    results.profile = work(WORKER, "profile", folder / f"{largest}.json", folder / f"{STARTED}.json")


def _add(results: Results, name: str, size: int, *arguments: Path) -> None:
    series = results.inside.setdefault((name, size), Series(parcels=size))
    series.add(work(WORKER, name, *arguments))


IMPORTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "python": (),
        "durable_rules_engine": ("durable_rules_engine",),
        "msgspec": ("msgspec",),
        "engine and decoder": ("durable_rules_engine", "msgspec"),
        LIBRARIES: ("durable_rules_engine", "msgspec", "typer"),
        "jsonschema-rs": ("jsonschema_rs",),
        "jsonschema": ("jsonschema",),
        "durable.lang": ("durable.lang",),
        "jinja2": ("jinja2",),
        "typer": ("typer",),
        "DuckDB": ("duckdb",),
        "Polars": ("polars",),
        "GoRules ZEN": ("zen",),
    }
)


def starts(path: Path) -> dict[str, float]:
    """Give the processor time of importing each library, and of the whole command on a small dossier."""
    found = {
        name: process_time("-c", "\n".join(f"import {each}" for each in modules) or "pass")
        for name, modules in IMPORTS.items()
        if all(find_spec(each.partition(".")[0]) is not None for each in modules)
    }
    command = ("-m", "checker", "check", path, "--format", "json")
    found["command"] = process_time(*command, may_fail=True)
    found["command, twenty rules"] = process_time(*command, "--policy", PACK, may_fail=True)
    found["command, nothing remembered"] = process_time(*command, may_fail=True, ZONECHECK_CACHE="off")
    return found
