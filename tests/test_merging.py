"""A filled checklist comes back: what was found goes where it belongs, and nothing else changes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.program import shipped_policy

from checker.checking import check
from checker.commands import dossiers
from checker.dossier.loading import dossier_schema, load_dossier
from checker.dossier.naming import record_id
from checker.errors import DossierError, MisuseError, Problem, ZonecheckError
from checker.model import Report, Verdict
from checker.papers import found
from checker.papers.checklist import checklist, workbook
from checker.papers.found import DECLARED, FACTS, spot
from checker.papers.merging import Merged, changes, merge, summary
from checker.sheets import xlsx_writer
from checker.sheets.content import Refusal
from checker.sheets.sheet import Cell, Sheet, Workbook
from checker.sheets.workbook import Table, tables

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "incomplete.json"
SCHEMA = dossier_schema()
GRANTOR = "/parcels/0/grantor_kind"
LAND_USE = "/parcels/0/land_use"
SIGNED = "/parcels/1/contract_signed_on"
BY: Mapping[str, Any] = {found.FOUND_BY: "张三", found.FOUND_ON: date(2025, 1, 6)}
PAPER: Mapping[str, Any] = {found.PAPER: "出让合同", found.PAPER_NO: "合〔2021〕1号"}

Rows = Mapping[str, Mapping[str, Any]]


@cache
def before() -> Report:
    """Give the report on the example as it is."""
    return check(shipped_policy(), load_dossier(EXAMPLE.read_bytes(), EXAMPLE.name, SCHEMA))


@cache
def empty() -> tuple[Table, ...]:
    """Give the checklist as it is handed out, read back from the bytes of its file."""
    book = workbook(checklist(before()), found.sheets(before(), SCHEMA))
    return tables(xlsx_writer.render(book), "核查.xlsx")


def raw() -> dict[str, Any]:
    held: dict[str, Any] = json.loads(EXAMPLE.read_bytes())
    return held


def filled(
    rows: Rows, sheet: str = FACTS, key: str = found.POINTER, *, onto: tuple[Table, ...] = ()
) -> tuple[Table, ...]:
    """Fill in the first row of each key, and read the file that this gives."""
    waiting = dict(rows)
    sheets = []
    for table in onto or empty():
        head, *lines = ([*row] for row in table.rows)
        for line in lines if table.name == sheet else ():
            for title, cell in waiting.pop(line[head.index(key)], {}).items():
                line[head.index(title)] = cell
        sheets.append(Sheet(name=table.name, rows=tuple(map(tuple, (head, *lines)))))
    assert not waiting
    book = Workbook(name="核查", author="人", day=date(2025, 1, 7), sheets=tuple(sheets))
    return tables(xlsx_writer.render(book), "核查.xlsx")


def merged(rows: Rows, *, may_replace: bool = False, dossier: Mapping[str, Any] | None = None) -> Merged:
    return merge(filled(rows), dossier or raw(), SCHEMA, before(), name="新.json", may_replace=may_replace)


def refused(rows: Rows, dossier: Mapping[str, Any] | None = None) -> str:
    with pytest.raises(DossierError) as caught:
        merged(rows, dossier=dossier)
    return "\n".join(map(str, caught.value.problems))


def fact(value: Cell, **others: Cell) -> dict[str, Any]:
    return {found.VALUE: value, **BY, **others}


def cell_of(pointer: str, title: str = found.VALUE) -> str:
    [table] = [each for each in empty() if each.name == FACTS]
    head, *rows = table.rows
    line = next(number for number, row in enumerate(rows, 1) if row[list(head).index(found.POINTER)] == pointer)
    return table.cell(line, list(head).index(title))


def test_each_missing_fact_has_a_row_with_its_place_and_record_and_each_register_one_declaration() -> None:
    by_name = {each.name: each for each in empty()}
    head, *rows = by_name[FACTS].rows
    at = [list(head).index(each) for each in (found.FINDING, found.POINTER)]
    wanted = [
        (finding.id, missing.pointer)
        for finding in before().of(Verdict.UNDETERMINED)
        for missing in finding.missing
        if not missing.pointer.startswith("/meta/")
    ]
    assert [tuple(row[each] for each in at) for row in rows] == wanted
    assert all(spot(pointer, SCHEMA) for _, pointer in wanted)
    _, *declared = (row[0] for row in by_name[DECLARED].rows)
    assert "parcels" in declared
    assert len(declared) == len(set(declared))


def test_two_facts_go_in_with_their_paper_and_the_finding_changes() -> None:
    done = merged({GRANTOR: fact("开发区管委会", **PAPER), LAND_USE: fact("工业用地", **PAPER)})
    expected = raw()
    expected["parcels"][0] |= {
        "grantor_kind": "admin_committee",
        "land_use": "industrial",
        "sources": {"land_use": ["现场01"], "grantor_kind": ["现场01"]},
    }
    expected["evidence"] = [{"doc_id": "现场01", "title": "出让合同", "doc_no": "合〔2021〕1号"}]
    expected["attestations"] = [
        {
            "attestation_id": name,
            "item": f"家具项目（P1） {label}",
            "register": "parcels",
            "subject_id": "P1",
            "field": field,
            "answer": "established",
            "value": value,
            "found_by": "张三",
            "found_on": "2025-01-06",
            "sources": {"*": ["现场01"]},
        }
        for name, label, field, value in (
            ("核查001", "合同约定用途", "land_use", "工业用地"),
            ("核查002", "出让人类型", "grantor_kind", "开发区管委会"),
        )
    ]
    assert json.loads(done.data) == expected
    assert done.attested == ("核查001", "核查002")
    told = "\n".join(changes(before(), check(shipped_policy(), done.dossier)))
    assert "R18.7-03 管委会作为出让方签订出让合同（家具项目（P1））：资料不足，无法判定 → 违反" in told
    assert "违反 0 → 1" in told
    assert done.cells.of(GRANTOR) == f"[核查.xlsx]{cell_of(GRANTOR)}"
    assert "张三 2025-01-06" in "\n".join(summary(done))


def test_blank_is_not_written_and_none_is_null() -> None:
    done = merged({GRANTOR: fact("无"), LAND_USE: {**BY, **PAPER}})
    expected = raw()
    expected["parcels"][0]["grantor_kind"] = None
    written = json.loads(done.data)
    assert [each["value"] for each in written.pop("attestations")] == ["无"]
    assert written == expected
    assert done.unread == tuple(
        cell_of(LAND_USE, title) for title in (found.FOUND_ON, found.FOUND_BY, found.PAPER, found.PAPER_NO)
    )
    assert f"没有写进档案的：{'、'.join(done.unread)}。" in "\n".join(summary(done))
    with pytest.raises(MisuseError, match="没有填写任何内容"):
        merged({})
    with pytest.raises(MisuseError, match="没有填写任何内容"):
        merged({LAND_USE: {**BY, **PAPER}})


@pytest.mark.parametrize(
    ("row", "title", "message"),
    [
        (fact("工业"), found.VALUE, "不是可选的值（现为 工业）"),
        (fact("工业用地", 查明人=None), found.FOUND_BY, "没有填查明人"),
        (fact("工业用地", 查明日期=None), found.FOUND_ON, "没有填查明日期"),
        (fact("工业用地", 文号="1号"), found.PAPER, "没有填佐证材料名称"),
        (fact("工业用地", 佐证材料名称="长" * 501), found.PAPER, "上限 500"),
        (fact("工业用地", 记录编号="P2"), found.RECORD, "档案这个位置上的记录是 P1，表中是 P2"),
        (
            fact("工业用地", 档案位置="/parcels/99/land_use"),
            found.POINTER,
            "档案中没有 /parcels/99/land_use 所在的记录",
        ),
        (fact("工业用地", 档案位置="/parcels/0/../meta"), found.POINTER, "不能从核查表填写"),
        (fact("别的", 档案位置="/parcels/0/parcel_id"), found.POINTER, "不能从核查表填写"),
    ],
)
def test_what_can_not_be_written_is_told_by_its_cell(row: dict[str, Any], title: str, message: str) -> None:
    told = refused({LAND_USE: row})
    assert f"{cell_of(LAND_USE, title)}: " in told
    assert message in told


def test_a_formula_is_never_taken_for_a_value() -> None:
    fault = Refusal(cause="formula", message="公式没有计算过，读不出结果", suggestion="直接填内容")
    sheets = filled({LAND_USE: fact("工业用地")})
    [table] = [each for each in sheets if each.name == FACTS]
    for row in table.rows:
        for place, cell in enumerate(row):
            if cell == "工业用地":
                row[place] = fault  # type: ignore[index]  # the rows of a reader are lists
    with pytest.raises(DossierError, match=f"{cell_of(LAND_USE)}: 现场查明的值：公式没有计算过"):
        merge(sheets, raw(), SCHEMA, before(), name="新.json")


def test_a_fact_that_is_there_is_kept_unless_it_is_to_be_replaced_and_a_day_may_become_exact() -> None:
    dossier = raw()
    dossier["parcels"][0]["land_use"] = "warehouse"
    rows = {LAND_USE: fact("工业用地")}
    assert "档案中是 物流仓储用地，核查表填的是 工业用地" in refused(rows, dossier)
    done = json.loads(merged(rows, dossier=dossier, may_replace=True).data)
    assert done["parcels"][0]["land_use"] == "industrial"
    assert json.loads(merged({SIGNED: fact("2020-06-15")}).data)["parcels"][1]["contract_signed_on"] == "2020-06-15"
    assert "档案中是 2020-06" in refused({SIGNED: fact("2020-07-15")})


def test_a_paper_that_is_registered_is_not_registered_again_and_a_source_is_never_hidden() -> None:
    dossier = raw()
    dossier["evidence"] = [{"doc_id": "D01", "title": "出让合同", "doc_no": "合〔2021〕1号"}, {"doc_id": "D02"}]
    dossier["parcels"][0] |= {"land_use": "industrial", "sources": {"*": ["D02#p1"]}}
    done = json.loads(merged({LAND_USE: fact("工业用地", **PAPER)}, dossier=dossier).data)
    assert done["evidence"] == dossier["evidence"]
    assert done["parcels"][0]["sources"] == {"*": ["D02#p1"], "land_use": ["D02#p1", "D01"]}


def test_a_paper_that_is_itself_the_fact_is_registered() -> None:
    pointer = "/plan_changes/0/necessity_report_doc_id"
    done = json.loads(merged({pointer: fact("论证报告")}).data)
    assert done["plan_changes"][0]["necessity_report_doc_id"] == "现场01"
    assert done["evidence"] == [{"doc_id": "现场01", "title": "论证报告"}]


def test_records_are_never_deleted_by_a_checklist() -> None:
    dossier = raw()
    dossier["parcels"][1]["payments"] = [{"payment_id": "1"}]
    rows = {"/parcels/1/payments": fact("0")}
    with pytest.raises(DossierError, match="已有内容，不能用核查表删去"):
        merged(rows, dossier=dossier, may_replace=True)
    assert json.loads(merged(rows).data)["parcels"][1]["payments"] == []


def test_two_rows_of_one_fact_have_to_agree() -> None:
    sheets = filled({LAND_USE: fact("工业用地")})
    [table] = [each for each in sheets if each.name == FACTS]
    head, *rows = table.rows
    value, place = list(head).index(found.VALUE), list(head).index(found.POINTER)
    again = next(row for row in rows if row[place] == LAND_USE and row[value] == "")
    for title, cell in fact("绿地").items():
        again[list(head).index(title)] = cell  # type: ignore[index]  # the rows of a reader are lists
    with pytest.raises(DossierError, match=f"与 {cell_of(LAND_USE)} 说的不是同一个值"):
        merge(sheets, raw(), SCHEMA, before(), name="新.json")


def test_only_a_signed_declaration_is_written_and_one_of_nothing_makes_the_register() -> None:
    whole = {found.COMPLETE: "是", found.AS_OF: date(2024, 12, 31), found.COUNT: 0, found.SIGNATORY: "李四"}

    def declared(row: Mapping[str, Any]) -> Any:
        sheets = filled({"expropriations": row}, DECLARED, found.REGISTER)
        return json.loads(merge(sheets, raw(), SCHEMA, before(), name="新.json").data)

    new = declared(whole)
    wanted = {"complete": True, "as_of": "2024-12-31", "count": 0, "signatory": "李四"}
    assert new["meta"].pop("completeness") == {"expropriations": wanted}
    assert new == {**raw(), "expropriations": []}
    for title in (found.AS_OF, found.COUNT, found.SIGNATORY):
        with pytest.raises(DossierError, match=f"声明台账完整，没有填{title}"):
            declared({**whole, title: None})
    with pytest.raises(DossierError, match="声明有 3 条，档案中没有这个台账"):
        declared({**whole, found.COUNT: 3})


def test_a_declaration_of_all_papers_has_to_be_signed_anew_where_papers_are_added() -> None:
    dossier = raw()
    declared = {"complete": True, "as_of": "2024-12-31", "count": 1, "signatory": "王五"}
    dossier["evidence"] = [{"doc_id": "D01"}]
    dossier["meta"]["completeness"] = {"evidence": declared}
    told = refused({LAND_USE: fact("工业用地", **PAPER)}, dossier)
    assert "新登记了 1 份材料，证据材料共 2 条，完整性声明是 1 条" in told
    kept = json.loads(merged({LAND_USE: fact("工业用地", 佐证材料名称="D01")}, dossier=dossier).data)
    assert kept["meta"] == dossier["meta"]
    again = {found.COMPLETE: "是", found.AS_OF: date(2025, 1, 7), found.COUNT: 2.0, found.SIGNATORY: "李四"}
    sheets = filled({LAND_USE: fact("工业用地", **PAPER)})
    [table] = [each for each in sheets if each.name == DECLARED]
    row = table.rows[1]
    for title, cell in {found.REGISTER: "evidence", **again}.items():
        row[list(table.rows[0]).index(title)] = cell  # type: ignore[index]  # the rows of a reader are lists
    done = json.loads(merge(sheets, dossier, SCHEMA, before(), name="新.json").data)
    assert done["meta"]["completeness"]["evidence"] == {
        "complete": True,
        "as_of": "2025-01-07",
        "count": 2,
        "signatory": "李四",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda sheets: [each for each in sheets if each.name != FACTS], "没有“查明事实”这张表"),
        (lambda sheets: [each for each in sheets if each.name != "现场检查笔录"], "不能确认是哪个开发区的核查表"),
    ],
)
def test_a_workbook_that_is_no_checklist_is_refused(
    change: Callable[[tuple[Table, ...]], list[Table]], message: str
) -> None:
    with pytest.raises(DossierError, match=message):
        merge(change(filled({LAND_USE: fact("工业用地")})), raw(), SCHEMA, before(), name="新.json")


def test_a_checklist_of_another_zone_is_refused() -> None:
    dossier = raw()
    dossier["zone"]["zone_id"] = "Z99"
    assert "核查表是开发区 Z03 的，档案是 Z99 的" in refused({LAND_USE: fact("工业用地")}, dossier)


def test_a_record_is_told_by_its_ids() -> None:
    assert record_id(raw(), ("parcels", "0", "payments", "0"), SCHEMA) == "P1/1"
    assert record_id(raw(), ("zone",), SCHEMA) == "Z03"
    assert not record_id(raw(), ("parcels", "7"), SCHEMA)


POINTERS = st.sampled_from(
    [
        GRANTOR,
        SIGNED,
        "/zone",
        "/zone/level",
        "/meta/as_of_date",
        "/form/0/zone/level",
        "/meta/completeness/0/as_of",
        f"/parcels/{'9' * 5_000}/land_use",
        "/parcels/-1/land_use",
        "/parcels/0/payments/0",
        "/~2/~",
        "parcels",
    ]
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.dates(),
    st.text(max_size=5),
    st.sampled_from(["无", "0", "有", "=1+1", '"', '{"a"', "[", "P1", "9" * 400, "{{ x }}", "\x00", "是"]),
    st.just(Refusal(cause="error", message="公式出错（现为 #N/A）", suggestion="改正公式")),
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.thorough
def test_whatever_stands_in_a_checklist_is_written_or_told_and_nothing_else_changes(data: st.DataObject) -> None:
    sheets = []
    for table in empty():
        head, *lines = ([*row] for row in table.rows)
        line = data.draw(st.sampled_from(lines))
        for title in data.draw(st.sets(st.sampled_from(head))):
            line[head.index(title)] = data.draw(POINTERS | ODD if title == found.POINTER else ODD)
        sheets.append(replace(table, rows=[head, *lines]))
    before_it = raw()
    done: Merged | None = None
    problems: tuple[Problem, ...] = ()
    try:
        done = merge(sheets, before_it, SCHEMA, before(), name="新.json")
    except ZonecheckError as error:
        problems = error.problems
    assert all(each.message and each.suggestion for each in problems)
    assert bool(problems) == (done is None)
    if done is not None:
        assert done.written or done.attested or done.cells.single
        assert load_dossier(done.data, "新.json", SCHEMA).sha256 == done.cells.sha256
    assert before_it == raw()


def _copied(path: Path, to: Path) -> Path:
    to.write_bytes(path.read_bytes())
    return to


def test_the_command_writes_a_new_dossier_and_says_what_changed(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    rows = filled({GRANTOR: fact("开发区管委会", **PAPER)})
    sheets = tuple(Sheet(name=each.name, rows=tuple(map(tuple, each.rows))) for each in rows)
    path, out = tmp_path / "核查.xlsx", tmp_path / "新.json"
    path.write_bytes(xlsx_writer.render(Workbook(name="n", author="a", day=date(2025, 1, 7), sheets=sheets)))
    with pytest.raises(MisuseError, match="会把它覆盖"):
        dossiers.dossier_merge_command(EXAMPLE, path, out=EXAMPLE)
    with pytest.raises(typer.Exit) as ended:
        dossiers.dossier_merge_command(EXAMPLE, path, out=out)
    assert ended.value.exit_code == 1
    assert json.loads(out.read_bytes())["parcels"][0]["grantor_kind"] == "admin_committee"
    assert "资料不足，无法判定 → 违反" in capfdbinary.readouterr().out.decode()
    with pytest.raises(typer.Exit):
        dossiers.dossier_merge_command(EXAMPLE, path, out=out)
    dossiers.dossier_template_command(tmp_path / "表.xlsx", EXAMPLE)
    with pytest.raises(MisuseError, match="读入的档案会把它覆盖"):
        dossiers.dossier_import_command([tmp_path / "表.xlsx"], out)
    with pytest.raises(MisuseError, match="并入核查表后的档案会把它覆盖"):
        dossiers.dossier_merge_command(out, path, out=_copied(EXAMPLE, tmp_path / "别的.json"))
    with pytest.raises(typer.Exit):
        dossiers.dossier_merge_command(out, path, out=tmp_path / "再.json")
    assert (tmp_path / "再.json").read_bytes() == out.read_bytes()
