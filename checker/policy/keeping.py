"""A policy that was read, as bytes, and the policy again from these: reading its files takes longer than a check.

What is kept is data and can do nothing. Of the classes of this program only those that hold a policy come out of the
bytes, with a few of the standard library that hold values; no function is called but such a class, or what restores
one. The dossier schema, the functions of the language and the Chinese catalogue are not kept but referred to, so that
they are the very ones of the program. The text of a rule file is kept, and read again only when somebody asks for it.

The code that is generated from its rules is kept apart. It is code: only the bytes of this very program may be taken
for it. That they are, as those of a policy are those of this very pack, schema and program, nobody here knows: see
`remembering`.
"""

import io
import marshal
import pickle
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import EnumType
from fractions import Fraction
from importlib import import_module
from types import FunctionType, MappingProxyType
from typing import Any

from checker.catalogues import CHINESE, Catalogue, interface
from checker.classes import restorer, values_of
from checker.dossier.schema import DossierSchema, Entity, Field
from checker.language.functions import FUNCTIONS
from checker.language.tree import Function, Type
from checker.language.wording import Wording
from checker.policy.loading import CompiledRule, Policy
from checker.policy.rules import Known
from checker.policy.source import RememberedSource, Source

PROTOCOL = 5
MADE_ANEW = frozenset({"schema", "judge", "docket", "words", "rules", "codes"})
"""What a policy has besides what is kept of it; of its rules those as they are written are kept."""
HOLDERS = frozenset(
    {
        "checker.ladder",
        "checker.language.formula",
        "checker.language.template",
        "checker.language.tree",
        "checker.model",
        "checker.policy.adjudication",
        "checker.policy.law",
        "checker.policy.rules",
        "checker.policy.source",
        "checker.values",
    }
)
"""The modules whose dataclasses and enumerations may hold a part of a policy."""
OTHERS: Mapping[tuple[str, str], Any] = MappingProxyType(
    {
        (each.__module__, each.__qualname__): each
        for each in (Decimal, Fraction, Known, RememberedSource, Wording, date, frozenset, restorer)
    }
)
REFERRED = (Catalogue, DossierSchema, Entity, Field, Function)


class NotKeptError(Exception):
    """A policy holds what is not kept, or bytes hold what no policy holds."""


def packed(policy: Policy) -> bytes:
    """Give a policy as bytes; raise `NotKeptError` for one that is told in another language."""
    if policy.words is not CHINESE or policy.texts is not CHINESE:
        raise NotKeptError(policy.words.language)
    kept = {each.name: getattr(policy, each.name) for each in fields(policy) if each.name not in MADE_ANEW}
    stream = io.BytesIO()
    _Packer(stream, policy.schema).dump((tuple(each.rule for each in policy.rules), kept))
    return stream.getvalue()


def unpacked(data: bytes, schema: DossierSchema) -> Policy:
    """Give the policy that was packed with the same schema; raise `NotKeptError` for what is none."""
    try:
        rules, kept = _Unpacker(io.BytesIO(data), schema).load()
        return Policy.of(
            rules=tuple(CompiledRule(rule=each, schema=schema) for each in rules),
            schema=schema,
            words=interface(schema.language),
            **kept,
        )
    except (pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise NotKeptError(type(error).__name__) from error


def coded(policy: Policy) -> bytes:
    """Give the code generated from the rules of a policy as bytes."""
    return marshal.dumps({each.name: each.code(projected=False) for each in policy.groups})


def with_code(policy: Policy, data: bytes) -> Policy:
    """Give a policy with the code that was generated from its rules before."""
    return replace(policy, codes=marshal.loads(data))  # noqa: S302 - whose seal is good is this program's own code


class _Packer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, schema: DossierSchema) -> None:
        super().__init__(stream, PROTOCOL)
        self._names = {id(each): name for name, each in _referred(schema).items()}
        self._restorers: dict[Any, type] = {}
        self._types: dict[tuple[Type, str], Type] = {}

    def persistent_id(self, value: Any) -> str | None:
        if value is MappingProxyType:
            return "mapping"
        if not isinstance(value, REFERRED):
            return None
        name = self._names.get(id(value))
        if name is None:
            raise NotKeptError(type(value).__name__)
        return name

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind is MappingProxyType:
            return MappingProxyType, (dict(value),)
        if kind is Known:
            return Known, ()
        if isinstance(value, Source) and value.is_as_read:
            return RememberedSource, (value.file, value.text)
        if isinstance(value, FunctionType) and value in self._restorers:
            return restorer, (self._restorers[value],)
        if is_dataclass(kind):
            restore = restorer(kind)
            self._restorers[restore] = kind
            return restore, tuple(map(self._once, values_of(kind)(value)))
        return NotImplemented

    def _once(self, value: Any) -> Any:
        """Give one type for all that are the same: of the nodes of rules, each has a type, and few are different."""
        return self._types.setdefault((value, str(value.floor)), value) if value.__class__ is Type else value


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, schema: DossierSchema) -> None:
        super().__init__(stream)
        self._referred: Mapping[str, Any] = {"mapping": MappingProxyType, **_referred(schema)}

    def persistent_load(self, name: str) -> Any:
        return self._referred[name]

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in OTHERS:
            return OTHERS[module, name]
        found = getattr(import_module(module), name) if module in HOLDERS else None
        if isinstance(found, type) and found.__module__ == module and (is_dataclass(found) or type(found) is EnumType):
            return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _referred(schema: DossierSchema) -> dict[str, Any]:
    """Give what is the program's own, by its name."""
    entities = {"declaration": schema.declaration} | {f"entity {each.path}": each for each in schema.entities()}
    return {
        "schema": schema,
        "chinese": CHINESE,
        **entities,
        **{f"{path} {each.name}": each for path, entity in entities.items() for each in entity.fields.values()},
        **{f"function {name}": each for name, each in FUNCTIONS.items()},
    }
