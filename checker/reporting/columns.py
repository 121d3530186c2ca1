"""Lines for a terminal in which a Chinese character takes two columns."""

import re
from collections.abc import Iterator
from functools import cache
from unicodedata import combining, east_asian_width

WIDTH = 92
"""The columns that a line takes at most, unless one word alone is longer: nothing is ever cut off."""

HANGING = 4
"""By how many columns closing marks may stand beyond that: they never begin a line."""

_WORD = r"(?s:[!-~]+|\s+|.)"
_NEVER_FIRST = frozenset("，。；：、！？）〕》”’」』】…·%％")
_NEVER_LAST = frozenset("（〔《“‘「『【")


@cache
def _columns(character: str) -> int:
    """Give the columns of one character; where fonts disagree, the wider."""
    return 0 if combining(character) else 2 if east_asian_width(character) in "WFA" else 1


def width(text: str) -> int:
    """Give the columns that *text* takes.

    >>> width("地块 P-01")
    9
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def fit(text: str, room: int) -> str:
    """Cut *text* to *room* columns, with a mark where something is left out.

    >>> fit("截至今日应缴一千元。", 12)
    '截至今日应…'
    """
    if width(text) <= room:
        return text
    taken, kept = 2, []
    for character in text:
        taken += _columns(character)
        if taken > room:
            break
        kept.append(character)
    return f"{''.join(kept)}…"


def wrap(text: str, *, indent: int = 0, hang: int = 0, room: int = WIDTH) -> Iterator[str]:
    """Break *text* into lines no wider than *room*: the first is indented by *indent*, the others by *indent* + *hang*.

    >>> list(wrap("截至今日应缴一千元。", room=12, hang=2))
    ['截至今日应缴', '  一千元。']
    """
    line, taken = " " * indent, indent
    margin, empty = indent + hang, True
    held = ""
    for word in re.findall(_WORD, text):
        columns = width(word)
        if not empty and taken + columns > room and word not in _NEVER_FIRST:
            if line[-1] in _NEVER_LAST:
                line, held = line[:-1], line[-1]
            yield line.rstrip()
            line, taken, empty = " " * margin + held, margin + width(held), not held
            held = ""
            if word.isspace():
                continue
        line, taken, empty = line + word, taken + columns, False
    yield line.rstrip()
