"""From a report saved as JSON back to a `Report`, from which every format and paper is made without checking again.

What is read is what was written: each format of it has the same bytes as that of the report that was saved. Only a
file that the schema allows is read at all.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from checker.catalogues import ZH
from checker.classes import dataclass
from checker.conforming import Check, Misfit, conforming
from checker.dossier.citizens import without_citizens
from checker.dossier.places import excerpt, places, pointer_of, position
from checker.dossier.records import BOM
from checker.errors import Place, Problem, ReportError
from checker.limits import megabytes
from checker.model import (
    REPORT_FORMAT,
    Adjudication,
    Ahead,
    Amount,
    Answer,
    Area,
    Attestation,
    Basis,
    Change,
    Clause,
    ClauseState,
    Consequence,
    Cure,
    Document,
    DossierStamp,
    Doubt,
    Earlier,
    Exemption,
    Fact,
    Finding,
    Grade,
    Group,
    InOrder,
    LawAhead,
    Map,
    Method,
    Missing,
    Modality,
    Mode,
    NormWithoutRule,
    NotChecked,
    Party,
    Past,
    PolicyStamp,
    Proposal,
    Question,
    Reason,
    RegisterState,
    RemedyStep,
    Report,
    Request,
    RuleState,
    Rung,
    Scalar,
    Subject,
    TestNode,
    Truth,
    Turn,
    Verdict,
    Zone,
)
from checker.resources import folder

Object = dict[str, Any]

LARGEST = 512 * 1024 * 1024
LONGEST_NUMBER = 18
"""No count needs more digits."""

AGAIN = "用 zonecheck check --format json 重新生成，不要手工修改"
ANOTHER_FORMAT = "用现在的程序 zonecheck check --format json 再检查一遍档案并保存，或者用当时的程序读"

_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")

_TRUTHS: Mapping[str, Truth] = {"true": True, "false": False, "unknown": None}
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read(data: bytes, name: str) -> Report:
    """Read the bytes of a saved report; raise `ReportError` for what is none."""
    source = _Source(name=name, text=_text(data, name))
    try:
        held = source.decoded()
        found = _check()(held)
    except RecursionError:
        raise source.refused("嵌套过深，不是 zonecheck 的检查报告") from None
    if found is not None:
        raise source.misfit(held, found)
    for misfit in _at_odds(held):
        raise source.misfit(held, misfit)
    return _report(held)


# --- the text -------------------------------------------------------------------------------------------------------


def _text(data: bytes, name: str) -> str:
    if len(data) > LARGEST:
        message = f"文件过大（{megabytes(len(data))}），上限 {LARGEST // 1024 // 1024} MB"
        raise ReportError([Problem(message=message, place=Place(file=name), suggestion="按台账拆分档案，分别检查")])
    try:
        return data.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        message = "不是 UTF-8 编码的文本，不是 zonecheck 保存的检查报告"
        if error.reason == "unexpected end of data":
            message = "文件不完整，在一个字符中间突然结束"
        raise ReportError([Problem(message=message, place=Place(file=name), suggestion=AGAIN)]) from None


class _TwiceError(ValueError):
    """A key that an object has twice."""


class _Long(str):
    """A number with more digits than any count has, kept as it was written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The text of a report and the name of its file."""

    name: str
    text: str

    def decoded(self) -> Any:
        """Decode the text; no key is there twice."""
        if not self.text.strip():
            raise self.refused("文件是空的")
        try:
            held = json.loads(self.text, parse_int=_count, object_pairs_hook=_object)
        except json.JSONDecodeError as error:
            raise self._syntax(error) from None
        except _TwiceError:
            [first, *_] = places(self.text, ()).repetitions
            raise self.refused(f"{first.key} 重复", first.again.offset, pointer=first.pointer) from None
        if _HALF.search(self.text):
            try:
                json.dumps(held, ensure_ascii=False).encode()
            except UnicodeEncodeError:
                raise self.refused("有的文字里有半个字符（代理项）") from None
        return held

    def _syntax(self, error: json.JSONDecodeError) -> ReportError:
        end = len(self.text.rstrip())
        if error.pos >= end or (error.msg.startswith("Unterminated") and not self.text.rstrip().endswith("}")):
            return self.refused("文件不完整，到这里突然结束", end)
        from checker.dossier.validation import SYNTAX  # noqa: PLC0415  (only a refused report needs words)

        return self.refused(SYNTAX.get(error.msg, (f"不是有效的 JSON（{error.msg}）", ""))[0], error.pos)

    def misfit(self, held: Any, found: Misfit) -> ReportError:
        """Word what does not conform, with its place; something else than a report is named as such."""
        if not isinstance(held, dict) or "schema_version" not in held:
            other = isinstance(held, dict) and {"meta", "zone"} <= held.keys()
            what = "这是园区档案，不是检查报告" if other else "这不是 zonecheck 的检查报告"
            return self.refused(what, suggestion="先用 zonecheck check --format json 检查并保存，再用它的结果")
        version = held["schema_version"]
        if isinstance(version, str) and version != REPORT_FORMAT and _VERSION.fullmatch(version):
            message = f"报告格式是 {version}，这个版本的程序只读 {REPORT_FORMAT}"
            return self.refused(message, pointer="/schema_version", suggestion=ANOTHER_FORMAT)
        pointer = pointer_of(found.steps)
        at = places(self.text, {pointer}).of(pointer)
        return self.refused(found.message, None if at is None else at.offset, pointer=pointer)

    def refused(
        self, message: str, offset: int | None = None, *, pointer: str = "", suggestion: str = AGAIN
    ) -> ReportError:
        """Give the error that refuses this file."""
        if offset is None:
            place, shown = Place(file=self.name, pointer=pointer), ""
        else:
            at = position(self.text, offset)
            place = Place(file=self.name, pointer=pointer, line=at.line, column=at.column)
            shown = excerpt(without_citizens(self.text), at)
        return ReportError([Problem(message=message, place=place, suggestion=suggestion, excerpt=shown)])


def _count(text: str) -> int | _Long:
    return int(text) if len(text) <= LONGEST_NUMBER else _Long(text)


def _object(pairs: list[tuple[str, Any]]) -> Object:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise _TwiceError
    return held


# --- the schema -----------------------------------------------------------------------------------------------------


@cache
def _check() -> Check:
    return conforming(json.loads((folder("schemas") / "report.schema.json").read_bytes()))


def _at_odds(held: Object) -> Iterable[Misfit]:
    """Find what no schema can say: totals belong to the clauses and rules that are listed."""
    for name, listed in (("by_clause", "clauses"), ("by_rule", "rules")):
        ids = [each["id"] for each in held[listed]]
        if list(held["totals"][name]) != ids:
            yield Misfit(("totals", name), f"与 {listed} 所列的不一致")


# --- the report -----------------------------------------------------------------------------------------------------


def stamped(held: Object) -> PolicyStamp:
    """Read the stamp of a pack, and of those that it extends."""
    below = held.get("extends")
    return PolicyStamp(**{**held, "extends": None if below is None else stamped(below)})


def _report(held: Object) -> Report:
    totals = held["totals"]
    return Report(
        language=held.get("language", ZH),
        as_of=date.fromisoformat(held["as_of"]),
        projected=held["projected"],
        mode=Mode(held["mode"]),
        tool=held["tool"]["name"],
        tool_version=held["tool"]["version"],
        policy=stamped(held["policy"]),
        dossier=DossierStamp(**{**held["dossier"], "as_of": date.fromisoformat(held["dossier"]["as_of"])}),
        zone=Zone(**held["zone"]),
        totals=_totals(totals["overall"]),
        clauses=_each(lambda each: _clause_state(each, totals["by_clause"][each["id"]]), held["clauses"]),
        rules=_each(lambda each: _rule_state(each, totals["by_rule"][each["id"]]), held["rules"]),
        registers=_each(_register, held["registers"]),
        not_checked=_each(lambda each: NotChecked(**each), held["not_checked"]),
        requests=_each(_request, held["requests"]),
        doubts=_each(lambda each: Doubt(**each), held["doubts"]),
        findings=_each(_finding, held["findings"]),
        exempted=_each(_finding, held["exempted"]),
        in_order=_each(_in_order, held["in_order"]),
        without_rule=_each(_norm, held["without_rule"]),
        cells=held.get("cells", {}),
        map=_map(held["map"]) if "map" in held else None,
        attestations=_each(_attestation, held.get("attestations", ())),
        adjudication=_adjudication(held["adjudication"]),
        ahead=_ahead(held["ahead"]) if "ahead" in held else None,
    )


def _each(make: Callable[[Object], Any], held: Iterable[Object]) -> tuple[Any, ...]:
    return tuple(map(make, held))


def _totals(held: Object) -> Mapping[Verdict, int]:
    return {verdict: held[verdict.value] for verdict in Verdict}


def _clause_state(held: Object, totals: Object) -> ClauseState:
    return ClauseState(
        id=held["id"],
        article=held["article"],
        quote=held["quote"],
        rules=tuple(held["rules"]),
        totals=_totals(totals),
    )


def _rule_state(held: Object, totals: Object) -> RuleState:
    return RuleState(**{**held, "limits": tuple(held["limits"])}, totals=_totals(totals))


def _register(held: Object) -> RegisterState:
    day = held["as_of"]
    return RegisterState(**{**held, "as_of": None if day is None else date.fromisoformat(day)})


def _request(held: Object) -> Request:
    lists = {name: tuple(held[name]) for name in ("facts", "findings", "settles")}
    return Request(document=held["document"], weight=held["weight"], **lists)


def _in_order(held: Object) -> InOrder:
    named = ((Subject(**each["subject"]), _documents(each["documents"])) for each in held["named"])
    return InOrder(**{**held, "clauses": tuple(held["clauses"]), "named": tuple(named)})


def _norm(held: Object) -> NormWithoutRule:
    modality, addressees = Modality(held["modality"]), tuple(map(Party, held["addressees"]))
    question = Question(**held["question"]) if "question" in held else None
    return NormWithoutRule(**{**held, "modality": modality, "addressees": addressees, "question": question})


def _adjudication(held: Object) -> Adjudication:
    clause = held["clause"]
    return Adjudication(
        groups=_each(_group, held["groups"]),
        earlier=_each(lambda each: Earlier(**{**each, "state": Past(each["state"])}), held["earlier"]),
        clause=None if clause is None else Clause(**clause),
        proposals=_each(
            lambda each: Proposal(rung=Rung(each["rung"]), reasons=_each(_reason, each["reasons"])), held["proposals"]
        ),
        history=held["history"],
    )


def _group(held: Object) -> Group:
    grade = None if held["grade"] is None else Grade(held["grade"])
    kept = {name: held[name] for name in ("id", "on", "key", "label", "clause")}
    return Group(
        **kept,
        verdict=Verdict(held["verdict"]),
        grade=grade,
        amount=_amount(held),
        findings=tuple(held["findings"]),
    )


def _reason(held: Object) -> Reason:
    return Reason(**{**held, "findings": tuple(held["findings"]), "items": tuple(held["items"])})


def _ahead(held: Object) -> Ahead:
    return Ahead(
        until=date.fromisoformat(held["until"]),
        turns=_each(_turn, held["turns"]),
        law=_each(lambda each: LawAhead(**each), held["law"]),
    )


def _turn(held: Object) -> Turn:
    return Turn(
        **{
            **held,
            "on": date.fromisoformat(held["on"]),
            "clauses": tuple(held["clauses"]),
            "subject": Subject(**held["subject"]),
            "responsible": Party(held["responsible"]),
            "grade": None if held["grade"] is None else Grade(held["grade"]),
            "before": Verdict(held["before"]),
            "until_then": Verdict(held["until_then"]),
            "verdict": Verdict(held["verdict"]),
        }
    )


def _amount(held: Object) -> Amount | None:
    if "amount" not in held:
        return None
    return Amount(**{name: None if end is None else Decimal(end) for name, end in held["amount"].items()})


def _map(held: Object) -> Map:
    areas = (
        Area(**{**each, "hectares": Decimal(each["hectares"]), "at": (each["at"][0], each["at"][1])})
        for each in held["areas"]
    )
    return Map(**{**held, "metres": Decimal(held["metres"]), "areas": tuple(areas)})


def _attestation(held: Object) -> Attestation:
    subject, method, answer = held["subject"], held["method"], held["answer"]
    return Attestation(
        **{
            **held,
            "subject": None if subject is None else Subject(**subject),
            "method": None if method is None else Method(method),
            "answer": None if answer is None else Answer(answer),
            "documents": _documents(held["documents"]),
            "findings": tuple(held["findings"]),
            "against": tuple(held["against"]),
        }
    )


def _finding(held: Object) -> Finding:
    return Finding(
        id=held["id"],
        rule=held["rule"],
        title=held["title"],
        kind=held["kind"],
        verdict=Verdict(held["verdict"]),
        grade=None if held["grade"] is None else Grade(held["grade"]),
        consequence=Consequence(held["consequence"]),
        clauses=_each(lambda each: Clause(**each), held["clauses"]),
        basis=_each(_basis, held["basis"]),
        see=_each(_basis, held["see"]),
        responsible=Party(held["responsible"]),
        subject=Subject(**held["subject"]),
        matter=held["matter"],
        amount=_amount(held),
        decided_by=tuple(map(tuple, held.get("decided_by", ()))),
        cure=_cure(held["cure"]) if "cure" in held else None,
        conduct_on=None if held["conduct_on"] is None else _fact(held["conduct_on"]),
        facts=_each(_fact, held["facts"]),
        tests={name: _test(each) for name, each in held["tests"].items()},
        exemptions=_each(_exemption, held["exemptions"]),
        soft=tuple(held["soft"]),
        message=held["message"],
        grounds=tuple(held["grounds"]),
        reasons=tuple(held["reasons"]),
        missing=_each(lambda each: Missing(**each), held["missing"]),
        withheld=tuple(held["withheld"]),
        ask=tuple(held["ask"]),
        remedy=_each(lambda each: RemedyStep(**each), held["remedy"]),
        group=held["group"],
        absorbed_by=held["absorbed_by"],
    )


def _cure(held: Object) -> Cure:
    return Cure(changes=_each(lambda each: Change(**each), held["changes"]), breaks=tuple(held["breaks"]))


def _basis(held: Object) -> Basis:
    return Basis(**{**held, "articles": tuple(held["articles"])})


def _documents(held: list[Object]) -> tuple[Document, ...]:
    return tuple(Document(**each) for each in held)


def _exemption(held: Object) -> Exemption:
    facts, documents = _each(_fact, held["facts"]), _documents(held["documents"])
    return Exemption(**{**held, "facts": facts, "documents": documents})


def _fact(held: Object) -> Fact:
    sort = held.get("sort", "")
    return Fact(
        name=held["name"],
        label=held["label"],
        state=held["state"],
        value=_scalar(held.get("value"), sort),
        text=held["text"],
        low=_scalar(held.get("low"), sort),
        high=_scalar(held.get("high"), sort),
        unit=held["unit"],
        pointer=held["pointer"],
        documents=_documents(held["documents"]),
        origins=tuple(held["from"]),
        unlisted=held.get("unlisted", 0),
        unproved=tuple(held["unproved"]),
    )


def _scalar(value: Any, sort: str) -> Scalar:
    """Give a number or a day as what it is; a string that cannot be one stays what it is."""
    scalar: Scalar = value
    if isinstance(value, str):
        if sort == "number" and _NUMBER.fullmatch(value):
            return Decimal(value)
        if sort == "day" and _DAY.fullmatch(value):
            with contextlib.suppress(ValueError):
                return date.fromisoformat(value)
    return scalar


def _test(held: Object) -> TestNode:
    truth = _TRUTHS[held["truth"]]
    return TestNode(**{**held, "truth": truth, "parts": tuple(map(_test, held.get("parts", ())))})
