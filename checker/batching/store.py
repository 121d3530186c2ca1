"""What a run keeps in its folder: the reports, and a line for each dossier that is done and what it was made from.

A line is written after the reports are in place, and tells their digests: whatever happened in between, to the power
or to the disk, a dossier counts as done only while its reports are, byte for byte, those that its line tells. Nothing
is ever written under its own name: a draft beside it becomes the file.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import BinaryIO

import msgspec

from checker.batching.digest import Digest, read
from checker.classes import dataclass
from checker.console import misuse, unwritable
from checker.reporting import ENDINGS

if sys.platform != "win32":
    import fcntl

REPORTS, STATE = "reports", "batch"
DONE, DIGESTS, FAILURES, LOCK = "done.ndjson", "digests.ndjson", "failures.ndjson", "lock"
DRAFT = ".zonecheck-"
SELDOM = 1.0
"""So many seconds of finished work a failing power may cost; no more, and no less of the disk's time."""

PIECE = 1024 * 1024
WAY_OUT = "腾出空间或者改正权限，再用同一条命令继续"
_numbers = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A report that is on the disk, not yet under its own name: the name of the file, and the digest of its bytes."""

    file: str
    sha256: str


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """A line: the dossier, what it was made from, its reports with their digests, and what the run keeps of it."""

    name: str
    key: str
    reports: dict[str, str]
    digest: msgspec.Raw


_WRITER = msgspec.json.Encoder()
_READER = msgspec.json.Decoder(_Written)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What is done of one dossier, and where its line stands in the file."""

    key: str
    reports: Mapping[str, str]
    at: int
    size: int


def draft(folder: Path, reports: Mapping[str, bytes]) -> Mapping[str, Draft]:
    """Write the reports on one dossier into the folder of a run, as drafts; raise `MisuseError` where that fails."""
    drafts = {}
    for name, data in reports.items():
        file = f"{DRAFT}{os.getpid()}-{next(_numbers)}"
        path = folder / REPORTS / file
        try:
            path.write_bytes(data)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise unwritable(str(folder / REPORTS), error, WAY_OUT) from error
        drafts[name] = Draft(file=file, sha256=sha256(data).hexdigest())
    return drafts


class Store:
    """The folder of one run. There is one at a time for a folder: `opened` makes sure of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reports = folder / REPORTS
        self._state = folder / STATE
        self._lines: dict[str, _Line] = {}
        self._file: BinaryIO | None = None
        self._synced = time.monotonic()

    @classmethod
    @contextlib.contextmanager
    def opened(cls, folder: Path, *, fresh: bool) -> Iterator["Store"]:
        """Open the folder of a run for this run alone; *fresh*, what an earlier one has done is not looked at."""
        store = cls(folder)
        with contextlib.ExitStack() as held:
            with _writing(folder):
                for each in (store._reports, store._state):
                    each.mkdir(parents=True, exist_ok=True)
                held.enter_context(_alone(store._state / LOCK))
                store._sweep()
                store._file = held.enter_context((store._state / DONE).open("a+b"))
                store._take_over(fresh=fresh)
            try:
                yield store
            finally:
                store._sweep()

    def _sweep(self) -> None:
        """Take away drafts that became nothing."""
        for place in (self._reports, self._state, self.folder):
            for each in place.glob(f"{DRAFT}*"):
                each.unlink(missing_ok=True)

    def _take_over(self, *, fresh: bool) -> None:
        """Read the lines that are whole; one that was cut off says nothing. *Fresh*, only the names of files count."""
        assert self._file is not None
        self._file.seek(0)
        at, line = 0, b"\n"
        for line in self._file:
            held = _read(line)
            if held is not None:
                key = "" if fresh else held.key
                self._lines[held.name] = _Line(key=key, reports=held.reports, at=at, size=len(line))
            at += len(line)
        if fresh:
            self._file.truncate(0)
        elif not line.endswith(b"\n"):
            self._file.write(b"\n")
            self._file.flush()

    def holds(self, name: str, key: str) -> bool:
        """Say whether a dossier is done that was made from the same, and its reports are still what they were."""
        line = self._lines.get(name)
        return (
            line is not None
            and line.key == key
            and all(_sum(self._reports / file) == digest for file, digest in line.reports.items())
        )

    def keep(self, name: str, key: str, digest: bytes, drafts: Mapping[str, Draft]) -> None:
        """Put the reports on a dossier in place, and write down that it is done."""
        assert self._file is not None
        reports = {f"{name}.{ENDINGS[form]}": each.sha256 for form, each in drafts.items()}
        line = _WRITER.encode(_Written(name=name, key=key, reports=reports, digest=msgspec.Raw(digest.strip()))) + b"\n"
        with _writing(self.folder):
            for file, each in zip(reports, drafts.values(), strict=True):
                (self._reports / each.file).replace(self._reports / file)
            self._forget(name, but=reports)
            at = self._file.seek(0, os.SEEK_END)
            self._file.write(line)
            self._file.flush()
            if time.monotonic() - self._synced > SELDOM:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()
        self._lines[name] = _Line(key=key, reports=reports, at=at, size=len(line))

    def drop(self, name: str) -> None:
        """Forget a dossier that gives no report any more, and take away the reports that it gave before."""
        with _writing(self.folder):
            self._forget(name)
        self._lines.pop(name, None)

    def _forget(self, name: str, but: Iterable[str] = ()) -> None:
        old = self._lines.get(name)
        for file in set(old.reports) - set(but) if old is not None else ():
            (self._reports / file).unlink(missing_ok=True)

    def digests(self, names: Iterable[str]) -> Iterator[Digest]:
        """Give the digests of dossiers one by one, as they stand on the disk."""
        return map(read, self._written(names))

    def _written(self, names: Iterable[str]) -> Iterator[bytes]:
        assert self._file is not None
        for name in names:
            yield bytes(_READER.decode(self._line(name)).digest) + b"\n"

    def _line(self, name: str) -> bytes:
        assert self._file is not None
        self._file.seek(self._lines[name].at)
        return self._file.read(self._lines[name].size)

    def begin(self, results: Iterable[str]) -> None:
        """Take away what spoke of all dossiers together: until the end of this run it would speak of others."""
        with _writing(self.folder):
            for path in (self._state / DIGESTS, self._state / FAILURES, *(self.folder / each for each in results)):
                path.unlink(missing_ok=True)

    def finish(self, names: Iterable[str], failures: bytes, results: Iterable[tuple[str, bytes]] = ()) -> None:
        """Write what is done in the order of the names, and *results*.

        What earlier runs had done besides stays done, for a run that asks for it again; nothing else is said of it.
        """
        ordered = sorted(names)
        known = sorted({*ordered, *(name for name, line in self._lines.items() if line.key)})
        assert self._file is not None
        with _writing(self.folder):
            _settle(self._state / DIGESTS, self._written(ordered))
            _settle(self._state / FAILURES, [failures])
            for name, data in results:
                _settle(self.folder / name, [data])
            _settle(self._state / DONE, map(self._line, known))

    def strangers(self, names: Iterable[str]) -> list[str]:
        """Name the files among the reports that are not those of the dossiers named."""
        ours = {file for name in names for file in self._lines[name].reports}
        return sorted(each.name for each in self._reports.iterdir() if each.name not in ours)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(error.filename or str(folder), error, WAY_OUT) from error


def _settle(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is there as a whole or not at all, even if the power fails."""
    held = path.with_name(f"{DRAFT}{os.getpid()}-{path.name}")
    try:
        with held.open("wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        held.replace(path)
    finally:
        held.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Make sure that no other run writes into the folder; the system lets go of the lock when this one ends."""
    with path.open("ab") as stream:
        if sys.platform != "win32":
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise misuse(f"另一个批量检查正在写 {path.parent.parent}", "等它结束，或者换一个 --out") from error
        yield


def _read(line: bytes) -> _Written | None:
    """Read a line; `None` if it was not written as a whole, or names a file that lies elsewhere."""
    if not line.endswith(b"\n"):
        return None
    try:
        held = _READER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return held if all(file not in {"", ".."} and Path(file).name == file for file in held.reports) else None


def _sum(path: Path) -> str:
    """Give the digest of a report; one that can't be read has none."""
    total = sha256()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(PIECE):
                total.update(piece)
    except OSError:
        return ""
    return total.hexdigest()
