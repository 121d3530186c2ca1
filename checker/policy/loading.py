"""A policy pack compiled and ready: its rules against one dossier schema, its law for the engine."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import Any

from checker.catalogues import CHINESE, Catalogue, interface
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.dossier.schema import DossierSchema
from checker.errors import DossierError, Place, PolicyError, Problem
from checker.judging import Judge
from checker.language.compiling import bound
from checker.language.sweeping import Openings, Sweep, goes_far, sweep_code
from checker.model import PolicyStamp
from checker.network import Docket
from checker.policy.adjudication import Adjudicating, docket_of, load_adjudication
from checker.policy.law import Norm, Parameter, Statute
from checker.policy.pack import Pack, read_pack
from checker.policy.rules import Library, Rule, load_rule
from checker.policy.source import Source


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledRule:
    """A rule that its generated code can be asked of."""

    rule: Rule
    schema: DossierSchema

    @cached_property
    def alone(self) -> "RuleGroup":
        """The rule without any other."""
        return RuleGroup(rules=(self,))


@dataclass(frozen=True, kw_only=True, eq=False)
class RuleGroup:
    """Rules over the same register with their generated code, which is written when it is first asked for.

    That of the plain reading may be `known` from before.
    """

    rules: tuple[CompiledRule, ...]
    known: CodeType | None = None

    @property
    def each(self) -> str:
        """The register."""
        return self.rules[0].rule.each

    @property
    def name(self) -> str:
        """The ids of the rules."""
        return " ".join(each.rule.id for each in self.rules)

    @cached_property
    def _plain(self) -> Callable[[Openings], Sweep]:
        return bound(self.known or self.code(projected=False))  # type: ignore[no-any-return]  # generated code has no types

    @cached_property
    def _projected(self) -> Callable[[Openings], Sweep]:
        return bound(self.code(projected=True))  # type: ignore[no-any-return]  # generated code has no types

    def code(self, *, projected: bool) -> CodeType:
        """Write the code."""
        conditions = [each.rule.conditions for each in self.rules]
        return sweep_code(conditions, self.rules[0].schema, projected=projected)

    def sweep(self, surroundings: Openings, *, projected: bool) -> Sweep:
        """Give the function that goes over subjects."""
        return (self._projected if projected else self._plain)(surroundings)


def _grouped(rules: Iterable[CompiledRule]) -> Iterator[tuple[CompiledRule, ...]]:
    """Put rules over the same register together; one that goes over whole registers stays alone, as it may not end."""
    near: dict[str, list[CompiledRule]] = {}
    for each in rules:
        if goes_far(each.rule.conditions):
            yield (each,)
        else:
            near.setdefault(each.rule.each, []).append(each)
    yield from map(tuple, near.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class Policy:
    """A policy pack, compiled against one dossier schema; `statute` is the id of its own document's statute.

    What it says of findings together is `adjudicating`, and the `docket` concludes it. `province` is the code of the
    only province that it is for, `dropped` gives the title of each rule that it does without, and the reason. `laws`
    and `figures` are the files of its statutes and of its parameters, its own the last ones. `codes` gives the code of
    groups of rules, by their names, that is known from before.
    """

    stamp: PolicyStamp
    statute: str
    norms: Mapping[str, Norm]
    statutes: Mapping[str, Statute]
    parameters: Mapping[str, Parameter]
    rules: tuple[CompiledRule, ...]
    schema: DossierSchema
    judge: Judge
    adjudicating: Adjudicating
    docket: Docket
    province: str = ""
    dropped: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    laws: tuple[Source, ...] = ()
    figures: tuple[Source, ...] = ()
    words: Catalogue = CHINESE
    texts: Catalogue = CHINESE
    codes: Mapping[str, CodeType] = field(default_factory=dict)

    @classmethod
    def of(cls, *, rules: tuple[CompiledRule, ...], adjudicating: Adjudicating, **more: Any) -> "Policy":
        """Give the policy with these rules and whatever else it says, ready to be applied."""
        judge, docket = Judge(each.rule.law for each in rules), docket_of(adjudicating)
        return cls(rules=rules, adjudicating=adjudicating, judge=judge, docket=docket, **more)

    @cached_property
    def groups(self) -> tuple[RuleGroup, ...]:
        """The rules, those together whose facts are found together."""
        return tuple(self._group(each) for each in _grouped(self.rules))

    def _group(self, rules: tuple[CompiledRule, ...]) -> RuleGroup:
        group = RuleGroup(rules=rules)
        known = self.codes.get(group.name)
        if known is not None:
            return replace(group, known=known)
        return rules[0].alone if len(rules) == 1 else group

    @property
    def checks(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that check each norm, by their ids; no norm is there that none checks."""
        found: dict[str, tuple[str, ...]] = {}
        for compiled in self.rules:
            for norm in compiled.rule.clauses:
                found[norm.id] = (*found.get(norm.id, ()), compiled.rule.id)
        return found

    def require_province(self, dossier: Dossier) -> None:
        """Raise `DossierError` if the pack is for one province, and the dossier's zone is not known to be there."""
        code = dossier.root.zone.province_code
        if not self.province or code == self.province:
            return
        found = f"档案的是 {code}" if isinstance(code, str) else "档案没有写明"
        problem = Problem(
            message=f"政策包 {self.stamp.id} 只用于省份代码为 {self.province} 的开发区，{found}",
            place=Place(file=dossier.name, pointer="/zone/province_code"),
            suggestion="核对开发区的省份代码；不在这个省的，用所扩展的政策包",
        )
        raise DossierError([problem])

    @property
    def library(self) -> Library:
        """What a rule of it may refer to."""
        return Library(
            norms=self.norms,
            statutes=self.statutes,
            parameters=self.parameters,
            document=self.statute,
            texts=self.texts,
            words=self.words,
        )


def read_policy(folder: Path, schema: DossierSchema, *, examples: bool = True) -> Policy:
    """Read a pack and compile it; raise `PolicyError` with everything that is wrong with it. No example is run.

    Without *examples* they are not even read. The pack is told in the language of *schema*, through its own catalogue.
    """
    from checker.policy.extending import weakenings  # noqa: PLC0415  (a remembered pack was read before)

    words = interface(schema.language)
    pack = read_pack(folder, words.language, examples=examples)
    library = Library(
        norms=pack.norms,
        statutes=pack.statutes,
        parameters=pack.parameters,
        document=pack.statute,
        texts=pack.texts,
        words=words,
    )
    rules = _rules(pack, library, schema)
    if weaker := list(weakenings(pack.layers, rules, pack.statute)):
        raise PolicyError(weaker)
    adjudicating = Adjudicating()
    if pack.adjudication is not None:
        adjudicating = load_adjudication(pack.adjudication, rules, pack.norms)
    used = tuple(CompiledRule(rule=each, schema=schema) for each in rules if each.id not in pack.dropped)
    return Policy.of(
        stamp=pack.stamp,
        statute=pack.statute,
        norms=pack.norms,
        statutes=pack.statutes,
        parameters=pack.parameters,
        rules=used,
        schema=schema,
        adjudicating=adjudicating,
        province=pack.province,
        dropped={each.id: (each.title, pack.dropped[each.id]) for each in rules if each.id in pack.dropped},
        laws=pack.laws,
        figures=pack.figures,
        words=words,
        texts=pack.texts,
    )


def _rules(pack: Pack, library: Library, schema: DossierSchema) -> tuple[Rule, ...]:
    problems: list[Problem] = []
    rules = []
    for name, source in sorted(pack.rules.items()):
        try:
            rules.append(load_rule(source, name, library, schema))
        except PolicyError as error:
            problems.extend(error.problems)
    if problems:
        raise PolicyError(problems)
    return tuple(rules)
