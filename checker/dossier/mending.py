"""What is well formed in a dossier that is not, so that everything else that is wrong can be told with it.

Each fault is mended in the decoded JSON by leaving the value out; what must be there gets a stand-in. Nothing is said
of a stand-in, nor of what only follows from a fault.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from checker.dossier.consistency import Gaps, examine
from checker.dossier.faults import Fault, spot
from checker.dossier.grouping import Group
from checker.dossier.places import pointer_of
from checker.dossier.records import read
from checker.dossier.schema import DossierSchema, Entity, Kind

SOME_DAY = "9999-12-31"
STAND_INS = {"meta": {"dossier_id": "?", "as_of_date": SOME_DAY}, "zone": {"zone_id": "?"}}
DECLARED = len(("meta", "completeness", "parcels"))
UNKNOWN_KEY = frozenset({"additionalProperties", "propertyNames"})
_GONE = object()
_WRITER = msgspec.json.Encoder(decimal_format="number")


def groups_of_what_is_sound(dossier: Any, schema: DossierSchema, faults: Iterable[Fault]) -> tuple[Group, ...]:
    """Mend a decoded dossier in place, and look at it as at one that is valid."""
    if not isinstance(dossier, dict):
        return ()
    mender = _Mender(dossier, schema)
    for each in faults:
        mender.mend(each)
    for texts in mender.holed.values():
        texts[:] = [each for each in texts if each is not _GONE]
    try:
        survey = read(_WRITER.encode(dossier), schema)
    except msgspec.ValidationError:  # what was mended badly must not take the words for the faults away
        return ()
    return examine(survey, schema, mender.gaps).groups()


class _Mender:
    """Mends one dossier, fault by fault, and notes what can't be known of it any more."""

    def __init__(self, dossier: dict[str, Any], schema: DossierSchema) -> None:
        self.dossier, self.schema = dossier, schema
        self.gaps = Gaps()
        self.holed: dict[int, list[Any]] = {}

    def mend(self, fault: Fault) -> None:
        steps = fault.steps
        if steps:
            self.gaps.wrong.add(pointer_of(steps))
            holder = self.holder(steps)
            if holder is not None:
                self.replace(holder, steps, unknown=fault.cause in UNKNOWN_KEY)

    def holder(self, steps: tuple[str | int, ...]) -> Any:
        """Give the object or list that holds what is wrong, unless it was left out itself."""
        holder: Any = self.dossier
        for step in steps[:-1]:
            try:
                holder = holder[step]
            except (KeyError, TypeError):
                return None
        return holder if isinstance(holder, (dict, list)) else None

    def replace(self, holder: Any, steps: tuple[str | int, ...], *, unknown: bool) -> None:
        """Leave out what is wrong, or put something in its place."""
        step = steps[-1]
        above = spot(self.schema, steps[:-1])
        entity = above.entity
        if isinstance(step, int):
            if above.field is not None and above.field.kind is Kind.REGISTER:
                holder[step] = {above.field.inner.id_field: _stand_in(step)}
                self.lose(above.field.inner, named=True)
            elif "blank_means_none" in steps:
                holder[step] = "?"
            else:
                holder[step] = _GONE
                self.holed[id(holder)] = holder
        elif unknown:
            holder.pop(step, None)
            for each in entity.of_kind(Kind.REGISTER) if entity is not None else ():
                if each.name not in holder:
                    self.lose(each.inner)
        elif len(steps) == 1 and step in STAND_INS:
            holder[step] = dict(STAND_INS[step])
            self.gaps.unnamed.update({"zone"} & {step})
        elif entity is self.schema.meta and step in STAND_INS["meta"]:
            holder[step] = STAND_INS["meta"][str(step)]
        elif entity is self.schema.declaration and step == "complete" and len(steps) > DECLARED:
            holder[step] = False
        elif entity is not None and entity.id_field and step == entity.id_field:
            self.rename(holder, entity, steps)
        else:
            holder.pop(step, None)
            field = entity.fields.get(step) if entity is not None else None
            if field is not None and field.kind is Kind.REGISTER:
                self.lose(field.inner)

    def rename(self, record: Any, entity: Entity, steps: tuple[str | int, ...]) -> None:
        """Give a record another id; the one that it was meant to have may still be referred to."""
        meant = record.get(entity.id_field)
        if meant.__class__ in {str, int} and meant != "":
            self.gaps.ids.setdefault(entity.path, set()).add(str(meant))
        else:
            self.gaps.unnamed.add(entity.path)
        index = steps[-2]
        record[entity.id_field] = _stand_in(index) if isinstance(index, int) else "?"

    def lose(self, entity: Entity, *, named: bool = False) -> None:
        """Note that not every record of a register is seen; where only one has no id (*named*), they can be counted."""
        self.gaps.unnamed.add(entity.path)
        if not named:
            self.gaps.unlisted.add(entity.path)
        for field in entity.of_kind(Kind.REGISTER):
            self.lose(field.inner)


def _stand_in(index: int) -> str:
    """Name a record without an id for people, by its place; no real id looks so."""
    return f"〔第{index + 1}条〕"
