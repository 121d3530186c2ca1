"""Two written dossiers put together, so that the subject of one rule is the subject of the other, or holds it."""

import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checker.dossier.schema import DossierSchema, Entity, Kind
from checker.language.tree import ZONE
from checker.proving.seeing import Seen
from checker.verifying import Written, whole_declaration

MOST_MERGED = 4
"""How many examples of each of two rules are put together with those of the other."""


def merged(one: Sequence[Seen], other: Sequence[Seen], schema: DossierSchema) -> Iterator[tuple[Written, str]]:
    """Give dossiers in which the subjects of two examples are one, or one holds the other, and their names."""
    first, second = ([each for each in held if each.written is not None][:MOST_MERGED] for held in (one, other))
    for here, there in itertools.product(first, second):
        names: Mapping[str, str] = {}
        if ZONE not in {here.rule.each, there.rule.each}:
            names = dict(zip(there.ids, here.ids, strict=False))
        mine, also = here.written or {}, _renamed(there.written, names)
        named = f"{here.rule.id}“{here.name}”、{there.rule.id}“{there.name}”"
        yield _put_together(mine, also, schema), named
        yield _put_together(also, mine, schema), named


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Call records by other ids, where they stand and where they are referred to."""
    match value:
        case str():
            return "/".join(names.get(each, each) for each in value.split("/"))
        case list():
            return [_renamed(each, names) for each in value]
        case dict():
            return {key: _renamed(each, names) for key, each in value.items()}
    return value


def _put_together(one: Written, other: Written, schema: DossierSchema) -> Written:
    """Lay one dossier over another: what both tell of one record, the first one tells; its day is that of both."""
    held, more = ({key: value for key, value in each.items() if key != "meta"} for each in (one, other))
    written = {"zone": {}, **_laid(held, more, schema.root)}
    completeness: dict[str, Written] = {}
    for each in (one, other):
        for path, declared in (each["meta"].get("completeness") or {}).items():
            blank = [*completeness.get(path, {}).get("blank_means_none", ()), *(declared.get("blank_means_none") or ())]
            completeness[path] = whole_declaration(written, path, one["meta"]["as_of_date"])
            completeness[path] |= {"blank_means_none": list(dict.fromkeys(blank))} if blank else {}
    return {"meta": {**one["meta"], "completeness": completeness}, **written}


def _laid(one: Written, other: Written, entity: Entity) -> Written:
    result = copy.copy(one)
    for key, value in other.items():
        mine, described = result.get(key), entity.fields.get(key)
        match mine, value:
            case _ if key not in result:
                result[key] = value
            case dict(), dict() if described is not None and described.kind is Kind.BLOCK:
                result[key] = _laid(mine, value, described.inner)
            case list(), list() if described is not None and described.kind is Kind.REGISTER:
                result[key] = _laid_records(mine, value, described.inner)
    return result


def _laid_records(one: list[Written], other: list[Written], entity: Entity) -> list[Written]:
    held = {each[entity.id_field]: each for each in one}
    for each in other:
        known = held.get(each[entity.id_field])
        held[each[entity.id_field]] = each if known is None else _laid(known, each, entity)
    return list(held.values())
