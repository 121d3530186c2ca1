"""A fault that the JSON schema finds, before it is worded, and what the schema knows of the place where it is."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from checker.classes import dataclass
from checker.dossier.schema import COMPLETENESS, DossierSchema, Entity, Field

COMMON = MappingProxyType({"sources": "资料来源", "withheld": "拒不提供的字段"})


class Fault(NamedTuple):
    """One thing that the schema refuses: the keyword that does, the value, and the key where a key is at fault.

    `otherwise` is the way out that the schema itself names.
    """

    path: tuple[str | int, ...]
    cause: str
    key: str | None = None
    value: Any = None
    limit: Any = None
    otherwise: str = ""

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The path to what is wrong itself: the key that is missing or has a wrong name, or the value."""
        return (*self.path, self.key) if self.key is not None else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What the schema knows of a place in a dossier."""

    label: str
    field: Field | None = None
    entity: Entity | None = None


def spot(schema: DossierSchema, path: Sequence[str | int]) -> Spot:
    """Find the field and the entity that a path of a dossier leads to."""
    here = Spot(label=schema.root.label, entity=schema.root)
    for step in path:
        entity = here.entity
        if isinstance(step, int):
            here = Spot(label=entity.label if entity is not None else here.label, entity=entity)
        elif entity is not None and step in entity.fields:
            field = entity.fields[step]
            here = Spot(label=field.label, field=field, entity=field.entity)
        elif entity is schema.meta and step == COMPLETENESS:
            here = Spot(label=schema.declaration.label, entity=schema.declaration)
        elif entity is schema.declaration and step in schema.registers:
            here = Spot(
                label=f"{schema.declaration.label}（{schema.registers[step].label}）", entity=schema.declaration
            )
        else:
            here = Spot(label=COMMON.get(step, here.label if entity is None else ""))
    return here
