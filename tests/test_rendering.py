"""Papers from a saved report: the same bytes as those that are made of the check itself."""

from functools import cache
from pathlib import Path

import pytest
from reference.program import shipped_policy

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.model import Report
from checker.papers.drafting import Order
from checker.papers.formats import NAMES
from checker.papers.issuing import Issue, issue
from checker.reporting import json as saved_as
from checker.reporting.reading import read

EXAMPLES = Path(__file__).parents[1] / "examples"
DOSSIERS = (*sorted(each.name for each in EXAMPLES.glob("*.json")), "realistic/dossier.json")


@cache
def checked(name: str) -> Report:
    path = EXAMPLES / name
    return check(shipped_policy(), load_dossier(path.read_bytes(), path.name, dossier_schema()))


@cache
def saved(name: str) -> Report:
    return read(saved_as.render(checked(name)), name)


@cache
def made(name: str, wanted: str) -> Issue:
    return issue(checked(name), *NAMES[wanted], Order())


@pytest.mark.parametrize("name", DOSSIERS)
def test_a_saved_report_is_the_report(name: str) -> None:
    assert saved(name) == checked(name)


@pytest.mark.parametrize("wanted", NAMES)
@pytest.mark.parametrize("name", DOSSIERS)
def test_a_paper_from_a_saved_report_is_that_of_the_check(name: str, wanted: str) -> None:
    issued = issue(saved(name), *NAMES[wanted], Order())
    assert issued == made(name, wanted)
    assert issued.files or wanted.startswith("notice")
