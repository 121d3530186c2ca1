"""What a command line holds is read as typer would read it, whoever reads it."""

import os
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException

from checker import cli
from checker.arguments import read_plainly

LINES = [
    "check a.json",
    "check a.json b.json --format json --format html --out - --as-of 2024-12-31",
    "check a.json --mode self-audit --policy guobanfa-2014-54 --horizon 1y --cures --lang en --receipt r.json",
    "check folder",
    "check --mode SELF-AUDIT a.json",
    "check --mode nothing a.json",
    "check --format nothing a.json",
    "check --as-of 2024-02-30 a.json",
    "check --as-of 20241231 a.json",
    "check",
    "check locked.json",
    "check --lang",
    "explain a.json R1",
    "explain a.json",
    "explain a.json ''",
    "batch folder --workers 2 --out out",
    "batch folder --workers two",
    "rules prove --seconds 0.5",
    "rules prove --seconds 0",
    "rules list",
    "rules show R18.8-01 --policy .",
    "dossier schema",
    "diff a.json b.json",
    "notice a.json --party zone --format docx",
    "notice a.json --party nobody",
]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "locked.json").write_text("{}", encoding="utf-8")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, *more: "locked" not in str(path) and access(path, *more))
    monkeypatch.chdir(tmp_path)


def told(line: str, *, plainly: bool) -> object:
    """Give the arguments that a command would be called with, or what is wrong with them."""
    command: Any = typer.main.get_command(cli.command_line())
    if plainly:
        read_plainly(command)
    words = [each.strip("'") for each in line.split()]
    context = None
    try:
        while hasattr(command, "commands"):
            word, *words = words
            command = command.commands[word]
        context = command.make_context("zonecheck", words, parent=context)
    except TyperException as error:
        return type(error), error.format_message()
    return context.params


@pytest.mark.parametrize("line", LINES)
def test_what_is_read_plainly_is_what_typer_reads(line: str) -> None:
    assert told(line, plainly=True) == told(line, plainly=False)


def test_a_parameter_that_asks_for_more_is_left_to_typer() -> None:
    app = typer.Typer()

    @app.command()
    def command(
        there: Path = typer.Option(..., exists=True),  # noqa: B008 - as typer has it
        doubled: str = typer.Option("", parser=lambda value: 2 * value),
        called: str = typer.Option("", callback=lambda value: value.upper()),
    ) -> None: ...

    found: Any = typer.main.get_command(app)
    read_plainly(found)
    given = found.make_context("x", ["--there", "a.json", "--doubled", "ab", "--called", "ab"]).params
    assert given == {"there": Path("a.json"), "doubled": "abab", "called": "AB"}
    with pytest.raises(TyperException, match="does not exist"):
        found.make_context("x", ["--there", "nowhere.json"])
