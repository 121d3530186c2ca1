"""Whatever stands in a dossier: it is refused in words, or checked and told safely; never a traceback, never for long.

Dossiers are broken at random, the same ones in every run; `MUTANTS` and `SEED` say how many and which.
"""

import copy
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from decoding import spots
from fuzzing.oddities import DAYS, IDS, KINDS, LONG, NUMBERS, PAYLOADS, REAL_DAYS, SPELLED, USABLE, Raw, encoded
from jsonschema import Draft202012Validator
from pace import assert_bearable
from reference.program import shipped_policy

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.dossier.records import exact, read
from checker.dossier.validation import _Asked, problems_of
from checker.errors import DossierError, listed
from checker.papers import notice
from checker.reporting import FORMATS, explain
from checker.reporting.wording import visible
from checker.resources import folder

ROOT = Path(__file__).parents[1]
SCHEMA = dossier_schema()
PLAIN = Draft202012Validator(SCHEMA.raw)
REPORT = jsonschema_rs.Draft202012Validator(json.loads((folder("schemas") / "report.schema.json").read_bytes()))
MUTANTS, FEW_MUTANTS, SEED = 60, 20, 54
LONGEST = 5.0
MOST_TOLD = 200_000
MOST_MEMORY = 500_000_000
NAME = "\x1b[31m<d>.json"

# --- dossiers to break ----------------------------------------------------------------------------------------------


@cache
def sources() -> tuple[bytes, ...]:
    """Give a few sound dossiers: small ones, and a part of the realistic one."""
    realistic = json.loads((ROOT / "examples/realistic/dossier.json").read_bytes())
    cut: dict[str, Any] = {name: each[:12] if isinstance(each, list) else each for name, each in realistic.items()}
    cut["evidence"] = realistic["evidence"][:40]
    held = {value for path in spots(cut) if path and path[0] != "claims" and isinstance(value := at(cut, path), str)}
    cut["claims"] = [each for each in realistic["claims"] if each.get("subject_id", "zone") in held]
    for declared in cut["meta"]["completeness"].values():
        declared.pop("count", None)
    return (
        (ROOT / "examples/dossier.json").read_bytes(),
        (ROOT / "tests/dossiers/sound.json").read_bytes(),
        json.dumps(cut, ensure_ascii=False, indent=1).encode(),
    )


# --- what breaks them -----------------------------------------------------------------------------------------------


def odd(chance: random.Random) -> Any:
    """Give something that hardly belongs where it is put."""
    match chance.randrange(12):
        case 0 | 1:
            return chance.choice(KINDS)
        case 2 | 3:
            return Raw(chance.choice(NUMBERS))
        case 4 | 5:
            return chance.choice(DAYS)
        case 6:
            return Raw(chance.choice(SPELLED))
        case 7 if chance.random() < 0.2:
            return chance.choice(LONG)
        case 8:
            depth = chance.choice((3, 39, 41, 1_000))
            return Raw(chance.choice(("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth)))
        case _:
            return chance.choice(PAYLOADS)


def at(dossier: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        dossier = dossier[step]
    return dossier


def suited(chance: random.Random, value: Any) -> Any:
    """Give something odd of the kind that stands there, which may well be valid."""
    match value:
        case bool():
            return chance.choice((None, not value))
        case int() | float():
            return Raw(chance.choice(USABLE))
        case str() if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value):
            return chance.choice(REAL_DAYS)
        case str() if not value.isascii():
            return chance.choice(PAYLOADS)
        case _:
            return value


def replaced(chance: random.Random, dossier: Any) -> None:
    for _ in range(chance.choice((1, 1, 2, 5))):
        path = chance.choice(list(spots(dossier))[1:])
        holder = at(dossier, path[:-1])
        holder[path[-1]] = odd(chance)


def suitably_replaced(chance: random.Random, dossier: Any) -> None:
    """Put what is odd and may be valid in many places, so that much of it gets as far as a report."""
    share = chance.choice((0.02, 0.2, 0.6))
    for path in [each for each in spots(dossier) if len(each) > 1 and each[0] != "meta"]:
        value = at(dossier, path)
        if chance.random() < share and not isinstance(value, (dict, list)) and path[-1] != "days":
            at(dossier, path[:-1])[path[-1]] = suited(chance, value)


def texts_replaced(chance: random.Random, dossier: Any) -> None:
    """Put payloads into everything that people may write as they like."""
    payload = chance.choice(PAYLOADS)
    for path in list(spots(dossier)):
        value = at(dossier, path)
        free = isinstance(value, str) and not value.isascii()
        if free and chance.random() < 0.7:
            at(dossier, path[:-1])[path[-1]] = payload if chance.random() < 0.8 else chance.choice(PAYLOADS)


def ids_replaced(chance: random.Random, dossier: Any) -> None:
    """Give records ids that mean something elsewhere, wherever they are referred to."""
    names = [path for path in spots(dossier) if path and str(path[-1]).endswith("_id")]
    ids = sorted({value for path in names if isinstance(value := at(dossier, path), str)})
    forms = IDS if chance.random() < 0.9 else (*IDS, "{}#", "{} x", "{}\n", "-")
    new = {each: chance.choice(forms).format(each) for each in ids}
    for path in list(spots(dossier)):
        value = at(dossier, path)
        if isinstance(value, str) and value in new:
            at(dossier, path[:-1])[path[-1]] = new[value]


def nulled(chance: random.Random, dossier: Any) -> None:
    share = chance.choice((0.02, 0.3, 1.0))
    for path in [each for each in spots(dossier) if each]:
        value = at(dossier, path)
        kept = isinstance(value, (dict, list)) or str(path[-1]).endswith("_id") or path[-1] == "as_of_date"
        if not kept and chance.random() < share:
            at(dossier, path[:-1])[path[-1]] = None


def days_replaced(chance: random.Random, dossier: Any) -> None:
    share = chance.choice((0.1, 0.5, 1.0))
    ends = ("0001-01-01", "9999-12-31", "2024-02-29")
    for path in list(spots(dossier)):
        value = at(dossier, path)
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) and chance.random() < share:
            at(dossier, path[:-1])[path[-1]] = chance.choice(
                REAL_DAYS if chance.random() < 0.5 and path[0] != "meta" else ends
            )


def emptied(chance: random.Random, dossier: Any) -> None:
    for name in list(dossier):
        if isinstance(dossier[name], list) and chance.random() < 0.4:
            dossier[name] = chance.choice(([], None, {}))


def turned(chance: random.Random, dossier: Any) -> None:
    """Turn lists into objects and objects into lists."""
    for path in chance.sample([each for each in spots(dossier) if each], 3):
        try:
            holder, value = at(dossier, path[:-1]), at(dossier, path)
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(value, list):
            holder[path[-1]] = {str(number): each for number, each in enumerate(value)}
        elif isinstance(value, dict):
            holder[path[-1]] = list(value.values()) if chance.random() < 0.5 else [value]
        else:
            holder[path[-1]] = chance.choice(([value], {"value": value}))


TREES: tuple[Callable[[random.Random, Any], None], ...] = (
    replaced,
    suitably_replaced,
    texts_replaced,
    ids_replaced,
    nulled,
    days_replaced,
    emptied,
    turned,
)


def with_a_key_twice(chance: random.Random, data: bytes) -> bytes:
    found = chance.choice(list(re.finditer(rb'"[a-z_]+": ', data)))
    value = chance.choice((b"null", b"1", b'"x"', b"[]", b"{}", b"tru"))
    return data[: found.start()] + found.group() + value + b", " + data[found.start() :]


def with_other_bytes(chance: random.Random, data: bytes) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 30))):
        where = chance.randrange(len(broken))
        match chance.randrange(4):
            case 0:
                broken[where] ^= 1 << chance.randrange(8)
            case 1:
                broken[where : where + 1] = chance.choice((b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\0", b""))
            case 2:
                del broken[where : where + chance.choice((1, 10, 1_000))]
            case _:
                broken[where:where] = broken[where : where + chance.choice((1, 50))]
        if not broken:
            return b""
    return bytes(broken)


def cut_short(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


BYTES = (with_a_key_twice, with_other_bytes, cut_short)
WHOLE: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: data.decode().encode("utf-16"),
    lambda data: data.decode().encode("utf-16-le"),
    lambda data: data.decode().encode("gb18030"),
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: b"\xef\xbb\xbf" * 2 + data,
    lambda data: data + data,
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b" ", "\u3000".encode()),
    lambda data: b"[" + data + b"]",
    lambda data: json.dumps(data.decode()).encode(),
    lambda data: json.dumps(json.loads(data)).encode(),
)


def mutant(chance: random.Random) -> bytes:
    data = chance.choice(sources())
    match chance.randrange(12):
        case 0:
            return chance.choice(WHOLE)(data)
        case 1 | 2:
            return chance.choice(BYTES)(chance, data)
        case _:
            dossier = copy.deepcopy(json.loads(data))
            for change in chance.sample(TREES, chance.choice((1, 1, 1, 2))):
                change(chance, dossier)
            return encoded(dossier)


# --- what must come of them -----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Gathers what a browser would do with a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "action", "data", "xlink:href"}}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(html: bytes) -> Page:
    read = Page()
    read.feed(html.decode())
    read.close()
    return read


@cache
def harmless() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Give the elements and attributes that stand on the pages of sound dossiers."""
    elements: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    for data in (*sources(), (ROOT / "examples/clean.json").read_bytes()):
        report = check(shipped_policy(), load_dossier(data, "d.json", SCHEMA))
        pages = [FORMATS["html"](report), *(notice.render(each) for each in notice.notices(report))]
        for each in map(page, pages):
            elements |= each.elements
            attributes |= each.attributes
    return frozenset(elements), frozenset(attributes)


def look_at_page(html: bytes) -> None:
    read = page(html)
    elements, attributes = harmless()
    assert read.elements <= elements, read.elements - elements
    assert read.attributes <= attributes, read.attributes - attributes
    assert all(each.startswith("#") for each in read.links), read.links
    told = "".join(read.text)
    assert str(8191 * 7919) not in told
    look_at_text(html.decode())


def look_at_text(told: str) -> None:
    for line in told.split("\n"):
        assert visible(line) == line, ascii(line[:200])


class Tally:
    """Which way the dossiers went."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.slowest: tuple[float, str] = (0.0, "")

    def count(self, what: str) -> None:
        self.seen[what] = self.seen.get(what, 0) + 1

    def time(self, what: str, started: float) -> None:
        self.slowest = max(self.slowest, (time.process_time() - started, what))


def is_decoded(data: bytes) -> bool:
    try:
        survey = read(data.removeprefix(b"\xef\xbb\xbf"), SCHEMA)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return not survey.repeats_a_key


def is_valid(data: bytes) -> bool:
    """Say whether the JSON schema and a plain JSON reader find a dossier in order."""
    sound = True

    def number(text: str) -> Any:
        nonlocal sound
        try:
            found = exact(text)
        except ValueError:
            sound = False
            return 0
        return int(found) if found == found.to_integral_value() else found

    def whole(text: str) -> int:
        nonlocal sound
        sound = sound and len(text) <= 24
        return int(text) if len(text) <= 24 else 0

    def constant(text: str) -> None:
        raise ValueError(text)

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal sound
        sound = sound and len(dict(found)) == len(found)
        return dict(found)

    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
        dossier = json.loads(
            text, parse_float=number, parse_int=whole, parse_constant=constant, object_pairs_hook=pairs
        )
        json.dumps(dossier, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError):
        return False
    return sound and PLAIN.is_valid(dossier)


def refusal(data: bytes, error: DossierError, seen: Tally) -> None:
    """See that a refusal is in words, and that the decoder and the JSON schema agree on it."""
    told = "\n".join(listed(error.problems))
    told.encode()
    assert 0 < len(told) < MOST_TOLD
    assert any(each.blocking for each in error.problems)
    decoded = is_decoded(data)
    assert decoded == is_valid(data), decoded
    assert "档案无法解读" not in told, told
    seen.count("impossible" if decoded else "refused")


def try_out(data: bytes, seen: Tally) -> None:
    started = time.process_time()
    try:
        dossier = load_dossier(data, NAME, SCHEMA)
    except DossierError as error:
        seen.time("refuse", started)
        refusal(data, error, seen)
        return
    seen.time("load", started)
    assert is_valid(data)
    assert problems_of(data, NAME, SCHEMA) == ()
    seen.count("checked")
    "\n".join(listed(dossier.doubts)).encode()
    started = time.process_time()
    report = check(shipped_policy(), dossier)
    seen.time("check", started)
    for kind, render in FORMATS.items():
        started = time.process_time()
        made = render(report)
        seen.time(kind, started)
        if kind in {"json", "sarif"}:
            assert kind == "sarif" or list(REPORT.iter_errors(json.loads(made))) == []
            assert all(each == "\n" or each >= " " for each in made.decode())
        elif kind == "html":
            look_at_page(made)
        else:
            look_at_text(made.decode("utf-8-sig").replace("\r\n", "\n"))
    started = time.process_time()
    for each in notice.notices(report):
        look_at_page(notice.render(each))
        seen.count("notices")
    for finding in (*report.findings[:3], *report.exempted[:1]):
        look_at_text(explain.render(report, finding))
        seen.count("explained")
    seen.time("papers", started)


@pytest.mark.parametrize("number", [FEW_MUTANTS, pytest.param(MUTANTS, marks=pytest.mark.thorough)])
def test_broken_dossiers_are_refused_in_words_or_told_safely(number: int) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same dossiers in every run
    seen = Tally()
    shipped_policy()  # reading it is no part of a check
    for _ in range(number):
        try_out(mutant(chance), seen)
    assert_bearable(seen.slowest[0], LONGEST)
    assert min(seen.seen.get(each, 0) for each in ("refused", "checked", "notices")) > number / 10, seen.seen


def test_a_long_text_takes_no_more_memory_than_a_few_copies_of_it(tmp_path: Path) -> None:
    """Regular expressions keep a stack for what they repeat: a text of 100 MB once took 9 GB."""
    dossier = {
        "meta": {"dossier_id": "D", "as_of_date": "2024-12-31"},
        "zone": {"zone_id": "Z", "name_zh": "x" * 10**7},
    }
    (tmp_path / "long.json").write_text(json.dumps(dossier), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "checker", "dossier", "lint", str(tmp_path / "long.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY)),
    )
    assert (ended.returncode, "长 10000000，超过上限 200" in ended.stderr) == (4, True), ended.stderr


def test_every_keyword_of_the_schema_is_known_to_what_words_the_mistakes() -> None:
    asked = _Asked(SCHEMA)
    for part in SCHEMA.raw["$defs"].values():
        asked.of(part)
    with pytest.raises(NotImplementedError, match="multipleOf"):
        asked.of({"items": {"multipleOf": 2}})
