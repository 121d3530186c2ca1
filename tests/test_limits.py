"""What one dossier may take, and that each limit is told by its name."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_cli import Run, desk, run

from checker import checking, site
from checker.batching.failure import Why
from checker.batching.working import Failed, Task, checked, order_of
from checker.errors import MisuseError
from checker.limits import VARIABLE, Limits, limits
from checker.model import Mode

__all__ = ("desk", "run")


def test_what_is_named_is_set_and_the_rest_stays() -> None:
    assert limits({}) == Limits()
    assert limits({VARIABLE: "size=1, records=2 seconds=3\nmemory=4"}) == Limits(size=1, records=2, seconds=3, memory=4)


@pytest.mark.parametrize(
    "written",
    ["size", "size=", "size=0", "size=-1", "size=1048577", "seconds=1.5", "records=１", "depth=41", "memory=1e3", "="],
)
def test_what_sets_no_limit_is_refused(written: str) -> None:
    with pytest.raises(MisuseError, match=VARIABLE):
        limits({VARIABLE: written})


def test_a_setting_that_is_wrong_is_misuse(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "size=many")
    outcome = run("check", "clean.json")
    assert (outcome.code, "看不懂 size=many" in outcome.err, outcome.out) == (2, True, "")


@pytest.mark.parametrize(
    ("setting", "command", "told"),
    [
        ("records=3", "check clean.json", "记录超过 3 条"),
        ("records=3", "dossier lint clean.json", "记录超过 3 条"),
        ("depth=3", "check clean.json", "嵌套超过 3 层"),
        ("size=1", "check long.json", "文件过大（1.8 MB），上限 1 MB"),
        ("size=1", "render long.json", "文件过大（1.8 MB），上限 1 MB"),
    ],
)
def test_a_limit_is_told_by_its_name(
    setting: str, command: str, told: str, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "long.json").write_bytes(b" " * 1_800_000)
    monkeypatch.setenv(VARIABLE, setting)
    outcome = run(*command.split())
    assert (outcome.code, told in outcome.err, f"的 {setting.partition('=')[0]} 设定" in outcome.err) == (4, True, True)


def test_work_ends_when_the_time_is_over_and_the_next_dossier_is_checked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = checking.check
    seen = []

    def first_without_end(policy: Any, dossier: Any, **more: Any) -> Any:
        seen.append(dossier.name)
        while len(seen) == 1:
            pass
        return check(policy, dossier, **more)

    monkeypatch.setattr(site, "check_dossier", first_without_end)
    monkeypatch.setenv(VARIABLE, "seconds=1")
    outcome = run("check", "dossier.json", "clean.json")
    assert (outcome.code, seen) == (4, ["dossier.json", "clean.json"])
    assert "dossier.json: 用时超过 1 秒，已停止" in outcome.err
    assert "检查报告" in outcome.out


def test_too_little_memory_is_told_and_the_next_dossier_is_checked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    check = checking.check

    def too_large(policy: Any, dossier: Any, **more: Any) -> Any:
        if dossier.name == "dossier.json":
            raise MemoryError
        return check(policy, dossier, **more)

    monkeypatch.setattr(site, "check_dossier", too_large)
    outcome = run("check", "dossier.json", "clean.json")
    assert (outcome.code, "dossier.json: 内存不够用，已停止" in outcome.err) == (4, True)
    assert "检查报告" in outcome.out


def test_memory_has_an_end_where_one_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import pathlib, resource\nfrom checker.errors import DossierError\nfrom checker.limits import bearing\n"
        "try:\n    with bearing(pathlib.Path('d.json')):\n        bytearray(4_000_000_000)\n"
        "except DossierError as error:\n    print(error)\nbytearray(2_500_000_000)\n"
    )
    monkeypatch.setenv(VARIABLE, "memory=2000")
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert ended.stdout.startswith("d.json: 内存超过 2,000 MB，已停止")


@pytest.mark.parametrize("command", ["diff dossier.json clean.json", "verify r.json clean.json"])
def test_every_command_that_checks_ends_when_the_time_is_over(
    command: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("check", "clean.json", "--format", "json", "--out", "o.json", "--receipt", "r.json").code == 0

    def without_end(*_: Any, **__: Any) -> None:
        while True:
            pass

    monkeypatch.setattr(site, "check_dossier", without_end)
    monkeypatch.setenv(VARIABLE, "seconds=1")
    outcome = run(*command.split())
    assert (outcome.code, "用时超过 1 秒，已停止" in outcome.err) == (4, True)


def test_a_dossier_of_a_run_has_the_same_limits(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = site.Site.load(None)
    order = order_of(loaded, None, None, Mode.INSPECTION, ("json",))
    task = Task(name="a", file="a.json", data=(desk / "clean.json").read_bytes())

    def failing(what: Callable[[], object]) -> Failed:
        monkeypatch.setattr(site, "check_dossier", lambda *_, **__: what())
        found = checked(loaded, order, task)
        assert isinstance(found, Failed)
        return found

    def without_end() -> None:
        while True:
            pass

    def too_large() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):  # who runs the workers tells of it, and tries again
        failing(too_large)
    monkeypatch.setenv(VARIABLE, "seconds=1 memory=90000")
    assert (failing(too_large).why, failing(without_end).why) == (Why.INVALID, Why.TIMEOUT)
    monkeypatch.setenv(VARIABLE, "records=3")
    assert failing(too_large).why is Why.INVALID


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells how much a process takes")
def test_a_limit_of_memory_that_the_program_itself_is_beyond_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "memory=10")
    outcome = run("check", "clean.json")
    assert (outcome.code, "内存上限 10 MB 太小" in outcome.err, "至少设为" in outcome.err) == (4, True, True)
