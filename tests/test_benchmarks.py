from collections import Counter
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import batch
from benchmarks.harness import Series, table
from benchmarks.peers import generated, ours
from benchmarks.peers.chart import Bar, chart
from benchmarks.peers.columns import POLARS_NAME_EXACT
from benchmarks.peers.contest import Found, Peer, difference, zone_findings
from benchmarks.peers.entrants import ENTRANTS, is_installed
from benchmarks.peers.formulas import PACK, All, Any, Blank, Compare, Within, conjunctions, negation, rules
from benchmarks.peers.generated import FLOOR
from benchmarks.peers.ours import OURS, OURS_WITH_EVIDENCE
from benchmarks.peers.results import Results, lines
from benchmarks.peers.worker import read, written
from benchmarks.peers.writing import NOT_MET, drawing, page
from benchmarks.peers.zone import dossier
from checker.dossier.loading import dossier_schema
from checker.verifying import load_policy

PARCELS = 200
DATA = dossier(PARCELS)


def found_by(peer: Peer, folder: Path) -> list[Found]:
    path = folder / "dossier.json"
    path.write_bytes(DATA)
    engine = peer.make()
    return sorted(engine.evaluate(engine.decode(DATA, path)))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    return found_by(ENTRANTS[OURS], tmp_path_factory.mktemp("ours"))


# --- the workload ---------------------------------------------------------------------------------------------------


def test_the_workload_is_the_same_every_time() -> None:
    assert dossier(PARCELS) == DATA
    assert sha256(DATA).hexdigest() == "02d9235effe23580c61023dade01b10ca9aa7b5894bdce1e9789848c91117f89"


def test_another_seed_gives_another_zone() -> None:
    assert dossier(PARCELS, seed=1) != DATA


def test_pack_of_the_workload_loads_with_its_examples() -> None:
    assert len(load_policy(PACK, dossier_schema()).rules) == 20


def test_every_rule_but_the_rarest_finds_something(expected: list[Found]) -> None:
    found = Counter(rule for rule, _, _ in expected)
    assert {each.id for each in rules().parcels} - found.keys() <= {"R1.1-08"}
    assert {verdict for _, _, verdict in expected} == {"violation", "undetermined"}


def test_price_of_a_zone_is_open_only_while_what_is_known_stays_below_the_limit() -> None:
    rule = rules().zone
    assert not [*zone_findings(rule, [rule.limit])]
    assert [*zone_findings(rule, [rule.limit, None])] == [(rule.id, "Z1", "undetermined")]
    assert [*zone_findings(rule, [rule.limit, Decimal("0.01"), None])] == [(rule.id, "Z1", "violation")]


# --- the proof ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "peer", [each for each in ENTRANTS.values() if is_installed(each) and each.name != OURS], ids=lambda each: each.name
)
def test_peer_finds_what_this_project_finds(peer: Peer, expected: list[Found], tmp_path: Path) -> None:
    assert not difference(expected, found_by(peer, tmp_path))


def test_floor_and_evidence_are_always_there_to_be_compared() -> None:
    assert is_installed(ENTRANTS[FLOOR])
    assert is_installed(ENTRANTS[OURS_WITH_EVIDENCE])


def test_difference_is_told() -> None:
    first, second = ("R1", "P1", "violation"), ("R1", "P2", "undetermined")
    assert difference([first, second], [second, first]) == []
    assert difference([first], [second]) == [
        "1 findings expected, 1 given",
        "lacks R1 P1 violation",
        "adds R1 P2 undetermined",
    ]
    assert difference([first], [first, first]) == ["1 findings expected, 2 given"]


def test_findings_are_read_as_they_were_written(expected: list[Found]) -> None:
    assert read(written(expected).decode()) == expected


# --- the formulas ---------------------------------------------------------------------------------------------------


def test_rules_of_the_peers_are_read_from_those_of_the_pack() -> None:
    formulas = {each.id: each.formula for each in rules().parcels}
    match formulas["R1.1-18"]:
        case All(parts=(Blank(negated=True), Any(parts=(Blank(negated=False), Compare(right=day))))):
            assert day == date(2022, 12, 30)
        case other:
            pytest.fail(str(other))


def test_negation_turns_every_test_and_joint_round() -> None:
    [rule] = [each for each in rules().parcels if each.id == "R1.1-02"]
    match negation(rule.formula):
        case Any(parts=(Within(negated=True), Within(negated=False))):
            assert len(conjunctions(negation(rule.formula))) == 2
            assert negation(negation(rule.formula)) == rule.formula
        case other:
            pytest.fail(str(other))


def test_generated_code_judges_without_a_comparison_with_what_is_unknown() -> None:
    assert "if not (far_max is not None and far_min is not None and far_max >= far_min):" in generated.source(rules())


def test_verdicts_and_evidence_share_a_policy() -> None:
    assert ours.policy() is ours.policy()


# --- the page -------------------------------------------------------------------------------------------------------


def series(seconds: float) -> Series:
    found = Series(parcels=1_000)
    parts = {"decode": seconds / 2, "evaluate": seconds / 2, "whole": seconds}
    counts = {"records": 1_000, "findings": 7, "peak": 9_000_000, "more": 2_000_000, "bytes": 1_000_000}
    found.add({"seconds": parts, "counts": counts})
    return found


RESULTS = Results(
    sizes=[1_000, 10_000],
    runs=1,
    peers={
        (name, size): series(seconds)
        for name, seconds in ((OURS, 0.02), (FLOOR, 0.01), (POLARS_NAME_EXACT, 0.03))
        for size in (1_000, 10_000)
    },
    absent=["OPA"],
)


def test_table_is_markdown() -> None:
    assert table(["", "ms"], [["json", "7"], ["msgspec", "3"]]).splitlines()[1:] == [
        "|---|---:|",
        "| json | 7 |",
        "| msgspec | 3 |",
    ]


def test_targets_are_met_or_not_or_not_measured() -> None:
    told = {(each.target, each.at): (each.told, each.answer) for each in lines(RESULTS)}
    against_columns = "(a) the better of DuckDB and Polars, exact ÷ this, JSON to findings"
    assert told[against_columns, "1,000"] == told[against_columns, "10,000"] == ("1.50", "met")
    assert told["(b) this ÷ generated Python, before evidence", "10,000"] == ("2.00", "**not met**")
    assert told["(b) this ÷ generated Python, before evidence", "1,000"] == ("2.00", "")
    assert told["(d) OPA ÷ this, evaluation", "10,000"] == ("not measured", "")


def test_page_tells_times_ratios_and_who_is_missing() -> None:
    text = page(RESULTS, has_chart=True)
    assert "| **zonecheck** | 20 | 20 | 1.00 | 1.00 |" in text
    assert "| Polars, exact | 30 | 30 | 1.50 | 1.50 |" in text
    assert "Not installed, and left out: OPA." in text
    assert f"- (b) {NOT_MET['(b)']}" in text
    assert NOT_MET["(a)"] not in text
    assert "![Time from JSON to findings](performance.svg)" in text


def test_chart_is_an_image_with_a_bar_for_everybody_the_shortest_first() -> None:
    root = ElementTree.fromstring(drawing(RESULTS))  # noqa: S314  (our own)
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [each for each in texts if each in {OURS, FLOOR, POLARS_NAME_EXACT}] == [FLOOR, OURS, POLARS_NAME_EXACT]


def test_names_in_a_chart_are_only_text() -> None:
    assert "<b>" not in chart("<b>", "µs", [Bar(label="<b>", value=1)])


def test_runs_over_many_dossiers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch.show("2 small dossiers", batch.small(tmp_path / "small", 2), [1], 0)
    rows = [line.split(" | ")[0] for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert rows == ["| ", "| plain loop", "| 1 worker", "| 1 worker, all done before"]
