"""What the tests of packs share: copies of the shipped one with few rules, and what is wrong with a pack."""

import shutil
from pathlib import Path

import pytest
from reference.program import PACK

from checker.dossier.loading import dossier_schema
from checker.errors import PolicyError, Problem
from checker.verifying import load_policy


def copied(place: Path, *rules: str) -> Path:
    """Copy the shipped pack, with no rules but these, and with nothing that needs others."""
    ignored = shutil.ignore_patterns("R*.yaml", "adjudication.yaml")
    shutil.copytree(PACK, place, ignore=ignored)
    for rule in rules:
        shutil.copy(PACK / "rules" / f"{rule}.yaml", place / "rules")
    return place


def problems(pack: Path) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as caught:
        load_policy(pack, dossier_schema())
    assert caught.value.exit_code == 5
    return caught.value.problems
