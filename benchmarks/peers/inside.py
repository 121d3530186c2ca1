"""What is measured of this project alone, each against a floor of its own, and where its time goes."""

import cProfile
import json
import multiprocessing
import pstats
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal, localcontext
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import jsonschema
import jsonschema_rs
import msgspec

from benchmarks.floors import row
from benchmarks.harness import process_time
from benchmarks.measuring import timed
from benchmarks.peers import generated, ours
from benchmarks.peers.formulas import PACK
from benchmarks.peers.worker import Measured
from benchmarks.peers.zone import dossier
from benchmarks.workload import ROOT
from checker import values
from checker.checking import check, judgements, look
from checker.dossier.consistency import examine
from checker.dossier.glance import glance
from checker.dossier.loading import dossier_schema, load_dossier
from checker.dossier.records import decode, read
from checker.policy.keeping import packed, unpacked
from checker.policy.loading import Policy, read_policy
from checker.reporting import html
from checker.reporting import json as json_report
from checker.resources import folder as shipped
from checker.site import POLICY

SLOWEST_VALIDATED = 1_500_000
"""Up to so many bytes are validated by jsonschema, which takes a tenth of a millisecond for each parcel."""
MORE_RULES = 38
DOSSIERS, SMALL_DOSSIER = 500, 200
SETTLED = 50
"""After so many dossiers memory is looked at for the first time."""
OFFICE, OFFICE_DOSSIER = 50, 200


def floors(path: str) -> Measured:
    """Measure decoding and validation, by this project and by the libraries there are."""
    data, schema = Path(path).read_bytes(), dossier_schema()
    exact = msgspec.json.Decoder(float_hook=Decimal)
    seconds = {
        "load": timed(lambda: load_dossier(data, "measured", schema)),
        "decode": timed(lambda: decode(data, schema)),
        "json": timed(lambda: json.loads(data)),
        "json exact": timed(lambda: json.loads(data, parse_float=Decimal)),
        "msgspec untyped": timed(lambda: msgspec.json.decode(data)),
        "msgspec untyped, exact": timed(lambda: exact.decode(data)),
        "msgspec typed": timed(lambda: msgspec.json.decode(data, type=generated.Root)),
    }
    try:
        import orjson  # noqa: PLC0415  (a peer need not be installed)
    except ImportError:
        pass
    else:
        seconds["orjson"] = timed(lambda: orjson.loads(data))
    survey = read(data, schema)
    seconds["glance"] = timed(lambda: glance(data))
    seconds["examine"] = timed(lambda: examine(survey, schema))
    loaded, raw = json.loads(data), dict(schema.raw)
    fast = jsonschema_rs.validator_for(raw)
    if not fast.is_valid(loaded):
        raise ValueError(path)
    seconds["jsonschema-rs"] = timed(lambda: fast.is_valid(loaded))
    if len(data) <= SLOWEST_VALIDATED:
        slow = jsonschema.Draft202012Validator(raw)
        seconds["jsonschema"] = timed(lambda: slow.is_valid(loaded))
    return {"seconds": seconds, "counts": {"bytes": len(data), "records": len(loaded["parcels"])}}


def page(path: str) -> Measured:
    """Measure what findings take: the check, their page, the rows of a table, their JSON, and that only read back."""
    policy = ours.policy()
    loaded = load_dossier(Path(path).read_bytes(), "measured", policy.schema)
    report = check(policy, loaded)
    findings = (*report.findings, *report.exempted)
    text = json_report.render(report)
    seconds = {
        "check": timed(lambda: check(policy, loaded)),
        "html": timed(lambda: html.render(report)),
        "f-string rows": timed(lambda: "".join(map(row, findings)).encode()),
        "json": timed(lambda: json_report.render(report)),
        "read back": timed(lambda: msgspec.json.decode(text)),
    }
    return {"seconds": seconds, "counts": {"records": len(findings)}}


# --- more rules -----------------------------------------------------------------------------------------------------


def more_rules(path: str) -> Measured:
    """Measure the rules of the pack, and with as many again that share a first test and find nothing."""
    schema = dossier_schema()
    loaded = load_dossier(Path(path).read_bytes(), "measured", schema)
    with TemporaryDirectory(prefix="zonecheck-") as folder:
        more = read_policy(_larger_pack(Path(folder)), schema)
    few = ours.policy()

    def judged(policy: Policy) -> None:
        with localcontext(values.EXACT):
            for _ in judgements(policy, look(policy, loaded, loaded.root.meta.as_of_date)):
                pass

    judged(more)
    seconds = {"few rules": timed(lambda: judged(few)), "more rules": timed(lambda: judged(more))}
    added = len(more.rules) - len(few.rules)
    return {"seconds": seconds, "counts": {"added": added, "records": len(loaded.root.parcels)}}


def _larger_pack(folder: Path) -> Path:
    for each in PACK.rglob("*"):
        if each.is_file():
            copy = folder / each.relative_to(PACK)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(each.read_bytes())
    text = (PACK / "rules" / "R1.1-03.yaml").read_text()
    for number in range(MORE_RULES):
        name = f"R1.1-{21 + number}"
        changed = text.partition("examples:")[0].replace("R1.1-03", name).replace("> 50", f"> {60 + number}")
        examples = (
            "examples:\n  as_of: 2023-06-30\n  base:\n    complete: {parcels: true}\n    zone: {level: national}\n"
            "    parcels: [{parcel_id: P1, land_use: industrial, term_years: 50}]\n"
            "  cases:\n    - {name: 符合, expect: compliant}\n"
        )
        (folder / "rules" / f"{name}.yaml").write_text(changed + examples)
    return folder


# --- many dossiers, two workers -------------------------------------------------------------------------------------


def many() -> Measured:
    """Check many dossiers one after the other, and see by how much memory has grown since the first ones."""
    policy, samples = ours.policy(), [dossier(SMALL_DOSSIER, seed) for seed in range(10)]
    settled = 0
    for number in range(DOSSIERS):
        check(policy, load_dossier(samples[number % len(samples)], "measured", policy.schema))
        if number == SETTLED:
            settled = _resident()
    return {"seconds": {}, "counts": {"grown": max(0, _resident() - settled)}}


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def office() -> Measured:
    """Check fifty dossiers with one worker and with two, which are there already."""
    with TemporaryDirectory(prefix="zonecheck-") as folder:
        path = Path(folder) / "dossier.json"
        path.write_bytes(dossier(OFFICE_DOSSIER))
        seconds = {f"{number} workers": _with_workers(number, path, OFFICE, _checked) for number in (1, 2)}
    return {"seconds": seconds, "counts": {}}


def pair(path: str) -> Measured:
    """Judge two dossiers with two workers; give the time of one, as each was done in the meantime of the other."""
    return {"seconds": {"whole": _with_workers(2, Path(path), 2, _judged) / 2}, "counts": {}}


def _with_workers(number: int, path: Path, dossiers: int, work: Callable[[Path], int]) -> float:
    with ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_warm, repeat(0.5, number)))
        start = time.perf_counter()
        list(pool.map(work, repeat(path, dossiers)))
        return time.perf_counter() - start


def _warm(seconds: float) -> None:
    """Let a worker check a small dossier, and wait until the other one has started too."""
    policy = ours.policy()
    check(policy, load_dossier(dossier(SMALL_DOSSIER), "measured", policy.schema))
    time.sleep(seconds)


def _checked(path: Path) -> int:
    policy = ours.policy()
    return len(check(policy, load_dossier(path.read_bytes(), path.name, policy.schema)).findings)


def _judged(path: Path) -> int:
    engine = ours.verdicts()
    return sum(1 for _ in engine.evaluate(engine.decode(path.read_bytes(), path)))


# --- where the time goes --------------------------------------------------------------------------------------------


MOST_FUNCTIONS = 8


def profile(path: str, small: str) -> Measured:
    """Tell in which functions the check spends its time: as far as the verdicts, and in what follows."""
    policy, place = ours.policy(), Path(path)
    data = place.read_bytes()
    loaded = load_dossier(data, "measured", policy.schema)
    report = check(policy, loaded)
    works: Mapping[str, Callable[[], object]] = {
        "verdicts, targets (a) to (d) and (f)": lambda: [*ours.verdicts().evaluate(loaded)],
        "evidence, target (b)": lambda: check(policy, loaded),
        "loading, target (e)": lambda: load_dossier(data, "measured", policy.schema),
        "HTML, target (h)": lambda: html.render(report),
    }
    functions = {name: dict(_functions(work)) for name, work in works.items()}
    steps = {"as far as the verdicts": _steps(data), "the whole command, target (g)": _command_steps(Path(small))}
    return {"seconds": {}, "counts": {}, "functions": functions, "steps": steps}


def _functions(work: Callable[[], object]) -> Iterator[tuple[str, float]]:
    """Yield the functions with their own share of the time, the greatest first."""
    work()
    profiler = cProfile.Profile()
    profiler.runcall(work)
    spent: dict[str, float] = {}
    stats: Mapping[tuple[str, int, str], tuple[int, int, float, float, object]]
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    for (file, _, name), (_, _, own, _, _) in stats.items():
        place = _place(file, name)
        spent[place] = spent.get(place, 0.0) + own
    total = sum(spent.values())
    for place, seconds in sorted(spent.items(), key=lambda each: -each[1])[:MOST_FUNCTIONS]:
        yield place, seconds / total


def _place(file: str, name: str) -> str:
    if file == "~":
        return f"built in: `{name.strip('<>').replace('built-in method ', '').partition(' of ')[0]}`"
    if file == "<rule>":
        return "code generated from the rules"
    if file.startswith("<"):
        return f"made by the standard library: `{name.strip('<>')}`"
    path = Path(file)
    inside = path.is_relative_to(ROOT / "checker")
    return f"`{path.relative_to(ROOT) if inside else path.name}`: `{name.strip('<>')}`"


def _command_steps(path: Path) -> dict[str, float]:
    """Take the time of what the command does after its imports, on all rules of the document."""
    schema = dossier_schema()
    policy = read_policy(shipped("policies") / POLICY, schema)
    loaded = load_dossier(path.read_bytes(), "measured", schema)
    report = check(policy, loaded)
    kept = packed(read_policy(shipped("policies") / POLICY, schema, examples=False))
    return {
        "importing the command line": process_time("-c", "import checker.cli, checker.commands.checks")
        - process_time("-c", "pass"),
        "reading the pack as it is remembered": timed(lambda: unpacked(kept, schema)),
        "loading the dossier": timed(lambda: load_dossier(path.read_bytes(), "measured", schema)),
        f"checking it, {len(report.findings):,} findings": timed(lambda: check(policy, loaded)),
        "writing the report as JSON": timed(lambda: json_report.render(report)),
    }


def _steps(data: bytes) -> dict[str, float]:
    """Take the time of each step of the check as far as the verdicts."""
    policy = ours.policy()
    loaded = load_dossier(data, "measured", policy.schema)
    survey, day = read(data, policy.schema), loaded.root.meta.as_of_date
    with localcontext(values.EXACT):

        def facts() -> None:
            view = look(policy, loaded, day)
            for group in policy.groups:
                view.together(group)

        def judged() -> None:
            for _ in judgements(policy, look(policy, loaded, day)):
                pass

        found, all_ = timed(facts), timed(judged)
    return {
        "typed decoding, bounds of numbers": timed(lambda: decode(data, policy.schema)),
        "examination of what cannot be": timed(lambda: examine(survey, policy.schema)),
        "facts: the truths of every rule on every subject": found,
        "law: the verdicts, by the engine's remembered answers": max(0.0, all_ - found),
    }


MEASURES: Mapping[str, Callable[..., Measured]] = MappingProxyType(
    {
        "floors": floors,
        "html": page,
        "rules": more_rules,
        "many": many,
        "office": office,
        "pair": pair,
        "profile": profile,
    }
)
