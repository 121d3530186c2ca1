"""What the checks object to in a rule pack, and what each check is for, as text and as JSON."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from checker.classes import dataclass
from checker.linting import CHECKS, Check, Remark, Weight
from checker.reporting.columns import wrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What came of the checks: so many rules were looked at, and these remarks were made."""

    rules: int
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> int:
        """How many of them fail the pack."""
        return sum(each.is_error for each in self.remarks)


def text(linted: Linted) -> str:
    """Write every remark with its place, the line and the way out, and the sum of all."""
    return "".join(f"{each}\n" for each in _lines(linted))


def _lines(linted: Linted) -> Iterator[str]:
    for each in linted.remarks:
        yield f"{each.place}: [{each.check.number} {each.check.weight.label}] {each.message}"
        if each.excerpt:
            yield each.excerpt
        if each.suggestion:
            yield f"  → {each.suggestion}"
    looked = f"{linted.rules}条规则，{sum(each.look is not None for each in CHECKS.values())}项检查"
    if not linted.remarks:
        yield f"{looked}：没有发现问题"
        return
    yield f"{looked}：错误{linted.errors}处，建议{len(linted.remarks) - linted.errors}处"
    numbers = sorted({each.check.number for each in linted.remarks})
    yield f"为什么、怎样改：zonecheck rules lint --explain {numbers[0]}" + ("（或者 all）" if len(numbers) > 1 else "")


def as_json(linted: Linted) -> str:
    """Write every remark."""
    return _json(
        {
            "rules": linted.rules,
            "errors": linted.errors,
            "advice": len(linted.remarks) - linted.errors,
            "remarks": [
                {
                    "check": each.check.number,
                    "title": each.check.title,
                    "weight": each.check.weight,
                    "rule": each.rule or None,
                    "file": each.place.file,
                    "line": each.place.line,
                    "column": each.place.column,
                    "pointer": each.place.pointer,
                    "message": each.message,
                    "suggestion": each.suggestion,
                }
                for each in linted.remarks
            ],
        }
    )


def explained(checks: Sequence[Check]) -> str:
    """Write what checks are for."""
    return "\n".join("".join(f"{line}\n" for line in _explanation(each)) for each in checks)


def _explanation(check: Check) -> Iterator[str]:
    yield f"{check.number} {check.title}（{_OUTCOMES[check.weight]}）"
    for word, told in (("为什么", check.why), ("怎样改", check.way_out), ("例", check.example)):
        yield from wrap(f"{word}：{told}", indent=4, hang=4)


_OUTCOMES: Mapping[Weight, str] = MappingProxyType(
    {
        Weight.ERROR: "错误，退出码5",
        Weight.ADVICE: "建议，不影响退出码",
        Weight.LOADING: "加载时拒绝：任何命令都查，这里不再查",
    }
)


def explained_as_json(checks: Sequence[Check]) -> str:
    """Write what checks are for."""
    keys = ("number", "title", "weight", "why", "way_out", "example")
    return _json({"checks": [{key: getattr(each, key) for key in keys} for each in checks]})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Linted], str]] = MappingProxyType({"text": text, "json": as_json})
EXPLANATIONS: Mapping[str, Callable[[Sequence[Check]], str]] = MappingProxyType(
    {"text": explained, "json": explained_as_json}
)
"""The same formats, for what checks are for."""
