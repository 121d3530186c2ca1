"""The papers: notices, the ledger, the report of a self-audit, and what is taken along on a visit."""

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from checker.commands.options import CODES, AsOf, DossierPath, ModeOption, PolicyFolder
from checker.console import deliver, misuse, put, tell, waiting, write
from checker.dossier.loading import read_dossier
from checker.errors import DossierError, MisuseError
from checker.model import Mode, Party
from checker.papers import notice
from checker.papers.formats import PAPERS
from checker.papers.notice import NoticeForm
from checker.sheets.files import named
from checker.site import Site, exit_code_of
from checker.targets import is_folder, paper_format, spare, spare_source

PaperFormat = StrEnum("PaperFormat", {name.upper(): name for name in PAPERS})  # type: ignore[misc]
VISIT_FORMATS = ("pdf", "docx", "xlsx")
VisitFormat = StrEnum("VisitFormat", {name.upper(): name for name in VISIT_FORMATS})  # type: ignore[misc]
Addressee = StrEnum(  # type: ignore[misc]
    "Addressee", {each.name: each.value for each in Party if each is not Party.UNDETERMINED}
)

app = typer.Typer()


@app.command(
    "notice",
    help=f"起草整改通知书（送审稿）：每个责任主体一份，只写已经证实的违反。退出码同 check：说的是查出了什么。{CODES}",
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
    form: Annotated[
        NoticeForm | None,
        typer.Option(
            "--form",
            help="notice 通知（文件格式）；letter 函；order 责令通知书（只对企业）；默认按责任主体",
            show_choices=True,
        ),
    ] = None,
    findings: Annotated[
        list[str] | None,
        typer.Option("--finding", help="只写这些问题，可以给多个：问题编号，或者 规则编号@检查对象", metavar="ID"),
    ] = None,
    agency: Annotated[
        Path | None, typer.Option("--agency", help="签发机关的配置（TOML 文件），docx、pdf 用", metavar="FILE")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", help="本单位的 DOCX 模板，正文放在 {{正文}} 一段处", metavar="FILE"),
    ] = None,
    party: Annotated[Addressee | None, typer.Option("--party", help="只写给这个责任主体")] = None,
    issued_on: Annotated[
        datetime | None,
        typer.Option("--issued-on", formats=["%Y-%m-%d"], help="落款日期；不给则留空", metavar="DATE"),
    ] = None,
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """Write notices; the help is told at the top."""
    from checker.papers import drafting
    from checker.papers.agency import Agency, read_agency
    from checker.papers.docx_writer import Template

    to_screen = str(out) == "-"
    written_as = (
        kind.value if kind else next((each for each in PaperFormat if out.suffix.lower() == f".{each}"), "html")
    )
    if written_as == "html" and not to_screen and is_folder(out):
        raise misuse(f"{out} 是文件夹，不是文件", "用 --out 指定一个 HTML 文件")
    if written_as == "html" and (form or agency or template):
        raise misuse("--form、--agency、--template 用于公文", "加上 --format docx 或者 --format pdf")
    if written_as == "pdf" and template:
        raise misuse("--template 只用于 DOCX", "改为 --format docx，或者去掉 --template")
    order = drafting.Order(
        form=form,
        agency=read_agency(_beside(agency), named(agency), agency.parent) if agency else Agency(),
        template=Template(name=named(template), data=_beside(template)) if template else None,
        party=Party(party) if party else None,
        issued_on=issued_on.date() if issued_on else None,
        selected=tuple(findings or ()),
    )
    report = Site.load(policy).check(dossier, as_of, mode)
    found = drafting.drafts(report, written_as, order)
    if not found and order.selected:
        tell("没有写通知书：所选的问题中没有可以写给所选责任主体、写成所选公文的违反。")
    elif not found:
        tell(notice.why_none(report, order.party, order.form))
    if to_screen and len(found) > 1:
        parties = "、".join(dict.fromkeys(f"--party {each.notice.party.value}" for each in found))
        raise misuse(
            f"有 {len(found)} 份通知书，不能都写到标准输出", f"选一个责任主体（{parties}），或者用 --out 指定文件"
        )
    into_folder = not to_screen and (is_folder(out) or str(out).endswith(("/", os.sep)) or not out.suffix)
    for each in found:
        for doubt in each.doubts:
            tell(doubt.worded(marked=True))
        if to_screen:
            put(each.data)
            continue
        if written_as != "html" and into_folder:
            path = out / f"{dossier.stem}-{each.name}"
        else:
            path = out if len(found) == 1 else out.with_name(f"{out.stem}-{each.mark}{out.suffix}")
        spare([path for path in (dossier, agency, template) if path], path)
        write(path, each.data)
    raise typer.Exit(exit_code_of(report))


@app.command(
    "ledger", help=f"编制整改台账（XLSX）：一个问题一行；--merge 把旧台账中人填写的内容按问题编号带过来。{CODES}"
)
def ledger_command(
    dossier: DossierPath,
    out: Annotated[Path, typer.Option("--out", help="写到哪个 .xlsx 文件；- 表示标准输出", metavar="FILE|-")],
    merge: Annotated[
        Path | None, typer.Option("--merge", help="旧台账（.xlsx）；它本身不改动", metavar="OLD.xlsx")
    ] = None,
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """Write the ledger; the help is told at the top."""
    from checker.papers import ledger as ledgers
    from checker.papers import xlsx_writer

    spare_source(dossier, merge, out, ".xlsx")
    old = None if merge is None else ledgers.read_old(read_dossier(merge), str(merge))
    report = Site.load(policy).check(dossier, as_of, mode)
    workbook = ledgers.ledger(report, old)
    deliver(out, xlsx_writer.render(workbook))
    tell(ledgers.summary(workbook))
    raise typer.Exit(exit_code_of(report))


@app.command("self-report", help=f"起草自查报告：符合要求的事项及其佐证，需要整改、需要核实的事项，尚缺的资料。{CODES}")
def self_report_command(
    dossier: DossierPath,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件；- 表示标准输出", metavar="FILE|-")],
    form: Annotated[
        PaperFormat | None, typer.Option("--format", help="格式；默认看 --out 的扩展名，- 时是 html")
    ] = None,
    issued_on: Annotated[
        datetime | None,
        typer.Option("--issued-on", formats=["%Y-%m-%d"], help="报告日期；不给则留空", metavar="DATE"),
    ] = None,
    as_of: AsOf = None,
    policy: PolicyFolder = None,
) -> None:
    """Write the report of a self-audit; the help is told at the top."""
    from checker.papers import self_report as self_reports

    wanted = paper_format(form, out, PAPERS)
    spare_source(dossier, None, out, f".{wanted}")
    site = Site.load(policy)
    with waiting(dossier):
        loaded = site.read(dossier)
        report = site.report(loaded, as_of, Mode.SELF_AUDIT)
    written = self_reports.paper(report, issued_on=issued_on.date() if issued_on else None)
    deliver(out, PAPERS[wanted](written))
    raise typer.Exit(exit_code_of(report))


@app.command("checklist", help=f"编制现场核查清单、资料调取清单和现场检查笔录（空白），供现场检查用。{CODES}")
def checklist_command(
    dossier: DossierPath,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件；- 表示标准输出", metavar="FILE|-")],
    form: Annotated[
        VisitFormat | None,
        typer.Option("--format", help="pdf、docx 供打印，xlsx 供平板电脑填写；默认看 --out 的扩展名，- 时是 pdf"),
    ] = None,
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """Write the papers for a visit; the help is told at the top."""
    from checker.papers import checklist as checklists
    from checker.papers import found as visit_facts
    from checker.papers import xlsx_writer

    wanted = paper_format(form, out, VISIT_FORMATS)
    spare_source(dossier, None, out, f".{wanted}")
    site = Site.load(policy)
    with waiting(dossier):
        loaded = site.read(dossier)
        report = site.report(loaded, as_of, mode)
    visit = checklists.checklist(report)
    if wanted == "xlsx":
        data = xlsx_writer.render(checklists.workbook(visit, visit_facts.sheets(report, site.schema)))
    else:
        data = PAPERS[wanted](checklists.paper(visit))
    deliver(out, data)
    raise typer.Exit(exit_code_of(report))


def _beside(path: Path) -> bytes:
    """Read a file that goes with a command; one that can't be read is a mistake in the command."""
    try:
        return read_dossier(path)
    except DossierError as error:
        raise MisuseError(error.problems) from error
