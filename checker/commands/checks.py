"""The main job: to check dossiers, and to explain a finding."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from checker.catalogues import ZH
from checker.commands.options import CODES, AsOf, DossierPath, Language, ModeOption, PolicyFolder
from checker.console import misuse, progress, show, tell_problems, waiting, write
from checker.delivery import give
from checker.dossier.loading import Dossier
from checker.errors import DossierError
from checker.limits import bearing
from checker.model import Finding, Mode, Report
from checker.reporting import FORMATS
from checker.site import Period, Site, exit_code_of, worst
from checker.sparing import spare_work
from checker.targets import (
    Target,
    format_of,
    is_folder,
    is_meant_as_folder,
    looks_like_a_file,
    spare,
    target_of,
)

Format = StrEnum(  # type: ignore[misc]  # mypy knows only members that are written out
    "Format", {name.upper(): name for name in FORMATS}
)

app = typer.Typer()


@app.command("check", rich_help_panel="检查", help="检查园区档案，出具报告。", epilog=CODES)
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
    horizon: Annotated[
        str | None,
        typer.Option(
            "--horizon", help="向前看多久（180d、6m、1y）：假定此后没有变化，什么会从哪一天起违反", metavar="PERIOD"
        ),
    ] = None,
    *,
    cures: Annotated[
        bool, typer.Option("--cures", help="逐项试算违反的问题：事实怎样改动才符合，改动后会不会违反别的规则")
    ] = False,
    low_memory: Annotated[
        bool,
        typer.Option(
            "--low-memory",
            help="分段读入，少占内存，稍慢，报告不变；内存不够时自动如此",
        ),
    ] = False,
    language: Annotated[
        Language | None,
        typer.Option("--lang", help="报告的语言：zh 中文（默认）；en 英文，其中条款原文、档案中的名称和文字不译"),
    ] = None,
    receipt: Annotated[
        Path | None,
        typer.Option(
            "--receipt",
            help="另存收据（JSON）：档案、政策包、程序和各份报告的校验值，供 verify 复核；几份档案的，给一个文件夹",
            metavar="FILE|DIR",
        ),
    ] = None,
) -> None:
    """Check dossiers; the help is told at the top."""
    wanted = tuple(dict.fromkeys(each.value for each in formats or [Format(format_of(out, dossiers))]))
    target = target_of(out, dossiers, wanted)
    period = period_of(horizon) if horizon is not None else None
    needs_all = cures or period is not None
    if low_memory and needs_all:
        raise misuse("--low-memory 不能与 --cures、--horizon 同用", "试算、展望要把整份档案放在内存里：分两次检查")
    places = _receipts(receipt, dossiers, target, wanted)
    site = Site.load(policy, language=language.value if language else ZH)
    codes = []
    for path in dossiers if target == Target() else progress(dossiers, "检查", str):
        try:
            with waiting(path), bearing(path):
                dossier = site.read(path) if needs_all else site.read_any(path, low_memory=low_memory)
                report = site.checked(dossier, as_of, mode, period, cures=cures)
        except DossierError as error:
            tell_problems(error)
            codes.append(error.exit_code)
            continue
        codes.append(exit_code_of(report))
        give(report, wanted, target, path)
        if path in places:
            write(places[path], _receipt(report, dossier, site, wanted, horizon))
    raise typer.Exit(worst(codes))


def _receipts(
    receipt: Path | None, dossiers: Sequence[Path], target: Target, formats: Sequence[str]
) -> Mapping[Path, Path]:
    """Say where the receipt on each dossier goes, if one is wanted: never over a dossier or a report."""
    if receipt is None:
        return {}
    if str(receipt) == "-":
        raise misuse("收据不能写到标准输出", "用 --receipt 指定一个 .json 文件，或者一个文件夹")
    if is_meant_as_folder(str(receipt)) or len(dossiers) > 1:
        if looks_like_a_file(str(receipt)) and not is_folder(receipt):
            raise misuse(f"{len(dossiers)} 份收据不能写进一个文件 {receipt}", "用 --receipt 指定一个文件夹")
        if len({each.stem for each in dossiers}) < len(dossiers):
            raise misuse("几份档案同名，收据会互相覆盖", "分几次检查，或者改文件名")
        places = {each: receipt / f"{each.stem}.receipt.json" for each in dossiers}
    else:
        places = dict.fromkeys(dossiers, receipt)
    reports = [path for each in dossiers for name in formats if (path := target.report(each, name)) is not None]
    for place in places.values():
        spare(dossiers, place, made="收据", option="--receipt")
        spare(reports, place, "报告要写到的地方", made="收据", option="--receipt")
        spare_work(place, "收据", option="--receipt")
    return places


def _receipt(report: Report, dossier: Dossier, site: Site, formats: Sequence[str], horizon: str | None) -> bytes:
    from checker import receipts
    from checker.libraries import installed
    from checker.resources import own_files

    program = receipts.program_of(own_files(), report.tool_version, installed())
    ahead = horizon.strip().lower() if horizon else ""
    files = receipts.rendered(report, formats)
    return receipts.document(receipts.receipt(report, dossier, site.policy, program, files, horizon=ahead))


def period_of(written: str) -> Period:
    """Read a period (`180d`, `6m`, `1y`)."""
    found = re.fullmatch(r"([1-9][0-9]{0,3})([dmy])", written.strip().lower())
    if found is None:
        raise misuse(f"看不懂期间：{written}", "写作 180d（天）、6m（月）或者 1y（年）")
    from checker.foresight import FARTHEST

    number = int(found[1])
    period = {"d": Period(days=number), "m": Period(months=number), "y": Period(months=12 * number)}[found[2]]
    if period.days > FARTHEST or period.months > FARTHEST // 366 * 12:
        raise misuse(f"期间太长：{written}", "最多5年")
    return period


@app.command(
    "explain",
    rich_help_panel="检查",
)
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
    from checker.reporting import explain as explanation

    if not finding.strip():
        raise misuse("没有写明要说明哪个问题", "写问题编号，或者 规则编号@检查对象")
    site = Site.load(policy)
    with waiting(dossier), bearing(dossier):
        loaded = site.read(dossier)
        report = site.report(loaded, as_of, mode)
    found = _one_finding(report, finding)
    if found is not None:
        with waiting(dossier), bearing(dossier):
            found = site.cured(loaded, report, found)
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
