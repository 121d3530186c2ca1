"""Saved reports that are nearly right: totals that are wrong, ids that lead nowhere, groups that hold each other."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from reference.program import shipped_policy

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.reporting import FORMATS
from fuzzing.dossiers import EXAMPLES, example
from fuzzing.oracle import Input
from fuzzing.trees import Edit, damaged, edited, edits, harms, spots, text_of

RENDERED = frozenset({0, 1, 3, 4})
PAPERS = RENDERED | {2}
COMMANDS: tuple[tuple[str, frozenset[int]], ...] = (
    *(("render r.json", RENDERED),) * 3,
    *((f"render r.json --format {name}", RENDERED) for name in ("html", "json", "csv", "sarif", "junit")),
    ("render r.json --format html --lang en", PAPERS),
    ("render r.json --mode self-audit", RENDERED),
    ("render r.json --format html --format json --format csv --out out/", RENDERED),
    ("render r.json --format notice --out out/", PAPERS),
    ("render r.json --format notice-docx --out out/", PAPERS),
    ("render r.json --format ledger --out out/", PAPERS),
    ("render r.json --format checklist-xlsx --out out/", PAPERS),
    ("render r.json --format checklist-docx --out out/", PAPERS),
    ("render r.json --format self-report --out out/", PAPERS),
    ("render r.json --format notice-pdf --out out/", PAPERS),
)


@cache
def sources() -> tuple[Any, ...]:
    """Give reports on the examples, without most of what is never edited."""
    schema = dossier_schema()
    held = (check(shipped_policy(), load_dossier(example(each), "d.json", schema)) for each in EXAMPLES)
    return tuple(json.loads(FORMATS["json"](each)) for each in held)


def inputs() -> st.SearchStrategy[Input]:
    """Give inputs: a saved report and a command that makes something of it."""
    return st.builds(
        _input,
        st.sampled_from(COMMANDS),
        st.integers(0, len(EXAMPLES) - 1),
        edits(4),
        st.lists(
            st.tuples(st.sampled_from(sorted(SUITED)), st.integers(0, 1 << 20), st.integers(0, 1 << 20)), max_size=3
        ),
        st.booleans(),
        harms(),
    )


def _input(
    command: tuple[str, frozenset[int]],
    number: int,
    changes: list[Edit],
    suited: list[tuple[str, int, int]],
    is_suited: bool,
    harm: str,
) -> Input:
    words, codes = command
    made = edited(sources()[number], () if is_suited and suited else changes)
    for name, at, other in suited:
        _suit(made, name, at, other)
    files = {"r.json": damaged(text_of(made), harm)}
    return Input(kind="report", files=files, arguments=words.split(), codes=codes)


SUITED: Mapping[str, tuple[Any, ...]] = {
    "integer": (0, -1, 1, 10**17, 999_999_999_999_999_999, 2**31),
    "day": ("0001-01-01", "9999-12-31", "2024-02-29"),
    "figure": ("0", "-0", "1" * 40, "0." + "1" * 40, "-999999999999999999999999", "1e5"),
    "text": ("", "x", "=1+1", "\u202e", "<b>", "甲" * 5_000, "\0", "\U0010ffff", "a\nb", "R18.8-01", "zone"),
    "id": (),
    "null": (None,),
    "empty": ([], {}),
}
"""What may stand in place of a value of its kind, so that the schema has nothing against it."""


def _suit(document: Any, name: str, at: int, other: int) -> None:
    """Put something of the same kind somewhere; an `id` is one that stands elsewhere under the same key."""
    held = [path for path in spots(document) if _is(name, _at(document, path), path)]
    if not held:
        return
    path = held[at % len(held)]
    choices: tuple[Any, ...] = SUITED[name]
    if name == "id":
        choices = tuple(_at(document, each) for each in held if each[-1] == path[-1]) or ("x",)
    _at(document, path[:-1])[path[-1]] = choices[other % len(choices)]


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def _is(name: str, value: Any, path: tuple[Any, ...]) -> bool:
    match name:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "day":
            return isinstance(value, str) and len(value) == 10 and value[4:5] == "-"
        case "figure":
            return isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdigit()
        case "text" | "null":
            return isinstance(value, str)
        case "id":
            return str(path[-1]) in {"id", "group", "absorbed_by", "rule", "findings", "clause"} and isinstance(
                value, str
            )
    return isinstance(value, list | dict)
