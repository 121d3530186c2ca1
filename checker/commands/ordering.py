"""What is asked of papers: the options that the commands of papers and saved reports share, and what they come to."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.console import misuse
from checker.dossier.loading import read_dossier
from checker.errors import DossierError, MisuseError
from checker.model import Party
from checker.papers.formats import ENDINGS
from checker.papers.notice import NoticeForm
from checker.sheets.files import named

if TYPE_CHECKING:
    from checker.papers.drafting import Order
    from checker.papers.ledger import OldLedger

Addressee = StrEnum(  # type: ignore[misc]  # mypy knows only members that are written out
    "Addressee", {each.name: each.value for each in Party if each is not Party.UNDETERMINED}
)

FormOption = Annotated[
    NoticeForm | None,
    typer.Option(
        "--form",
        help="notice 通知（文件格式）；letter 函；order 责令通知书（只对企业）；默认按责任主体",
        show_choices=True,
    ),
]
FindingOption = Annotated[
    list[str] | None,
    typer.Option("--finding", help="只写这些问题，可以给多个：问题编号，或者 规则编号@检查对象", metavar="ID"),
]
AgencyOption = Annotated[
    Path | None, typer.Option("--agency", help="签发机关的配置（TOML 文件），docx、pdf 用", metavar="FILE")
]
TemplateOption = Annotated[
    Path | None, typer.Option("--template", help="本单位的 DOCX 模板，正文放在 {{正文}} 一段处", metavar="FILE")
]
PartyOption = Annotated[Addressee | None, typer.Option("--party", help="只写给这个责任主体")]
MergeOption = Annotated[Path | None, typer.Option("--merge", help="旧台账（.xlsx）；它本身不改动", metavar="OLD.xlsx")]


IssuedOn = Annotated[
    datetime | None,
    typer.Option("--issued-on", formats=["%Y-%m-%d"], help="落款日期；不给则留空", metavar="DATE"),
]


def order(
    asked: Collection[tuple[str, str]],
    *,
    form: NoticeForm | None = None,
    findings: list[str] | None = None,
    agency: Path | None = None,
    template: Path | None = None,
    party: Addressee | None = None,
    issued_on: datetime | None = None,
    merge: Path | None = None,
    prefix: str = "",
) -> "Order":
    """Read what goes with the papers that are *asked* for, each with its format; refuse what none of them takes.

    *prefix* stands before the name of a format where it is told.
    """
    from checker.papers.agency import Agency, read_agency
    from checker.papers.docx_writer import Template
    from checker.papers.drafting import Order

    notices = {ending for paper, ending in asked if paper == "notice"}
    papers = {paper for paper, _ in asked}
    if (form or agency or template) and not notices - {ENDINGS["notice"][0]}:
        raise misuse("--form、--agency、--template 用于公文", f"加上 --format {prefix}docx 或者 --format {prefix}pdf")
    if template and "docx" not in notices:
        raise misuse("--template 只用于 DOCX", f"改为 --format {prefix}docx，或者去掉 --template")
    if (party or findings) and not notices:
        raise misuse("--party、--finding 用于通知书", "加上 --format notice，或者去掉它们")
    if merge and "ledger" not in papers:
        raise misuse("--merge 用于整改台账", "加上 --format ledger，或者去掉 --merge")
    if issued_on and not papers & {"notice", "self-report"}:
        raise misuse("--issued-on 用于通知书和自查报告", "加上 --format notice 或者 self-report，或者去掉它")
    return Order(
        form=form,
        agency=read_agency(_beside(agency), named(agency), agency.parent) if agency else Agency(),
        template=Template(name=named(template), data=_beside(template)) if template else None,
        party=Party(party) if party else None,
        issued_on=issued_on.date() if issued_on else None,
        selected=tuple(findings or ()),
        old=_old_ledger(merge) if merge else None,
    )


def _beside(path: Path) -> bytes:
    """Read a file that goes with a command; one that can't be read is a mistake in the command."""
    try:
        return read_dossier(path)
    except DossierError as error:
        raise MisuseError(error.problems) from error


def _old_ledger(path: Path) -> "OldLedger":
    from checker.papers.ledger import read_old

    return read_old(read_dossier(path), str(path))
