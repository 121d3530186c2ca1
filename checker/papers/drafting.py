"""Drafts of official notices: from a report to files, each linted before it is given away."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from checker.classes import dataclass
from checker.errors import MisuseError, Problem
from checker.model import Party, Report
from checker.papers import docx_writer, pdf_writer
from checker.papers.agency import Agency
from checker.papers.docx_writer import Template
from checker.papers.glyphs import covered
from checker.papers.lint import faults
from checker.papers.notice import Notice, NoticeForm, notices
from checker.papers.notice import render as page
from checker.papers.official import paper_of
from checker.papers.paper import DRAFT, Paper

if TYPE_CHECKING:
    from checker.papers.ledger import OldLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: a form (`None`: the one that suits each party), the office, a site's own file and a choice.

    `issued_on` is the day that stands on notices and on the report of a self-audit, `old` the ledger to carry on.
    """

    form: NoticeForm | None = None
    agency: Agency = field(default_factory=Agency)
    template: Template | None = None
    party: Party | None = None
    issued_on: date | None = None
    selected: tuple[str, ...] = ()
    old: "OldLedger | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One file: what tells it from the others, its bytes, and what a person should look at before signing."""

    mark: str
    name: str
    notice: Notice
    data: bytes
    doubts: tuple[Problem, ...] = ()


WRITERS: Mapping[str, Callable[[Paper, Template | None], bytes]] = MappingProxyType(
    {"docx": docx_writer.render, "pdf": lambda paper, _template: pdf_writer.render(paper)}
)


def drafts(report: Report, kind: str, order: Order) -> tuple[Draft, ...]:
    """Write every notice that *order* asks for as files of that *kind*. Raise `MisuseError` for one that is bad."""
    if kind == "html":
        found = notices(report, party=order.party, issued_on=order.issued_on, selected=order.selected)
        return tuple(
            Draft(mark=each.party.value, name=f"notice-{each.party.value}.html", notice=each, data=page(each))
            for each in found
        )
    formal = formal_notices(report, order)
    parties = Counter(each.party for each in formal)
    turns: Counter[Party] = Counter()
    written = []
    for each in formal:
        turns[each.party] += 1
        mark = each.party.value if parties[each.party] == 1 else f"{each.party}-{turns[each.party]}"
        written.append(_draft(each, kind, order, mark))
    return tuple(written)


def formal_notices(report: Report, order: Order) -> tuple[Notice, ...]:
    """Give the models of the notices, those of a superior first."""
    forms: Sequence[NoticeForm] = [order.form] if order.form else [NoticeForm.NOTICE, NoticeForm.ORDER]
    return tuple(
        notice
        for form in forms
        for notice in notices(
            report,
            party=order.party,
            issued_on=order.issued_on,
            form=form,
            selected=order.selected,
            plan_days=order.agency.plan_days,
        )
    )


def _draft(notice: Notice, kind: str, order: Order, mark: str) -> Draft:
    paper = paper_of(notice, order.agency)
    glyphs = covered(pdf_writer.font_files(paper.fonts.folders)) if kind == "pdf" else None
    found = faults(notice, paper, glyphs)
    bad = [each for each in found if each.blocking]
    if bad:
        raise MisuseError(bad)
    return Draft(
        mark=mark,
        name=f"{notice.form}-{mark}-{DRAFT}.{kind}",
        notice=notice,
        data=WRITERS[kind](paper, order.template),
        doubts=found,
    )
