"""Where the registers of a dossier stand in its text, found without holding the text: portions of whole records.

The text is read once from its start to its end. A portion ends where a record does: that is proved by decoding what
lies before, never by looks. Whatever is not as a dossier should be raises `UnreadableError`, and somebody else says
what is wrong with it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, NamedTuple, Protocol

import msgspec

from checker.classes import dataclass
from checker.dossier.records import BOM

PORTION = 1 * 1024 * 1024
"""How many bytes of records are held at a time, give or take one."""
LONGEST_RECORD = 64 * 1024 * 1024
LONGEST_KEY = 1_024
SMALL = 4_096

_SPACE = b" \t\n\r"
_SPACES = re.compile(rb"[ \t\n\r]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[][{}]', re.DOTALL)
_BYTE = re.compile(r"byte (\d+)")
_FIRST_KEY = re.compile(rb'\{[ \t\n\r]*"[^"\\]*"')


class UnreadableError(Exception):
    """The text is not that of a dossier, or not of one that can be read in portions, at or after a place."""

    def __init__(self, pointer: str = "", why: str = "") -> None:
        """Tell the place, and why, in the words of the decoder if it has any."""
        super().__init__(pointer)
        self.pointer, self.why = pointer, why


class Text(Protocol):
    """The bytes of a dossier, wherever they are."""

    @property
    def size(self) -> int:
        """How many there are."""

    def read(self, start: int, end: int) -> bytes:
        """Give some of them."""


class BytesText:
    """A text that is held."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes of a dossier."""
        self.data = data
        self.size = len(data)

    def read(self, start: int, end: int) -> bytes:
        """Give some of them."""
        return self.data[start:end]


class Portion(NamedTuple):
    """Whole records of one register: where they stand, which is the first, how many, and their digest."""

    register: str
    start: int
    end: int
    first: int
    number: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What stands where: the texts of the blocks (`meta`, `zone`), and the portions of each register.

    A register that is null is a block. `sha256` is that of the whole text.
    """

    sha256: str
    blocks: Mapping[str, bytes]
    registers: Mapping[str, tuple[Portion, ...]]

    def size(self, register: str) -> int:
        """Give how many bytes the records of a register take."""
        return sum(each.end - each.start for each in self.registers[register])


class Columns(Protocol):
    """What is taken note of while the text is read."""

    def add(self, register: str, records: bytes) -> int:
        """Take note of the records in a list; give their number, or raise `msgspec.DecodeError` if it is none."""


def outline(text: Text, columns: Columns, portion: int = PORTION) -> Outline:
    """Read a text through; raise `UnreadableError`."""
    return _Scanner(text, columns, portion).outline()


def portion_text(text: Text, portion: Portion) -> bytes:
    """Read a portion again; raise `UnreadableError` if it is not what it was."""
    data = text.read(portion.start, portion.end)
    if _digest(data) != portion.digest:
        raise UnreadableError(f"/{portion.register}")
    return data


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@dataclass(slots=True)
class _Scanner:
    """Reads a text from its start: `held` is what lies before it, `at` where in that it is, `base` where that began."""

    text: Text
    columns: Columns
    portion: int
    held: bytes = b""
    at: int = 0
    base: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def outline(self) -> Outline:
        self.more(len(BOM))
        if self.held.startswith(BOM):
            self.at = len(BOM)
        blocks: dict[str, bytes] = {}
        registers: dict[str, tuple[Portion, ...]] = {}
        self.take(b"{")
        while True:
            key = self.key()
            if key in blocks or key in registers:
                raise UnreadableError(f"/{key}")
            self.take(b":")
            match self.ahead():
                case b"[":
                    registers[key] = tuple(self.portions(key))
                case b"{":
                    blocks[key] = self.block()
                case b"n":
                    blocks[key] = self.word(b"null")
                case _:
                    raise UnreadableError(f"/{key}")
            if self.ahead() == b"}":
                break
            self.take(b",")
        self.at += 1
        if self.ahead():
            raise UnreadableError
        return Outline(sha256=self.digest.hexdigest(), blocks=blocks, registers=registers)

    # --- reading on

    def more(self, wanted: int) -> bool:
        """Hold so many bytes ahead; say whether there are."""
        while len(self.held) - self.at < wanted:
            start = self.base + len(self.held)
            read = self.text.read(start, min(start + self.portion, self.text.size))
            if not read:
                return False
            self.digest.update(read)
            self.held = self.held[self.at :] + read
            self.base += self.at
            self.at = 0
        return True

    def ahead(self) -> bytes:
        """Pass over what is blank and give the next byte; none at the end."""
        while True:
            found = _SPACES.match(self.held, self.at)
            assert found is not None
            self.at = found.end()
            if self.at < len(self.held) or not self.more(1):
                return self.held[self.at : self.at + 1]

    def take(self, sign: bytes) -> None:
        if self.ahead() != sign:
            raise UnreadableError
        self.at += 1

    def word(self, wanted: bytes) -> bytes:
        self.more(len(wanted))
        if not self.held.startswith(wanted, self.at):
            raise UnreadableError
        self.at += len(wanted)
        return wanted

    def key(self) -> str:
        self.ahead()
        self.more(LONGEST_KEY)
        found = _STRING.match(self.held, self.at)
        if found is None:
            raise UnreadableError
        self.at = found.end()
        try:
            return msgspec.json.decode(found[0], type=str)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise UnreadableError from None

    # --- values

    def block(self) -> bytes:
        """Read an object."""
        end = self.ends(SMALL, "")[0]
        data = self.held[self.at : end]
        self.at = end
        return data

    def portions(self, register: str) -> Iterator[Portion]:
        """Read a list of records."""
        self.at += 1
        first, head = 0, b""
        while self.ahead() != b"]":
            if first:
                self.take(b",")
            if self.ahead() != b"{":
                raise UnreadableError(f"/{register}/{first}")
            if not head:
                self.more(LONGEST_KEY)
                found = _FIRST_KEY.match(self.held, self.at)
                head = found[0] if found is not None else b"{"
            number, end = self.guessed(register, head) or self.counted(register, first)
            data = self.held[self.at : end]
            yield Portion(register, self.base + self.at, self.base + end, first, number, _digest(data))
            self.at, first = end, first + number
        self.at += 1

    def guessed(self, register: str, head: bytes) -> tuple[int, int] | None:
        """Look for a record that begins like the first one; if all before it decodes, a record ends there."""
        self.more(self.portion)
        following = self.held.rfind(head, self.at + 1, self.at + self.portion)
        if following == -1:
            return None
        before = self.held[self.at : following].rstrip(_SPACE)
        if not before.endswith(b","):
            return None
        records = before[:-1].rstrip(_SPACE)
        try:
            return self.columns.add(register, records), self.at + len(records)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def counted(self, register: str, first: int) -> tuple[int, int]:
        """Find the end of as many records as make a portion by their braces."""
        place = f"/{register}/{first}"
        end = self.ends(self.portion, place)[-1]
        try:
            return self.columns.add(register, self.held[self.at : end]), end
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            before = self.base + self.at - len("[")
            why = _BYTE.sub(lambda found: f"byte {before + int(found[1])}", str(error))
            raise UnreadableError(place, why) from None

    def ends(self, wanted: int, place: str) -> list[int]:
        """Give where the next objects end, up to *wanted* bytes and one object at least."""
        while True:
            self.more(wanted)
            found: list[int] = []
            depth = 0
            for token in _TOKEN.finditer(self.held, self.at):
                sign = token[0]
                if sign in b"{[":
                    depth += 1
                elif sign in b"}]":
                    depth -= 1
                    if depth == 0:
                        found.append(token.end())
                    if depth < 0 or token.end() - self.at > wanted:
                        break
                elif depth == 0:
                    break
            if found:
                return found
            if wanted > LONGEST_RECORD or len(self.held) - self.at < wanted:
                raise UnreadableError(place)
            wanted *= 2
