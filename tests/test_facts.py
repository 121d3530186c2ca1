"""Which registers prove absence, and of which nothing can be missing."""

from typing import Any

import pytest
from reference.program import loaded, shipped_policy

from checker.checking import look

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
