"""What one pass over the text of a dossier shows before it is decoded: what must be read with more care, if anything.

All bytes become signs of a few kinds, and what can't matter is left out; then it is enough to look for a few rows of
signs. Nothing is missed. What looks like such a row and is none costs time, and changes nothing.
"""

from checker.classes import dataclass
from checker.dossier.citizens import DIGITS
from checker.values import CARRIED_DIGITS

DIGIT, BEFORE, EXPONENT, MARK, OTHER = b'0:e"x'


def _sign(byte: int) -> int:
    if byte in b"0123456789.-":  # all of a number but its exponent
        return DIGIT
    if byte in b":,[ \t\r\n":
        return BEFORE
    if byte in b"eE":
        return EXPONENT
    return MARK if byte == MARK else OTHER


SIGNS = bytes(map(_sign, range(256)))
LEFT_OUT = bytes(byte for byte in range(128) if SIGNS[byte] == OTHER and not chr(byte).isupper())
"""Letters stand between the digits of many numbers of papers: the capital ones go on parting them."""

MANY_DIGITS = bytes([DIGIT]) * (CARRIED_DIGITS + 1)
"""What is part of both that follow, and of few dossiers."""
LONG_NUMBER = bytes([BEFORE]) + MANY_DIGITS
WITH_EXPONENT = bytes([DIGIT, EXPONENT, DIGIT])
CITIZEN = bytes([DIGIT]) * DIGITS
ESCAPE = b"\\u003"
"""Digits can hide in JSON as escapes."""

AT_ONCE = 1 << 18
"""So many bytes are looked through together: few enough to stay in the cache of a processor."""
OVERLAP = 2 * DIGITS
"""Further than any of the rows reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """Whether doubles can carry all numbers, and whether a text may hold the identity number of a citizen.

    Doubles carry numbers of no more than 15 digits, and none with an exponent: in it a number may drown. There are so
    many quotation `marks` around keys and texts, those within texts not counted.
    """

    is_carried: bool
    may_hold_citizens: bool
    marks: int


def glance(data: bytes) -> Glance:
    """Look through the text of a dossier."""
    has_escapes = b"\\" in data
    is_carried, may_hold_citizens = True, has_escapes and ESCAPE in data
    marks = -data.replace(b"\\\\", b"").count(b'\\"') if has_escapes else 0
    before = b""
    for start in range(0, len(data), AT_ONCE):
        signs = data[start : start + AT_ONCE].translate(SIGNS, LEFT_OUT)
        marks += signs.count(MARK)
        for row in (before + signs[:OVERLAP], signs):
            if MANY_DIGITS in row:
                is_carried = is_carried and LONG_NUMBER not in row
                may_hold_citizens = may_hold_citizens or CITIZEN in row
            is_carried = is_carried and not _has_exponents(row)
        before = signs[-OVERLAP:]
    return Glance(is_carried=is_carried, may_hold_citizens=may_hold_citizens, marks=marks)


def _has_exponents(signs: bytes) -> bool:
    """Say whether a number has an exponent: a code of an enterprise may hold an E too, but it begins with a mark."""
    at = signs.find(WITH_EXPONENT)
    while at >= 0:
        start = signs[max(0, at - len(LONG_NUMBER)) : at].rstrip(bytes([DIGIT]))
        if start.endswith(bytes([BEFORE])):
            return True
        at = signs.find(WITH_EXPONENT, at + 1)
    return False
