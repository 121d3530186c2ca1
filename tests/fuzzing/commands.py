"""Command lines that nobody meant: any words after any command, in a folder of all sorts of files."""

from functools import cache
from typing import Any

import typer.main
from hypothesis import strategies as st

from checker.cli import command_line
from fuzzing.dossiers import example
from fuzzing.oddities import DAYS, PAYLOADS
from fuzzing.oracle import Input
from fuzzing.reports import sources as reports
from fuzzing.trees import text_of
from fuzzing.workbooks import sources as workbooks

FILES = (
    "d.json",
    "e.json",
    "bad.json",
    "r.json",
    "b.xlsx",
    "t.csv",
    "a.toml",
    "\udcff.json",
    "empty",
    "pack/policy.yaml",
)
LINKS = {"link.json": "d.json", "out-of-here": "/etc", "loop": "loop", "nowhere": "/nonexistent/x", "zero": "/dev/zero"}
PATHS = (
    *FILES,
    *LINKS,
    *("pack", ".", "..", "/", "-", "/dev/null", "/dev/full", "/etc/passwd"),
    *("/proc/self/mem", "nothing.json", "out/", "out.html"),
    *("out.json", "out.xlsx", "out.docx", "out.pdf", "out.csv", "out/x.json"),
    *("d.json/x", "loop/x", "a" * 300, "a" * 300 + ".xlsx"),
    *("x/" * 100 + "y.json", "~", "*.json", "\udcff", "\u202e", "\x1b[31m", "a\nb", " "),
    *("", "--", "-x", "--out", "b.XLSX"),
)  # fmt: skip
WORDS = (
    *("2024-12-31", "0001-01-01", "9999-12-31", "2024-2-3", "x", "R18.8-01", "R16.4-01@G1", "R99.9-99"),
    *("L01", "all", "text", "json"),
    *("html", "csv", "docx", "pdf", "xlsx", "notice", "ledger", "checklist", "zh"),
    *("en", "EN", "inspection", "self-audit", "zone"),
    *("180d", "6m", "1y", "0", "-1", "1e9", "NaN", "inf", "９d"),
    *("parcels", "18.8", "local_government", "guobanfa-2014-54", "shandong"),
    *DAYS,
    *PAYLOADS,
)  # fmt: skip
EVERY = frozenset({0, 1, 2, 3, 4, 5})
LONG_AT_WORK = {("rules", "verify"), ("rules", "mutate"), ("rules", "prove")}
"""What these do of a whole pack takes minutes; they are given a rule."""


@cache
def commands() -> tuple[tuple[tuple[str, ...], tuple[tuple[str, bool], ...]], ...]:
    """Give the commands, each with its options and whether an option stands alone."""
    return tuple(_walked(typer.main.get_command(command_line()), ()))


def _walked(command: Any, path: tuple[str, ...]) -> Any:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _walked(inner, (*path, name))
    else:
        options = [each for each in command.params if each.param_type_name == "option"]
        yield path, tuple((name, bool(each.is_flag)) for each in options for name in (*each.opts, *each.secondary_opts))


def inputs() -> st.SearchStrategy[Input]:
    """Give inputs: a command line, and a folder of files."""
    return st.sampled_from(commands()).flatmap(_of)


def _of(command: tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]) -> st.SearchStrategy[Input]:
    path, options = command
    words = st.one_of(
        st.sampled_from(PATHS), st.sampled_from(WORDS), st.sampled_from(FILES), st.text(min_size=1, max_size=6)
    )
    values = words.filter(lambda each: "\0" not in each)
    given = [st.tuples(st.just(name)) if is_alone else st.tuples(st.just(name), values) for name, is_alone in options]
    asked = st.lists(st.one_of(*given), max_size=4) if given else st.just([])
    return st.builds(
        lambda arguments, chosen: _input((*path, *_first(path), *arguments, *(each for one in chosen for each in one))),
        st.lists(values, max_size=3),
        asked,
    )


def _first(path: tuple[str, ...]) -> tuple[str, ...]:
    return ("R18.8-01",) if path in LONG_AT_WORK else ()


def _input(arguments: tuple[str, ...]) -> Input:
    return Input(
        kind="commands",
        files=_files(),
        links=LINKS,
        arguments=[each for each in arguments if "\0" not in each],
        codes=EVERY,
        is_aimless=True,
    )


@cache
def _files() -> dict[str, bytes]:
    made = (example("dossier"), example("clean"), b'{"meta": 1', text_of(reports()[0]), workbooks()[0])
    rest = (b"a,b\n1,2\n", b'name = "x"\n', example("clean"), b"", b"id: x\n")
    return dict(zip(FILES, (*made, *rest), strict=True))
