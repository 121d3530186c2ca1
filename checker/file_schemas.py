"""The JSON Schemas of the files of a pack, for the editors of those who write them: made of what reads these files."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from checker.policy.adjudication import ADJUDICATION
from checker.policy.extending import EXTENDING, EXTENSION
from checker.policy.forms import MOST_ITEMS, Shape, either, shape_of_form
from checker.policy.law import NORM, PARAMETER, STATUTE
from checker.policy.pack import POLICY
from checker.policy.rules import RULE
from checker.verifying import CASE, EXAMPLES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _rule() -> Shape:
    rule = shape_of_form(RULE)
    rule["properties"]["examples"] |= shape_of_form(EXAMPLES)
    return rule


def _extension() -> Shape:
    extension = shape_of_form(EXTENSION)
    extension["properties"]["examples"]["anyOf"][0]["properties"]["cases"]["items"] = shape_of_form(CASE)
    return extension


def _records(record: Shape) -> Shape:
    return {"type": "array", "items": record, "maxItems": MOST_ITEMS}


SCHEMAS: Mapping[str, Shape] = MappingProxyType(
    {
        name: {"$schema": DIALECT, "title": title} | shape
        for name, title, shape in (
            ("policy", "政策包（policy.yaml）", either(shape_of_form(POLICY), shape_of_form(EXTENDING))),
            ("rule", "一条规则", _rule()),
            ("extension", "在一条规则上增加（扩展的政策包）", _extension()),
            ("norms", "文件的要求（norms.yaml）", _records(shape_of_form(NORM))),
            ("statutes", "法规的各个版本（statutes.yaml）", _records(shape_of_form(STATUTE))),
            ("adjudication", "归并研判（adjudication.yaml）", shape_of_form(ADJUDICATION)),
            ("parameters", "规则用到的数值（parameters.yaml）", _records(shape_of_form(PARAMETER))),
        )
    }
)


def written(name: str) -> str:
    """Give the text of a schema, as it stands in `schemas`."""
    return json.dumps(SCHEMAS[name], ensure_ascii=False, indent=2) + "\n"
