"""Dossiers that are nearly right."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from reference.strategies import encoded as spelled
from reference.strategies import sample

from checker.dossier.loading import dossier_schema
from fuzzing.oracle import ROOT, Input
from fuzzing.trees import damaged, edited, edits, harms, text_of

NAMES = ("d.json",) * 8 + ("档案.json", "-d.json", "d..json", "\udcff.json", "a b\n.json", "..json.json", "\u202e.json")
COMMANDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    *(("check {}", (0, 1, 3, 4)),) * 4,
    *(("check {} --format json", (0, 1, 3, 4)),) * 3,
    *((f"check {{}} --format {name} --out out/", (0, 1, 3, 4)) for name in ("html", "csv", "sarif", "junit", "json")),
    ("check {} --format html --format text --format csv --format json --out out/ --mode self-audit", (0, 1, 3, 4)),
    ("check {} --lang en --format html", (0, 1, 3, 4)),
    ("check {} --lang en", (0, 1, 3, 4)),
    ("check {} --cures", (0, 1, 3, 4)),
    ("check {} --horizon 5y", (0, 1, 3, 4)),
    ("check {} --as-of 9999-12-31", (0, 1, 3, 4)),
    ("check {} --as-of 0001-01-01", (0, 1, 3, 4)),
    ("check {} --policy shandong", (0, 1, 3, 4)),
    ("explain {} R18.8-01", (0, 2, 4)),
    ("dossier lint {}", (0, 4)),
    ("dossier template --from {} --out out.xlsx", (0, 4)),
    ("notice {} --out out.html", (0, 1, 2, 3, 4)),
    ("notice {} --out out/ --format docx", (0, 1, 2, 3, 4)),
    ("ledger {} --out out.xlsx", (0, 1, 2, 3, 4)),
    ("self-report {} --out out.html", (0, 1, 2, 3, 4)),
    ("checklist {} --out out.xlsx", (0, 1, 2, 3, 4)),
    ("checklist {} --out out.docx", (0, 1, 2, 3, 4)),
    ("notice {} --out out.pdf --format pdf", (0, 1, 2, 3, 4)),
)


@cache
def sources() -> tuple[Any, ...]:
    """Give sound dossiers: the examples, small ones made at random, one that says hardly anything."""
    schema = dossier_schema().raw
    held = [json.loads((ROOT / "examples" / f"{each}.json").read_bytes()) for each in EXAMPLES]
    made = [json.loads(spelled(sample(seed, schema).dossier)) for seed in range(12)]
    least = {"meta": {"dossier_id": "D", "as_of_date": "2024-12-31"}, "zone": {"zone_id": "Z"}}
    return (*held, *made, least)


EXAMPLES = ("dossier", "clean", "incomplete", "mapped", "shandong")


def dossiers() -> st.SearchStrategy[bytes]:
    """Give the bytes of dossiers."""
    return st.builds(
        lambda source, changes, harm: damaged(text_of(edited(source, changes)), harm),
        st.integers(0, len(sources()) - 1).map(lambda number: sources()[number]),
        edits(),
        harms(),
    )


def inputs() -> st.SearchStrategy[Input]:
    """Give inputs: a dossier and a command that reads it."""
    return st.builds(_input, st.sampled_from(COMMANDS), st.sampled_from(NAMES), dossiers())


def _input(command: tuple[str, tuple[int, ...]], name: str, data: bytes) -> Input:
    words, codes = command
    arguments = [f"./{name}" if each == "{}" else each for each in words.split()]
    return Input(kind="dossier", files={name: data}, arguments=arguments, codes=frozenset(codes))


def example(name: str) -> bytes:
    """Give the bytes of an example."""
    return (Path(ROOT) / "examples" / f"{name}.json").read_bytes()
