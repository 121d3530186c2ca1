"""The commands for a ledger, a self-audit and a visit: where they write, what they refuse, and what they end with."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from checker.commands import papers
from checker.errors import DossierError, MisuseError

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
        papers.checklist_command(EXAMPLE, out=tmp_path / "a.docx", form=papers.VisitFormat("pdf"))


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
