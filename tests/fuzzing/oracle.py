"""What must come of a run, whatever it was given."""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[2]
SECONDS = 60.0
"""How long one run may take; a machine that others use too is slower than one's own."""

MEMORY = 1_500_000_000
ADDRESSES = 6_000_000_000
REFUSED = frozenset({2, 4, 5})
TOLD = 2_000_000
"""No message is longer, in bytes."""

SURROUNDINGS: tuple[Mapping[str, str], ...] = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
    {"PYTHONHASHSEED": "5454", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "C", "COLUMNS": "40"},
)
"""The same bytes come of the same input in each of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing to try: what lies in the folder, the command line, and the exit codes that can be right.

    `spared` are files that no run may change, which all are but those of a command line that nobody meant.
    """

    kind: str
    files: Mapping[str, bytes]
    arguments: Sequence[str]
    codes: frozenset[int]
    is_aimless: bool = False
    links: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}: {len(data)} bytes" for name, data in self.files.items())
        return f"{self.kind} {list(self.arguments)!r} with {sizes}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run left behind; `code` is `None` where it had to be stopped."""

    code: int | None
    out: bytes
    err: bytes
    files: Mapping[str, bytes | str]
    seconds: float
    memory: int


class Runner:
    """A process that runs command lines, in surroundings of its own."""

    def __init__(self, surroundings: Mapping[str, str], *languages: str) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="fuzzing-"))
        self.cache = Path(tempfile.mkdtemp(prefix="fuzzing-cache-"))
        environment = {**os.environ, **surroundings, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        environment |= {"HOME": str(self.place / "home"), "XDG_CACHE_HOME": str(self.cache)}
        for name in ("NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUTF8"):
            environment.pop(name, None)
        self.running = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("runner.py")), *languages],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self.is_ready = False

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        assert self.running.stdin is not None
        self.running.stdin.close()
        self.running.wait(SECONDS)
        assert self.running.stdout is not None
        self.running.stdout.close()
        shutil.rmtree(self.place)
        shutil.rmtree(self.cache)

    def run(self, given: Input, **more: Any) -> Outcome:
        """Run one input in a fresh folder."""
        shutil.rmtree(self.place, ignore_errors=True)
        desk = self.place / "desk"
        desk.mkdir(parents=True)
        (self.place / "home").mkdir()
        for name, data in given.files.items():
            path = desk / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for name, target in given.links.items():
            (desk / name).symlink_to(target)
        answer = self._asked(
            {
                "folder": str(desk),
                "out": str(self.place / "out"),
                "err": str(self.place / "err"),
                "arguments": list(given.arguments),
                "seconds": SECONDS,
                "memory": ADDRESSES,
                **more,
            }
        )
        left = {each.name for each in self.place.iterdir()} - {"desk", "home", "out", "err"}
        left |= {each.name for each in (self.place / "home").iterdir()}
        return Outcome(
            out=(self.place / "out").read_bytes(),
            err=(self.place / "err").read_bytes(),
            files={**contents(desk), **{f"../{each}": "left outside" for each in left}},
            **answer,
        )

    def _asked(self, order: Mapping[str, Any]) -> dict[str, Any]:
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        if not self.is_ready:
            assert json.loads(self.running.stdout.readline()) == "ready"
            self.is_ready = True
        self.running.stdin.write(json.dumps(order) + "\n")
        self.running.stdin.flush()
        answer: dict[str, Any] = json.loads(self.running.stdout.readline())
        return answer


def contents(folder: Path) -> dict[str, bytes | str]:
    """Give the bytes of the files below a folder, and what links point to."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def faults(given: Input, outcome: Outcome) -> Iterator[str]:
    """Say what should not have come of an input."""
    told = outcome.err.decode("utf-8", "replace")
    if outcome.code is None:
        yield f"hangs: more than {SECONDS} s"
        return
    if b"Traceback (most recent call last)" in outcome.err or outcome.code == 6:
        yield f"a defect: {told[-3_000:]}"
    elif outcome.code not in given.codes:
        yield f"exit code {outcome.code}, expected one of {sorted(given.codes)}: {told[-1_000:]}"
    if outcome.code in REFUSED and not outcome.err.strip():
        yield f"exit code {outcome.code} without a word"
    if len(outcome.err) > TOLD:
        yield f"{len(outcome.err)} bytes of messages"
    if outcome.memory > MEMORY:
        yield f"{outcome.memory // 1_000_000} MB of memory"
    for name, data in given.files.items():
        if outcome.files.get(name) != data and not given.is_aimless:
            yield f"{name} was changed"
    for name, left in outcome.files.items():
        if left != given.files.get(name) and isinstance(left, bytes) and not is_whole(name, left):
            yield f"{name} is not whole: {left[:80]!r}"
        if name.startswith("../") or ".zonecheck." in name:
            yield f"{name} was left behind"


def differences(one: Outcome, other: Outcome) -> Iterator[str]:
    """Say in what two runs of one input differ that must not."""
    for name in ("code", "out", "err"):
        if getattr(one, name) != getattr(other, name):
            yield f"{name} differs: {getattr(one, name)!r:.300} and {getattr(other, name)!r:.300}"
    for name in sorted({*one.files, *other.files}):
        if one.files.get(name) != other.files.get(name):
            yield f"{name} differs"


def is_whole(name: str, data: bytes) -> bool:
    """Say whether a file that was written has its end."""
    try:
        match Path(name).suffix.lower():
            case ".json" | ".sarif":
                json.loads(data)
            case ".xlsx" | ".docx":
                with zipfile.ZipFile(io.BytesIO(data)) as package:
                    return package.testzip() is None
            case ".html":
                return data.rstrip().endswith(b"</html>")
            case ".pdf":
                return data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF")
            case ".xml":
                ET.fromstring(data)  # noqa: S314 - it is what the program has written
            case _:
                data.decode("utf-8-sig")
    except (ValueError, ET.ParseError, zipfile.BadZipFile):
        return False
    return bool(data)
