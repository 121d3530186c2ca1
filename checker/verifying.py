"""The examples of a rule: small dossiers with the verdict a lawyer expects, and what follows from each of them.

A pack whose examples disagree does not load. `derive` goes further: it takes every key out of every example, one at a
time, and looks whether silence ever makes an accusation, or makes one disappear.
"""

import contextlib
import copy
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import localcontext
from pathlib import Path
from typing import Any

import msgspec

from checker import values
from checker.authoring import hold_to_account
from checker.catalogues import ZH
from checker.checking import judge, look
from checker.classes import dataclass
from checker.dossier.loading import Dossier, load_dossier
from checker.dossier.schema import DossierSchema, Entity, Kind, load_schema
from checker.errors import DossierError, PolicyError, Problem
from checker.evidence import Witness
from checker.facts import View
from checker.model import Verdict
from checker.policy.forms import Fault, FormError, Key, matching, read_form, reads, record, several, text
from checker.policy.keeping import NotKeptError, coded, packed, unpacked, with_code
from checker.policy.loading import CompiledRule, Policy, read_policy
from checker.policy.pack import digest_of, heads_tell_the_same
from checker.remembering import Memory, content_key

Written = dict[str, Any]
MOST_CASES = 200
MOST_WORK = 20_000_000
VISIT = 20
"""How much work it is to visit a row, where that of reading a byte is one."""

LONG_AGO = "1990-01-01"
"""The day on which the documents of an example were issued, where it does not say."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example: a whole dossier, the day of the look, the subject (the first by default), the verdict."""

    name: str
    dossier: Written
    as_of: date
    subject: str
    expect: Verdict
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removals:
    """What taking keys out of the examples of a rule did."""

    tried: int
    refused: int
    accusations: tuple[str, ...]
    silenced: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was verified of one rule: its examples, all combinations of truths, and the removals."""

    rule: str
    examples: Mapping[Verdict, int]
    problems: tuple[Problem, ...]
    combinations: int
    removals: Removals


CODE = "-code"
"""How the keys of entries with code end."""


def load_policy(folder: Path, schema: DossierSchema) -> Policy:
    """Read a pack and run its examples; raise `PolicyError` with everything that is wrong with it."""
    policy = read_policy(folder, schema)
    work = Work()
    problems = [each for compiled in policy.rules for each in disagreements(policy, compiled, work)]
    if problems:
        raise PolicyError(problems)
    return policy


def load_remembered(folder: Path, schema: DossierSchema, memory: Memory) -> Policy:
    """Read a pack, and run its examples unless these very bytes passed before, with this very program.

    Then its rules are without their examples, and in Chinese nothing is read at all but what is remembered. Raise
    `PolicyError` as `load_policy` does.
    """
    digest = key = ""
    with contextlib.suppress(PolicyError, OSError):
        digest = digest_of(folder)
        key = content_key(digest, schema)
        kept = memory.recall(key)
        if kept is not None:
            policy = _recalled(kept, folder, schema)
            code = memory.recall(key + CODE)
            if code is not None:
                policy = with_code(policy, code)
            if policy.stamp.sha256 == digest:  # nobody changed it in between
                return policy
    policy = load_policy(folder, schema)
    if policy.stamp.sha256 == digest and heads_tell_the_same(each.rule.source for each in policy.rules):
        with contextlib.suppress(PolicyError, OSError):
            _keep(folder, schema, memory, digest, key)
    return policy


def _recalled(kept: bytes, folder: Path, schema: DossierSchema) -> Policy:
    """Give a policy whose examples passed: as it is remembered, or read anew where that is in another language."""
    if schema.language == ZH:
        with contextlib.suppress(NotKeptError):
            return unpacked(kept, schema)
    return read_policy(folder, schema, examples=False)


def _keep(folder: Path, schema: DossierSchema, memory: Memory, digest: str, key: str) -> None:
    """Remember of a pack that its examples passed, how it is read in Chinese, and the code of its rules."""
    chinese = schema if schema.language == ZH else load_schema(schema.raw)
    policy = read_policy(folder, chinese, examples=False)
    if policy.stamp.sha256 == digest:
        memory.keep(key, packed(policy))
        memory.keep(key + CODE, coded(policy))


@dataclass(slots=True)
class Work:
    """How much work the examples of a pack have been, in bytes of dossiers, and rows visited."""

    done: int = 0

    @property
    def is_bearable(self) -> bool:
        """Whether it has not been too much."""
        return self.done <= MOST_WORK

    @property
    def visits_left(self) -> int:
        """How many rows may still be visited."""
        return max(MOST_WORK - self.done, 0) // VISIT

    def add(self, *, size: int = 0, visits: int = 0) -> None:
        """Count bytes of dossiers, or rows visited."""
        self.done += size + VISIT * visits


def disagreements(policy: Policy, compiled: CompiledRule, work: Work | None = None) -> Iterator[Problem]:
    """Run the examples of a rule and tell which do not give the verdict they expect.

    Raise `ReadingsDisagreeError` where the witness contradicts the generated code on any pair.
    """
    source, work = compiled.rule.source, work or Work()
    for case in cases(compiled, policy.schema):
        encoded = _ENCODER.encode(case.dossier)
        try:
            dossier = load_dossier(encoded, "例", policy.schema)
        except DossierError as error:
            yield source.problem(case.pointer, f"例“{case.name}”不是合格的档案：{error.problems[0]}")
            continue
        work.add(size=len(encoded))
        pairs = _pairs(policy, compiled, dossier, case.as_of, witnessing=work) if work.is_bearable else {}
        if not work.is_bearable:
            raise PolicyError([source.problem(case.pointer, "例子过大、过多，不再验证", "每个例子只留判断所需的记录")])
        found = verdict_in(pairs, case)
        if found is not case.expect:
            told = found.value if found else "没有这个检查对象"
            yield source.problem(f"{case.pointer}/expect", f"例“{case.name}”应为 {case.expect}，实为 {told}")


def verdict_in(pairs: Mapping[str, Verdict], case: Case) -> Verdict | None:
    """Give the verdict on the subject of an example; `None` where there is no such subject."""
    return pairs.get(case.subject) if case.subject else next(iter(pairs.values()))


def prove(policy: Policy, compiled: CompiledRule) -> Proof:
    """Verify one rule: run its examples, prove all its combinations of truths, take every key out of every example.

    Raise `ReadingsDisagreeError` where the engine and the reading differ.
    """
    rule = compiled.rule
    found = list(cases(compiled, policy.schema))
    return Proof(
        rule=rule.id,
        examples={verdict: sum(case.expect is verdict for case in found) for verdict in Verdict},
        problems=tuple(disagreements(policy, compiled)),
        combinations=policy.judge.prove(rule.id),
        removals=derive(policy, compiled, found),
    )


# --- what follows from an example -----------------------------------------------------------------------------------


def derive(policy: Policy, compiled: CompiledRule, found: list[Case]) -> Removals:
    """Take every key out of every example, one at a time.

    Excepted are claims and columns whose blanks are signed as none: there, taking out is a statement. A dossier that
    is not valid without the key is refused, which is an answer too.
    """
    tried = refused = 0
    accusations, silenced = [], []
    for case in found:
        before = _pairs(policy, compiled, load_example(case.dossier, policy.schema), case.as_of)
        for path in removable(case.dossier, policy.schema):
            tried += 1
            try:
                dossier = load_example(without(case.dossier, path), policy.schema)
            except DossierError:
                refused += 1
                continue
            after = _pairs(policy, compiled, dossier, case.as_of)
            told = f"{case.name}：去掉 /{'/'.join(path)}"
            if creates_accusation(before, after):
                accusations.append(told)
            if silences_finding(before, after):
                silenced.append(told)
    return Removals(tried=tried, refused=refused, accusations=tuple(accusations), silenced=tuple(silenced))


def creates_accusation(before: Mapping[str, Verdict], after: Mapping[str, Verdict]) -> bool:
    """Say whether some subject is accused that was not, or more gravely than it was.

    A proved exemption excuses a breach that stands: without its paper it is a mere claim, and the breach a risk,
    never a violation.
    """
    already = {
        Verdict.VIOLATION: {Verdict.VIOLATION},
        Verdict.RISK: {Verdict.VIOLATION, Verdict.RISK, Verdict.EXEMPT},
    }
    return any(verdict in already and before.get(subject) not in already[verdict] for subject, verdict in after.items())


def silences_finding(before: Mapping[str, Verdict], after: Mapping[str, Verdict]) -> bool:
    """Say whether some finding is gone, and no register says in its place that it can't be known."""
    register_is_open = any(
        subject.startswith(REGISTER) and verdict is Verdict.UNDETERMINED for subject, verdict in after.items()
    )
    return any(
        verdict.is_finding
        and not (after[subject].is_finding if subject in after else register_is_open)
        and not (subject.startswith(REGISTER) and subject not in after)
        for subject, verdict in before.items()
    )


REGISTER = "register "
"""What the key of a pair starts with where its subject is a register."""


def _pairs(
    policy: Policy, compiled: CompiledRule, dossier: Dossier, as_of: date, *, witnessing: Work | None = None
) -> dict[str, Verdict]:
    with localcontext(values.EXACT):
        return verdicts(policy, look(policy, dossier, as_of), compiled, witnessing=witnessing)


def verdicts(
    policy: Policy, view: View, compiled: CompiledRule, *, witnessing: Work | None = None
) -> dict[str, Verdict]:
    """Give the verdict on each subject by its key; *witnessing*, the witness is heard on every one of them.

    A check hears it on findings only; here what is compliant, excused or not applicable is read again too. It is work
    that is counted, and ends where there has been too much of it.
    """
    found = {}
    if witnessing is not None:
        view.most_visits = witnessing.visits_left
    for pair in judge(policy, view, compiled):
        key = f"{REGISTER}{pair.register}"
        if pair.found is not None:
            key = view.key(compiled.rule.each, pair.found.chain)
            if witnessing is not None:
                hold_to_account(policy, pair, Witness(view, compiled.rule, pair.found))
        found[key] = pair.verdict
    if witnessing is not None:
        witnessing.add(visits=view.visited)
    return found


def removable(dossier: Written, schema: DossierSchema) -> Iterator[tuple[str, ...]]:
    """Give the path of every key that may be taken out without that being a statement."""
    declarations = dossier["meta"].get("completeness") or {}
    yield from (("meta", key) for key in dossier["meta"])
    for path, declaration in declarations.items():
        yield "meta", "completeness", path
        yield from (("meta", "completeness", path, key) for key in declaration)
    for key, value in dossier.items():
        if key not in {"meta", "claims"}:
            yield (key,)
            yield from _below(value, schema.root.fields[key].entity, (key,), declarations)


def _below(
    value: Any, entity: Entity | None, path: tuple[str, ...], declarations: Mapping[str, Written]
) -> Iterator[tuple[str, ...]]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _below(each, entity, (*path, str(index)), declarations)
    elif isinstance(value, dict) and entity is not None:
        signed = (declarations.get(entity.path) or {}).get("blank_means_none") or ()
        for key, each in value.items():
            described = entity.fields.get(key)
            if described is not None and not described.claim and key not in signed:
                yield (*path, key)
                if described.kind in {Kind.BLOCK, Kind.REGISTER}:
                    yield from _below(each, described.entity, (*path, key), declarations)


def without(dossier: Written, path: tuple[str, ...]) -> Written:
    """Give the dossier without a key: what leads there is copied, all else shared."""
    changed = copy.copy(dossier)
    holder: Any = changed
    for step in path[:-1]:
        inner = int(step) if isinstance(holder, list) else step
        holder[inner] = copy.copy(holder[inner])
        holder = holder[inner]
    del holder[path[-1]]
    return changed


# --- how examples are written ---------------------------------------------------------------------------------------


@reads({"type": "object"})
def _written(value: object) -> Written:
    if not isinstance(value, dict):
        raise FormError(Fault("这里要写 名称: 内容"))
    return value


@reads({"type": "string", "format": "date", "examples": ["2024-12-30"]})
def _day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise FormError(Fault("这里要写日期", "写作 2024-12-30")) from error


CASE = {
    "name": Key(text),
    "expect": Key(matching("|".join(Verdict), "violation")),
    "set": Key(_written, {}),
    "drop": Key(several(text), ()),
    "as_of": Key(_day, None),
    "look_on": Key(_day, None),
    "subject": Key(text, ""),
}
EXAMPLES = {
    "as_of": Key(_day),
    "base": Key(_written),
    "cases": Key(several(record(CASE), at_least=1, at_most=MOST_CASES)),
}


def cases(compiled: CompiledRule, schema: DossierSchema) -> Iterator[Case]:
    """Write the examples of a rule out as whole dossiers; raise `PolicyError`.

    `complete` lists the registers that are declared complete on the day of the example, with the count that there is.
    A case changes the base by `set` and `drop` (`parcels.0.payments.0.amount_cny`), the dossier's own day by `as_of`,
    and the day of the look alone by `look_on`. Records without an id get one, documents without a day of issue one
    long before every act.
    """
    source = compiled.rule.source
    try:
        examples = read_form(compiled.rule.examples, EXAMPLES)
    except FormError as error:
        raise PolicyError(
            [
                source.problem(f"/examples{each.steps}", each.message, each.suggestion, key=each.of_key)
                for each in error.faults
            ]
        ) from error
    for index, case in enumerate(examples["cases"]):
        pointer = f"/examples/cases/{index}"
        own_day = case["as_of"] or examples["as_of"]
        try:
            dossier = _dossier(examples["base"], case, own_day, schema)
        except (FormError, KeyError, IndexError, TypeError, ValueError) as error:
            raise PolicyError(
                [source.problem(pointer, f"例“{case['name']}”的 set 或者 drop 指向不存在的位置")]
            ) from error
        yield Case(
            name=case["name"],
            dossier=dossier,
            as_of=case["look_on"] or own_day,
            subject=case["subject"],
            expect=Verdict(case["expect"]),
            pointer=pointer,
        )


def _dossier(base: Written, case: Mapping[str, Any], own_day: date, schema: DossierSchema) -> Written:
    written = copy.deepcopy(base)
    for path, value in case["set"].items():
        holder, last = _holder(written, _steps(path))
        holder[last] = copy.deepcopy(value)
    for document in written.get("evidence") or ():
        document.setdefault("issued_on", LONG_AGO)
    for path in case["drop"]:
        holder, last = _holder(written, _steps(path))
        del holder[last]
    declared = _written(written.pop("complete", {}))
    for key, value in written.items():
        _name(value, schema.root.fields[key].entity, key)
    completeness = {
        path: _declaration(declaration, path, written, own_day) for path, declaration in declared.items() if declaration
    }
    meta = {"dossier_id": "例", "as_of_date": own_day.isoformat(), "completeness": completeness}
    return {"meta": meta, **written}


def _steps(path: str) -> tuple[str, ...]:
    """Take a dotted path apart; what follows `complete` is the path of a register and stays whole."""
    head, dot, rest = path.partition(".")
    return (head, rest) if head == "complete" and dot else tuple(path.split("."))


def _holder(value: Any, path: tuple[str, ...]) -> tuple[Any, Any]:
    """Give what holds the last step of a path, and that step."""
    for step in path[:-1]:
        value = value[int(step) if isinstance(value, list) else step]
    return value, int(path[-1]) if isinstance(value, list) else path[-1]


def _name(value: Any, entity: Entity | None, name: str) -> None:
    """Give every record without an id one of its own."""
    if entity is None or not isinstance(value, list | dict):
        return
    for index, each in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(each, dict):
            continue
        if entity.id_field:
            each.setdefault(entity.id_field, f"{name}-{index + 1}")
        for described in entity.of_kind(Kind.BLOCK, Kind.REGISTER):
            _name(each.get(described.name), described.entity, described.name)


def _declaration(declaration: Any, path: str, written: Written, own_day: date) -> Written:
    whole = whole_declaration(written, path, own_day.isoformat())
    if declaration is not True and not isinstance(declaration, dict):
        raise ValueError(path)
    return whole | (declaration if isinstance(declaration, dict) else {})


def whole_declaration(written: Written, path: str, day: str) -> Written:
    """Declare that a register of a written dossier is complete on a day."""
    count = len(written_records(written, path))
    return {"complete": True, "as_of": day, "count": count, "signatory": "台账管理人"}


def written_records(written: Written, path: str) -> list[Any]:
    """Give the records of a register of a written dossier, those of all parents together."""
    rows: list[Any] = [written]
    for step in path.split("."):
        rows = [row for holder in rows if isinstance(holder, dict) for row in holder.get(step) or ()]
    return rows


def load_example(dossier: Written, schema: DossierSchema) -> Dossier:
    """Load the dossier of an example; raise `DossierError` where it is not valid."""
    return load_dossier(_ENCODER.encode(dossier), "例", schema)
