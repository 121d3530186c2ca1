"""Dataclasses that are there at once can do what those of the standard library can."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest

from checker import classes


def family(dataclass: Any) -> dict[str, Any]:
    """Make the same classes with another decorator."""

    @dataclass(frozen=True, slots=True)
    class Base:
        kind: str
        span: tuple[int, int] = dataclasses.field(compare=False)

    @dataclass(frozen=True, slots=True)
    class Below(Base):
        part: Base | None
        turned: bool = dataclasses.field(default=False, compare=False, repr=False)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        first: int
        second: list[int] = dataclasses.field(default_factory=list)
        third: int  # type: ignore[misc]  # mypy does not see that it goes by name only
        version: str = dataclasses.field(default="1.0", init=False)

        def __post_init__(self) -> None:
            if self.first < 0:
                raise ValueError(self.first)

    @dataclass(frozen=True, kw_only=True, eq=False)
    class Derived:
        number: int

        @cached_property
        def twice(self) -> int:
            return 2 * self.number

    @dataclass(slots=True)
    class Changing:
        number: int = 0

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    return {each.__name__: each for each in (Base, Below, Named, Derived, Changing, Empty)}


OURS, THEIRS = family(classes.dataclass), family(dataclasses.dataclass)
MAKINGS: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("by position", lambda made: made["Base"]("k", (0, 1))),
    ("by name", lambda made: made["Base"](span=(0, 1), kind="k")),
    ("of a base and its own", lambda made: made["Below"]("k", (0, 1), made["Base"]("i", (2, 3)))),
    ("with a default that is given", lambda made: made["Below"]("k", (0, 1), None, turned=True)),
    ("by name only", lambda made: made["Named"](third=3, first=1)),
    ("with a list of its own", lambda made: made["Named"](first=1, third=3, second=[7])),
    ("changing", lambda made: made["Changing"]()),
    ("empty", lambda made: made["Empty"]()),
]
REFUSED: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("nothing given", lambda made: made["Base"]()),
    ("too much given", lambda made: made["Base"]("k", (0, 1), 2)),
    ("an unknown name", lambda made: made["Base"]("k", (0, 1), other=2)),
    ("by position what goes by name", lambda made: made["Named"](1, [], 3)),
    ("what nobody may give", lambda made: made["Named"](first=1, third=3, version="2")),
    ("what the class refuses", lambda made: made["Named"](first=-1, third=3)),
    ("a field changed", lambda made: setattr(made["Base"]("k", (0, 1)), "kind", "other")),
    ("a field deleted", lambda made: delattr(made["Named"](first=1, third=3), "third")),
    ("something new set", lambda made: setattr(made["Derived"](number=1), "other", 2)),
    ("a hash of what changes", lambda made: hash(made["Changing"]())),
]


def ids(case: object) -> str:
    return case if isinstance(case, str) else ""


@pytest.mark.parametrize(("name", "make"), MAKINGS, ids=ids)
def test_an_instance_is_shown_and_taken_apart_as_theirs(name: str, make: Callable[[dict[str, Any]], Any]) -> None:
    theirs = make(THEIRS)
    for _ in range(classes.FEW + 2):
        ours = make(OURS)
        assert repr(ours) == repr(theirs), name
        assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
        assert ours.__match_args__ == theirs.__match_args__
        assert not hasattr(ours, "__dict__")


@pytest.mark.parametrize(("name", "act"), REFUSED, ids=ids)
def test_what_theirs_refuses_is_refused_in_the_same_words(name: str, act: Callable[[dict[str, Any]], Any]) -> None:
    for _ in range(classes.FEW + 2):  # the `__init__` is written after a few instances
        with pytest.raises(Exception) as ours:  # noqa: PT011 - the next line asks which
            act(OURS)
        with pytest.raises(Exception) as theirs:  # noqa: PT011
            act(THEIRS)
        assert type(ours.value) is type(theirs.value), name
        assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("made", [OURS, THEIRS], ids=["ours", "theirs"])
def test_what_is_compared_is_what_the_fields_say(made: dict[str, Any]) -> None:
    base, below = made["Base"], made["Below"]
    assert base("k", (0, 1)) == base("k", (5, 6))
    assert hash(base("k", (0, 1))) == hash(base("k", (5, 6)))
    assert base("k", (0, 1)) != base("l", (0, 1))
    assert below("k", (0, 1), None) == below("k", (0, 1), None, turned=True)
    assert below("k", (0, 1), None) != below("k", (0, 1), base("k", (0, 1)))
    assert base("k", (0, 1)) != below("k", (0, 1), None)
    assert base("k", (0, 1)) != "k"
    assert made["Derived"](number=1) != made["Derived"](number=1)
    assert made["Empty"]() == made["Empty"]()
    assert len({made["Empty"](), made["Empty"]()}) == 1
    assert made["Changing"](1) == made["Changing"](1)


@pytest.mark.parametrize("made", [OURS, THEIRS], ids=["ours", "theirs"])
def test_an_instance_is_replaced_copied_and_matched(made: dict[str, Any]) -> None:
    named = made["Named"](first=1, third=3)
    assert dataclasses.replace(named, third=4) == made["Named"](first=1, third=4)
    assert copy.copy(named) == named
    deep = copy.deepcopy(named)
    assert deep == named
    assert deep.second is not named.second
    assert made["Named"](first=1, third=3).second is not named.second
    derived = made["Derived"](number=2)
    assert (derived.twice, derived.twice) == (4, 4)
    kind = made["Base"]
    match kind("k", (0, 1)):
        case kind(found):
            assert found == "k"
        case other:
            pytest.fail(str(other))


@classes.dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One that goes to another process."""

    name: str
    parts: tuple["Sent", ...] = ()


def test_an_instance_goes_to_another_process() -> None:
    sent = Sent(name="a", parts=(Sent(name="b"),))
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(sent, protocol)) == sent  # noqa: S301 - our own


def test_a_method_that_is_written_out_stays() -> None:
    @classes.dataclass(frozen=True, slots=True)
    class Own:
        number: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

    assert repr(Own(1)) == "own"
    assert Own(1) == Own(2)
    assert hash(Own(2)) == 1


# --- the first few instances are made otherwise than the others -----------------------------------------------------


def amounts() -> Callable[..., Any]:
    """Give a class of which there is no instance yet."""

    @classes.dataclass(frozen=True, slots=True)
    class Amount:
        due: int
        paid: int = 0
        notes: list[str] = dataclasses.field(default_factory=list)
        payer: str = dataclasses.field(default="nobody", kw_only=True)
        left: int = dataclasses.field(init=False, default=0)

        def __post_init__(self) -> None:
            object.__setattr__(self, "left", self.due - self.paid)

    return Amount


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((5,), {}),
        ((5, 2), {}),
        ((5,), {"paid": 2, "payer": "a"}),
        ((), {"due": 5, "notes": ["late"]}),
    ],
)
def test_the_first_instances_are_like_the_others(values: tuple[int, ...], named: dict[str, Any]) -> None:
    amount = amounts()
    made = [amount(*values, **named) for _ in range(2 * classes.FEW)]
    assert {repr(each) for each in made} == {repr(made[-1])}
    assert all(each == made[-1] for each in made)
    assert made[0].left == made[-1].left == 5 - made[0].paid
    assert len({id(each.notes) for each in made}) == (1 if "notes" in named else len(made))
    with pytest.raises(dataclasses.FrozenInstanceError):
        made[0].due = 1


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((1, 2, [], "a"), {}),
        ((1,), {"due": 2}),
        ((1,), {"left": 2}),
        ((1,), {"owed": 2}),
    ],
)
def test_what_is_called_wrong_is_refused_as_the_standard_library_does(
    values: tuple[int, ...], named: dict[str, Any]
) -> None:
    for before in (0, 2 * classes.FEW):
        amount = amounts()
        for _ in range(before):
            amount(1)
        with pytest.raises(TypeError, match=r"Amount\.__init__\(\)"):
            amount(*values, **named)
