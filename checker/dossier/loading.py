"""From a file to a dossier: the bytes, every problem at once, and the doubts that remain."""

import contextlib
import errno
import hashlib
import stat
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from checker.catalogues import ZH, shipped
from checker.classes import dataclass
from checker.dossier.citizens import without_citizens
from checker.dossier.consistency import examine
from checker.dossier.grouping import problems_in_place
from checker.dossier.records import BOM, read
from checker.dossier.schema import SCHEMA_FILE, DossierSchema, load_schema
from checker.errors import DossierError, Place, Problem, reason
from checker.limits import LARGEST, MEGABYTE, Limits, fits, limits, megabytes, refusal
from checker.resources import folder
from checker.sheets import CSV
from checker.sheets.cells import Cells


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dossier:
    """A dossier that can be checked: its root record, where it comes from, and what is hard to believe in it.

    `sha256` is that of the bytes as they were read. `doubts` never block; a report prints them. `cells` are those of
    the spreadsheet that it was filled in from, if it was. One that `is_long` has not all its records in the root.
    """

    root: Any
    name: str
    sha256: str
    doubts: tuple[Problem, ...]
    cells: Cells | None = None
    is_long: ClassVar[bool] = False


def load_dossier(data: bytes, name: str, schema: DossierSchema) -> Dossier:
    """Decode and examine the bytes of a dossier; raise `DossierError` with everything that is wrong with it."""
    if len(data) > LARGEST:
        raise DossierError(partial(_worded, data, name, schema, "文件过大"))
    text = data.removeprefix(BOM)
    try:
        survey = read(text, schema)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DossierError(partial(_worded, data, name, schema, str(error))) from error
    if survey.repeats_a_key:
        raise DossierError(partial(_worded, data, name, schema, "同一对象中有重复的键"))
    found = examine(survey, schema)
    if found.blocks:
        raise DossierError(partial(problems_in_place, found.groups(), text.decode(), name))
    return Dossier(root=survey.root, name=name, sha256=hashlib.sha256(data).hexdigest(), doubts=found.doubts(name))


def _worded(data: bytes, name: str, schema: DossierSchema, reason: str) -> Sequence[Problem]:
    """Word what the decoder refused; should the words be lacking, give the decoder's own."""
    from checker.dossier.validation import problems_of  # noqa: PLC0415  (only a refused dossier needs words)

    found = problems_of(data, name, schema)
    return found or (Problem(message=f"档案无法解读：{without_citizens(reason)}", place=Place(file=name)),)


# --- the disk -------------------------------------------------------------------------------------------------------

REFUSALS = {
    errno.ENOENT: ("找不到这个文件", "核对路径和文件名"),
    errno.EACCES: ("没有读取这个文件的权限", "向管理员申请读取权限"),
    errno.EPERM: ("没有读取这个文件的权限", "向管理员申请读取权限"),
    errno.ENOTDIR: ("路径中有一段不是文件夹", "核对路径"),
    errno.ELOOP: ("链接首尾相接，没有指向任何文件", "改用文件本身的路径"),
    errno.ENAMETOOLONG: ("路径过长", "核对路径"),
}


def dossier_schema(language: str = ZH) -> DossierSchema:
    """Give the schema that ships with the package, as people of that language read it."""
    return _schema(language)


@cache
def _schema(language: str) -> DossierSchema:
    raw = msgspec.json.decode((folder("schemas") / SCHEMA_FILE).read_bytes())
    return load_schema(raw, shipped("schemas", language))


def read_dossier(path: Path) -> bytes:
    """Read a dossier from disk; raise `DossierError` for anything but a regular file of a bearable size.

    A pipe or a device is refused before it is opened, because reading it might never end.
    """
    with refusing(path):
        size = size_of(path)
        look_at_size(path, size, min(limits().size, LARGEST // MEGABYTE if fits(size) else Limits().size))
        return path.read_bytes()


class FileText:
    """The text of a dossier in a file, which is opened for as long as it is read."""

    def __init__(self, path: Path) -> None:
        """Look at a file; raise `DossierError` for anything but a regular file of a bearable size."""
        self.path = path
        self.size = size_of(path)
        look_at_size(path, self.size, limits().size)

    def read(self, start: int, end: int) -> bytes:
        """Give some of its bytes; raise `DossierError`."""
        with refusing(self.path), self.path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)


def look_at_size(path: Path, size: int, most: int) -> None:
    """Refuse a file of more than so many megabytes."""
    if size > most * MEGABYTE:
        raise refusal(str(path), f"文件过大（{megabytes(size)}），上限 {most} MB", "size")


def size_of(path: Path) -> int:
    """Give the size of a regular file; raise `DossierError` for anything else."""
    with refusing(path):
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            _refuse(path, "这是文件夹，不是文件", f"指定其中的一个文件；{_way_into(path)}")
        if not stat.S_ISREG(state.st_mode):
            _refuse(path, "这不是普通文件（管道或者设备）", "先存成文件")
        return state.st_size


def _way_into(folder: Path) -> str:
    """Say which command reads a folder: registers that each have a file are one dossier, all else is many."""
    if any(each.suffix.lower() == CSV for each in folder.iterdir()):
        return "各台账的文件夹先用 zonecheck dossier import 读成一份档案"
    return "检查整个文件夹的档案用 zonecheck batch"


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Word what the system refuses of a file; raise `DossierError`."""
    try:
        yield
    except OSError as error:
        message, suggestion = REFUSALS.get(error.errno or 0, (f"无法读取：{reason(error)}", ""))
        if error.errno == errno.ENOENT and path.is_symlink():
            message, suggestion = "链接指向的文件不存在", "核对链接，或者改用文件本身的路径"
        raise DossierError([_refusal(path, message, suggestion)]) from error


def _refusal(path: Path, message: str, suggestion: str) -> Problem:
    return Problem(message=message, place=Place(file=str(path)), suggestion=suggestion)


def _refuse(path: Path, message: str, suggestion: str) -> None:
    raise DossierError([_refusal(path, message, suggestion)])
