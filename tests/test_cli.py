"""The command line: scenarios as data, and what happens when the world around it fails."""

import contextlib
import errno
import io
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from reference.program import shipped_policy

from checker import cli, console, site
from checker.commands import rules
from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.model import Report
from checker.policy.loading import CompiledRule
from checker.reporting import FORMATS
from checker.resources import folder
from checker.verifying import Proof, Removals, load_policy

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
PACK = folder("policies") / site.POLICY
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


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a current folder that holds the examples; nothing can be written elsewhere unseen, and no network asked."""
    place = tmp_path / "desk"
    place.mkdir()
    (tmp_path / "home").mkdir()
    for each in EXAMPLES.glob("*.json"):
        shutil.copy(each, place)
    monkeypatch.chdir(place)
    for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME"):
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

    def load(path: Path, schema: Any, _memory: object) -> Any:
        return shipped_policy() if path == PACK else load_policy(path, schema)

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["zonecheck", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        streams = capsys.readouterr()
        return Outcome(code=ended.value.code, out=streams.out, err=streams.err)

    monkeypatch.setattr(site, "load_remembered", load)
    return run


def make(path: Path, what: Any) -> None:
    """Make the file that a scenario describes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match what:
        case str():
            path.write_text(what, encoding="utf-8")
        case {"copy": str(name), **changes}:
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
            shutil.copytree(PACK, path, ignore=shutil.ignore_patterns("adjudication.yaml"))
            for rule in (path / "rules").iterdir():
                if rule.stem in rules:
                    rule.write_text(_replaced(rule.read_text("utf-8"), changes), "utf-8")
                else:
                    rule.unlink()
        case _:
            raise ValueError(what)


def _replaced(text: str, changes: Mapping[Any, Any]) -> str:
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
        written = (desk / name).read_text(encoding="utf-8", errors="replace")  # a paper may be no text
        assert [each for each in pieces if each not in written] == [], name
    assert contents(desk.parent / "home") == {}


# --- what each run owes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_input_gives_the_same_bytes(form: str, run: Run) -> None:
    command = program("check", "dossier.json", "--format", form)
    elsewhere = finished(*command, PYTHONHASHSEED="54", TZ="Asia/Shanghai", LANG="C.UTF-8")
    assert elsewhere == run("check", "dossier.json", "--format", form)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_holds_the_same_bytes_as_standard_output(form: str, desk: Path, run: Run) -> None:
    shown = run("check", "dossier.json", "--format", form).out
    run("check", "dossier.json", "--format", form, "--out", "report")
    assert (desk / "report").read_bytes() == shown.encode()


def test_the_printed_schema_is_the_shipped_one(run: Run) -> None:
    assert run("dossier", "schema").out == (folder("schemas") / "dossier.schema.json").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_each_number_that_a_report_gives_can_be_explained(run: Run) -> None:
    report = json.loads(run("check", "dossier.json", "--format", "json").out)
    for each in report["findings"]:
        outcome = run("explain", "dossier.json", each["id"])
        assert outcome.code == 0
        assert each["id"] in outcome.out


def test_each_rule_that_is_listed_can_be_shown(run: Run) -> None:
    for line in run("rules", "list").out.splitlines():
        rule, clauses, title = line.split("\t")
        outcome = run("rules", "show", rule)
        assert outcome.code == 0
        assert outcome.out.startswith(f"{rule}　{title}")
        assert clauses


def test_readings_that_disagree_issue_no_paper_and_outweigh_all(
    desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagree(*_arguments: object, **_more: object) -> Report:
        raise ReadingsDisagreeError([Problem(message="引擎与复核不一致", place=Place(file="R18.8-01"))])

    monkeypatch.setattr(site, "check_dossier", disagree)
    before = contents(desk)
    outcome = run("check", "nothing.json", "dossier.json", "--out", "results/")
    assert outcome.code == 6
    assert "R18.8-01: 引擎与复核不一致" in outcome.err
    assert contents(desk) == before


def test_rules_are_verified(run: Run) -> None:
    outcome = run("rules", "verify", "R18.7-03", "R16.6-02", "R18.7-03")
    assert (outcome.code, outcome.err) == (0, "")
    assert [line.split("\t")[0] for line in outcome.out.splitlines()] == ["R18.7-03", "R16.6-02"]
    assert outcome.out.count("全部一致") == outcome.out.count("误报 0，漏报 0") == 2


def test_all_rules_are_verified_where_none_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def proved(_policy: object, compiled: CompiledRule) -> Proof:
        removals = Removals(tried=0, refused=0, accusations=(), silenced=())
        return Proof(rule=compiled.rule.id, examples={}, problems=(), combinations=0, removals=removals)

    monkeypatch.setattr(rules, "prove", proved)
    outcome = run("rules", "verify")
    assert [line.split("\t")[0] for line in outcome.out.splitlines()] == [
        each.stem for each in sorted((PACK / "rules").glob("*.yaml"))
    ]


# --- a write that fails ---------------------------------------------------------------------------------------------


def failing(error: BaseException) -> Callable[..., None]:
    def fail(*_arguments: object, **_more: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_full_disk_leaves_the_old_report_as_it_was(
    step: str, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "report.txt").write_text("yesterday's", encoding="utf-8")
    before = contents(desk)
    monkeypatch.setattr(Path, step, failing(OSError(errno.ENOSPC, "No space left on device")))
    outcome = run("check", "dossier.json", "--out", "report.txt")
    assert outcome.code == 2
    assert outcome.err == "report.txt: 写不进去：磁盘已满\n  → 换一个 --out\n"
    assert contents(desk) == before


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_an_interruption_leaves_the_old_report_as_it_was(
    step: str, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "report.txt").write_text("yesterday's", encoding="utf-8")
    before = contents(desk)
    monkeypatch.setattr(Path, step, failing(KeyboardInterrupt()))
    assert run("check", "dossier.json", "--out", "report.txt").code == 130
    assert contents(desk) == before


@pytest.mark.parametrize(
    ("code", "reason"), [(errno.EACCES, "没有写入的权限"), (errno.EROFS, "磁盘是只读的"), (errno.EIO, "磁盘读写出错")]
)
def test_a_folder_that_takes_nothing_says_why(
    code: int, reason: str, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "results").mkdir()
    monkeypatch.setattr(Path, "write_bytes", failing(OSError(code, os.strerror(code))))
    outcome = run("check", "dossier.json", "--out", "results")
    assert outcome.code == 2
    assert f"results/dossier.txt: 写不进去：{reason}" in outcome.err
    assert contents(desk / "results") == {}


def test_a_device_is_written_to_and_stays_what_it_is(desk: Path) -> None:
    (desk / "full").symlink_to("/dev/full")
    ended = finished(*program("check", "dossier.json", "--out", "full"))
    assert (ended.code, ended.err) == (2, "full: 写不进去：磁盘已满\n  → 换一个 --out\n")
    assert Path("/dev/full").is_char_device()
    assert (desk / "full").is_symlink()


def test_a_report_can_be_written_into_a_pipe(desk: Path) -> None:
    os.mkfifo(desk / "pipe")
    reading = os.open(desk / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    ended = finished(*program("check", "clean.json", "--out", "pipe"))
    assert (ended.code, ended.out) == (0, "")
    assert "检查报告" in os.read(reading, 65536).decode()
    os.close(reading)
    assert (desk / "pipe").is_fifo()


LONG_NAME = "a" * 300


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("rules", "list", "--policy", LONG_NAME), 5, "没有这个政策包文件夹"),
        (("rules", "impact", LONG_NAME, "shandong", "clean.json"), 5, "没有这个政策包文件夹"),
        (("rules", "new", "R18.8-90", "--policy", LONG_NAME), 5, "没有这个政策包文件夹"),
        (("dossier", "import", LONG_NAME, "--out", "out.json"), 4, "路径过长"),
        (("check", "clean.json", "--horizon", "5y"), 0, ""),
        (("check", "clean.json", "--horizon", "61m"), 2, "最多5年"),
    ],
)
def test_what_is_too_long_is_told_and_what_is_not_is_done(
    arguments: tuple[str, ...], code: int, told: str, desk: Path, run: Run
) -> None:
    before = contents(desk)
    outcome = run(*arguments)
    assert (outcome.code, told in outcome.err) == (code, True), outcome.err
    assert contents(desk) == before


@pytest.mark.usefixtures("desk")
def test_a_name_too_long_at_a_terminal_is_told() -> None:
    code, got = at_a_terminal("check", LONG_NAME)
    assert (code, "路径过长" in got, "Traceback" in got) == (4, True, False)


# --- streams that fail ----------------------------------------------------------------------------------------------


def finished(*command: str, **environment: str) -> Outcome:
    """Run a program to its end."""
    ended = subprocess.run(command, capture_output=True, check=False, timeout=120, env={**os.environ, **environment})
    return Outcome(code=ended.returncode, out=ended.stdout.decode(), err=ended.stderr.decode())


@pytest.mark.parametrize(
    ("redirection", "code", "told"),
    [
        ("check dossier.json >/dev/full", 2, "标准输出: 写不进去：磁盘已满\n"),
        ("check nothing.json 2>/dev/full", 4, ""),
        ("check dossier.json >&-", 1, ""),
        ("check dossier.json >&- 2>&-", 1, ""),
        ("check clean.json --out report.txt 2>&-", 0, ""),
        ("check nothing.json 2>&-", 4, ""),
    ],
)
def test_a_stream_that_is_full_or_closed_does_not_change_the_exit_code(
    redirection: str, code: int, told: str, desk: Path
) -> None:
    ended = finished("sh", "-c", f"{shlex.join(program())} {redirection}")
    assert (ended.code, ended.out, ended.err) == (code, "", told)
    assert (desk / "report.txt").exists() == ("report.txt" in redirection)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("check", "dossier.json", "clean.json"), 1), (("dossier", "schema"), 0), (("check", "--help"), 1)],
)
def test_a_reader_who_goes_away_is_no_reason_to_complain(arguments: tuple[str, ...], code: int, desk: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        program(*arguments), stdout=writing, stderr=subprocess.PIPE, check=False, timeout=120, cwd=desk
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (code, b"")


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", -signal.SIGTERM)])
def test_a_signal_ends_the_run_at_once_and_without_a_traceback(name: str, code: int, desk: Path) -> None:
    before = contents(desk)
    with terminal(*program("rules", "verify"), stdout=subprocess.PIPE) as (running, ours):
        got = b""
        while "验证 R".encode() not in got:  # the bar is there, so the work has begun
            got += os.read(ours, 65536)
        running.send_signal(signal.Signals[name])
        got += drained(ours)
        assert running.wait(timeout=10) == code
        assert running.communicate()[0] == b""
    assert b"Traceback" not in got
    assert name != "SIGINT" or got.count(b"\x1b[?25h") == got.count(b"\x1b[?25l"), "the cursor is hidden"
    assert contents(desk) == before


def test_an_interruption_while_the_program_is_loaded_ends_it_in_one_line(desk: Path) -> None:
    (desk / "slow").mkdir()
    (desk / "slow" / "typer.py").write_text(
        "import sys, time\nprint('loading', flush=True)\ntime.sleep(60)\n", encoding="utf-8"
    )
    path = os.pathsep.join((str(desk / "slow"), str(HERE.parent)))
    with subprocess.Popen(
        program("check", "dossier.json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"loading\n"
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=10)
    assert (running.returncode, told.decode()) == (130, "已中断。\n")


def test_an_interruption_of_the_work_is_told_in_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "check_dossier", failing(KeyboardInterrupt()))
    outcome = run("check", "dossier.json")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "已中断。\n")


# --- encodings and terminals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "messages"), [("gbk", "gbk"), ("ascii", "utf-8")])
@pytest.mark.thorough
def test_text_is_in_the_encoding_of_the_terminal_and_json_in_utf_8(encoding: str, messages: str, run: Run) -> None:
    command = program("check", "dossier.json", "nothing.json")
    ended = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding})
    expected = run("check", "dossier.json", "nothing.json")
    assert ended.returncode == 4
    assert ended.stdout == expected.out.encode(encoding, "replace")
    assert ended.stderr == expected.err.encode(messages, "replace")
    machine = finished(*program("check", "dossier.json", "--format", "json"), PYTHONIOENCODING=encoding)
    assert machine.out == run("check", "dossier.json", "--format", "json").out


def test_the_c_locale_stops_nothing(run: Run) -> None:
    ended = finished(*program("check", "nothing.json"), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert ended == run("check", "nothing.json")


def test_help_is_printed_in_an_encoding_without_chinese(desk: Path) -> None:
    ended = finished(*program("check", "--help"), PYTHONIOENCODING="ascii")
    assert (ended.code, ended.err) == (0, "")
    assert contents(desk).keys() == {each.name for each in EXAMPLES.glob("*.json")}


@contextlib.contextmanager
def terminal(
    *command: str, stdout: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a program with a terminal for standard error, and for standard output unless that is led elsewhere."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command, stdout=theirs if stdout is None else stdout, stderr=theirs, env={**os.environ, **(environment or {})}
    )
    os.close(theirs)
    try:
        with running:
            yield running, ours
    finally:
        os.close(ours)


def drained(ours: int) -> bytes:
    """Read all that a terminal gets."""
    got = []
    with contextlib.suppress(OSError):  # the terminal is gone as soon as no program holds it
        while piece := os.read(ours, 65536):
            got.append(piece)
    return b"".join(got)


def at_a_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command at a terminal, a wide one; give the exit code and all that the terminal got."""
    with terminal(*program(*arguments), environment={"COLUMNS": "200", **environment}) as (running, ours):
        got = drained(ours)
    return running.returncode, got.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours(run: Run) -> None:
    code, got = at_a_terminal("check", "dossier.json")
    assert code == 1
    assert "\x1b[1;31m" in got
    plain = got
    for colour in ("\x1b[1;31m", "\x1b[33m", "\x1b[36m", "\x1b[32m", "\x1b[1m", "\x1b[0m"):
        plain = plain.replace(colour, "")
    assert plain == run("check", "dossier.json").out


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_that_wants_no_colours_gets_none(environment: dict[str, str], run: Run) -> None:
    assert at_a_terminal("check", "dossier.json", **environment) == (1, run("check", "dossier.json").out)


def test_several_reports_on_a_terminal_are_whole(run: Run) -> None:
    code, got = at_a_terminal("check", "dossier.json", "clean.json", NO_COLOR="1")
    assert (code, got) == (1, run("check", "dossier.json", "clean.json").out)


class Screen(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


NAMES = ("[red]x.json", "[/y].json", "\x1b]0;owned\x07.json")


def test_progress_takes_no_orders_from_names(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    for _ in console.progress(NAMES, "检查", str):
        time.sleep(0.15)  # the bar is painted ten times a second
    shown = screen.getvalue()
    assert [
        each for each in ("检查 [red]x.json", "检查 [/y].json", "检查 〔U+001B〕]0;owned") if each not in shown
    ] == []
    assert "\x1b]0;" not in shown


def test_a_summary_at_a_terminal_takes_no_orders_from_names(desk: Path) -> None:
    for each in NAMES:
        make(desk / each, {"copy": "clean.json"})
    code, got = at_a_terminal("check", *NAMES, "--format", "json", "--out", "results/")
    assert code == 0
    assert [
        each for each in ("（[red]x.json）", "（y].json）", "（〔U+001B〕]0;owned〔U+0007〕.json）") if each not in got
    ] == []
    assert "\x1b]0;" not in got
    assert {each.name for each in (desk / "results").iterdir()} == {Path(each).name for each in NAMES}


def test_messages_on_a_terminal_stay_out_of_what_is_led_elsewhere(desk: Path, run: Run) -> None:
    with (
        (desk / "report.txt").open("wb") as report,
        terminal(*program("check", "dossier.json", "nothing.json"), stdout=report.fileno()) as (running, ours),
    ):
        got = drained(ours).decode().replace("\r\n", "\n")
    expected = run("check", "dossier.json", "nothing.json")
    assert (running.returncode, got) == (expected.code, expected.err)
    assert (desk / "report.txt").read_text(encoding="utf-8") == expected.out


def test_a_defect_of_ours_does_not_look_like_a_violation(desk: Path) -> None:
    code = "from checker import cli, site; site.check_dossier = None; cli.main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "check", "dossier.json"], cwd=desk, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 6
    assert "TypeError" in ended.stderr


def test_json_on_a_terminal_gives_it_no_orders(desk: Path) -> None:
    dossier = json.loads((desk / "dossier.json").read_text(encoding="utf-8"))
    dossier["zone"]["name_zh"] = "甲\u202e乙\x9b区"
    (desk / "hostile.json").write_text(json.dumps(dossier), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "checker", "check", "hostile.json", "--format", "json"],
        cwd=desk,
        capture_output=True,
        check=False,
    )
    shown = ended.stdout.decode()
    assert "\u202e" not in shown
    assert "\x9b" not in shown
    assert json.loads(shown)["zone"]["name"] == "甲\u202e乙\x9b区"


# --- what is loaded -------------------------------------------------------------------------------------------------


def test_a_word_loads_the_commands_that_it_begins_and_no_others() -> None:
    every = typer.main.get_command(cli.command_line()).commands  # type: ignore[attr-defined]
    words = [word for words in cli.FAMILIES.values() for word in words]
    assert sorted(every) == sorted(words)
    for word in words:
        held = typer.main.get_command(cli.command_line([word, "--help"])).commands  # type: ignore[attr-defined]
        [family] = [each for each in cli.FAMILIES.values() if word in each]
        assert sorted(held) == sorted(family)
    assert cli.GROUPS.keys() == {"dossier", "rules"}


def test_a_check_loads_nothing_that_only_other_commands_need() -> None:
    code = (
        "import sys; from checker import cli; cli.command_line(['check']);"
        "print(*(each for each in sys.modules if each.startswith('checker.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {each.split(".")[1] for each in loaded} & {"mutating", "proving", "solving", "batching", "differing"}
    assert "checker.papers.notice" not in loaded
    assert "checker.commands.rules" not in loaded


UNUSED = {
    *("asyncio", "calendar", "concurrent", "csv", "email", "html", "http", "json", "logging", "multiprocessing"),
    *("random", "secrets", "socket", "sqlite3", "tempfile", "xml", "zipfile"),
    *("babel", "chinese_calendar", "cn2an", "docx", "jinja2", "jsonschema", "numpy", "pydantic", "python_calamine"),
    *("referencing", "rich", "shapely", "stdnum", "typst", "xlsxwriter", "yaml"),
}
"""Modules that no check of a dossier in JSON needs whose report goes out as JSON, the pack being remembered."""
UNUSED_OF_OURS = {
    *("batching", "curing", "differing", "exchanging", "foresight", "linting", "mutating", "objections"),
    *("proving", "receipts", "rulebook", "solving", "study"),
}
SPARED = {
    *("checker.commands.rules", "checker.dossier.validation", "checker.papers.paper", "checker.policy.extending"),
    *("checker.policy.lint", "checker.policy.reading", "checker.policy.scaffold", "checker.reporting.columns"),
    *("checker.reporting.html", "checker.reporting.text", "checker.sheets.workbook"),
    "checker.usage",
}


def modules_of(desk: Path, *arguments: str) -> set[str]:
    """Run the command in a process of its own, and give the modules that it has loaded in the end."""
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=open('modules', 'w')));"
        f"sys.argv = ['zonecheck', *{arguments!r}]; from checker.__main__ import main; main()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=desk, capture_output=True, check=False)
    return set((desk / "modules").read_text().split())


def test_a_check_loads_no_library_that_it_does_not_use(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "cache"))
    pack = HERE.parent / "benchmarks" / "pack"
    arguments = ("check", "clean.json", "--format", "json", "--policy", str(pack))
    assert "yaml" in modules_of(desk, *arguments)
    loaded = modules_of(desk, *arguments)
    assert {"checker.checking", "checker.reporting.json", "durable_rules_engine", "msgspec", "typer"} <= loaded
    assert not {each for each in loaded if each.partition(".")[0] in UNUSED}
    assert not {each for each in loaded if each.startswith("checker.") and each.split(".")[1] in UNUSED_OF_OURS}
    assert not loaded & SPARED


def test_processes_that_remember_the_same_pack_at_once_do_not_disturb_each_other(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "cache"))
    pack = HERE.parent / "benchmarks" / "pack"
    command = [sys.executable, "-m", "checker", "check", "clean.json", "--format", "json", "--policy", str(pack)]
    for _ in range(2):
        running = [subprocess.Popen(command, cwd=desk, stdout=subprocess.PIPE) for _ in range(3)]
        said = {each.communicate()[0] for each in running}
        assert len(said) == 1
        assert json.loads(said.pop())["policy"]["id"]
        assert len(list((desk / "cache" / "zonecheck").iterdir())) == 3  # the secret, the pack, the code of its rules


def test_a_home_that_can_not_be_written_to_is_no_error(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "file"))
    pack = HERE.parent / "benchmarks" / "pack"
    command = [sys.executable, "-m", "checker", "check", "clean.json", "--format", "json", "--policy", str(pack)]
    ended = subprocess.run(command, cwd=desk, capture_output=True, check=False)
    assert json.loads(ended.stdout)["policy"]["id"]
    assert ended.stderr == b""


ENGLISH = ("Usage", "Options", "Arguments", "[required]", "[default", "<bool>", "Show this")


def test_help_is_chinese_and_whole_however_narrow_the_terminal_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[tuple[tuple[str, ...], Any]] = [((), typer.main.get_command(cli.command_line()))]
    told = 0
    while waiting:
        words, command = waiting.pop()
        below = getattr(command, "commands", {})
        waiting += [((*words, name), each) for name, each in below.items()]
        texts = [each.help or "" for each in command.params] + [each.help or "" for each in below.values()]
        texts += [command.help or "", command.epilog or ""]
        for width in ("80", "60"):
            monkeypatch.setenv("COLUMNS", width)
            shown = run(*words, "--help").out
            assert shown.count("…") == "".join(texts).count("…"), shown
            assert [each for each in ENGLISH if each in shown] == []
        told += 1
    assert told > 20
