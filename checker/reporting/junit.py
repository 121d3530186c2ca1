"""A report as JUnit XML: a suite for each rule and a case for each finding, for the tools that watch builds.

A violation and a risk are failures, told apart by their `type`: both end a check with exit code 1. What is
undetermined is skipped, with what is missing: it is neither passed nor failed. A proved exemption is a case that passes
and says why. The subjects that comply, which a report only counts, are one case that passes.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from checker.catalogues import Catalogue, interface
from checker.model import Finding, Report, RuleState, Verdict
from checker.reporting import arrangement, wording
from checker.reporting.description import Description, Teller
from checker.reporting.wording import visible

_NO_CHARACTER = re.compile("[\ufffe\uffff]")
_COMPLIANT = "符合的检查对象"
_COUNTED = ("tests", "failures", "errors", "skipped")


def render(report: Report) -> bytes:
    """Write *report* as JUnit XML."""
    words = interface(report.language)
    tell = Teller(report.mode, words, numbers=arrangement.numbering(report))
    rules: dict[str, list[Finding]] = {each.id: [] for each in report.rules}
    for each in (*report.findings, *report.exempted):
        rules.setdefault(each.rule, []).append(each)
    states = {each.id: each for each in report.rules}
    name = words(
        "{zone}{report}（基准日{day}（推算））" if report.projected else "{zone}{report}（基准日{day}）",
        zone=report.zone.name,
        report=wording.words_of(report.mode, words).title,
        day=wording.told_day(report.as_of, words),
    )
    root = Element("testsuites", _attributes(name=name))
    for rule, findings in rules.items():
        state = states.get(rule)
        suite = SubElement(root, "testsuite", _attributes(name=f"{rule} {_title(state, findings)}"))
        _properties(suite, report, state)
        if state is not None and state.totals.get(Verdict.COMPLIANT, 0):
            passed = SubElement(suite, "testcase", _attributes(classname=rule, name=words(_COMPLIANT), time="0"))
            SubElement(passed, "system-out").text = words("{number}项", number=state.totals[Verdict.COMPLIANT])
        for each in findings:
            _case(suite, each, tell, words)
        _count(suite, [suite])
    _count(root, list(root))
    indent(root)
    written: bytes = tostring(root, "utf-8", xml_declaration=True)
    return written + b"\n"


def _title(state: RuleState | None, findings: list[Finding]) -> str:
    return state.title if state is not None else findings[0].title


def _properties(suite: Element, report: Report, state: RuleState | None) -> None:
    held = {
        "dossier": report.dossier.file,
        "dossier.sha256": report.dossier.sha256,
        "policy": report.policy.named,
        "grade": state.grade if state is not None else "",
    }
    properties = SubElement(suite, "properties")
    for name, value in held.items():
        if value:
            SubElement(properties, "property", _attributes(name=name, value=value))


def _case(suite: Element, finding: Finding, tell: Teller, words: Catalogue) -> None:
    told = tell(finding)
    name = f"{told.subject} {finding.id}"
    case = SubElement(suite, "testcase", _attributes(classname=finding.rule, name=name, time="0"))
    summary = _attributes(message=words("{0}：{1}", told.ground.label, told.message), type=finding.verdict.value)
    match finding.verdict:
        case Verdict.VIOLATION | Verdict.RISK:
            outcome = SubElement(case, "failure", summary)
        case Verdict.UNDETERMINED:
            outcome = SubElement(case, "skipped", {"message": summary["message"]})
        case _:
            outcome = SubElement(case, "system-out")
    outcome.text = "\n".join(map(_legal, _lines(told, tell.exemptions(finding), words)))


def _lines(told: Description, exemptions: tuple[str, ...], words: Catalogue) -> Iterator[str]:
    """Tell a finding line by line; what it does not have makes no line."""
    mark, ground = words("；"), told.ground
    told_of = {
        "结论": f"{ground.label}·{told.grade}" if told.grade else ground.label,
        "情况": told.message,
        "位置": told.pointer,
        "认定": mark.join(told.grounds),
        "事实": mark.join(f"{each.label} {each.text}" for each in told.facts),
        "证据": mark.join(told.papers),
        "条款": mark.join(words("{0}“{1}”", cited, quote) for cited, quote in ground.clauses),
        "依据": mark.join(each.text for each in ground.bases),
        "豁免事由": mark.join(exemptions),
        "说明": mark.join(told.reasons),
        "缺少": mark.join(words("{0}（{1}）", label, pointer) for label, pointer, _ in told.missing),
        "应调取": mark.join(ground.ask),
        ground.measures_heading: mark.join(
            words("{0}，{1}", each.action, each.deadline) if each.deadline else each.action for each in ground.measures
        ),
        "责任主体": ground.responsible,
        "已并入": told.absorbed_by,
    }
    yield from (words("{0}：{1}", words(name), text) for name, text in told_of.items() if text)


def _count(element: Element, suites: list[Element]) -> None:
    """Put the numbers of its cases on an element, before its other attributes are read."""
    counts = (
        sum(len(each.findall("testcase")) for each in suites),
        sum(len(each.findall("testcase/failure")) for each in suites),
        0,
        sum(len(each.findall("testcase/skipped")) for each in suites),
    )
    for name, count in zip(_COUNTED, counts, strict=True):
        element.set(name, str(count))
    element.set("time", "0")


def _attributes(**held: str) -> dict[str, str]:
    return {name: _legal(text) for name, text in held.items()}


def _legal(text: str) -> str:
    """Give *text* on one line without what XML 1.0 cannot hold."""
    return _NO_CHARACTER.sub(lambda found: f"〔U+{ord(found[0]):04X}〕", visible(text))
