"""What the tests of the decoder share: the places in a dossier, and whether it is decoded."""

from collections.abc import Iterator
from typing import Any

import msgspec

from checker.dossier.loading import dossier_schema
from checker.dossier.records import decode


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of everything in a dossier, its own first."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from spots(inner, (*path, key))


def is_decoded(data: bytes) -> bool:
    try:
        decode(data, dossier_schema())
    except msgspec.ValidationError:
        return False
    return True
