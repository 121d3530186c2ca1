"""Receipts: the same inputs give the same bytes, and whatever was changed since is found and named."""

import json
import random
import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from packs import copied
from reference.program import PACK, shipped_policy
from test_cli import Outcome, Run, desk, modules_of, run

from checker import receipts
from checker.checking import check
from checker.commands import receipts as command
from checker.dossier.loading import dossier_schema, load_dossier
from checker.errors import ReceiptError
from checker.libraries import IN_A_REPORT, installed
from checker.model import Mode
from checker.receipts import Compared, Program, Receipt
from checker.reporting import FORMATS
from checker.resources import folder, own_files

__all__ = ["desk", "run"]

EXAMPLES = Path(__file__).parents[1] / "examples"
SCHEMA = json.loads((folder("schemas") / "receipt.schema.json").read_bytes())
PROGRAM = Program(name="zonecheck", version="1.2.3", sha256="0" * 64, libraries={"msgspec": "1"})
MADE = ("check", "dossier.json", "--format", "html", "--format", "json", "--out", "out/", "--receipt", "r.json")


@cache
def held(mode: Mode = Mode.INSPECTION) -> Receipt:
    dossier = load_dossier((EXAMPLES / "dossier.json").read_bytes(), "dossier.json", dossier_schema())
    report = check(shipped_policy(), dossier, mode=mode)
    files = receipts.rendered(report, ("json", "csv"))
    return receipts.receipt(report, dossier, shipped_policy(), PROGRAM, files)


def verify(run: Run, *more: str, dossier: str = "dossier.json") -> Outcome:
    return run("verify", "r.json", dossier, *more)


def flip(path: Path, place: int | None = None) -> None:
    """Change one byte of a file into another letter or digit."""
    data = bytearray(path.read_bytes())
    where = len(data) // 2 if place is None else place
    data[where] = ord("1") if data[where] != ord("1") else ord("2")
    path.write_bytes(bytes(data))


# --- a receipt ------------------------------------------------------------------------------------------------------


def test_a_receipt_is_what_its_schema_says_and_is_read_as_it_was() -> None:
    data = receipts.document(held())
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(data))
    assert receipts.read(data, "r.json") == held()
    assert list(SCHEMA["properties"]["reports"]["items"]["properties"]["format"]["enum"]) == list(FORMATS)


def test_the_same_inputs_give_the_same_bytes_wherever_they_lie(desk: Path, run: Run) -> None:
    run(*MADE)
    (desk / "deep").mkdir()
    shutil.copy("dossier.json", "deep/dossier.json")
    run("check", str(desk / "deep" / "dossier.json"), *MADE[2:6], "--out", str(desk / "x"), "--receipt", "deep/r.json")
    assert (desk / "r.json").read_bytes() == (desk / "deep" / "r.json").read_bytes()


def test_a_receipt_tells_of_no_clock_path_or_machine(desk: Path, run: Run) -> None:
    run(*MADE)
    text = (desk / "r.json").read_text(encoding="utf-8")
    assert str(desk) not in text
    assert "out/" not in text
    assert set(json.loads(text)) == set(SCHEMA["properties"])


def test_a_receipt_changes_nothing_else(desk: Path, run: Run) -> None:
    with_receipt = run(*MADE)
    first = {path.name: path.read_bytes() for path in (desk / "out").iterdir()}
    without = run(*MADE[:-2])
    assert {path.name: path.read_bytes() for path in (desk / "out").iterdir()} == first
    assert (with_receipt.code, with_receipt.out) == (without.code, without.out)


def test_the_program_is_known_by_its_modules_schemas_and_templates() -> None:
    names = [name for name, _ in own_files()]
    assert names == sorted(names)
    assert {"checker/receipts.py", "schemas/receipt.schema.json", "reports/report.html.j2"} <= set(names)
    assert not [name for name in names if "policies" in name or name.endswith(".pyc")]
    files = [("a", b"1"), ("b", b"2")]
    for other in ([("a", b"1"), ("b", b"3")], [("a", b"1")], [("a", b"1b"), ("", b"2")], [("b", b"1"), ("a", b"2")]):
        assert receipts.program_of(files, "1", {}) != receipts.program_of(other, "1", {})


@pytest.mark.parametrize("mode", Mode)
def test_a_receipt_says_how_the_report_was_made(mode: Mode) -> None:
    assert held(mode).mode is mode
    assert held(mode).sha256 == held().sha256
    if mode is not Mode.INSPECTION:
        assert held(mode).reports != held().reports


# --- what was changed is found --------------------------------------------------------------------------------------


def test_what_was_not_changed_is_the_same(desk: Path, run: Run) -> None:
    run(*MADE)
    outcome = verify(run, "out/dossier.html", "out/dossier.json")
    assert (outcome.code, outcome.err) == (0, "")
    assert "不同" not in outcome.out
    assert outcome.out.endswith("结论：全部相同\n")
    shutil.move(desk / "dossier.json", desk / "又名.json")
    assert verify(run, dossier="又名.json") == verify(run, dossier="又名.json")
    assert verify(run, dossier="又名.json").code == 0


@pytest.mark.parametrize(
    "more", [("--mode", "self-audit"), ("--lang", "en"), ("--horizon", "90d"), ("--cures",)], ids=str
)
def test_what_else_was_asked_for_is_done_again(more: tuple[str, ...], desk: Path, run: Run) -> None:
    own = ("--policy", packed(desk).name)
    run("check", "dossier.json", "--format", "json", "--out", "o.json", "--receipt", "r.json", *own, *more)
    run("check", "dossier.json", "--format", "json", "--out", "plain.json", *own)
    assert (desk / "o.json").read_bytes() != (desk / "plain.json").read_bytes()
    assert verify(run, "o.json", *own).code == 0
    assert verify(run, "plain.json", *own).code == 1


def test_a_changed_dossier_is_named_and_no_report_made_of_it(desk: Path, run: Run) -> None:
    run(*MADE)
    path = desk / "dossier.json"
    path.write_text(path.read_text("utf-8").replace("装备制造项目", "装备制造项目 ", 1), encoding="utf-8")
    outcome = verify(run, "out/dossier.html")
    assert outcome.code == 1
    assert "不同  档案：" in outcome.out
    assert "未比  报告 html：" in outcome.out
    assert "相同  报告文件 dossier.html：与收据所列的 html 逐字节相同" in outcome.out
    assert "结论：有1处不同" in outcome.out


@pytest.mark.parametrize("place", [0.1, 0.35, 0.6, 0.9])
def test_a_flipped_byte_of_a_dossier_never_passes(place: float, desk: Path, run: Run) -> None:
    run(*MADE)
    path = desk / "dossier.json"
    flip(path, int(path.stat().st_size * place))
    assert verify(run).code in {1, 4}


def test_a_flipped_byte_of_a_report_is_shown_by_its_place(desk: Path, run: Run) -> None:
    run(*MADE)
    flip(desk / "out" / "dossier.html", 5000)
    outcome = verify(run, "out/dossier.html", "out/dossier.json")
    assert outcome.code == 1
    assert "不同  报告文件 dossier.html：与收据所列的 html 不同：从第 5001 个字节" in outcome.out
    assert "相同  报告文件 dossier.json：" in outcome.out
    assert "结论：有1处不同" in outcome.out


def test_a_file_that_is_no_report_of_this_check_is_told(desk: Path, run: Run) -> None:
    run(*MADE)
    (desk / "other.txt").write_bytes(b"\x00\xff")
    outcome = verify(run, "other.txt")
    assert outcome.code == 1
    assert "不是收据所列的任何一份（html、json）" in outcome.out


def packed(desk: Path) -> Path:
    """Lay a pack of one rule on the desk."""
    return copied(desk / "pack", "R16.6-01")


CHANGED: dict[str, tuple[tuple[str, str, str], tuple[str, ...]]] = {
    "a space in a rule": (("rules/R16.6-01.yaml", "title: ", "title:  "), ("政策包",)),
    "a figure": (("parameters.yaml", "value: 36", "value: 37"), ("政策包", "参数")),
    "a source": (("parameters.yaml", "本工具建议的核查窗口", "本工具建议的窗口"), ("政策包", "参数")),
    "a statute": (("statutes.yaml", "施行日未见", "施行日没有见到"), ("政策包",)),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_changed_pack_is_named(case: str, desk: Path, run: Run) -> None:
    (file, old, new), names = CHANGED[case]
    pack = packed(desk)
    run("check", "dossier.json", "--policy", "pack", "--format", "json", "--out", "o.json", "--receipt", "r.json")
    assert verify(run, "--policy", "pack").code == 0
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    outcome = verify(run, "--policy", "pack")
    assert outcome.code == 1
    told = [line.split()[1].partition("：")[0] for line in outcome.out.splitlines() if line.startswith("不同")]
    assert told[: len(names)] == [*names]
    assert "报告" in told[-1]
    assert "→ 核对 --policy 后的政策包" in outcome.out


def test_a_pack_that_does_not_ship_has_to_be_named(desk: Path, run: Run) -> None:
    pack = packed(desk)
    text = (pack / "policy.yaml").read_text(encoding="utf-8")
    (pack / "policy.yaml").write_text(text.replace("id: guobanfa-2014-54", "id: own", 1), encoding="utf-8")
    run("check", "dossier.json", "--policy", "pack", "--format", "json", "--out", "o.json", "--receipt", "r.json")
    outcome = verify(run)
    assert outcome.code == 2
    assert "没有随附的政策包 own" in outcome.err
    assert verify(run, "--policy", "pack").code == 0


def test_another_version_of_the_program_is_verified_as_far_as_possible(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*MADE)
    monkeypatch.setattr(command, "__version__", "9.9.9")
    monkeypatch.setattr("checker.checking.__version__", "9.9.9")
    outcome = verify(run, "out/dossier.html")
    assert outcome.code == 1
    assert "不同  程序：" in outcome.out
    assert "现在 zonecheck 9.9.9" in outcome.out.replace("\n      ", "")
    assert "相同  报告 html：" in outcome.out
    assert "结论：有1处不同" in outcome.out


def test_other_files_under_the_same_version_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*MADE)
    monkeypatch.setattr(command, "own_files", lambda: [("checker/x.py", b"")])
    outcome = verify(run)
    assert outcome.code == 1
    assert "版本号相同，程序文件不同" in outcome.out


def test_another_library_is_named_with_both_versions(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*MADE)
    others = {**installed(), "chinesecalendar": "9.9"}
    others.pop("msgspec")
    monkeypatch.setattr(command, "installed", lambda: others)
    outcome = verify(run, "out/dossier.html")
    told = outcome.out.replace("\n      ", "")
    assert outcome.code == 1
    assert f"不同  程序库：chinesecalendar 收据 {installed()['chinesecalendar']}，现在 9.9；msgspec 收据" in told
    assert "相同  报告 html：" in told
    assert "结论：有1处不同" in told


def named(distribution: str) -> str:
    return re.sub("[-_.]+", "-", distribution).lower()


def test_the_libraries_named_are_those_that_a_check_loads_for_its_reports(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what takes orders has no part in a report."""
    monkeypatch.setenv("ZONECHECK_CACHE", "off")
    project = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {named(re.split("[=<>]", each)[0]) for each in project["dependencies"]}
    formats = [word for each in FORMATS for word in ("--format", each)]
    loaded = {each.partition(".")[0] for each in modules_of(desk, "check", "dossier.json", "--out", "out/", *formats)}
    assert len(list((desk / "out").iterdir())) == len(FORMATS)
    homes = packages_distributions()
    distributions = {named(each) for module in loaded for each in homes.get(module, ())}
    assert declared & distributions - {"typer"} == {*map(named, IN_A_REPORT)}


# --- a receipt that was changed -------------------------------------------------------------------------------------


def test_a_flipped_byte_of_a_receipt_never_passes(desk: Path, run: Run) -> None:
    """Wherever it is: what is not refused, differs from what is made again."""
    run("check", "dossier.json", "--format", "json", "--out", "o.json", "--receipt", "r.json")
    data = (desk / "r.json").read_bytes()
    assert verify(run).code == 0
    dice = random.Random(7)  # noqa: S311 - no secret
    seen = set()
    for place in dice.sample(range(len(data)), 60):
        flip(desk / "r.json", place)
        try:
            receipts.read((desk / "r.json").read_bytes(), "r.json")
        except ReceiptError:
            seen.add(4)
        else:
            outcome = verify(run)
            assert outcome.code in {1, 2}, data[max(0, place - 40) : place + 10]
            seen.add(1)
        (desk / "r.json").write_bytes(data)
    assert seen == {1, 4}


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another day": lambda held: held.update(as_of="2024-06-30"),
    "another mode": lambda held: held.update(mode="self-audit"),
    "another language": lambda held: held.update(language="en"),
    "another name": lambda held: held["dossier"].update(file="/etc/passwd"),
    "another zone": lambda held: held["dossier"].update(id="别的档案"),
    "looking ahead": lambda held: held.update(horizon="30d"),
    "another format of the report": lambda held: held.update(report_format="1.0"),
    "another pack of the name": lambda held: held["policy"].update(title="别的文件"),
    "a pack below": lambda held: held["policy"].update(extends={**held["policy"]}),
    "another program": lambda held: held["tool"].update(name="another"),
    "another library": lambda held: held["tool"]["libraries"].update(msgspec="0"),
    "cells": lambda held: held["dossier"].update(cells="0" * 64),
    "a format more": lambda held: held["reports"].append({**held["reports"][0], "format": "csv"}),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_receipt_differs_from_what_is_made_again(case: str, desk: Path, run: Run) -> None:
    own = ("--policy", packed(desk).name)
    run("check", "dossier.json", "--format", "json", "--out", "o.json", "--receipt", "r.json", *own)
    whole = json.loads((desk / "r.json").read_bytes())
    FORGED[case](whole)
    (desk / "r.json").write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    outcome = verify(run, *own)
    assert outcome.code == 1, outcome
    assert "不同" in outcome.out


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "a number": b"1",
    "a dossier": (EXAMPLES / "clean.json").read_bytes(),
    "deep": b'{"policy":' * 5000,
    "deep lists": b"[" * 60_000,
    "large": b" " * 70_000,
    "a long number": b'{"report_format": ' + b"9" * 10_000 + b"}",
    "twice": b'{"mode": "inspection", "mode": "inspection"}',
    "another schema": receipts.document(held()).replace(b'"schema_version": "1.0"', b'"schema_version": "2.0"'),
    "half a character": receipts.document(held()).replace(b'"dossier.json"', b'"\\ud800"'),
    "a key more": receipts.document(held()).replace(b'"mode"', b'"path": "/etc/passwd",\n  "mode"'),
    "no report": receipts.document(replace(held(), reports=())),
    "no such day": receipts.document(held()).replace(b"2024-12-31", b"2024-02-31"),
    "other spaces": receipts.document(held()).replace(b"\n", b"\r\n"),
    "a mark before it": b"\xef\xbb\xbf" + receipts.document(held()),
    "packs below packs": receipts.document(held()).replace(
        b'"policy": {', b'"policy": {"extends": ' + b'{"extends": ' * 900 + b"{}" + b"}" * 900 + b", "
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_receipt_ends_with_4_in_a_line(case: str, desk: Path, run: Run) -> None:
    (desk / "r.json").write_bytes(HOSTILE[case])
    outcome = verify(run)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("r.json")
    assert "Traceback" not in outcome.err


def test_nothing_that_a_receipt_names_is_opened(desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*MADE)
    whole = json.loads((desk / "r.json").read_bytes())
    whole["dossier"]["file"] = "evil"
    (desk / "r.json").write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (desk / "evil").mkdir()
    (desk / PACK.name).mkdir()  # where a folder of the name of the pack stands, the shipped one is still meant
    opened: list[str] = []
    plain = Path.read_bytes

    def noted(path: Path) -> bytes:
        opened.append(str(path))
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    assert verify(run).code == 1
    assert not [each for each in opened if "evil" in each or each.startswith(PACK.name)]


# --- where receipts go ----------------------------------------------------------------------------------------------


def test_several_dossiers_have_a_receipt_each(desk: Path, run: Run) -> None:
    run("check", "dossier.json", "clean.json", "--format", "csv", "--out", "out/", "--receipt", "receipts/")
    for name in ("dossier", "clean"):
        outcome = run("verify", f"receipts/{name}.receipt.json", f"{name}.json", f"out/{name}.csv")
        assert outcome.code == 0, outcome
    assert len(list((desk / "receipts").iterdir())) == 2


def test_a_receipt_of_what_was_shown_at_the_terminal_is_of_the_text(run: Run) -> None:
    shown = run("check", "dossier.json", "--receipt", "r.json")
    Path("shown.txt").write_bytes(shown.out.encode())
    assert verify(run, "shown.txt").code == 0


def test_no_receipt_is_written_of_a_dossier_that_is_refused(desk: Path, run: Run) -> None:
    (desk / "bad.json").write_text("{", encoding="utf-8")
    assert run("check", "bad.json", "--receipt", "r.json").code == 4
    assert not (desk / "r.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("dossier.json", "--receipt", "dossier.json"),
        ("dossier.json", "--format", "json", "--out", "o.json", "--receipt", "o.json"),
        ("dossier.json", "clean.json", "--out", "out/", "--receipt", "r.json"),
    ],
    ids=str,
)
def test_a_receipt_never_takes_the_place_of_something_else(arguments: tuple[str, ...], desk: Path, run: Run) -> None:
    before = (desk / "dossier.json").read_bytes()
    outcome = run("check", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert (desk / "dossier.json").read_bytes() == before


def test_the_way_out_stands_with_every_difference() -> None:
    other = replace(held(), sha256="1" * 64, parameters="2" * 64, cells="3" * 64, program=PROGRAM, report_format="2")
    told: list[Compared] = [*receipts.compare(held(), other, policy=False)]
    assert [each.what for each in told if each.is_same is False] == ["档案", "单元格对照", "参数", "报告格式"]
    assert all(each.way_out for each in told if each.is_same is False)
