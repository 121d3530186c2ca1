"""The papers for a visit: what to look at and ask, which documents to ask for, and a record to be filled on the spot.

They say what the dossier leaves open and what it seems to say; what is seen on the spot is written down by people.
"""

from collections.abc import Iterable, Iterator, Mapping

from checker.classes import dataclass
from checker.model import Answer, Attestation, Document, Finding, Grade, Method, Modality, Question, Report, Verdict
from checker.papers.numerals import first_of
from checker.papers.paper import (
    DRAFT_OF,
    Align,
    Annex,
    Block,
    Column,
    Level,
    PageBreak,
    Paper,
    Paragraph,
    SignatureLines,
    Space,
    Table,
    Title,
    blank,
    printable,
)
from checker.reporting import arrangement, wording
from checker.sheets.sheet import Heading, Sheet, Workbook, fitted

ITEMS = "现场核查清单"
NORMS = "由人判断的条款"
REQUESTS = "资料调取清单"
RECORD = "现场检查笔录"
ZONE_ID = "开发区编号"
INSPECTED, DOSSIER, PACK, AS_OF = "被检查单位", "档案", "政策包", "检查基准日"
PRINTED = frozenset({INSPECTED, ZONE_ID, DOSSIER, PACK, AS_OF})
"""What the program itself writes into the record of a visit."""
BEGUN, INSPECTOR, WRITER = "检查时间（起）", "检查人员一（姓名、证件号）", "记录人"
NAMED = 10
"""How many subjects of one item are named on paper before only their number is given."""
CITED = 3
"""How many papers of one item are named before only their number is given."""
ASKED = 3
"""How many questions of one item are put."""

RESULTS = tuple(
    each.label for each in (Answer.CONFORMING, Answer.NOT_CONFORMING, Answer.NOT_APPLICABLE, Answer.NOT_EXAMINED)
)
METHODS = tuple(each.label for each in (Method.PAPERS, Method.SITE, Method.PERSONS))
SUPPLIED = tuple(each.label for each in (Answer.PROVIDED, Answer.PARTLY_PROVIDED, Answer.NOT_HELD, Answer.REFUSED))
_GRADES = {grade: number for number, grade in enumerate((*Grade, None))}
_TURNS = {Verdict.RISK: 0, Verdict.UNDETERMINED: 1, Verdict.VIOLATION: 2}
_BINDING = (
    Modality.PROHIBITION,
    Modality.OBLIGATION,
    Modality.SOFT_OBLIGATION,
    Modality.SANCTION,
    Modality.STATE_ACTION,
    Modality.PERMISSION,
    Modality.ENCOURAGEMENT,
    Modality.GOAL,
)
"""The most binding first."""
_PLACES = {
    "parcels": "宗地现场：位置、范围、用途、建设和使用的现状",
    "plan_changes": "调整所及的地块：是否已按调整后的内容建设",
    "plans": "规划范围：现状与批准的图件是否一致",
    "plan_eias.measures": "措施所在地：是否建成、是否运行",
    "expropriations": "征收范围：现状，被征收人是否得到安置、补偿",
    "expropriations.public_notices": "张贴公告的地点",
    "land_approvals": "批准范围：是否未批先用",
}
"""Where there is something to be seen on the ground, by register; of the others only papers and people can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to look at: for one problem, or for all the subjects of one rule on which the same facts are missing.

    `findings` and `subjects` go together. `places` is empty where nothing is to be seen on the ground. What the rule
    leaves `unchecked` stands with its first item alone.
    """

    title: str
    verdict: str
    grade: str
    findings: tuple[str, ...]
    subjects: tuple[str, ...]
    records: tuple[str, ...]
    clauses: tuple[tuple[str, str], ...]
    said: str
    why: str
    places: str
    papers: tuple[str, ...]
    wanted: tuple[str, ...]
    questions: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """How it is looked into."""
        return METHODS if self.places else (METHODS[0], METHODS[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedNorm:
    """A norm that no rule settles: its clause, how it binds, its words and what to ask of it.

    Where `only_people`, no dossier can settle it at all.
    """

    id: str
    article: str
    modality: str
    quote: str
    only_people: bool
    question: Question | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A paper to ask for, the facts it would settle, the rules that wait for it and how many findings do."""

    document: str
    facts: tuple[str, ...]
    titles: tuple[str, ...]
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Everything that is taken along on a visit."""

    report: Report
    items: tuple[Item, ...]
    norms: tuple[JudgedNorm, ...]
    requests: tuple[Wanted, ...]


def checklist(report: Report) -> Checklist:
    """Draw up what a visit has to settle of *report*, the worst and most decisive first."""
    titles = {each.id: each.title for each in report.findings}
    return Checklist(
        report=report,
        items=tuple(_items(report)),
        norms=tuple(_norms(report)),
        requests=tuple(
            Wanted(
                document=each.document,
                facts=each.facts,
                titles=tuple(dict.fromkeys(titles[name] for name in each.findings if name in titles)),
                findings=len(each.findings),
            )
            for each in report.requests
        ),
    )


def _items(report: Report) -> Iterator[Item]:
    absorbed, said = _absorbed(report), arrangement.attested(report)
    limits = {rule: texts for rule, _, texts in arrangement.limits(report)}
    for group in _groups(report, absorbed):
        silent = _is_silence(group[0])
        yield _item(report, group, absorbed, said, () if silent else limits.pop(group[0].rule, ()))


def _is_silence(finding: Finding) -> bool:
    return finding.verdict is Verdict.UNDETERMINED and arrangement.is_silence(finding)


def _groups(report: Report, absorbed: Mapping[str, list[Finding]]) -> tuple[tuple[Finding, ...], ...]:
    """Join what is looked at in one go, and put in order what the visit settles.

    The worst grade comes first; within it what is still open before what is proved, and what settles most before the
    rest. What another problem absorbs is looked at with that one.
    """
    elsewhere = {each.id for found in absorbed.values() for each in found}
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for each in report.findings:
        if each.id in elsewhere:
            continue
        if each.verdict is not Verdict.UNDETERMINED:
            key: tuple[object, ...] = (each.id,)
        elif arrangement.is_silence(each):
            key = (each.subject.register,)
        else:
            labels = tuple(dict.fromkeys(missing.label for missing in each.missing))
            key = (each.rule, labels, each.reasons)
        groups.setdefault(key, []).append(each)
    return tuple(sorted(map(tuple, groups.values()), key=_urgency))


def _urgency(group: tuple[Finding, ...]) -> tuple[int, int, int]:
    worst = min(_GRADES[each.grade] for each in group)
    return worst, _TURNS[group[0].verdict], -len(group)


def _absorbed(report: Report) -> dict[str, list[Finding]]:
    """Give the problems that another one absorbs, by the id of that one, which itself stands alone."""
    alone = {each.id for each in report.findings if each.absorbed_by is None}
    absorbed: dict[str, list[Finding]] = {}
    for each in report.findings:
        if each.absorbed_by is not None and each.absorbed_by in alone:
            absorbed.setdefault(each.absorbed_by, []).append(each)
    return absorbed


def _item(
    report: Report,
    group: tuple[Finding, ...],
    absorbed: Mapping[str, list[Finding]],
    said: Mapping[str, tuple[Attestation, ...]],
    unchecked: tuple[str, ...],
) -> Item:
    first = group[0]
    is_silence = _is_silence(first)
    labels = {each.path: each.label for each in report.registers}
    register = labels.get(first.subject.register, "")
    with_it = tuple(
        f"{one.title}（{wording.subject(one.subject)}）" for each in group for one in absorbed.get(each.id, ())
    )
    wanted = tuple(dict.fromkeys(paper for each in group for paper in arrangement.papers(each)))
    return Item(
        title=f"{register or first.subject.label}是否齐全" if is_silence else first.title,
        verdict=wording.WORDS[report.mode].short[first.verdict],
        grade="" if first.grade is None else first.grade.label,
        findings=tuple(each.id for each in group),
        subjects=tuple(dict.fromkeys(wording.subject(each.subject) for each in group)),
        records=()
        if is_silence
        else tuple(dict.fromkeys(filter(None, (_place(each.subject.pointer, labels) for each in group)))),
        clauses=tuple(
            dict.fromkeys((f"{wording.article(one.article)}（{one.id}）", one.quote) for one in first.clauses)
        ),
        said="" if first.verdict is Verdict.UNDETERMINED else first.message,
        why=_why(group, with_it, {one.id: one for each in group for one in said.get(each.id, ())}),
        places="" if is_silence else _PLACES.get(first.subject.register, ""),
        papers=wording.papers(_documents(group)),
        wanted=wanted,
        questions=tuple(_questions(group, register, is_silence=is_silence))[:ASKED],
        unchecked=unchecked,
    )


def _place(pointer: str, labels: Mapping[str, str]) -> str:
    """Say for people where a record stands in the dossier.

    >>> _place("/parcels/3/payments/0", {"parcels": "宗地", "parcels.payments": "缴款"})
    '宗地第4条缴款第1条'
    """
    path, told = "", ""
    for step in pointer.split("/")[1:]:
        if step.isdigit():
            told += f"{labels.get(path, path)}第{int(step) + 1}条"
        else:
            path = f"{path}.{step}" if path else step
    return told


def _documents(group: tuple[Finding, ...]) -> Iterator[Document]:
    yield from (paper for each in group for fact in each.facts for paper in fact.documents)


def _why(group: tuple[Finding, ...], with_it: tuple[str, ...], said: Mapping[str, Attestation]) -> str:
    """Say what the visit is to settle, and what people said of it before."""
    first = group[0]
    match first.verdict:
        case Verdict.VIOLATION:
            told = ["档案已能证明，核对原件和现状"]
        case Verdict.RISK:
            told = ["有迹象而未查实", *first.reasons, *(f"待核实的数值：{each}" for each in first.soft)]
        case _:
            missing = tuple(dict.fromkeys(each.label for found in group for each in found.missing))
            told = [f"缺{'、'.join(missing)}" if missing else "资料不足", *first.reasons]
    refused = tuple(dict.fromkeys(label for each in group for label in arrangement.refused(each)))
    if refused:
        told.append(f"曾拒绝提供：{'、'.join(refused)}")
    if with_it:
        told.append(f"同属一事的还有：{'、'.join(with_it)}")
    if said:
        rest = f"等{len(said)}条" if len(said) > CITED else ""
        named = (f"{each.id}{f' {each.answer.label}' if each.answer else ''}" for each in (*said.values(),)[:CITED])
        told.append(f"已有核查记录：{'、'.join(named)}{rest}")
    return "；".join(dict.fromkeys(told))


def _questions(group: tuple[Finding, ...], register: str, *, is_silence: bool) -> Iterator[str]:
    first = group[0]
    if is_silence:
        yield f"台账以外还有没有{register or first.subject.label}的记录？由谁登记、谁能签署完整性声明？"
        return
    if first.verdict is Verdict.UNDETERMINED:
        for label in dict.fromkeys(each.label for found in group for each in found.missing):
            yield f"{label}是什么？以什么材料为证？"
    else:
        yield "上述情况是否属实？由谁决定、何时决定？"
    for ground in first.exemptions:
        if ground.state in {"claimed", "not_claimed"}:
            yield f"有没有这样的情形：{ground.reason}？以什么文件为证？"


def _norms(report: Report) -> Iterator[JudgedNorm]:
    """Give the norms that bind somebody on the spot and that no rule checks, the most binding first."""
    held = [each for each in report.without_rule if any(party.is_local for party in each.addressees)]
    for each in sorted(held, key=lambda norm: _BINDING.index(norm.modality)):
        yield JudgedNorm(
            id=each.id,
            article=wording.article(each.article) if each.article != "结尾" else each.article,
            modality=each.modality.label,
            quote=each.quote,
            only_people=each.only_people,
            question=each.question,
        )


# --- on paper ---------------------------------------------------------------------------------------------------------


def paper(visit: Checklist) -> Paper:
    """Lay the papers of a visit out: the checklist on its side, then what to ask for and the record, upright."""
    report = visit.report
    return Paper(
        name=f"{report.zone.name}{ITEMS}",
        author=report.program,
        day=report.as_of,
        blocks=(*_item_blocks(visit), *_norm_blocks(visit), *_request_blocks(visit), *_record_blocks(visit)),
        running=DRAFT_OF[report.projected],
        is_wide=True,
    )


def boxes(words: Iterable[str]) -> str:
    r"""Give boxes to tick, two on a line.

    >>> boxes(("查资料", "看现场", "问人员"))
    '□查资料 □看现场\n□问人员'
    """
    ticked = [f"□{each}" for each in words]
    return "\n".join(" ".join(ticked[place : place + 2]) for place in range(0, len(ticked), 2))


def _item_blocks(visit: Checklist) -> Iterator[Block]:
    report = visit.report
    yield Title(lines=(f"{report.zone.name}{ITEMS}",))
    yield Paragraph(
        level=Level.SMALL,
        text=f"根据截至{wording.chinese_day(report.as_of)}的档案编制：{wording.numbers(report)}。"
        "列明的情况是档案所载，是否属实以现场核查为准；严重的、尚待查明的在前。结果打√，没有去看的打“未核”。",
    )
    yield Table(
        columns=(
            Column(title="序号", width=11, align=Align.CENTRE),
            Column(title="核查项、对象、依据", width=45),
            Column(title="情况和问题", width=74),
            Column(title="材料", width=31),
            Column(title="方法和结果", width=34),
            Column(title="现场记录", width=30),
        ),
        size=10.5,
        rows=tuple(
            (
                str(number),
                _lines(
                    f"{each.title}〔{'·'.join(part for part in (each.verdict, each.grade) if part)}〕",
                    _named(each),
                    *(f"{article}“{quote}”" for article, quote in each.clauses),
                ),
                _lines(
                    each.said and f"档案所载：{each.said}",
                    f"为什么：{each.why}。",
                    each.places and f"看：{each.places}。",
                    *(f"问：{question}" for question in each.questions),
                    _unchecked(each),
                ),
                _lines(*_cited(each.papers), *(f"调取：{paper}" for paper in each.wanted)),
                _lines(boxes(each.methods), boxes(RESULTS)),
                "",
            )
            for number, each in enumerate(visit.items, 1)
        ),
    )
    if not visit.items:
        yield Paragraph(text="档案中没有需要到现场查明的事项。")
    else:
        yield Paragraph(level=Level.FLUSH, text=f"以上共{len(visit.items)}项，核查完毕后签名：", keep=True)
    yield from _signatures()


def _signatures() -> Iterator[Block]:
    yield SignatureLines(
        rows=(
            ("检查人员（签名、证件号）：", "检查人员（签名、证件号）："),
            ("被检查单位在场人员（签名、职务）：", "日期："),
        )
    )


def _unchecked(item: Item) -> str:
    return f"规则没有检查的：{'；'.join(item.unchecked)}。" if item.unchecked else ""


def _named(item: Item) -> str:
    places = "、".join(item.records[:NAMED])
    return _lines(first_of(item.subjects, NAMED), places and f"档案：{places}")


def _cited(papers: tuple[str, ...]) -> tuple[str, ...]:
    rest = (f"等{len(papers)}份",) if len(papers) > CITED else ()
    return (*(f"核对原件：{each}" for each in papers[:CITED]), *rest)


def _lines(*texts: str) -> str:
    return "\n".join(each for each in texts if each)


def _norm_blocks(visit: Checklist) -> Iterator[Block]:
    if not visit.norms:
        return
    yield Annex(number=1, title=NORMS, is_wide=True)
    yield Paragraph(
        level=Level.SMALL,
        text="下列条款没有规则检查，带*的只能由人判断。逐条问人、查资料：为此做了什么，以什么材料为证。"
        "写明看什么的，照着看；那样的回答只是值得追问，不是结论。",
    )
    yield Table(
        columns=(
            Column(title="条款、性质", width=23),
            Column(title="原文", width=48),
            Column(title="看什么、在哪份材料里、怎样的回答要追问", width=76),
            Column(title="结果", width=34),
            Column(title="做了什么、材料、现场记录", width=44),
        ),
        size=10.5,
        rows=tuple(
            (
                f"{each.article}\n{each.id}{'*' if each.only_people else ''}\n{each.modality}",
                each.quote,
                _asked(each.question),
                boxes(RESULTS),
                "",
            )
            for each in visit.norms
        ),
    )


def _asked(question: Question | None) -> str:
    if question is None:
        return ""
    return _lines(f"看：{question.look_at}。", f"材料：{question.paper}。", f"追问：{question.worry}。")


def _request_blocks(visit: Checklist) -> Iterator[Block]:
    yield Annex(number=2, title=REQUESTS)
    if not visit.requests:
        yield Paragraph(text="档案不缺判断所需的资料。")
        return
    yield Paragraph(
        level=Level.SMALL, text="涉及事项多的在前。请在所列资料上加盖印章或者由提供人签名，注明与原件一致。"
    )
    yield Table(
        columns=(
            Column(title="序号", width=12, align=Align.CENTRE),
            Column(title="资料", width=38),
            Column(title="用于查明", width=43),
            Column(title="提供情况", width=41),
            Column(title="页数、备注", width=22),
        ),
        size=10.5,
        rows=tuple(
            (
                str(number),
                each.document,
                f"{'、'.join(each.facts)}（{'、'.join(each.titles)}，{each.findings}项）",
                boxes(SUPPLIED),
                "",
            )
            for number, each in enumerate(visit.requests, 1)
        ),
    )
    yield Paragraph(level=Level.FLUSH, text=f"以上共{len(visit.requests)}项，提供、接收后签名：", keep=True)
    yield SignatureLines(rows=(("提供人（签名、职务）：", "接收人（签名）："), ("提供日期：", "归还日期：")))


def _record_blocks(visit: Checklist) -> Iterator[Block]:
    report = visit.report
    moment = f"{blank(2)}年{blank(1)}月{blank(1)}日{blank(1)}时{blank(1)}分"
    yield PageBreak()
    yield Title(lines=(RECORD,))
    yield Paragraph(level=Level.FLUSH, text=f"第{blank(1)}页　共{blank(1)}页")
    yield Paragraph(level=Level.FLUSH, text=f"检查时间：{moment}至{blank(1)}时{blank(1)}分")
    yield SignatureLines(rows=(("检查地点：",),))
    yield Paragraph(level=Level.FLUSH, text=f"被检查单位：{report.zone.name}管理机构")
    yield SignatureLines(
        rows=(
            ("现场负责人：", "职务：", "电话："),
            ("检查人员：", "证件号："),
            ("检查人员：", "证件号："),
            ("记录人：", "其他在场人员："),
        )
    )
    yield Paragraph(
        label="一、告知。",
        text="检查人员不少于两人。□已出示证件　□已说明来意和检查事项。被检查单位是否申请回避：□是　□否",
    )
    yield Paragraph(
        label="二、检查情况。",
        text=f"按《{ITEMS}》第{blank(3)}项检查，所见如下（时间、位置、数量、状态，照片和录像的编号）：",
    )
    yield Space(lines=8)
    yield Paragraph(label="三、询问情况。", text="被询问人、职务、所问所答：")
    yield Space(lines=5)
    yield Paragraph(
        label="四、调取的资料。", text=f"见《{REQUESTS}》，共{blank(2)}份{blank(2)}页。照片、录像共{blank(2)}件。"
    )
    yield Paragraph(label="五、被检查单位的意见。", text="")
    yield Space(lines=3)
    yield Paragraph(text="以上笔录已阅（已向我宣读），与事实相符：□是　□有异议，异议是：", keep=True)
    yield Space(lines=2, keep=True)
    yield SignatureLines(
        rows=(("被检查单位在场人员（签名）：", "日期："), ("检查人员（签名）：", "检查人员（签名）：")), keep=True
    )
    yield Paragraph(level=Level.FLUSH, text="拒绝签名的，由检查人员注明原因和见证人：", keep=True)
    yield Space(lines=1)


# --- for a tablet -----------------------------------------------------------------------------------------------------


def workbook(visit: Checklist, facts: tuple[Sheet, ...] = ()) -> Workbook:
    """Write the same as a workbook: one row a finding, so that what is filled in can be told by its id.

    *facts* are the sheets for what was found, which come back into the dossier.
    """
    report = visit.report
    return Workbook(
        name=f"{report.zone.name}{ITEMS}",
        author=report.program,
        day=report.as_of,
        sheets=(
            _sheet(ITEMS, _ITEM_HEADINGS, _item_rows(visit)),
            _sheet(NORMS, _NORM_HEADINGS, map(_norm_row, visit.norms)),
            _sheet(REQUESTS, _REQUEST_HEADINGS, _request_rows(visit)),
            _sheet(RECORD, _RECORD_HEADINGS, _record_rows(report)),
            *facts,
        ),
    )


FINDING, POINTER, ITEM = "问题编号", "档案位置", "核查项"
ARTICLE, NORM = "条款", "编号"
LOOK_AT, PAPER, WORRY = "看什么", "在哪份材料里", "怎样的回答要追问"
METHOD, RESULT, NOTE, EXHIBITS = "核查方法", "结果", "现场记录", "证据（文件、照片编号）"
LOOKED_BY, CAPACITY, LOOKED_ON = "核查人", "核查人身份", "核查日期"
DOCUMENT, SUPPLY, PAGES = "资料", "提供情况", "材料编号、页数"
PROVIDER, RECEIVER, PROVIDED_ON, REMARK = "提供人", "接收人", "提供日期", "备注"
TOPIC, CONTENT = "项目", "内容"
_DAY = "填 2026-01-31 这样的日期"

_FILLED = (
    Heading(title=METHOD, width=10, by_people=True, choices=tuple(each.label for each in Method)),
    Heading(title=RESULT, width=10, by_people=True, choices=RESULTS),
    Heading(title=NOTE, width=30, by_people=True),
    Heading(title=EXHIBITS, width=18, by_people=True, hint="已登记的证据材料写它的编号或者名称"),
    Heading(title=LOOKED_BY, width=10, by_people=True),
    Heading(title=CAPACITY, width=12, by_people=True, hint="以什么身份核查的，如检查人员"),
    Heading(title=LOOKED_ON, width=12, by_people=True, is_day=True, hint=_DAY),
)
_ITEM_HEADINGS = (
    Heading(title="序号", width=5),
    Heading(title=FINDING, width=15),
    Heading(title=ITEM, width=20),
    Heading(title="对象", width=16),
    Heading(title=POINTER, width=14),
    Heading(title="档案的结论", width=10),
    Heading(title="严重程度", width=9),
    Heading(title="依据", width=30),
    Heading(title="档案所载", width=32),
    Heading(title="为什么核查", width=28),
    Heading(title="看什么", width=20),
    Heading(title="材料", width=26),
    Heading(title="问什么", width=30),
    *_FILLED,
)
_NORM_HEADINGS = (
    Heading(title=ARTICLE, width=10),
    Heading(title=NORM, width=8),
    Heading(title="性质", width=11),
    Heading(title="原文", width=40),
    Heading(title="只能由人判断", width=12),
    Heading(title=LOOK_AT, width=40),
    Heading(title=PAPER, width=32),
    Heading(title=WORRY, width=40),
    *_FILLED,
)
_REQUEST_HEADINGS = (
    Heading(title="序号", width=6),
    Heading(title=DOCUMENT, width=44),
    Heading(title="用于查明", width=40),
    Heading(title="所涉规则", width=40),
    Heading(title="所涉事项数", width=10),
    Heading(title=SUPPLY, width=11, by_people=True, choices=SUPPLIED),
    Heading(title=PAGES, width=18, by_people=True),
    Heading(title=PROVIDER, width=10, by_people=True, hint="拒绝提供的，填拒绝的人"),
    Heading(title=RECEIVER, width=10, by_people=True),
    Heading(title=PROVIDED_ON, width=12, by_people=True, is_day=True, hint=_DAY),
    Heading(title=REMARK, width=24, by_people=True),
)
_RECORD_HEADINGS = (Heading(title=TOPIC, width=30), Heading(title=CONTENT, width=90, by_people=True))
_RECORD_FIELDS = (
    BEGUN,
    "检查时间（止）",
    "检查地点",
    "现场负责人（姓名、职务、电话）",
    INSPECTOR,
    "检查人员二（姓名、证件号）",
    WRITER,
    "其他在场人员",
    "出示证件、说明来意",
    "检查情况",
    "询问情况",
    "照片、录像编号",
    "被检查单位的意见",
    "拒绝签名的原因和见证人",
)


HEADINGS = {ITEMS: _ITEM_HEADINGS, NORMS: _NORM_HEADINGS, REQUESTS: _REQUEST_HEADINGS, RECORD: _RECORD_HEADINGS}
"""The columns of each sheet."""


def _sheet(name: str, headings: tuple[Heading, ...], rows: Iterable[tuple[str, ...]]) -> Sheet:
    shown = tuple(tuple(fitted(printable(cell)) or None for cell in row) for row in rows)
    wide = tuple((*row, *(None,) * (len(headings) - len(row))) for row in shown)
    return Sheet(name=name, headings=headings, rows=wide, is_a3=len(headings) > 8)


def _item_rows(visit: Checklist) -> Iterator[tuple[str, ...]]:
    by_id: Mapping[str, Finding] = {each.id: each for each in visit.report.findings}
    number = 0
    for item in visit.items:
        for name in item.findings:
            finding = by_id[name]
            number += 1
            yield (
                str(number),
                name,
                item.title,
                wording.subject(finding.subject),
                finding.subject.pointer,
                item.verdict,
                item.grade,
                _lines(*(f"{article}“{quote}”" for article, quote in item.clauses)),
                finding.message,
                item.why,
                _lines(item.places, _unchecked(item) if name == item.findings[0] else ""),
                _lines(*_cited(wording.papers(_documents((finding,)))), *(f"调取：{paper}" for paper in item.wanted)),
                _lines(*item.questions),
            )


def _norm_row(norm: JudgedNorm) -> tuple[str, ...]:
    asked = norm.question
    told = (asked.look_at, asked.paper, asked.worry) if asked is not None else ("", "", "")
    return norm.article, norm.id, norm.modality, norm.quote, "是" if norm.only_people else "否", *told


def _request_rows(visit: Checklist) -> Iterator[tuple[str, ...]]:
    for number, each in enumerate(visit.requests, 1):
        yield str(number), each.document, _lines(*each.facts), _lines(*each.titles), str(each.findings)


def _record_rows(report: Report) -> Iterator[tuple[str, ...]]:
    yield INSPECTED, f"{report.zone.name}管理机构"
    yield ZONE_ID, report.zone.id
    yield DOSSIER, f"{report.dossier.id}（{report.dossier.file}），校验值 {report.dossier.sha256}"
    yield PACK, f"{report.policy.named}，校验值 {report.policy.sha256}"
    yield AS_OF, report.as_of.isoformat()
    yield from ((each,) for each in _RECORD_FIELDS)
