"""What people attest on a visit comes back whole, stands beside the findings, and changes no verdict."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from reference.program import shipped_policy
from reference.strategies import encoded, sample
from reports_sample import HOSTILE
from reports_sample import report as made_by_hand
from test_merging import BY, GRANTOR, LAND_USE, PAPER, SCHEMA, before, empty, fact, filled, raw

from checker.attesting import MOST_FINDINGS
from checker.checking import check
from checker.dossier.loading import Dossier, load_dossier
from checker.dossier.schema import ATTESTATIONS
from checker.errors import DossierError
from checker.model import Answer, Attestation, Document, Method, Report, Subject, Verdict
from checker.papers import checklist as visit
from checker.papers import found
from checker.papers.merging import Merged, changes, merge, summary
from checker.reporting import FORMATS
from checker.reporting.arrangement import numbering
from checker.reporting.reading import read
from checker.sheets.cells import with_cells
from checker.sheets.workbook import Table

LOOKED: Mapping[str, Any] = {
    visit.LOOKED_BY: "张三",
    visit.CAPACITY: "检查人员",
    visit.LOOKED_ON: date(2025, 1, 6),
}
HANDED: Mapping[str, Any] = {visit.RECEIVER: "张三", visit.PROVIDED_ON: date(2025, 1, 6)}
SAID = {"found_by": "张三", "capacity": "检查人员", "found_on": "2025-01-06"}
CONTRACT = "国有建设用地使用权出让合同"
POLICY = shipped_policy()
INSPECTION = made_by_hand()
JUDGED = "6.6"


def of(rule: str, subject: str, report: Report | None = None) -> str:
    """Give the id of a finding."""
    held = (report or before()).findings
    return next(each.id for each in held if (each.rule, each.subject.id) == (rule, subject))


GRANTED = of("R18.7-03", "P1")


def ticked(rows: Mapping[str, Mapping[str, Any]], onto: tuple[Table, ...] = ()) -> tuple[Table, ...]:
    return filled(rows, visit.ITEMS, visit.FINDING, onto=onto)


def put(
    sheets: tuple[Table, ...],
    dossier: Mapping[str, Any] | None = None,
    *,
    may_replace: bool = False,
    may_keep: bool = False,
) -> Merged:
    held = dossier or raw()
    return merge(sheets, held, SCHEMA, reported(held), name="新.json", may_replace=may_replace, may_keep=may_keep)


def loaded(dossier: Mapping[str, Any]) -> Dossier:
    return load_dossier(json.dumps(dossier, ensure_ascii=False).encode(), "d.json", SCHEMA)


def reported(dossier: Mapping[str, Any]) -> Report:
    return check(POLICY, loaded(dossier))


def attestations(done: Merged) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = json.loads(done.data)[ATTESTATIONS]
    return held


def refused(sheets: tuple[Table, ...]) -> str:
    with pytest.raises(DossierError) as caught:
        put(sheets)
    return "\n".join(map(str, caught.value.problems))


def whole_visit() -> tuple[Table, ...]:
    """Fill in something on every sheet of the checklist."""
    said = {visit.METHOD: "看现场", visit.RESULT: "不符合", visit.NOTE: "甲方是管委会", visit.EXHIBITS: "照片3、照片4"}
    sheets = ticked({GRANTED: {**said, **LOOKED}})
    judged = {visit.RESULT: "符合", visit.NOTE: "有议事规则", visit.EXHIBITS: "", **LOOKED}
    sheets = filled({JUDGED: judged}, visit.NORMS, visit.NORM, onto=sheets)
    asked = {visit.SUPPLY: "拒绝提供", visit.PROVIDER: "李四", visit.REMARK: "称合同在市里", **HANDED}
    sheets = filled({CONTRACT: asked}, visit.REQUESTS, visit.DOCUMENT, onto=sheets)
    record: dict[str, dict[str, Any]] = {
        visit.BEGUN: {visit.CONTENT: datetime(2025, 1, 6, 9, 30)},  # noqa: DTZ001 - a cell has no zone
        visit.WRITER: {visit.CONTENT: "王五"},
        "被检查单位的意见": {visit.CONTENT: "无异议"},
    }
    return filled(record, visit.RECORD, visit.TOPIC, onto=sheets)


def test_the_words_of_the_checklist_are_those_of_the_dossier_and_of_the_report() -> None:
    fields = SCHEMA.registers[ATTESTATIONS].fields
    assert fields["answer"].member_labels == {each.value: each.label for each in Answer}
    assert fields["method"].member_labels == {each.value: each.label for each in Method}


def test_all_that_people_wrote_comes_back_with_who_and_when() -> None:
    done = put(whole_visit())
    recorded = {"found_by": "王五", "found_on": "2025-01-06"}
    assert attestations(done) == [
        {
            "attestation_id": "核查001",
            "item": "管委会作为出让方签订出让合同",
            "rule": "R18.7-03",
            "register": "parcels",
            "subject_id": "P1",
            "method": "site",
            "answer": "not_conforming",
            "note": "甲方是管委会",
            "exhibits": "照片3、照片4",
            **SAID,
        },
        {
            "attestation_id": "核查002",
            "item": "第六条",
            "norm": JUDGED,
            "answer": "conforming",
            "note": "有议事规则",
            **SAID,
        },
        {
            "attestation_id": "核查003",
            "item": CONTRACT,
            "document": CONTRACT,
            "answer": "refused",
            "note": "称合同在市里",
            "found_by": "张三",
            "found_on": "2025-01-06",
            "refused_by": "李四",
            "refused_on": "2025-01-06",
        },
        {
            "attestation_id": "核查004",
            "item": "现场检查笔录：检查时间（起）",
            "note": "2025-01-06 09:30:00",
            **recorded,
        },
        {"attestation_id": "核查005", "item": "现场检查笔录：记录人", "note": "王五", **recorded},
        {"attestation_id": "核查006", "item": "现场检查笔录：被检查单位的意见", "note": "无异议", **recorded},
    ]
    assert done.unread == ()
    assert "新记入核查记录 6 条：核查001—核查006" in "\n".join(summary(done))


def test_a_refusal_marks_every_field_that_the_paper_would_have_settled() -> None:
    done = put(whole_visit())
    wanted = {
        each.pointer
        for finding in before().findings
        for each in finding.missing
        if each.document == CONTRACT and not each.pointer.startswith("/meta")
    }
    parcels = json.loads(done.data)["parcels"]
    marked = {f"/parcels/{nth}/{name}" for nth, each in enumerate(parcels) for name in each.get("withheld", ())}
    assert wanted
    assert marked == wanted
    after = check(POLICY, done.dossier)
    [granted] = [each for each in after.findings if each.id == GRANTED]
    assert GRANTOR in granted.withheld
    assert "李四 2025-01-06" in "\n".join(summary(done))


def test_one_fact_may_be_refused_and_then_has_no_value() -> None:
    row = {found.REFUSED: "是", found.REFUSED_BY: "李四", **BY, found.CAPACITY: "检查人员"}
    done = put(filled({GRANTOR: row}))
    assert json.loads(done.data)["parcels"][0]["withheld"] == ["grantor_kind"]
    [said] = attestations(done)
    assert (said["field"], said["answer"], said["refused_by"], said["capacity"]) == (
        *("grantor_kind", "refused", "李四", "检查人员"),
    )
    assert "既填了查明的值，又填了拒绝提供" in refused(filled({GRANTOR: {**row, found.VALUE: "开发区管委会"}}))
    assert "没有填拒绝提供人" in refused(filled({GRANTOR: {**row, found.REFUSED_BY: None}}))


@pytest.mark.parametrize("title", [visit.LOOKED_BY, visit.LOOKED_ON])
def test_what_nobody_says_on_any_day_is_refused_by_its_cell(title: str) -> None:
    told = refused(ticked({GRANTED: {visit.RESULT: "符合", **LOOKED, title: None}}))
    assert f"现场核查清单!{'R' if title == visit.LOOKED_BY else 'T'}" in told
    assert f"填了结果，没有填{title}" in told


def test_an_answer_that_the_checklist_does_not_offer_is_refused() -> None:
    assert "从下拉列表中选：符合、不符合、不适用、未核" in refused(
        ticked({GRANTED: {visit.RESULT: "拒绝提供", **LOOKED}})
    )


def test_a_name_without_an_answer_is_no_statement_and_that_is_said() -> None:
    sheets = ticked({GRANTED: LOOKED}, onto=filled({LAND_USE: fact("工业用地")}))
    done = put(sheets)
    assert len(attestations(done)) == 1
    assert [each.partition("!")[0] for each in done.unread] == ["现场核查清单"] * 3
    assert done.unread[0] in "\n".join(summary(done))


def test_columns_and_sheets_that_people_added_are_named_and_not_silently_dropped() -> None:
    sheets = list(filled({LAND_USE: fact("工业用地")}))
    [items] = [each for each in sheets if each.name == visit.ITEMS]
    head, first, *rest = items.rows
    sheets[sheets.index(items)] = replace(items, rows=[[*head, "我的备注"], [*first, "再来一次"], *rest])
    extra = Table(file="核查.xlsx", name="随手记", place="随手记", rows=[["门口有保安"]])
    assert put((*sheets, extra)).unread == (f"现场核查清单!{'U2'}", "随手记")


def test_the_same_sheet_again_adds_nothing() -> None:
    once = put(whole_visit())
    again = put(whole_visit(), json.loads(once.data))
    assert again.data == once.data
    assert again.attested == ()
    assert again.cells.single.items() == once.cells.single.items()


def test_a_later_sheet_adds_its_word_and_the_old_one_stays_and_both_are_told_to_differ() -> None:
    once = put(whole_visit())
    later = {visit.RESULT: "符合", visit.NOTE: "", visit.EXHIBITS: "", **LOOKED, visit.LOOKED_BY: "赵六"}
    again = put(ticked({GRANTED: later}), json.loads(once.data))
    assert attestations(again)[:6] == attestations(once)
    assert again.attested == ("核查007",)
    told = "\n".join(changes(check(POLICY, once.dossier), check(POLICY, again.dossier)))
    assert "核查007 管委会作为出让方签订出让合同 — 家具项目（P1）：符合（赵六（检查人员），2025年1月6日）" in told
    assert "；与核查001不同" in told


def test_two_people_who_found_different_values_are_both_heard() -> None:
    once = put(filled({LAND_USE: fact("工业用地")}))
    other = {**fact("物流仓储用地"), found.FOUND_BY: "赵六", found.FOUND_ON: date(2025, 2, 3)}
    sheets, dossier = filled({LAND_USE: other}), json.loads(once.data)
    with pytest.raises(DossierError, match=r"档案中是 工业用地（核查001，张三 2025-01-06），核查表填的是 物流仓储用地"):
        put(sheets, dossier)
    done = put(sheets, dossier, may_replace=True)
    first, second = attestations(done)
    assert (first["value"], second["value"], second["recorded"]) == ("工业用地", "物流仓储用地", "工业用地")
    against = {"核查001": ("核查002",), "核查002": ("核查001",)}
    assert {each.id: each.against for each in check(POLICY, done.dossier).attestations} == against
    kept = put(sheets, dossier, may_keep=True)
    assert attestations(kept) == attestations(done)
    assert json.loads(kept.data)["parcels"] == dossier["parcels"]
    assert put(sheets, json.loads(kept.data), may_keep=True).data == kept.data


def test_a_declaration_that_is_replaced_stays_as_somebodys_word() -> None:
    row = {found.COMPLETE: "是", found.AS_OF: date(2024, 12, 31), found.COUNT: 3, found.SIGNATORY: "李四"}
    once = put(filled({"parcels": row}, found.DECLARED, found.REGISTER))
    assert ATTESTATIONS not in json.loads(once.data)
    dossier = json.loads(once.data)
    sheets = filled({"parcels": {**row, found.SIGNATORY: "赵六"}}, found.DECLARED, found.REGISTER)
    [said] = attestations(put(sheets, dossier, may_replace=True))
    assert (said["register"], said["found_by"]) == ("parcels", "赵六")
    assert "李四签署" in said["recorded"]
    kept = put(sheets, dossier, may_keep=True)
    assert attestations(kept) == [said]
    assert json.loads(kept.data)["meta"] == dossier["meta"]


def test_evidence_that_is_registered_is_cited_and_what_is_not_is_kept_as_it_is_written() -> None:
    dossier = {**raw(), "evidence": [{"doc_id": "D01", "title": "出让合同"}]}
    row = {visit.RESULT: "不符合", visit.EXHIBITS: "出让合同#p3、照片5", **LOOKED}
    [said] = attestations(put(ticked({GRANTED: row}), dossier))
    assert (said["sources"], said["exhibits"]) == ({"*": ["D01#p3"]}, "出让合同#p3、照片5")
    [told] = check(POLICY, put(ticked({GRANTED: row}), dossier).dossier).attestations
    assert told.documents == (Document(doc_id="D01", title="出让合同", page="p3"),)


def test_a_row_is_told_by_its_finding_and_record_wherever_the_record_has_gone() -> None:
    moved = raw()
    moved["parcels"].reverse()
    [said] = attestations(put(ticked({GRANTED: {visit.RESULT: "符合", **LOOKED}}), moved))
    assert (said["rule"], said["subject_id"]) == ("R18.7-03", "P1")
    gone = raw()
    del gone["parcels"][0]
    with pytest.raises(DossierError, match=f"{GRANTED} 不是档案位置 /parcels/0 上的问题"):
        put(ticked({GRANTED: {visit.RESULT: "符合", **LOOKED}}), gone)


def test_a_finding_that_has_since_been_closed_is_still_named() -> None:
    dossier = raw()
    dossier["parcels"][0] |= {"grantor_kind": "nr_authority", "supply_method": "listing"}
    assert GRANTED not in {each.id for each in reported(dossier).findings}
    [said] = attestations(put(ticked({GRANTED: {visit.RESULT: "符合", **LOOKED}}), dossier))
    assert (said["rule"], said["subject_id"]) == ("R18.7-03", "P1")


def test_a_register_and_the_zone_can_be_attested() -> None:
    silent, zone = of("R18.3-01", "trips"), of("R16.6-01", "Z03")
    row = {visit.RESULT: "未核", **LOOKED}
    done = put(ticked({silent: row, zone: row}))
    about = {(each["register"], each["subject_id"]) for each in attestations(done)}
    assert about == {("trips", "trips"), ("zone", "Z03")}
    after = check(POLICY, done.dossier)
    assert {each.findings for each in after.attestations} == {(silent,), (zone,)}
    assert not [each for each in after.doubts if each.pointer.startswith(f"/{ATTESTATIONS}")]


def test_a_checklist_of_before_has_fewer_columns_and_is_read_all_the_same() -> None:
    newer = {found.CAPACITY, found.REFUSED, found.REFUSED_BY, visit.CAPACITY}
    row = {visit.RESULT: "符合", **LOOKED}
    sheets = []
    for table in ticked({GRANTED: row}, onto=filled({LAND_USE: fact("工业用地", **PAPER)})):
        kept = [place for place, title in enumerate(table.rows[0]) if title not in newer]
        sheets.append(replace(table, rows=[[line[place] for place in kept] for line in table.rows]))
    done = put(tuple(sheets))
    assert [each["answer"] for each in attestations(done)] == ["established", "conforming"]
    assert done.unread == ()


def test_an_untouched_checklist_leaves_nothing_unread() -> None:
    done = put(filled({LAND_USE: fact("工业用地")}))
    assert done.unread == ()
    assert {each.name for each in empty()} >= visit.HEADINGS.keys() | {found.FACTS, found.DECLARED}


def test_a_long_note_is_kept_whole_and_one_too_long_for_a_dossier_is_told_by_its_cell() -> None:
    row = {visit.RESULT: "不符合", **LOOKED}
    [said] = attestations(put(ticked({GRANTED: {**row, visit.NOTE: "长" * 30_000}})))
    assert said["note"] == "长" * 30_000
    assert "长 30,001 个字，上限 30,000" in refused(ticked({GRANTED: {**row, visit.NOTE: "长" * 30_001}}))


def test_an_identity_number_in_a_note_is_refused_by_its_cell() -> None:
    row = {visit.RESULT: "不符合", visit.NOTE: "问了 11010519491231002X", **LOOKED}
    told = refused(ticked({GRANTED: row}))
    assert "现场核查清单!P" in told
    assert "11010519491231002X" not in told


# --- no verdict hangs on it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_attestations_make_and_close_no_finding(seed: int) -> None:
    made = sample(seed, SCHEMA.raw)
    with_them = {**made.dossier, ATTESTATIONS: made.dossier.get(ATTESTATIONS) or [{"attestation_id": "A"}]}
    without = {name: held for name, held in with_them.items() if name != ATTESTATIONS}
    seen, unseen = (
        check(POLICY, load_dossier(encoded(each), "d.json", SCHEMA), as_of=made.as_of) for each in (with_them, without)
    )
    assert seen.attestations
    assert replace(seen, attestations=(), doubts=(), dossier=unseen.dossier) == replace(unseen, doubts=())


def test_whatever_is_answered_the_verdicts_stay() -> None:
    every = [
        {
            "attestation_id": f"{nth}-{answer}",
            "rule": each.rule,
            "register": each.subject.register,
            "subject_id": each.subject.id,
            "answer": answer.value,
            "sources": {"*": ["D01"]},
        }
        for nth, each in enumerate(before().findings)
        for answer in Answer
    ]
    seen = reported({**raw(), "evidence": [{"doc_id": "D01"}], ATTESTATIONS: every})
    unseen = reported({**raw(), "evidence": [{"doc_id": "D01"}]})
    assert seen.findings == unseen.findings
    assert seen.totals == unseen.totals
    assert all(each.findings and each.against for each in seen.attestations if each.answer is not Answer.NOT_EXAMINED)


def test_many_statements_on_a_fact_that_everything_rests_on_stay_few_in_every_finding() -> None:
    said = [
        {"attestation_id": str(nth), "register": "zone", "subject_id": "Z03", "field": "level", "found_by": "张三"}
        for nth in range(300)
    ]
    seen = reported({**raw(), ATTESTATIONS: said})
    assert {each.at for each in seen.attestations} == {"/zone/level"}
    assert all(0 < len(each.findings) <= MOST_FINDINGS for each in seen.attestations)
    page = FORMATS["html"](seen).decode()
    assert "另有290条，见“核查记录”" in page
    assert len(page) < 2 * len(FORMATS["html"](reported(raw()))) + 300 * 400


# --- in reports -------------------------------------------------------------------------------------------------------


def test_an_attestation_that_is_about_nothing_or_by_nobody_is_a_doubt_and_stays() -> None:
    lost = [
        {"attestation_id": "A", "norm": "99.9", "found_by": "张三"},
        {"attestation_id": "B", "register": "parcels", "subject_id": "P77", "answer": "conforming", "found_by": "张三"},
        {"attestation_id": "C", "note": "门锁着"},
        {"attestation_id": "D", "rule": "R0", "found_by": "张三"},
    ]
    seen = reported({**raw(), ATTESTATIONS: lost})
    assert [each.pointer for each in seen.doubts if each.pointer.startswith(f"/{ATTESTATIONS}")] == [
        "/attestations/0/norm",
        "/attestations/1/subject_id",
        "/attestations/2/found_by",
        "/attestations/3/rule",
    ]
    assert [each.id for each in seen.attestations] == ["A", "B", "C", "D"]


def test_people_see_what_was_attested_beside_the_finding_and_under_the_norm() -> None:
    done = put(whole_visit())
    after = check(POLICY, done.dossier)
    text = FORMATS["text"](after).decode().replace("\n", "").replace(" ", "")
    assert "核查记录（人的陈述）：核查001" in text
    assert "下列是人的陈述，不是证据，不改变结论" in text
    assert (
        f"第六条（{JUDGED}）“{POLICY.norms[JUDGED].quote}”：符合；有议事规则（张三（检查人员），2025年1月6日）" in text
    )
    page = FORMATS["html"](after).decode()
    assert "甲方是管委会" in page
    assert "拒绝提供（李四，2025年1月6日）" in page
    assert page.count("核查001") >= 2


def test_the_next_checklist_says_what_was_said_on_the_last_visit() -> None:
    after = check(POLICY, put(whole_visit()).dossier)
    [item] = [each for each in visit.checklist(after).items if GRANTED in each.findings]
    assert "已有核查记录：核查001 不符合、核查003 拒绝提供" in item.why


def test_a_saved_report_gives_the_attestations_back() -> None:
    after = check(POLICY, put(whole_visit()).dossier)
    data = FORMATS["json"](after)
    assert read(data, "r.json").attestations == after.attestations
    assert FORMATS["html"](read(data, "r.json")) == FORMATS["html"](after)


def test_hostile_words_of_a_statement_are_shown_and_do_nothing() -> None:
    finding = INSPECTION.of(Verdict.VIOLATION)[0]
    said = Attestation(
        id="A",
        pointer="/attestations/0",
        item=HOSTILE,
        subject=Subject(register="parcels", id="P", label=HOSTILE, pointer="/parcels/0"),
        answer=Answer.REFUSED,
        note=HOSTILE,
        found_by=HOSTILE,
        refused_by=HOSTILE,
        exhibits=HOSTILE,
        findings=(finding.id,),
    )
    report = replace(INSPECTION, attestations=(said,))
    page = FORMATS["html"](report).decode()
    assert page.count("<script>") == FORMATS["html"](INSPECTION).decode().count("<script>")
    assert "<img src" not in page
    assert f'<a href="#f{numbering(report)[finding.id]}">问题' in page
    text = FORMATS["text"](report).decode()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert read(FORMATS["json"](report), "r.json") == report


def test_the_text_names_the_cells_of_what_is_undetermined_too() -> None:
    once = put(filled({LAND_USE: fact("工业用地")}))
    cells = replace(once.cells, single={**once.cells.single, "/parcels/0": "供地台账!A2", GRANTOR: "供地台账!E2"})
    after = check(POLICY, once.dossier)
    told = FORMATS["text"](with_cells(after, cells)).decode().replace("\n", "").replace(" ", "")
    assert "家具项目（P1）（供地台账!A2）" in told
    assert "出让人类型供地台账!E2" in told
    assert "供地台账" + "!" not in FORMATS["text"](after).decode()
    many = replace(after, findings=after.findings * 3)
    assert "（供地台账!A2）" in FORMATS["text"](with_cells(many, cells)).decode()
