"""What was worked out of a pack on this machine before: entries in the user's cache folder.

Reading a pack and running its examples at every start takes longer than a check. An entry says of the very bytes of a
pack, a schema and this program that the examples passed, and holds the pack as it was read. It is worth no more than
that: it bears a seal over its name and all that it holds, which only this user's own secret makes, so that one that was
changed, or comes from elsewhere, is none, and the pack is read and its examples are run again.

Whoever may write to the folder may write to all else of the user's, and could change the program itself; so the
folder, the secret and the entries are for the user alone, and a file that is not the user's, that others may write to,
or that is a link is none. Should all of this fail, a pack is still kept as data that can do nothing: see `keeping`; the
code of pages and of rules is kept beside it, and is worth what its seal is.

Nothing here ever fails: where an entry can't be read or written, there is none. `ZONECHECK_CACHE=off` in the
environment does without: nothing is read and nothing is left behind.
"""

import contextlib
import hashlib
import hmac
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path

import msgspec

from checker import __version__
from checker.dossier.schema import DossierSchema

NAME = "zonecheck"
SECRET = "secret"
VARIABLE = "ZONECHECK_CACHE"
OFF = "off"
MOST_ENTRIES = 60
LARGEST = 32 * 1024 * 1024
SEAL = 64
"""How many characters a seal and a secret have."""
WITHOUT_A_SAY = frozenset({"batching", "commands", "papers", "proving", "reporting", "solving"})
"""The packages of the program without a say in what a pack is read as, and whether its examples pass: half of it."""


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Give the folder for what may be lost, as the platform has it; `None` where there is none, or none is wanted.

    >>> cache_folder({"ZONECHECK_CACHE": "off"})
    """
    if environment.get(VARIABLE, "").strip().lower() == OFF:
        return None
    places = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("XDG_CACHE_HOME", "Library/Caches")}
    variable, below_home = places.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    stated = Path(environment.get(variable, ""))
    if stated.is_absolute():
        return stated / NAME
    try:
        return Path.home() / below_home / NAME
    except RuntimeError:
        return None


def content_key(pack: str, schema: DossierSchema) -> str:
    """Give the key of a pack of that digest, checked against *schema* by all of this very program that has a say."""
    digest = hashlib.sha256()
    reader = PathFinder.find_spec("yaml")  # whose version stands in its file; to load it takes longer
    files = sorted(_modules(str(Path(__file__).parent)))
    if reader is not None and reader.origin is not None:
        files.append(reader.origin)
    for path in files:
        with open(path, "rb") as stream:  # noqa: PTH123 - each of a hundred a little faster
            digest.update(stream.read())
    described = msgspec.json.encode(schema.raw, order="sorted").decode()
    for part in (pack, described, __version__, sys.version, msgspec.__version__):
        digest.update(f"\n{len(part)}\n{part}".encode())
    return digest.hexdigest()


def _modules(folder: str) -> Iterator[str]:
    """Give the paths of the modules below a folder that have a say."""
    with os.scandir(folder) as found:
        for each in found:
            if each.is_dir() and each.name != "__pycache__" and each.name not in WITHOUT_A_SAY:
                yield from _modules(each.path)
            elif each.name.endswith(".py"):
                yield each.path


class Memory:
    """The entries in a folder of one's own; without a folder it knows nothing and keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def recall(self, key: str) -> bytes | None:
        """Give what stands under *key*; `None` where there is nothing with a good seal."""
        if self._folder is None:
            return None
        try:
            secret, entry = _read(self._folder / SECRET, SEAL), _read(self._folder / key, LARGEST)
        except OSError:
            return None
        if secret is None or entry is None or len(secret) != SEAL:
            return None
        seal, data = entry[:SEAL], entry[SEAL:]
        return data if hmac.compare_digest(seal, _seal(secret, key, data)) else None

    def keep(self, key: str, data: bytes) -> None:
        """Write an entry; several processes may do so at once, since each entry comes into being as a whole."""
        if self._folder is None or len(data) > LARGEST - SEAL:
            return
        import secrets  # noqa: PLC0415  (only what is new is written)

        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            secret = _read(self._folder / SECRET, SEAL)
            if secret is None or len(secret) != SEAL:
                _write(self._folder / SECRET, secrets.token_hex(SEAL // 2).encode())
                secret = _read(self._folder / SECRET, SEAL)
            if secret is not None:
                self._forget()
                _write(self._folder / key, _seal(secret, key, data) + data)

    def _forget(self) -> None:
        """Throw the oldest entries away where there are many, and what a writer that was stopped left behind."""
        assert self._folder is not None
        left = [each for each in self._folder.iterdir() if each.name != SECRET and not each.is_dir()]
        for each in sorted(left, key=_age)[MOST_ENTRIES - 1 :]:
            each.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Say how old a file is, from some day on; one that is gone meanwhile is the oldest."""
    try:
        return -path.lstat().st_mtime
    except OSError:
        return 0


def _seal(secret: bytes, key: str, data: bytes) -> bytes:
    return hmac.new(secret, f"{key}\n".encode() + data, hashlib.sha256).hexdigest().encode()


def _read(path: Path, most: int) -> bytes | None:
    """Read a file of one's own that nobody else may write, of a bearable size; `None` for any other."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        state = os.fstat(stream.fileno())
        is_mine = not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)
        if not stat.S_ISREG(state.st_mode) or not SEAL <= state.st_size <= most or not is_mine:
            return None
        return stream.read(most)


def _write(path: Path, data: bytes) -> None:
    import tempfile  # noqa: PLC0415  (as above)

    descriptor, name = tempfile.mkstemp(dir=path.parent)  # for nobody else to read
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
