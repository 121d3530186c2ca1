"""What a policy pack says, as it is read from its folder: the document, the law as data, the files of the rules.

A pack may extend another: then it is read upon the one it extends. Nothing is compiled here, and no example is run.
"""

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from checker.catalogues import CHINESE, FOLDER, ZH, Catalogue, catalogue_of
from checker.classes import dataclass
from checker.errors import Place, PolicyError, Problem, reason
from checker.model import PolicyStamp
from checker.policy.forms import Key, matching, read_whole, text
from checker.policy.law import SLUG, Norm, Parameter, Statute, load_norms, load_parameters, load_statutes
from checker.policy.source import LARGEST_FILE, Source, parse_yaml, read_text
from checker.resources import folder as shipped_folder

if TYPE_CHECKING:
    from checker.policy.extending import Layer

HEAD = "policy.yaml"
NORMS = "norms.yaml"
STATUTES = "statutes.yaml"
PARAMETERS = "parameters.yaml"
ADJUDICATION = "adjudication.yaml"
VERSION = r"[0-9]+\.[0-9]+\.[0-9]+"
POLICY = {
    "id": Key(matching(SLUG, "guobanfa-2014-54")),
    "version": Key(matching(VERSION, "1.0.0")),
    "title": Key(text),
    "number": Key(text),
    "issued_on": Key(text),
    "document": Key(matching(r"[a-z0-9-]+\.txt", "document.txt")),
    "statute": Key(text),
}
MOST_RULES = 1_000
MOST_FILES = 2 * MOST_RULES
MOST_LAYERS = 4
"""How many packs may stand one upon the other: the state's, a province's, a city's, a zone's."""

NOTHING: Mapping[str, Any] = MappingProxyType({})
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a pack says, with that of the packs it extends; `layers` are what these changed, the last one its own.

    `laws` and `figures` are the files of the statutes and of the parameters, `dropped` the rules that a layer does
    without, each with the reason. A pack with a `province` (the six digits of its code) is for its zones only.
    """

    stamp: PolicyStamp
    statute: str
    norms: Mapping[str, Norm]
    statutes: Mapping[str, Statute]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, Source]
    adjudication: Source | None
    laws: tuple[Source, ...]
    figures: tuple[Source, ...]
    texts: Catalogue
    province: str = ""
    dropped: Mapping[str, str]
    layers: "tuple[Layer, ...]" = ()


def read_pack(folder: Path, language: str, *, examples: bool = True) -> Pack:
    """Read the pack in *folder*, told in *language*; raise `PolicyError` with everything that is wrong with it.

    Without *examples* those of the rules are left out.
    """
    return _Folder(folder, language, examples=examples).pack(())


def base_of(folder: Path) -> Path | None:
    """Give the folder of the pack that the one in *folder* extends, if it extends any; raise `PolicyError`."""
    held = _Folder(folder)
    written = held.text(HEAD)
    if "extends" not in written and "\\" not in written:  # it need not be read as YAML, which takes a while to load
        return None
    head = held.read(HEAD).value
    extends = head.get("extends") if isinstance(head, dict) else None
    name = extends.get("policy") if isinstance(extends, dict) else None
    return _base(folder, name) if isinstance(name, str) and re.fullmatch(SLUG, name) else None


def norms_of(folder: Path) -> Source:
    """Read the norms of a pack, which are those of the pack that it extends in the end; raise `PolicyError`."""
    for _ in range(MOST_LAYERS):
        below = base_of(folder)
        if below is None:
            break
        folder = below
    return _Folder(folder).read(NORMS)


def digest_of(folder: Path) -> str:
    """Hash a pack that may be anything, with what it extends; raise `PolicyError` where it is no pack."""
    digests: list[str] = []
    where: Path | None = folder
    while where is not None and len(digests) < MOST_LAYERS:
        held = _Folder(where)
        held.look_at(HEAD)
        held.look_at_all()
        digests.append(held.digest())
        where = base_of(where)
    found = digests.pop()
    while digests:
        found = _upon(digests.pop(), found)
    return found


def heads_tell_the_same(sources: Iterable[Source]) -> bool:
    """Say whether rule files are the same without their examples, as far as these can be told apart by their key."""
    for source in (each for joined in sources for each in joined.files):
        try:
            head = parse_yaml(_without_examples(source.text), source.file).value
        except PolicyError:
            return False
        if head != {key: None if key == "examples" else each for key, each in source.value.items()}:
            return False
    return True


def _without_examples(written: str) -> str:
    """Cut the examples off a rule file; they stand last, and their key stays."""
    found = re.search("^examples:", written, re.MULTILINE)
    return written[: found.end()] if found else written


def _base(folder: Path, name: str) -> Path | None:
    """Give the folder of a pack by its id: beside the one that extends it, or shipped with the program."""
    places = (folder.resolve().parent / name, shipped_folder("policies") / name)
    return next((each for each in places if _is_there(each / HEAD)), None)


def _is_there(path: Path) -> bool:
    """Say whether there is anything; a path that may not be looked at, or can't be one, leads to nothing."""
    try:
        return bool(path.lstat())
    except OSError:
        return False


def _upon(own: str, base: str) -> str:
    """Give the digest of a pack with that of the pack it extends."""
    return hashlib.sha256(f"{own}\n{base}\n".encode()).hexdigest()


class _Folder:
    """The folder of one pack; where several are read, `shown` stands before the names of its files."""

    def __init__(self, path: Path, language: str = ZH, *, shown: str = "", examples: bool = True) -> None:
        self.path = path
        self.language = language
        self.shown = shown
        self.examples = examples

    def pack(self, before: tuple[str, ...]) -> Pack:
        """Read what it says; *before* are the packs that extend it, the nearest first."""
        main = self.read(HEAD)
        if not (isinstance(main.value, dict) and "extends" in main.value):
            return self.by_itself(main)
        from checker.policy.extending import EXTENDING  # noqa: PLC0415  (few packs extend another)

        head = read_whole(main, EXTENDING)
        wanted = head["extends"]
        chain = (wanted["policy"], head["id"], *before)
        if len(set(chain)) < len(chain) or len(chain) > MOST_LAYERS:
            told = f"扩展首尾相接，或者超过{MOST_LAYERS}层：{' → '.join(reversed(chain))}"
            raise PolicyError([main.problem("/extends/policy", told)])
        where = _base(self.path, wanted["policy"])
        if where is None:
            told = f"找不到所扩展的政策包 {wanted['policy']}"
            way_out = "放在同一个文件夹里，或者写随程序提供的政策包的编号"
            raise PolicyError([main.problem("/extends/policy", told, way_out)])
        below = _Folder(where, self.language, shown=f"{wanted['policy']}/", examples=self.examples)
        base = below.pack((head["id"], *before))
        if (base.stamp.id, base.stamp.version) != (wanted["policy"], wanted["version"]):
            told = f"所扩展的政策包是 {base.stamp.named}，这里写的是 {wanted['policy']} {wanted['version']}"
            way_out = "核对两版的不同（zonecheck rules impact），再改这里的版本号"
            raise PolicyError([main.problem("/extends/version", told, way_out)])
        return self.upon(base, main, head)

    def by_itself(self, main: Source) -> Pack:
        """Read a pack that extends none."""
        head = read_whole(main, POLICY)
        self.look_at_all()
        texts = self.texts()
        document = self.document(head["document"])
        problems: list[Problem] = []
        laws, figures = (_gather(partial(self.read, name), problems, None) for name in (STATUTES, PARAMETERS))
        norms = _gather(lambda: load_norms(self.read(NORMS), document, texts), problems, NOTHING)
        statutes: Mapping[str, Statute] = NOTHING
        parameters: Mapping[str, Parameter] = NOTHING
        if laws is not None:
            statutes = _gather(lambda: load_statutes(laws, texts), problems, NOTHING)
        if figures is not None:
            parameters = _gather(lambda: load_parameters(figures, texts), problems, NOTHING)
        if problems:
            raise PolicyError(problems)
        if head["statute"] not in statutes:
            raise PolicyError([main.problem("/statute", f"{STATUTES} 没有 {head['statute']}")])
        rules = self.rules()
        if not rules:
            raise PolicyError([Problem(message="没有规则文件", place=Place(file=f"{self.path.name}/rules"))])
        return Pack(
            stamp=PolicyStamp(
                id=head["id"],
                title=texts(head["title"]),
                number=texts(head["number"]),
                version=head["version"],
                sha256=self.digest(),
            ),
            statute=head["statute"],
            norms=norms,
            statutes=statutes,
            parameters=parameters,
            rules=rules,
            adjudication=self.read_if_there(ADJUDICATION),
            laws=() if laws is None else (laws,),
            figures=() if figures is None else (figures,),
            texts=texts,
            dropped=NOTHING,
        )

    def upon(self, base: Pack, main: Source, head: Mapping[str, Any]) -> Pack:
        """Read what a pack adds to the one that it extends."""
        from checker.policy.extending import (  # noqa: PLC0415  (as above)
            Layer,
            alone,
            with_figures,
            with_matters,
            with_rules,
        )

        self.look_at_all()
        texts = base.texts.over(self.texts())
        problems = [
            Problem(
                message="扩展的政策包没有自己的条款要求和文件原文",
                place=Place(file=f"{self.shown}{name}"),
                suggestion="条款都引自所扩展的政策包；地方性法规写进 statutes.yaml",
            )
            for name in (NORMS, "document.txt")
            if _is_there(self.path / name)
        ]
        laws, figures, matters = (
            _gather(partial(self.read_if_there, name), problems, None) for name in (STATUTES, PARAMETERS, ADJUDICATION)
        )
        statutes, parameters, adjudication = base.statutes, base.parameters, base.adjudication
        own_statutes: Mapping[str, Statute] = NOTHING
        own_figures: Mapping[str, Parameter] = NOTHING
        if laws is not None:
            own_statutes = _gather(lambda: load_statutes(laws, texts), problems, NOTHING)
            statutes = _gather(lambda: alone(laws, own_statutes, base.statutes), problems, NOTHING)
        if figures is not None:
            own_figures = _gather(lambda: load_parameters(figures, texts), problems, NOTHING)
            parameters = _gather(lambda: with_figures(figures, own_figures, base.parameters), problems, NOTHING)
        if matters is not None:
            adjudication = _gather(lambda: with_matters(matters, base.adjudication), problems, None)
        rules = _gather(lambda: with_rules(self.rules(), base.rules), problems, NOTHING)
        if problems:
            raise PolicyError(problems)
        layer = Layer(
            head=main,
            province=head["province_code"],
            statutes=frozenset(own_statutes),
            figures=figures,
            replaced={
                name: (base.parameters[name], parameters[name]) for name in own_figures if name in base.parameters
            },
            dropped={each["rule"]: each["because"] for each in head["without"]},
        )
        stamp = replace(
            base.stamp,
            id=head["id"],
            version=head["version"],
            sha256=_upon(self.digest(), base.stamp.sha256),
            extends=base.stamp,
        )
        return replace(
            base,
            stamp=stamp,
            statutes=statutes,
            parameters=parameters,
            rules=rules,
            adjudication=adjudication,
            laws=base.laws if laws is None else (*base.laws, laws),
            figures=base.figures if figures is None else (*base.figures, figures),
            texts=texts,
            province=head["province_code"] or base.province,
            dropped={**base.dropped, **{name: texts(why) for name, why in layer.dropped.items()}},
            layers=(*base.layers, layer),
        )

    # --- the files ------------------------------------------------------------------------------------------------

    def read(self, name: str, *, examples: bool = True) -> Source:
        """Read a file; without *examples*, a rule without them."""
        written = self.text(name)
        return parse_yaml(written if examples else _without_examples(written), f"{self.shown}{name}")

    def text(self, name: str) -> str:
        """Give the text of a file."""
        path = self.path / name
        if _is_there(path):
            self.look_at(name)
        return read_text(path, f"{self.shown}{name}")

    def read_if_there(self, name: str) -> Source | None:
        """Read a file that a pack may do without."""
        return self.read(name) if _is_there(self.path / name) else None

    def rules(self) -> Mapping[str, Source]:
        """Read the files of the rules, by their ids."""
        place = Place(file=f"{self.shown or self.path.name + '/'}rules")
        paths = sorted((self.path / "rules").glob("*.yaml"))
        if len(paths) > MOST_RULES:
            raise PolicyError([Problem(message=f"规则文件超过{MOST_RULES}个", place=place)])
        problems: list[Problem] = []
        found = {}
        for path in paths:
            source = _gather(partial(self.read, f"rules/{path.name}", examples=self.examples), problems, None)
            if source is not None:
                found[path.stem] = source
        if problems:
            raise PolicyError(problems)
        return found

    def texts(self) -> Catalogue:
        """Read the pack's own catalogue; a pack that has none is told in Chinese."""
        name = f"{FOLDER}/{self.language}.po"
        if self.language == ZH or not _is_there(self.path / name):
            return CHINESE
        return catalogue_of(self.language, read_text(self.path / name, name), name)

    def document(self, name: str) -> str:
        """Read the text of the document."""
        place = Place(file=f"{self.shown}{name}")
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except OSError as error:
            raise PolicyError([Problem(message=f"读不到文件原文（{reason(error)}）", place=place)]) from error
        except UnicodeDecodeError as error:
            raise PolicyError([Problem(message="文件原文不是 UTF-8 编码的文本", place=place)]) from error

    def look_at_all(self) -> None:
        """Refuse a pack that holds anything but files of a bearable size of its own."""
        for number, (steps, entry) in enumerate(_inside(self.path), start=1):
            if number > MOST_FILES:
                problem = Problem(message=f"政策包的文件超过{MOST_FILES}个", place=Place(file=self.path.name))
                raise PolicyError([problem])
            self.refuse("/".join(steps), entry.stat(follow_symlinks=False))

    def look_at(self, name: str) -> None:
        """Refuse a link, a pipe or a device, and a file that is too large."""
        self.refuse(name, (self.path / name).lstat())

    def refuse(self, name: str, state: os.stat_result) -> None:
        """Refuse what is no file or folder of its own, or too large."""
        told = f"{self.shown}{name}"
        if not stat.S_ISREG(state.st_mode) and not stat.S_ISDIR(state.st_mode):
            raise PolicyError([Problem(message="不是普通文件（链接、管道或者设备）", place=Place(file=told))])
        if stat.S_ISREG(state.st_mode) and state.st_size > LARGEST_FILE:
            raise PolicyError([Problem(message="文件超过 1 MB", place=Place(file=told, line=1, column=1))])

    def digest(self) -> str:
        """Hash every file by its name and bytes, but for the catalogues: a translation changes no verdict."""
        digest = hashlib.sha256()
        files = sorted(steps for steps, entry in _inside(self.path) if entry.is_file())
        for steps in (each for each in files if each[0] != FOLDER or len(each) == 1):
            content = self.path.joinpath(*steps).read_bytes()
            name = f"{'/'.join(steps)}\n{len(content)}\n"
            digest.update(name.encode(errors="surrogateescape"))
            digest.update(content)
        return digest.hexdigest()


def _inside(folder: Path | str, *above: str) -> Iterator[tuple[tuple[str, ...], os.DirEntry[str]]]:
    """Give all that is in a folder and in those inside it, by the names that lead there; links are not followed.

    What may not be read holds nothing.
    """
    held: list[os.DirEntry[str]] = []
    with contextlib.suppress(PermissionError), os.scandir(folder) as found:
        held += found
    for each in held:
        yield (*above, each.name), each
    for each in held:
        if each.is_dir(follow_symlinks=False):
            yield from _inside(each.path, *above, each.name)


def _gather(load: Callable[[], _Item], problems: list[Problem], instead: _Item) -> _Item:
    try:
        return load()
    except PolicyError as error:
        problems.extend(error.problems)
        return instead
