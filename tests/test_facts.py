"""Which registers prove absence, of which nothing can be missing, and the facts of rules found together."""

from datetime import date
from decimal import localcontext
from pathlib import Path
from typing import Any

import pytest
from reference.program import loaded, raw_schema, shipped_policy
from reference.strategies import sample

from benchmarks.peers.zone import dossier as measured_zone
from checker import values
from checker.checking import look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.policy.loading import Policy, read_policy

WHOLE = {"complete": True, "as_of": "2024-12-31", "count": 0, "signatory": "招商局"}
NESTED = "agreements.commitments"


def is_whole(path: str, completeness: dict[str, Any], **more: Any) -> bool:
    meta = {"dossier_id": "D", "as_of_date": "2024-12-31", "completeness": completeness}
    dossier = loaded({"meta": meta, "zone": {"zone_id": "Z"}, **more})
    return look(shipped_policy(), dossier, dossier.root.meta.as_of_date).whole(path)


@pytest.mark.parametrize("nested", [None, {"complete": False}, {**WHOLE, "count": 3}], ids=str)
def test_nothing_is_missing_below_an_empty_register_that_is_whole(nested: dict[str, Any] | None) -> None:
    declared = {"agreements": WHOLE} | ({NESTED: nested} if nested else {})
    assert is_whole(NESTED, declared, agreements=[])


@pytest.mark.parametrize(
    ("declared", "agreements"),
    [
        ({}, []),
        ({**WHOLE, "complete": False}, []),
        ({**WHOLE, "as_of": "2023-12-31"}, []),
        ({**WHOLE, "count": 1}, []),
        ({**WHOLE, "count": 1}, [{"agr_id": "A", "commitments": []}]),
        ({**WHOLE, "count": 1}, [{"agr_id": "A"}]),
    ],
)
def test_below_any_other_register_something_may_be_missing(
    declared: dict[str, Any], agreements: list[dict[str, Any]]
) -> None:
    assert not is_whole(NESTED, {"agreements": declared} if declared else {}, agreements=agreements)


# --- rules together -------------------------------------------------------------------------------------------------

PACK = Path(__file__).parents[1] / "benchmarks" / "pack"


def dossiers() -> list[tuple[Policy, Dossier]]:
    """Give random dossiers under the shipped rules, and the measured zone, whose rules nearly all look at parcels."""
    measured = load_dossier(measured_zone(300), "measured", dossier_schema())
    found = [(read_policy(PACK, dossier_schema()), measured)]
    return [*found, *((shipped_policy(), loaded(sample(seed, raw_schema()).dossier)) for seed in range(40))]


def test_rules_together_find_on_every_subject_what_each_finds_alone() -> None:
    shared = 0
    for policy, dossier in dossiers():
        with localcontext(values.EXACT):
            view = look(policy, dossier, dossier.root.meta.as_of_date)
            for group in policy.groups:
                for compiled, answers in zip(group.rules, view.together(group), strict=True):
                    alone = view.answers(compiled)
                    assert {key: [*numbers] for key, numbers in answers.items()} == {
                        key: [*numbers] for key, numbers in alone.items()
                    }, compiled.rule.id
                    numbers = sorted(each for noted in answers.values() for each in noted)
                    assert numbers == list(range(len(view.chains(group.each)))), compiled.rule.id
                shared += len(group.rules) > 1
    assert shared > 100


def test_before_the_document_was_issued_no_rule_that_looks_at_the_state_applies() -> None:
    policy = read_policy(PACK, dossier_schema())
    dossier = load_dossier(measured_zone(50), "measured", dossier_schema())
    with localcontext(values.EXACT):
        view = look(policy, dossier, date(1999, 12, 31))
        for group in policy.groups:
            for answers in view.together(group):
                [((ground, *truths), numbers)] = answers.items()
                assert ground[1] is False
                assert set(truths) == {None}
                assert len(numbers) == len(view.chains(group.each))
