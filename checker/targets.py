"""Where reports and papers go: each to its own file, and never over what it is made from."""

import os
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from checker.classes import dataclass
from checker.console import misuse
from checker.papers.formats import ENDINGS as PAPER_ENDINGS
from checker.papers.formats import NAMES, TITLES
from checker.reporting import ENDINGS
from checker.sparing import spare_work

REPORT = "报告"
"""What a check makes, in words."""


def format_of(out: str | None, dossiers: Sequence[Path]) -> str:
    """Give the format that the ending of a single file asks for, when none was named; no ending asks for text.

    Raise `MisuseError` for one that is that of something else.
    """
    if out is None or len(dossiers) > 1 or is_meant_as_folder(out):
        return "text"
    found = next((name for name, ending in ENDINGS.items() if out.lower().endswith(f".{ending}")), None)
    if found is None and re.fullmatch(r"\.[A-Za-z]{2,5}", Path(out).suffix):
        known = "、".join(f".{each}" for each in dict.fromkeys(ENDINGS.values()))
        raise misuse(f"{out} 的扩展名看不出格式", f"用 {known}，或者给出 --format")
    return found or "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a run puts what it makes: into a folder, to one file, or on standard output where it has neither."""

    folder: Path | None = None
    file: Path | None = None

    def report(self, source: Path, name: str) -> Path | None:
        """Say where a format of the report on *source* goes; `None` is standard output."""
        return self.file if self.folder is None else self.folder / f"{source.stem}.{ENDINGS[name]}"

    def paper(self, source: Path, name: str, mark: str) -> Path | None:
        """Say where a file of a paper goes; one of several files that has a *mark* never takes the place of another."""
        if self.folder is not None:
            return self.folder / f"{source.stem}-{name}"
        if self.file is None or not mark:
            return self.file
        return self.file.with_name(f"{self.file.stem}-{mark}{self.file.suffix}")


def target_of(out: str | None, sources: Sequence[Path], formats: Sequence[str], *, of: str = "档案") -> Target:
    """Say where what is made of *sources* goes. Two reports never go to one file."""
    several = len(sources) * len(formats) > 1
    if out in {None, "-"}:
        if len(formats) > 1 or (several and tuple(formats) != ("text",)):
            raise misuse("几份报告不能都写到标准输出", "用 --out 指定一个文件夹")
        return Target()
    assert out is not None
    path = Path(out)
    if not (several or is_meant_as_folder(out)):
        made = REPORT if formats[0] in ENDINGS else TITLES[NAMES[formats[0]][0]]
        spare(sources, path, of, made=made)
        if made is REPORT:
            spare_work(path, made)
        return Target(file=path)
    if looks_like_a_file(out) and not is_folder(path):
        message = f"{len(sources) * len(formats)} 份报告不能写进一个文件 {out}"
        raise misuse(message, "用 --out 指定一个文件夹，例如 结果/")
    names = [each.stem for each in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise misuse(f"几份{of}同名：{'、'.join(twice)}，报告会互相覆盖", "分几次检查，或者改文件名")
    target = Target(folder=path)
    for name in formats:
        for each in sources if name in ENDINGS else ():
            place = path / f"{each.stem}.{ENDINGS[name]}"
            spare(sources, place, of)
            spare_work(place, REPORT)
    return target


def is_meant_as_folder(out: str) -> bool:
    """Say whether there is a folder, or the name says that one is to be made."""
    return out.endswith(("/", os.sep)) or is_folder(Path(out))


def looks_like_a_file(out: str) -> bool:
    """Say whether the ending is that of a format."""
    papers = (ending for endings in PAPER_ENDINGS.values() for ending in endings)
    return out.lower().endswith(tuple(f".{ending}" for ending in (*ENDINGS.values(), *papers)))


def is_folder(path: Path) -> bool:
    """Say whether there is a folder; one that may not be looked at is none, and reading or writing there says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def spare(
    dossiers: Iterable[Path], target: Path, of: str = "档案", *, made: str = REPORT, option: str = "--out"
) -> None:
    """Refuse to replace a dossier by what is said of it, or a report by what is *made* of it."""
    if os.path.realpath(target) in map(os.path.realpath, dossiers):
        raise misuse(f"{target} 是{of}，{made}会把它覆盖", f"换一个 {option}")


def spare_source(source: Path, target: Path, ending: str, of: str = "档案", *, made: str) -> None:
    """Refuse a paper that would replace what it is made from, or whose ending says that it is something else."""
    if str(target) == "-":
        return
    if is_folder(target):
        raise misuse(f"{target} 是文件夹，不是文件", f"用 --out 指定一个 {ending} 文件")
    if target.suffix.lower() != ending:
        raise misuse(f"{target} 的扩展名不是 {ending}", f"用 --out 指定一个 {ending} 文件")
    spare([source], target, of, made=made)


def spare_old(old: Path | None, target: Path) -> None:
    """Refuse to replace the old ledger, which has to be kept."""
    if old is not None and os.path.realpath(old) == os.path.realpath(target):
        raise misuse(f"{target} 是旧台账，会被覆盖；旧台账应当留存", "换一个 --out")


def paper_format(paper: str, form: StrEnum | None, out: Path) -> str:
    """Give the format of a paper that is asked for, or that the ending of the file says."""
    known = PAPER_ENDINGS[paper]
    ending = out.suffix.lower().removeprefix(".")
    if form is None and ending not in known and str(out) != "-":
        raise misuse(f"{out} 的扩展名看不出格式", f"用 {'、'.join(f'.{each}' for each in known)}，或者给出 --format")
    return form.value if form else ending or known[0]
