"""Every paper by its name, made of a report and of nothing else, as the files that are handed out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from checker.classes import dataclass
from checker.dossier.loading import dossier_schema
from checker.model import Report
from checker.papers import checklist, drafting, found, ledger, notice, self_report
from checker.papers.drafting import Order
from checker.papers.formats import PAPERS
from checker.sheets import xlsx_writer


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a paper: its name, which goes behind that of what it is made from, and its bytes.

    Of several files of one paper each has a `mark` that tells it from the others: for whom it is, and which of those.
    """

    name: str
    data: bytes
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What came of a *paper*: its files, none where there is nothing to write, and what people are told beside it."""

    paper: str
    files: tuple[File, ...]
    said: tuple[str, ...] = ()


def issue(report: Report, paper: str, ending: str, order: Order) -> Issue:
    """Make a paper in one of its formats. Raise `MisuseError` for one that can't be made of this report."""
    return _MAKERS[paper](report, ending, order)


def _notices(report: Report, ending: str, order: Order) -> Issue:
    written = drafting.drafts(report, ending, order)
    said = tuple(doubt.worded(marked=True) for each in written for doubt in each.doubts)
    if not written and order.selected:
        said = ("没有写通知书：所选的问题中没有可以写给所选责任主体、写成所选公文的违反。",)
    elif not written:
        said = (notice.why_none(report, order.party, order.form),)
    files = tuple(File(name=each.name, data=each.data, mark=each.mark) for each in written)
    return Issue(paper="notice", files=files, said=said)


def _ledger(report: Report, _ending: str, order: Order) -> Issue:
    book = ledger.ledger(report, order.old)
    data = xlsx_writer.render(book)
    return Issue(paper="ledger", files=(File(name="ledger.xlsx", data=data),), said=(ledger.summary(book),))


def _checklist(report: Report, ending: str, _order: Order) -> Issue:
    visit = checklist.checklist(report)
    if ending == "xlsx":
        data = xlsx_writer.render(checklist.workbook(visit, found.sheets(report, dossier_schema())))
    else:
        data = PAPERS[ending](checklist.paper(visit))
    return Issue(paper="checklist", files=(File(name=f"checklist.{ending}", data=data),))


def _self_report(report: Report, ending: str, order: Order) -> Issue:
    written = self_report.paper(report, issued_on=order.issued_on)
    return Issue(paper="self-report", files=(File(name=f"self-report.{ending}", data=PAPERS[ending](written)),))


_MAKERS: Mapping[str, Callable[[Report, str, Order], Issue]] = MappingProxyType(
    {"notice": _notices, "ledger": _ledger, "checklist": _checklist, "self-report": _self_report}
)
