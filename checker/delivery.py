"""What is made is given away: reports and papers to their files, or to whoever reads standard output."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checker.console import misuse, put, room, show, tell, waiting, wants_colour, write
from checker.model import Report
from checker.papers.formats import TITLES
from checker.reporting import FORMATS
from checker.site import summary
from checker.sparing import spare_work
from checker.targets import Target, spare

if TYPE_CHECKING:
    from checker.papers.issuing import Issue


def give(report: Report, formats: Sequence[str], target: Target, source: Path, language: str = "") -> None:
    """Write the report on *source* in several formats, each to its file, or to standard output.

    What stands around the report is in *language*, by default in that of the report.
    """
    for name in formats:
        path = target.report(source, name)
        if path is not None:
            with waiting(source, "写报告"):
                made = FORMATS[name](report, language)
            write(path, made)
        elif name == "text":
            from checker.reporting import text  # noqa: PLC0415  (another format needs nothing of it)

            show(text.render(report, language, colour=wants_colour(), room=room()).decode())
        else:
            put(FORMATS[name](report, language))
    if formats and target != Target():
        tell(summary(report))


def hand_out(issued: "Issue", target: Target, source: Path, kept: Iterable[Path] = (), of: str = "档案") -> None:
    """Write the files of a paper where they are wanted, or put the only one on standard output.

    What it is made from, what is *kept* and what people have filled in is spared.
    """
    made = TITLES[issued.paper]
    several = len(issued.files) > 1
    if several and target == Target():
        parties = "、".join(dict.fromkeys(f"--party {each.mark.partition('-')[0]}" for each in issued.files))
        message = f"有 {len(issued.files)} 份通知书，不能都写到标准输出"
        raise misuse(message, f"选一个责任主体（{parties}），或者用 --out 指定文件")
    placed = [(target.paper(source, each.name, each.mark if several else ""), each.data) for each in issued.files]
    spared = (source, *kept)
    for path, data in placed:
        if path is not None:
            spare(spared, path, of, made=made)
            spare_work(path, made, data)
    for line in issued.said:
        tell(line)
    for path, data in placed:
        if path is None:
            put(data)
        else:
            write(path, data)
