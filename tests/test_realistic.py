"""The realistic zone: what was planted is found, nobody else is accused, and a reader can use the report."""

import gc
import json
import os
import subprocess
import sys
from collections import Counter
from decimal import localcontext
from functools import cache
from pathlib import Path

import pytest
from reference.program import shipped_policy

from checker import values
from checker.checking import check, look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.model import Report, Verdict
from checker.reporting import FORMATS

REALISTIC = Path(__file__).parents[1] / "examples" / "realistic"
COMMITTED = (400, 54)
ZONES = (COMMITTED, (80, 7))  # the second shows that the rules are not tuned to the first
SCREENS, LINES = 4, 50
ACCUSING = (Verdict.VIOLATION, Verdict.RISK)

Accusations = Counter[tuple[str, str, str]]
"""How often a rule accuses a record, or one inside it: (rule, id, verdict)."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, int], bytes]:
    found = {}
    for parcels, seed in ZONES:
        found[parcels, seed] = generated(tmp_path_factory.mktemp(f"zone-{parcels}"), parcels, seed)
    return found


def generated(out: Path, parcels: int, seed: int) -> bytes:
    size = ["--parcels", str(parcels), "--seed", str(seed)]
    subprocess.run([sys.executable, str(REALISTIC / "generate.py"), *size, "--out", str(out)], check=True)
    return (out / "dossier.json").read_bytes()


@cache
def loaded(data: bytes) -> Dossier:
    return load_dossier(data, "dossier.json", dossier_schema())


@cache
def report(data: bytes) -> Report:
    return check(shipped_policy(), loaded(data))


@cache
def planted() -> Accusations:
    breaches = json.loads((REALISTIC / "planted.json").read_text(encoding="utf-8"))
    return Counter((rule, each["record"]["id"], each["verdict"]) for each in breaches for rule in each["rules"])


def accused(data: bytes) -> Accusations:
    return Counter(
        (each.rule, each.subject.id.partition("/")[0], each.verdict.value)
        for each in report(data).findings
        if each.verdict in ACCUSING
    )


def test_the_committed_dossier_is_what_the_generator_writes(made: dict[tuple[int, int], bytes]) -> None:
    assert (REALISTIC / "dossier.json").read_bytes() == made[COMMITTED]


def test_the_committed_dossier_is_small_enough_to_be_read_in_a_difference(made: dict[tuple[int, int], bytes]) -> None:
    assert len(made[COMMITTED]) < 4_000_000
    assert max(map(len, made[COMMITTED].splitlines())) < 12_000


@pytest.mark.parametrize(("parcels", "seed"), [(60, 54), (1_000, 54), (250, 3)])
def test_a_zone_of_any_size_can_be_made_and_is_valid(parcels: int, seed: int, tmp_path: Path) -> None:
    assert len(loaded(generated(tmp_path, parcels, seed)).root.parcels) == parcels


def test_a_breach_of_every_rule_is_planted() -> None:
    assert {rule for rule, _, _ in planted()} == {each.rule.id for each in shipped_policy().rules}


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_every_planted_breach_is_found_with_its_verdict(
    zone: tuple[int, int], made: dict[tuple[int, int], bytes]
) -> None:
    assert sorted((planted() - accused(made[zone])).elements()) == []


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_nobody_else_is_accused(zone: tuple[int, int], made: dict[tuple[int, int], bytes]) -> None:
    assert sorted((accused(made[zone]) - planted()).elements()) == []


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_an_orderly_export_raises_no_doubts(zone: tuple[int, int], made: dict[tuple[int, int], bytes]) -> None:
    assert loaded(made[zone]).doubts == ()


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_whatever_is_undetermined_names_a_document_to_fetch(
    zone: tuple[int, int], made: dict[tuple[int, int], bytes]
) -> None:
    undetermined = report(made[zone]).of(Verdict.UNDETERMINED)
    assert undetermined
    assert [each for each in undetermined if not each.missing or not all(one.document for one in each.missing)] == []
    waiting = {finding for request in report(made[zone]).requests for finding in request.findings}
    assert {each.id for each in undetermined} <= waiting


def test_the_text_report_fits_on_four_screens(made: dict[tuple[int, int], bytes]) -> None:
    assert len(FORMATS["text"](report(made[COMMITTED])).splitlines()) <= SCREENS * LINES


@pytest.mark.thorough
def test_the_zone_gives_the_same_bytes_in_every_process(made: dict[tuple[int, int], bytes], tmp_path: Path) -> None:
    """In a large report identities are used again; nothing may be called by the name of what bore one before."""
    (tmp_path / "dossier.json").write_bytes(made[COMMITTED])
    command = [sys.executable, "-m", "checker", "check", str(tmp_path / "dossier.json"), "--format", "json"]
    seeds = ({**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2"))
    one, other = (subprocess.run(command, capture_output=True, check=False, env=each).stdout for each in seeds)
    assert one == other
    assert json.loads(one)["findings"]


# --- what it costs --------------------------------------------------------------------------------------------------


def test_no_rule_compares_every_record_with_every_other(made: dict[tuple[int, int], bytes]) -> None:
    """The zone has 3,000 payments and 400 parcels: a look-up that were lost would visit a million rows."""
    dossier = loaded(made[COMMITTED])
    with localcontext(values.EXACT):
        for compiled in shipped_policy().rules:
            view = look(shipped_policy(), dossier, dossier.root.meta.as_of_date)
            assert sum(1 for _ in view.find(compiled))
            assert view.visited < sum(len(view.rows(path)) for path in dossier_schema().registers) / 10, (
                compiled.rule.id
            )


def test_nothing_of_a_check_is_left_for_the_collector(made: dict[tuple[int, int], bytes]) -> None:
    """It is looked for seldom; what held on to itself would hold on to its dossier until then."""
    dossier = loaded(made[COMMITTED])
    check(shipped_policy(), dossier)  # what is worked out once for all dossiers is worked out here
    gc.collect()
    gc.disable()
    try:
        check(shipped_policy(), dossier)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_finding_that_many_records_leave_open_tells_some_of_them(made: dict[tuple[int, int], bytes]) -> None:
    assert max(len(each.facts) for each in report(made[COMMITTED]).findings) < 60
