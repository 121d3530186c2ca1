"""Which packs were verified on this machine before: stamps in the user's cache folder.

Running the examples of a pack at every start takes longer than a check. A stamp says of the very bytes of a pack, a
schema and this program that the examples passed. It is worth no more than that: it bears a seal that only this user's
own secret makes, so that one that was changed, or comes from elsewhere, is none, and the examples are run again.
Nothing here ever fails: where a stamp can't be read or written, there is none.
"""

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from checker import __version__
from checker.dossier.schema import DossierSchema

NAME = "zonecheck"
SECRET = "secret"
MOST_STAMPS = 100
SEAL = 64
"""How many characters a seal and a secret have."""


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Give the folder for what may be lost, as the platform has it; `None` where there is none."""
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
    """Give the key of a pack of that digest, checked against *schema* by this very program."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    parts = (
        pack,
        json.dumps(schema.raw, sort_keys=True),
        __version__,
        sys.version,
        msgspec.__version__,
        yaml.__version__,
    )
    for part in parts:
        digest.update(f"\n{len(part)}\n{part}".encode())
    return digest.hexdigest()


class Memory:
    """The stamps in a folder of one's own; without a folder it knows nothing and keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def knows(self, key: str) -> bool:
        """Say whether a stamp with a good seal stands under *key*."""
        if self._folder is None:
            return False
        try:
            secret = _read(self._folder / SECRET)
            return secret is not None and hmac.compare_digest(
                (_read(self._folder / key) or "").encode(), _seal(secret, key).encode()
            )
        except OSError:
            return False

    def keep(self, key: str) -> None:
        """Write a stamp; several processes may do so at once, since each stamp comes into being as a whole."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            secret = _read(self._folder / SECRET)
            if secret is None:
                _write(self._folder / SECRET, secrets.token_hex(SEAL // 2))
                secret = _read(self._folder / SECRET)
            if secret is not None:
                self._forget()
                _write(self._folder / key, _seal(secret, key))

    def _forget(self) -> None:
        """Throw old stamps away where there are many."""
        assert self._folder is not None
        stamps = [each for each in self._folder.iterdir() if re.fullmatch("[0-9a-f]{64}", each.name)]
        for each in stamps if len(stamps) > MOST_STAMPS else ():
            each.unlink(missing_ok=True)


def _seal(secret: str, key: str) -> str:
    return hmac.new(secret.encode(), key.encode(), hashlib.sha256).hexdigest()


def _read(path: Path) -> str | None:
    """Read a small file of one's own that nobody else may write; `None` for any other."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        state = os.fstat(stream.fileno())
        is_mine = not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)
        if not stat.S_ISREG(state.st_mode) or state.st_size != SEAL or not is_mine:
            return None
        return stream.read(SEAL).decode("ascii", "replace")


def _write(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # for nobody else to read
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
