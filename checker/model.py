"""The words of this program as frozen types: what a check says of a dossier.

A `Report` is everything that one check says; each format and each paper is made from it and from nothing else.
Whatever is worded for people in it (labels, sentences, reasons) is in the language of the report, Chinese unless it
says otherwise; whatever a program reads (verdicts, grades, parties) is an id.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from checker.classes import dataclass

Truth = bool | None
"""True, false, or unknown (`None`): strong Kleene logic."""

Scalar = str | bool | int | Decimal | date | None


class Verdict(StrEnum):
    """What a rule says of one subject; the order is the order of urgency.

    `UNDETERMINED` is not a pass: the dossier is silent on a fact that decides.
    """

    VIOLATION = "violation"
    RISK = "risk"
    UNDETERMINED = "undetermined"
    EXEMPT = "exempt"
    COMPLIANT = "compliant"
    NOT_APPLICABLE = "not_applicable"

    __hash__ = str.__hash__  # that of the standard library is written in Python

    @property
    def label(self) -> str:
        """The Chinese word of a verdict, as papers print it."""
        return VERDICT_LABELS[self]

    @property
    def is_finding(self) -> bool:
        """Whether someone must act on it."""
        return self is Verdict.VIOLATION or self is Verdict.RISK or self is Verdict.UNDETERMINED


VERDICT_LABELS = {
    Verdict.VIOLATION: "违反",
    Verdict.RISK: "疑似，需核查",
    Verdict.UNDETERMINED: "资料不足，无法判定",
    Verdict.EXEMPT: "豁免",
    Verdict.COMPLIANT: "符合",
    Verdict.NOT_APPLICABLE: "不适用",
}


MONTHS = ("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月")
"""The months as texts of their own: other languages have names for them."""


class Grade(StrEnum):
    """How serious a breach of the rule is; the order is the order of weight."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    A = "A"

    __hash__ = str.__hash__

    @property
    def label(self) -> str:
        """The Chinese word of a grade."""
        return {"S1": "严重", "S2": "较重", "S3": "一般", "A": "提示"}[self]


class Party(StrEnum):
    """Who has to put a finding right. `UNDETERMINED` puts it on no notice."""

    ZONE = "zone"
    LOCAL_GOVERNMENT = "local_government"
    PROVINCE = "province"
    MINISTRY = "ministry"
    ENTERPRISE = "enterprise"
    UNDETERMINED = "undetermined"

    @property
    def label(self) -> str:
        """The Chinese word of a party."""
        return {
            "zone": "开发区管理机构",
            "local_government": "所在地人民政府",
            "province": "省级人民政府",
            "ministry": "国务院主管部门",
            "enterprise": "企业",
            "undetermined": "责任主体待定",
        }[self]

    @property
    def is_local(self) -> bool:
        """Whether it is met on a visit: the zone, the government of the place or a firm."""
        return self in {Party.ZONE, Party.LOCAL_GOVERNMENT, Party.ENTERPRISE}


class Modality(StrEnum):
    """How a norm binds, as the document words it."""

    PROHIBITION = "prohibition"
    OBLIGATION = "obligation"
    SOFT_OBLIGATION = "soft_obligation"
    PERMISSION = "permission"
    ENCOURAGEMENT = "encouragement"
    STATE_ACTION = "state_action"
    GOAL = "goal"
    SANCTION = "sanction"

    @property
    def label(self) -> str:
        """The Chinese word of a modality."""
        return {
            "prohibition": "禁止",
            "obligation": "应当",
            "soft_obligation": "要求",
            "permission": "可以",
            "encouragement": "鼓励、支持",
            "state_action": "政府工作",
            "goal": "目标",
            "sanction": "处罚",
        }[self]


class Mode(StrEnum):
    """Who reads the report. It changes words, never a verdict."""

    INSPECTION = "inspection"
    SELF_AUDIT = "self-audit"


class Consequence(StrEnum):
    """What a finding can lead to: an order, a recommendation (only 54号 carries it), or nothing yet."""

    ORDER = "order"
    ADVISE = "advise"
    NONE = "none"


class Answer(StrEnum):
    """What somebody who looked into a thing, or asked for a paper, says of it."""

    CONFORMING = "conforming"
    NOT_CONFORMING = "not_conforming"
    NOT_APPLICABLE = "not_applicable"
    NOT_EXAMINED = "not_examined"
    ESTABLISHED = "established"
    PROVIDED = "provided"
    PARTLY_PROVIDED = "partly_provided"
    NOT_HELD = "not_held"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The Chinese word of an answer, as checklists print it."""
        return _ANSWERS[self]


_ANSWERS = {
    Answer.CONFORMING: "符合",
    Answer.NOT_CONFORMING: "不符合",
    Answer.NOT_APPLICABLE: "不适用",
    Answer.NOT_EXAMINED: "未核",
    Answer.ESTABLISHED: "已查明",
    Answer.PROVIDED: "已提供",
    Answer.PARTLY_PROVIDED: "部分提供",
    Answer.NOT_HELD: "没有",
    Answer.REFUSED: "拒绝提供",
}


class Rung(StrEnum):
    """A step of the ladder of article four; the order is that of the text."""

    WARNING = "warning"
    CIRCULATED = "circulated"
    ORDERED = "ordered"
    EXIT = "exit"

    @property
    def label(self) -> str:
        """The Chinese word of a step, as the document has it."""
        return {"warning": "警告", "circulated": "通报", "ordered": "限期整改", "exit": "退出"}[self]


class Count(StrEnum):
    """What a condition of the ladder counts: matters, findings that came back, items and notices of earlier days.

    `VIOLATIONS` and `SUSPICIONS` (violations and risks) are counted by matter; `OVERDUE` items are not closed although
    their day has passed, an `UNFINISHED` notice has one of these.
    """

    VIOLATIONS = "violations"
    SUSPICIONS = "suspicions"
    RECURRED = "recurred"
    OVERDUE = "overdue"
    UNFINISHED = "unfinished"


class Past(StrEnum):
    """How a finding stands to an item of an earlier notice about the same rule and subject."""

    RECURRED = "recurred"
    RETURNED = "returned"
    CLOSED = "closed"
    OVERDUE = "overdue"
    BEING_CURED = "being_cured"
    UNCLEAR = "unclear"

    @property
    def label(self) -> str:
        """What is said of it in Chinese."""
        return {
            "recurred": "销号后复发",
            "returned": "销号期满后再次发生",
            "closed": "同一行为已经销号",
            "overdue": "逾期未销号",
            "being_cured": "整改期限未到",
            "unclear": "是否销号、是否逾期不明",
        }[self]


class Method(StrEnum):
    """How a thing was looked into."""

    PAPERS = "papers"
    SITE = "site"
    PERSONS = "persons"
    SEVERAL = "several"

    @property
    def label(self) -> str:
        """The Chinese word of a method, as checklists print it."""
        return {"papers": "查资料", "site": "看现场", "persons": "问人员", "several": "几种并用"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper in the register `evidence` that a record names as its source; `page` as the record gives it (`p3`)."""

    doc_id: str
    title: str = ""
    doc_no: str = ""
    page: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One value that a rule read, with the place in the dossier it comes from.

    `state` is `known`, `none` (the dossier says that there is none), `unknown` (the dossier is silent) or `range`; a
    range has `low` and `high`, each of them `None` where that side is open. `unit` is an id of the schema (`cny`,
    `sqm`, `ha`). `origins` are the pointers of the addends, witnesses or counterexamples that the value was made
    from; of a long list of them, `unlisted` are left out.
    """

    name: str
    label: str
    state: str
    value: Scalar = None
    text: str
    low: Scalar = None
    high: Scalar = None
    unit: str = ""
    pointer: str = ""
    documents: tuple[Document, ...] = ()
    origins: tuple[str, ...] = ()
    unlisted: int = 0
    unproved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestNode:
    """A node of the and/or structure of a rule's condition with the truth that it had on the subject.

    `op` is `and`, `or`, `not` or `test`; a `test` has its `text` in the rule language and a Chinese `wording`. A
    condition to which the rule gives a name has that name as its `label`.
    """

    __test__ = False

    op: str
    truth: Truth
    text: str = ""
    wording: str = ""
    label: str = ""
    soft: bool = False
    parts: tuple["TestNode", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A norm of the document as a finding cites it: `breached` (违反) or `reference` (参照)."""

    id: str
    article: str
    quote: str
    cited_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One edition of one instrument that was in force on the day of the act and imposes the duty by itself.

    `firm` bases carry a violation; the others carry `risk`, and `why_soft` says why. In a report that is not Chinese,
    `original` cites the instrument by its Chinese title.
    """

    statute: str
    title: str
    number: str
    articles: tuple[str, ...]
    in_force_from: str
    firm: bool
    why_soft: str = ""
    original: str = ""


class Missing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact on which the dossier is silent, where it belongs, and the paper that would prove it.

    `record` is made of the ids that lead to the record there; empty where the pointer leads into none.
    """

    pointer: str
    label: str
    document: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A ground that would excuse the subject, with the facts that were pleaded for it.

    `state` is `proved`; `claimed` (pleaded, but a bound or its paper is missing); `not_covered` (pleaded, and what is
    pleaded does not reach this case); or `not_claimed`. `condition` words what the ground requires. One of
    `at_most_risk` is never proved: whether it excuses is for an authority to say.
    """

    reason: str
    state: str
    condition: str = ""
    facts: tuple[Fact, ...] = ()
    documents: tuple[Document, ...] = ()
    at_most_risk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyStep:
    """One measure; `source` is `law` or `proposal` (a deadline this tool proposes); `within` is worded (`30日内`).

    A `penal` one holds somebody to account: it is for an authority to take, and no self-audit lists it.
    """

    action: str
    done_when: str
    within: str
    days: int | None = None
    source: str = "proposal"
    penal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The record that a rule was applied to. A register itself is the subject where it is not declared complete."""

    register: str
    id: str
    label: str
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict that someone must act on, or an exemption that was proved, with everything it rests on.

    `grounds` word the tests that hold and so make it a violation or a risk; `soft` are the figures among them that
    await confirmation. Where it is undetermined, `decided_by` are the smallest sets of missing facts, by their
    pointers, that decide it whatever they turn out to be. The `cure` of a violation is looked for where asked.
    """

    id: str
    rule: str
    title: str
    kind: str
    verdict: Verdict
    grade: Grade | None
    consequence: Consequence
    clauses: tuple[Clause, ...]
    basis: tuple[Basis, ...]
    see: tuple[Basis, ...]
    responsible: Party
    subject: Subject
    matter: Mapping[str, str]
    conduct_on: Fact | None
    facts: tuple[Fact, ...]
    tests: Mapping[str, TestNode]
    exemptions: tuple[Exemption, ...]
    soft: tuple[str, ...]
    message: str
    grounds: tuple[str, ...] = ()
    reasons: tuple[str, ...]
    missing: tuple[Missing, ...]
    withheld: tuple[str, ...]
    ask: tuple[str, ...]
    remedy: tuple[RemedyStep, ...]
    amount: "Amount | None" = None
    decided_by: tuple[tuple[str, ...], ...] = ()
    cure: "Cure | None" = None
    group: str | None = None
    absorbed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A sum of money in yuan between two ends, which are the same where it is known; `None` is an open end."""

    low_cny: Decimal | None
    high_cny: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings about one matter: the first of them leads, and its first clause is the primary one.

    `on` is the key they are joined on, `key` its value, `label` words both. The amount is the largest of theirs.
    """

    id: str
    on: str
    key: str
    label: str
    clause: str
    verdict: Verdict
    grade: Grade | None
    amount: Amount | None
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An item of an earlier notice on the rule and subject of a finding, and how the finding stands to it.

    Days are as precise as they are known; `due_on` is the day of an extension where there is one.
    """

    finding: str
    notice: str
    item: str
    pointer: str
    state: Past
    due_on: str
    closed_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a step is proposed: `number` of something, where `at_least` so many are asked for.

    `findings` are those that count, `items` the pointers of items. `is_law` says that the document itself names this
    ground; the others are proposals of this tool. It `is_proved` where suspicions are not needed to reach the number.
    `self_audit` is the text in the words of a self-audit, where these are others.
    """

    text: str
    number: int
    at_least: int
    is_law: bool
    is_proved: bool
    findings: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    self_audit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A step of the ladder that the findings suggest. It is proposed, never decided."""

    rung: Rung
    reasons: tuple[Reason, ...]

    @property
    def is_proved(self) -> bool:
        """Whether some reason is more than a suspicion."""
        return any(each.is_proved for each in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjudication:
    """What follows from all findings together.

    `clause` is the norm whose ladder it is. `history` says how far earlier notices are known: `complete`, `incomplete`
    or `absent`; what is not in the dossier is not counted.
    """

    groups: tuple[Group, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    clause: Clause | None = None
    proposals: tuple[Proposal, ...] = ()
    history: str = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that would have to be otherwise: from `before` (empty where something is added) to `after`."""

    pointer: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """The smallest change found with which the same check finds a subject compliant; no changes: none was found.

    `breaks` are the rules, each with its subject (`R18.8-01@P3`), that would then be broken and are not now.
    """

    changes: tuple[Change, ...]
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A subject that will break a rule from a day on, `days` after the look, if nothing changes until then.

    `before` is what the rule says of it now, `until_then` what it says on the day before, `verdict` what it will say,
    `message` the sentence of that day.
    """

    on: date
    days: int
    finding: str
    rule: str
    title: str
    clauses: tuple[str, ...]
    subject: Subject
    responsible: Party
    grade: Grade | None
    before: Verdict
    until_then: Verdict
    verdict: Verdict
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawAhead:
    """A statute that comes into force or ends, or a figure that changes (`kind`), on a day as precise as is known."""

    on: str
    kind: str
    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What the days up to `until` bring if nothing changes; a forecast, and no finding."""

    until: date
    turns: tuple[Turn, ...]
    law: tuple[LawAhead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What somebody says to have seen, found or been refused: a statement, which proves nothing and changes no verdict.

    It is about a `norm` (with its `article` and `quote`), a `rule` on a `subject`, a `fact` of a record (its label, and
    `at` its pointer), a `document` that was asked for, or else about what `item` says. `recorded` is what the dossier
    said then, where that was not the `value` found. Days are as precise as they are known (`2025-01`). `findings` are
    those that it is about, `against` the attestations that say otherwise of the same; of many the first.
    """

    id: str
    pointer: str
    item: str = ""
    norm: str = ""
    article: str = ""
    quote: str = ""
    rule: str = ""
    subject: Subject | None = None
    fact: str = ""
    at: str = ""
    document: str = ""
    method: Method | None = None
    answer: Answer | None = None
    value: str = ""
    recorded: str = ""
    note: str = ""
    exhibits: str = ""
    found_by: str = ""
    capacity: str = ""
    found_on: str = ""
    stated_by: str = ""
    refused_by: str = ""
    refused_on: str = ""
    documents: tuple[Document, ...] = ()
    findings: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InOrder:
    """What complies with one rule: `number` subjects, the first of them named, each with the papers that were read."""

    rule: str
    title: str
    clauses: tuple[str, ...]
    number: int
    named: tuple[tuple[Subject, tuple[Document, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChecked:
    """Something that this check leaves open for a reason of ours, by its `kind`.

    A `limit` of a rule; a `parameter` without a value; a `bound` on the records that are compared; findings `unlisted`;
    a rule that is `dropped`.
    """

    rule: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterState:
    """What the dossier declares of one register; `count` is None where the dossier has no such register."""

    path: str
    label: str
    count: int | None
    complete: bool
    as_of: date | None
    signatory: str
    why_incomplete: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseState:
    """A norm that at least one rule of the pack checks, with the verdicts over all its pairs of rule and subject."""

    id: str
    article: str
    quote: str
    rules: tuple[str, ...]
    totals: Mapping[Verdict, int]

    @property
    def is_clear(self) -> bool:
        """Whether every pair is closed, none is a finding, and some are judged: only then may 未发现问题 be said."""
        return self.is_judged and not any(count and verdict.is_finding for verdict, count in self.totals.items())

    @property
    def is_judged(self) -> bool:
        """Whether its rules apply to anything: of what nobody looked at it may not be said that it is kept."""
        return any(count and verdict is not Verdict.NOT_APPLICABLE for verdict, count in self.totals.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person is asked of a norm: what to look at, which paper holds it, and what answer should worry."""

    look_at: str
    paper: str
    worry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NormWithoutRule:
    """A norm that no rule of the pack checks, and whom it binds; where `only_people` can judge it, none can.

    There is no `question` where somebody else's norm needs none, and in reports that older versions saved.
    """

    id: str
    article: str
    quote: str
    modality: Modality
    addressees: tuple[Party, ...]
    only_people: bool
    question: Question | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleState:
    """A rule of the pack with the verdicts over its subjects and why the inapplicable ones are so."""

    id: str
    title: str
    grade: str
    limits: tuple[str, ...]
    totals: Mapping[Verdict, int]
    inapplicable: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A paper to ask for: the facts it would settle and the findings that wait for it.

    `settles` are the findings that it decides alone; `weight` is what these weigh together, by their grades.
    """

    document: str
    facts: tuple[str, ...]
    findings: tuple[str, ...]
    settles: tuple[str, ...] = ()
    weight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something in the dossier that is possible but implausible, and that a person should look at."""

    pointer: str
    label: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyStamp:
    """Which policy pack a report was made with; `title` and `number` are those of the document that it is about.

    One that `extends` another has the digest of both.
    """

    id: str
    title: str
    number: str
    version: str
    sha256: str
    extends: "PolicyStamp | None" = None

    @property
    def named(self) -> str:
        """The pack and those that it extends, each with its version: `shandong 1.0.0 + guobanfa-2014-54 1.0.0`."""
        own = f"{self.id} {self.version}"
        return own if self.extends is None else f"{own} + {self.extends.named}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierStamp:
    """Which dossier a report speaks of; `file` is a name, not a path."""

    id: str
    sha256: str
    file: str
    as_of: date
    prepared_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The zone that was checked."""

    id: str
    name: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A piece of land on the map: the planned area (of the `zone`), one of the `plans` or one of the `parcels`.

    `path` is its outline as an SVG path in units of the map; `at` is a point inside it, where a mark can stand.
    """

    register: str
    id: str
    label: str
    pointer: str
    hectares: Decimal
    at: tuple[int, int]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """The land that the dossier draws, north up; a unit is so many `metres`. What lies below comes first."""

    width: int
    height: int
    metres: Decimal
    areas: tuple[Area, ...]


REPORT_FORMAT = "2.0"
"""The version of the format in which a report is saved; one of 1.0 lacks what this one tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that one check says of one dossier.

    `projected` is true where the as-of day is later than the dossier's own day: the report is headed 推算 and no notice
    is made from it. `findings` come worst first; `exempted` are the subjects that a proved exemption excuses. The
    totals add up: over all rules, the verdicts sum to the pairs of rule and subject. `cells` name the cell of a
    spreadsheet that a pointer was filled in from (`供地台账!C9`), where the dossier came from one. Where nothing is
    drawn there is no `map`. `in_order` has one entry for each rule with which something complies; `without_rule` are
    the norms that this check says nothing of; `attestations` are what people say beside what the dossier proves.
    """

    schema_version: str = field(default=REPORT_FORMAT, init=False)
    language: str = "zh"
    as_of: date
    projected: bool
    mode: Mode
    tool: str
    tool_version: str
    policy: PolicyStamp
    dossier: DossierStamp
    zone: Zone
    totals: Mapping[Verdict, int]
    clauses: tuple[ClauseState, ...]
    rules: tuple[RuleState, ...]
    registers: tuple[RegisterState, ...]
    not_checked: tuple[NotChecked, ...]
    requests: tuple[Request, ...]
    doubts: tuple[Doubt, ...]
    findings: tuple[Finding, ...]
    exempted: tuple[Finding, ...]
    in_order: tuple[InOrder, ...] = ()
    without_rule: tuple[NormWithoutRule, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    map: Map | None = None
    attestations: tuple[Attestation, ...] = ()
    adjudication: Adjudication = Adjudication()
    ahead: Ahead | None = None

    @property
    def program(self) -> str:
        """The program and its version, as papers name them."""
        return f"{self.tool} {self.tool_version}"

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Give the findings of one verdict, in the order of the report."""
        return tuple(each for each in self.findings if each.verdict is verdict)
