"""What became of the mutants of rules, as text and as JSON."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from checker.mutating import Score
from checker.policy.mutants import Mutant
from checker.reporting.columns import wrap


def text(scores: Iterable[Score]) -> str:
    """Write a line for each rule, each survivor with its place below it, and the sum of all."""
    return "".join(f"{each}\n" for each in _lines(tuple(scores)))


def _lines(scores: tuple[Score, ...]) -> Iterator[str]:
    for score in scores:
        yield f"{score.rule}\t{_numbers((score,))}"
        for word, found in (("存活", score.survivors), ("等价", score.equivalent)):
            for index, each in enumerate(found):
                yield f"    {word} {each.place}"
                yield from wrap(f"{each.what}：{each.before} → {each.after}", indent=8)
                if word == "存活" and any(score.telling[index : index + 1]):
                    yield from wrap("求解器想出了一份识破它的档案，见 --format json 的 dossier", indent=8)
    if len(scores) > 1:
        yield f"共{len(scores)}条规则\t{_numbers(scores)}"


def _numbers(scores: tuple[Score, ...]) -> str:
    sums = _sums(scores)
    words = {
        "made": "变异体",
        "killed": "杀死",
        "equivalent": "等价",
        "survived": "存活",
        "refused": "不能加载（不计）",
    }
    return "，".join(f"{word} {sums[key]}" for key, word in words.items())


def as_json(scores: Iterable[Score]) -> str:
    """Write all numbers, and every mutant that no example killed."""
    held = tuple(scores)
    rules = [
        {
            "rule": each.rule,
            **_sums((each,)),
            "survivors": [
                {**_mutant(mutant), **({"dossier": each.telling[index]} if each.telling else {})}
                for index, mutant in enumerate(each.survivors)
            ],
            "equivalents": [_mutant(mutant) for mutant in each.equivalent],
        }
        for each in held
    ]
    return msgspec.json.format(_ENCODER.encode({**_sums(held), "rules": rules}), indent=2).decode() + "\n"


def _sums(scores: tuple[Score, ...]) -> Mapping[str, int]:
    return {
        "made": sum(each.made for each in scores),
        "killed": sum(each.killed for each in scores),
        "equivalent": sum(len(each.equivalent) for each in scores),
        "survived": sum(len(each.survivors) for each in scores),
        "refused": sum(each.refused for each in scores),
    }


def _mutant(mutant: Mutant) -> Mapping[str, object]:
    place = mutant.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
        "what": mutant.what,
        "before": mutant.before,
        "after": mutant.after,
    }


_ENCODER = msgspec.json.Encoder(decimal_format="number")
FORMATS: Mapping[str, Callable[[Iterable[Score]], str]] = MappingProxyType({"text": text, "json": as_json})
