"""Saved reports: every format and every paper, without a dossier and without checking again."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.catalogues import ZH
from checker.commands.options import CODES, Language
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
from checker.console import misuse, progress, tell_problems
from checker.delivery import give, hand_out
from checker.dossier.loading import read_dossier
from checker.errors import DossierError, MisuseError, ReportError
from checker.limits import bearing
from checker.model import Mode, Report
from checker.papers.formats import NAMES, TITLES
from checker.reporting import AROUND, FORMATS
from checker.reporting.wording import visible
from checker.sheets.files import named
from checker.site import exit_code_of, worst
from checker.targets import format_of, is_folder, spare_old, spare_source, target_of

if TYPE_CHECKING:
    from checker.papers.drafting import Order
    from checker.papers.issuing import Issue

OF = "检查报告"
Rendering = StrEnum(  # type: ignore[misc]  # mypy knows only members that are written out
    "Rendering", {name.upper(): name for name in (*FORMATS, *NAMES)}
)

app = typer.Typer()


def _named(paper: str) -> str:
    """Name the formats of a paper; one that its name does not tell is told beside it."""
    return " ".join(
        f"{name}（{ending}）" if name == paper else name for name, (of, ending) in NAMES.items() if of == paper
    )


@app.command(
    "render",
    rich_help_panel="检查",
    help="用保存的 JSON 报告（check --format json 的结果）制作其他格式和各种文书，可以一次做几样；不需要档案，"
    "也不再检查一遍。",
    epilog=CODES,
)
def render_command(
    reports: Annotated[list[Path], typer.Argument(help="一个或者多个 JSON 报告", metavar="REPORT...")],
    formats: Annotated[
        list[Rendering] | None,
        typer.Option(
            "--format",
            help=f"格式，可以给多个。 报告： {' '.join(FORMATS)} 整改通知书： {_named('notice')} "
            f"整改台账： {_named('ledger')} 现场核查用表： {_named('checklist')} "
            f"自查报告： {_named('self-report')} 。 默认看 --out 的扩展名（如 html、csv），否则 text",
            metavar="FORMAT",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", help="写到哪里：文件夹、文件，或者 - 表示标准输出（报告的默认）", metavar="DIR|FILE|-"),
    ] = None,
    mode: Annotated[Mode | None, typer.Option("--mode", help="换一种措辞；默认按报告原来的")] = None,
    language: Annotated[
        Language | None,
        typer.Option("--lang", help="网页和文本中报告以外文字的语言：zh、en；默认同报告。报告自己的文字不译"),
    ] = None,
    form: FormOption = None,
    findings: FindingOption = None,
    agency: AgencyOption = None,
    template: TemplateOption = None,
    party: PartyOption = None,
    issued_on: IssuedOn = None,
    merge: MergeOption = None,
) -> None:
    """Make formats and papers from saved reports; the help is told at the top."""
    from checker.reporting.reading import read as read_report

    asked = tuple(dict.fromkeys(each.value for each in formats or [Rendering(_format_of(out, reports))]))
    wanted = tuple(name for name in asked if name in FORMATS)
    papers = tuple(NAMES[name] for name in asked if name in NAMES)
    if language and not AROUND & set(wanted):
        raise misuse("--lang 用于网页和文本报告", "加上 --format html 或者 text，或者去掉它")
    if papers and out is None:
        raise misuse("没有说明文书写到哪里", "用 --out 指定一个文件夹，例如 结果/")
    if merge and len(reports) > 1:
        raise misuse("--merge 只能用于一份报告", "分几次制作台账")
    if papers and out != "-" and not Path(str(out)).suffix:
        out = f"{out}/"
    target = target_of(out, reports, asked, of=OF)
    if papers and target.file is not None:
        spare_source(reports[0], target.file, f".{papers[0][1]}", OF, made=TITLES[papers[0][0]])
        spare_old(merge, target.file)
    asked_for = order(
        papers,
        form=form,
        findings=findings,
        agency=agency,
        template=template,
        party=party,
        issued_on=issued_on,
        merge=merge,
        prefix="notice-",
    )
    kept = (*reports, *(each for each in (agency, template, merge) if each))
    codes = []
    for path in progress(reports, "制作", str):
        try:
            with bearing(path):
                report = read_report(read_dossier(path), named(path))
            _look_at_language(report, path, language, papers)
            if mode is not None:
                report = replace(report, mode=mode)
            issued = _issued(report, papers, asked_for)
            if len(reports) > 1:
                issued = [replace(each, said=tuple(f"{named(path)}: {line}" for line in each.said)) for each in issued]
        except (DossierError, ReportError, MisuseError) as error:
            tell_problems(error)
            codes.append(error.exit_code)
            continue
        codes.append(exit_code_of(report))
        give(report, wanted, target, path, language.value if language else "")
        for each in issued:
            hand_out(each, target, path, kept, OF)
    raise typer.Exit(worst(codes))


def _look_at_language(report: Report, path: Path, language: str | None, papers: Sequence[tuple[str, str]]) -> None:
    """Refuse to put Chinese words around a report that is not Chinese, as a paper for an authority has them."""
    if report.language != ZH and (papers or language == ZH):
        raise misuse(
            f"{visible(path.name)} 是外文报告（{report.language}），文书和中文报告要用中文报告制作",
            "重新检查一遍并保存：zonecheck check 档案 --format json，不加 --lang",
        )


def _issued(report: Report, papers: Sequence[tuple[str, str]], asked_for: "Order") -> list["Issue"]:
    """Make the papers; where none is asked for, nothing of them is loaded."""
    if not papers:
        return []
    from checker.papers.issuing import issue

    return [issue(report, paper, ending, asked_for) for paper, ending in papers]


def _format_of(out: str | None, reports: Sequence[Path]) -> str:
    """Give the format that the ending of a single file asks for; that of a paper does not say which one is meant."""
    ending = Path(out or "").suffix.lower().removeprefix(".")
    meant = [name for name, (_, written_as) in NAMES.items() if written_as == ending and ending != "html"]
    if meant and out and not is_folder(Path(out)):
        raise misuse(f"{out} 的扩展名看不出是哪种文书", f"用 --format 说明：{'、'.join(meant)}")
    return format_of(out, reports)
