"""The main job: to check dossiers, to make formats of saved reports, and to explain a finding."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from checker.commands.options import CODES, AsOf, DossierPath, ModeOption, PolicyFolder
from checker.console import misuse, progress, put, room, show, tell, tell_problems, waiting, wants_colour, write
from checker.dossier.loading import read_dossier
from checker.errors import DossierError, ReportError
from checker.model import Finding, Mode, Report
from checker.papers import notice as notices_of
from checker.reporting import FORMATS, text
from checker.reporting import explain as explanation
from checker.sheets.files import named
from checker.site import Site, exit_code_of, summary, worst
from checker.targets import format_of, is_folder, looks_like_a_file, place_for, spare

Format = StrEnum("Format", {name.upper(): name for name in FORMATS})  # type: ignore[misc]
Rendering = StrEnum("Rendering", {name.upper(): name for name in (*FORMATS, "notice")})  # type: ignore[misc]

app = typer.Typer()


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
) -> None:
    """Check dossiers; the help is told at the top."""
    wanted = tuple(dict.fromkeys(each.value for each in formats or [Format(format_of(out, dossiers))]))
    place = place_for(out, dossiers, wanted)
    site = Site.load(policy)
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
    raise typer.Exit(worst(codes))


def issue(report: Report, targets: Mapping[str, Path | None]) -> None:
    """Write a report in several formats, each to a file, or to standard output where none is named."""
    for name, target in targets.items():
        if target is not None:
            write(target, FORMATS[name](report))
        elif name == "text":
            show(text.render(report, colour=wants_colour(), room=room()).decode())
        else:
            put(FORMATS[name](report))
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
) -> None:
    """Make formats from saved reports; the help is told at the top."""
    from checker.reporting.reading import read as read_report

    asked = tuple(dict.fromkeys(each.value for each in formats or [Rendering(format_of(out, reports))]))
    wanted = tuple(name for name in asked if name in FORMATS)
    notices = len(wanted) < len(asked)
    if notices and (out is None or out == "-" or (looks_like_a_file(out) and not is_folder(Path(out)))):
        raise misuse("整改通知书可能有几份，要写进文件夹", "用 --out 指定一个文件夹，例如 结果/")
    place = place_for(f"{out}/" if notices else out, reports, wanted, of="检查报告")
    codes = []
    for path in progress(reports, "制作", str):
        try:
            report = read_report(read_dossier(path), named(path))
        except (DossierError, ReportError) as error:
            tell_problems(error)
            codes.append(error.exit_code)
            continue
        codes.append(exit_code_of(report))
        issue(report, {name: place(path, name) for name in wanted})
        if notices:
            found = notices_of.notices(report)
            for each in found:
                target = Path(str(out)) / f"{path.stem}-notice-{each.party.value}.html"
                spare(reports, target, "检查报告")
                write(target, notices_of.render(each))
            if not found:
                tell(notices_of.why_none(report))
    raise typer.Exit(worst(codes))


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
