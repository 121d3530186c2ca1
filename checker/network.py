"""The only module that knows durable-rules: it applies the law to truths.

Each rule has a rule set of its own. It is asked in two steps, as two facts: from the truths of the tests its engine
rules conclude which parts of the judgement (`when`, `violated` …) are true and which may be; from the parts the rules
of the ladder conclude the verdict, the first line by the engine's own priority. A fact holds nothing but an id, names
and the letters t, f and u: no value of a dossier ever comes here. The answer depends on the truths alone, so each
question is put once.

The C module is driven directly: `Host` starts threads that can lose conclusions.
"""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence

import durable_rules_engine as engine
import msgspec

from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.ladder import ALTERNATIVES, CONDITION_PARTS, GROUND_PARTS, Ground, Law
from checker.language.formula import Any as AnyOf
from checker.language.formula import Formula, Literal, conjunctions
from checker.model import Truth, Verdict

MOST_ENGINE_RULES = 48
"""Beyond 64 matches of one fact the engine fails, and beyond 511 rules its compilation never returns.

Stay well below.
"""

_MATCH, _NO_MATCH = 0, 1
_TAKEN = frozenset({_MATCH, _NO_MATCH})
"""What the engine answers to a fact that it takes, or gives back."""

_LETTERS: Mapping[Truth, str] = {True: "t", False: "f", None: "u"}


class TooManyEngineRulesError(ValueError):
    """A rule whose conditions fall apart into more conjunctions than a rule set may hold."""


class Network:
    """The rule sets of a pack. One network serves any number of dossiers; nothing of them stays in it."""

    def __init__(self, laws: Iterable[Law]) -> None:
        """Compile the rule sets; raise `TooManyEngineRulesError`."""
        self._laws = {law.rule: law for law in laws}
        self._rule_sets = {
            law.rule: engine.create_ruleset(law.rule, json.dumps(engine_rules(law))) for law in self._laws.values()
        }
        self._parts: dict[tuple[str, tuple[Truth, ...]], Mapping[str, Truth]] = {}
        self._verdicts: dict[tuple[str, tuple[Truth, ...]], Verdict] = {}
        self._numbers = itertools.count(1)

    @property
    def questions(self) -> int:
        """How many distinct questions the engine has answered."""
        return len(self._parts) + len(self._verdicts)

    def verdict(self, rule: str, ground: Ground, truths: Sequence[Truth]) -> Verdict:
        """Give the engine's verdict of *rule* on the truths of its tests and exemptions.

        Raise `KeyError` for no rule.
        """
        parts = {**dict(zip(GROUND_PARTS, ground, strict=True)), **self.conditions(rule, tuple(truths))}
        question = (rule, tuple(parts.values()))
        answer = self._verdicts.get(question)
        if answer is None:
            fired = self._ask(rule, "ladder", {**parts, "signal": self._laws[rule].signal})
            if not fired:
                raise _defect(rule, "规则引擎没有给出结论")
            answer = self._verdicts[question] = ALTERNATIVES[fired[0]][1]
        return answer

    def conditions(self, rule: str, truths: tuple[Truth, ...]) -> Mapping[str, Truth]:
        """Give the parts of the judgement that the engine concludes from the truths of tests and exemptions alone."""
        parts = self._parts.get((rule, truths))
        if parts is None:
            concluded = set(self._ask(rule, "tests", {f"t{index}": truth for index, truth in enumerate(truths)}))
            parts = self._parts[rule, truths] = {
                part: True if f"{part} is" in concluded else None if f"{part} may be" in concluded else False
                for part in CONDITION_PARTS
            }
        return parts

    def _ask(self, rule: str, question: str, truths: Mapping[str, Truth]) -> list[str]:
        """Assert a fact, collect the engine rules that fire, in the order of their priority, and retract the fact."""
        rule_set, number = self._rule_sets[rule], next(self._numbers)
        fact = {"id": str(number), "question": question} | {name: _LETTERS[truth] for name, truth in truths.items()}
        code, state = engine.assert_fact(rule_set, msgspec.json.encode(fact).decode())
        if code not in _TAKEN:
            raise _defect(rule, f"规则引擎拒绝了一个问题（代码{code}）")
        if code == _NO_MATCH:
            return []
        fired: list[str] = []
        message = None
        try:
            action = engine.start_action_for_state(rule_set, state)
            message = action[1] if action else None
            while message:
                [name] = msgspec.json.decode(message)
                fired.append(name.partition("#")[0])
                message = engine.complete_and_start_action(rule_set, state)
        finally:
            if message:
                engine.abandon_action(rule_set, state)
            code, _ = engine.retract_fact(rule_set, json.dumps({"id": str(number)}))
        if code not in _TAKEN:
            raise _defect(rule, f"规则引擎没有收回一个问题（代码{code}）")
        return fired


def _defect(rule: str, message: str) -> ReadingsDisagreeError:
    return ReadingsDisagreeError([Problem(message=message, place=Place(file=rule))])


def engine_rules(law: Law) -> dict[str, object]:
    """Write the rule set of one rule: an engine rule for each conjunction, then the lines of the ladder by priority."""
    rules: dict[str, object] = {}
    for part, formula in _parts(law).items():
        soft = law.soft if part == "hard" else frozenset[int]()
        certain = [[_is(literal) for literal in each] for each in conjunctions(formula, without=soft)]
        possible = [[_may_be(literal) for literal in each] for each in conjunctions(formula)] if part != "hard" else []
        for word, alternatives in (("is", certain), ("may be", possible)):
            for number, tests in enumerate(sorted(alternatives, key=json.dumps)):
                rules[f"{part} {word}#{number}"] = _engine_rule("tests", tests, priority=1)
    for name, (number, _, alternative) in ALTERNATIVES.items():
        tests = [{part: _LETTERS[truth]} for part, truth in alternative.items()]
        rules[name] = _engine_rule("ladder", tests, priority=number)
    if len(rules) > MOST_ENGINE_RULES:
        raise TooManyEngineRulesError(len(rules))
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
