"""Instances of the program's dataclasses: the first few are made otherwise than the others, and are the same."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from checker.classes import FEW, dataclass


def amounts() -> Callable[..., Any]:
    """Give a class of which there is no instance yet."""

    @dataclass(frozen=True, slots=True)
    class Amount:
        due: int
        paid: int = 0
        notes: list[str] = field(default_factory=list)
        payer: str = field(default="nobody", kw_only=True)
        left: int = field(init=False, default=0)

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
    made = [amount(*values, **named) for _ in range(2 * FEW)]
    assert {repr(each) for each in made} == {repr(made[-1])}
    assert all(each == made[-1] for each in made)
    assert made[0].left == made[-1].left == 5 - made[0].paid
    assert len({id(each.notes) for each in made}) == (1 if "notes" in named else len(made))
    with pytest.raises(FrozenInstanceError):
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
    for before in (0, 2 * FEW):
        amount = amounts()
        for _ in range(before):
            amount(1)
        with pytest.raises(TypeError, match=r"Amount\.__init__\(\)"):
            amount(*values, **named)
