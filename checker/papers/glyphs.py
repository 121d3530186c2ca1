"""Which characters the typefaces of a PDF have: typst leaves out one that is in none of them, and says nothing."""

import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from checker.errors import MisuseError, Place, Problem


def covered(files: Iterable[Path]) -> frozenset[int]:
    """Give the code points that any of the files has. Raise `MisuseError` for one that is no typeface."""
    return frozenset().union(*map(_of, files))


@cache
def _of(path: Path) -> frozenset[int]:
    try:
        data = path.read_bytes()
        return frozenset(point for start in _faces(data) for point in _points(data, start))
    except (OSError, struct.error, ValueError) as error:
        problem = Problem(
            message="不是字体文件，或者已经损坏", place=Place(file=str(path)), suggestion="从字体文件夹中移走"
        )
        raise MisuseError([problem]) from error


def _faces(data: bytes) -> tuple[int, ...]:
    """Give where each face of a file begins."""
    if data[:4] != b"ttcf":
        return (0,)
    (number,) = struct.unpack_from(">L", data, 8)
    return struct.unpack_from(f">{number}L", data, 12)


def _points(data: bytes, start: int) -> Iterator[int]:
    """Read the character map of a face; the largest of its tables, which has all that the others have."""
    (tables,) = struct.unpack_from(">H", data, start + 4)
    entries = (struct.unpack_from(">4sLLL", data, start + 12 + 16 * number) for number in range(tables))
    at = next((offset for tag, _, offset, _ in entries if tag == b"cmap"), None)
    if at is None:
        raise ValueError(start)
    (number,) = struct.unpack_from(">H", data, at + 2)
    maps = [at + struct.unpack_from(">HHL", data, at + 4 + 8 * place)[2] for place in range(number)]
    for each in maps:
        match struct.unpack_from(">H", data, each)[0]:
            case 4:
                yield from _segments(data, each)
            case 12:
                yield from _groups(data, each)


def _segments(data: bytes, at: int) -> Iterator[int]:
    """Read a map of the 16-bit characters (format 4)."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 4 * count)
    offsets = struct.unpack_from(f">{count}H", data, at + 16 + 6 * count)
    for place, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for point in range(first, last + 1):
            glyph = point
            if offset:
                there = at + 16 + 6 * count + 2 * place + offset + 2 * (point - first)
                (glyph,) = struct.unpack_from(">H", data, there)
            if point != 0xFFFF and (glyph + delta) % 0x10000 and (glyph or not offset):
                yield point


def _groups(data: bytes, at: int) -> Iterator[int]:
    """Read a map of all characters (format 12)."""
    (number,) = struct.unpack_from(">L", data, at + 12)
    for place in range(number):
        first, last, glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * place)
        if not first <= last <= 0x10FFFF:
            raise ValueError(first)
        yield from range(first if glyph else first + 1, last + 1)
