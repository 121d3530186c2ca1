"""Where the dossiers of a run are: files, folders, patterns, archives, and files with a dossier a line.

Everything is found before anything is checked, so that each dossier has its name; the bytes are read when it is its
turn. What can't be a source is a failure of its own, and the run goes on without it.
"""

import glob
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path, PurePath, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from checker.batching import archives
from checker.batching.archives import Member, Shelf
from checker.batching.failure import Failure, Why
from checker.batching.naming import Parts, names
from checker.batching.store import DONE, REPORTS, STATE
from checker.classes import dataclass
from checker.console import misuse
from checker.dossier.loading import read_dossier, refusing, size_of
from checker.errors import DossierError, Place, Problem
from checker.limits import megabytes
from checker.sheets import CSV, NOT_XLSX, OTHERS, WORKBOOKS
from checker.sheets.cells import ENDING as MAP
from checker.sheets.files import is_workbook, map_beside, named

DOSSIERS = (".json", *sorted(WORKBOOKS))
LINED = (".ndjson", ".jsonl")
READ = (*DOSSIERS, *LINED, *archives.ARCHIVES)
"""The endings of the files that a run reads."""
UNREAD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(sorted(OTHERS), NOT_XLSX),
        CSV: ("这是一种台账的 CSV，不是一份档案", "同一份档案的各台账先用 zonecheck dossier import 读成一份档案"),
        **{
            ending: ("这种压缩包不读", f"先解开，再指定文件夹；能读的压缩包：{'、'.join(archives.ARCHIVES)}")
            for ending in archives.PACKED
            if ending not in archives.ARCHIVES
        },
    }
)
"""The endings of what looks like a dossier, or holds some, and is not read: why not, and the way out."""

SUMMARY = "summary."
LONGEST_LINE = 64 * 1024 * 1024
MOST = 100_000
"""So many dossiers are checked in one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The bytes of a dossier, and those of the map of cells that lies beside an imported one."""

    data: bytes
    cells: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One dossier of a run, not read yet.

    `name` tells it from all others of the run; `source` is where people find it; `file` is the name its report gives.
    """

    name: str
    source: str
    file: str
    fetch: Callable[[], Content]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All the dossiers of a run, in the order in which they are best read, and the sources that give none.

    `earlier` are the folders of other runs, in archives too, whose results were passed over.
    """

    entries: tuple[Entry, ...]
    failures: tuple[Failure, ...]
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lying:
    """A dossier that was found, before it has a name."""

    parts: Parts
    source: str
    file: str
    fetch: Callable[[], Content]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    """A file in an archive that looks like a dossier and is not read."""

    parts: Parts
    source: str
    error: DossierError


def find(sources: Sequence[str], out: Path, shelf: Shelf, besides: Path | None = None) -> Found:
    """Find the dossiers of *sources*; what an earlier run has written, into *out* or elsewhere, is none.

    Nor is the file *besides* one, unless a source is its name.

    Each file is taken once, however often it is named. Raise `MisuseError` for one that the run would write over.
    """
    lying: dict[Parts, _Lying] = {}
    refused: dict[Parts, tuple[str, DossierError]] = {}
    files: dict[str, Path] = {}
    results = _Results(out, besides)
    for source in sources:
        try:
            for each in _meant(source, results):
                real = os.path.realpath(each)
                files[real] = min(files.get(real, each), each)
        except DossierError as error:
            refused[_parts(source)] = (source, error)
    for real, path in sorted(files.items()):
        try:
            held: dict[Parts, _Lying] = {}
            is_empty = True
            for one in _dossiers(path, shelf, results):
                is_empty = False
                if isinstance(one, _Unread):
                    refused[one.parts] = (one.source, one.error)
                    continue
                if one.parts in held or one.parts in lying:
                    other = (held.get(one.parts) or lying[one.parts]).source
                    raise _none(one.source, f"和 {other} 分不清", "把其中一份改名，或者单独检查")
                held[one.parts] = one
            if is_empty:
                raise _none(str(path), "里面没有档案", "核对这个文件")
        except DossierError as error:
            refused[_parts(real)] = (str(path), error)
            continue
        lying |= held
        if len(lying) > MOST:
            raise _none(str(path), f"一次检查 {MOST:,} 份以上的档案", "分几次检查，各用一个 --out")
    called = names([*lying, *(each for each in refused if each not in lying)])
    return Found(
        entries=tuple(
            Entry(name=called[parts], source=each.source, file=each.file, fetch=each.fetch)
            for parts, each in lying.items()
        ),
        failures=tuple(
            Failure(name=called[parts], source=_shown(source), why=Why.UNREADABLE, tries=1, problems=error.problems)
            for parts, (source, error) in refused.items()
        ),
        earlier=tuple(sorted(results.earlier)),
    )


def _shown(path: str | Path) -> str:
    return str(path).encode("utf-8", "backslashreplace").decode()


def _parts(path: str | Path) -> Parts:
    full = Path(os.path.realpath(path))
    return (*full.parts[1:-1], *_named(full.name))


def _named(name: str) -> tuple[str, str]:
    """Part the name of a file from its ending."""
    ending = next((each for each in READ if name.lower().endswith(each)), "")
    return (name[: len(name) - len(ending)], ending) if len(name) > len(ending) else (name, "")


# --- the disk -------------------------------------------------------------------------------------------------------


class _Results:
    """What a run writes into its folder: it is no dossier, and no dossier may lie where it will be written."""

    def __init__(self, out: Path, besides: Path | None = None) -> None:
        self._out = Path(os.path.realpath(out))
        self._is_there = (self._out / STATE).is_dir()
        self._besides = None if besides is None else Path(os.path.realpath(besides))
        self._runs: dict[Path, bool] = {}
        self.earlier: set[str] = set()

    def take(self, path: Path) -> bool:
        """Say whether a file is one of an earlier run; raise `MisuseError` for one that this run would write over."""
        real = Path(os.path.realpath(path))
        if self._meets(real):
            if not self._is_there:
                self.spare(path)
            return True
        return self._is_of_another(real) or real == self._besides

    def _is_of_another(self, real: Path) -> bool:
        """Say whether a file was written by a run into another folder, which is noted."""
        run = next((each for each in real.parents if self._is_run(each) and _is_result(real.relative_to(each))), None)
        if run is not None:
            self.earlier.add(_shown(run))
        return run is not None

    def _is_run(self, folder: Path) -> bool:
        if folder not in self._runs:
            try:
                held = folder != self._out and (folder / STATE / DONE).is_file() and (folder / REPORTS).is_dir()
            except OSError:
                held = False
            self._runs[folder] = held
        return self._runs[folder]

    def taken(self, found: Sequence[Member], archive: str) -> frozenset[str]:
        """Give the paths in an archive that an earlier run has written; where it lies there is noted."""
        paths = [PurePosixPath(each.path) for each in found]
        marks = {each.parent.parent for each in paths if each.parts[-2:] == (STATE, DONE)}
        runs = {each for each in marks if any(path.is_relative_to(each / REPORTS) for path in paths)}
        self.earlier |= {f"{archive}!{each}" if each.parts else archive for each in runs}
        return frozenset(
            str(path)
            for path in paths
            if any(each in runs and _is_result(path.relative_to(each)) for each in path.parents)
        )

    def spare(self, path: Path) -> None:
        """Raise `MisuseError` for a file that lies where the results are written: nothing is written then."""
        if self._meets(Path(os.path.realpath(path))):
            raise misuse(f"结果要写到 {_shown(path)}，这个文件会被覆盖", "换一个 --out")

    def _meets(self, real: Path) -> bool:
        if not real.is_relative_to(self._out):
            return False
        return _is_result(real.relative_to(self._out))


def _is_result(inside: PurePath) -> bool:
    """Say whether a run writes a file that lies so in its folder."""
    first, *others = (*inside.parts, "")
    return first in {REPORTS, STATE} or (others == [""] and first.startswith(SUMMARY))


def _meant(source: str, results: _Results) -> Iterator[Path]:
    """Give the files that one source means."""
    path = Path(source)
    with refusing(path):
        is_there, is_folder = os.path.lexists(path), path.is_dir()
    if is_folder:
        found = list(_below(path, results))
        if not found:
            raise _none(source, "这个文件夹里没有档案", f"能读的文件：{'、'.join(READ)}")
        yield from found
    elif not is_there and glob.has_magic(source):
        matching = [Path(each) for each in sorted(glob.glob(source, recursive=True))]  # noqa: PTH207 - a pattern may begin anywhere
        files = [each for each in matching if each.is_file() and _is_meant(each.name) and not results.take(each)]
        if not files:
            raise _none(source, "没有与它相符的档案", f"核对写法；能读的文件：{'、'.join(READ)}")
        yield from files
    elif not source.lower().endswith((*READ, *UNREAD)) and is_there:
        raise _none(source, "看不出是什么文件", f"能读的文件：{'、'.join(READ)}")
    else:
        results.spare(path)
        size_of(path)
        yield path


def _below(folder: Path, results: _Results) -> Iterator[Path]:
    """Give the dossiers in a folder and in those below it; links to folders are not followed."""
    refused: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=refused.append):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        meant = (Path(place, each) for each in sorted(files) if _is_meant(each))
        yield from (each for each in meant if not results.take(each))
    if refused:
        with refusing(Path(refused[0].filename or folder)):
            raise refused[0]


def _is_meant(name: str) -> bool:
    """Say whether a file in a folder is a dossier or holds some, read or not; locks and maps of cells are none."""
    lower = name.lower()
    return lower.endswith((*READ, *UNREAD)) and not lower.endswith(MAP) and not name.startswith((".", "~$"))


def _none(source: str, message: str, suggestion: str) -> DossierError:
    return DossierError([Problem(message=message, place=Place(file=_shown(source)), suggestion=suggestion)])


# --- what lies in a file --------------------------------------------------------------------------------------------


def _dossiers(path: Path, shelf: Shelf, results: _Results) -> Iterator[_Lying | _Unread]:
    name = path.name.lower()
    if archives.is_archive(name):
        yield from _in_archive(path, shelf, results)
    elif (why := _why_unread(name)) is not None:
        raise _none(str(path), *why)
    elif name.endswith(LINED):
        yield from _in_lines(path)
    else:
        yield _Lying(parts=_parts(path), source=_shown(path), file=named(path), fetch=_Whole(path=path))


def _why_unread(name: str) -> tuple[str, str] | None:
    return next((why for ending, why in UNREAD.items() if name.lower().endswith(ending)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """A dossier that is a file."""

    path: Path

    def __call__(self) -> Content:
        data = read_dossier(self.path)
        return Content(data=data, cells=None if is_workbook(self.path.name) else map_beside(self.path))


def _in_archive(path: Path, shelf: Shelf, results: _Results) -> Iterator[_Lying | _Unread]:
    found = archives.members(path)
    written = results.taken(found, _shown(path))
    maps = {PurePosixPath(each.path): each for each in found if each.path.lower().endswith(MAP)}
    for each in archives.wanted(found, (*DOSSIERS, *LINED, *UNREAD)):
        inside = PurePosixPath(each.path)
        if inside in maps or str(inside) in written:
            continue
        parts = (*_parts(path)[:-2], "".join(_parts(path)[-2:]), *inside.parts[:-1], *_named(inside.name))
        if (why := _why_unread(inside.name)) is not None:
            source = f"{_shown(path)}!{each.path}"
            yield _Unread(parts=parts, source=source, error=_none(source, *why))
            continue
        if each.path.lower().endswith(LINED):
            raise _none(f"{_shown(path)}!{each.path}", "压缩包里的这种文件不读", "先解压，再指定它")
        beside = maps.get(inside.with_name(f"{inside.stem}{MAP}"))
        yield _Lying(
            parts=parts,
            source=f"{_shown(path)}!{each.path}",
            file=inside.name,
            fetch=_Packed(shelf=shelf, path=path, member=each, beside=beside),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """A dossier in an archive."""

    shelf: Shelf
    path: Path
    member: Member
    beside: Member | None

    def __call__(self) -> Content:
        cells = self.shelf.read(self.path, self.beside) if self.beside is not None else None
        return Content(data=self.shelf.read(self.path, self.member), cells=cells)


def _in_lines(path: Path) -> Iterator[_Lying]:
    size_of(path)
    *folders, stem, ending = _parts(path)
    with refusing(path), path.open("rb") as stream:
        for number, at, size in _lines(stream):
            yield _Lying(
                parts=(*folders, f"{stem}-{number:06}", ending),
                source=f"{_shown(path)}:{number}",
                file=f"{named(path)}#{number}",
                fetch=_Line(path=path, number=number, at=at, size=size),
            )


def _lines(stream: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Give the number, the place and the length of each line that is not blank, holding no more than a piece of it."""
    number, at = 0, 0
    while piece := stream.readline(LONGEST_LINE + 1):
        number, size, is_blank = number + 1, len(piece), not piece.strip()
        while not piece.endswith(b"\n") and (piece := stream.readline(LONGEST_LINE)):
            size += len(piece)
            is_blank = False
        if not is_blank:
            yield number, at, size
        at += size
        if number > MOST:
            raise _none(stream.name, f"有 {MOST:,} 行以上", "分成几个文件")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A dossier that is a line of a file."""

    path: Path
    number: int
    at: int
    size: int

    def __call__(self) -> Content:
        if self.size > LONGEST_LINE:
            message = f"这一行有 {megabytes(self.size)}，上限 {LONGEST_LINE // 1024 // 1024} MB"
            place = Place(file=_shown(self.path), line=self.number)
            raise DossierError([Problem(message=message, place=place, suggestion="把这份档案单独存成文件")])
        with refusing(self.path), closing(self.path.open("rb")) as stream:
            stream.seek(self.at)
            return Content(data=stream.read(self.size).rstrip(b"\r\n"))
