"""Two checks compared: what got worse, what is new, what is fixed, and why."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from checker.classes import dataclass
from checker.console import misuse, put, show, waiting, write
from checker.dossier.loading import Dossier, read_dossier
from checker.dossier.records import BOM
from checker.limits import bearing
from checker.model import Mode, PolicyStamp, Report
from checker.policy.loading import Policy
from checker.reporting.wording import visible
from checker.resources import folder
from checker.sheets import WORKBOOKS
from checker.sheets.files import named
from checker.site import Site, shipped_packs
from checker.sparing import spare_work
from checker.targets import spare

if TYPE_CHECKING:
    from checker.exchanging import Side

CODES = (
    "退出码：0 没有变坏的；1 有变坏或者新增的；2 命令写错；4 报告或者档案读不了；5 政策包不合格；6 程序错误；130 中断。"
)

app = typer.Typer()


class DiffFormat(StrEnum):
    """The formats of a comparison."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


@app.command(
    "diff",
    rich_help_panel="批量",
    help="比较两次检查：什么变坏了、新增了、消除了，因为什么。OLD、NEW 各是一份保存的 JSON 报告，或者一份园区档案"
    "（先检查，再比较）；是哪一种，看文件的内容。两份档案和政策包都在手边时，原因由重新检查证明，否则只从报告推断，并且写明。",
    epilog=CODES,
)
def diff_command(
    old: Annotated[Path, typer.Argument(help="旧的：JSON 报告（check --format json 的结果），或者档案", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="新的：JSON 报告，或者档案", metavar="NEW")],
    dossier_old: Annotated[
        Path | None, typer.Option("--dossier-old", help="旧报告所据的档案", metavar="DOSSIER")
    ] = None,
    dossier_new: Annotated[
        Path | None, typer.Option("--dossier-new", help="新报告所据的档案", metavar="DOSSIER")
    ] = None,
    policy_old: Annotated[
        Path | None,
        typer.Option("--policy-old", help="旧的一方的政策包；默认用随附的、与报告相符的一个", metavar="DIR"),
    ] = None,
    policy_new: Annotated[
        Path | None, typer.Option("--policy-new", help="新的一方的政策包；默认同上", metavar="DIR")
    ] = None,
    form: Annotated[
        DiffFormat | None,
        typer.Option("--format", help="格式：text json html。默认看 --out 的扩展名（json、html），否则 text"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件；默认写到标准输出", metavar="FILE")] = None,
) -> None:
    """Compare two checks; the help is told at the top."""
    from checker.differing import differ
    from checker.reporting.diff import FORMATS

    if out is not None:
        spare([each for each in (old, new, dossier_old, dossier_new) if each], out, "要比较的文件", made="比较结果")
        spare_work(out, "比较结果")
    packs = _Packs()
    one = packs.read(old, dossier_old, policy_old, "old")
    other = packs.read(new, dossier_new, policy_new, "new")
    if one.report.zone.id != other.report.zone.id:
        names = f"{visible(one.report.zone.name)}、{visible(other.report.zone.name)}"
        raise misuse(f"两份报告不是同一个开发区的：{names}", "比较同一个开发区的两次检查")
    with waiting(new), bearing(new):
        diff = differ(*packs.completed(one, other))
    ending = out.suffix.lower().removeprefix(".") if out else ""
    wanted = form or next((each for each in DiffFormat if each == ending), DiffFormat.TEXT)
    data = FORMATS[wanted.value](diff)
    if out is not None:
        write(out, data)
    elif wanted is DiffFormat.TEXT:
        show(data.decode())
    else:
        put(data)
    raise typer.Exit(1 if diff.is_worse else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What was given for one of two checks."""

    report: Report
    dossier: Dossier | None = None
    site: Site | None = None


class _Packs:
    """Reads what is compared; each pack is loaded once."""

    def __init__(self) -> None:
        self.sites: dict[Path | None, Site] = {}

    def site(self, policy: Path | None) -> Site:
        if policy not in self.sites:
            self.sites[policy] = Site.load(policy)
        return self.sites[policy]

    def read(self, path: Path, dossier: Path | None, policy: Path | None, which: str) -> _Given:
        """Read a saved report with its dossier and its pack, where they are given; or check a dossier."""
        from checker.reporting.reading import read as read_report

        if path.suffix.lower() in WORKBOOKS or is_dossier(data := read_dossier(path)):
            if dossier is not None:
                raise misuse(f"{path} 本身就是档案，用不上 --dossier-{which}", f"去掉 --dossier-{which}")
            site = self.site(policy)
            with waiting(path), bearing(path):
                loaded = site.read(path)
                return _Given(report=site.report(loaded, None, Mode.INSPECTION), dossier=loaded, site=site)
        with bearing(path):
            report = read_report(data, named(path))
        held = None
        if dossier is not None:
            with waiting(dossier), bearing(dossier):
                held = self.site(policy).read(dossier)
            if held.sha256 != report.dossier.sha256:
                raise misuse(
                    f"{dossier} 不是 {path} 所据的档案：校验值不同",
                    f"用做这份报告时的档案（sha256 {report.dossier.sha256[:12]}…），或者去掉 --dossier-{which}",
                )
        if policy is None:
            return _Given(report=report, dossier=held)
        site = self.site(policy)
        if site.policy.stamp.sha256 != report.policy.sha256:
            raise misuse(
                f"{policy} 不是 {path} 所用的政策包：校验值不同",
                f"用做这份报告时的政策包（{visible(report.policy.named)}），或者去掉 --policy-{which}",
            )
        return _Given(report=report, dossier=held, site=site)

    def completed(self, old: _Given, new: _Given) -> "tuple[Side, Side]":
        """Give both checks with all that is at hand: what one has may be that of the other too."""
        from checker.exchanging import Side

        dossiers = {each.dossier.sha256: each.dossier for each in (old, new) if each.dossier is not None}
        known = {each.site.policy.stamp.sha256: each.site.policy for each in (old, new) if each.site is not None}
        helps = all(each.report.dossier.sha256 in dossiers for each in (old, new))
        helps = helps or old.report.policy.sha256 != new.report.policy.sha256
        one, other = (
            Side(
                report=each.report,
                dossier=dossiers.get(each.report.dossier.sha256),
                policy=known.get(each.report.policy.sha256) or (self._shipped(each.report.policy) if helps else None),
            )
            for each in (old, new)
        )
        return one, other

    def _shipped(self, stamp: PolicyStamp) -> Policy | None:
        """Give the pack of that id that ships with the program, if it is the very one that a report was made with."""
        if stamp.id not in shipped_packs():
            return None
        policy = self.site(folder("policies") / stamp.id).policy
        return policy if policy.stamp.sha256 == stamp.sha256 else None


def is_dossier(data: bytes) -> bool:
    """Say whether a file holds a dossier: it has what every dossier has, and nothing that says that it is a report.

    Of what is no JSON at all, the reader of reports says what is wrong.
    """
    try:
        keys = msgspec.json.decode(data.removeprefix(BOM), type=dict[str, msgspec.Raw]).keys()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return {"meta", "zone"} <= keys and "schema_version" not in keys
