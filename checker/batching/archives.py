"""Archives that others packed, read without trusting them: nothing in one is ever written to the disk.

An archive is looked through before anything in it is read. One that holds what no honest packer of dossiers puts there
(a path that leads out, a link, an archive in it, more than the limits allow) is refused as a whole, with every reason.
"""

import gzip
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from io import BufferedIOBase
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from checker.classes import dataclass
from checker.dossier.loading import refusing, size_of
from checker.errors import DossierError, Place, Problem
from checker.limits import megabytes

ZIPPED = (".zip",)
GZIPPED = (".tar.gz", ".tgz")
TARRED = (".tar", *GZIPPED)
ARCHIVES = (*ZIPPED, *TARRED)
"""The endings of the archives that are read."""

PACKED = (*ARCHIVES, ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".tbz", ".txz")
"""The endings of what may not lie in an archive, because it would have to be unpacked again."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much an archive may hold.

    `unpacked` are the bytes of all its files together; they may be `ratio` times those of the archive, and below
    `harmless` bytes that is not looked at. `at_once` bounds what its table of contents makes the reader take in.
    """

    members: int = 20_000
    unpacked: int = 8 * 1024 * MEGABYTE
    member: int = 512 * MEGABYTE
    ratio: int = 200
    harmless: int = 32 * MEGABYTE
    at_once: int = 16 * MEGABYTE


LIMITS = Limits()
DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
)
"""What the readers of archives raise of one that is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in an archive: its path there, how large it unpacks, and where the reader finds it."""

    path: str
    size: int
    at: int | str


class _TooMuchError(Exception):
    """The table of contents makes the reader take in more than any honest one would."""


class _Wary(BufferedIOBase):
    """A stream that gives no more than so many bytes at once, nor anything beyond so many bytes."""

    def __init__(self, stream: BinaryIO, limits: Limits, last: int) -> None:
        super().__init__()
        self._stream = stream
        self._at_once = limits.at_once
        self._last = last

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self._at_once:
            raise _TooMuchError
        data = self._stream.read(-1 if size is None else size)
        if len(data) > self._at_once or self._stream.tell() > self._last:
            raise _TooMuchError
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == 0 and offset > self._last:
            raise _TooMuchError
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def is_archive(name: str) -> bool:
    """Say whether a file of that name is read as an archive."""
    return name.lower().endswith(ARCHIVES)


def members(path: Path, limits: Limits = LIMITS) -> tuple[Member, ...]:
    """List the files of an archive; raise `DossierError` with everything that is wrong with it."""
    packed = size_of(path)
    with refusing(path), _reading(path):
        found, wrong = (_zipped if path.name.lower().endswith(ZIPPED) else _tarred)(path, limits)
    if problems := [*wrong, *_excesses(path, found, packed, limits)]:
        raise DossierError(problems)
    return found


def _excesses(path: Path, found: tuple[Member, ...], packed: int, limits: Limits) -> Iterator[Problem]:
    unpacked = sum(each.size for each in found)
    if len(found) > limits.members:
        yield _problem(path, f"里面有 {limits.members:,} 个以上的文件", "分成几个压缩包")
    if unpacked > limits.unpacked:
        yield _problem(path, f"解压后超过 {limits.unpacked // MEGABYTE:,} MB", "分成几个压缩包")
    elif unpacked > limits.harmless and unpacked > limits.ratio * packed:
        message = f"解压后是原来的 {unpacked // max(packed, 1):,} 倍，超过 {limits.ratio} 倍，不像是档案"
        yield _problem(path, message, "核对来源；确实是档案就先解压，再指定文件夹")
    for each in found:
        yield from _offences(path, each, limits)
    twice = [name for name, count in Counter(each.path for each in found).items() if count > 1]
    for name in twice:
        yield _problem(path, "里面有两个同名的文件", "重新压缩，每个文件只放一次", name)


def _offences(path: Path, member: Member, limits: Limits) -> Iterator[Problem]:
    """Say what is wrong with one file of an archive."""
    name = member.path
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or ".." in re.split(r"[/\\]", name):
        yield _problem(path, "路径指向压缩包以外", "重新压缩，只放文件夹里的文件", name)
    if name.lower().endswith(PACKED):
        yield _problem(path, "压缩包里还有压缩包", "先解开里面的压缩包，再重新压缩", name)
    if member.size > limits.member:
        message = f"文件过大（{megabytes(member.size)}），上限 {limits.member // MEGABYTE} MB"
        yield _problem(path, message, "按年度或者台账拆分", name)


def _problem(path: Path, message: str, suggestion: str, member: str = "") -> Problem:
    return Problem(message=message, place=Place(file=str(path), pointer=member), suggestion=suggestion)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Word what goes wrong with the reading of an archive."""
    try:
        yield
    except _TooMuchError as error:
        raise DossierError(
            [_problem(path, "目录过大，或者解压后过大", "核对来源；确实是档案就分成几个压缩包")]
        ) from error
    except DAMAGED as error:
        message, suggestion = "压缩包已损坏，或者格式与扩展名不符", "重新压缩；能读 .zip、.tar、.tar.gz"
        raise DossierError([_problem(path, message, suggestion)]) from error


# --- zip ------------------------------------------------------------------------------------------------------------

IS_ENCRYPTED = 0x1
IS_UTF8 = 0x800
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
KIND, LINK, REGULAR = 0o170000, 0o120000, frozenset({0, 0o100000})


def _zipped(path: Path, limits: Limits) -> tuple[tuple[Member, ...], list[Problem]]:
    wrong: list[Problem] = []
    found: list[Member] = []
    with path.open("rb") as stream:
        wary = _Wary(cast("BinaryIO", stream), limits, path.stat().st_size)
        with zipfile.ZipFile(cast("BinaryIO", wary)) as package:
            for each in package.infolist():
                kind = each.external_attr >> 16 & KIND
                if each.is_dir():
                    continue
                name = _name_in_zip(each)
                if kind not in REGULAR:
                    wrong.append(_special(path, "链接" if kind == LINK else "设备或者管道", name))
                if each.flag_bits & IS_ENCRYPTED:
                    wrong.append(_problem(path, "文件加了密码", "去掉密码，重新压缩", name))
                elif each.compress_type not in METHODS:
                    wrong.append(_problem(path, "压缩方法不认识", "用普通的 zip 格式重新压缩", name))
                found.append(Member(path=name, size=each.file_size, at=each.filename))
    return tuple(found), wrong


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """Give the name of a file as its packer meant it: old packers write names in the encoding of their system."""
    if info.flag_bits & IS_UTF8:
        return info.filename
    try:
        held = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return held.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _special(path: Path, kind: str, name: str) -> Problem:
    return _problem(path, f"里面有{kind}", "重新压缩，只放普通文件", name)


# --- tar ------------------------------------------------------------------------------------------------------------


def _tarred(path: Path, limits: Limits) -> tuple[tuple[Member, ...], list[Problem]]:
    wrong: list[Problem] = []
    found: list[Member] = []
    last = limits.unpacked + limits.members * 2 * tarfile.BLOCKSIZE
    if path.name.lower().endswith(GZIPPED):
        last = min(last, max(limits.harmless, limits.ratio * path.stat().st_size))
    with closing(_tar_stream(path)) as stream:
        wary = _Wary(stream, limits, last)
        with tarfile.open(fileobj=cast("BinaryIO", wary), mode="r:") as package:
            for each in package:
                name = each.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                if each.issym() or each.islnk():
                    wrong.append(_special(path, "链接", name))
                elif each.issparse():
                    wrong.append(_special(path, "稀疏文件", name))
                elif each.isreg():
                    found.append(Member(path=name, size=each.size, at=each.offset_data))
                elif not each.isdir():
                    wrong.append(_special(path, "设备或者管道", name))
                if len(found) + len(wrong) > limits.members:
                    break
    return tuple(found), wrong


def _tar_stream(path: Path) -> BinaryIO:
    if path.name.lower().endswith(GZIPPED):
        return cast("BinaryIO", gzip.GzipFile(path, "rb"))
    return path.open("rb")


# --- reading --------------------------------------------------------------------------------------------------------


class Shelf:
    """Reads files of archives; the archive that was read last stays open, for its next file is read next."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._open: zipfile.ZipFile | BinaryIO | None = None

    def read(self, path: Path, member: Member) -> bytes:
        """Read a file of an archive; raise `DossierError` if it can't be read, or is not as long as was said."""
        with refusing(path), _reading(path):
            opened = self._opened(path)
            if isinstance(opened, zipfile.ZipFile):
                with opened.open(str(member.at)) as stream:
                    data = stream.read(member.size + 1)
                    stream.read(1)  # only the end looks at the checksum
            else:
                opened.seek(int(member.at))
                data = opened.read(member.size)
        if len(data) != member.size:
            raise DossierError([_problem(path, "文件读不完整", "重新压缩", member.path)])
        return data

    def _opened(self, path: Path) -> zipfile.ZipFile | BinaryIO:
        if self._open is None or self._path != path:
            self.close()
            self._open = zipfile.ZipFile(path) if path.name.lower().endswith(ZIPPED) else _tar_stream(path)
            self._path = path
        return self._open

    def close(self) -> None:
        """Close the archive that is open."""
        if self._open is not None:
            self._open.close()
            self._open = self._path = None


def wanted(found: Iterable[Member], endings: tuple[str, ...]) -> tuple[Member, ...]:
    """Give the files that may be dossiers, without those that systems put beside them."""
    return tuple(
        each
        for each in found
        if each.path.lower().endswith(endings)
        and not any(part.startswith((".", "~$", "__MACOSX")) for part in PurePosixPath(each.path).parts)
    )
