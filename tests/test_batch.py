"""Many dossiers in one run: the same bytes however it is done, and nothing lost whatever happens to it."""

import dataclasses
import gzip
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import batch_workers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import cli
from checker.batching import archives, failure, sources
from checker.batching.archives import Limits, Shelf
from checker.batching.digest import read
from checker.batching.failure import Why
from checker.batching.naming import LONGEST, names, safe
from checker.batching.pool import Pool
from checker.batching.run import Desk
from checker.batching.sources import Content, Entry, Found, find
from checker.batching.store import DRAFT, Store, draft
from checker.batching.working import Checked, Drafted, Order, Task, key_of
from checker.errors import DossierError, MisuseError, PolicyError, ZonecheckError
from checker.model import Mode
from checker.resources import folder

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
REALISTIC = EXAMPLES / "realistic" / "dossier.json"

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


# --- running --------------------------------------------------------------------------------------------------------


def program(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "checker", "batch", *map(str, arguments)]


@contextmanager
def started(*arguments: str | Path, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a run in a group of processes of its own."""
    with subprocess.Popen(
        program(*arguments),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def finished(*arguments: str | Path, cwd: Path) -> tuple[int, str]:
    """Run to the end, in this process; give the exit code and what was told. Nothing goes to standard output."""
    out, told = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(told):
        patch.setattr(sys, "argv", ["zonecheck", "batch", *map(str, arguments)])
        patch.chdir(cwd)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    for stream in (out, told):
        stream.seek(0)
    assert out.read() == ""
    said = told.read()
    assert "Traceback" not in said
    assert isinstance(ended.value.code, int)
    return ended.value.code, said


def tree(folder: Path) -> Mapping[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def children(of: int) -> list[int]:
    """Give the workers of a run: those of its processes that run our program."""
    found = Path(f"/proc/{of}/task/{of}/children").read_text(encoding="ascii").split()
    return [int(each) for each in found if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def lines(path: Path) -> list[Any]:
    return [json.loads(each) for each in path.read_bytes().splitlines()] if path.exists() else []


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with dossiers of every kind: files, folders, lines, archives, and two bad ones."""
    tmp_path = tmp_path_factory.mktemp("desk")
    zones = tmp_path / "zones"
    (zones / "甲").mkdir(parents=True)
    (zones / "乙").mkdir()
    shutil.copy(EXAMPLES / "clean.json", zones / "甲" / "园区.json")
    shutil.copy(EXAMPLES / "incomplete.json", zones / "乙" / "园区.json")
    shutil.copy(EXAMPLES / "shandong.json", zones)
    (zones / "bad.json").write_text('{"meta": 1}', encoding="utf-8")
    plain = json.dumps(json.loads((EXAMPLES / "dossier.json").read_bytes()), ensure_ascii=False)
    (zones / "lines.ndjson").write_text(f"{plain}\n\nnothing\n", encoding="utf-8")
    with zipfile.ZipFile(zones / "packed.zip", "w") as package:
        package.write(EXAMPLES / "mapped.json", "inner/mapped.json")
        package.writestr("inner/说明.txt", "no dossier")
    with tarfile.open(zones / "packed.tar.gz", "w:gz") as tar:
        tar.add(EXAMPLES / "clean.json", "inner/clean.json")
    return tmp_path


NAMES = ("mapped", "clean", "lines-000001", "shandong", "甲-园区", "乙-园区")


@pytest.fixture(scope="module")
def first(desk: Path) -> tuple[int, str]:
    """Run over all of them, with one worker, into the folder `one`; give the exit code and what was told."""
    return finished("zones", "nowhere.json", "--out", "one", "--workers", "1", cwd=desk)


def test_results_are_the_same_bytes_whoever_does_them_and_in_whatever_order(desk: Path, first: tuple[int, str]) -> None:
    shuffled = ["nowhere.json", *sorted(f"zones/{each.name}" for each in (desk / "zones").iterdir())[::-1]]
    again = finished(*shuffled, "--out", "two", "--workers", "2", cwd=desk)
    assert first[0] == again[0] == 4
    assert tree(desk / "two") == tree(desk / "one")
    assert {each.name for each in (desk / "one" / "reports").iterdir()} == {f"{each}.json" for each in NAMES}
    assert "6 份档案有报告" in first[1]


def test_a_report_is_the_one_that_check_gives(
    desk: Path, first: tuple[int, str], capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert first
    monkeypatch.setattr(sys, "argv", ["zonecheck", "check", str(desk / "zones" / "shandong.json"), "--format", "json"])
    with pytest.raises(SystemExit):
        cli.main()
    assert capsysbinary.readouterr().out == (desk / "one" / "reports" / "shandong.json").read_bytes()
    digests = [read(each + b"\n") for each in (desk / "one/batch/digests.ndjson").read_bytes().splitlines()]
    assert [each.name for each in digests] == sorted(NAMES)


def test_failures_are_told_to_people_and_to_programs(desk: Path, first: tuple[int, str]) -> None:
    held = {each["source"]: each for each in lines(desk / "one" / "batch" / "failures.ndjson")}
    assert set(held) == {"zones/bad.json", "zones/lines.ndjson:3", "nowhere.json"}
    assert [held[each]["why"] for each in sorted(held)] == ["unreadable", "invalid", "invalid"]
    assert held["zones/lines.ndjson:3"]["problems"][0]["file"] == "lines.ndjson#3"
    assert all(f"没有结论：{each}\n" in first[1] for each in held)
    assert "nowhere.json: 找不到这个文件\n    → 核对路径和文件名" in first[1]


@pytest.mark.parametrize(("held", "code"), [(["clean.json"], 0), (["clean.json", "dossier.json"], 1)])
def test_the_exit_code_is_that_of_the_most_serious_dossier(held: list[str], code: int, tmp_path: Path) -> None:
    assert finished(*(EXAMPLES / each for each in held), "--out", "out", "--workers", "1", cwd=tmp_path)[0] == code


# --- commands that ask for what can't be done -----------------------------------------------------------------------


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[object, str]]:
    def run(*arguments: str | Path) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["zonecheck", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        streams = capsys.readouterr()
        return ended.value.code, streams.out + streams.err

    return run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workers", "0"], "--workers 不能是 0"),
        (["--workers", "two"], "--workers 后面要写一个数"),
        (["--timeout", "-1"], "--timeout 不能是 -1"),
        (["--timeout", "nan"], "--timeout 不能是 nan"),
        (["--timeout", "soon"], "--timeout 后面要写一个数"),
        (["--workers", "2", "--cluster", "tcp://x:1"], "不能同时用"),
        (["--out", __file__], "是文件，不是文件夹"),
    ],
)
def test_misuse_is_told(
    arguments: list[str], words: str, told: Callable[..., tuple[object, str]], tmp_path: Path
) -> None:
    code, said = told("batch", EXAMPLES / "clean.json", "--out", tmp_path / "out", *arguments)
    assert (code, words in said, "→" in said) == (2, True, True)
    assert not (tmp_path / "out").exists()


def test_a_cluster_without_its_library_says_how_to_install_it(
    told: Callable[..., tuple[object, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "checker.batching.cluster", raising=False)
    code, said = told("batch", EXAMPLES / "clean.json", "--out", tmp_path / "out", "--cluster", "tcp://x:1")
    assert code == 2
    assert "pip install 'zonecheck[cluster]'" in said


def test_help_groups_the_commands(told: Callable[..., tuple[object, str]]) -> None:
    code, said = told("--help")
    assert code == 0
    panels = re.findall(r"╭─ (\S+) ─", said)
    assert [each for each in panels if each != "选项"] == ["检查", "文书", "档案", "批量", "规则作者"]
    grouped = {
        each: re.findall(r"│ ([a-z-]+)  ", part) for each, part in zip(panels, said.split("╭─ ")[1:], strict=True)
    }
    assert grouped["批量"][0] == "batch"
    assert grouped["检查"][:3] == ["check", "explain", "render"]


def test_a_folder_has_one_run_at_a_time(told: Callable[..., tuple[object, str]], tmp_path: Path) -> None:
    with Store.opened(tmp_path / "out", fresh=False):
        code, said = told("batch", EXAMPLES / "clean.json", "--out", tmp_path / "out")
    assert code == 2
    assert "另一个批量检查正在写" in said


# --- workers that die -----------------------------------------------------------------------------------------------


def pooled(tasks: Sequence[bytes], out: Path, limit: float | None = None) -> Mapping[str, Any]:
    """Give what became of each task."""
    done = batch_workers.work_on(tasks, out, limit=limit)
    files = {f"{name}.{ending}" for name in done.names for ending in ("json", "html")}
    assert {each.name for each in (out / "reports").iterdir()} == files
    return dict.fromkeys(done.names, "done") | {each.name: each for each in done.failures}


def test_a_worker_that_dies_costs_its_dossier_alone_and_that_is_tried_twice(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tasks = [b"work", b"die", b"work", b"crash", b"exhaust", b"fail", b"die, once", b"refuse", *[b"work"] * 5]
    found = pooled(tasks, tmp_path)
    failed = {name: (each.why, each.tries, each.exit_code) for name, each in found.items() if each != "done"}
    assert failed == {
        "t1": (Why.DIED, 2, 6),
        "t3": (Why.DEFECT, 2, 6),
        "t4": (Why.DIED, 2, 6),
        "t5": (Why.DEFECT, 2, 6),
        "t7": (Why.INVALID, 1, 4),
    }
    assert len(found) == len(tasks)
    assert "内存不足" in str(found["t4"].problems[0])
    assert "ValueError: t5" in capfd.readouterr().err, "a defect of ours is told as one"


def test_a_dossier_that_takes_too_long_costs_itself_alone(tmp_path: Path) -> None:
    found = pooled([b"sleep", b"work", b"sleep, once", b"work"], tmp_path, limit=0.5)
    assert [name for name, each in found.items() if each == "done"] == ["t1", "t2", "t3"]
    assert (found["t0"].why, found["t0"].tries, found["t0"].exit_code) == (Why.TIMEOUT, 2, 4)
    assert "超过 0.5 秒" in str(found["t0"].problems[0])


@pytest.mark.parametrize(
    ("prepare", "error"), [(batch_workers.unfit, PolicyError), (batch_workers.stillborn, ZonecheckError)]
)
def test_workers_that_never_get_ready_end_the_run(prepare: Callable[[], Any], error: type[ZonecheckError]) -> None:
    tasks = iter([Task(name="t", file="f", data=b"work")])
    with Pool(prepare, size=1, limit=None) as pool, pytest.raises(error):
        list(pool.outcomes(lambda: next(tasks, None)))


def test_a_worker_killed_in_the_middle_of_a_dossier_changes_nothing(tmp_path: Path) -> None:
    for number in range(3):
        shutil.copy(REALISTIC, tmp_path / f"zone{number}.json")
    with started("zone*.json", "--out", "out", "--workers", "2", cwd=tmp_path) as running:
        until(lambda: len(list(lines_that_are_whole(tmp_path / "out"))) >= 1)
        os.kill(children(running.pid)[0], signal.SIGKILL)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 1, told.decode()
    reports = tree(tmp_path / "out" / "reports")
    assert list(reports) == [f"zone{number}.json" for number in range(3)]
    assert {name: data.replace(name.encode(), b"zone.json") for name, data in reports.items()} == dict.fromkeys(
        reports, reports["zone0.json"].replace(b"zone0.json", b"zone.json")
    )


def test_a_dossier_that_can_be_read_the_second_time_is_done(tmp_path: Path) -> None:
    answers = iter([DossierError([batch_workers.PROBLEM]), None])

    def fetch() -> Content:
        error = next(answers)
        if error is not None:
            raise error
        return Content(data=b"work")

    late = Entry(name="late", source="s", file="f", fetch=fetch)
    assert ran(tmp_path, late, *batch_workers.entries_of([b"work"])) == (("late", "t0"), 0)


# --- runs that are stopped ------------------------------------------------------------------------------------------

MANY = 24


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Give what a run that nobody stops leaves behind."""
    out = tmp_path_factory.mktemp("quiet")
    assert batch_workers.work_on([b"work slowly"] * MANY, out).names
    return tree(out)


def lines_that_are_whole(out: Path) -> Iterator[Any]:
    path = out / "batch" / "done.ndjson"
    yield from (json.loads(each) for each in path.read_bytes().split(b"\n")[:-1] if each) if path.exists() else ()


def whole(out: Path) -> int:
    """Make sure that what counts as done is there, and that nothing that is there is half; say how much is done."""
    count = 0
    for each in lines_that_are_whole(out):
        for file, digest in each["reports"].items():
            assert hashlib.sha256((out / "reports" / file).read_bytes()).hexdigest() == digest
        count += 1
    return count


@pytest.mark.parametrize("at", [0, 1, 5, 14, MANY - 1, *(f"random {each}" for each in range(3))])
def test_a_run_that_is_killed_goes_on_where_it_was(at: int | str, quiet: Mapping[str, bytes], tmp_path: Path) -> None:
    out, dice = tmp_path / "out", random.Random(f"{at} {time.time_ns()}")  # noqa: S311
    done = out / "batch" / "done.ndjson"
    command = [sys.executable, batch_workers.__file__, str(out), *["work slowly"] * MANY]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as running:
        if isinstance(at, int):
            until(lambda: done.exists() and done.read_bytes().count(b"\n") >= at)
        else:
            until(done.exists)
            time.sleep(dice.uniform(0.2, 1.5))
        workers = children(running.pid)
        running.kill()
    held = whole(out)
    before = {each: each.stat().st_ino for each in (out / "reports").glob("t*")}
    until(lambda: not any(map(is_running, workers)))
    assert whole(out) == held
    again = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    assert int(again.stdout) == held, "nothing that was done is done again"
    assert tree(out) == quiet
    assert sum(each.stat().st_ino == was for each, was in before.items()) >= 2 * held


def is_running(process: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def test_an_interruption_ends_the_run_and_its_workers_and_the_next_one_goes_on(tmp_path: Path) -> None:
    for number in range(3):
        shutil.copy(REALISTIC, tmp_path / f"zone{number}.json")
    out = tmp_path / "out"
    with started("zone*.json", "--out", out, "--workers", "1", cwd=tmp_path) as running:
        until(lambda: whole(out) >= 1)
        workers = children(running.pid)
        os.killpg(running.pid, signal.SIGINT)
        out_told, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert (out_told, told.decode()) == (b"", "做完的都留着：用同一条命令从停下的地方接着做。\n已中断。\n")
    assert not any(map(is_running, workers))
    assert not (out / "batch" / "digests.ndjson").exists()
    assert not list((out / "reports").glob(f"{DRAFT}*"))
    held = whole(out)
    code, said = finished("zone*.json", "--out", out, cwd=tmp_path)
    assert (code, f"其中 {held} 份以前已经做完" in said, whole(out)) == (1, True, 3)


def stamps(out: Path) -> Mapping[str, int]:
    return {each.name: each.stat().st_ino for each in (out / "reports").iterdir()}


def test_only_what_was_made_from_something_else_is_done_again(tmp_path: Path) -> None:
    zones, out, pack = tmp_path / "zones", tmp_path / "out", tmp_path / "guobanfa-2014-54"
    zones.mkdir()
    for name in ("a", "b", "c"):
        shutil.copy(EXAMPLES / "clean.json", zones / f"{name}.json")
    shutil.copytree(folder("policies") / "guobanfa-2014-54", pack)
    for each in (pack / "rules").iterdir():
        if each.stem != "R18.8-01":
            each.unlink()
    (pack / "adjudication.yaml").unlink()

    def redone(*arguments: str) -> set[str]:
        before = stamps(out) if out.exists() else {}
        code, _ = finished(
            "zones", "--out", "out", "--workers", "1", "--policy", "./guobanfa-2014-54", *arguments, cwd=tmp_path
        )
        assert code == 0
        return {name for name, stamp in stamps(out).items() if before.get(name) != stamp}

    every = {"a.json", "b.json", "c.json"}
    assert redone() == every
    replace(zones / "b.json", "云堤", "云桥")
    (out / "reports" / "a.json").write_bytes(b"{}")
    assert redone() == {"a.json", "b.json"}
    replace(pack / "policy.yaml", "title: ", "title: 新的")
    assert redone() == every
    assert redone("--fresh") == every


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_a_report_is_made_from_has_a_key_of_its_own() -> None:
    task, order = Task(name="n", file="f.json", data=b"{}"), batch_workers.ORDER
    others: list[tuple[Order, Task]] = [
        (order, dataclasses.replace(task, name="m")),
        (order, dataclasses.replace(task, file="g.json")),
        (order, dataclasses.replace(task, data=b"[]")),
        (order, dataclasses.replace(task, cells=b"")),
        (dataclasses.replace(order, pack="x"), task),
        (dataclasses.replace(order, program="x"), task),
        (dataclasses.replace(order, as_of=datetime(2024, 1, 1)), task),  # noqa: DTZ001 - as the command line gives it
        (dataclasses.replace(order, mode=Mode.SELF_AUDIT), task),
        (dataclasses.replace(order, formats=("json",)), task),
    ]
    keys = {key_of(order, task), *(key_of(*each) for each in others)}
    assert len(keys) == 1 + len(others)
    assert key_of(dataclasses.replace(order, formats=("html", "json")), task) == key_of(order, task)


def desk_of(found: Found, store: Store) -> Desk:
    return Desk(found, store, batch_workers.ORDER, tell=lambda _failed: None, progress=lambda *_done: None)


def ran(out: Path, *entries: Entry) -> tuple[Sequence[str], int]:
    """Run with the work done in this process; give the names with reports, and how many were done before."""
    with Store.opened(out, fresh=False) as store:
        desk = desk_of(Found(entries=entries, failures=()), store)
        for task in iter(desk.next, None):
            desk.take(task, batch_workers.do(out, task))
        done = desk.done()
        store.finish(done.names, failure.written(done.failures))
        known = [each["name"] for each in lines(out / "batch" / "done.ndjson")]
        assert store.strangers(known) == ["stranger.json"] * (out / "reports" / "stranger.json").exists()
    return done.names, done.kept


def test_a_dossier_that_is_no_longer_valid_leaves_no_old_report(tmp_path: Path) -> None:
    assert ran(tmp_path, *batch_workers.entries_of([b"work", b"work"])) == (("t0", "t1"), 0)
    assert ran(tmp_path, *batch_workers.entries_of([b"refuse", b"work"])) == (("t1",), 1)
    assert sorted(each.name for each in (tmp_path / "reports").iterdir()) == ["t1.html", "t1.json"]


def test_a_run_over_some_of_the_dossiers_forgets_none_of_the_others(tmp_path: Path) -> None:
    every = batch_workers.entries_of([b"work", b"work", b"work"])
    assert ran(tmp_path, *every) == (("t0", "t1", "t2"), 0)
    held = tree(tmp_path)
    assert ran(tmp_path, every[1]) == (("t1",), 1)
    assert [each["name"] for each in lines(tmp_path / "batch" / "done.ndjson")] == ["t0", "t1", "t2"]
    assert len(lines(tmp_path / "batch" / "digests.ndjson")) == 1
    assert ran(tmp_path, *every) == (("t0", "t1", "t2"), 3)
    assert tree(tmp_path) == held


@pytest.mark.parametrize(
    ("source", "told"),
    [("zones/*.nothing", "没有与它相符的档案"), ("gone.json", "找不到这个文件"), ("empty", "这个文件夹里没有档案")],
)
def test_a_run_with_nothing_to_read_does_not_begin(source: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    (tmp_path / "empty").mkdir()
    shutil.copy(EXAMPLES / "clean.json", tmp_path / "zones")
    assert finished("zones", "--out", "out", "--workers", "1", cwd=tmp_path)[0] == 0
    held = tree(tmp_path)
    for out in ("out", "new"):
        code, said = finished(source, "--out", out, cwd=tmp_path)
        assert (code, told in said, f"没有开始；{out} 没有改动" in said) == (4, True, True)
        assert tree(tmp_path) == held


def test_files_of_others_among_the_reports_are_told_and_left(tmp_path: Path) -> None:
    ran(tmp_path, *batch_workers.entries_of([b"work"]))
    (tmp_path / "reports" / "stranger.json").write_bytes(b"x")
    assert ran(tmp_path, *batch_workers.entries_of([b"work"])) == (("t0",), 1)
    assert (tmp_path / "reports" / "stranger.json").read_bytes() == b"x"


@given(cut=st.integers(0, 2000), garbage=st.binary(max_size=40))
@settings(max_examples=100, deadline=None)
def test_lines_that_were_cut_off_are_not_taken_for_done(
    cut: int, garbage: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("cut")
    with Store.opened(out, fresh=False) as store:
        for number in range(4):
            store.keep(f"n{number}", f"k{number}", b'{"name":"x"}\n', draft(out, {"json": b"report", "html": b"<p>"}))
    path = out / "batch" / "done.ndjson"
    path.write_bytes(path.read_bytes()[:cut] + garbage)
    left = {each.get("name") for each in map(_parsed, path.read_bytes().split(b"\n")[:-1]) if isinstance(each, dict)}
    with Store.opened(out, fresh=False) as store:
        assert {f"n{number}" for number in range(4) if store.holds(f"n{number}", f"k{number}")} == left
        store.keep("new", "key", b"{}\n", draft(out, {"json": b"report"}))
    with Store.opened(out, fresh=False) as store:
        assert store.holds("new", "key")


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def test_a_run_that_ends_early_leaves_no_drafts(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Store.opened(tmp_path, fresh=False):
            draft(tmp_path, {"json": b"x"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list((tmp_path / "reports").iterdir()) == []


@pytest.mark.parametrize("file", ["../kept.json", "/kept.json", "..", "", "a/../../kept.json"])
def test_a_line_that_names_a_file_elsewhere_is_none(file: str, tmp_path: Path) -> None:
    (tmp_path / "batch").mkdir()
    (tmp_path / "kept.json").write_bytes(b"x")
    line = {"name": "n", "key": "k", "reports": {file: hashlib.sha256(b"x").hexdigest()}, "digest": {}}
    (tmp_path / "batch" / "done.ndjson").write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    with Store.opened(tmp_path, fresh=False) as store:
        assert not store.holds("n", "k")
        store.drop("n")
    assert (tmp_path / "kept.json").read_bytes() == b"x"


def test_a_full_disk_ends_the_run_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with Store.opened(tmp_path, fresh=False):
        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(MisuseError, match=r"磁盘已满\n  → 腾出空间"):
            draft(tmp_path, {"json": b"x"})
        assert list((tmp_path / "reports").iterdir()) == []


# --- sources --------------------------------------------------------------------------------------------------------


def sought(*wanted: str | Path, out: Path = Path("/nowhere")) -> tuple[dict[str, bytes], list[str]]:
    """Find dossiers; give their bytes by their names, and the problems of the sources that give none."""
    with closing(Shelf()) as shelf:
        found = find([str(each) for each in wanted], out, shelf)
        held = {each.name: each.fetch().data for each in found.entries}
    return held, [str(problem) for each in found.failures for problem in each.problems]


def test_folders_and_patterns_give_each_dossier_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    results = ("out/reports/z.json", "out/batch/z.json", "out/summary.json")
    for name in ("a/x.json", "b/x.json", "b/x.xlsx", "b/deep/y.jsonl", *results, "b/~$x.xlsx", "a/.x.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "a" / "x.cells.json").write_text("no dossier", encoding="utf-8")
    (tmp_path / "a" / "link.json").symlink_to(tmp_path / "b" / "x.json")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    expected = {
        "a-x-json": b"a/x.json",
        "b-x-json": b"b/x.json",
        "b-x-xlsx": b"b/x.xlsx",
        "y-000001": b"b/deep/y.jsonl",
    }
    for wanted in (["."], ["a", "b", "a/x.json"], ["b/**/*.*", "a/*.json", "./a/../b"], [tmp_path / "b", "a"]):
        assert sought(*wanted, out=tmp_path / "out") == (expected, [])
    for name in results:
        with pytest.raises(MisuseError, match="会被覆盖"):
            sought(name, out=tmp_path / "out")
    assert "没有与它相符的档案" in sought("*.zip")[1][0]
    assert "看不出是什么文件" in sought(__file__)[1][0]
    (tmp_path / "empty").mkdir()
    assert "没有档案" in sought("empty")[1][0]
    os.mkfifo(tmp_path / "pipe.ndjson")
    assert "管道或者设备" in sought("pipe.ndjson")[1][0]


def test_what_looks_like_a_dossier_and_is_not_read_is_told_with_the_way_out(tmp_path: Path) -> None:
    unread = ("a.xls", "b.ODS", "c.et", "d.csv", "e.rar", "f.7z", "g.tar.bz2")
    for name in ("x.json", *unread, "照片.jpg", "说明.pdf", "~$a.xls", ".b.csv", "省级.csv"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "上报.zip").write_bytes(zipped(("y.json", b"zip"), ("旧/z.xls", b"old"), ("说明.txt", b"no dossier")))
    with closing(Shelf()) as shelf:
        found = find([str(tmp_path)], Path("/nowhere"), shelf, tmp_path / "省级.csv")
    assert [each.name for each in found.entries] == ["x", "y"]
    told = {Path(each.source).name: str(each.problems[0]) for each in found.failures}
    assert sorted(told) == sorted((*unread, "z.xls"))
    assert all("\n  → " in each for each in told.values())
    assert "另存为 .xlsx" in told["a.xls"]
    assert "zonecheck dossier import" in told["d.csv"]
    assert "压缩包不读" in told["g.tar.bz2"]
    assert "上报.zip!旧/z.xls" in told["z.xls"]
    assert "另存为 .xlsx" in sought(tmp_path / "a.xls")[1][0]


def test_the_results_of_another_run_are_no_dossiers_and_that_is_said_once(tmp_path: Path) -> None:
    written = ("batch/done.ndjson", "batch/digests.ndjson", "reports/a.json", "reports/b.csv", "summary.json")
    packed = [(f"去年/{name}", b"{}") for name in (*written, "c.json")]
    for name in (*(f"甲/结果/{name}" for name in written), "甲/结果/a.json", "甲/b.json", "乙/reports/c.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    (tmp_path / "乙" / "上报.zip").write_bytes(zipped(*packed))
    names = {"a", "b", "reports-c", "去年-c"}
    for wanted in ([tmp_path], [tmp_path / "**" / "*.*"]):
        held, problems = sought(*wanted)
        assert (set(held), problems) == (names, [])
    assert "没有档案" in sought(tmp_path / "甲" / "结果" / "reports")[1][0]
    assert list(sought(tmp_path / "甲" / "结果" / "reports" / "a.json")[0]) == ["a"]
    code, said = finished(".", "--out", "out", "--workers", "1", cwd=tmp_path)
    assert (code, said.count("以前批量检查的结果不当作档案")) == (4, 1)
    assert "结果等 2 处\n" in said or "去年等 2 处\n" in said


def test_what_lies_where_results_go_is_a_dossier_unless_it_is_a_result(tmp_path: Path) -> None:
    for name in ("a.json", "甲/b.json", "甲/reports/c.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    held = {"a": b"a.json", "b": "甲/b.json".encode(), "c": "甲/reports/c.json".encode()}
    assert sought(tmp_path, out=tmp_path) == (held, [])
    assert sought(tmp_path / "甲", tmp_path / "*.json", out=tmp_path) == (held, [])
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "d.json").write_text("somebody's", encoding="utf-8")
    with pytest.raises(MisuseError, match="会被覆盖"):
        sought(tmp_path, out=tmp_path)
    (tmp_path / "batch").mkdir()
    assert sought(tmp_path, out=tmp_path) == (held, [])


def test_a_dossier_where_a_summary_would_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    for name in ("summary.json", "a.json"):
        shutil.copy(EXAMPLES / "clean.json", tmp_path / name)
    code, told = finished(".", "--out", ".", cwd=tmp_path)
    assert (code, "summary.json，这个文件会被覆盖" in told) == (2, True)
    assert {each.name for each in tmp_path.iterdir()} == {"summary.json", "a.json"}
    assert (tmp_path / "summary.json").read_bytes() == (EXAMPLES / "clean.json").read_bytes()


def test_dossiers_of_one_path_in_archives_and_folders_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "上报").mkdir()
    (tmp_path / "上报" / "园区.json").write_bytes(b"folder")
    (tmp_path / "上报.zip").write_bytes(zipped(("园区.json", b"zip")))
    (tmp_path / "上报.tar.gz").write_bytes(gzip.compress(tarred(("园区.json", REG, b"tar"))))
    assert sought(tmp_path) == ({"上报-园区": b"folder", "上报.zip-园区": b"zip", "上报.tar.gz-园区": b"tar"}, [])


def test_two_files_of_one_place_in_an_archive_are_not_told_apart(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped(("a.json", b"{}"), ("./a.json", b"[]")))
    held, [problem] = sought(tmp_path / "x.zip")
    assert held == {}
    assert "→" in problem


def test_lines_are_dossiers_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LONGEST_LINE", 16)
    path = tmp_path / "z.jsonl"
    path.write_bytes(b'{"a": 1}\r\n\n   \n' + b"x" * 50 + b'\n{"b": 2}')
    with closing(Shelf()) as shelf:
        found = find([str(path)], tmp_path / "out", shelf)
    assert [each.name for each in found.entries] == ["z-000001", "z-000004", "z-000005"]
    assert [found.entries[each].fetch().data for each in (0, 2)] == [b'{"a": 1}', b'{"b": 2}']
    with pytest.raises(DossierError, match=r"z.jsonl:4: 这一行有 .*上限"):
        found.entries[1].fetch()


def zipped(*held: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, data in held:
            package.writestr(name, data)
    return file.getvalue()


def tarred(*held: tuple[str, bytes, bytes], linked: str = "") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as package:
        for name, kind, data in held:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(data), linked
            package.addfile(info, io.BytesIO(data))
    return file.getvalue()


def of_kind(name: str, kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o644) << 16
    return info


def locked(data: bytes) -> bytes:
    """Mark the only file of an archive as encrypted."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + b"\x01" + data[at + 1 :]


REG, SMALL = tarfile.REGTYPE, Limits(members=5, unpacked=40_000_000, member=30_000_000, at_once=4096)
HOSTILE: Mapping[str, tuple[str, bytes, str]] = {
    "a path that leads out of a zip": ("x.zip", zipped(("../x.json", b"{}")), "路径指向压缩包以外"),
    "a path from the root of a zip": ("x.zip", zipped(("/etc/x.json", b"{}")), "路径指向压缩包以外"),
    "a path with a drive": ("x.zip", zipped(("C:\\x.json", b"{}")), "路径指向压缩包以外"),
    "a path that leads out with backslashes": ("x.zip", zipped(("a\\..\\..\\x.json", b"{}")), "路径指向压缩包以外"),
    "a path that leads out of a tar": ("x.tar", tarred(("a/../../x.json", REG, b"{}")), "路径指向压缩包以外"),
    "a link in a zip": ("x.zip", zipped((of_kind("x.json", stat.S_IFLNK), b"/etc/passwd")), "里面有链接"),
    "a device in a zip": ("x.zip", zipped((of_kind("x.json", stat.S_IFCHR), b"")), "里面有设备或者管道"),
    "a link in a tar": ("x.tar", tarred(("x.json", tarfile.SYMTYPE, b""), linked="/etc/passwd"), "里面有链接"),
    "a hard link in a tar": ("x.tar", tarred(("x.json", tarfile.LNKTYPE, b""), linked="y.json"), "里面有链接"),
    "a device in a tar": ("x.tar", tarred(("x.json", tarfile.CHRTYPE, b"")), "里面有设备或者管道"),
    "a pipe in a tar": ("x.tar", tarred(("x.json", tarfile.FIFOTYPE, b"")), "里面有设备或者管道"),
    "an archive in an archive": ("x.zip", zipped(("y.zip", zipped(("x.json", b"{}")))), "压缩包里还有压缩包"),
    "an archive in a tar": ("x.tar.gz", gzip.compress(tarred(("y.tgz", REG, b"{}"))), "压缩包里还有压缩包"),
    "too many files": ("x.zip", zipped(*((f"{each}.json", b"{}") for each in range(6))), "里面有 5 个以上的文件"),
    "too many files in a tar": ("x.tar", tarred(*((f"{each}.json", REG, b"") for each in range(9))), "5 个以上的文件"),
    "too much of it": ("x.zip", zipped(*((f"{each}.json", bytes(15_000_000)) for each in range(3))), "解压后超过"),
    "a file that is too large": ("x.zip", zipped(("x.json", bytes(31_000_000))), "文件过大"),
    "a bomb": ("x.zip", zipped(*((f"{each}.json", bytes(18_000_000)) for each in range(2))), "倍，不像是档案"),
    "a bomb in a tar": ("x.tgz", gzip.compress(tarred(("x.json", REG, bytes(60_000_000)))), "解压后过大"),
    "a table of contents that is too large": ("x.zip", zipped((f"{'x' * 5000}.json", b"")), "目录过大"),
    "a name in a tar that is too large": ("x.tar", tarred((f"{'x' * 9000}.json", REG, b"")), "目录过大"),
    "the same name twice": ("x.tar", tarred(*[("x.json", REG, b"{}")] * 2), "两个同名的文件"),
    "a password": ("x.zip", locked(zipped(("x.json", b"{}"))), "加了密码"),
    "an odd method": ("x.zip", zipped(("x.json", b"{}"), method=zipfile.ZIP_LZMA), "压缩方法不认识"),
    "no zip at all": ("x.zip", b"PK\x03\x04 and so on", "压缩包已损坏"),
    "no tar at all": ("x.tar", b"nothing" * 1000, "压缩包已损坏"),
    "a tar that ends early": ("x.tgz", gzip.compress(tarred(("x.json", REG, b"{}" * 9000)))[:60], "压缩包已损坏"),
    "no dossier": ("x.zip", zipped(("readme.txt", b"")), "里面没有档案"),
    "lines in an archive": ("x.zip", zipped(("x.ndjson", b"")), "这种文件不读"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_with_a_way_out(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, data, words = HOSTILE[case]
    (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(archives, "members", partial(archives.members, limits=SMALL))
    held, problems = sought(tmp_path / name)
    assert held == {}
    assert any(words in each for each in problems), problems
    assert all("→" in each for each in problems)
    assert sorted(each.name for each in tmp_path.iterdir()) == [name]


def test_a_file_in_an_archive_that_is_damaged_costs_itself_alone(tmp_path: Path) -> None:
    data = zipped(("good.json", b"{}" * 40), ("bad.json", b"[]" * 40), method=zipfile.ZIP_STORED)
    (tmp_path / "x.zip").write_bytes(data.replace(b"[]" * 40, b"[!" * 40))
    with closing(Shelf()) as shelf:
        found = find([str(tmp_path / "x.zip")], tmp_path / "out", shelf)
        fetch = {each.name: each.fetch for each in found.entries}
        assert fetch["good"]().data == b"{}" * 40
        with pytest.raises(DossierError, match="压缩包已损坏"):
            fetch["bad"]()


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz"])
def test_an_archive_gives_its_dossiers_with_the_maps_beside_them(name: str, tmp_path: Path) -> None:
    held = {
        "./园区/a.json": b"one",
        "园区/a.cells.json": b"map",
        "./b.json": b"two",
        "__MACOSX/b.json": b"-",
        "园区/._a.json": b"-",
    }
    tar = tarred(*((each, REG, data) for each, data in held.items()))
    data = {"x.zip": zipped(*held.items()), "x.tar": tar, "x.tar.gz": gzip.compress(tar)}[name]
    (tmp_path / name).write_bytes(data)
    with closing(Shelf()) as shelf:
        found = find([str(tmp_path / name)], tmp_path / "out", shelf)
        assert {each.name: (each.file, each.fetch()) for each in found.entries} == {
            "a": ("a.json", Content(data=b"one", cells=b"map")),
            "b": ("b.json", Content(data=b"two")),
        }
        assert found.entries[0].source == f"{tmp_path / name}!./园区/a.json"


def test_names_that_an_old_packer_wrote_in_its_own_encoding_are_read(tmp_path: Path) -> None:
    raw = zipped(("aaaa.json", b"{}")).replace(b"aaaa", "园区".encode("gb18030"))
    (tmp_path / "x.zip").write_bytes(raw)
    assert sought(tmp_path / "x.zip") == ({"园区": b"{}"}, [])


# --- names ----------------------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["x", "X", "ｘ", "..", ".", "", "CON", "nul.a", "é", "e\u0301", "ß", "SS", "长" * 300, "a\u202eb", "\udcff"]
    ),
)
PLACES = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, st.sampled_from([".json", ".xlsx"])), unique=True, max_size=8)


@given(places=PLACES, seed=st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_names_are_safe_and_unique_whatever_the_order(places: list[tuple[str, ...]], seed: random.Random) -> None:
    found = names(places)
    shuffled = list(places)
    seed.shuffle(shuffled)
    assert names(shuffled) == found
    folded = [each.casefold() for each in found.values()]
    assert len(set(folded)) == len(places)
    for each in found.values():
        assert 0 < len(each.encode()) <= LONGEST
        assert not re.search(r"[/\\<>:\"|?*\x00-\x1f\u202a-\u202e\u2066-\u2069]", each)
        assert not each.startswith((".", "-", "~"))
        assert Path(each).name == each


def test_reserved_and_hidden_names_become_harmless() -> None:
    assert [safe(each) for each in ("con", "COM1.x", "a\u200bb", " . ", "a b", "-rf")] == [
        "_con",
        "_COM1.x",
        "ab",
        "档案",
        "a_b",
        "rf",
    ]


# --- a cluster ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=60, host="127.0.0.1"
        ) as held,
    ):
        yield held


def test_a_cluster_gives_the_same_bytes_as_this_machine(desk: Path, first: tuple[int, str], cluster: Any) -> None:
    there = finished("zones", "nowhere.json", "--out", "there", "--cluster", cluster.scheduler_address, cwd=desk)
    assert there[0] == first[0]
    assert tree(desk / "there") == tree(desk / "one")


def clustered(cluster: Any, tasks: Sequence[bytes], out: Path, limit: float | None = None) -> Mapping[str, str]:
    """Run tasks on the cluster; give what became of each."""
    module = pytest.importorskip("checker.batching.cluster")

    def keep(found: Checked) -> Drafted:
        return Drafted(digest=found.digest, drafts=draft(out, found.reports))

    found = Found(entries=batch_workers.entries_of(tasks, str(out)), failures=())
    there = {"ready": batch_workers.ready_there, "work": batch_workers.do_there}
    with (
        Store.opened(out, fresh=False) as store,
        closing(
            module.Cluster(cluster.scheduler_address, batch_workers.ORDER, limit=limit, keep=keep, **there)
        ) as held,
    ):
        desk = desk_of(found, store)
        for task, outcome in held.outcomes(desk.next):
            desk.take(task, outcome)
        done = desk.done()
    return dict.fromkeys(done.names, "done") | {each.name: each.why.value for each in done.failures}


def test_a_worker_that_dies_on_a_cluster_costs_its_dossier_alone(cluster: Any, tmp_path: Path) -> None:
    tasks = [b"work", b"die", b"work", b"fail", b"die, once", b"refuse", b"work"]
    assert clustered(cluster, tasks, tmp_path) == {
        "t0": "done",
        "t1": "died",
        "t2": "done",
        "t3": "defect",
        "t4": "done",
        "t5": "invalid",
        "t6": "done",
    }


def test_a_dossier_that_takes_too_long_on_a_cluster_costs_itself_alone(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytest.importorskip("checker.batching.cluster"), "RESTART", 1.0)
    found = clustered(cluster, [b"sleep", b"work", b"work"], tmp_path, limit=2.0)
    assert found == {"t0": "timeout", "t1": "done", "t2": "done"}


def test_a_cluster_without_workers_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, distributed = pytest.importorskip("checker.batching.cluster"), pytest.importorskip("distributed")
    for name in ("PATIENCE", "LOOK_AROUND"):
        monkeypatch.setattr(module, name, 0.2)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=60, host="127.0.0.1") as empty,
        pytest.raises(MisuseError, match=r"集群上没有工作进程\n  → 启动工作进程"),
    ):
        clustered(empty, [b"work"], tmp_path)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "ftp://127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_told(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = pytest.importorskip("checker.batching.cluster")
    monkeypatch.setattr(module, "CONNECT", 0.5)
    connections: list[Any] = []
    start = module._Connection.start

    def noted(connection: Any, **kwargs: Any) -> None:
        connections.append(connection)
        start(connection, **kwargs)

    monkeypatch.setattr(module._Connection, "start", noted)
    code, told = finished(EXAMPLES / "clean.json", "--out", "out", "--cluster", address, cwd=tmp_path)
    assert (code, f"连不上集群 {address}" in told, "→" in told) == (2, True, True)
    assert [connection.status for connection in connections] == ["closed"]  # an open one can hang the next
