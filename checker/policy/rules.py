"""Rules as they are written: one YAML file each, parsed once into typed trees and formulas.

Nothing here looks at a dossier. A file that names a field, norm, statute, article or figure that does not exist,
compares what can't be compared, or leaves out what a report needs, does not load; every problem of it is told with
its line and column.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.dossier.schema import ATTESTATIONS, DossierSchema, Entity
from checker.errors import PolicyError, Problem
from checker.ladder import Law
from checker.language.compiling import Conditions, probes_of
from checker.language.formula import FormulaTooLargeError, TestTable
from checker.language.functions import FUNCTIONS, QUANTIFIERS
from checker.language.parsing import ATTESTED, DEEPEST_EXPRESSION, TRUTH, ExpressionError, Scope, parse
from checker.language.template import Template, parse_template
from checker.language.tree import (
    CLAIM,
    SUBJECT,
    ZONE,
    Attribute,
    Choice,
    Constant,
    Let,
    Node,
    ParameterValue,
    Quantifier,
    Register,
    Sort,
    Table,
    Type,
    Variable,
    path_text,
)
from checker.language.wording import Wording
from checker.model import Grade, Party, RemedyStep
from checker.network import TooManyEngineRulesError, engine_rules
from checker.policy.forms import (
    Fault,
    FormError,
    Key,
    Reader,
    Shape,
    closest,
    either,
    mapping,
    matching,
    read_whole,
    reads,
    record,
    several,
    shape_of,
    text,
    yes_or_no,
)
from checker.policy.law import Norm, Parameter, Statute
from checker.policy.source import Source

MOST_TESTS = 9
MOST_LETS = 40
LARGEST_CONDITION = 2_000
"""How many nodes an expression may have with the names in it written out."""

_T = TypeVar("_T")

MOST_DAYS, MOST_MONTHS = 3_650, 120
"""How long a deadline may be."""
LONGEST_RULE = 100_000
LONGEST_MESSAGE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One edition of one instrument as a rule names it; with `at_most_risk` it never carries a violation.

    It concerns only subjects of which its `condition` holds: one duty may stand in several laws, each for its own kind.
    """

    statute: Statute
    articles: tuple[str, ...] = ()
    at_most_risk: bool = False
    condition: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionRule:
    """What excuses a subject: what it bounds (`condition`), and the `paper` that proves it.

    `grounds` are those of the claims that plead it; without any, the rule reads fields of its own. The paper must be
    valid on the day `valid_on`, by default that of the act. With `at_most_risk` it is never proved, only claimed:
    somebody else has to say what it is worth.
    """

    grounds: tuple[str, ...]
    condition: Node
    paper: Node
    valid_on: Node
    reason: str
    at_most_risk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One step of a remedy, and the `condition` on which it is called for: what is done is not ordered again."""

    step: RemedyStep
    condition: Node


class Known:
    """What was worked out of the nodes of a rule, once for all dossiers.

    Nodes are told apart by identity, which takes no time; each is kept, or another might come by its identity.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int], tuple[Node, Any]] = {}

    def of(self, what: str, node: Node, work_out: Callable[[Node], _T]) -> _T:
        """Give *what* is to be known of a node."""
        known = self._answers.get((what, id(node)))
        if known is None:
            known = self._answers[what, id(node)] = node, work_out(node)
        answer: _T = known[1]
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One declarative check of one or more norms.

    `each` is the register whose records are the subjects, or `zone`; `parents` names the records above a nested
    subject. `tests` are the elementary comparisons in the order of the engine's truths, and `law` is all that the
    engine is told. `texts` are the conditions and names as written, each with its tree. `grade`, `responsible` and
    `matter` are expressions that give an id, `amount` one that gives the yuan it is about.
    """

    id: str
    title: str
    clauses: tuple[Norm, ...]
    each: str
    subject: Entity
    parents: tuple[str, ...]
    grade: Node
    responsible: Node
    matter: Mapping[str, Node]
    amount: Node | None
    conduct_on: Node
    basis: tuple[Entry, ...]
    see: tuple[Entry, ...]
    when: Node
    lets: Mapping[str, Node]
    labels: Mapping[str, str]
    violated: Node
    suspected: Node
    exemptions: tuple[ExemptionRule, ...]
    message: Template
    remedy: tuple[Measure, ...]
    ask: Mapping[str, str]
    limits: tuple[str, ...]
    tests: tuple[Node, ...]
    law: Law
    wording: Wording
    texts: tuple[tuple[str, Node], ...]
    examples: Any
    source: Source
    known: Known = field(init=False, default_factory=Known, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """`violation`, or `signal` for a rule that can only say risk."""
        return "signal" if self.law.signal else "violation"

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers that its subjects come from, the outermost first; none for a rule over the zone."""
        steps = self.each.split(".")
        return () if self.each == ZONE else tuple(".".join(steps[: end + 1]) for end in range(len(steps)))

    @property
    def conditions(self) -> Conditions:
        """What its code is generated from."""
        return Conditions(
            subject=self.subject,
            parents=self.parents,
            conduct_on=self.conduct_on,
            lets=self.lets,
            tests=self.tests,
            when=self.law.when,
            violated=self.law.violated,
            suspected=self.law.suspected,
            pleas=self.exemptions,
            basis=tuple(each.condition for each in self.basis),
        )

    def soft_figures(self, test: Node) -> tuple[str, ...]:
        """Give the figures in a test that await confirmation."""
        return self.known.of("soft figures", test, lambda each: tuple(dict.fromkeys(_soft_figures(each, self.lets))))

    def is_soft(self, test: Node) -> bool:
        """Say whether one of its tests rests on a figure that awaits confirmation."""
        return self.known.of(
            "is soft", test, lambda each: each in self.tests and self.tests.index(each) in self.law.soft
        )

    def tests_of(self, condition: Node) -> tuple[Node, ...]:
        """Give the elementary tests of a condition."""
        return self.known.of("tests", condition, self._tests_of)

    def _tests_of(self, condition: Node) -> tuple[Node, ...]:
        used = list(below(condition, self.lets))
        return tuple(test for test in self.tests if test in used)

    def parts_of(self, condition: Node) -> tuple[Node, ...]:
        """Give all nodes of a condition, those of the names that it uses included."""
        return self.known.of("parts", condition, lambda each: tuple(below(each, self.lets)))

    def goes_far(self, condition: Node) -> bool:
        """Say whether a condition goes over whole registers, with no key to look their records up."""
        return self.known.of("goes far", condition, lambda each: any(map(_goes_over_register, below(each, self.lets))))

    def worded(self, node: Node) -> str:
        """Read one of its nodes, or one made of their parts, out."""
        return self.known.of("words", node, self.wording.read)

    def written(self, condition: Node) -> str:
        """Give the text that a node of its conditions was read from; empty for any other."""
        texts = self.known.of("texts", self.when, lambda _: self._texts())
        return texts.get(id(condition), "")

    def _texts(self) -> Mapping[int, str]:
        return {id(part): text for text, tree in reversed(self.texts) for part in tree.walk()}

    @property
    def looks_at_state(self) -> bool:
        """Whether it judges a state that continues, and not an act of a certain day."""
        return not any(isinstance(each, Attribute) for each in below(self.conduct_on, self.lets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a rule may refer to.

    The norms, statutes and figures of its pack, and the id of the document's own statute. What the pack says to people
    is read through its `texts`, what the program says comes from `words`.
    """

    norms: Mapping[str, Norm]
    statutes: Mapping[str, Statute]
    parameters: Mapping[str, Parameter]
    document: str
    texts: Catalogue = CHINESE
    words: Catalogue = CHINESE


def load_rule(source: Source, name: str, library: Library, schema: DossierSchema, *, for_engine: bool = True) -> Rule:
    """Read the rule in *source*, whose file is called *name*; raise `PolicyError` with everything that is wrong.

    One that is not *for_engine* may have more tests than the engine takes.
    """
    from checker.policy.scaffold import gaps  # noqa: PLC0415  (a remembered rule was read before)

    if len(source.text) > LONGEST_RULE:
        raise PolicyError([source.problem("", f"规则文件超过{LONGEST_RULE}字", "拆成几条规则")])
    if unfilled := list(gaps(source)):
        raise PolicyError(unfilled)
    return _Builder(source, name, read_whole(source, RULE), library, schema, for_engine=for_engine).rule()


# --- how a rule is written ------------------------------------------------------------------------------------------


@reads({"type": ["string", "boolean"]})
def _expression(value: object) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if not isinstance(value, str):
        raise FormError(Fault("表达式要写成文字", f'写作 "{value}"，或者用 >- 块'))
    return value


def _number_of(unit: str, most: int) -> Shape:
    return {
        "type": "object",
        "properties": {unit: {"type": "integer", "minimum": 1, "maximum": most}},
        "required": [unit],
        "additionalProperties": False,
    }


@reads(either({"const": "immediately"}, _number_of("days", MOST_DAYS), _number_of("months", MOST_MONTHS)))
def _within(value: object) -> tuple[int | None, int]:
    """Read a deadline: in days, or else in months."""
    match value:
        case "immediately":
            return 0, 0
        case {"days": int(number), **others} if not others and number is not True and 1 <= number <= MOST_DAYS:
            return number, 0
        case {"months": int(number), **others} if not others and number is not True and 1 <= number <= MOST_MONTHS:
            return None, number
    most = f"日数1至{MOST_DAYS}，月数1至{MOST_MONTHS}"
    raise FormError(Fault("时限写作 {days: 30}、{months: 6} 或者 immediately", most))


def _one_or_several(*, at_least: int = 0) -> Reader[tuple[str, ...]]:
    """Give a reader of one text, or of a list of them."""
    read = several(text, at_least=at_least)
    return Reader(
        lambda value: read(value if isinstance(value, list) else [value]),
        lambda: either(shape_of(text), shape_of(read)),
    )


@reads({})
def _anything(value: object) -> object:
    return value


AT_MOST = Key(matching("risk", "risk"), None, about="至多支持疑似")
BASIS = {
    "statute": Key(text, about="statutes.yaml 中的编号"),
    "articles": Key(several(text), (), about="所引的条，须在 statutes.yaml 登记"),
    "at_most": AT_MOST,
    "if": Key(_expression, "True", about="表达式：这项依据只及于哪些对象"),
}
EXEMPT = {
    "ground": Key(_one_or_several(at_least=1), (), about="主张事由，claims 台账里 ground 的取值"),
    "if": Key(_expression, about="表达式：把豁免限定在一段时间、一笔金额或者一个行为之内"),
    "paper": Key(_expression, None, about="表达式：证明文件的编号；有 ground 的缺省为 claim.doc_id"),
    "valid_on": Key(_expression, None, about="表达式：文件须在哪一天有效，缺省为行为日"),
    "reason": Key(text, about="为什么不算违反"),
    "at_most": AT_MOST,
}
REMEDY = {
    "action": Key(text, about="要做什么"),
    "done_when": Key(text, about="做到什么算完成"),
    "within": Key(_within, about="时限：{days: 30}、{months: 6} 或者 immediately"),
    "source": Key(matching("law|proposal", "proposal"), "proposal", about="law 法定时限；缺省为建议时限"),
    "if": Key(_expression, "True", about="表达式：不成立的步骤不写"),
    "penal": Key(yes_or_no, False, about="处分、移送、通报类步骤，自查时不写"),
}
RULE_ID = r"(?:R[0-9]{1,2}\.[0-9]{1,2}-[0-9]{2}|RR-[0-9]{2})"
RULE: Mapping[str, Key] = {
    "id": Key(matching(RULE_ID, "R18.8-01"), about="R条.项-序号，与文件名相同"),
    "title": Key(text, about="问题的名称，出现在报告和通知书上"),
    "clauses": Key(several(text, at_least=1), about="所依条款，norms.yaml 的编号"),
    "kind": Key(matching("violation|signal", "signal"), "violation", about="signal 是预警规则，至多疑似"),
    "grade": Key(text, about="S1 严重、S2 较重、S3 一般、A 提示；可以是表达式"),
    "responsible": Key(text, about="zone、local_government、province、ministry、enterprise；可以是表达式"),
    "each": Key(text, about="检查对象：台账、下一级台账（agreements.commitments）或者 zone"),
    "matter": Key(mapping(_expression), {}, about="问题按哪些编号算同一事项"),
    "amount": Key(_expression, None, about="问题涉及多少元"),
    "conduct_on": Key(_expression, about="行为日：一次性行为写它的日期字段；持续状态写 as_of"),
    "basis": Key(several(record(BASIS), at_least=1), about="依据，一项是一个法规的一个版本"),
    "see": Key(several(record(BASIS)), (), about="只作参见，不支持结论"),
    "when": Key(_expression, "True", about="适用条件，缺省为成立"),
    "let": Key(mapping(_expression), {}, about="给表达式起名"),
    "labels": Key(mapping(text), {}, about="let 中每个名字的中文名"),
    "violated": Key(_expression, about="违反条件"),
    "suspected": Key(_expression, "False", about="较弱的疑似条件，缺省为不成立"),
    "exempt": Key(several(record(EXEMPT)), (), about="豁免"),
    "message": Key(text, about="一句话的事实；{{ 表达式 }} 处填值，[[……]] 中有不知道的就不说"),
    "remedy": Key(several(record(REMEDY), at_least=1), about="整改措施，至少一步"),
    "ask": Key(mapping(text), {}, about="每个事实向谁要什么文件"),
    "limits": Key(_one_or_several(), (), about="没有检查的部分，印在未检查事项"),
    "examples": Key(_anything, about="示例：与示例不符的政策包不能加载"),
}


class _Builder:
    """Builds one rule, collecting what is wrong with it."""

    def __init__(
        self,
        source: Source,
        name: str,
        written: Mapping[str, Any],
        library: Library,
        schema: DossierSchema,
        *,
        for_engine: bool,
    ) -> None:
        self.for_engine = for_engine
        self.source = source
        self.name = name
        self.written = written
        self.library = library
        self.schema = schema
        self.texts = library.texts
        self.problems: list[Problem] = []
        self.unread = False
        self.lets: dict[str, Node] = {}
        self.sizes: dict[str, tuple[int, int]] = {}
        figures = {
            key: (
                Type(sort=Sort.NUMBER, unit=each.unit, floor=Decimal(0))
                if not isinstance(each.values[0].value, tuple)
                else Type(sort=Sort.TEXTS),
                each.soft,
            )
            for key, each in library.parameters.items()
        }
        subject, parents = self.subject()
        self.scope = Scope(
            schema=schema,
            subject=subject,
            records={SUBJECT: subject, **parents, ZONE: schema.zone},
            parameters=figures,
        )
        self.parents = tuple(parents)

    def wrong(self, pointer: str, message: str, suggestion: str = "") -> None:
        self.problems.append(self.source.problem(pointer, message, suggestion))

    def subject(self) -> tuple[Entity, dict[str, Entity]]:
        path = self.written["each"]
        if path == ZONE:
            return self.schema.zone, {}
        if path == ATTESTATIONS:
            self.wrong("/each", ATTESTED)
            raise PolicyError(self.problems)
        if path not in self.schema.registers:
            self.wrong("/each", f"没有台账 {path}", closest(path, [*self.schema.registers, ZONE]))
            raise PolicyError(self.problems)
        entity = self.schema.registers[path]
        parents: dict[str, Entity] = {}
        above = entity.parent
        while above:
            parents[self.schema.registers[above].singular] = self.schema.registers[above]
            above = self.schema.registers[above].parent
        return entity, parents

    # --- expressions ----------------------------------------------------------------------------------------------

    def told(self, error: ExpressionError, pointer: str) -> None:
        self.unread = True
        place, excerpt = self.source.expression_place(pointer, error.offset)
        self.problems.append(Problem(message=error.message, place=place, suggestion=error.suggestion, excerpt=excerpt))

    def expression(
        self, pointer: str, written: str, *, sort: Sort | None = None, scope: Scope | None = None, instead: Node
    ) -> Node:
        """Read an expression; where it is wrong, say so and go on with *instead*."""
        try:
            node = parse(written, scope or self.scope)
            if sort is not None and node.type.sort is not sort:
                raise ExpressionError(f"这里要{sort.label}，得到的是{node.type.sort.label}", offset=node.span[0])
            nodes, depth = self.size(node)
            if nodes > LARGEST_CONDITION or depth > DEEPEST_EXPRESSION:
                raise ExpressionError("连同所用的名称展开后过大或者嵌套过深", offset=0, suggestion="拆成几条规则")
        except ExpressionError as error:
            self.told(error, pointer)
            return instead
        return node

    def truth(self, pointer: str, written: str, scope: Scope | None = None) -> Node:
        return self.expression(pointer, written, sort=Sort.TRUTH, scope=scope, instead=FALSE)

    def choice_of(self, key: str, members: Sequence[str]) -> Node:
        """Read a word, or an expression that gives one of the words in every case."""
        written = self.written[key]
        if written in members:
            return Constant(Type(sort=Sort.TEXT), (0, 0), written)
        node = self.expression(f"/{key}", written, sort=Sort.TEXT, instead=NO_TEXT)
        for each in _outcomes(node) if node is not NO_TEXT else ():
            if not isinstance(each, Constant) or each.value not in members:
                self.wrong(f"/{key}", f"每种情形都要是这些词之一：{'、'.join(members)}")
        return node

    def template(self) -> Template:
        written = self.written["message"]
        message = self.texts(written)
        if max(len(written), len(message)) > LONGEST_MESSAGE:
            self.wrong("/message", f"句子超过{LONGEST_MESSAGE}字")
            return Template(passages=())
        try:
            template = parse_template(written, self.scope)
            return template if message == written else parse_template(message, self.scope)
        except ExpressionError as error:
            self.told(error, "/message")
            return Template(passages=())

    # --- parts ----------------------------------------------------------------------------------------------------

    def rule(self) -> Rule:
        if self.written["id"] != self.name:
            self.wrong("/id", f"编号与文件名 {self.name} 不同")
        if len(self.written["let"]) > MOST_LETS:
            self.wrong("/let", f"let 超过{MOST_LETS}个", "拆成几条规则")
            raise PolicyError(self.problems)
        for name, written in self.written["let"].items():
            self.let(name, written)
        when, violated, suspected = (
            self.truth(f"/{key}", self.written[key]) for key in ("when", "violated", "suspected")
        )
        conduct_on = self.expression("/conduct_on", self.written["conduct_on"], sort=Sort.DAY, instead=NO_TEXT)
        if any(isinstance(each, ParameterValue) for each in below(conduct_on, self.lets)):
            self.wrong("/conduct_on", "行为日不能用参数推算：参数取行为日当日的值")
        basis, see = self.entries("basis"), self.entries("see")
        clauses = self.clauses(basis)
        exemptions = tuple(self.exemption(index, each, conduct_on) for index, each in enumerate(self.written["exempt"]))
        tests, law = self.law(when, violated, suspected, exemptions)
        rule = Rule(
            id=self.written["id"],
            title=self.texts(self.written["title"]),
            clauses=clauses,
            each=self.written["each"],
            subject=self.scope.subject,
            parents=self.parents,
            grade=self.choice_of("grade", list(Grade)),
            responsible=self.choice_of("responsible", [each for each in Party if each is not Party.UNDETERMINED]),
            matter=MappingProxyType(
                {
                    key: self.expression(f"/matter/{key}", each, sort=Sort.TEXT, instead=NO_TEXT)
                    for key, each in self.written["matter"].items()
                }
            ),
            amount=self.amount(),
            conduct_on=conduct_on,
            basis=basis,
            see=see,
            when=when,
            lets=MappingProxyType(self.lets),
            labels=self.labels(),
            violated=violated,
            suspected=suspected,
            exemptions=exemptions,
            message=self.template(),
            remedy=tuple(self.measure(index, each) for index, each in enumerate(self.written["remedy"])),
            ask=self.ask(when, violated, suspected, conduct_on, *(each.condition for each in basis)),
            limits=tuple(map(self.texts, self.written["limits"])),
            tests=tests,
            law=law,
            wording=Wording(
                subject=self.scope.subject.label,
                lets={name: self.texts(label) for name, label in self.written["labels"].items()},
                figures={key: each.title for key, each in self.library.parameters.items()},
                words=self.library.words,
            ),
            texts=(
                (self.written["when"], when),
                (self.written["violated"], violated),
                (self.written["suspected"], suspected),
                *((self.written["let"][name], tree) for name, tree in self.lets.items()),
            ),
            examples=self.written["examples"],
            source=self.source,
        )
        self.look_for_slips(rule)
        if self.problems:
            raise PolicyError(self.problems)
        return rule

    def amount(self) -> Node | None:
        """Read how much money a finding is about, where the rule says so."""
        written = self.written["amount"]
        if written is None:
            return None
        node = self.expression("/amount", written, sort=Sort.NUMBER, instead=NO_TEXT)
        if node is not NO_TEXT and node.type.unit != "cny":
            self.wrong("/amount", "这里要写金额（元）")
        return node

    def let(self, name: str, written: str) -> None:
        pointer = f"/let/{name}"
        taken = (*self.scope.names(), *FUNCTIONS, *QUANTIFIERS, CLAIM)
        if not re.fullmatch("[a-z][a-z0-9_]*", name) or name in taken:
            self.wrong(pointer, f"{name} 不能用作名称：只用小写字母、数字和下划线，且不与已有的字段、台账、函数同名")
            return
        node = self.expression(pointer, written, instead=FALSE)
        if node.type.sort in {Sort.RECORD, Sort.REGISTER}:
            self.wrong(pointer, f"let 不能是{node.type.sort.label}")
        self.sizes[name] = self.size(node)
        self.lets[name] = node
        self.scope = replace(self.scope, lets={**self.scope.lets, name: node.type})

    def size(self, node: Node) -> tuple[int, int]:
        """Give how many nodes an expression has, and how deep it is, with the names in it written out."""
        if isinstance(node, Let):
            return self.sizes[node.name]
        parts = [self.size(part) for part in node.parts()]
        return 1 + sum(nodes for nodes, _ in parts), 1 + max((depth for _, depth in parts), default=0)

    def labels(self) -> Mapping[str, str]:
        labels: Mapping[str, str] = self.written["labels"]
        for name in self.lets:
            if name not in labels:
                self.wrong("/labels", f"缺 {name} 的中文名称")
        for name in labels:
            if name not in self.lets:
                self.wrong(f"/labels/{name}", f"没有名为 {name} 的 let", closest(name, self.lets))
        return MappingProxyType({name: self.texts(label) for name, label in labels.items()})

    def clauses(self, basis: tuple[Entry, ...]) -> tuple[Norm, ...]:
        found = []
        for index, identifier in enumerate(self.written["clauses"]):
            norm = self.library.norms.get(identifier)
            if norm is None:
                self.wrong(
                    f"/clauses/{index}", f"norms.yaml 没有 {identifier}", closest(identifier, self.library.norms)
                )
            else:
                found.append(norm)
        alone = any(each.statute.id == self.library.document for each in basis)
        if found and alone and not any(norm.own_duty for norm in found):
            self.wrong("/basis", "所引条款自身不设定义务（own_duty: false），文件不能作为依据", "只在 clauses 中引用")
        return tuple(found)

    def entries(self, key: str) -> tuple[Entry, ...]:
        found = []
        for index, each in enumerate(self.written[key]):
            statute = self.library.statutes.get(each["statute"])
            pointer = f"/{key}/{index}"
            if statute is None:
                guess = closest(each["statute"], self.library.statutes)
                self.wrong(f"{pointer}/statute", f"statutes.yaml 没有 {each['statute']}", guess)
                continue
            for position, article in enumerate(each["articles"]):
                if article not in statute.articles:
                    self.wrong(f"{pointer}/articles/{position}", f"statutes.yaml 没有登记 {statute.id} 的{article}")
            condition = self.truth(f"{pointer}/if", each["if"])
            if any(_soft_figures(condition, self.lets)):
                self.wrong(f"{pointer}/if", "依据的适用条件不能用未核实的参数")
            found.append(
                Entry(
                    statute=statute,
                    articles=each["articles"],
                    at_most_risk=each["at_most"] is not None,
                    condition=condition,
                )
            )
        return tuple(found)

    def exemption(self, index: int, written: Mapping[str, Any], conduct_on: Node) -> ExemptionRule:
        pointer = f"/exempt/{index}"
        scope, grounds, at_most_risk = self.scope, written["ground"], written["at_most"] is not None
        claims = self.schema.registers["claims"]
        known = claims.fields["ground"].members
        for each in grounds:
            if each not in known:
                self.wrong(f"{pointer}/ground", f"没有豁免理由 {each}", closest(each, known))
        if grounds:
            scope = replace(scope, records={**scope.records, CLAIM: claims})
        elif written["paper"] is None and not at_most_risk:
            self.wrong(pointer, "没有 ground 的豁免要写 paper：证明它的文件编号")
        condition = self.truth(f"{pointer}/if", written["if"], scope)
        proof = written["paper"] or ("claim.doc_id" if grounds else '""')
        paper = self.expression(f"{pointer}/paper", proof, sort=Sort.TEXT, scope=scope, instead=NO_TEXT)
        valid_on = conduct_on
        if written["valid_on"] is not None:
            day = written["valid_on"]
            valid_on = self.expression(f"{pointer}/valid_on", day, sort=Sort.DAY, scope=scope, instead=NO_TEXT)
        if any(_soft_figures(condition, self.lets)):
            self.wrong(f"{pointer}/if", "豁免条件用到未核实的参数：豁免只能以核实的数为界")
        return ExemptionRule(
            grounds=grounds,
            condition=condition,
            paper=paper,
            valid_on=valid_on,
            reason=self.texts(written["reason"]),
            at_most_risk=at_most_risk,
        )

    def measure(self, index: int, written: Mapping[str, Any]) -> Measure:
        words = self.library.words
        days, months = written["within"]
        if days == 0:
            within = words("立即")
        elif days is None:
            within = words("{number}个月内", number=months)
        else:
            within = words("{number}日内", number=days)
        step = RemedyStep(
            action=self.texts(written["action"]),
            done_when=self.texts(written["done_when"]),
            within=within,
            days=days,
            source=written["source"],
            penal=written["penal"],
        )
        return Measure(step=step, condition=self.truth(f"/remedy/{index}/if", written["if"]))

    def law(
        self, when: Node, violated: Node, suspected: Node, exemptions: tuple[ExemptionRule, ...]
    ) -> tuple[tuple[Node, ...], Law]:
        table = TestTable(self.lets)
        try:
            formulas = [table.formula(each) for each in (when, violated, suspected)]
        except FormulaTooLargeError as error:
            self.wrong("/violated", "条件展开后过大，规则引擎装不下", "拆成两条规则")
            raise PolicyError(self.problems) from error
        soft = frozenset(index for index, test in enumerate(table.tests) if any(_soft_figures(test, self.lets)))
        law = Law(
            rule=self.written["id"],
            tests=len(table.tests),
            pleas=len(exemptions),
            when=formulas[0],
            violated=formulas[1],
            suspected=formulas[2],
            soft=soft,
            signal=self.written["kind"] == "signal",
        )
        if not self.for_engine:
            return tuple(table.tests), law
        if law.tests + law.pleas > MOST_TESTS:
            self.wrong("", f"判定项与豁免共{law.tests + law.pleas}个，最多{MOST_TESTS}个", "拆成两条规则")
            return tuple(table.tests), law
        try:
            engine_rules(law)
        except (TooManyEngineRulesError, FormulaTooLargeError):
            self.wrong("/violated", "条件展开后的合取项过多，规则引擎装不下", "拆成两条规则")
        return tuple(table.tests), law

    def ask(self, *conditions: Node) -> Mapping[str, str]:
        trees = (*self.lets.values(), *conditions)
        used = dict.fromkeys(path for tree in trees for each in tree.walk() if (path := path_text(each)) is not None)
        for name in self.written["ask"]:
            if name not in used and not self.unread:  # what a condition that can't be read would use, nobody knows
                self.wrong(f"/ask/{name}", f"规则没有用到 {name}", closest(name, used))
        return MappingProxyType({name: self.texts(paper) for name, paper in self.written["ask"].items()})

    def look_for_slips(self, rule: Rule) -> None:
        """Refuse orders that none leaves open, and tests that are always the same."""
        from checker.policy.lint import guards, slips  # noqa: PLC0415  (as above)

        trees = {f"/let/{name}": each for name, each in rule.lets.items()}
        trees |= {"/when": rule.when, "/violated": rule.violated, "/suspected": rule.suspected}
        trees |= {f"/exempt/{index}/if": each.condition for index, each in enumerate(rule.exemptions)}
        guarded = guards(trees.values(), rule.lets, rule.conduct_on)
        for pointer, tree in trees.items():
            for each in slips(tree, guarded, rule.lets):
                place, excerpt = self.source.expression_place(pointer, each.node.span[0])
                self.problems.append(
                    Problem(message=each.message, place=place, excerpt=excerpt, suggestion=each.suggestion)
                )


FALSE = Constant(TRUTH, (0, 0), False)
NO_TEXT = Constant(Type(sort=Sort.TEXT), (0, 0), "")


def below(node: Node, lets: Mapping[str, Node]) -> Iterator[Node]:
    """Give all nodes of an expression, those of the names that it uses included."""
    for each in node.walk():
        yield each
        if isinstance(each, Let):
            yield from below(lets[each.name], lets)


def _soft_figures(node: Node, lets: Mapping[str, Node]) -> Iterator[str]:
    return (each.id for each in below(node, lets) if isinstance(each, ParameterValue) and each.soft)


def _outcomes(node: Node) -> Iterator[Node]:
    if isinstance(node, Choice):
        yield from _outcomes(node.first)
        yield from _outcomes(node.second)
    else:
        yield node


def _goes_over_register(node: Node) -> bool:
    match node:
        case Table(register=register):
            return register.base is None
        case Quantifier(kind=kind, element=element, loops=loops):
            return any(
                isinstance(loop.source, Register)
                and loop.source.base is None
                and not any(
                    all(_differs(key) for _, key in probes)
                    for probes in probes_of(loop, (element,) if kind == "any" and loop is loops[-1] else ())
                )
                for loop in loops
            )
    return False


def _differs(key: Node) -> bool:
    """Say whether a key is not the same for every subject."""
    return any(isinstance(each, Variable | Let) for each in key.walk())
