"""Which verdicts another version of a pack changes, as text and as JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from checker.impact import NO_RULE, Flip, grouped
from checker.model import Verdict
from checker.reporting.columns import wrap
from checker.reporting.wording import visible
from checker.verifying import REGISTER

MOST_NAMED = 10
"""How many subjects of one change are named; of the others the text tells the number, JSON names them all."""

Found = Mapping[str, tuple[Flip, ...]]
"""The flips by the name of the dossier."""


def text(found: Found) -> str:
    """Write for each dossier which rules say otherwise, why, and of whom."""
    return "".join(f"{line}\n" for name, each in found.items() for line in _lines(name, each))


def _lines(name: str, found: tuple[Flip, ...]) -> Iterator[str]:
    yield f"{visible(name)}：{f'{len(found)} 项结论不同' if found else '结论没有不同'}"
    heads = {each.rule: each for each in found}
    for rule, changes in grouped(found).items():
        yield f"  {rule} {heads[rule].title}（{'；'.join(heads[rule].why)}）"
        for (before, after), subjects in changes.items():
            named = "、".join(visible(_subject(each)) for each in subjects[:MOST_NAMED])
            more = f"等{len(subjects)}个" if len(subjects) > MOST_NAMED else ""
            yield from wrap(f"{_word(before)} → {_word(after)}：{named}{more}", indent=4, hang=4)


def _word(verdict: Verdict | None) -> str:
    return NO_RULE if verdict is None else verdict.label


def _subject(key: str) -> str:
    return f"台账{key.removeprefix(REGISTER)}" if key.startswith(REGISTER) else key


def as_json(found: Found) -> str:
    """Write every flip."""
    dossiers = [
        {
            "dossier": name,
            "flips": [
                {
                    "rule": flip.rule,
                    "subject": flip.subject,
                    "before": flip.before,
                    "after": flip.after,
                    "why": flip.why,
                }
                for flip in each
            ],
        }
        for name, each in found.items()
    ]
    return json.dumps({"dossiers": dossiers}, ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Found], str]] = MappingProxyType({"text": text, "json": as_json})
