"""For translators: `python -m checker.translating` brings the catalogues in line with what is to be translated.

It finds every text that is read through a catalogue: in the program and its pages, in the schema, in each rule pack.
What a catalogue already translates stays, what is new comes in without a translation, what nothing says any more goes.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from checker.catalogues import FOLDER, LANGUAGES, ZH
from checker.dossier.schema import SCHEMA_FILE
from checker.policy.source import read_yaml
from checker.resources import folder

WHOLE = (
    "adjudication.py",
    "attesting.py",
    "authoring.py",
    "checking.py",
    "curing.py",
    "drawing.py",
    "facts.py",
    "foresight.py",
    "language/functions.py",
    "language/wording.py",
    "model.py",
    "reporting/adjudged.py",
    "reporting/arrangement.py",
    "reporting/csv.py",
    "reporting/description.py",
    "reporting/foreseen.py",
    "reporting/html.py",
    "reporting/junit.py",
    "reporting/picture.py",
    "reporting/sarif.py",
    "reporting/text.py",
    "reporting/wording.py",
    "testimony.py",
)
"""The modules of which every Chinese text is read through a catalogue."""
PARTLY = ("dossier/consistency.py", "policy/rules.py")
"""The modules that also say what nobody translates: only what they pass to `words` is read through a catalogue."""
PAGES = ("report.html.j2",)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")

Texts = dict[str, list[str]]
"""The texts to be translated, each with the files that have it."""


def of_program() -> Texts:
    """Give what the program and its pages say."""
    found: Texts = {}
    here = Path(__file__).parent
    for name in (*WHOLE, *PARTLY):
        tree = ast.parse((here / name).read_text(encoding="utf-8"))
        _add(found, f"checker/{name}", (*said(tree), *passed(tree)) if name in WHOLE else passed(tree))
    for name in PAGES:
        _add(found, f"reports/{name}", printed(folder("reports") / name))
    return found


def of_schema() -> Texts:
    """Give what the schema of dossiers says to those who read a report: names, members of enumerations, proofs."""
    found: Texts = {}
    raw = json.loads((folder("schemas") / SCHEMA_FILE).read_bytes())
    _add(found, "", _labels(raw))
    return found


def of_pack(pack: Path) -> Texts:
    """Give what a rule pack says."""
    found: Texts = {}
    head = read_yaml(pack / "policy.yaml").value
    _add(found, "policy.yaml", (head[key] for key in ("title", "number") if key in head))
    _add(found, "policy.yaml", (each["because"] for each in head.get("without", ())))
    questions = (each["question"] for each in _records(pack / "norms.yaml") if "question" in each)
    _add(found, "norms.yaml", (each[part] for each in questions for part in ("look_at", "paper", "worry")))
    for name, keys in (("statutes.yaml", ("title", "number")), ("parameters.yaml", ("title",))):
        _add(found, name, (each[key] for each in _records(pack / name) for key in keys if each[key]))
    for path in sorted((pack / "rules").glob("*.yaml")):
        _add(found, f"rules/{path.name}", _of_rule(read_yaml(path).value))
    return found


def _records(path: Path) -> Any:
    """Read a file that a pack which extends another may do without."""
    return read_yaml(path).value if path.exists() else ()


def said(tree: ast.AST) -> Iterator[str]:
    """Give the Chinese texts of a module, but for its docstrings and what is put together on the spot."""
    for node in _without_docstrings(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
            yield node.value


def passed(tree: ast.AST) -> Iterator[str]:
    """Give the Chinese texts that a module passes to `words`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and "words" in {getattr(node.func, "attr", ""), getattr(node.func, "id", "")}:
            yield from said(node)
            yield from (str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant))


def printed(path: Path) -> Iterator[str]:
    """Give what a page passes to `_`."""
    from jinja2.ext import babel_extract  # noqa: PLC0415 - only translators need it

    with path.open("rb") as page:
        for _, _, message, _ in babel_extract(page, ["_"], [], {"trimmed": "false"}):
            text = next(filter(None, message), None) if isinstance(message, tuple) else message
            if text is not None:
                yield text


def pieced(tree: ast.AST) -> Iterator[str]:
    """Give the Chinese texts of a module that no catalogue can translate, since they are put together on the spot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.Constant) and CHINESE.search(str(part.value)):
                    yield ast.unparse(node)
                    break


def _without_docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    waiting = [tree]
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, ast.JoinedStr):
            waiting[:0] = [each for each in node.values if isinstance(each, ast.FormattedValue)]
            continue
        waiting[:0] = [each for each in ast.iter_child_nodes(node) if not (_is_remark(each) or _is_pattern(each))]


def _is_remark(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_pattern(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"compile", "startswith"}


def _labels(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[key] for key in ("title", "x-proof") if isinstance(node.get(key), str))
        yield from node["x-labels"].values() if isinstance(node.get("x-labels"), dict) else ()
        for each in node.values():
            yield from _labels(each)
    elif isinstance(node, list):
        for each in node:
            yield from _labels(each)


def _of_rule(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from filter(None, [rule.get("title")])
    yield from rule.get("labels", {}).values()
    yield from filter(None, [rule.get("message")])
    yield from (each["reason"] for each in rule.get("exempt", ()))
    yield from (each[key] for each in rule.get("remedy", ()) for key in ("action", "done_when"))
    yield from rule.get("ask", {}).values()
    limits = rule.get("limits", ())
    yield from (limits,) if isinstance(limits, str) else limits


def _add(found: Texts, file: str, texts: Iterable[str]) -> None:
    for each in texts:
        files = found.setdefault(each, [])
        if file and file not in files:
            files.append(file)


# --- the files ------------------------------------------------------------------------------------------------------


def catalogues() -> Iterator[tuple[Path, Texts]]:
    """Give each catalogue that ships with the program, and what it has to translate."""
    for language in LANGUAGES:
        if language != ZH:
            name = f"{FOLDER}/{language}.po"
            yield folder("reports") / name, of_program()
            yield folder("schemas") / name, of_schema()
            for pack in sorted(folder("policies").iterdir()):
                yield pack / name, of_pack(pack)


def renewed(old: str, texts: Texts) -> tuple[str, list[str]]:
    """Give a catalogue for these texts with what the *old* one translates, and the texts without a translation."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - only translators need it
    from babel.messages.pofile import read_po, write_po  # noqa: PLC0415 - as above

    known = read_po(BytesIO(old.encode()), abort_invalid=True)
    catalogue = Catalog()
    lacking = []
    for text, files in texts.items():
        entry = known.get(text)
        told = entry.string if entry is not None else ""
        plural = (text, text) if isinstance(told, tuple) else text
        catalogue.add(plural, told, locations=[(each, 0) for each in files], flags=entry.flags if entry else ())
        if not told or (entry is not None and entry.fuzzy):
            lacking.append(text)
    out = BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, include_lineno=False)
    head = old.partition("\n\n")[0] if old.strip() else ""
    return f"{head}\n\n{out.getvalue().decode().strip()}\n", lacking


def main() -> int:
    """Bring every catalogue in line, and list what has no translation."""
    lacks = 0
    for path, texts in catalogues():
        old = path.read_text(encoding="utf-8") if path.exists() else HEAD
        new, lacking = renewed(old, texts)
        path.parent.mkdir(exist_ok=True)
        path.write_text(new, encoding="utf-8")
        lacks += len(lacking)
        sys.stdout.write(f"{path}: {len(texts)} texts, {len(lacking)} without a translation\n")
        sys.stdout.writelines(f"    {each}\n" for each in lacking)
    return 1 if lacks else 0


HEAD = """\
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

if __name__ == "__main__":
    sys.exit(main())
