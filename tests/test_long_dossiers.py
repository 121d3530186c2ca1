"""A dossier that is read in portions: the same report to the byte, and what is wrong with it is refused."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.program import raw_schema, shipped_policy
from reference.strategies import Sample, encoded, samples
from test_batch import tree
from test_cli import Run, desk, run
from test_realistic import generated

from benchmarks.peers.formulas import PACK
from benchmarks.peers.zone import dossier as zone
from checker import checking, facts, limits, site
from checker.batching import working
from checker.dossier import long
from checker.dossier.loading import Dossier, FileText, dossier_schema, load_dossier
from checker.dossier.long import ALWAYS_HELD, LongDossier, load_long
from checker.dossier.records import decode_again
from checker.dossier.spans import BytesText, Columns, UnreadableError, outline
from checker.errors import DossierError
from checker.limits import Limits
from checker.model import Mode, Report
from checker.policy.loading import Policy, read_policy
from checker.reporting import FORMATS
from checker.resources import folder

__all__ = ("desk", "run")

EXAMPLES = Path(__file__).parents[1] / "examples"
Written = dict[str, Any]
NEVER, ALWAYS = 0, 10**9
PLENTY = Limits(records=ALWAYS)


@cache
def twenty_rules() -> Policy:
    return read_policy(PACK, dossier_schema())


def in_portions(
    data: bytes, *, held: int = 0, portion: int = 1_000, most_worded: int = NEVER, allowed: Limits = PLENTY
) -> Dossier:
    return load_long(
        BytesText(data),
        "dossier.json",
        dossier_schema(),
        most_worded=most_worded,
        allowed=allowed,
        held=held,
        portion=portion,
    )


def whole(data: bytes) -> Dossier:
    return load_dossier(data, "dossier.json", dossier_schema())


def same(policy: Policy, data: bytes, as_of: date | None = None, *, held: int = 0, portion: int = 1_000) -> Report:
    """Make sure that the report is the same, part by part and to the byte, and give it."""
    expected = checking.check(policy, whole(data), as_of=as_of)
    found = checking.check(policy, in_portions(data, held=held, portion=portion), as_of=as_of)
    for each in fields(Report):
        assert getattr(found, each.name) == getattr(expected, each.name), each.name
    assert FORMATS["json"](found, "") == FORMATS["json"](expected, "")
    return expected


# --- the same report ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda each: each.stem)
@pytest.mark.parametrize(("held", "portion"), [(0, 1), (0, 2_000), (4_000, 20_000)])
def test_examples_give_the_same_report(path: Path, held: int, portion: int) -> None:
    same(shipped_policy(), path.read_bytes(), held=held, portion=portion)


@pytest.mark.parametrize(("held", "portion"), [(0, 5_000), (10**6, 40_000)])
def test_realistic_zone_gives_the_same_report(held: int, portion: int, tmp_path: Path) -> None:
    report = same(shipped_policy(), generated(tmp_path, 80, 7), held=held, portion=portion)
    assert len(report.findings) > 50


@pytest.mark.parametrize("held", [0, 10**6])
def test_zone_of_the_twenty_rules_gives_the_same_report(held: int) -> None:
    assert len(same(twenty_rules(), zone(300), held=held, portion=6_000).findings) > 300


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(sample=samples(raw_schema()), held=st.sampled_from([0, 0, 500, 2_000]), portion=st.integers(1, 3_000))
def test_random_dossiers_give_the_same_report(sample: Sample, held: int, portion: int) -> None:
    same(shipped_policy(), encoded(sample.dossier), sample.as_of, held=held, portion=portion)


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_however_it_is_spaced_and_escaped(indent: int | None, *, ascii_only: bool) -> None:
    written = json.loads((EXAMPLES / "dossier.json").read_bytes())
    data = json.dumps(written, indent=indent, ensure_ascii=ascii_only).encode()
    same(shipped_policy(), b"\xef\xbb\xbf \r\n" + data + b"\n\t ", portion=700)


def test_report_in_another_language_is_the_same() -> None:
    policy = read_policy(folder("policies") / site.POLICY, dossier_schema("en"))
    report = same(policy, example(parcels=parcels(9, contract_no="HT-1", detailed_plan_id="PL1")), portion=100)
    assert [each.message.isascii() for each in report.doubts] == [True, True]


def test_only_the_first_findings_are_written_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_FINDINGS", 150)
    report = same(twenty_rules(), zone(300), portion=6_000)
    assert len(report.findings) == 150
    assert {each.kind for each in report.not_checked} >= {"unlisted"}


@pytest.mark.parametrize("most", [0, 150, 299, 300])
def test_rule_that_compares_too_much_is_bounded_by_both(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "MOST_VISITS", most)
    report = same(twenty_rules(), zone(300), portion=6_000)
    assert any(each.kind == "bound" for each in report.not_checked) == (most < 300)


def test_visits_of_all_portions_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for most in (0, 30, 10_000):
        monkeypatch.setattr(facts, "MOST_VISITS", most)
        report = same(shipped_policy(), (EXAMPLES / "dossier.json").read_bytes(), portion=300)
        seen.append(sum(each.kind == "bound" for each in report.not_checked))
    assert seen[0] > seen[-1]


# --- doubts and names across portions -------------------------------------------------------------------------------


def example(**registers: Any) -> bytes:
    """Give a small dossier with these registers; nothing else is wrong with it."""
    written: Written = {
        "meta": {"schema_version": "1.0", "dossier_id": "D", "as_of_date": "2023-06-30"},
        "zone": {"zone_id": "Z1", "level": "national"},
    }
    return json.dumps({**written, **registers}, ensure_ascii=False).encode()


def parcels(number: int, **more: Any) -> list[Written]:
    return [{"parcel_id": f"P{nth}", **more} for nth in range(number)]


@pytest.mark.parametrize(
    "registers",
    [
        {"parcels": parcels(60, contract_no="HT-1")},
        {"parcels": [{**each, "contract_no": f"HT-{nth % 25}"} for nth, each in enumerate(parcels(90))]},
        {"parcels": parcels(60, detailed_plan_id="PL1")},
        {"parcels": parcels(60, detailed_plan_id="PL1"), "plans": [{"plan_id": "PL2"}]},
        {"parcels": parcels(60, sources={"*": ["D1"]})},
        {"parcels": parcels(60, sources={"nothing": ["D1"]}, withheld=["neither"])},
        {"parcels": parcels(60, area_sqm=1, total_price_cny=10**9, grantee_uscc="911100006000373411")},
        {"parcels": parcels(30, payments=[{"payment_id": "1", "paid_on": "2024-01-01"}] * 1), "plans": parcels(0)},
        {"trips": [{"trip_id": f"T{nth}", "sources": {"*": ["D9"]}} for nth in range(40)], "parcels": parcels(9)},
    ],
)
@pytest.mark.parametrize("portion", [1, 300, 2_000])
def test_doubts_are_counted_and_told_in_the_same_order(registers: Mapping[str, Any], portion: int) -> None:
    data = example(**registers)
    assert in_portions(data, portion=portion).doubts == whole(data).doubts != ()


@pytest.mark.parametrize("subject", ["P3", "P3/1", "P9/1", "2", "Z1"])
def test_claims_reach_records_of_any_portion(subject: str) -> None:
    payments = [{"payment_id": "1", "amount_cny": 1}]
    land = [{**each, "payments": payments} for each in parcels(10)]
    land[7]["payments"] = [*payments, {"payment_id": "2", "paid_on": "2021-01-01"}]
    claim = {"claim_id": "C1", "subject_id": subject, "ground": "government_delay"}
    attested = {"attestation_id": "A1", "register": "parcels.payments", "subject_id": subject, "field": "paid_on"}
    report = same(shipped_policy(), example(parcels=land, claims=[claim], attestations=[attested]), portion=200)
    assert [each.subject is not None for each in report.attestations] == [True]


# --- refusals -------------------------------------------------------------------------------------------------------

GOOD = example(
    plans=[{"plan_id": "PL1"}],
    parcels=[{**each, "project_name": f"项目{nth}", "area_sqm": 5} for nth, each in enumerate(parcels(9))],
)


def put(old: str, new: str) -> bytes:
    found = GOOD.replace(old.encode(), new.encode())
    assert found != GOOD
    return found


FAULTS: Mapping[str, tuple[bytes, str]] = {
    "bad UTF-8": (GOOD.replace("项目2".encode(), b"\xff"), "/parcels"),
    "a key twice": (put('"project_name": "项目2"', '"area_sqm": 1, "project_name": "项目2"'), "/parcels/2"),
    "a key twice in the zone": (put('"zone_id"', '"level": "national", "zone_id"'), ""),
    "a register twice": (put('"plans"', '"plans": [], "plans"'), "/plans"),
    "a text for a number": (put('"项目2", "area_sqm": 5', '"项目2", "area_sqm": "5"'), "/parcels/2"),
    "a number for a text": (put('"项目2"', "2"), "/parcels/2"),
    "a number for an id": (put('"P2"', "2"), "/parcels/2"),
    "no id": (put('"parcel_id": "P2", ', ""), "/parcels/2"),
    "a record that is null": (put('{"parcel_id": "P2", "project_name": "项目2", "area_sqm": 5}', "null"), "/parcels"),
    "an unknown field": (put('"project_name": "项目2"', '"projektname": "项目2"'), "/parcels/2"),
    "an unknown register": (put('"plans"', '"plants"'), "/plants"),
    "an unknown block": (put('"zone"', '"owner": {}, "zone"'), ""),
    "no zone": (put('"zone": {"zone_id": "Z1", "level": "national"}, ', ""), ""),
    "an id twice": (put('"P7"', '"P2"'), "/parcels/7/parcel_id"),
    "a citizen": (put('"项目2"', '"11010519491231002X"'), "/parcels/2/project_name"),
    "a day in no order": (put('"plan_id": "PL1"', '"plan_id": "PL1", "approved_on": "1900-01-01"'), "/plans/0"),
    "bytes that follow": (GOOD + b"{}", ""),
    "cut off": (GOOD[:-40], "/parcels"),
    "a comma too many": (put("[{", "[,{"), ""),
    "a comma at the end": (GOOD[:-2] + b",]}", "/parcels"),
    "brackets that do not match": (put('"项目2", "area_sqm": 5}', '"项目2", "area_sqm": 5]'), "/parcels"),
    "nothing": (b"", ""),
    "a list": (b"[]", ""),
    "a claim about nothing": (put('"plans"', '"claims": [{"claim_id": "C", "subject_id": "P99"}], "plans"'), "/claims"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("portion", [1, 200, 10_000])
def test_what_is_wrong_is_told_as_ever_where_there_is_memory(fault: str, portion: int) -> None:
    data, _ = FAULTS[fault]
    with pytest.raises(DossierError) as expected:
        whole(data)
    with pytest.raises(DossierError) as found:
        in_portions(data, portion=portion, most_worded=ALWAYS)
    assert found.value.problems == expected.value.problems


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("portion", [1, 200, 10_000])
def test_what_is_wrong_is_told_by_its_place_where_there_is_not(fault: str, portion: int) -> None:
    data, place = FAULTS[fault]
    with pytest.raises(DossierError) as found:
        in_portions(data, portion=portion)
    assert found.value.problems[0].place.pointer.startswith(place)
    assert "11010519491231002X" not in str(found.value.problems)


def test_the_record_and_the_field_are_named() -> None:
    with pytest.raises(DossierError) as found:
        in_portions(FAULTS["a number for a text"][0], portion=120)
    assert found.value.problems[0].message == (
        "第 3 条记录：档案无法解读：Expected `str | null`, got `int` - at `$.parcels[2].project_name`"
    )


def test_syntax_errors_are_placed_in_the_file() -> None:
    data = put('"项目2", "area_sqm": 5}', '"项目2" "area_sqm": 5}')
    with pytest.raises(DossierError) as found:
        in_portions(data, portion=120)
    told = found.value.problems[0].message
    assert told.startswith("档案无法解读：JSON is malformed")
    at = data.index(b'"area_sqm"', data.index("项目2".encode()))
    assert f"(byte {at})" in told


def test_references_to_nothing_are_no_fault_to_either() -> None:
    same(shipped_policy(), put('"parcel_id": "P2"', '"parcel_id": "P2", "detailed_plan_id": "PL9"'), portion=1)


def test_too_many_records_are_refused_at_the_same_number() -> None:
    records = GOOD.count(b"{")
    assert isinstance(in_portions(GOOD, allowed=Limits(records=records)), LongDossier)
    with pytest.raises(DossierError, match="记录超过"):
        in_portions(GOOD, allowed=Limits(records=records - 1))


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), portion=st.sampled_from([1, 90, 10_000]))
def test_whatever_byte_is_changed_both_take_it_or_neither(at: int, byte: int, portion: int) -> None:
    data = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    assert accepts(lambda: in_portions(data, portion=portion)) == accepts(lambda: whole(data))


def accepts(load: Callable[[], Dossier]) -> bool:
    try:
        load()
    except DossierError:
        return False
    return True


# --- the outline ----------------------------------------------------------------------------------------------------


class Counted:
    """Counts records, and takes any object for one."""

    def add(self, _register: str, records: bytes) -> int:
        return len(msgspec.json.decode(b"[%b]" % records, type=list[dict[str, msgspec.Raw]]))


TEXTS = st.text(st.sampled_from('ab"\\{}[],:\n项'), max_size=6)
VALUES = st.recursive(
    TEXTS | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(st.sampled_from(["id", "x", '},{"id"']), VALUES, max_size=3), max_size=9)


@given(
    written=st.dictionaries(TEXTS, RECORDS | st.dictionaries(TEXTS, VALUES, max_size=2) | st.none(), max_size=4),
    indent=st.sampled_from([None, 1]),
    portion=st.integers(1, 60),
)
def test_portions_are_all_the_records(written: Mapping[str, Any], indent: int | None, portion: int) -> None:
    data = json.dumps(written, indent=indent, ensure_ascii=bool(portion % 2)).encode()
    columns: Columns = Counted()
    if not written:
        with pytest.raises(UnreadableError):
            outline(BytesText(data), columns, portion)
        return
    found = outline(BytesText(data), columns, portion)
    assert {name: json.loads(block) for name, block in found.blocks.items()} == {
        name: each for name, each in written.items() if not isinstance(each, list)
    }
    for register, portions in found.registers.items():
        records = [json.loads(b"[%b]" % data[each.start : each.end]) for each in portions]
        assert [one for each in records for one in each] == written[register]
        assert [len(each) for each in records] == [each.number for each in portions]
        assert [each.first for each in portions] == [sum(map(len, records[:nth])) for nth in range(len(records))]


def test_portions_are_about_as_long_as_is_asked() -> None:
    data = zone(300)
    found = outline(BytesText(data), Counted(), 20_000)
    lengths = [each.end - each.start for each in found.registers["parcels"]]
    assert len(lengths) > 10
    assert all(10_000 < each < 21_000 for each in lengths[:-2])


# --- what is held ---------------------------------------------------------------------------------------------------


def test_largest_registers_are_held_in_portions_and_what_all_look_into_is_not() -> None:
    papers = [{"doc_id": f"D{nth}", "title": "长" * 90} for nth in range(90)]
    found = in_portions(example(evidence=papers, parcels=parcels(40), plans=[{"plan_id": "PL1"}]), held=300)
    assert isinstance(found, LongDossier)
    assert found.bulk == {"parcels"}
    assert len(found.root.evidence) == 90
    assert "evidence" in ALWAYS_HELD


def test_no_more_than_a_portion_of_a_register_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the twenty rules nineteen look at one parcel after the other, one adds up a column of all."""
    most: list[int] = []

    def counting(data: bytes, schema: Any) -> Any:
        root = decode_again(data, schema)
        most.append(len(root.parcels or ()) if not schema.narrow else 0)
        return root

    monkeypatch.setattr("checker.dossier.long.decode_again", counting)
    checking.check(twenty_rules(), in_portions(zone(300), portion=20_000))
    assert 0 < max(most) < 60


def test_records_elsewhere_are_never_taken_for_none() -> None:
    found = in_portions(example(parcels=parcels(40)))
    with pytest.raises(TypeError):
        iter(found.root.parcels)


def test_text_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zone.json"
    path.write_bytes(zone(100))
    loaded = load_long(
        FileText(path), "zone.json", dossier_schema(), most_worded=NEVER, allowed=PLENTY, held=0, portion=9_000
    )
    path.write_bytes(path.read_bytes().replace(b"HT-0000050", b"HT-0000051"))
    with pytest.raises(DossierError, match="被改动"):
        checking.check(twenty_rules(), loaded)


# --- the commands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every register one of bulk."""
    monkeypatch.setattr(long, "load_long", partial(load_long, held=0, portion=2_000))


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("name", ["dossier.json", "clean.json", "mapped.json"])
def test_command_gives_the_same_with_little_memory(name: str, run: Run) -> None:
    expected = run("check", name, "--format", "json")
    found = run("check", name, "--format", "json", "--low-memory")
    assert (found.code, found.out, found.err) == (expected.code, expected.out, expected.err)


@pytest.mark.usefixtures("small_portions")
def test_it_is_read_in_portions_by_itself_where_memory_is_short(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[bool] = []
    load = long.load_long

    def noting(*arguments: Any, **more: Any) -> Dossier:
        loaded.append(True)
        return load(*arguments, **more)

    monkeypatch.setattr(long, "load_long", noting)
    for free, times in ((10**12, 0), (1_000, 1)):
        monkeypatch.setattr(limits, "free_memory", lambda free=free: free)
        run("check", "dossier.json")
        assert len(loaded) == times


@pytest.mark.parametrize("option", [("--cures",), ("--horizon", "1y")])
def test_what_needs_all_of_a_dossier_is_not_asked_with_little_memory(option: tuple[str, ...], run: Run) -> None:
    outcome = run("check", "dossier.json", "--low-memory", *option)
    assert (outcome.code, "--low-memory 不能与" in outcome.err, outcome.out) == (2, True, "")


@pytest.mark.usefixtures("small_portions")
def test_nothing_half_is_left_when_it_is_broken_off(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(desk)
    decoded: list[int] = []
    records = LongDossier.records

    def breaking_off(*arguments: Any) -> list[Any]:
        decoded.append(1)
        if len(decoded) == 9:
            raise KeyboardInterrupt
        return records(*arguments)

    monkeypatch.setattr(LongDossier, "records", breaking_off)
    outcome = run("check", "dossier.json", "--low-memory", "--out", "report.json")
    assert (outcome.code, len(decoded), outcome.out) == (130, 9, "")
    assert tree(desk) == before


@pytest.mark.usefixtures("small_portions")
def test_batch_gives_the_same_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    order = working.order_of(site.Site.load(None), None, None, Mode.INSPECTION, ("json",))
    desk = working.site_for(order)
    for name in ("dossier.json", "shandong.json", "realistic/dossier.json"):
        task = working.Task(name=name, file="dossier.json", data=(EXAMPLES / name).read_bytes())
        expected = working.checked(desk, order, task)
        with monkeypatch.context() as patch:
            patch.setattr(working, "fits", lambda _: False)
            assert working.checked(desk, order, task) == expected
