"""Receipts of checks: a check is made again, and everything compared byte for byte."""

from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker import __version__
from checker.commands.checks import period_of
from checker.console import misuse, show, waiting
from checker.dossier.loading import Dossier, read_dossier
from checker.libraries import installed
from checker.limits import bearing
from checker.model import Report
from checker.reporting.columns import wrap
from checker.reporting.wording import visible
from checker.resources import folder, own_files
from checker.sheets.files import named
from checker.site import Site, shipped_packs

if TYPE_CHECKING:
    from checker.receipts import Compared, Receipt

CODES = "退出码：0 全部相同；1 有不同；2 命令写错；4 收据、档案或者报告读不了；5 政策包不合格；6 程序错误；130 中断。"

app = typer.Typer()


@app.command(
    "verify",
    rich_help_panel="检查",
    help="按收据（check --receipt 的结果）重新检查一遍，逐字节比较：档案、政策包、参数、程序、报告，哪一样不同，"
    "怎么办。给出手里的报告文件的，也与收据核对。收据里写的名字一概不打开。",
    epilog=CODES,
)
def verify_command(
    receipt: Annotated[Path, typer.Argument(help="收据（JSON 文件）", metavar="RECEIPT")],
    dossier: Annotated[Path, typer.Argument(help="做报告时的园区档案", metavar="DOSSIER")],
    reports: Annotated[
        list[Path] | None, typer.Argument(help="要核对的报告文件，可以给多个", metavar="[REPORT...]")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="做报告时的政策包；默认用收据写明的、随附的一个", metavar="DIR"),
    ] = None,
) -> None:
    """Verify a receipt; the help is told at the top."""
    from checker import receipts

    held = receipts.read(read_dossier(receipt), named(receipt))
    files = [(named(each), read_dossier(each)) for each in reports or ()]
    if policy is None and held.policy.id not in shipped_packs():
        raise misuse(f"没有随附的政策包 {visible(held.policy.id)}", "用 --policy 指定做报告时的政策包文件夹")
    site = Site.load(policy or folder("policies") / held.policy.id, language=held.language)
    with waiting(dossier), bearing(dossier):
        loaded = replace(site.read(dossier), name=held.file)
    program = receipts.program_of(own_files(), __version__, installed())
    report, again = None, dict[str, bytes]()
    if loaded.sha256 == held.sha256:
        with waiting(dossier), bearing(dossier):
            report = _made_again(site, loaded, held)
            again = dict(receipts.rendered(report, (each.format for each in held.reports)))
    now = receipts.at_hand(held, loaded, site.policy, program, report=report, files=again)
    found = [*receipts.compare(held, now, policy=policy is not None)]
    found += [receipts.of_file(name, data, held, again) for name, data in files]
    differing = sum(each.is_same is False for each in found)
    for each in found:
        for line in _lines(each):
            show(f"{line}\n")
    show(f"结论：{f'有{differing}处不同' if differing else '全部相同'}\n")
    raise typer.Exit(1 if differing else 0)


def _made_again(site: Site, dossier: Dossier, held: "Receipt") -> Report:
    """Check again as the receipt says; the report names the version that it names, so that only the rest can differ."""
    day = datetime.combine(held.as_of, time())
    period = period_of(held.horizon) if held.horizon else None
    report = site.checked(dossier, day, held.mode, period, cures=held.cures)
    return replace(report, tool=held.program.name, tool_version=held.program.version)


_MARKS = {True: "相同", False: "不同", None: "未比"}


def _lines(held: "Compared") -> list[str]:
    told = wrap(visible(f"{_MARKS[held.is_same]}  {held.what}：{held.told}"), hang=6)
    way_out = wrap(visible(f"→ {held.way_out}"), indent=6, hang=3) if held.way_out else ()
    return [*told, *way_out]
