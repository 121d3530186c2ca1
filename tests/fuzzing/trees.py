"""Edits of a JSON document that know its structure: a few of them make an input that is nearly right."""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from fuzzing.oddities import DAYS, IDS, KINDS, LONG, NUMBERS, PAYLOADS, REAL_DAYS, SPELLED, USABLE, Raw, encoded

TWICE = "@TWICE@"
TEXTS = (
    *PAYLOADS,
    *DAYS,
    *("NaN", "-0", "1e308", "1e-400", "1" * 40, "１２３", "２０２４-０１-０１", "𝟚𝟘𝟚𝟜-01-01", "2024-02-30", "۲۰۲۴"),
    "e" + "\u0301" * 3_000,
    "\u202e" * 200,
    "İıſK",
)
FLOODS = (2,) * 20 + (50,) * 10 + (2_000,) * 4 + (20_000,)
DEPTHS = (3, 39, 40, 41, 500, 100_000)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what is done, at which of all the places, with what; `other` is a second place or a number."""

    do: str
    at: int
    other: int
    value: Any


def values() -> st.SearchStrategy[Any]:
    """Give what hardly belongs anywhere."""
    return st.one_of(
        st.sampled_from(KINDS),
        st.sampled_from(NUMBERS).map(Raw),
        st.sampled_from(USABLE).map(Raw),
        st.sampled_from(SPELLED).map(Raw),
        st.sampled_from(TEXTS),
        st.sampled_from(DAYS),
        st.sampled_from(LONG[:3]),
        st.text(max_size=12),
    )


def edits(most: int = 4) -> st.SearchStrategy[list[Edit]]:
    """Give a few edits."""
    places = st.integers(0, 1 << 20)
    kinds = st.sampled_from(("suit",) * 12 + ("suit all",) * 6 + tuple(EDITS))
    return st.lists(st.builds(Edit, kinds, places, places, values()), max_size=most)


def spots(value: Any, path: Path = ()) -> Iterator[Path]:
    """Give the path of everything below a value."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from spots(inner, (*path, key))


def at(document: Any, path: Path) -> Any:
    """Give what stands at a path."""
    for step in path:
        document = document[step]
    return document


def edited(document: Any, wanted: Sequence[Edit]) -> Any:
    """Give an edited copy; an edit that fits nowhere does nothing."""
    made = copy.deepcopy(document)
    for each in wanted:
        found = list(spots(made))
        if found:
            EDITS[each.do](made, found[each.at % len(found)], found[each.other % len(found)], each)
    return made


def text_of(document: Any) -> bytes:
    """Write an edited document; a key that was doubled stands there twice."""
    return re.sub(rf'"{TWICE}'.encode(), b'"', encoded(document))


def _put(document: Any, path: Path, _: Path, edit: Edit) -> None:
    at(document, path[:-1])[path[-1]] = copy.deepcopy(edit.value)


def _drop(document: Any, path: Path, _other: Path, _edit: Edit) -> None:
    del at(document, path[:-1])[path[-1]]


def _double(document: Any, path: Path, _: Path, edit: Edit) -> None:
    holder = at(document, path[:-1])
    if isinstance(holder, list):
        holder.append(copy.deepcopy(holder[int(path[-1])]))
    else:
        holder[f"{TWICE}{path[-1]}"] = copy.deepcopy(edit.value if edit.other % 2 else holder[path[-1]])


def _rename(document: Any, path: Path, other: Path, edit: Edit) -> None:
    holder = at(document, path[:-1])
    if isinstance(holder, dict):
        name = str(path[-1])
        forms = (
            str(other[-1]),
            name.upper(),
            name[:-1],
            f"{name}\u200b",
            name.replace("_", "-"),
            str(edit.value)[:300],
        )
        holder[forms[edit.other % len(forms)]] = holder.pop(path[-1])


def _copied(document: Any, path: Path, other: Path, _: Edit) -> None:
    """Put there what stands elsewhere: an id points to its own record, a record to itself, lists hold each other."""
    held = copy.deepcopy(at(document, other))
    at(document, path[:-1])[path[-1]] = held


def _flood(document: Any, path: Path, _: Path, edit: Edit) -> None:
    holder = at(document, path[:-1])
    if isinstance(holder, list) and len(holder) < max(FLOODS):
        first = holder[int(path[-1])]
        for number in range(FLOODS[edit.other % len(FLOODS)]):
            again = dict(first) if isinstance(first, dict) else first
            if isinstance(again, dict) and again and edit.at % 3:
                name = next(iter(again))
                again = {name: f"{again[name]}-{number}", **({} if edit.at % 2 else dict(list(again.items())[1:4]))}
            holder.append(again)


def _deepen(document: Any, path: Path, _: Path, edit: Edit) -> None:
    depth = DEPTHS[edit.other % len(DEPTHS)]
    opening, closing = ('{"a":', "}") if edit.at % 2 else ("[", "]")
    at(document, path[:-1])[path[-1]] = Raw(opening * depth + "1" + closing * depth)


def _reword(document: Any, path: Path, _: Path, edit: Edit) -> None:
    value = at(document, path)
    if isinstance(value, str):
        forms = (*IDS, "{}" * 500, "{}\n", " {}", "")
        made = forms[edit.other % len(forms)].replace("{}", value)
        at(document, path[:-1])[path[-1]] = made.replace("{{{{", "{{").replace("}}}}", "}}")


def _suit(document: Any, path: Path, _: Path, edit: Edit) -> None:
    """Put something of the kind that stands there, which may well be valid."""
    choices = _suited(at(document, path))
    if choices:
        at(document, path[:-1])[path[-1]] = copy.deepcopy(choices[edit.other % len(choices)])


def _suit_all(document: Any, _path: Path, _other: Path, edit: Edit) -> None:
    """Suit many places at once, so that what is rare alone comes together."""
    for number, path in enumerate(list(spots(document))):
        choices = _suited(at(document, path))
        if choices and (number * 7_919 + edit.at) % 97 < 1 + edit.other % 30 and isinstance(choices[0], str | Raw):
            at(document, path[:-1])[path[-1]] = choices[(number + edit.other) % len(choices)]


def _suited(value: Any) -> tuple[Any, ...]:
    match value:
        case bool():
            return (not value, None)
        case int() | float():
            return tuple(map(Raw, USABLE))
        case str() if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value):
            return (*REAL_DAYS, None)
        case str() if not value.isascii():
            return (*PAYLOADS, None)
        case list() | dict():
            return ([], None, {})
    return (None,)


def _everywhere(document: Any, path: Path, _: Path, edit: Edit) -> None:
    """Put the same under every key of that name: what nobody meets alone is met together."""
    for each in [each for each in spots(document) if each[-1] == path[-1] and isinstance(path[-1], str)]:
        try:
            at(document, each[:-1])[each[-1]] = copy.deepcopy(edit.value)
        except (KeyError, IndexError, TypeError):  # it stood inside one that was replaced
            continue


EDITS = {
    "suit": _suit,
    "suit all": _suit_all,
    "put": _put,
    "drop": _drop,
    "double": _double,
    "rename": _rename,
    "copy": _copied,
    "flood": _flood,
    "deepen": _deepen,
    "reword": _reword,
    "everywhere": _everywhere,
}


def damaged(data: bytes, how: str) -> bytes:
    """Damage the whole of a text, or write it in another way."""
    return HARM[how](data)


HARM: Mapping[str, Callable[[bytes], bytes]] = {
    "none": lambda data: data,
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "UTF-16": lambda data: data.decode("utf-8", "replace").encode("utf-16"),
    "GB18030": lambda data: data.decode("utf-8", "replace").encode("gb18030", "replace"),
    "twice": lambda data: data + data,
    "cut": lambda data: data[: len(data) * 2 // 3],
    "cut in a character": lambda data: data[: data.rfind(b"\xe5") + 1] or data,
    "half a character": lambda data: data.replace("区".encode(), b"\\ud800", 1),
    "escaped": lambda data: json.dumps(data.decode("utf-8", "replace")).encode(),
    "NUL": lambda data: data.replace(b",", b",\0", 1),
    "nothing": lambda _: b"",
}


def harms() -> st.SearchStrategy[str]:
    """Give ways to damage a text; most of the time it is left as it is."""
    return st.sampled_from(("none",) * 15 + tuple(HARM))
