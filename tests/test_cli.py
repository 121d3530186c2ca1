"""The command line: scenarios as data, and what happens when the world around it fails."""

import contextlib
import errno
import json
import os
import pty
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker import cli
from checker.checking import check
from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.model import Report
from checker.policy.examples import load_policy
from checker.reporting import FORMATS
from checker.resources import folder

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
PACK = folder("policies") / cli.POLICY
STEERS_A_TERMINAL = ("\x1b", "\x07", "\x9b", "\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2028")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One run: what lies in the folder, what is asked, and what comes of it.

    `files` are made beside the examples; `writes` names every file that the run makes or changes, with pieces of
    their text. Pieces of a stream have to be there, `…_lacks` must not.
    """

    name: str
    arguments: str
    exit: int
    files: Mapping[str, Any] = field(default_factory=dict)
    stdout: Sequence[str] = ()
    stdout_lacks: Sequence[str] = ()
    stdout_is_empty: bool = False
    stderr: Sequence[str] = ()
    stderr_lacks: Sequence[str] = ()
    stderr_lines: int | None = None
    stderr_lines_at_most: int | None = None
    writes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def scenarios() -> list[Any]:
    return [
        pytest.param(Scenario(**each), id=f"{path.stem}: {each['name']}")
        for path in sorted((HERE / "scenarios").glob("*.yaml"))
        for each in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run left behind."""

    code: object
    out: str
    err: str


Run = Callable[..., Outcome]


@cache
def shipped_pack(path: Path, schema: Any) -> Any:
    return load_policy(path, schema)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a current folder that holds the examples; nothing can be written elsewhere unseen, and no network asked."""
    place = tmp_path / "desk"
    place.mkdir()
    (tmp_path / "home").mkdir()
    for each in EXAMPLES.glob("*.json"):
        shutil.copy(each, place)
    monkeypatch.chdir(place)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(HERE.parent))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    monkeypatch.setattr(socket, "getaddrinfo", _no_network)
    return place


def _no_network(*_args: object, **_more: object) -> None:
    pytest.fail("the network was asked")


@pytest.fixture
def run(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001
    """Run the command in this process. The pack that ships with the package is loaded once for all runs."""

    def load(path: Path, schema: Any) -> Any:
        return shipped_pack(path, schema) if path == PACK else load_policy(path, schema)

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["zonecheck", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        streams = capsys.readouterr()
        return Outcome(code=ended.value.code, out=streams.out, err=streams.err)

    monkeypatch.setattr(cli, "load_policy", load)
    return run


def make(path: Path, what: Any) -> None:
    """Make the file that a scenario describes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match what:
        case str():
            path.write_text(what, encoding="utf-8")
        case {"copy": name, **changes}:
            path.write_text(_replaced((EXAMPLES / name).read_text("utf-8"), changes), "utf-8")
        case {"hex": digits}:
            path.write_bytes(bytes.fromhex(digits))
        case {"repeat": piece, "times": times}:
            path.write_text(piece * times, encoding="utf-8")
        case {"link": target}:
            path.symlink_to(target)
        case {"folder": True}:
            path.mkdir()
        case {"fifo": True}:
            os.mkfifo(path)
        case {"pack": rules, **changes}:
            shutil.copytree(PACK, path)
            for rule in (path / "rules").iterdir():
                if rule.stem in rules:
                    rule.write_text(_replaced(rule.read_text("utf-8"), changes), "utf-8")
                else:
                    rule.unlink()
        case _:
            raise ValueError(what)


def _replaced(text: str, changes: Mapping[str, Any]) -> str:
    for old, new in changes.get("replace", {}).items():
        assert old in text
        text = text.replace(old, new, 1 if changes.get("once") else -1)
    return text


def contents(place: Path) -> dict[str, str | bytes]:
    """Say what lies below a folder: the bytes of files, the target of links, the kind of all else."""
    found: dict[str, str | bytes] = {}
    for path in sorted(place.rglob("*")):
        name = str(path.relative_to(place))
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes()
        else:
            found[name] = oct(path.lstat().st_mode)
    return found


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "checker", *arguments]


# --- scenarios ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", scenarios())
def test_scenario(scenario: Scenario, desk: Path, run: Run) -> None:
    for name, what in scenario.files.items():
        make(desk / name, what)
    before = contents(desk)
    outcome = run(*shlex.split(scenario.arguments))
    after = contents(desk)
    told = f"\n{outcome.out[:4000]}\n--- standard error\n{outcome.err}"
    assert outcome.code == scenario.exit, told
    assert [each for each in scenario.stdout if each not in outcome.out] == [], told
    assert [each for each in scenario.stdout_lacks if each in outcome.out] == [], told
    assert [each for each in scenario.stderr if each not in outcome.err] == [], told
    assert [each for each in scenario.stderr_lacks if each in outcome.err] == [], told
    assert not (scenario.stdout_is_empty and outcome.out), told
    lines = len(outcome.err.splitlines())
    assert lines == (lines if scenario.stderr_lines is None else scenario.stderr_lines), told
    assert lines <= (scenario.stderr_lines_at_most or lines), told
    assert [each for each in (*STEERS_A_TERMINAL, "Traceback") if each in outcome.out + outcome.err] == []
    folders = {str(parent) for name in scenario.writes for parent in Path(name).parents}
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)} - folders
    assert changed == set(scenario.writes)
    for name, pieces in scenario.writes.items():
        written = (desk / name).read_text(encoding="utf-8")
        assert [each for each in pieces if each not in written] == [], name
    assert contents(desk.parent / "home") == {}
