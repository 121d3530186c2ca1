"""The only module that knows durable-rules: it applies the law to truths.

A verdict is asked for in two steps, as two facts. Each rule has a rule set of its own: from the truths of the tests its
engine rules conclude which parts of the judgement (`when`, `violated` …) are true and which may be. The ladder is one
rule set for all of them: from the parts its rules conclude the verdict, the first line by the engine's own priority. A
fact holds nothing but an id, names and the letters t, f and u: no value of a dossier ever comes here. The answer
depends on the truths alone, so each question is put once.

The C module is driven directly: `Host` starts threads that can lose conclusions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import durable_rules_engine as engine
import msgspec

from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.ladder import ALTERNATIVES, CONDITION_PARTS, GROUND_PARTS, Ground, Law
from checker.language.formula import Any as AnyOf
from checker.language.formula import Formula, Literal, conjunctions
from checker.model import Truth, Verdict

MOST_ENGINE_RULES = 36
"""Beyond 64 matches of one fact the engine fails, and beyond 511 rules its compilation never returns.

Stay well below.
"""

Fact = Mapping[str, str | int]
Questions = Mapping[str, Sequence[tuple[str, Mapping[str, Truth]]]]

_MATCH, _NO_MATCH = 0, 1
_TAKEN = frozenset({_MATCH, _NO_MATCH})
"""What the engine answers to a fact that it takes, or gives back."""

_LETTERS: Mapping[Truth, str] = {True: "t", False: "f", None: "u"}


class TooManyEngineRulesError(ValueError):
    """A rule whose conditions fall apart into more conjunctions than a rule set may hold."""


class Network:
    """The rule sets of a pack. One network serves any number of dossiers; nothing of them stays in it."""

    def __init__(self, laws: Iterable[Law]) -> None:
        """Take the laws; the rule set of each is compiled when it is first asked."""
        self._laws = {law.rule: law for law in laws}
        self._rule_sets: dict[str, int] = {}
        self._parts: dict[tuple[str, tuple[Truth, ...]], Mapping[str, Truth]] = {}
        self._verdicts: dict[tuple[Truth, ...], Verdict] = {}

    @property
    def questions(self) -> int:
        """How many distinct questions the engine has answered."""
        return len(self._parts) + len(self._verdicts)

    def verdict(self, rule: str, ground: Ground, truths: Sequence[Truth]) -> Verdict:
        """Give the engine's verdict of *rule* on the truths of its tests and exemptions.

        Raise `KeyError` for no rule.
        """
        conditions, signal = self.conditions(rule, tuple(truths)), self._laws[rule].signal
        question = (*ground, *conditions.values(), signal)
        answer = self._verdicts.get(question)
        if answer is None:
            parts = {**dict(zip(GROUND_PARTS, ground, strict=True)), **conditions, "signal": signal}
            fired = _concluded(self._ladder, rule, "ladder", parts)
            if not fired:
                raise _defect(rule, "规则引擎没有给出结论")
            answer = self._verdicts[question] = ALTERNATIVES[fired[0]][1]
        return answer

    def conditions(self, rule: str, truths: tuple[Truth, ...]) -> Mapping[str, Truth]:
        """Give the parts of the judgement that the engine concludes from the truths of tests and exemptions alone."""
        parts = self._parts.get((rule, truths))
        if parts is None:
            tests = {f"t{index}": truth for index, truth in enumerate(truths)}
            concluded = set(_concluded(self._rule_set(rule), rule, "tests", tests))
            parts = self._parts[rule, truths] = {
                part: True if f"{part} is" in concluded else None if f"{part} may be" in concluded else False
                for part in CONDITION_PARTS
            }
        return parts

    @cached_property
    def _ladder(self) -> int:
        return _compiled("ladder", ladder_rules())

    def _rule_set(self, rule: str) -> int:
        """Give the rule set of a rule; raise `TooManyEngineRulesError`."""
        found = self._rule_sets.get(rule)
        if found is None:
            found = self._rule_sets[rule] = _compiled(rule, engine_rules(self._laws[rule]))
        return found


class Docket:
    """What the engine concludes of findings together, for any number of dossiers one after the other; nothing stays.

    It joins findings with each other and with items of earlier days, and answers questions that its maker names. All
    that it is told of a finding is its place in a list, and a code that is the same for those with the same key.
    """

    def __init__(self, *, first_of: Questions, all_of: Questions) -> None:
        """Write the rule set, which is compiled when it is first asked; raise `TooManyEngineRulesError`.

        A question has lines of truths, each with what follows where they hold. Asked `first_of`, the first line that
        holds is the answer; asked `all_of`, what follows from every line is.
        """
        case, item = {"kind": "case"}, {"kind": "item"}
        rules: dict[str, object] = {
            "leads": {
                "all": [{"first": case}, {"other": {"$and": [case, _same("key", "first"), _after("place", "first")]}}]
            },
            "came before": {"all": [{"item": item}, {"case": {"$and": [case, _same("key", "item")]}}]},
        }
        for question, lines in {**first_of, **all_of}.items():
            for number, (answer, line) in enumerate(lines):
                tests = [{name: _LETTERS[truth]} for name, truth in line.items()]
                rules[f"{answer}#{question}{number}"] = _engine_rule(question, tests, priority=number + 1)
        if len(rules) > MOST_DOCKET_RULES:
            raise TooManyEngineRulesError(len(rules))
        self._rules = rules
        self._answers: dict[tuple[str, tuple[Truth, ...]], tuple[str, ...]] = {}

    @cached_property
    def _rule_set(self) -> int:
        return _compiled("docket", self._rules)

    def first_of(self, question: str, truths: Mapping[str, Truth]) -> str:
        """Give what follows from the first line that holds; the last line of such a question always does."""
        return self._told(question, truths)[0]

    def all_of(self, question: str, truths: Mapping[str, Truth]) -> frozenset[str]:
        """Give what follows from all lines that hold."""
        return frozenset(self._told(question, truths))

    def _told(self, question: str, truths: Mapping[str, Truth]) -> tuple[str, ...]:
        key = (question, tuple(truths.values()))
        known = self._answers.get(key)
        if known is None:
            known = self._answers[key] = tuple(_concluded(self._rule_set, "docket", question, truths))
        return known

    def leaders(self, keys: Sequence[str]) -> Mapping[int, int]:
        """For each place in a list that has a key of an earlier place, give the first place with that key."""
        facts = [_case(place, key) for place, key in enumerate(keys)]
        found: dict[int, int] = {}
        for _, matched in self._matches("leads", facts):
            first, other = _place(matched["first"]), _place(matched["other"])
            found[other] = min(first, found.get(other, first))
        return found

    def before(self, cases: Sequence[str], items: Sequence[str]) -> frozenset[tuple[int, int]]:
        """Give the places of cases and items with the same key. No key may stand twice in either list."""
        facts = [_case(place, key) for place, key in enumerate(cases)]
        facts += [{"id": f"i{place}", "kind": "item", "key": key, "place": place} for place, key in enumerate(items)]
        return frozenset(
            (_place(matched["case"]), _place(matched["item"])) for _, matched in self._matches("came before", facts)
        )

    def _matches(self, name: str, facts: Sequence[Fact]) -> Iterator[tuple[str, Mapping[str, Fact]]]:
        return (each for each in _fired(self._rule_set, "docket", facts) if each[0] == name)


MOST_DOCKET_RULES = 100
"""Each fact meets those of one question only, so that fewer than 64 fire; far fewer than would not compile."""


def _case(place: int, key: str) -> Fact:
    return {"id": f"c{place}", "kind": "case", "key": key, "place": place}


def _place(fact: Fact) -> int:
    return int(fact["place"])


def _same(field: str, name: str) -> Mapping[str, object]:
    return {field: {name: field}}


def _after(field: str, name: str) -> Mapping[str, object]:
    return {"$gt": {field: {name: field}}}


def _compiled(name: str, rules: Mapping[str, object]) -> int:
    """Have the engine compile a rule set."""
    found: int = engine.create_ruleset(name, msgspec.json.encode(rules).decode())
    return found


def _concluded(rule_set: int, name: str, question: str, truths: Mapping[str, Truth]) -> list[str]:
    """Put a question as a fact, and give the engine rules that fire, in the order of their priority."""
    fact = {"id": "q", "question": question, **{each: _LETTERS[truth] for each, truth in truths.items()}}
    return [fired for fired, _ in _fired(rule_set, name, [fact])]


def _fired(rule_set: int, name: str, facts: Sequence[Fact]) -> list[tuple[str, Mapping[str, Fact]]]:
    """Assert facts one by one, collect the engine rules that fire with what they matched, and retract the facts."""
    fired: list[tuple[str, Mapping[str, Fact]]] = []
    taken: list[object] = []
    message, state = None, 0
    try:
        for fact in facts:
            code, state = engine.assert_fact(rule_set, msgspec.json.encode(fact).decode())
            if code not in _TAKEN:
                raise _defect(name, f"规则引擎拒绝了一个问题（代码{code}）")
            if code == _NO_MATCH:
                continue
            taken.append(fact["id"])
            action = engine.start_action_for_state(rule_set, state)
            message = action[1] if action else None
            while message:
                [(rule, matched)] = msgspec.json.decode(message).items()
                fired.append((rule.partition("#")[0], matched))
                message = engine.complete_and_start_action(rule_set, state)
    finally:
        if message:
            engine.abandon_action(rule_set, state)
        codes = [engine.retract_fact(rule_set, msgspec.json.encode({"id": each}).decode())[0] for each in taken]
    for code in codes:
        if code not in _TAKEN:
            raise _defect(name, f"规则引擎没有收回一个问题（代码{code}）")
    return fired


def _defect(rule: str, message: str) -> ReadingsDisagreeError:
    return ReadingsDisagreeError([Problem(message=message, place=Place(file=rule))])


def disagreement(what: str) -> ReadingsDisagreeError:
    """Give the error that the engine concludes something else of *what* than a plain reading."""
    return _defect("adjudication.yaml", f"规则引擎对{what}的归并与复核不一致，不能出具任何文书")


def engine_rules(law: Law) -> dict[str, object]:
    """Write the rule set of one rule: an engine rule for each conjunction. Raise `TooManyEngineRulesError`."""
    rules: dict[str, object] = {}
    for part, formula in _parts(law).items():
        soft = law.soft if part == "hard" else frozenset[int]()
        certain = [[_is(literal) for literal in each] for each in conjunctions(formula, without=soft)]
        possible = [[_may_be(literal) for literal in each] for each in conjunctions(formula)] if part != "hard" else []
        for word, alternatives in (("is", certain), ("may be", possible)):
            for number, tests in enumerate(sorted(alternatives, key=msgspec.json.encode)):
                rules[f"{part} {word}#{number}"] = _engine_rule("tests", tests, priority=1)
    if len(rules) > MOST_ENGINE_RULES:
        raise TooManyEngineRulesError(len(rules))
    return rules


def ladder_rules() -> dict[str, object]:
    """Write the rule set of the ladder: its lines by priority."""
    rules: dict[str, object] = {}
    for name, (number, _, alternative) in ALTERNATIVES.items():
        tests = [{part: _LETTERS[truth]} for part, truth in alternative.items()]
        rules[name] = _engine_rule("ladder", tests, priority=number)
    return rules


def _parts(law: Law) -> dict[str, Formula]:
    pleas = AnyOf(tuple(Literal(index, True) for index in range(law.tests, law.tests + law.pleas)))
    formulas = (law.when, law.violated, law.suspected, law.breached, pleas)
    return dict(zip(CONDITION_PARTS, formulas, strict=True))


def _engine_rule(question: str, tests: Sequence[Mapping[str, object]], *, priority: int) -> dict[str, object]:
    return {"all": [{"m": {"$and": [{"question": question}, *tests]}}], "pri": priority}


def _is(literal: Literal) -> dict[str, object]:
    return {f"t{literal.test}": _LETTERS[literal.positive]}


def _may_be(literal: Literal) -> dict[str, object]:
    return {"$neq": {f"t{literal.test}": _LETTERS[not literal.positive]}}
