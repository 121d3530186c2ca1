"""The command line: arguments in, files and exit code out; it alone knows a terminal.

Results go to standard output, everything else to standard error. The exit code says what was found; over several
dossiers the most serious one wins.
"""

import contextlib
import difflib
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import localcontext
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Annotated, TextIO, TypeVar

import typer
from typer.exceptions import TyperException

from checker import values
from checker.catalogues import LANGUAGES, ZH, interface
from checker.checking import check as check_dossier
from checker.checking import in_order, judge, look
from checker.dossier.loading import Dossier, dossier_schema, read_dossier
from checker.dossier.schema import DossierSchema
from checker.errors import (
    DossierError,
    MisuseError,
    Place,
    PolicyError,
    Problem,
    ReportError,
    ZonecheckError,
    listed,
    reason,
)
from checker.interruption import INTERRUPTED, STOPPED, raise_when_stopped, stop_at_once
from checker.model import Finding, Mode, Party, Report, Verdict
from checker.papers import notice as notices_of
from checker.papers.formats import PAPERS
from checker.papers.notice import NoticeForm
from checker.policy.loading import CompiledRule, Policy, read_policy
from checker.policy.sheet import sheet
from checker.remembering import Memory, cache_folder
from checker.reporting import ENDINGS, FORMATS, text, wording
from checker.reporting import explain as explanation
from checker.reporting.columns import HANGING, WIDTH
from checker.reporting.wording import visible
from checker.resources import folder
from checker.sheets import files as spreadsheets
from checker.sheets.cells import in_cells, with_cells
from checker.sheets.files import named as _name
from checker.usage import misuse_of
from checker.verifying import Proof, load_remembered, prove

POLICY = "guobanfa-2014-54"
NARROWEST = 40
LARGE = 2_000_000
"""A dossier of so many bytes may take more than two seconds."""
SERIOUSNESS = (6, 5, 4, 1, 3, 0)
"""Exit codes, the most serious first: a defect of ours, a bad pack, a bad dossier, accused, undetermined, nothing."""

Format = StrEnum("Format", {name.upper(): name for name in FORMATS})  # type: ignore[misc]
Rendering = StrEnum("Rendering", {name.upper(): name for name in (*FORMATS, "notice")})  # type: ignore[misc]
PaperFormat = StrEnum("PaperFormat", {name.upper(): name for name in PAPERS})  # type: ignore[misc]
VISIT_FORMATS = ("pdf", "docx", "xlsx")
VisitFormat = StrEnum("VisitFormat", {name.upper(): name for name in VISIT_FORMATS})  # type: ignore[misc]
Addressee = StrEnum(  # type: ignore[misc]
    "Addressee", {each.name: each.value for each in Party if each is not Party.UNDETERMINED}
)
CODES = (
    "退出码：0 无问题；1 有违反或者疑似；2 命令写错；3 有无法判定；4 档案不合格；5 政策包不合格；6 程序错误；130 中断。"
)

_Item = TypeVar("_Item")

app = typer.Typer(
    name="zonecheck",
    help="国家级经济技术开发区合规检查：按国办发〔2014〕54号逐条检查园区档案，出具检查报告和整改通知书。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
rules_app = typer.Typer(help="规则作者：列出、查看、验证规则。", no_args_is_help=True)
dossier_app = typer.Typer(help="填报档案：查看格式、检查档案。", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
app.add_typer(dossier_app, name="dossier")

DossierPath = Annotated[Path, typer.Argument(help="园区档案（JSON 文件，或者填好的 .xlsx）", metavar="DOSSIER")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="检查基准日；默认为档案自己的基准日", metavar="DATE"),
]
PolicyFolder = Annotated[
    Path | None, typer.Option("--policy", help="政策包文件夹；默认用随附的国办发〔2014〕54号", metavar="DIR")
]
Language = StrEnum("Language", {each.upper(): each for each in LANGUAGES})  # type: ignore[misc]
ModeOption = Annotated[Mode, typer.Option("--mode", help="inspection 检查；self-audit 自查（只改措辞，不改结论）")]


def main() -> None:
    """Run the command and exit."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - it stays open to the end
        getattr(sys, name).reconfigure(errors="replace")
    sys.excepthook = _tell_defect
    try:
        raise_when_stopped()
        code = _run()
    except KeyboardInterrupt:
        code = INTERRUPTED
    stop_at_once()
    if code == INTERRUPTED:
        tell(STOPPED)
    sys.exit(code)


def _run() -> int:
    """Run the command, and give the exit code."""
    try:
        command = typer.main.get_command(app)  # `app()` would put its own hook in place of ours
        code = command.main(prog_name="zonecheck", standalone_mode=False)
    except ZonecheckError as error:
        tell_problems(error)
        return error.exit_code
    except TyperException as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # whose making has printed the help
            tell_problems(misuse_of(error))
        return error.exit_code
    return code if isinstance(code, int) else 0


def _tell_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """End on a defect of ours with a code of its own: Python's would say that something is violated."""
    sys.__excepthook__(kind, error, trace)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ZonecheckError.exit_code)


# --- the main job ---------------------------------------------------------------------------------------------------


@app.command("check", help=f"检查园区档案，出具报告。{CODES}")
def check_command(
    dossiers: Annotated[
        list[Path], typer.Argument(help="一个或者多个园区档案（JSON 文件，或者填好的 .xlsx）", metavar="DOSSIER...")
    ],
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help="报告格式，可以给多个；默认看 --out 的扩展名（如 html、csv），否则 text"),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", help="写到哪里：文件夹、文件，或者 - 表示标准输出（默认）", metavar="DIR|FILE|-"),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option("--lang", help="报告的语言：zh 中文（默认）；en 英文，其中条款原文、档案中的名称和文字不译"),
    ] = None,
) -> None:
    """Check dossiers; the help is told at the top."""
    wanted = tuple(dict.fromkeys(each.value for each in formats or [Format(_format_of(out, dossiers))]))
    place = _place_for(out, dossiers, wanted)
    site = Site.load(policy, language=language.value if language else ZH)
    codes = []
    to_files = place(dossiers[0], wanted[0]) is not None
    for path in progress(dossiers, "检查", str) if to_files else dossiers:
        try:
            report = site.check(path, as_of, mode)
        except DossierError as error:
            tell_problems(error)
            codes.append(error.exit_code)
            continue
        codes.append(exit_code_of(report))
        issue(report, {name: place(path, name) for name in wanted})
    raise typer.Exit(next(code for code in SERIOUSNESS if code in codes))


def issue(report: Report, targets: Mapping[str, Path | None], language: str = "") -> None:
    """Write a report in several formats, each to a file, or to standard output where none is named.

    What stands around the report is in *language*, by default in that of the report.
    """
    for name, target in targets.items():
        if target is not None:
            write(target, FORMATS[name](report, language))
        elif name == "text":
            show(text.render(report, language, colour=wants_colour(), room=room()).decode())
        else:
            put(FORMATS[name](report, language))
    if any(targets.values()):
        tell(summary(report))


@app.command(
    "render",
    help="用保存的 JSON 报告（check --format json 的结果）制作其他格式，不再检查一遍；格式 notice 是整改通知书，"
    f"每个责任主体一个文件。{CODES}",
)
def render_command(
    reports: Annotated[list[Path], typer.Argument(help="一个或者多个 JSON 报告", metavar="REPORT...")],
    formats: Annotated[
        list[Rendering] | None,
        typer.Option("--format", help="格式，可以给多个；默认看 --out 的扩展名（如 html、csv），否则 text"),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", help="写到哪里：文件夹、文件，或者 - 表示标准输出（默认）", metavar="DIR|FILE|-"),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option("--lang", help="网页和文本中报告以外文字的语言：zh、en；默认同报告。报告自己的文字不译"),
    ] = None,
) -> None:
    """Make formats from saved reports; the help is told at the top."""
    from checker.reporting.reading import read as read_report

    asked = tuple(dict.fromkeys(each.value for each in formats or [Rendering(_format_of(out, reports))]))
    wanted = tuple(name for name in asked if name in FORMATS)
    notices = len(wanted) < len(asked)
    if notices and (out is None or out == "-" or (_looks_like_a_file(out) and not _is_folder(Path(out)))):
        raise misuse("整改通知书可能有几份，要写进文件夹", "用 --out 指定一个文件夹，例如 结果/")
    place = _place_for(f"{out}/" if notices else out, reports, wanted, of="检查报告")
    codes = []
    for path in progress(reports, "制作", str):
        try:
            report = read_report(read_dossier(path), _name(path))
            _look_at_language(report, path, language, notices=notices)
        except (DossierError, ReportError) as error:
            tell_problems(error)
            codes.append(error.exit_code)
            continue
        codes.append(exit_code_of(report))
        issue(report, {name: place(path, name) for name in wanted}, language.value if language else "")
        if notices:
            found = notices_of.notices(report)
            for each in found:
                target = Path(str(out)) / f"{path.stem}-notice-{each.party.value}.html"
                _spare(reports, target, "检查报告")
                write(target, notices_of.render(each))
            if not found:
                tell(_why_no_notice(report, None))
    raise typer.Exit(next(code for code in SERIOUSNESS if code in codes))


@app.command("explain")
def explain_command(
    dossier: DossierPath,
    finding: Annotated[
        str, typer.Argument(help="问题编号（可以只写开头几位）、规则编号@检查对象，或者规则编号", metavar="FINDING")
    ],
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """说明一个问题：引用的条款、每个判定项及其数值和出处、怎样整改。问题存在、说明了就是 0，不论是什么结论。"""
    if not finding.strip():
        raise misuse("没有写明要说明哪个问题", "写问题编号，或者 规则编号@检查对象")
    site = Site.load(policy)
    loaded = site.read(dossier)
    with waiting(dossier):
        report = site.report(loaded, as_of, mode)
    found = _one_finding(report, finding)
    show(explanation.render(report, found) if found else site.closed(loaded, report, finding.strip()))


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
    if written_as == "html" and not to_screen and _is_folder(out):
        raise misuse(f"{out} 是文件夹，不是文件", "用 --out 指定一个 HTML 文件")
    if written_as == "html" and (form or agency or template):
        raise misuse("--form、--agency、--template 用于公文", "加上 --format docx 或者 --format pdf")
    if written_as == "pdf" and template:
        raise misuse("--template 只用于 DOCX", "改为 --format docx，或者去掉 --template")
    order = drafting.Order(
        form=form,
        agency=read_agency(_beside(agency), _name(agency), agency.parent) if agency else Agency(),
        template=Template(name=_name(template), data=_beside(template)) if template else None,
        party=Party(party) if party else None,
        issued_on=issued_on.date() if issued_on else None,
        selected=tuple(findings or ()),
    )
    report = Site.load(policy).check(dossier, as_of, mode)
    found = drafting.drafts(report, written_as, order)
    if not found and order.selected:
        tell("没有写通知书：所选的问题中没有可以写给所选责任主体、写成所选公文的违反。")
    elif not found:
        tell(_why_no_notice(report, order.party, order.form))
    if to_screen and len(found) > 1:
        parties = "、".join(dict.fromkeys(f"--party {each.notice.party.value}" for each in found))
        raise misuse(
            f"有 {len(found)} 份通知书，不能都写到标准输出", f"选一个责任主体（{parties}），或者用 --out 指定文件"
        )
    into_folder = not to_screen and (_is_folder(out) or str(out).endswith(("/", os.sep)) or not out.suffix)
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
        _spare([path for path in (dossier, agency, template) if path], path)
        write(path, each.data)
    raise typer.Exit(exit_code_of(report))


def _look_at_language(report: Report, path: Path, language: str | None, *, notices: bool) -> None:
    """Refuse to put Chinese words around a report that is not Chinese, as a paper for an authority has them."""
    if report.language != ZH and (notices or language == ZH):
        raise misuse(
            f"{visible(path.name)} 是外文报告（{report.language}），通知书和中文报告要用中文报告制作",
            "重新检查一遍并保存：zonecheck check 档案 --format json，不加 --lang",
        )


def _beside(path: Path) -> bytes:
    """Read a file that goes with a command; one that can't be read is a mistake in the command."""
    try:
        return read_dossier(path)
    except DossierError as error:
        raise MisuseError(error.problems) from error


def _why_no_notice(report: Report, party: Party | None, form: NoticeForm | None = None) -> str:
    """Say truthfully why there is nothing to write."""
    breaches = [each for each in report.findings if each.verdict is Verdict.VIOLATION and not each.absorbed_by]
    others = [each for each in Party if any(each is found.responsible for found in breaches)]
    open_ = report.totals[Verdict.RISK] + report.totals[Verdict.UNDETERMINED]
    if not breaches:
        said = "没有已经证实的违反"
    elif others == [Party.UNDETERMINED]:
        said = f"已经证实的违反有 {len(breaches)} 项，但责任主体都待定"
    else:
        proved = f"已经证实的 {len(breaches)} 项，责任主体是{'、'.join(each.label for each in others)}"
        if form or party is None or party in others:  # an enterprise that can only be advised gets no order
            said = f"{(form or NoticeForm.ORDER).label}没有可写的；{proved}"
        else:
            said = f"没有责任主体是{party.label}的违反；{proved}"
    more = f"；另有 {open_} 项疑似或者资料不足，不写入通知书" if open_ else ""
    return f"没有写通知书：{said}{more}。"


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

    _spare_source(dossier, merge, out, ".xlsx")
    old = None if merge is None else ledgers.read_old(read_dossier(merge), str(merge))
    report = Site.load(policy).check(dossier, as_of, mode)
    workbook = ledgers.ledger(report, old)
    _deliver(out, xlsx_writer.render(workbook))
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

    wanted = _paper_format(form, out, PAPERS)
    _spare_source(dossier, None, out, f".{wanted}")
    site = Site.load(policy)
    with waiting(dossier):
        loaded = site.read(dossier)
        report = site.report(loaded, as_of, Mode.SELF_AUDIT)
        kept = in_order(site.policy, loaded, as_of=report.as_of)
    written = self_reports.paper(report, kept, issued_on=issued_on.date() if issued_on else None)
    _deliver(out, PAPERS[wanted](written))
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

    wanted = _paper_format(form, out, VISIT_FORMATS)
    _spare_source(dossier, None, out, f".{wanted}")
    site = Site.load(policy)
    with waiting(dossier):
        loaded = site.read(dossier)
        report = site.report(loaded, as_of, mode)
    visit = checklists.checklist(report, site.policy.norms.values())
    if wanted == "xlsx":
        data = xlsx_writer.render(checklists.workbook(visit, visit_facts.sheets(report, loaded.root, site.schema)))
    else:
        data = PAPERS[wanted](checklists.paper(visit))
    _deliver(out, data)
    raise typer.Exit(exit_code_of(report))


# --- for those who write rules, and those who fill dossiers -----------------------------------------------------------


@rules_app.command("list")
def rules_list_command(policy: PolicyFolder = None) -> None:
    """列出规则。"""
    for each in Site.load(policy).policy.rules:
        rule = each.rule
        show(f"{rule.id}\t{'、'.join(norm.id for norm in rule.clauses)}\t{rule.title}\n")


@rules_app.command("show")
def rules_show_command(
    rule: Annotated[str, typer.Argument(help="规则编号，例如 R18.8-01", metavar="RULE")], policy: PolicyFolder = None
) -> None:
    """读出一条规则：引文、依据及其有效期、每个表达式的中文意思、未检查的事项。"""
    show(sheet(Site.load(policy).rule(rule).rule))


@rules_app.command("verify")
def rules_verify_command(
    rules: Annotated[
        list[str] | None, typer.Argument(help="只验证这些规则；不写就验证全部", metavar="[RULE...]")
    ] = None,
    policy: PolicyFolder = None,
) -> None:
    """验证规则：运行全部示例；把全部真值组合交给引擎，与复核逐一对照；从示例中逐个去掉字段，看会不会误报或者漏报。"""
    site = Site.load(policy, examples=False)
    wanted = tuple(dict.fromkeys(map(site.rule, rules))) if rules else site.policy.rules
    proofs = [prove(site.policy, each) for each in progress(wanted, "验证", lambda each: each.rule.id)]
    for each in proofs:
        show(_proof_line(each))
    problems = [problem for each in proofs for problem in each.problems]
    for problem in problems:
        tell(str(problem))
    if problems or any(each.removals.accusations or each.removals.silenced for each in proofs):
        raise typer.Exit(PolicyError.exit_code)


@dossier_app.command("schema")
def dossier_schema_command() -> None:
    """打印档案的 JSON Schema。"""
    put((folder("schemas") / "dossier.schema.json").read_bytes())


@dossier_app.command("lint")
def dossier_lint_command(dossier: DossierPath) -> None:
    """检查一份档案是否合格，并列出可疑之处；不作合规判断。"""
    loaded = spreadsheets.load(dossier, dossier_schema())
    for line in listed(_doubts_of(loaded)):
        tell(line)
    tell(f"{loaded.name}：合格，{sum(1 + each.others for each in loaded.doubts)} 处可疑。")


def _doubts_of(dossier: Dossier) -> Sequence[Problem]:
    return dossier.doubts if dossier.cells is None else in_cells(dossier.doubts, dossier.cells, dossier.name)


@dossier_app.command("template")
def dossier_template_command(
    out: Annotated[Path, typer.Option("--out", help="写到哪个 .xlsx 文件", metavar="FILE.xlsx")],
    filled: Annotated[
        Path | None, typer.Option("--from", help="把这份档案的内容填进去；不给则是空白模板", metavar="DOSSIER")
    ] = None,
) -> None:
    """生成填报用的电子表格：每种台账一张表，带说明和下拉列表；填好后用 dossier import 读回。"""
    if out.suffix.lower() != ".xlsx":
        raise misuse(f"{out} 不是 .xlsx 文件", "用 --out 指定一个 .xlsx 文件")
    from checker.sheets.template import template

    _spare([filled] if filled else [], out)
    schema = dossier_schema()
    write(out, template(schema, spreadsheets.contents(filled, schema) if filled else None, _name(filled or out)))


@dossier_app.command("import")
def dossier_import_command(
    files: Annotated[
        list[Path], typer.Argument(help="填好的 .xlsx、台账的 .csv，或者放着它们的文件夹", metavar="FILE|FOLDER...")
    ],
    out: Annotated[Path, typer.Option("--out", help="写到哪个 JSON 文件", metavar="FILE.json")],
    *,
    land_supply: Annotated[
        bool, typer.Option("--land-supply", help="文件是公开的供地结果（电子监管号、成交价格(万元)……），读入供地台账")
    ] = False,
    into: Annotated[
        Path | None, typer.Option("--into", help="供地结果并入这份档案；已有的内容不改", metavar="DOSSIER")
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="供地结果单独成为档案时的开发区编号", metavar="ID")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="供地结果单独成为档案时的基准日", metavar="DATE"),
    ] = None,
) -> None:
    """读入电子表格，写成档案（JSON）；旁边的 .cells.json 记着每项内容出自哪个单元格，以后的检查会指出来。"""
    if out.suffix.lower() != ".json":
        raise misuse(f"{out} 不是 .json 文件", "用 --out 指定一个 .json 文件")
    _spare([*files, *([into] if into else [])], out)
    schema = dossier_schema()
    remarks: Sequence[Problem] = ()
    if land_supply:
        if into is None and (zone is None or as_of is None):
            raise misuse("没有说明供地结果写进哪份档案", "用 --into 指定档案；或者用 --zone、--as-of 新建一份")
        day = as_of.date() if as_of else None
        supplied = spreadsheets.import_supply(files, into, schema, zone=zone or "", as_of=day)
        imported, remarks = supplied.imported, supplied.remarks
        tell(f"新增宗地 {supplied.added} 宗，补充已有宗地 {supplied.completed} 宗。")
    elif into is not None or zone is not None or as_of is not None:
        raise misuse("--into、--zone、--as-of 只用于供地结果", "加上 --land-supply，或者去掉它们")
    else:
        imported = spreadsheets.import_files(files, schema)
    for line in listed((*remarks, *in_cells(imported.dossier.doubts, imported.cells, imported.dossier.name))):
        tell(line)
    write(out, imported.data)
    write(spreadsheets.beside(out), imported.cells.document())


@dossier_app.command("merge", help=f"把填好的现场核查表并入档案，写成新的档案，再检查一遍，列出变化。{CODES}")
def dossier_merge_command(
    dossier: DossierPath,
    checklist: Annotated[Path, typer.Argument(help="填好的核查表（checklist 编制的 .xlsx）", metavar="CHECKLIST.xlsx")],
    out: Annotated[Path, typer.Option("--out", help="新的档案写到哪个 JSON 文件", metavar="NEW.json")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="与档案已有的值不一致的，以核查表为准；不给则拒绝并列出两个值")
    ] = False,
    as_of: AsOf = None,
    policy: PolicyFolder = None,
) -> None:
    """Merge a filled checklist; the help is told at the top."""
    from checker.papers import merging

    if out.suffix.lower() != ".json":
        raise misuse(f"{out} 不是 .json 文件", "用 --out 指定一个 .json 文件")
    _spare([dossier, checklist], out)
    site = Site.load(policy)
    old = site.read(dossier)
    merged = merging.merge(
        spreadsheets.read_tables([checklist]),
        spreadsheets.contents(dossier, site.schema),
        site.schema,
        name=_name(out),
        old_cells=old.cells,
        may_replace=replace,
    )
    for line in listed(_doubts_of(merged.dossier)):
        tell(line)
    before, after = (site.report(each, as_of, Mode.INSPECTION) for each in (old, merged.dossier))
    write(out, merged.data)
    write(spreadsheets.beside(out), merged.cells.document())
    show("".join(f"{visible(line)}\n" for line in (*merging.summary(merged), *merging.changes(before, after))))
    raise typer.Exit(exit_code_of(after))


# --- between the files and the check --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What one run works with: the dossier schema and a policy pack."""

    schema: DossierSchema
    policy: Policy

    @classmethod
    def load(cls, policy_folder: Path | None, *, examples: bool = True, language: str = ZH) -> "Site":
        """Load the schema and the pack; with *examples*, a pack whose examples disagree does not load.

        Reports are in *language*; what is wrong with a dossier is told in Chinese, as its sheets are labelled.
        """
        described, told = dossier_schema(), dossier_schema(language)
        where = policy_folder or folder("policies") / POLICY
        if not _is_folder(where):
            problem = Problem(
                message="没有这个政策包文件夹", place=Place(file=str(where)), suggestion="核对 --policy 后的路径"
            )
            raise PolicyError([problem])
        if not examples:
            return cls(schema=described, policy=read_policy(where, told))
        return cls(schema=described, policy=load_remembered(where, told, Memory(cache_folder())))

    def check(self, path: Path, as_of: datetime | None, mode: Mode) -> Report:
        """Check the dossier in a file."""
        with waiting(path):
            return self.report(self.read(path), as_of, mode)

    def read(self, path: Path) -> Dossier:
        """Load the dossier in a file."""
        return spreadsheets.load(path, self.schema)

    def report(self, dossier: Dossier, as_of: datetime | None, mode: Mode) -> Report:
        """Check a dossier."""
        report = check_dossier(self.policy, dossier, as_of=as_of.date() if as_of else None, mode=mode)
        return with_cells(report, dossier.cells) if dossier.cells is not None else report

    def rule(self, name: str) -> CompiledRule:
        """Give the rule of that id; raise `MisuseError` if there is none."""
        rules = {each.rule.id: each for each in self.policy.rules}
        found = next((each for each in rules if each.lower() == name.strip().lower()), None)
        if found is None:
            near = difflib.get_close_matches(name.strip().upper(), rules, n=1, cutoff=0.75)
            raise misuse(f"没有规则 {name}", f"{near[0]}？" if near else f"可用：{'、'.join(rules)}")
        return rules[found]

    def closed(self, dossier: Dossier, report: Report, wanted: str) -> str:
        """Say of a rule, or of a rule on a subject, that nothing has to be done: it is no finding."""
        name, at, subject = wanted.partition("@")
        compiled = self.rule(name)
        rule = compiled.rule
        state = next(each for each in report.rules if each.id == rule.id)
        reasons = "；".join(state.inapplicable)
        short = wording.WORDS[report.mode].short
        if not at:
            counts = " · ".join(f"{short[each]} {count}" for each, count in state.totals.items() if count)
            return f"{rule.id} {rule.title}：没有问题（{counts}）{f'。不适用的原因：{reasons}' if reasons else ''}\n"
        entity = self.schema.registers.get(rule.each, self.schema.zone)
        get = attrgetter(entity.fields[entity.id_field].attribute)
        with localcontext(values.EXACT):
            pairs = {
                (get(each.found.subject) if each.found else rule.each): each.verdict
                for each in judge(self.policy, look(self.policy, dossier, report.as_of), compiled)
            }
        found = next((each for each in pairs if each.lower() == subject.lower()), None)
        if found is None:
            near = difflib.get_close_matches(subject, pairs, n=1)
            raise misuse(
                f"{rule.id} 没有检查对象 {subject}",
                f"{rule.id}@{near[0]}？" if near else f"检查对象是{entity.label}，写它的编号",
            )
        verdict = pairs[found]
        why = f"。不适用的原因：{reasons}" if verdict is Verdict.NOT_APPLICABLE and len(state.inapplicable) == 1 else ""
        return f"{rule.id}@{found} {rule.title}：{wording.WORDS[report.mode].verdicts[verdict]}{why}\n"


def exit_code_of(report: Report) -> int:
    """Give the exit code that says what a report found."""
    if report.totals[Verdict.VIOLATION] or report.totals[Verdict.RISK]:
        return 1
    return 3 if report.totals[Verdict.UNDETERMINED] else 0


@contextlib.contextmanager
def waiting(path: Path) -> Iterator[None]:
    """Let people at a terminal see that a large dossier is at work."""
    with contextlib.ExitStack() as shown:
        if sys.stderr.isatty() and path.is_file() and path.stat().st_size > LARGE:
            from rich.console import Console
            from rich.markup import escape

            shown.enter_context(Console(stderr=True).status(escape(f"检查 {visible(path.name)}")))
        yield


def summary(report: Report) -> str:
    """Say in one line what a report found."""
    words = interface(report.language)
    named = words("{0}（{1}）", visible(report.zone.name), visible(report.dossier.file))
    return words("{0}：{1}", named, wording.numbers(report, words=words))


def wants_colour() -> bool:
    """Say whether standard output is a terminal that has not asked for plain text."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def room() -> int:
    """Give how many columns a line may take: those of the terminal, within what can be read."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(NARROWEST, min(shutil.get_terminal_size((WIDTH, 24)).columns - HANGING, WIDTH))


def _one_finding(report: Report, wanted: str) -> Finding | None:
    """Give the finding that is meant; `None` where a rule, or a rule on a subject, may be one that is closed."""
    every = (*report.findings, *report.exempted)
    name = wanted.strip().lower()
    found = [
        each
        for each in every
        if each.id.lower().startswith(name) or name in {f"{each.rule}@{each.subject.id}".lower(), each.rule.lower()}
    ]
    if not found and name.partition("@")[0] in {each.id.lower() for each in report.rules}:
        return None
    if len(found) != 1:
        offered = found or every
        known = "\n".join(f"    {each.id}  {each.rule}@{each.subject.id}  {each.verdict.label}" for each in offered)
        what = "不止一个问题" if found else "没有这个问题"
        raise misuse(f"{what}：{wanted}", f"可用的编号：\n{known}" if every else "这份档案没有任何问题")
    return found[0]


def _proof_line(proof: Proof) -> str:
    removals = proof.removals
    lines = [
        f"{proof.rule}\t示例 {sum(proof.examples.values())}，不符 {len(proof.problems)}"
        f"\t真值组合 {proof.combinations}，全部一致"
        f"\t去掉字段 {removals.tried} 次（{removals.refused} 次档案不合格），"
        f"误报 {len(removals.accusations)}，漏报 {len(removals.silenced)}\n"
    ]
    lines += [f"    误报：{each}\n" for each in removals.accusations]
    lines += [f"    漏报：{each}\n" for each in removals.silenced]
    return "".join(lines)


# --- files and terminal ---------------------------------------------------------------------------------------------


def _format_of(out: str | None, dossiers: Sequence[Path]) -> str:
    """Give the format that the ending of a single file asks for, when none was named."""
    if out is None or len(dossiers) > 1 or _is_folder(Path(out)):
        return "text"
    return next((name for name, ending in ENDINGS.items() if out.lower().endswith(f".{ending}")), "text")


def _place_for(
    out: str | None, dossiers: Sequence[Path], formats: Sequence[str], *, of: str = "档案"
) -> Callable[[Path, str], Path | None]:
    """Say where each report goes: `None` is standard output. Two reports never go to one file."""
    several = len(dossiers) * len(formats) > 1
    if out in {None, "-"}:
        if len(formats) > 1 or (several and formats != ("text",)):
            raise misuse("几份报告不能都写到标准输出", "用 --out 指定一个文件夹")
        return lambda _dossier, _name: None
    assert out is not None
    target = Path(out)
    if not (several or out.endswith(("/", os.sep)) or _is_folder(target)):
        _spare(dossiers, target, of)
        return lambda _dossier, _name: target
    if _looks_like_a_file(out) and not _is_folder(target):
        message = f"{len(dossiers) * len(formats)} 份报告不能写进一个文件 {out}"
        raise misuse(message, "用 --out 指定一个文件夹，例如 结果/")
    names = [path.stem for path in dossiers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise misuse(f"几份{of}同名：{'、'.join(twice)}，报告会互相覆盖", "分几次检查，或者改文件名")
    for name in formats:
        for each in dossiers:
            _spare(dossiers, target / f"{each.stem}.{ENDINGS[name]}", of)
    return lambda dossier, name: target / f"{dossier.stem}.{ENDINGS[name]}"


def _looks_like_a_file(out: str) -> bool:
    return out.lower().endswith(tuple(f".{ending}" for ending in ENDINGS.values()))


def _is_folder(path: Path) -> bool:
    """Say whether there is a folder; one that may not be looked at is none, and reading or writing there says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _spare(dossiers: Iterable[Path], target: Path, of: str = "档案") -> None:
    """Refuse to replace a dossier by what is said of it, or a report by what is made of it."""
    if os.path.realpath(target) in map(os.path.realpath, dossiers):
        raise misuse(f"{target} 是{of}，报告会把它覆盖", "换一个 --out")


def _spare_source(dossier: Path, old: Path | None, target: Path, ending: str) -> None:
    """Refuse a paper that would replace what it is made from, or whose ending says that it is something else."""
    if str(target) == "-":
        return
    if _is_folder(target):
        raise misuse(f"{target} 是文件夹，不是文件", f"用 --out 指定一个 {ending} 文件")
    if target.suffix.lower() != ending:
        raise misuse(f"{target} 的扩展名不是 {ending}", f"用 --out 指定一个 {ending} 文件")
    _spare([dossier], target)
    if old is not None and os.path.realpath(old) == os.path.realpath(target):
        raise misuse(f"{target} 是旧台账，会被覆盖；旧台账应当留存", "换一个 --out")


def _paper_format(form: StrEnum | None, out: Path, formats: Iterable[str]) -> str:
    """Give the format that is asked for, or that the ending of the file says."""
    known = tuple(formats)
    ending = out.suffix.lower().removeprefix(".")
    if form is None and ending not in known and str(out) != "-":
        raise misuse(f"{out} 的扩展名看不出格式", f"用 {'、'.join(f'.{each}' for each in known)}，或者给出 --format")
    return form.value if form else ending or known[0]


def _deliver(target: Path, data: bytes) -> None:
    """Write a paper to its file, or put it on standard output."""
    if str(target) == "-":
        put(data)
    else:
        write(target, data)


UNWRITABLE = {errno.EACCES: "没有写入的权限", errno.EPERM: "没有写入的权限"}


def write(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; a device or a pipe is written to and stays what it is."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise _unwritable(str(path), error, "换一个 --out") from error
    tell(f"已写入 {path}")


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    held = path.with_name(f".zonecheck.{os.getpid()}")
    try:
        held.write_bytes(data)
        held.replace(path)
    finally:
        held.unlink(missing_ok=True)


def _unwritable(where: str, error: OSError, suggestion: str = "") -> MisuseError:
    why = UNWRITABLE.get(error.errno or 0) or reason(error)
    return MisuseError([Problem(message=f"写不进去：{why}", place=Place(file=where), suggestion=suggestion)])


def show(words: str) -> None:
    """Show people something on standard output, in the encoding of their terminal."""
    put(words.encode(sys.stdout.encoding, "replace"))


def put(data: bytes) -> None:
    """Put bytes on standard output; a reader who has gone away has seen enough."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except OSError as error:
        _mute(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise _unwritable("标准输出", error) from error


def _mute(stream: TextIO) -> None:
    """Lead a broken stream nowhere, lest what it still holds fail once more at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def progress(items: Sequence[_Item], doing: str, name: Callable[[_Item], str]) -> Iterator[_Item]:
    """Give the items one by one; people at a terminal see which one is at work, and how many are to come."""
    if len(items) < 2 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(doing, total=len(items))
        for each in items:
            bar.update(task, description=escape(f"{doing} {visible(name(each))}"))
            yield each
            bar.advance(task)


def tell(message: str) -> None:
    """Tell people something on standard error; names and values in it can't steer the terminal."""
    try:
        typer.echo("\n".join(map(visible, message.splitlines())), err=True)
    except OSError:  # nobody can be told, not even this
        _mute(sys.stderr)


def tell_problems(error: ZonecheckError) -> None:
    """Tell what is wrong, each problem with its place and the way out."""
    for line in listed(error.problems) if isinstance(error, DossierError) else map(str, error.problems):
        tell(line)


def misuse(message: str, suggestion: str) -> MisuseError:
    """Give the error of a command line that asks for what can't be done."""
    return MisuseError([Problem(message=message, place=Place(file="zonecheck"), suggestion=suggestion)])
