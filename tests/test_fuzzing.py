"""Inputs that are nearly right, a few of each kind, and a world that fails while a report is written.

`python -m tests.fuzzing` tries them for as long as one likes.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from fuzzing.dossiers import example
from fuzzing.oracle import ROOT, SURROUNDINGS, Input, Outcome, Runner, contents, differences, faults, is_whole
from fuzzing.target import KINDS, Target

FEW, MANY = 5, 400
KILLS, MANY_KILLS, SPAWNED = 20, 400, 60
SEED = 54
OLD = b"yesterday's"
NAMES = ("html", "json", "csv", "sarif", "txt", "xml")
OUTPUTS = tuple(f"out/d.{name}" for name in NAMES)
FORMATS = "--format html --format json --format csv --format sarif --format text --format junit"
WRITING = Input(
    kind="faults",
    files={"d.json": example("dossier"), **dict.fromkeys(OUTPUTS, OLD)},
    arguments=f"check d.json --out out/ {FORMATS}".split(),
    codes=frozenset({1}),
    is_aimless=True,
)


@pytest.fixture(scope="module")
def runners() -> Iterator[tuple[Runner, Runner]]:
    with Runner(SURROUNDINGS[0], "zh") as one, Runner(SURROUNDINGS[1], "zh") as other:
        yield one, other


@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_nearly_right_is_told_or_refused(
    kind: str, number: int, runners: tuple[Runner, Runner], tmp_path: Path
) -> None:
    target = Target(runners, tmp_path)
    target.batch(kind, KINDS[kind](), SEED, number)
    assert target.found == []
    assert target.tried[kind] >= number * 3 // 4


def test_the_oracle_sees_a_fault(runners: tuple[Runner, Runner]) -> None:
    """A target that can't fail has shown nothing."""
    sound = runners[0].run(WRITING)
    assert list(faults(WRITING, sound)) == []
    assert list(faults(Input(kind="x", files={}, arguments=(), codes=frozenset({0})), sound)) != []

    def left(**changes: object) -> Outcome:
        held = {name: getattr(sound, name) for name in ("code", "out", "err", "files", "seconds", "memory")}
        return Outcome(**{**held, **changes})

    wrong = {
        "hangs": left(code=None),
        "a defect": left(err=b"Traceback (most recent call last):\n"),
        "exit code 3": left(code=3),
        "without a word": left(code=4, err=b""),
        "MB of memory": left(memory=10**11),
        "not whole": left(files={**sound.files, "out/d.json": b'{"a": '}),
        "left behind": left(files={**sound.files, "out/.zonecheck.7": b"x"}),
    }
    assert [name for name, each in wrong.items() if name not in "\n".join(faults(WRITING, each))] == []
    assert list(differences(sound, left(out=b"x"))) != []


def test_reports_and_papers_are_the_same_in_all_surroundings(runners: tuple[Runner, Runner]) -> None:
    for command in (
        "notice d.json --out n.docx --format docx",
        "ledger d.json --out l.xlsx",
        "explain d.json R18.8-01",
    ):
        files = {"d.json": example("dossier")}
        given = Input(kind="faults", files=files, arguments=command.split(), codes=frozenset({0, 1, 2}))
        assert list(differences(*(each.run(given) for each in runners))) == []


# --- killed ----------------------------------------------------------------------------------------------------------


def lost(left: Outcome, whole: Outcome) -> list[str]:
    """Give the outputs that are neither yesterday's nor today's."""
    return [each for each in OUTPUTS if left.files.get(each) not in {OLD, whole.files[each]}]


@pytest.mark.parametrize("number", [KILLS, pytest.param(MANY_KILLS, marks=pytest.mark.thorough)])
def test_a_run_that_is_killed_leaves_every_output_old_or_new(number: int, runners: tuple[Runner, Runner]) -> None:
    """Each run writes six files; it is killed as soon as a random number of microseconds has gone by."""
    chance = random.Random(SEED)  # noqa: S311 - the same moments in every run
    whole = runners[0].run(WRITING)  # which makes what later runs remember
    ends = [time.perf_counter()]
    for _ in range(3):
        runners[0].run(WRITING)
        ends.append(time.perf_counter())
    taken = min(last - first for first, last in pairwise(ends))
    moments = [chance.uniform(0, taken) for _ in range(number)]
    left = [runners[0].run(WRITING, seconds=each) for each in moments]
    killed = [each for each in left if each.code is None]
    assert len(killed) > number / 4
    assert [each for one in left for each in lost(one, whole)] == []


@pytest.mark.thorough
def test_the_real_command_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    for name, data in WRITING.files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-m", "checker", *WRITING.arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True)
    taken = time.perf_counter() - started
    whole = contents(tmp_path)
    chance = random.Random(SEED)  # noqa: S311 - the same moments in every run
    killed = 0
    for _ in range(SPAWNED):
        for each in OUTPUTS:
            (tmp_path / each).write_bytes(OLD)
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as running:
            time.sleep(chance.uniform(0.7, 1.02) * taken)
            running.send_signal(signal.SIGKILL)
        killed += running.returncode == -signal.SIGKILL
        left = contents(tmp_path)
        assert [each for each in OUTPUTS if left[each] not in {OLD, whole[each]}] == []
    assert killed > SPAWNED / 4


# --- a disk that takes nothing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 4_096, 20_000])
def test_a_file_that_may_grow_no_further_leaves_the_old_one(size: int, runners: tuple[Runner, Runner]) -> None:
    left = runners[0].run(WRITING, file_size=size)
    assert left.code == 2
    assert size < 4_096 or "写不进去：文件超过系统允许的大小" in left.err.decode()
    held = {each: data for each in OUTPUTS if isinstance(data := left.files[each], bytes)}
    assert [name for name, data in held.items() if data != OLD and not is_whole(name, data)] == []
    assert len(held) == len(OUTPUTS)
    assert [each for each in left.files if ".zonecheck." in each] == []


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can be somebody else")
def test_a_folder_that_belongs_to_somebody_else_is_left_as_it_is(runners: tuple[Runner, Runner]) -> None:
    left = runners[0].run(WRITING, user=65_534)
    assert (left.code, "没有写入的权限" in left.err.decode()) == (2, True), left.err.decode()
    assert {each: left.files[each] for each in OUTPUTS} == dict.fromkeys(OUTPUTS, OLD)
