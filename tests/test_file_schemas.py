"""The JSON Schemas for editors: they are those of the readers, and refuse what the readers refuse."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from reference.program import PACK
from test_cli import Run, desk, run

from checker.dossier.places import escaped
from checker.file_schemas import SCHEMAS, written
from checker.policy.adjudication import ADJUDICATION, CONDITION, RECURRENCE, SAME_MATTER, STEP, WITHIN
from checker.policy.extending import EXTENDING, EXTENDS, EXTENSION, WITHOUT
from checker.policy.forms import FormError, Key, read_form, shape_of
from checker.policy.law import DATED_VALUE, NORM, PARAMETER, QUESTION, STATUTE
from checker.policy.pack import POLICY
from checker.policy.rules import BASIS, EXEMPT, REMEDY, RULE
from checker.policy.source import read_yaml
from checker.resources import folder
from checker.verifying import CASE, EXAMPLES

__all__ = ["desk", "run"]

PACKS = sorted(folder("policies").iterdir(), key=lambda each: each != PACK)
RULES = [path for pack in PACKS for path in sorted((pack / "rules").glob("*.yaml"))]
EXTENSIONS = [path for path in RULES if "extends" in read_yaml(path).value]
FILES = {
    "rule": [path for path in RULES if path not in EXTENSIONS],
    "extension": EXTENSIONS,
    **{
        name: [path for pack in PACKS if (path := pack / f"{name}.yaml").exists()]
        for name in ("policy", "norms", "statutes", "adjudication", "parameters")
    },
}
FORMS = {
    "policy": POLICY,
    "rule": RULE,
    "extension": EXTENSION,
    "norms": NORM,
    "statutes": STATUTE,
    "adjudication": ADJUDICATION,
    "parameters": PARAMETER,
}


def plain(value: Any) -> Any:
    """Give what was read from YAML as JSON has it."""
    return json.loads(json.dumps(value, default=lambda each: float(each) if isinstance(each, Decimal) else str(each)))


def faults(name: str, value: Any) -> list[str]:
    return [str(each.instance_path) for each in jsonschema_rs.validator_for(SCHEMAS[name]).iter_errors(plain(value))]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schema_is_that_of_the_readers(name: str) -> None:
    shipped = folder("schemas") / f"{name}.schema.json"
    assert shipped.read_text(encoding="utf-8") == written(name), f"write {shipped.name} anew: zonecheck rules schema"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_shipped_file_fits_its_schema(name: str) -> None:
    assert FILES[name]
    for path in FILES[name]:
        assert faults(name, read_yaml(path).value) == []


def keys() -> Iterator[tuple[str, Key]]:
    laws = (NORM, QUESTION, STATUTE, PARAMETER, DATED_VALUE)
    together = (ADJUDICATION, SAME_MATTER, RECURRENCE, WITHIN, STEP, CONDITION)
    packs = (POLICY, EXTENDING, EXTENDS, WITHOUT, EXTENSION)
    for form in (RULE, BASIS, EXEMPT, REMEDY, EXAMPLES, CASE, *laws, *together, *packs):
        yield from form.items()


def test_every_key_says_what_it_takes() -> None:
    plain_ones = {name for name, key in keys() if not shape_of(key.read)}
    assert plain_ones == {"examples"}, "make its reader with `reads`"


SPOILT: tuple[tuple[str, str, object], ...] = (
    ("rule", "id", "R1"),
    ("rule", "title", ""),
    ("rule", "clauses", []),
    ("rule", "kind", "warning"),
    ("rule", "when", 5),
    ("rule", "basis", [{"articles": []}]),
    ("rule", "basis", [{"statute": "a", "at_most": "violation"}]),
    ("rule", "exempt", [{"if": "x"}]),
    ("rule", "remedy", []),
    ("rule", "remedy", [{"action": "a", "done_when": "b", "within": {"days": "x"}}]),
    ("rule", "limits", 3),
    ("extension", "extends", "R1"),
    ("extension", "limits", "one"),
    ("extension", "examples", {"restated": {"a": "guilty"}}),
    ("norms", "modality", "may"),
    ("norms", "addressee", []),
    ("norms", "own_duty", "no"),
    ("statutes", "law", "L1"),
    ("statutes", "from", "2014-1-1"),
    ("statutes", "text_mark", "P"),
    ("statutes", "number", 5),
    ("statutes", "from", "2021-12-03/2024"),
    ("parameters", "values", []),
    ("parameters", "kind", "guess"),
    ("parameters", "values", [{"from": "2014", "value": -1, "mark": "M", "verified": False, "source": "x"}]),
)


@pytest.mark.parametrize(("name", "key", "value"), SPOILT)
def test_reader_and_schema_refuse_the_same(name: str, key: str, value: object) -> None:
    sound = read_yaml(FILES[name][0]).value
    is_one = isinstance(sound, dict)
    record = sound if is_one else sound[0]
    spoilt: Mapping[str, Any] = record | {key: value}
    with pytest.raises(FormError) as caught:
        read_form(spoilt, FORMS[name])
    assert all(each.steps.startswith(f"/{escaped(key)}") for each in caught.value.faults)
    assert faults(name, spoilt if is_one else [spoilt])


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_key_too_much_or_too_few_is_refused(name: str) -> None:
    sound = read_yaml(FILES[name][0]).value
    is_one = isinstance(sound, dict)
    record = sound if is_one else sound[0]
    needed = [key for key, each in FORMS[name].items() if each.default is ...]
    for wrong in ({**record, "extra": 1}, *({k: v for k, v in record.items() if k != gone} for gone in needed)):
        assert faults(name, wrong if is_one else [wrong])


def test_the_command_prints_what_is_shipped(run: Run) -> None:
    outcome = run("rules", "schema", "statutes")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (Path(folder("schemas")) / "statutes.schema.json").read_text(encoding="utf-8")
