"""A new rule file with its gaps marked: what only its author knows. A file in which one is left does not load."""

import re
from collections.abc import Iterator
from typing import Any

from checker.dossier.places import escaped
from checker.dossier.schema import DossierSchema
from checker.errors import Place, Problem
from checker.language.tree import ZONE
from checker.policy.source import Source

_GAP = "〔填：[^〔〕]*〕"
_RULE = """# 标有〔填：…〕的地方逐处填好以前，这个文件不能加载；删去用不上的部分。写法见 docs/规则编写.md。
id: {id}
title: 〔填：问题的名称，印在报告和通知书上〕
clauses: ["{clause}"]{quote}
grade: 〔填：S1 严重、S2 较重、S3 一般、A 提示〕
responsible: 〔填：zone、local_government、province、ministry、enterprise〕
each: {each}
conduct_on: 〔填：行为日的字段；持续状态写 as_of〕
basis:
  - {{statute: 〔填：statutes.yaml 中的编号〕, articles: [〔填：第几条〕]}}
when: 〔填：适用条件〕
violated: 〔填：违反条件〕
# exempt:
#   - ground: 主张事由
#     if: claim.from_ <= as_of
#     reason: 为什么不算违反
message: 〔填：一句话的事实，值写在双花括号里〕
remedy:
  - action: 〔填：要做什么〕
    done_when: 〔填：做到什么算完成〕
    within: {{days: 30}}
# ask:
#   字段: 向谁要什么文件
limits: 〔填：没有检查的部分；没有就删去这一行〕
examples:
  as_of: 〔填：基准日，写作 2022-06-30〕
  base:
{base}
  cases:
    - {{name: 〔填：违反的情形〕, expect: violation}}
    - {{name: 〔填：符合的情形〕, {change}, expect: compliant}}
    - {{name: 〔填：正常业务_不应误报的日常情形〕, {change}, expect: compliant}}
    - {{name: 〔填：界限这一侧〕, {change}, expect: violation}}
    - {{name: 〔填：界限那一侧〕, {change}, expect: compliant}}
    - {{name: 〔填：不在此列的情形〕, {change}, expect: not_applicable}}
    - {{name: 〔填：某个必要事实未填〕, drop: [{path}.〔填：字段〕], expect: undetermined}}
    - {{name: 依据施行前一日, {change}, expect: not_applicable}}
    - {{name: 依据施行首日, {change}, expect: violation}}
"""
_EMPTY = """    - name: 台账不完整而空
      set: {{{top}: [], complete.{top}: {{complete: false}}}}
      expect: undetermined
    - {{name: 台账完整而空, set: {{{top}: []}}, expect: not_applicable}}
"""


def scaffold(rule: str, each: str, clause: str, quote: str, schema: DossierSchema) -> str:
    """Write the file of a new rule over the records of *each*; what was not said of it is a gap too."""
    registers = () if each in {"", ZONE} else tuple(each.split("."))
    path = ".".join(f"{step}.0" for step in registers) or each or "〔填：台账〕.0"
    text = _RULE.format(
        id=rule,
        clause=clause or "〔填：norms.yaml 中的编号〕",
        quote=f"   # {quote}" if quote else "",
        each=each or "〔填：检查对象的台账，或者 zone〕",
        base="\n".join(_base(registers, each, schema)),
        path=path,
        change=f"set: {{{path}.〔填：字段〕: 〔填：值〕}}",
    )
    return text + (_EMPTY.format(top=registers[0]) if registers else "")


def _base(registers: tuple[str, ...], each: str, schema: DossierSchema) -> Iterator[str]:
    """Give the lines of a dossier with one record, and what it stands in, all lists declared complete."""
    paths = [".".join(registers[: end + 1]) for end in range(len(registers))]
    if paths:
        yield "    complete:"
    yield from (f"      {path}: true" for path in paths)
    yield "    zone: {level: national}"
    record = "〔填：字段〕: 〔填：值〕"
    for path in reversed(paths):
        entity, name = schema.registers[path], path.rpartition(".")[2]
        record = f"{name}: [{{{entity.id_field}: {_id(name)}, {record}}}]"
    if paths:
        yield f"    {record}"
    elif each != ZONE:
        yield f"    〔填：台账〕: [{{{record}}}]"


def _id(register: str) -> str:
    return f"{register[0].upper()}1"


def gaps(source: Source) -> Iterator[Problem]:
    """Point at every gap that is left in a file, those of one line together."""
    found: dict[int | None, list[tuple[Place, str, str]]] = {}
    for pointer, text, of_key in _texts(source.value, ""):
        for gap in re.findall(_GAP, text):
            place = source.place(pointer, key=of_key)
            found.setdefault(place.line, []).append((place, gap, source.problem(pointer, "", key=of_key).excerpt))
    for each in found.values():
        place, _, excerpt = each[0]
        named = "、".join(dict.fromkeys(gap for _, gap, _ in each))
        yield Problem(message=f"还没有填{named}", place=place, excerpt=excerpt)


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str, bool]]:
    match value:
        case str():
            yield pointer, value, False
        case list():
            for index, each in enumerate(value):
                yield from _texts(each, f"{pointer}/{index}")
        case dict():
            for key, each in value.items():
                yield f"{pointer}/{escaped(key)}", key, True
                yield from _texts(each, f"{pointer}/{escaped(key)}")
