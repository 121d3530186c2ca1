"""A policy pack from its folder: the document, the law as data, the rules, compiled and ready."""

import hashlib
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from checker.catalogues import CHINESE, FOLDER, ZH, Catalogue, catalogue_of, interface
from checker.dossier.schema import DossierSchema
from checker.errors import Place, PolicyError, Problem, reason
from checker.judging import Judge
from checker.language.compiling import Surroundings, TruthFinder, compile_conditions
from checker.model import PolicyStamp
from checker.network import Docket
from checker.policy.adjudication import Adjudicating, docket_of, load_adjudication
from checker.policy.forms import FormError, Key, matching, read_form, text
from checker.policy.law import Norm, Parameter, Statute, load_norms, load_parameters, load_statutes
from checker.policy.rules import Library, Rule, load_rule
from checker.policy.source import LARGEST_FILE, MOST_PROBLEMS, Source, parse_yaml, read_text, read_yaml

POLICY = {
    "id": Key(matching(r"[a-z0-9]+(?:-[a-z0-9]+)*", "guobanfa-2014-54")),
    "version": Key(matching(r"[0-9]+\.[0-9]+\.[0-9]+", "1.0.0")),
    "title": Key(text),
    "number": Key(text),
    "issued_on": Key(text),
    "document": Key(matching(r"[a-z0-9-]+\.txt", "document.txt")),
    "statute": Key(text),
}
ADJUDICATION = "adjudication.yaml"
MOST_RULES = 1_000
MOST_FILES = 2 * MOST_RULES
_Item = TypeVar("_Item")


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledRule:
    """A rule with its generated code, which is written when it is first asked for."""

    rule: Rule
    schema: DossierSchema

    @cached_property
    def _plain(self) -> Callable[[Surroundings], TruthFinder]:
        return compile_conditions(self.rule.conditions, self.schema, projected=False)

    @cached_property
    def _projected(self) -> Callable[[Surroundings], TruthFinder]:
        return compile_conditions(self.rule.conditions, self.schema, projected=True)

    def finder(self, surroundings: Surroundings, *, projected: bool) -> TruthFinder:
        """Give the function that finds the truths of the tests on one subject."""
        return (self._projected if projected else self._plain)(surroundings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """A policy pack, compiled against one dossier schema; `statute` is the id of its own document's statute.

    What it says of findings together is `adjudicating`, and the `docket` concludes it.
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
    words: Catalogue = CHINESE
    texts: Catalogue = CHINESE

    @property
    def checks(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that check each norm, by their ids; no norm is there that none checks."""
        found: dict[str, tuple[str, ...]] = {}
        for compiled in self.rules:
            for norm in compiled.rule.clauses:
                found[norm.id] = (*found.get(norm.id, ()), compiled.rule.id)
        return found

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
    words = interface(schema.language)
    main = _read(folder, "policy.yaml")
    try:
        head = read_form(main.value, POLICY)
    except FormError as error:
        raise PolicyError(
            [
                main.problem(each.steps, each.message, each.suggestion, key=each.of_key)
                for each in error.faults[:MOST_PROBLEMS]
            ]
        ) from error
    _look_at_files(folder)
    texts = _texts(folder, words.language)
    document = _document(folder / head["document"])
    problems: list[Problem] = []
    library = Library(
        norms=_gather(lambda: load_norms(_read(folder, "norms.yaml"), document, texts), problems),
        statutes=_gather(lambda: load_statutes(_read(folder, "statutes.yaml"), texts), problems),
        parameters=_gather(lambda: load_parameters(_read(folder, "parameters.yaml"), texts), problems),
        document=head["statute"],
        texts=texts,
        words=words,
    )
    if problems:
        raise PolicyError(problems)
    if head["statute"] not in library.statutes:
        raise PolicyError([main.problem("/statute", f"statutes.yaml 没有 {head['statute']}")])
    rules = _rules(folder, library, schema, examples=examples)
    adjudicating = _adjudicating(folder, rules, library.norms)
    stamp = PolicyStamp(
        id=head["id"],
        title=texts(head["title"]),
        number=texts(head["number"]),
        version=head["version"],
        sha256=_digest(folder),
    )
    return Policy(
        stamp=stamp,
        statute=head["statute"],
        norms=library.norms,
        statutes=library.statutes,
        parameters=library.parameters,
        rules=rules,
        schema=schema,
        judge=Judge(each.rule.law for each in rules),
        adjudicating=adjudicating,
        docket=docket_of(adjudicating),
        words=words,
        texts=texts,
    )


def heads_tell_the_same(policy: Policy) -> bool:
    """Say whether each rule is the same without its examples, as far as they can be told from the rest by their key."""
    for compiled in policy.rules:
        source = compiled.rule.source
        try:
            head = parse_yaml(_head(source.text), source.file).value
        except PolicyError:
            return False
        if head != {key: each for key, each in source.value.items() if key != "examples"}:
            return False
    return True


def _head(text: str) -> str:
    """Cut the examples off a rule file; they stand last."""
    found = re.search("^examples:", text, re.MULTILINE)
    return text[: found.start()] if found else text


def _rules(folder: Path, library: Library, schema: DossierSchema, *, examples: bool) -> tuple[CompiledRule, ...]:
    problems: list[Problem] = []
    rules = []
    paths = sorted((folder / "rules").glob("*.yaml"))
    if not paths:
        problems.append(Problem(message="没有规则文件", place=Place(file=f"{folder.name}/rules")))
    if len(paths) > MOST_RULES:
        raise PolicyError([Problem(message=f"规则文件超过{MOST_RULES}个", place=Place(file=f"{folder.name}/rules"))])
    for path in paths:
        try:
            source = _read(folder, f"rules/{path.name}", examples=examples)
            rules.append(CompiledRule(rule=load_rule(source, path.stem, library, schema), schema=schema))
        except PolicyError as error:
            problems.extend(error.problems)
    if problems:
        raise PolicyError(problems)
    return tuple(rules)


def _adjudicating(folder: Path, rules: tuple[CompiledRule, ...], norms: Mapping[str, Norm]) -> Adjudicating:
    """Read what a pack says of findings together; one that has no such file says nothing."""
    if not (folder / ADJUDICATION).exists():
        return Adjudicating()
    return load_adjudication(_read(folder, ADJUDICATION), [each.rule for each in rules], norms)


def _texts(folder: Path, language: str) -> Catalogue:
    """Give the pack's own catalogue; a pack that has none is told in Chinese."""
    name = f"{FOLDER}/{language}.po"
    if language == ZH or not (folder / name).exists():
        return CHINESE
    return catalogue_of(language, read_text(folder / name, name), name)


def _gather(load: Callable[[], Mapping[str, _Item]], problems: list[Problem]) -> Mapping[str, _Item]:
    try:
        return load()
    except PolicyError as error:
        problems.extend(error.problems)
        return {}


def _look_at_files(folder: Path) -> None:
    """Refuse a pack that holds anything but files of a bearable size of its own."""
    for number, path in enumerate(folder.rglob("*"), start=1):
        name = path.relative_to(folder).as_posix()
        if number > MOST_FILES:
            raise PolicyError([Problem(message=f"政策包的文件超过{MOST_FILES}个", place=Place(file=folder.name))])
        _look_at_file(path, name)


def _look_at_file(path: Path, name: str) -> None:
    state = path.lstat()
    if not stat.S_ISREG(state.st_mode) and not stat.S_ISDIR(state.st_mode):
        raise PolicyError([Problem(message="不是普通文件（链接、管道或者设备）", place=Place(file=name))])
    if stat.S_ISREG(state.st_mode) and state.st_size > LARGEST_FILE:
        raise PolicyError([Problem(message="文件超过 1 MB", place=Place(file=name, line=1, column=1))])


def _read(folder: Path, name: str, *, examples: bool = True) -> Source:
    if (folder / name).is_symlink() or (folder / name).exists():
        _look_at_file(folder / name, name)
    if examples:
        return read_yaml(folder / name, name)
    source = parse_yaml(_head(read_text(folder / name, name)), name)
    return replace(source, value=source.value | {"examples": None}) if isinstance(source.value, dict) else source


def _document(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(
            [Problem(message=f"读不到文件原文（{reason(error)}）", place=Place(file=path.name))]
        ) from error
    except UnicodeDecodeError as error:
        raise PolicyError([Problem(message="文件原文不是 UTF-8 编码的文本", place=Place(file=path.name))]) from error


def digest_of(folder: Path) -> str:
    """Hash a pack that may be anything; raise `PolicyError` where it is no pack."""
    _look_at_file(folder / "policy.yaml", "policy.yaml")
    _look_at_files(folder)
    return _digest(folder)


def _digest(folder: Path) -> str:
    """Hash every file of the pack by its name and bytes, but for its catalogues: a translation changes no verdict."""
    digest = hashlib.sha256()
    catalogues = folder / FOLDER
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and catalogues not in each.parents):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\n{len(content)}\n".encode(errors="surrogateescape"))
        digest.update(content)
    return digest.hexdigest()
