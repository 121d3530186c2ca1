"""Where reports and papers go: each to its own file, and never over what it is made from."""

import os
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from checker.console import misuse
from checker.reporting import ENDINGS


def format_of(out: str | None, dossiers: Sequence[Path]) -> str:
    """Give the format that the ending of a single file asks for, when none was named."""
    if out is None or len(dossiers) > 1 or is_folder(Path(out)):
        return "text"
    return next((name for name, ending in ENDINGS.items() if out.lower().endswith(f".{ending}")), "text")


def place_for(
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
    if not (several or out.endswith(("/", os.sep)) or is_folder(target)):
        spare(dossiers, target, of)
        return lambda _dossier, _name: target
    if looks_like_a_file(out) and not is_folder(target):
        message = f"{len(dossiers) * len(formats)} 份报告不能写进一个文件 {out}"
        raise misuse(message, "用 --out 指定一个文件夹，例如 结果/")
    names = [path.stem for path in dossiers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise misuse(f"几份{of}同名：{'、'.join(twice)}，报告会互相覆盖", "分几次检查，或者改文件名")
    for name in formats:
        for each in dossiers:
            spare(dossiers, target / f"{each.stem}.{ENDINGS[name]}", of)
    return lambda dossier, name: target / f"{dossier.stem}.{ENDINGS[name]}"


def looks_like_a_file(out: str) -> bool:
    """Say whether the ending is that of a format."""
    return out.lower().endswith(tuple(f".{ending}" for ending in ENDINGS.values()))


def is_folder(path: Path) -> bool:
    """Say whether there is a folder; one that may not be looked at is none, and reading or writing there says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def spare(dossiers: Iterable[Path], target: Path, of: str = "档案") -> None:
    """Refuse to replace a dossier by what is said of it, or a report by what is made of it."""
    if os.path.realpath(target) in map(os.path.realpath, dossiers):
        raise misuse(f"{target} 是{of}，报告会把它覆盖", "换一个 --out")


def spare_source(dossier: Path, old: Path | None, target: Path, ending: str) -> None:
    """Refuse a paper that would replace what it is made from, or whose ending says that it is something else."""
    if str(target) == "-":
        return
    if is_folder(target):
        raise misuse(f"{target} 是文件夹，不是文件", f"用 --out 指定一个 {ending} 文件")
    if target.suffix.lower() != ending:
        raise misuse(f"{target} 的扩展名不是 {ending}", f"用 --out 指定一个 {ending} 文件")
    spare([dossier], target)
    if old is not None and os.path.realpath(old) == os.path.realpath(target):
        raise misuse(f"{target} 是旧台账，会被覆盖；旧台账应当留存", "换一个 --out")


def paper_format(form: StrEnum | None, out: Path, formats: Iterable[str]) -> str:
    """Give the format that is asked for, or that the ending of the file says."""
    known = tuple(formats)
    ending = out.suffix.lower().removeprefix(".")
    if form is None and ending not in known and str(out) != "-":
        raise misuse(f"{out} 的扩展名看不出格式", f"用 {'、'.join(f'.{each}' for each in known)}，或者给出 --format")
    return form.value if form else ending or known[0]
