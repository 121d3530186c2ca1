"""Two checks compared: for a terminal, for programs (`schemas/diff.schema.json`), and as a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from checker import __version__
from checker.differing import WORSE, Cause, CauseKind, Change, Diff, Explanation, How, Kind, Presence, Standing
from checker.dossier.comparing import Entry
from checker.model import Report, Verdict
from checker.reporting import wording
from checker.reporting.columns import wrap
from checker.reporting.environment import template
from checker.reporting.json import Object, stamp, written
from checker.reporting.wording import visible

SCHEMA_VERSION = "1.0"
SHOWN = (Kind.REGRESSED, Kind.NEW, Kind.FIXED)
"""What the text tells with its causes."""
NAMED = (Kind.MILDER, Kind.GONE)
"""What the text tells in a line each, and the page with its causes; the others are only counted."""
MOST_ENTRIES = 12
"""How many entries of one cause people are shown; JSON has them all."""

_PRESENCES = {
    Presence.CLOSED: "不是问题",
    Presence.NO_SUBJECT: "没有这个对象",
    Presence.NO_RULE: "没有这条规则",
    Presence.UNLISTED: "报告没有列出",
}
_HOW = {How.PROVED: "已证明", How.INFERRED: "推断", How.UNDETERMINED: "不能确定"}


# --- words ----------------------------------------------------------------------------------------------------------


def standing(held: Standing) -> str:
    """Word what a check says of a subject, with the grade of a finding."""
    if held.verdict is None:
        return _PRESENCES[held.presence]
    grade = f"（{held.grade} {held.grade.label}）" if held.grade is not None and held.verdict.is_finding else ""
    return f"{held.verdict.label}{grade}"


def remark(change: Change) -> str:
    """Say what a change does not mean, where it might be taken to."""
    if change.kind is Kind.MILDER and change.after.verdict is Verdict.UNDETERMINED:
        return "现在只是不能判定，不等于已经整改"
    if change.kind is Kind.FIXED and change.after.presence is Presence.CLOSED:
        return "报告没有写明是符合、不适用，还是已经没有这个对象"
    if change.kind is Kind.GONE:
        return "不等于已经整改"
    return ""


def entry(held: Entry) -> str:
    """Word an entry of the dossier: what it was, and what it is."""
    record = f"{held.record} " if held.record else ""
    return f"{record}{held.label}：{held.before} → {held.after}（{'旧档案 ' if held.is_old else ''}{held.pointer}）"


def cause(held: Cause) -> str:
    """Word a cause without its entries."""
    turned = f"{held.before or '无'} → {held.after or '无'}" if held.before or held.after else ""
    match held.kind:
        case CauseKind.DATA if held.entries:
            return f"档案改了{f'（{held.detail}）' if held.detail else ''}"
        case CauseKind.DATA:
            return f"档案不同{f'（{turned}）' if turned else ''}，没有缩小到具体的项"
        case CauseKind.RULE:
            named = f"规则 {held.id}：{held.detail}"
            return f"{named}（{turned}）" if turned else named
        case CauseKind.PARAMETER:
            return f"参数 {held.id}（{held.title}）：{turned}"
        case CauseKind.STATUTE:
            return f"法规 {held.id}（{held.title}）：{turned}"
        case CauseKind.TIME:
            return f"时间经过：检查基准日 {turned}{f'，{held.detail}' if held.detail else ''}"
        case CauseKind.PACK:
            return f"政策包：{turned}"
    if held.detail:
        return f"程序：{held.title}（{held.id}）的结论是“{held.before}”，现在的是“{held.after}”；{held.detail}"
    return f"程序：{turned}"


def entries(held: Cause) -> tuple[str, ...]:
    """Word the first entries of a cause, and how many more there are."""
    told = tuple(map(entry, held.entries[:MOST_ENTRIES]))
    more = len(held.entries) - MOST_ENTRIES
    return (*told, f"另有{more}项") if more > 0 else told


class Told(NamedTuple):
    """An explanation in words: how it is known, what is to be said of that, and each cause with its entries."""

    how: str
    label: str
    note: str
    causes: tuple[tuple[str, tuple[str, ...]], ...]


def explained(change: Change) -> tuple[Told, ...]:
    """Word the explanations of a change; where several stand beside each other, each of them is enough."""
    several = len(change.explanations) > 1
    return tuple(_told(each, several=several) for each in change.explanations)


def _told(held: Explanation, *, several: bool) -> Told:
    note = ""
    if several:
        note = "，单有这一样就足以改变结论"
    elif len(held.causes) > 1 and held.how is How.PROVED:
        note = "，几样合在一起"
    if held.because:
        note += f"：{held.because}"
    return Told(held.how.value, _HOW[held.how], note, tuple((cause(each), entries(each)) for each in held.causes))


class Alike(NamedTuple):
    """Changes of one kind that have the same explanations; these are told once."""

    changes: tuple[Change, ...]
    explanations: tuple[Told, ...]


def alike(changes: Sequence[Change]) -> tuple[Alike, ...]:
    """Put those together that have the same explanations, in the order of the first of each."""
    found: dict[tuple[Told, ...], list[Change]] = {}
    for each in changes:
        found.setdefault(explained(each), []).append(each)
    return tuple(Alike(tuple(held), told) for told, held in found.items())


def counted(diff: Diff) -> str:
    """Say how many findings came to what."""
    return " · ".join(f"{kind.label} {number}" for kind, number in diff.counts.items() if number or kind in SHOWN)


def conclusion(diff: Diff) -> str:
    """Say in a sentence whether something got worse."""
    worse = sum(diff.counts[each] for each in WORSE)
    if worse:
        return f"有{worse}项变坏或者新增。"
    return "没有变坏的，也没有新增的。" if diff.changes else "没有变化。"


def proved(diff: Diff) -> str:
    """Say whether causes are proved, and if not, why."""
    if diff.is_proved:
        return "原因由重新检查证明：每次只把一样东西换成新的，看结论变不变。"
    return f"原因只是推断：{diff.unproved}。两份档案和政策包都给出时可以证明。"


def differs(diff: Diff) -> str:
    """Name what the two checks do not share."""
    return "、".join(each.label for each in diff.differs) or "没有（档案、政策包、基准日、程序版本都相同）"


def named(report: Report) -> str:
    """Name a check: the dossier, the day, the pack and the program."""
    projected = "，推算" if report.projected else ""
    return (
        f"{report.dossier.file}（{report.dossier.id}），基准日{wording.chinese_day(report.as_of)}{projected}，"
        f"{report.policy.named}，{report.program}"
    )


def totals(diff: Diff) -> tuple[tuple[Verdict, str, int, int], ...]:
    """Give each verdict with how often it was given before and after."""
    old, new = diff.old.totals, diff.new.totals
    return tuple((each, each.label, old.get(each, 0), new.get(each, 0)) for each in Verdict)


def subject(change: Change) -> str:
    """Name the subject of a change."""
    return wording.subject(change.subject)


# --- for a terminal ---------------------------------------------------------------------------------------------------


def as_text(diff: Diff) -> bytes:
    """Write it as plain text."""
    return "".join(f"{line}\n" for line in _lines(diff)).encode()


def _lines(diff: Diff) -> Iterator[str]:
    yield from _wrapped(f"{diff.new.zone.name}：两次检查的比较")
    yield from _wrapped(f"旧：{named(diff.old)}")
    yield from _wrapped(f"新：{named(diff.new)}")
    yield from _wrapped(f"不同之处：{differs(diff)}")
    yield from _wrapped(f"结果：{conclusion(diff)}{counted(diff)}")
    if diff.changes:
        yield from _wrapped(proved(diff))
    for kind in Kind:
        found = diff.of(kind)
        if not found:
            continue
        yield ""
        yield f"{kind.label}（{len(found)}）"
        for together in alike(found if kind in SHOWN else ()):
            yield from _together(together)
        for each in found if kind in NAMED else ():
            yield from _wrapped(f"{_head(each)}{_aside(each)}", indent=2)
    yield ""
    yield "合计"
    for _, label, before, after in totals(diff):
        yield f"  {label} {before} → {after}"


def _head(change: Change) -> str:
    return (
        f"{change.rule} {change.title} — {subject(change)}：{standing(change.before)} → {standing(change.after)}"
        f"〔{change.id}〕"
    )


def _aside(change: Change) -> str:
    told = remark(change)
    return f"（{told}）" if told else ""


def _together(held: Alike) -> Iterator[str]:
    for each in held.changes:
        yield from _wrapped(f"{_head(each)}{_aside(each)}", indent=2)
    above = f"以上{len(held.changes)}项的" if len(held.changes) > 1 else ""
    for told in held.explanations:
        yield from _wrapped(f"{above}原因（{told.label}）{told.note}", indent=4)
        for head, listed in told.causes:
            yield from _wrapped(f"- {head}", indent=6)
            for each_entry in listed:
                yield from _wrapped(f"- {each_entry}", indent=8)


def _wrapped(text: str, *, indent: int = 0) -> Iterator[str]:
    return wrap(visible(text), indent=indent, hang=2)


# --- for programs -----------------------------------------------------------------------------------------------------


def as_json(diff: Diff) -> bytes:
    """Write it as JSON: ids and no translated enumerations, the same comparison the same bytes."""
    return (
        written(
            {
                "schema_version": SCHEMA_VERSION,
                "tool": {"name": diff.new.tool, "version": __version__},
                "old": _check(diff.old),
                "new": _check(diff.new),
                "differs": [each.value for each in diff.differs],
                "proved": diff.is_proved,
                "unproved": diff.unproved,
                "worse": diff.is_worse,
                "counts": {kind.value: number for kind, number in diff.counts.items()},
                "changes": [_plain(each) for each in diff.changes],
            }
        )
        + b"\n"
    )


def _check(report: Report) -> Object:
    return {
        "as_of": report.as_of.isoformat(),
        "projected": report.projected,
        "tool": {"name": report.tool, "version": report.tool_version},
        "policy": stamp(report.policy),
        "dossier": {"id": report.dossier.id, "sha256": report.dossier.sha256, "file": report.dossier.file},
        "zone": {"id": report.zone.id, "name": report.zone.name},
        "totals": {each.value: report.totals.get(each, 0) for each in Verdict},
    }


def _plain(change: Change) -> Object:
    record = change.subject
    return {
        "id": change.id,
        "rule": change.rule,
        "title": change.title,
        "clauses": change.clauses,
        "subject": {"register": record.register, "id": record.id, "label": record.label, "pointer": record.pointer},
        "kind": change.kind.value,
        "before": _standing(change.before),
        "after": _standing(change.after),
        "explanations": [
            {"how": each.how.value, "because": each.because, "causes": [_cause(one) for one in each.causes]}
            for each in change.explanations
        ],
    }


def _standing(held: Standing) -> Object:
    verdict = None if held.verdict is None else held.verdict.value
    return {"presence": held.presence.value, "verdict": verdict, "grade": held.grade}


def _cause(held: Cause) -> Object:
    plain = {name: getattr(held, name) for name in ("kind", "id", "title", "detail", "before", "after")}
    if held.kind is not CauseKind.DATA:
        return plain
    listed = [
        {
            "pointer": each.pointer,
            "in": "old" if each.is_old else "new",
            "label": each.label,
            "record": each.record,
            "before": each.before,
            "after": each.after,
        }
        for each in held.entries
    ]
    return {**plain, "entries": listed, "smallest": held.is_smallest}


# --- as a page --------------------------------------------------------------------------------------------------------


def as_html(diff: Diff) -> bytes:
    """Write it as one page that needs no script, no network and no second file."""
    page = template("diff.html.j2").render(
        diff=diff,
        kinds=tuple((kind, alike(diff.of(kind))) for kind in (*SHOWN, *NAMED) if diff.of(kind)),
        counts=tuple((kind, number) for kind, number in diff.counts.items()),
        old=named(diff.old),
        new=named(diff.new),
        differs=differs(diff),
        conclusion=conclusion(diff),
        proved=proved(diff),
        totals=totals(diff),
        subject=subject,
        standing=standing,
        remark=remark,
    )
    return page.encode()


FORMATS: Mapping[str, Callable[[Diff], bytes]] = MappingProxyType({"text": as_text, "json": as_json, "html": as_html})
"""The formats, each a function from `Diff` to bytes."""
