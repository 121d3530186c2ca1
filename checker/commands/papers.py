"""The papers: notices, the ledger, the report of a self-audit, and what is taken along on a visit.

Each command makes the report of a dossier, and of that alone the paper: `render` makes the same of a saved one.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.options import CODES, AsOf, DossierPath, ModeOption, PolicyFolder
from checker.commands.ordering import (
    AgencyOption,
    FindingOption,
    FormOption,
    IssuedOn,
    MergeOption,
    PartyOption,
    TemplateOption,
    order,
)
from checker.console import misuse, waiting
from checker.delivery import hand_out
from checker.model import Mode, Report
from checker.papers.formats import ENDINGS, TITLES
from checker.site import Site, exit_code_of
from checker.targets import Target, is_folder, is_meant_as_folder, paper_format, spare_old, spare_source

if TYPE_CHECKING:
    from checker.papers.drafting import Order

PaperFormat = StrEnum(  # type: ignore[misc]  # mypy knows only members that are written out
    "PaperFormat", {name.upper(): name for name in ENDINGS["notice"]}
)
VisitFormat = StrEnum(  # type: ignore[misc]  # mypy knows only members that are written out
    "VisitFormat", {name.upper(): name for name in ENDINGS["checklist"]}
)

app = typer.Typer()


@app.command(
    "notice",
    rich_help_panel="文书",
    help="起草整改通知书（送审稿）：每个责任主体一份，只写已经证实的违反。退出码同 check：说的是查出了什么。",
    epilog=CODES,
)
def notice_command(
    dossier: DossierPath,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="写到哪个文件；有几个责任主体时分成几个文件；docx、pdf 也可以是文件夹；- 表示标准输出（只有一份时）",
            metavar="DIR|FILE|-",
        ),
    ],
    kind: Annotated[
        PaperFormat | None,
        typer.Option("--format", help="html 网页；docx、pdf 公文；默认看 --out 的扩展名，否则 html"),
    ] = None,
    form: FormOption = None,
    findings: FindingOption = None,
    agency: AgencyOption = None,
    template: TemplateOption = None,
    party: PartyOption = None,
    issued_on: IssuedOn = None,
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """Write notices; the help is told at the top."""
    ending = paper_format("notice", kind, out) if out.suffix else kind.value if kind else "html"
    asked_for = order(
        [("notice", ending)],
        form=form,
        findings=findings,
        agency=agency,
        template=template,
        party=party,
        issued_on=issued_on,
    )
    if str(out) == "-":
        target = Target()
    elif ending == "html":
        if is_folder(out):
            raise misuse(f"{out} 是文件夹，不是文件", "用 --out 指定一个 HTML 文件")
        target = Target(file=out)
    else:
        into_folder = is_meant_as_folder(str(out)) or not out.suffix
        target = Target(folder=out) if into_folder else Target(file=out)
    report = Site.load(policy).check(dossier, as_of, mode)
    _make(report, ("notice", ending), asked_for, target, dossier, (each for each in (agency, template) if each))


def _make(
    report: Report,
    paper: tuple[str, str],
    asked_for: "Order",
    target: Target,
    dossier: Path,
    kept: Iterable[Path] = (),
) -> None:
    """Make a paper, hand it out, and end with the code that says what the report found."""
    from checker.papers.issuing import issue

    with waiting(dossier, "制作"):
        made = issue(report, *paper, asked_for)
    hand_out(made, target, dossier, kept)
    raise typer.Exit(exit_code_of(report))


def _one_file(out: Path) -> Target:
    return Target() if str(out) == "-" else Target(file=out)


@app.command(
    "ledger",
    rich_help_panel="文书",
    help="编制整改台账（XLSX）：一个问题一行；--merge 把旧台账中人填写的内容按问题编号带过来。",
    epilog=CODES,
)
def ledger_command(
    dossier: DossierPath,
    out: Annotated[Path, typer.Option("--out", help="写到哪个 .xlsx 文件；- 表示标准输出", metavar="FILE|-")],
    merge: MergeOption = None,
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """Write the ledger; the help is told at the top."""
    spare_source(dossier, out, ".xlsx", made=TITLES["ledger"])
    spare_old(merge, out)
    asked_for = order([("ledger", "xlsx")], merge=merge)
    report = Site.load(policy).check(dossier, as_of, mode)
    _make(report, ("ledger", "xlsx"), asked_for, _one_file(out), dossier)


@app.command(
    "self-report",
    rich_help_panel="文书",
    help="起草自查报告：符合要求的事项及其佐证，需要整改、需要核实的事项，尚缺的资料。",
    epilog=CODES,
)
def self_report_command(
    dossier: DossierPath,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件；- 表示标准输出", metavar="FILE|-")],
    kind: Annotated[
        PaperFormat | None, typer.Option("--format", help="格式；默认看 --out 的扩展名，- 时是 html")
    ] = None,
    issued_on: IssuedOn = None,
    as_of: AsOf = None,
    policy: PolicyFolder = None,
) -> None:
    """Write the report of a self-audit; the help is told at the top."""
    ending = paper_format("self-report", kind, out)
    spare_source(dossier, out, f".{ending}", made=TITLES["self-report"])
    asked_for = order([("self-report", ending)], issued_on=issued_on)
    report = Site.load(policy).check(dossier, as_of, Mode.SELF_AUDIT)
    _make(report, ("self-report", ending), asked_for, _one_file(out), dossier)


@app.command(
    "checklist",
    rich_help_panel="文书",
    help="编制现场核查清单、资料调取清单和现场检查笔录（空白），供现场检查用。",
    epilog=CODES,
)
def checklist_command(
    dossier: DossierPath,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件；- 表示标准输出", metavar="FILE|-")],
    kind: Annotated[
        VisitFormat | None,
        typer.Option("--format", help="pdf、docx 供打印，xlsx 供平板电脑填写；默认看 --out 的扩展名，- 时是 pdf"),
    ] = None,
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """Write the papers for a visit; the help is told at the top."""
    ending = paper_format("checklist", kind, out)
    spare_source(dossier, out, f".{ending}", made=TITLES["checklist"])
    report = Site.load(policy).check(dossier, as_of, mode)
    _make(report, ("checklist", ending), order([("checklist", ending)]), _one_file(out), dossier)
