"""What a format says once of many findings, or fills into a form, reads as if each had been written by itself."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import reports_sample as sample
from markupsafe import Markup, escape
from msgspec import structs

from checker.catalogues import interface
from checker.model import (
    Attestation,
    Change,
    Consequence,
    Cure,
    Document,
    Exemption,
    Fact,
    Finding,
    Grade,
    Missing,
    Mode,
    Party,
    RemedyStep,
    Report,
    TestNode,
    Verdict,
)
from checker.reporting import FORMATS, environment, html
from checker.reporting.arrangement import by_rule
from checker.reporting.description import Teller
from checker.reporting.json import UNSEEN
from checker.reporting.rows import Rows

ODD = f"{sample.HOSTILE}\x000\x00〔U+0000〕“文”\u3164\u2028 %s {{0}}"
"""Markup, quotation marks, what nobody sees, and what a form itself is made of."""

PLEADED = Fact(name="until", label="批准延至", state="known", text="2025年1月1日", pointer="/pleas/1/until")
PLEA = Exemption(
    reason="经批准延期",
    state="claimed",
    condition="有批准文件",
    facts=(PLEADED, structs.replace(PLEADED, label="批准机关", state="unknown", text="不详")),
    documents=(sample.CONTRACT,),
)
FACT = structs.replace(sample.ARREARS.facts[0], pointer="/parcels/12/due")
RICH = replace(
    sample.ARREARS,
    group=None,
    facts=(FACT, *sample.ARREARS.facts[1:]),
    exemptions=(*sample.ARREARS.exemptions, PLEA),
    soft=("提示值",),
    reasons=("有待核实的原因",),
    missing=(Missing(pointer="/parcels/12/paid_on", label="支付日", document="凭证"),),
    withheld=("/parcels/12/paid_on",),
    cure=Cure(changes=(Change(pointer="/parcels/12/paid", label="已缴", before="1元", after="2元"),), breaks=("R1@P",)),
)
CLAUSE, BASIS, STEP, LACKS = RICH.clauses[0], RICH.basis[0], RICH.remedy[0], RICH.missing[0]


def of_fact(**changed: Any) -> Finding:
    return replace(RICH, facts=(structs.replace(FACT, **changed), *RICH.facts[1:]))


def of_test(**changed: Any) -> Finding:
    return replace(RICH, tests={**RICH.tests, "violated": replace(RICH.tests["violated"], **changed)})


def of_plea(**changed: Any) -> Finding:
    return replace(RICH, exemptions=(*sample.ARREARS.exemptions, replace(PLEA, **changed)))


def of_cure(**changed: Any) -> Finding:
    assert RICH.cure is not None
    return replace(RICH, cure=replace(RICH.cure, **changed))


CHANGED: Mapping[str, Finding] = {
    "verdict": replace(RICH, verdict=Verdict.RISK),
    "grade": replace(RICH, grade=Grade.S3),
    "no grade": replace(RICH, grade=None),
    "consequence": replace(RICH, consequence=Consequence.ADVISE),
    "responsible": replace(RICH, responsible=Party.ZONE),
    "clause": replace(RICH, clauses=(replace(CLAUSE, quote=ODD), *RICH.clauses[1:])),
    "article": replace(RICH, clauses=(replace(CLAUSE, article=ODD), *RICH.clauses[1:])),
    "cited as": replace(RICH, clauses=(replace(CLAUSE, cited_as="reference"), *RICH.clauses[1:])),
    "basis": replace(RICH, basis=(replace(BASIS, title=ODD), *RICH.basis[1:])),
    "why soft": replace(RICH, basis=(replace(BASIS, why_soft=ODD), *RICH.basis[1:])),
    "original": replace(RICH, basis=(replace(BASIS, original=ODD), *RICH.basis[1:])),
    "see": replace(RICH, see=()),
    "action": replace(RICH, remedy=(replace(STEP, action=ODD),)),
    "done when": replace(RICH, remedy=(replace(STEP, done_when=""),)),
    "source of a deadline": replace(RICH, remedy=(replace(STEP, source="law"),)),
    "penal": replace(RICH, remedy=(replace(STEP, penal=True),)),
    "ask": replace(RICH, ask=(ODD,)),
    "subject": replace(RICH, subject=replace(RICH.subject, label=ODD)),
    "id of the subject": replace(RICH, subject=replace(RICH.subject, id=ODD)),
    "pointer": replace(RICH, subject=replace(RICH.subject, pointer=ODD)),
    "message": replace(RICH, message=ODD),
    "no message": replace(RICH, message=""),
    "title": replace(RICH, title=ODD),
    "grounds": replace(RICH, grounds=(ODD,)),
    "no grounds": replace(RICH, grounds=()),
    "reasons": replace(RICH, reasons=(ODD, "二")),
    "soft": replace(RICH, soft=(ODD,)),
    "missing": replace(RICH, missing=(structs.replace(LACKS, label=ODD),)),
    "place of what is missing": replace(RICH, missing=(structs.replace(LACKS, pointer=ODD),), withheld=()),
    "paper of what is missing": replace(RICH, missing=(structs.replace(LACKS, document=ODD),)),
    "nothing missing": replace(RICH, missing=(), withheld=()),
    "withheld": replace(RICH, withheld=(ODD,)),
    "conduct": replace(RICH, conduct_on=structs.replace(FACT, text=ODD)),
    "no conduct": replace(RICH, conduct_on=None),
    "label of a fact": of_fact(label=ODD),
    "text of a fact": of_fact(text=ODD),
    "no text of a fact": of_fact(text=""),
    "pointer of a fact": of_fact(pointer=ODD),
    "no pointer of a fact": of_fact(pointer=""),
    "papers of a fact": of_fact(documents=(Document(doc_id=ODD, title=ODD, doc_no=ODD, page=ODD),)),
    "two papers of a fact": of_fact(documents=(sample.CONTRACT, sample.LEDGER)),
    "no papers of a fact": of_fact(documents=()),
    "a paper without a name": of_fact(documents=(Document(doc_id=""),)),
    "origins of a fact": of_fact(origins=(ODD, "/a")),
    "no origins of a fact": of_fact(origins=()),
    "unlisted": of_fact(unlisted=3),
    "unproved": of_fact(unproved=(ODD,)),
    "state of a fact": of_fact(state="unknown"),
    "unit of a fact": of_fact(unit="sqm"),
    "value of a fact": of_fact(value=Decimal(7)),
    "fewer facts": replace(RICH, facts=RICH.facts[1:]),
    "no facts": replace(RICH, facts=()),
    "truth": of_test(truth=None),
    "wording of a test": of_test(wording=ODD),
    "soft test": of_test(soft=True),
    "deeper test": of_test(op="and", parts=(TestNode(op="test", truth=True, wording="甲"),)),
    "another test": replace(RICH, tests={"suspected": RICH.tests["violated"]}),
    "unclaimed": replace(RICH, exemptions=(replace(RICH.exemptions[0], reason=ODD), PLEA)),
    "no exemptions": replace(RICH, exemptions=()),
    "plea": of_plea(reason=ODD),
    "state of a plea": of_plea(state="not_covered"),
    "at most a risk": of_plea(at_most_risk=True),
    "condition of a plea": of_plea(condition=ODD),
    "no condition of a plea": of_plea(condition=""),
    "papers of a plea": of_plea(documents=(replace(sample.CONTRACT, title=ODD),)),
    "no papers of a plea": of_plea(documents=()),
    "fact of a plea": of_plea(facts=(structs.replace(PLEADED, text=ODD, pointer=""),)),
    "silent fact of a plea": of_plea(facts=(structs.replace(PLEADED, label=ODD, state="unknown"),)),
    "no facts of a plea": of_plea(facts=()),
    "cure": of_cure(changes=(Change(pointer="/x", label=ODD, before="", after=ODD),)),
    "breaks": of_cure(breaks=()),
    "no cure found": of_cure(changes=(), breaks=()),
    "no cure": replace(RICH, cure=None),
    "absorbed": replace(RICH, absorbed_by="1"),
}


def several(*findings: Finding) -> Report:
    """Make a report of these findings, told apart by nothing but their ids and numbers."""
    numbered = tuple(replace(each, id=str(number)) for number, each in enumerate(findings))
    return replace(sample.report(), findings=numbered, exempted=())


def by_itself(_: environment.Forms, macro: Callable[..., Markup], rows: Iterable[environment.Row]) -> Markup:
    """Write each thing by the macro of the template, and by no form."""
    return Markup("").join(macro(*each.whole()) for each in rows)


def page(report: Report, language: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Give the page as it is without forms."""
    with monkeypatch.context() as patch:
        patch.setattr(environment.Forms, "__call__", by_itself)
        return html.render(report, language)


each_language = pytest.mark.parametrize("language", ["zh", "en"])
each_change = pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)


# --- HTML -----------------------------------------------------------------------------------------------------------


@each_language
@each_change
def test_what_differs_in_one_part_is_told_as_if_by_itself(
    changed: Finding, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = several(RICH, RICH, changed, changed, RICH)
    assert html.render(report, language) == page(report, language, monkeypatch)


def test_every_change_shows_on_the_page_or_in_another_format() -> None:
    for name, changed in CHANGED.items():
        shown = [format_(several(RICH, RICH)) != format_(several(RICH, changed)) for format_ in FORMATS.values()]
        assert any(shown), name


@each_language
def test_many_of_all_kinds_are_told_as_if_each_by_itself(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    attested = Attestation(id="H1", pointer="/attestations/0", note=ODD, findings=("3", "7"), found_on="2025-01")
    report = replace(several(*(RICH, *CHANGED.values()) * 3), attestations=(attested,), cells={FACT.pointer: ODD})
    written = html.render(report, language)
    assert written == page(report, language, monkeypatch) == html.render(report, language)


@each_language
def test_the_excused_are_told_as_if_each_by_itself(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proved = replace(sample.EXCUSED, exemptions=(replace(PLEA, state="proved"), PLEA))
    changed = (
        proved,
        replace(proved, message=ODD),
        replace(proved, responsible=Party.PROVINCE),
        replace(proved, clauses=(replace(CLAUSE, article=ODD),)),
        replace(proved, subject=replace(proved.subject, label=ODD)),
        *(
            replace(proved, exemptions=(replace(each.exemptions[-1], state="proved"),))
            for each in CHANGED.values()
            if each.exemptions
        ),
    )
    report = replace(several(RICH), exempted=changed * 2)
    assert html.render(report, language) == page(report, language, monkeypatch)


@each_language
def test_a_page_whose_forms_are_forgotten_reads_the_same(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = several(*CHANGED.values(), *CHANGED.values())
    written = html.render(report, language)
    monkeypatch.setattr(environment, "MOST_FORMS", 1)
    assert html.render(report, language) == written


def test_few_forms_are_made_for_many_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the tests above would compare a page with itself."""
    made: list[environment.Row] = []
    make = environment.Forms._made

    def counting(self: environment.Forms, macro: Any, kind: Any, row: environment.Row) -> Any:
        made.append(row)
        return make(self, macro, kind, row)

    monkeypatch.setattr(environment.Forms, "_made", counting)
    alike = [replace(RICH, message=f"{number}", subject=sample.parcel(number)) for number in range(250)]
    html.render(several(*alike))
    assert len(made) == 1


@each_language
def test_the_subjects_of_a_group_are_named_in_order_with_their_parties(language: str) -> None:
    parties = (Party.ZONE, Party.ZONE, Party.PROVINCE, Party.ZONE, Party.MINISTRY, Party.MINISTRY)
    found = tuple(
        replace(each, responsible=party, subject=replace(each.subject, id=f"P{number}", label=f"<{number}>"))
        for number, (each, party) in enumerate((sample._open_parcel(1), party) for party in parties)
    )
    mark = interface(language)("、")
    named = (
        f'<span data-p="{party.value}">{escape(interface(language)("{0}（{1}）", f"<{number}>", f"P{number}"))}'
        for number, party in enumerate(parties)
    )
    told = f"{mark}</span>".join(named) + "</span></dd>"
    assert told in html.render(several(*found), language).decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_only_what_prints_as_it_stands_is_left_as_it_is(language: str) -> None:
    """Of each sign alone, and of all signs that are left as they are, together."""
    plain = "".join(each for each in map(chr, range(sys.maxunicode + 1)) if not environment._CHANGED.search(each))
    plain = plain if language == "zh" else "".join(filter(str.isascii, plain))
    assert str(environment._printed(plain, language)) == plain


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("odd", ["<b>", "&", '"', "'", "\u202e", "\x00", "\u200b", "\u2028", "a\n\tb", "甲", "\u3164"])
def test_texts_are_printed_one_by_one_where_one_of_them_is_odd(odd: str, language: str) -> None:
    texts = ["a", odd, f"{odd}1", "0"]
    printed = [str(environment._printed(each, language)) for each in texts]
    assert list(environment._all_printed(texts, language)) == printed


def test_what_is_joined_is_escaped_but_for_the_marks_of_the_template() -> None:
    joined = environment._joined(interface("zh"))
    assert joined(["<i>", "\u202e"], Markup("</b>")) == "&lt;i&gt;</b>〔U+202E〕"
    assert joined(["甲", "乙"], "<br>") == "甲&lt;br&gt;乙"
    assert environment._joined(interface("en"))(["甲", "b"]) == '<span lang="zh-Hans">甲</span>; b'


# --- what rests on the same -----------------------------------------------------------------------------------------


@each_change
def test_a_ground_is_one_object_for_what_rests_on_the_same_and_for_nothing_else(changed: Finding) -> None:
    tell = Teller(Mode.INSPECTION)
    is_same = len(by_rule([RICH, changed])[0]) == 1
    assert (tell.ground(changed) is tell.ground(RICH)) is is_same
    assert tell(changed) == tell(changed)
    assert Teller(Mode.INSPECTION)(changed)._replace(ground=tell.ground(changed)) == tell(changed)


@each_change
@pytest.mark.parametrize("mode", Mode)
def test_a_row_of_the_table_says_what_it_says_alone(changed: Finding, mode: Mode) -> None:
    def rows(*findings: Finding) -> list[list[str]]:
        content = FORMATS["csv"](replace(several(*findings), mode=mode)).decode("utf-8-sig")
        return [row[1:] for row in csv.reader(StringIO(content, newline=""))][1:]

    assert rows(RICH, changed, RICH) == [*rows(RICH), *rows(changed), *rows(RICH)]


@each_change
@pytest.mark.parametrize("name", ["sarif", "json"])
def test_an_object_says_what_it_says_alone(changed: Finding, name: str) -> None:
    def objects(*findings: Finding) -> list[object]:
        log = json.loads(FORMATS[name](several(*findings)))
        found = log["findings"] if name == "json" else log["runs"][0]["results"]
        return [{**each, "id": "", "fingerprints": ""} for each in found]

    assert objects(RICH, changed, RICH) == [*objects(RICH), *objects(changed), *objects(RICH)]


@each_change
def test_a_case_says_what_it_says_alone(changed: Finding) -> None:
    def cases(*findings: Finding) -> list[str]:
        content = FORMATS["junit"](several(*findings)).decode()
        return [part.partition("</testcase>")[0].partition(">")[2] for part in content.split("<testcase")[1:]]

    together, alone = cases(RICH, replace(changed, absorbed_by=None)), cases(replace(changed, absorbed_by=None))
    assert together[-1] == alone[-1]


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_every_sign_that_nobody_sees_is_one_that_is_not_printable() -> None:
    """So that a text of printable signs need not be searched."""
    assert not any(each.isprintable() for each in map(chr, range(sys.maxunicode + 1)) if UNSEEN.match(each))


@pytest.mark.parametrize("hidden", ["\u202e", "\x7f", "\xad", "\u200b", "\u2028", "\ufeff"])
def test_one_hidden_sign_among_many_findings_is_written_as_an_escape(hidden: str) -> None:
    content = FORMATS["json"](several(RICH, replace(RICH, message=f"甲{hidden}乙\u3000丙"), RICH)).decode()
    assert f"甲\\u{ord(hidden):04x}乙\u3000丙" in content
    assert hidden not in content


def test_remedies_are_told_by_the_mode() -> None:
    penal = replace(RICH, remedy=(*RICH.remedy, RemedyStep(action="问责", done_when="", within="", penal=True)))
    told = {mode: [each.action for each in Teller(mode)(penal).ground.measures] for mode in Mode}
    assert told == {Mode.INSPECTION: [STEP.action, "问责"], Mode.SELF_AUDIT: [STEP.action]}


def test_rows_and_forms_are_of_one_page() -> None:
    """What a page has remembered is no other page's: nothing of it is held by the program."""
    first, second = (Rows(Teller(Mode.INSPECTION), interface("zh")) for _ in range(2))
    assert first._forms._forms is not second._forms._forms
