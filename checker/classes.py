"""Dataclasses that are there at once: `dataclass` makes those of the standard library, without its delays.

The standard library writes and compiles half a dozen methods of every class when a module is imported, and this was
half of the time in which the program starts. Here comparing, hashing and showing are the same few functions for all
classes, and an `__init__` is only written when the first instance is made. What a class can do is the same; fields,
slots, patterns and `replace` are still the standard library's.
"""

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - to be imported from here
else:

    def dataclass(  # noqa: D103 - the standard library tells it
        *,
        frozen: bool = False,
        eq: bool = True,
        repr: bool = True,  # noqa: A002 - called as in the standard library
        slots: bool = False,
        kw_only: bool = False,
    ) -> Callable[[type], type]:
        def make(written: type) -> type:
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(written)
            methods = {"__init__": _beginning(made, frozen=frozen)}
            if repr:
                methods["__repr__"] = _shown
            if eq:
                methods |= {"__eq__": _equality(made), "__hash__": _hashing(made) if frozen else None}
            if frozen:
                methods |= {"__setattr__": _not_set, "__delattr__": _not_deleted}
                if slots:
                    methods["__reduce__"] = _reduced
            for name, method in methods.items():
                if name not in written.__dict__:
                    setattr(made, name, method)
            return made

        return make


def _beginning(made: Any, *, frozen: bool) -> Callable[..., None]:
    """Give an `__init__` that writes the one that the class is to have, puts it in its own place, and calls it."""

    def begin(self: Any, *values: Any, **named: Any) -> None:
        made.__init__ = _written(made, frozen=frozen)
        made.__init__(self, *values, **named)

    return begin


def _written(made: Any, *, frozen: bool) -> Callable[..., None]:
    held: dict[str, Any] = {"_set": object.__setattr__}
    placed: list[str] = ["self"]
    named: list[str] = []
    body = []
    for each in dataclasses.fields(made):
        value, listed = each.name, named if each.kw_only else placed
        if each.default_factory is not dataclasses.MISSING:
            held[f"_make_{each.name}"], held["_missing"] = each.default_factory, dataclasses.MISSING
            value = f"_make_{each.name}()"
            if each.init:
                value = f"{value} if {each.name} is _missing else {each.name}"
                listed.append(f"{each.name}=_missing")
        elif each.default is not dataclasses.MISSING:
            held[f"_default_{each.name}"] = each.default
            value = each.name if each.init else f"_default_{each.name}"
            if each.init:
                listed.append(f"{each.name}=_default_{each.name}")
        else:
            listed.append(each.name)
        slot = getattr(made, each.name, None)
        if not frozen:
            body.append(f"self.{each.name} = {value}")
        elif isinstance(slot, MemberDescriptorType):
            held[f"_set_{each.name}"] = slot.__set__
            body.append(f"_set_{each.name}(self, {value})")
        else:
            body.append(f"_set(self, {each.name!r}, {value})")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join((*placed, "*", *named) if named else placed)
    text = "\n    ".join((f"def __init__({parameters}):", *(body or ["pass"])))
    exec(text, held)  # noqa: S102 - of names that are those of fields
    written: Callable[..., None] = held["__init__"]
    written.__qualname__ = f"{made.__qualname__}.__init__"
    return written


def _shown(self: Any) -> str:
    told = (f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(told)})"


def _equality(made: type) -> Callable[[Any, object], bool]:
    values = _compared(made)

    def equal(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


def _hashing(made: type) -> Callable[[Any], int]:
    values = _compared(made)
    return lambda self: hash(values(self))


def _compared(made: Any) -> Callable[[Any], Any]:
    names = [each.name for each in dataclasses.fields(made) if each.compare]
    return attrgetter(*names) if names else lambda _: ()


def _not_set(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _not_deleted(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _reduced(self: Any) -> tuple[Any, ...]:
    kind: Any = type(self)
    return _restored, (kind, *values_of(kind)(self))


def _restored(kind: Any, *values: Any) -> Any:
    return restorer(kind)(*values)


@cache
def values_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Give a function that gives the values of all fields of an instance."""
    names = [each.name for each in dataclasses.fields(kind)]
    get = attrgetter(*names) if names else lambda _: ()
    return get if len(names) != 1 else lambda self: (get(self),)


@cache
def restorer(kind: Any) -> Callable[..., Any]:
    """Give a function that makes an instance of a class with slots of the values of all fields, in their order."""
    setters = [getattr(kind, each.name).__set__ for each in dataclasses.fields(kind)]
    new = object.__new__

    def restore(*values: Any) -> Any:
        made: Any = new(kind)
        for put, value in zip(setters, values, strict=True):
            put(made, value)
        return made

    return restore
