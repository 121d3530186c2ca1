"""What a record is called, told from a JSON pointer: the ids that lead to it, whatever its place in the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET

from checker.dossier.places import joined
from checker.dossier.schema import DossierSchema

_LONGEST_NUMBER = 9
"""No register has so many records that a number needs more digits."""


def steps_of(pointer: str) -> tuple[str, ...]:
    """Take a JSON pointer apart.

    >>> steps_of("/parcels/0/a~1b")
    ('parcels', '0', 'a/b')
    """
    return tuple(each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:])


def is_number(step: str) -> bool:
    """Whether a step leads into a list."""
    return len(step) <= _LONGEST_NUMBER and step.isascii() and step.isdigit()


def record_steps(steps: Sequence[str]) -> tuple[str, ...]:
    """Give the steps that lead to the record in which a pointer ends: up to the last number, or the first alone.

    >>> record_steps(("parcels", "0", "payments", "1", "paid_on")), record_steps(("zone", "level"))
    (('parcels', '0', 'payments', '1'), ('zone',))
    """
    end = max((place for place, step in enumerate(steps, 1) if is_number(step)), default=1)
    return tuple(steps[:end])


def record_id(root: Any, record: Sequence[str], schema: DossierSchema) -> str:
    """Give the ids that lead to a record, of a loaded dossier or of its plain objects; empty where there is none."""
    held, path, ids = root, "", list[str]()
    for step in record:
        if is_number(step):
            register = schema.registers.get(path)
            if register is None or not isinstance(held, list) or int(step) >= len(held):
                return ""
            held = held[int(step)]
            ids.append(str(_inner(held, register.id_field)))
        else:
            path = f"{path}.{step}" if path else step
            held = _inner(held, step)
    if not ids and tuple(record) == ("zone",):
        ids = [str(_inner(held, schema.zone.id_field))]
    return joined(tuple(ids)) if ids else ""


def _inner(held: Any, name: str) -> Any:
    return held.get(name) if isinstance(held, Mapping) else getattr(held, name, UNSET)
