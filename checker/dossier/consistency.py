"""What is valid against the schema and yet cannot be, or is hard to believe.

What cannot be stops the dossier (`blocking`): an id twice, an identity number of a citizen, a placeholder for a day,
days in an impossible order, a claim about nothing. What is hard to believe is a doubt that the report prints: a code
with a wrong check digit, a price far from any price, a reference to nothing. This runs on every check, so records are
looked at in bulk and nothing is worded unless it is wrong. It also runs on what is well formed in a dossier that is
not; `Gaps` then says of what nothing can be known.
"""

import dataclasses
import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain
from operator import attrgetter, mul
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import UNSET

from checker import shapes
from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.dossier.citizens import citizens_in, without_citizens
from checker.dossier.grouping import MOST_KEPT, Group, Kept, Mistake
from checker.dossier.places import joined, pointer_of
from checker.dossier.schema import COMPLETENESS, DossierSchema, Entity, Field, Kind
from checker.dossier.survey import Survey
from checker.errors import Place, Problem
from checker.values import NUMBERS, Range, bounds, shift_months

PLACEHOLDER = date(1900, 1, 1)
EARLIEST = date(1949, 1, 1)
YEARS_AHEAD = 30
LOWEST_PRICE, HIGHEST_PRICE = Decimal(10), Decimal(100_000)
LOW_USUAL, HIGH_USUAL = 10.01, 99_900.0
"""Clearly between the two: here carriers need not be made numbers to see it."""
MOST_ALIKE = 5_000
"""Among how many ids the one that was meant is looked for."""
EVENTS = frozenset(
    {"paid_on", "reviewed_on", "completed_on", "contract_signed_on", "depart_on", "return_on", "measured_on"}
)
"""Days of what has been done: one after the dossier's own day is a forecast, or a slip of the pen."""

CODES = "_uscc"
CODE = r"[0-9]{8}[0-9A-HJ-NP-RTUW-Y]{10}"
CODE_DIGITS = MappingProxyType({sign: number for number, sign in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")})
CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
NAME = "[\u4e00-\u9fff]{2,4}(?<!户)"
"""What is more likely the name of a person than a code."""

ONCE = "none"
"""How the kinds of mistakes begin of which one is told for all: there are no records of what is referred to."""

NOT_PRICED = frozenset({"allocation", "lease"})
ORDERS = (
    ("evidence", "valid_from", "valid_to"),
    ("evidence", "issued_on", "revoked_on"),
    ("claims", "from", "until"),
    ("trips.actual", "depart_on", "return_on"),
    ("agreements", "signed_on", "terminated_on"),
    ("agreements", "signed_on", "voided_on"),
    ("expropriations", "consultation_from", "consultation_to"),
    ("expropriations.public_notices", "posted_from", "posted_to"),
)
"""Two days of one record of which the second can't lie before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What is not known of a dossier that is not well formed, by the path of the register.

    Of `unlisted` registers not every record is seen; `unnamed` ones have records whose id is not known. `ids` are
    known although they are malformed. At the pointers `wrong`, and below, something else is wrong already.
    """

    unlisted: set[str] = dataclasses.field(default_factory=set)
    unnamed: set[str] = dataclasses.field(default_factory=set)
    ids: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    wrong: set[str] = dataclasses.field(default_factory=set)


def examine(survey: Survey, schema: DossierSchema, gaps: Gaps | None = None, *, words: Catalogue = CHINESE) -> "Look":
    """Look for what cannot be or is hard to believe in a decoded dossier.

    Doubts are told in *words*; what refuses a dossier is told in Chinese. With *gaps*, the dossier is only what is
    well formed; identity numbers are then looked for elsewhere, in all of it.
    """
    look = Look(survey, schema, gaps or Gaps(), words)
    if gaps is None and survey.may_name_citizens:
        look.at_citizens()
    for step in look.steps():
        step.look()
    return look


class Step(NamedTuple):
    """One look at the records of a path (none where it concerns the whole dossier), and its place among all looks."""

    place: tuple[int, ...]
    path: str
    look: Callable[[], None]


class Look:
    """One look at one dossier: the records by path, their pointers (made only when needed) and what was found."""

    def __init__(self, survey: Survey, schema: DossierSchema, gaps: Gaps, words: Catalogue) -> None:
        self.survey, self.schema, self.gaps, self.words = survey, schema, gaps, words
        self.root, self.inside = survey.root, survey.inside
        self.as_of: date = self.root.meta.as_of_date
        self.last = shift_months(self.as_of, 12 * YEARS_AHEAD) or date.max
        self.entities = {entity.path: entity for entity in schema.entities()}
        self.ids = {
            path: {*map(attrgetter(entity.id_field), self.inside[path])} if self.inside[path] else set()
            for path, entity in schema.registers.items()
        }
        for path in self.ids.keys() & gaps.ids.keys():
            self.ids[path] |= gaps.ids[path]
        self.pointers: dict[str, list[str]] = {"": [""]}
        self.kinds: dict[str, Kept[Mistake]] = {}

    def steps(self) -> Iterator["Step"]:
        """Give all looks but that for citizens, in order."""
        yield Step((0,), "", self.at_declarations)
        for place, entity in enumerate(self.schema.entities()):
            if entity.path and self.inside[entity.path]:
                for nth, look in self.at_entity(entity):
                    yield Step((1, place, nth), entity.path, look)
        for place, (path, earlier, later) in enumerate(ORDERS):
            yield Step((2, place), path, partial(self.at_order, path, earlier, later))
        yield Step((3,), "", self.at_claims)
        for place, (path, check) in enumerate(CHECKS):
            if self.inside.get(path):
                yield Step((4, place), path, partial(check, self))

    # --- saying it

    def say(
        self,
        kind: str,
        pointer: str,
        label: str,
        message: str,
        suggestion: str | Callable[[], str] = "",
        *,
        blocking: bool = False,
    ) -> None:
        """Note a mistake, unless it only follows from another; of one kind only the first are kept, the rest counted.

        A *suggestion* that takes time is asked for only then.
        """
        if self.gaps.wrong and self.follows(pointer):
            return
        kept = self.kinds.setdefault(kind, Kept())
        if len(kept.first) == MOST_KEPT:
            kept.count += 1
            return
        way_out = suggestion if isinstance(suggestion, str) else suggestion()
        kept.add(Mistake(pointer=pointer, message=message, label=label, suggestion=way_out, blocking=blocking))

    def follows(self, pointer: str) -> bool:
        """Say whether something else is wrong at this place, or at one above it."""
        while pointer:
            if pointer in self.gaps.wrong:
                return True
            pointer = pointer.rpartition("/")[0]
        return False

    @property
    def blocks(self) -> bool:
        """Whether something was found that cannot be."""
        return any(kept.first[0].blocking for kept in self.kinds.values())

    def groups(self) -> tuple[Group, ...]:
        """Give what was found for people who have to put it right."""
        return tuple(
            kept.group(lambda each: each.message, lambda each: each.pointer, lambda each: each)
            for kept in self.kinds.values()
        )

    def doubts(self, name: str) -> tuple[Problem, ...]:
        """Give the doubts for a report, which has no text to show excerpts of."""
        told = []
        for kept in self.kinds.values():
            told += [
                Problem(
                    message=without_citizens(each.message),
                    place=Place(file=name, pointer=each.pointer),
                    label=each.label,
                    suggestion=each.suggestion,
                    blocking=False,
                )
                for each in kept.first
            ]
            more = kept.count - len(kept.first)
            if more:
                message = self.words("同类问题还有 {number} 处没有列出", number=more)
                place = Place(file=name)
                told.append(
                    Problem(message=message, place=place, label=told[-1].label, blocking=False, others=more - 1)
                )
        return tuple(told)

    def pointer(self, path: str, nth: int, *names: str) -> str:
        """Give the pointer of the nth record of a path, counted over all parents, or of a field of it."""
        return self._pointers(path)[nth] + pointer_of(names)

    def _pointers(self, path: str) -> list[str]:
        if path not in self.pointers:
            parent, _, name = path.rpartition(".")
            found: list[str] = []
            for above, record in zip(self._pointers(parent), self.inside[parent], strict=True):
                value = getattr(record, name)
                if value.__class__ is list:
                    found.extend(f"{above}/{name}/{index}" for index in range(len(value)))
                elif value is not None and value is not UNSET:
                    found.append(f"{above}/{name}")
            self.pointers[path] = found
        return self.pointers[path]

    def called(self, path: str, nth: int) -> str:
        """Name a record for people: 宗地 P001."""
        entity = self.schema.registers.get(path)
        return f"{entity.label} {getattr(self.inside[path][nth], entity.id_field)}" if entity is not None else ""

    def number(self, path: str) -> int:
        """Give how many records there are at a path."""
        return len(self.inside[path])

    # --- what the schema drives

    def at_entity(self, entity: Entity) -> Iterator[tuple[int, Callable[[], None]]]:
        """Give the looks at everything that the schema alone tells how to judge, with their places among all such."""
        found, filled = self.inside[entity.path], self.survey.filled[entity.path]
        if entity.path in self.schema.registers:
            yield 0, partial(self.at_ids, entity)
        fields = (*entity.of_kind(Kind.DAY), *entity.of_kind(Kind.TEXT))
        for place, field in enumerate(fields, 1):
            if field.attribute not in filled:
                continue
            if field.kind is Kind.DAY:
                yield place, partial(self.at_days, entity.path, field, found)
            elif field.ref:
                yield place, partial(self.at_references, entity.path, field, found)
            elif field.name.endswith(CODES):
                yield place, partial(self.at_codes, entity.path, field, found)
        if "sources" in filled or "withheld" in filled:
            yield len(fields) + 1, partial(self.at_sources, entity, found)

    def at_ids(self, entity: Entity) -> None:
        """Look for an id that stands twice in its register or, in a nested one, under its parent."""
        if len(self.ids[entity.path]) == len(self.inside[entity.path]) and entity.path not in self.gaps.ids:
            return
        get = attrgetter(entity.id_field)
        name = entity.path.rpartition(".")[2]
        nth = -1
        for parent in self.inside[entity.parent]:
            seen = set()
            for each in getattr(parent, name) or ():
                nth += 1
                identity = get(each)
                if identity in seen:
                    label = entity.fields[entity.id_field].label
                    pointer = self.pointer(entity.path, nth, entity.id_field)
                    message = f"{identity} 在{entity.label}中出现了不止一次"
                    self.say(
                        f"id {entity.path}",
                        pointer,
                        label,
                        message,
                        "每条记录用不同的编号；重复录入的删去一条",
                        blocking=True,
                    )
                seen.add(identity)

    def at_days(self, path: str, field: Field, found: Sequence[Any]) -> None:
        """Look for days that stand for no day, lie far away, or put in the future what has been done."""
        first = EARLIEST
        last = self.as_of if field.name in EVENTS else self.last
        reach = self.survey.days.get((path, field.attribute))
        if reach is not None and first <= reach[0] and reach[1] <= last:
            return
        for nth, value in enumerate(map(attrgetter(field.attribute), found)):
            if value.__class__ is date:
                if first <= value <= last:
                    continue
                low = high = value
            elif value.__class__ is Range:
                low, high = value.low, value.high
                if first <= low <= last:
                    continue
            else:
                continue
            pointer = self.pointer(path, nth, field.name)
            if low == PLACEHOLDER:
                message, suggestion = (
                    f"{_shown(value)} 是没有填写时系统留下的默认值",
                    "写实际的日期" if field.required else "写 null 表示没有，不知道就删去该键",
                )
            elif high < first:
                message, suggestion = (
                    f"{_shown(value)} 早于 {EARLIEST.isoformat()}",
                    "核对年份" if field.required else "核对年份；写 null 表示没有，不知道就删去该键",
                )
            elif low > self.last:
                message = f"{_shown(value)} 晚于基准日 {self.as_of.isoformat()} 之后 {YEARS_AHEAD} 年"
                suggestion = "核对年份；没有期限写 null"
            else:
                message = self.words(
                    "{day} 晚于基准日 {as_of}，而这应当是已经发生的事", day=_shown(value), as_of=self.as_of.isoformat()
                )
                self.say(
                    f"future {path} {field.name}", pointer, field.label, message, "核对日期或者基准日；尚未发生写 null"
                )
                continue
            self.say(f"day {path} {field.name}", pointer, field.label, message, suggestion, blocking=True)

    def at_references(self, path: str, field: Field, found: Sequence[Any]) -> None:
        """Look for references to records that are not in the dossier."""
        get = attrgetter(field.attribute)
        dangling = set(map(get, found)) - self.ids[field.ref] - _NOTHING
        if not dangling:
            return
        if field.ref in self.gaps.unnamed:
            return
        target = self.schema.registers[field.ref]
        if not self.number(field.ref):
            nth = next(nth for nth, each in enumerate(found) if get(each) in dangling)
            message = self.words("引用了{0}，而档案中没有任何{0}（{1}）", target.label, field.ref)
            self.say(
                f"{ONCE} {path} {field.name}",
                self.pointer(path, nth, field.name),
                field.label,
                message,
                f"补充 {field.ref}",
            )
            return
        for nth, each in enumerate(found):
            value = get(each)
            if value in dangling:
                message = self.words("{0} 不在{1}（{2}）之中", value, target.label, field.ref)
                self.say(
                    f"ref {path} {field.name}",
                    self.pointer(path, nth, field.name),
                    field.label,
                    message,
                    "核对编号，或者补充这条记录",
                )

    def at_codes(self, path: str, field: Field, found: Sequence[Any]) -> None:
        """Look for unified social credit codes with a wrong check digit."""
        get = attrgetter(field.attribute)
        doubtful = {each for each in set(map(get, found)) - _NOTHING if not _is_code(each)}
        if not doubtful:
            return
        from stdnum.cn import uscc  # noqa: PLC0415  (31 ms that only a dossier with a doubtful code pays)

        bad = {each for each in doubtful if not uscc.is_valid(each) and not citizens_in(each)}
        for nth, each in enumerate(found if bad else ()):
            if get(each) in bad:
                message = self.words("{0} 不是有效的统一社会信用代码（位数、字符或者校验码不对）", get(each))
                self.say(
                    f"code {path} {field.name}",
                    self.pointer(path, nth, field.name),
                    field.label,
                    message,
                    "对照营业执照核对",
                )

    def at_sources(self, entity: Entity, found: Sequence[Any]) -> None:
        """Look for sources that are no papers of the dossier, and for names that are no fields of the record."""
        papers = self.ids.get("evidence", set())
        cites = "evidence" not in self.gaps.unnamed
        for nth, each in enumerate(found):
            sources = each.sources
            if sources:
                for name, cited in sources.items():
                    if name != "*" and not _is_field(entity, name):
                        self.unknown_field(entity.path, nth, "sources", name)
                    for paper in cited if cites else ():
                        if paper not in papers and paper.partition("#")[0] not in papers:
                            if not papers:
                                self.no_evidence(entity.path, nth, name)
                                cites = False
                                break
                            pointer = self.pointer(entity.path, nth, "sources", name)
                            message = self.words("{0} 不在证据材料（evidence）之中", paper)
                            self.say(
                                f"sources {entity.path}",
                                pointer,
                                self.words("资料来源"),
                                message,
                                "核对材料编号，或者补充这份材料",
                            )
            if each.withheld:
                for name in each.withheld:
                    if not _is_field(entity, name):
                        self.unknown_field(entity.path, nth, "withheld", name)

    def no_evidence(self, path: str, nth: int, name: str) -> None:
        """Say once that sources are named while the dossier has no papers."""
        if f"{ONCE} evidence" not in self.kinds:
            pointer = self.pointer(path, nth, "sources", name)
            message = self.words("写明了资料来源，而档案中没有任何证据材料（evidence）")
            self.say(f"{ONCE} evidence", pointer, self.words("资料来源"), message, "补充 evidence")

    def unknown_field(self, path: str, nth: int, key: str, name: str) -> None:
        """Say that a name among sources or withheld is none of the record's fields."""
        label = self.words({"sources": "资料来源", "withheld": "拒不提供的字段"}[key])
        message = self.words("{0} 不是这条记录的字段", name)
        self.say(f"{key} {path}", self.pointer(path, nth, key), label, message, "核对字段名")

    def at_citizens(self) -> None:
        """Look for identity numbers of citizens; this walk happens only if the text may hold one."""
        for pointer, label, text in self.texts():
            for each in citizens_in(text):
                shape = without_digits(pointer)
                self.say(f"citizen {shape}", pointer, label, *refusal_of(each), blocking=True)

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Yield every text of the dossier with its pointer and label."""
        for entity in self.schema.entities():
            for nth, record in enumerate(self.inside[entity.path]):
                for field in entity.of_kind(Kind.TEXT, Kind.TEXTS):
                    value = getattr(record, field.attribute)
                    for text in value if value.__class__ is list else (value,):
                        if text.__class__ is str:
                            yield self.pointer(entity.path, nth, field.name), field.label, text
                if entity.id_field and entity.path != "meta" and record.sources:
                    cited = " ".join(chain.from_iterable(([name, *papers] for name, papers in record.sources.items())))
                    yield self.pointer(entity.path, nth, "sources"), "资料来源", cited
                if entity.id_field and entity.path != "meta" and record.withheld:
                    yield self.pointer(entity.path, nth, "withheld"), "拒不提供的字段", " ".join(record.withheld)
        for path, declared in (self.root.meta.completeness or {}).items():
            if declared.signatory:
                yield pointer_of(["meta", COMPLETENESS, path, "signatory"]), "签署人", declared.signatory

    def at_declarations(self) -> None:
        """Look for declarations that disagree with their register, or let columns be blank that may not be."""
        for path, declared in (self.root.meta.completeness or {}).items():
            entity = self.schema.registers[path]
            there = self.number(path)
            if declared.doc_id.__class__ is str:
                self.at_declared_paper(path, declared.doc_id)
            if _is_number(declared.count) and declared.count != there and path not in self.gaps.unlisted:
                pointer = pointer_of(["meta", COMPLETENESS, path, "count"])
                message = self.words(
                    "声明有 {declared} 条{register}，档案中有 {there} 条；这项完整性声明不作数",
                    declared=declared.count,
                    register=entity.label,
                    there=there,
                )
                self.say(f"count {path}", pointer, self.words("记录条数"), message, "核对台账，或者重新声明")
            for nth, name in enumerate(declared.blank_means_none or ()):
                if name in entity.fields and entity.fields[name].may_be_blank:
                    continue
                pointer = pointer_of(["meta", COMPLETENESS, path, "blank_means_none", nth])
                allowed = "、".join(
                    f"{each.name}（{each.label}）" for each in entity.fields.values() if each.may_be_blank
                )
                what = (
                    f"{name}（{entity.fields[name].label}）"
                    if name in entity.fields
                    else f"{path} 没有 {name} 这个字段，它"
                )
                message = f"{what}不能声明“空白即无”"
                suggestion = f"可以声明的栏目：{allowed}" if allowed else f"{entity.label}没有可以这样声明的栏目"
                self.say(f"blank {path}", pointer, "空白即无的栏目", message, suggestion, blocking=True)

    def at_declared_paper(self, path: str, paper: str) -> None:
        """Look for a declaration whose paper is not in the dossier."""
        if paper in self.ids["evidence"] or "evidence" in self.gaps.unnamed:
            return
        pointer = pointer_of(["meta", COMPLETENESS, path, "doc_id"])
        label = self.schema.declaration.fields["doc_id"].label
        message = self.words("{0} 不在证据材料（evidence）之中", paper)
        self.say(f"declared {path}", pointer, label, message, "核对材料编号，或者补充这份材料")

    def at_order(self, path: str, earlier: str, later: str) -> None:
        """Look for two days of one record that can't have come in this order."""
        fields = self.entities[path].fields
        first, last = fields[earlier], fields[later]
        for nth, record in enumerate(self.inside[path]):
            begin, end = getattr(record, first.attribute), getattr(record, last.attribute)
            lowest = begin.low if begin.__class__ is Range else begin
            highest = end.high if end.__class__ is Range else end
            if lowest.__class__ is date and highest.__class__ is date and highest < lowest:
                message = f"{last.label} {_shown(end)} 早于{first.label} {_shown(begin)}"
                pointer = self.pointer(path, nth, later)
                self.say(f"order {path} {later}", pointer, last.label, message, "核对两个日期", blocking=True)

    def at_claims(self) -> None:
        """Look for claims about records that are not in the dossier: a slip of the pen would lose an exemption.

        A claim about one of several records of the same id would lose it too.
        """
        if self.gaps.unnamed or not self.inside["claims"]:
            return
        about = {each.subject_id for each in self.inside["claims"]} - {None, self.root.zone.zone_id}
        alone, several = self.names(about - self.gaps.ids.get("zone", set()))
        alone |= self.gaps.ids.get("zone", set()) | {self.root.zone.zone_id}
        label = self.entities["claims"].fields["subject_id"].label
        for nth, claim in enumerate(self.inside["claims"]):
            wanted = claim.subject_id
            if wanted is None or wanted in alone:
                continue
            pointer = self.pointer("claims", nth, "subject_id")
            if wanted in several:
                message = f"编号为 {wanted} 的记录不止一条，不能确定是哪一条"
                self.say("claims", pointer, label, message, f"连同上级编号写，例如 {several[wanted]}", blocking=True)
            else:
                message = f"{wanted} 不是档案中任何一条记录的编号"
                meant: Callable[[], str] = partial(self.meant, wanted)
                self.say("claims", pointer, label, message, meant, blocking=True)

    def names(self, wanted: Set[str]) -> tuple[set[str], dict[str, str]]:
        """Give those of the wanted names that mean one record, and those that mean several, each with a full name."""
        alone, several = set[str](), dict[str, str]()
        has_paths = any("/" in each for each in wanted)
        for path in self.schema.registers:
            if wanted <= alone:
                break
            alone |= self.gaps.ids.get(path, set())
            seen: dict[str, int] = Counter()
            for ids in self.leading_to(path):
                is_wanted = ids[-1] in wanted
                if is_wanted or has_paths:
                    alone.add(joined(ids))
                if is_wanted:
                    seen[ids[-1]] += 1
                    several[ids[-1]] = joined(ids)
            alone |= {each for each, times in seen.items() if times == 1}
        return alone, several

    def leading_to(self, path: str) -> Iterator[tuple[str, ...]]:
        """Give, for each record of a register, the ids that lead to it."""
        entity = self.schema.registers.get(path)
        if entity is None:
            yield from (() for _ in self.inside[path])
            return
        if not self.inside[path]:
            return
        get, name = attrgetter(entity.id_field), path.rpartition(".")[2]
        for above, record in zip(self.leading_to(entity.parent), self.inside[entity.parent], strict=True):
            yield from ((*above, get(each)) for each in getattr(record, name) or ())

    def meant(self, identity: str) -> str:
        """Suggest the record that was meant, or else what to do."""
        labels = {each: entity.label for path, entity in self.schema.registers.items() for each in self.ids[path]}
        labels[self.root.zone.zone_id] = self.schema.zone.label
        near = sorted(each for each in labels if abs(len(each) - len(identity)) <= 2)
        if len(near) > MOST_ALIKE:
            near = [each for each in near if each[:2] == identity[:2] or each[-3:] == identity[-3:]][:MOST_ALIKE]
        found = difflib.get_close_matches(identity, near, n=1)
        return f"{found[0]}（{labels[found[0]]}）？" if found else "核对编号，或者补充这条记录"

    def is_declared(self, path: str) -> bool:
        """Say whether a register is declared complete, by whomever and as of whatever day."""
        declared = (self.root.meta.completeness or {}).get(path)
        return declared is not None and declared.complete


# --- what only the domain tells -------------------------------------------------------------------------------------


def _prices(look: Look) -> None:
    """Look at prices of land. Carriers show most of them to be usual, without being made numbers."""
    found, fields = look.inside["parcels"], look.entities["parcels"].fields
    columns = attrgetter(fields["total_price_cny"].slot, fields["area_sqm"].slot)
    odd = [
        nth
        for nth, (price, area) in enumerate(map(columns, found))
        if not (price.__class__ is area.__class__ is float and area * LOW_USUAL < price < area * HIGH_USUAL)
        and price is not UNSET
        and area is not UNSET
    ]
    for nth in odd:
        price, area = found[nth].total_price_cny, found[nth].area_sqm
        if (
            _is_number(price)
            and _is_number(area)
            and not area * LOWEST_PRICE <= price <= area * HIGHEST_PRICE
            and found[nth].supply_method not in NOT_PRICED
        ):
            _odd_price(look, nth, price, area)


def _instalments(look: Look) -> None:
    """Look at instalments and payments of land."""
    if not {"payment_schedule", "payments"} & look.survey.filled["parcels"]:
        return
    declared = look.is_declared("parcels.payment_schedule")
    for nth, parcel in enumerate(look.inside["parcels"]):
        schedule = parcel.payment_schedule
        if declared and schedule.__class__ is list and _is_number(parcel.total_price_cny):
            _odd_schedule(look, nth, parcel.total_price_cny, [each.amount_cny for each in schedule])
        if parcel.payments and parcel.contract_signed_on.__class__ is date:
            _early_payments(look, nth, parcel.contract_signed_on, parcel.payments)


def contracts(look: Look) -> None:
    """Look for contracts of several parcels."""
    found = look.inside["parcels"]
    numbers = list(map(attrgetter("contract_no"), found))
    repeated = _repeated(numbers)
    places: dict[str, list[tuple[int, str]]] = {each: [] for each in repeated}
    for nth, number in enumerate(numbers if repeated else ()):
        if number in repeated:
            places[number].append((nth, found[nth].parcel_id))
    at_contracts(look, places)


def at_contracts(look: Look, places: Mapping[str, Sequence[tuple[int, str]]]) -> None:
    """Doubt contracts of several parcels, each of which is told by its number in the register and its id."""
    for number in sorted(places):
        (_, first), (nth, second), *others = places[number]
        names = look.words("、").join((first, second, *(each for _, each in others[:4])))
        message = look.words("合同编号 {0} 用于 {1} 宗地（{2}）", number, len(others) + 2, names)
        suggestion = "核对是一份合同出让几宗地，还是重复录入"
        pointer = look.pointer("parcels", nth, "contract_no")
        look.say("contract", pointer, _label(look, "parcels", "contract_no"), message, suggestion)


def _repeated(values: Sequence[Any]) -> set[Any]:
    there = list(filter(None, values))
    if len(set(there)) == len(there):
        return set()
    return {each for each, count in Counter(there).items() if count > 1}


def _odd_price(look: Look, nth: int, price: Any, area: Any) -> None:
    if look.follows(look.pointer("parcels", nth, "supply_method")):
        return
    each = look.words("{0} 元/㎡", f"{price / area:,.2f}") if area else look.words("面积为零")
    message = look.words(
        "{parcel} 的单价（{each}）不在 {low}～{high} 元/㎡ 之间",
        parcel=look.called("parcels", nth),
        each=each,
        low=LOWEST_PRICE,
        high=f"{HIGHEST_PRICE:,}",
    )
    suggestion = "核对单位：价款以元计（不是万元），面积以平方米计（不是公顷、亩）"
    pointer = look.pointer("parcels", nth, "total_price_cny")
    look.say("price", pointer, _label(look, "parcels", "total_price_cny"), message, suggestion)


def _odd_schedule(look: Look, nth: int, price: Any, amounts: Sequence[Any]) -> None:
    if all(_is_number(each) for each in amounts) and sum(amounts) != price:
        due = sum(amounts)
        message = look.words(
            "{parcel} 各期约定支付金额合计 {due} 元，出让价款总额 {price} 元，两者不符",
            parcel=look.called("parcels", nth),
            due=f"{due:,}",
            price=f"{price:,}",
        )
        pointer = look.pointer("parcels", nth, "payment_schedule")
        look.say(
            "schedule",
            pointer,
            _label(look, "parcels", "payment_schedule"),
            message,
            "核对付款约定是否录全，或者撤回完整性声明",
        )


def _early_payments(look: Look, nth: int, signed: date, payments: Iterable[Any]) -> None:
    earliest = shift_months(signed, -12) or date.min
    for index, each in enumerate(payments):
        if each.paid_on.__class__ is date and each.paid_on < earliest:
            message = look.words(
                "{parcel} 的缴款日期 {paid} 早于合同签订日期 {signed} 一年以上",
                parcel=look.called("parcels", nth),
                paid=each.paid_on,
                signed=signed,
            )
            pointer = f"{look.pointer('parcels', nth)}/payments/{index}/paid_on"
            look.say("early", pointer, _label(look, "parcels.payments", "paid_on"), message, "核对两个日期")


def _gifts(look: Look) -> None:
    """Look for events whose gifts cost more than the whole event."""
    for nth, event in enumerate(look.inside["promo_expenses"]):
        part, whole = event.gifts_cny, event.actual_cny
        if _is_number(part) and _is_number(whole) and part > whole:
            message = look.words(
                "{event} 的礼品支出 {part} 元，大于实际支出 {whole} 元",
                event=look.called("promo_expenses", nth),
                part=f"{part:,}",
                whole=f"{whole:,}",
            )
            pointer = look.pointer("promo_expenses", nth, "gifts_cny")
            label = _label(look, "promo_expenses", "gifts_cny")
            look.say("gifts", pointer, label, message, "礼品支出计入实际支出；核对两个金额")


def _panels(look: Look) -> None:
    """Look for panels with more experts or signatures than members."""
    for nth, each in enumerate(look.inside["plan_eias"]):
        total = each.panel_total
        for name in ("panel_experts", "panel_signed"):
            part = getattr(each, name)
            if _is_number(part) and _is_number(total) and part > total:
                label = _label(look, "plan_eias", name)
                message = look.words("{0} {1} 人，大于审查小组人数 {2} 人", label, part, total)
                suggestion = "核对审查小组名单和签字页"
                look.say(f"panel {name}", look.pointer("plan_eias", nth, name), label, message, suggestion)


def _expropriations(look: Look) -> None:
    """Look for notices that are not listed."""
    if look.is_declared("expropriations.public_notices"):
        for nth, each in enumerate(look.inside["expropriations"]):
            if each.kind == "collective_land" and each.public_notices.__class__ is list:
                _unlisted_notices(look, nth, [notice.kind for notice in each.public_notices])


def _households(look: Look) -> None:
    """Look for names of people instead of codes."""
    path = "expropriations.households"
    for nth, each in enumerate(look.inside[path]):
        if re.fullmatch(NAME, each.hh_id):
            message = look.words("户编号“{0}…”像是姓名", each.hh_id[0])
            pointer = look.pointer(path, nth, "hh_id")
            look.say("name", pointer, _label(look, path, "hh_id"), message, "改用代号（例如 H001），不要写姓名")


def _unlisted_notices(look: Look, nth: int, kinds: Sequence[Any]) -> None:
    """Say which notices a project does not list although its list is called complete."""
    labels = look.schema.registers["expropriations.public_notices"].fields["kind"].member_labels
    missing = [label for kind, label in labels.items() if kind not in kinds]
    if missing and UNSET not in kinds:
        message = look.words(
            "{0} 声明公告已列全，而没有{1}", look.called("expropriations", nth), look.words("、").join(missing)
        )
        suggestion = "补列；没有发布的也列一条，公告起始日期写 null"
        pointer = look.pointer("expropriations", nth, "public_notices")
        look.say("notices", pointer, _label(look, "expropriations", "public_notices"), message, suggestion)


def _coverage(look: Look) -> None:
    """Look for more area covered than was planned."""
    [zone] = look.inside["zone"]
    [coverage] = look.inside["zone.detailed_plan_coverage"] or [None]
    covered = coverage.covered_ha if coverage is not None else None
    planned = zone.planned_construction_area_ha
    if _is_number(covered) and _is_number(planned) and covered > planned:
        message = look.words("已覆盖面积 {0} 公顷，大于规划建设用地面积 {1} 公顷", f"{covered:,}", f"{planned:,}")
        pointer = look.pointer("zone.detailed_plan_coverage", 0, "covered_ha")
        suggestion = "只计规划建设用地范围内的覆盖面积；核对单位"
        look.say("coverage", pointer, _label(look, "zone.detailed_plan_coverage", "covered_ha"), message, suggestion)


def _geometries(look: Look) -> None:
    """Look for shapes that are none, that cannot be measured together, or that are too many to measure."""
    drawn = [(nth, each) for nth, each in enumerate(look.inside["geometries"]) if isinstance(each.shape, shapes.Shape)]
    if not drawn:
        return
    label = _label(look, "geometries", "shape")
    total = sum(shapes.positions(each.shape) for _, each in drawn)
    if total > shapes.MOST_POSITIONS:
        message = f"图形共有 {total:,} 个点，上限 {shapes.MOST_POSITIONS:,} 个"
        look.say("positions", "/geometries", label, message, "简化边界（如容差0.1米）后重新导出", blocking=True)
        return
    if shapes.are_tangled(each.shape for _, each in drawn):
        message = "图形的边界彼此交错过多，无法测算"
        look.say("positions", "/geometries", label, message, shapes.HOW_TO_MEND, blocking=True)
        return
    for nth, each in drawn:
        _system(look, nth, each, drawn[0][1].crs)
        for where, message, suggestion in shapes.faults(each.shape):
            pointer = look.pointer("geometries", nth, "shape") + pointer_of(where)
            look.say("shape", pointer, label, message, suggestion, blocking=True)


def _system(look: Look, nth: int, geometry: Any, first: Any) -> None:
    """Look for a drawing whose coordinates mean nothing, or something else than those of the first one."""
    label = _label(look, "geometries", "crs")
    if geometry.crs.__class__ is not str:
        message, suggestion = f"{look.called('geometries', nth)} 没有写明坐标系", "补上 crs，如 EPSG:4549"
        look.say("crs", look.pointer("geometries", nth), label, message, suggestion, blocking=True)
    elif first.__class__ is str and geometry.crs != first:
        message = f"{look.called('geometries', nth)} 的坐标系是 {geometry.crs}，而第一个图形是 {first}"
        suggestion = f"一份档案的图形用同一个坐标系：把它换算到 {first} 再导出"
        look.say("crs", look.pointer("geometries", nth, "crs"), label, message, suggestion, blocking=True)


CHECKS: Sequence[tuple[str, Callable[[Look], None]]] = (
    ("parcels", _prices),
    ("parcels", _instalments),
    ("parcels", contracts),
    ("plan_eias", _panels),
    ("promo_expenses", _gifts),
    ("expropriations", _expropriations),
    ("expropriations.households", _households),
    ("zone.detailed_plan_coverage", _coverage),
    ("geometries", _geometries),
)

_NOTHING = frozenset({None, UNSET})


def _label(look: Look, path: str, name: str) -> str:
    return look.entities[path].fields[name].label


def _is_number(value: Any) -> bool:
    return value.__class__ in NUMBERS


def _is_field(entity: Entity, name: str) -> bool:
    """Say whether *name* is a field of the record, or a field of a block of it (`approved.days`)."""
    outer, _, inner = name.partition(".")
    field = entity.fields.get(outer)
    if field is None or not inner:
        return field is not None
    return field.entity is not None and inner in field.entity.fields


def refusal_of(citizen: str) -> tuple[str, str]:
    """Word what is wrong with an identity number in a dossier, and the way out."""
    return f"出现了公民身份号码 {without_citizens(citizen)}", "改用代号（例如 H001），不要写公民身份号码"


def without_digits(pointer: str) -> str:
    """Give the field that a pointer leads to, whichever record it is of.

    >>> without_digits("/parcels/12/payments/0/paid_on")
    '/parcels/*/payments/*/paid_on'
    """
    return "/".join("*" if each.isdecimal() else each for each in pointer.split("/"))


def _is_code(text: str) -> bool:
    """Say whether a text is surely a valid code: the library also takes spaces and small letters, but is slow.

    >>> _is_code("91110000600037341L"), _is_code("911100006000373411")
    (True, False)
    """
    if re.fullmatch(CODE, text) is None:
        return False
    total = sum(map(mul, map(CODE_DIGITS.__getitem__, text), CODE_WEIGHTS))
    return bool(CODE_DIGITS[text[-1]] == -total % 31)


def _shown(value: Any) -> str:
    """Write a day, a month or a year as the dossier does.

    >>> _shown(Range(date(2021, 4, 1), date(2021, 4, 30)))
    '2021-04'
    """
    low, high = (str(each) for each in bounds(value))
    if value.__class__ is not Range:
        return low
    return low[:7] if low[:7] == high[:7] else low[:4]
