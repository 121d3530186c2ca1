"""The commands for a ledger, a self-audit and a visit: where they write, what they refuse, and what they end with."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import typer

from checker.commands import dossiers, papers
from checker.errors import DossierError, MisuseError
from checker.sheets import xlsx_writer
from checker.sheets.sheet import Sheet, Workbook
from checker.sheets.workbook import Limits, tables
from checker.sparing import known_dossier

EXAMPLE = Path(__file__).parents[1] / "examples" / "dossier.json"
COMMANDS: dict[str, Callable[..., None]] = {
    "xlsx": papers.ledger_command,
    "html": papers.self_report_command,
    "docx": papers.checklist_command,
}


@pytest.mark.parametrize("ending", COMMANDS)
def test_a_paper_is_written_where_it_is_told_and_the_code_says_what_was_found(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"文书.{ending}"
    with pytest.raises(typer.Exit) as ended:
        COMMANDS[ending](EXAMPLE, out=out)
    assert ended.value.exit_code == 1
    assert out.stat().st_size > 5000
    assert [each.name for each in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("ending", COMMANDS)
def test_a_folder_the_dossier_itself_or_another_ending_is_refused(tmp_path: Path, ending: str) -> None:
    for out in (tmp_path, EXAMPLE, tmp_path / "a.txt"):
        with pytest.raises(MisuseError, match=r"文件夹|扩展名"):
            COMMANDS[ending](EXAMPLE, out=out)


def test_a_format_that_the_ending_contradicts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match=r"扩展名不是 \.pdf"):
        papers.checklist_command(EXAMPLE, out=tmp_path / "a.docx", kind=papers.VisitFormat("pdf"))


def test_an_old_ledger_is_never_overwritten_and_a_bad_one_is_named(tmp_path: Path) -> None:
    old = tmp_path / "旧.xlsx"
    old.write_bytes(b"no workbook")
    with pytest.raises(MisuseError, match="是旧台账，会被覆盖"):
        papers.ledger_command(EXAMPLE, out=old, merge=old)
    with pytest.raises(DossierError, match=r"旧\.xlsx: 文件已损坏，或者不是 xlsx 格式"):
        papers.ledger_command(EXAMPLE, out=tmp_path / "新.xlsx", merge=old)
    with pytest.raises(DossierError, match="找不到这个文件"):
        papers.ledger_command(EXAMPLE, out=tmp_path / "新.xlsx", merge=tmp_path / "没有.xlsx")
    assert not (tmp_path / "新.xlsx").exists()


def as_filled(path: Path, sheet: str, cell: tuple[int, int], text: str) -> bytes:
    """Give a workbook in which somebody has written a *text* into one cell."""
    sheets = []
    for each in tables(path.read_bytes(), path.name, limits=Limits(without=frozenset())):
        rows = [list(row) for row in each.rows]
        if each.name == sheet:
            rows[cell[0]] += [None] * (cell[1] + 1 - len(rows[cell[0]]))
            rows[cell[0]][cell[1]] = text
        sheets.append(Sheet(name=each.name, rows=tuple(map(tuple, rows))))
    return xlsx_writer.render(Workbook(name="n", author="a", day=date(2025, 1, 7), sheets=tuple(sheets)))


def blank(out: Path, filled: Path | None = None) -> None:
    dossiers.dossier_template_command(out, filled)


@pytest.mark.parametrize(
    ("make", "sheet", "cell", "way_out"),
    [
        (papers.checklist_command, "现场核查清单", (1, 14), "dossier merge"),
        (papers.checklist_command, "现场检查笔录", (6, 1), "dossier merge"),
        (papers.checklist_command, "查明事实", (1, 7), "dossier merge"),
        (papers.ledger_command, "整改台账", (1, 7), "ledger --merge "),
        (papers.ledger_command, "整改台账", (1, 17), "ledger --merge "),
        (blank, "基本信息", (1, 1), "dossier import"),
        (blank, "供地台账", (0, 3), ""),
        (blank, "台账完整性声明", (1, 2), "dossier import"),
    ],
)
def test_what_people_have_filled_in_is_never_written_over(
    make: Callable[..., None], sheet: str, cell: tuple[int, int], way_out: str, tmp_path: Path
) -> None:
    path = tmp_path / "表.xlsx"

    def again() -> None:
        with contextlib.suppress(typer.Exit):
            make(path) if make is blank else make(EXAMPLE, out=path)

    again()
    fresh = path.read_bytes()
    again()
    assert path.read_bytes() == fresh
    path.write_bytes(filled := as_filled(path, sheet, cell, "张三"))
    if not way_out:  # a title is no answer
        again()
        assert path.read_bytes() == fresh
        return
    with pytest.raises(MisuseError, match=rf"已有人填写（{sheet}![A-Z]+[0-9]+）(.|\n)*{way_out}"):
        again()
    assert path.read_bytes() == filled
    with pytest.raises(MisuseError, match="会把它覆盖"):
        papers.ledger_command(EXAMPLE, out=path)
    assert path.read_bytes() == filled


def test_a_dossier_in_a_workbook_is_made_again_and_never_replaced_by_another(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    for _ in range(2):
        blank(path, EXAMPLE)
    with pytest.raises(MisuseError, match="已有人填写"):
        blank(path)
    with pytest.raises(MisuseError, match="已有人填写"):
        blank(path, EXAMPLE.with_name("mapped.json"))


def test_an_import_takes_the_place_of_what_it_made_before_and_of_nothing_else(tmp_path: Path) -> None:
    sheets, made, precious = tmp_path / "表.xlsx", tmp_path / "档案.json", tmp_path / "别的.json"
    blank(sheets, EXAMPLE)
    dossiers.dossier_import_command([sheets], made)
    changed = json.loads(EXAMPLE.read_bytes())
    changed["zone"]["name_zh"] = "改了名的开发区"
    (tmp_path / "改.json").write_text(json.dumps(changed))
    blank(tmp_path / "改.xlsx", tmp_path / "改.json")
    dossiers.dossier_import_command([tmp_path / "改.xlsx"], made)
    assert "改了名的开发区" in made.read_text(encoding="utf-8")
    made.write_bytes(made.read_bytes() + b"\n")
    precious.write_bytes(EXAMPLE.with_name("mapped.json").read_bytes())
    for each in (made, precious):
        before = each.read_bytes()
        with pytest.raises(MisuseError, match=r"已经有一份档案（.*读入的档案会把它覆盖"):
            dossiers.dossier_import_command([sheets], each)
        assert each.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "is_dossier"),
    [
        (b'{"meta": {"dossier_id": "D"}, "zone": {"zone_id": "Z"}, "parcels": []}', True),
        (b'\xef\xbb\xbf\n {"zone": {"zone_id": 1}, "x": [{}], "meta": {}}', True),
        (b'{"zone": {"id": "Z"}, "findings": [{"meta": {}}]}', False),
        (b'{"meta": 1, "zone": {}}', False),
        (b'[{"meta": {}, "zone": {}}]', False),
        (b'{"meta": {}, "zone": {"zone_id": "Z"}, ', True),
        (b'{"meta": {}, ', False),
        (b"[" * 5000, False),
        (b"\xff\xfe", False),
        (b"", False),
    ],
)
def test_a_dossier_is_known_by_what_stands_in_it_whatever_its_name(
    text: bytes, is_dossier: bool, tmp_path: Path
) -> None:
    path = tmp_path / "甲.txt"
    path.write_bytes(text)
    assert (known_dossier(path) is not None) == is_dossier
    assert known_dossier(tmp_path) is known_dossier(tmp_path / "gone") is None


def test_a_check_loads_nothing_of_papers_and_spreadsheets() -> None:
    program = (
        "import sys; from pathlib import Path; from checker import cli; from checker.site import Site;"
        "report = Site.load(None, examples=False).check(Path(sys.argv[1]), None, 'inspection');"
        "heavy = {'docx', 'typst', 'xlsxwriter', 'python_calamine', 'cn2an', 'jinja2', 'checker.papers.issuing'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", program, str(EXAMPLE)]
    told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert told.stdout.strip() == "[]"
