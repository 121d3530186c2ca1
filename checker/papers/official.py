"""A notice as an office sends it: its model laid out as a document, a letter or an order, with annexes.

What the agency's file does not say, and whatever only the signing office gives, is a visible blank to fill by hand.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from checker.model import Party
from checker.papers.agency import Agency
from checker.papers.notice import Notice, NoticeFact, NoticeForm, NoticeItem
from checker.papers.paper import (
    DRAFT,
    Align,
    Annex,
    Annexes,
    Block,
    Column,
    Form,
    Head,
    Imprint,
    Level,
    PageBreak,
    Paper,
    Paragraph,
    Signature,
    SignatureLines,
    Table,
    Title,
    blank,
)
from checker.reporting import wording
from checker.reporting.wording import chinese_day

_LAYOUTS: Mapping[NoticeForm, Form] = MappingProxyType(
    {NoticeForm.NOTICE: Form.DOCUMENT, NoticeForm.LETTER: Form.LETTER, NoticeForm.ORDER: Form.PLAIN}
)
QUESTIONS = "需补充说明事项"
"""The heading under which alone something that is no breach may stand."""


def paper_of(notice: Notice, agency: Agency) -> Paper:
    """Lay a notice that has a form out as a paper of *agency*."""
    assert notice.form is not None
    form = _LAYOUTS[notice.form]
    number = f"{agency.code or blank(3)}〔{blank(4)}〕{blank(2)}号"
    is_order = notice.form is NoticeForm.ORDER
    title = (agency.name, notice.title) if is_order else _titled(notice)
    return Paper(
        name=f"{notice.title}（{DRAFT}）",
        author=agency.name,
        day=notice.issued_on or notice.as_of,
        form=form,
        head=None
        if is_order
        else Head(
            mark=agency.letter_mark if form is Form.LETTER else agency.mark,
            number=number,
            copy_number=f"份号：{blank(6)}",
            secrecy=f"密级：{blank(6)}",
        ),
        running=(
            f"{DRAFT}　档案 {notice.dossier.id}（{chinese_day(notice.as_of)}，{notice.dossier.sha256[:12]}）"
            f"　政策包 {notice.policy.version}"
        ),
        blocks=(
            Title(lines=title),
            *([Paragraph(text=number, level=Level.CENTRE)] if is_order else []),
            *(_party(notice) if is_order else [Paragraph(text=f"{notice.addressee}：", level=Level.FLUSH)]),
            Paragraph(text=_opening(notice)),
            *_sections(notice),
            *_questions(notice),
            *_requirements(notice, agency),
            Annexes(titles=annexes(notice)),
            Signature(agency=agency.name, day=notice.issued_on),
            *_foot(agency),
            *_annexes(notice),
            *(_receipt(notice, number) if is_order else []),
        ),
        imprint=_imprint(agency) if form is Form.DOCUMENT else None,
        fonts=agency.fonts,
    )


def annexes(notice: Notice) -> tuple[str, ...]:
    """Give the titles of the annexes, in their order."""
    named = (
        ("问题清单", True),
        (f"{QUESTIONS}清单", bool(notice.questions)),
        ("证据材料清单", bool(notice.evidence)),
        ("规则版本清单", True),
    )
    return tuple(title for title, is_there in named if is_there)


def _titled(notice: Notice) -> tuple[str, ...]:
    """Break a title after the name of the zone, where the meaning breaks."""
    head, name, rest = notice.title.partition(notice.zone)
    return (head + name, rest) if name and rest else (notice.title,)


def _opening(notice: Notice) -> str:
    said = f"《{notice.policy.title}》（{notice.policy.number}）"
    grounds = f"依据{said}和有关规定" if notice.is_bound else f"依据有关法律、法规和规定，参照{said}"
    return f"经对{notice.zone}截至{chinese_day(notice.as_of)}的档案进行检查，{grounds}，{notice.lead}"


def _party(notice: Notice) -> Iterator[Block]:
    """Say who is ordered; the dossier does not name the enterprise as an order must, so that the office does."""
    yield Table(
        columns=(
            Column(title="", width=7),
            Column(title="", width=7),
            Column(title="", width=10),
            Column(title="", width=7),
        ),
        rows=(("当事人名称", "", "统一社会信用代码", ""), ("住所（地址）", "", "法定代表人（负责人）", "")),
        row_mm=11,
    )
    yield Paragraph(text=f"{notice.addressee}：", level=Level.FLUSH)


# --- the text -------------------------------------------------------------------------------------------------------


def _sections(notice: Notice) -> Iterator[Block]:
    for section in notice.sections:
        yield Paragraph(text=f"{section.ordinal}、{section.title}", level=Level.FIRST)
        yield Paragraph(text=section.lead, keep=True)
        for item in section.items:
            grade = f"（{item.grade}）" if item.grade else ""
            yield Paragraph(text=f"（{item.ordinal}）{item.title}{grade}", level=Level.SECOND)
            for number, (label, text, parts) in enumerate(_parts(notice, item), 1):
                yield Paragraph(label=f"{number}. {label}：", text=text, level=Level.THIRD, keep=bool(parts))
                for place, part in enumerate(parts, 1):
                    yield Paragraph(text=f"（{place}）{part}", level=Level.FOURTH)


def _parts(notice: Notice, item: NoticeItem) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give the parts of an item: what it is, a text, and what stands under it one by one."""
    grounds = f"认定：{'；'.join(item.grounds)}。" if item.grounds else ""
    yield "对象", item.subject, ()
    yield "事实", f"{item.message}{grounds}", ()
    yield "证据", "" if item.facts else f"〔证据待补〕{blank()}", tuple(map(_fact, item.facts))
    if item.reckoning:
        yield "核算", f"{'；'.join(item.reckoning)}。", ()
    if item.conduct_on:
        yield "行为日", item.conduct_on, ()
    cited = (f"{each.cited}：{notice.policy.number}{each.article}“{each.quote}”" for each in item.clauses)
    bases = (*(f"依据：{each}" for each in item.bases), *(f"另见：{each}" for each in item.see))
    yield "条款和依据", "", (*cited, *bases)
    told = {"违反": "违反上列条款", "参照": "违反上列依据"}
    nature = next((told[each.cited] for each in item.clauses if each.cited in told), "违反上列依据")
    yield "性质", f"{nature}{f'，程度{item.grade}' if item.grade else ''}。", ()
    if item.same_matter:
        yield "同一事项并入", "", item.same_matter
    yield "责任主体", f"{notice.party.label}。", ()
    yield "整改措施", "", tuple(_measures(item))
    if item.pleaded:
        yield "已作主张而未及于此", "", item.pleaded
    if item.pleadable:
        told_pleas = "；".join(item.pleadable)
        yield "陈述申辩", f"下列事由尚无人主张；如有，请一并提交书面陈述和凭证：{told_pleas}。", ()


def _fact(fact: NoticeFact) -> str:
    amount = f"（大写：{fact.capitals}）" if fact.capitals else ""
    seen = f"，见{'；'.join(fact.cited)}" if fact.cited else ""
    more = f"等{len(fact.papers)}份（见附件“证据材料清单”）" if len(fact.cited) < len(fact.papers) else ""
    lacking = f"〔证据待补〕{blank()}" if fact.lacks_evidence else ""
    return f"{fact.label}：{fact.text}{amount}{seen}{more}{lacking}"


def _measures(item: NoticeItem) -> Iterator[str]:
    for each in item.measures:
        done = f"完成标准：{each.done_when}。" if each.done_when else ""
        due = f"；于落款之日收到的，截止日为{each.due}" if each.due else ""
        within = f"时限：{each.deadline}{due}。" if each.deadline else ""
        yield f"{each.action}。{done}{within}"


def _questions(notice: Notice) -> Iterator[Block]:
    """Ask for what is missing, under a heading that says that it is no breach."""
    if not notice.questions:
        return
    yield Paragraph(text=f"{notice.questions_ordinal}、{QUESTIONS}", level=Level.FIRST)
    yield Paragraph(
        text=f"下列事项现有资料不足，不作为问题认定，请补充说明（全部名单见附件“{QUESTIONS}清单”）：", keep=True
    )
    for number, each in enumerate(notice.questions, 1):
        more = "等" if len(each.named) < len(each.subjects) else ""
        named = f"（{'、'.join(each.named)}{more}，共{len(each.subjects)}项）" if each.subjects else ""
        yield Paragraph(text=f"{number}. {each.title}：缺{each.missing}{named}。", level=Level.THIRD)
    if notice.papers:
        yield Paragraph(text=f"请提交：{'；'.join(notice.papers)}。")


def _requirements(notice: Notice, agency: Agency) -> Iterator[Block]:
    """Say what is to be done; the last of it stands on the page of the signature, which is never alone on one."""
    yield Paragraph(text=f"{notice.requirements_ordinal}、办理要求", level=Level.FIRST)
    demands = tuple(_demands(notice, agency))
    for number, (label, text) in enumerate(demands, 1):
        is_last = number == len(demands) and not notice.calendar_note
        yield Paragraph(label=f"{number}. {label}：", text=text, level=Level.THIRD, keep=is_last)
    if notice.calendar_note:
        yield Paragraph(label="注：", text=notice.calendar_note, keep=True)


def _demands(notice: Notice, agency: Agency) -> Iterator[tuple[str, str]]:
    """Give what is to be reported, how an item is closed, and what follows if nothing is done."""
    is_order = notice.form is NoticeForm.ORDER
    days = f"{notice.plan_days}个工作日" if notice.plan_days else f"{blank(3)}个工作日"
    due = f"（于落款之日收到的，截止日为{notice.plan_due}）" if notice.plan_due else ""
    yield "时限", f"自收到{notice.itself}之日起计算；标明“建议时限”的，由签发机关核定。"
    if not is_order:
        yield (
            "报送",
            (
                f"收到{notice.itself}之日起{days}内{due}报送整改方案，逐项写明责任单位、责任人、措施和完成时间；"
                "此后每月报送进展，完成后报送整改情况和佐证材料。"
            ),
        )
        yield (
            "销号",
            (
                "逐项达到完成标准的，自行验收后申请验收；验收合格的予以销号并按规定公示，不合格的退回继续整改；销号后开展“回头看”。"
            ),
        )
    else:
        yield "报送", "完成整改后，书面报送整改情况和佐证材料，由签发机关复查。"
    yield "陈述申辩", "对所列事实、证据、依据有异议的，可以提出书面陈述、申辩，并附凭证。"
    yield "逾期后果", _consequence(notice)
    if is_order:
        yield "救济途径", agency.remedies or f"（受理机关和期限由签发机关依法填写）{blank(20)}"


def _consequence(notice: Notice) -> str:
    """Say what follows by the document's own ladder; which step is taken is for an authority to say."""
    if notice.party is Party.ENTERPRISE:
        return f"（由签发机关依法填写）{blank(20)}"
    ladder = (
        f"属于{notice.policy.number}规定情形的，提请有权机关研究警告、通报、限期整改、退出等措施；"
        if notice.party is Party.ZONE
        else ""
    )
    return f"逾期未完成的，由签发机关依职权督办、约谈、通报；{ladder}发现的问题线索按规定移送。"


# --- what stands below the text ---------------------------------------------------------------------------------------


def _foot(agency: Agency) -> Iterator[Block]:
    """Name whom to ask, and leave room for who signs the draft."""
    told = (("联系人：", agency.contact), ("电话：", agency.phone), ("地址：", agency.address))
    known = [f"{label}{text}" for label, text in told if text]
    yield Paragraph(text=f"（{'；'.join(known) or f'联系人：{blank()}；电话：{blank()}'}）", keep=True)
    yield SignatureLines(rows=(("签发人：", "签发日期："),))


def _stamp(notice: Notice) -> Iterator[Block]:
    """Name what a paper was made from, in full; the imprint, if there is one, never stands on a page alone."""
    yield Paragraph(
        text=(
            f"检查基准日：{chinese_day(notice.as_of)}；园区档案：{notice.dossier.id}（{notice.dossier.file}），"
            f"sha256 {notice.dossier.sha256}"
        ),
        level=Level.SMALL,
        keep=True,
    )
    yield Paragraph(
        text=(
            f"政策包：{notice.policy.named}，sha256 {notice.policy.sha256}；{notice.tool}"
            f"。{DRAFT}，经编号、签发、盖章并送达后生效；密级、份号、文号、签发人由签发机关填写。"
        ),
        level=Level.SMALL,
        keep=notice.form is NoticeForm.NOTICE,
    )


def _imprint(agency: Agency) -> Imprint:
    day = f"{blank(2)}年{blank(1)}月{blank(1)}日印发"
    return Imprint(copies_to=agency.copies_to, printer=agency.printer or blank(8), printed_on=day)


def _annexes(notice: Notice) -> Iterator[Block]:
    tables = {
        "问题清单": (_problems, True),
        f"{QUESTIONS}清单": (_asked, False),
        "证据材料清单": (_evidence, False),
        "规则版本清单": (_rules, False),
    }
    titles = annexes(notice)
    for number, title in enumerate(titles, 1):
        make, is_wide = tables[title]
        yield Annex(number=number if len(titles) > 1 else 0, title=title, is_wide=is_wide)
        yield make(notice)
    yield from _stamp(notice)


def _problems(notice: Notice) -> Table:
    return Table(
        columns=(
            Column(title="序号", width=5, align=Align.CENTRE),
            Column(title="问题", width=9),
            Column(title="检查对象", width=8),
            Column(title="条款", width=5),
            Column(title="程度", width=4, align=Align.CENTRE),
            Column(title="措施和完成标准", width=13),
            Column(title="时限", width=8),
            Column(title="责任主体", width=6),
        ),
        size=10.5,
        rows=tuple(
            (
                f"{section.ordinal}（{item.ordinal}）",
                item.title,
                item.subject,
                "\n".join(dict.fromkeys(each.article for each in item.clauses)),
                item.grade,
                wording.numbered(
                    f"{each.action}{f'（{each.done_when}）' if each.done_when else ''}" for each in item.measures
                ),
                wording.numbered(each.deadline or "—" for each in item.measures),
                notice.party.label,
            )
            for section in notice.sections
            for item in section.items
        ),
    )


def _asked(notice: Notice) -> Table:
    return Table(
        columns=(
            Column(title="序号", width=3, align=Align.CENTRE),
            Column(title="事项", width=7),
            Column(title="缺少的事实", width=7),
            Column(title="对象", width=12),
        ),
        rows=tuple(
            (str(number), each.title, each.missing, "、".join(each.subjects) or "—")
            for number, each in enumerate(notice.questions, 1)
        ),
    )


def _evidence(notice: Notice) -> Table:
    return Table(
        columns=(Column(title="事项", width=7), Column(title="事实", width=7), Column(title="材料", width=14)),
        size=10.5,
        rows=tuple((each.item, "；".join(each.facts), "\n".join(each.papers)) for each in notice.evidence),
    )


def _rules(notice: Notice) -> Table:
    version = f"{notice.policy.named}"
    return Table(
        columns=(Column(title="规则", width=5), Column(title="名称", width=12), Column(title="政策包和版本", width=11)),
        rows=tuple((rule, title, version) for rule, title in notice.rules),
    )


def _receipt(notice: Notice, number: str) -> Iterator[Block]:
    """Give the receipt that comes back: only those who were there fill it."""
    yield PageBreak()
    yield Title(lines=("送达回证",))
    labels = (
        "受送达人",
        "送达地点",
        "送达方式",
        "受送达人签名或者盖章",
        "收到日期",
        "代收人及代收理由",
        "送达人（二人）签名",
        "备注",
    )
    yield Table(
        columns=(Column(title="", width=10), Column(title="", width=18)),
        rows=(("送达文书名称", notice.title), ("文书编号", number), *((label, "") for label in labels)),
        row_mm=16,
    )
