"""What becomes of each norm of the document: rules check it, people are asked, or it asks nothing of the zone.

It follows from what the pack says of the norm and from its rules; nobody writes it down. What binds somebody on the
spot and has neither rule nor question is unaccounted for.
"""

from collections.abc import Sequence
from enum import StrEnum

from checker.classes import dataclass
from checker.model import Modality
from checker.policy.law import Norm
from checker.policy.loading import Policy

_ASKS_NOTHING = frozenset({Modality.GOAL, Modality.ENCOURAGEMENT, Modality.PERMISSION})


class Treatment(StrEnum):
    """What becomes of a norm; the first that holds.

    People may be asked of a norm in any of these classes; `QUESTION` says that only they look after one that binds.
    """

    RULES = "rules"
    OTHERS = "others"
    NOT_NORMATIVE = "not_normative"
    QUESTION = "question"
    UNACCOUNTED = "unaccounted"

    @property
    def label(self) -> str:
        """The Chinese word of a class."""
        return {
            "rules": "有规则检查",
            "others": "省、部的事",
            "not_normative": "不设义务",
            "question": "由人判断",
            "unaccounted": "没有着落",
        }[self]

    @property
    def meaning(self) -> str:
        """What the class says, in Chinese."""
        return {
            "rules": "至少有一条规则以它为依据",
            "others": "只对省级人民政府、国务院主管部门提出，没有规则",
            "not_normative": "目标、鼓励、允许：没有做到不是违反",
            "question": "约束开发区、所在地人民政府或者企业，没有规则，由人按问题判断",
            "unaccounted": "约束开发区、所在地人民政府或者企业，既没有规则，也没有问题",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedNorm:
    """A norm, what becomes of it, and the rules that check it."""

    norm: Norm
    treatment: Treatment
    rules: tuple[str, ...]


def treatment_of(norm: Norm, rules: Sequence[str]) -> Treatment:
    """Say what becomes of a norm that these rules check.

    A permission that sets a duty by itself (not to go on without the procedure) is no mere permission.
    """
    if rules:
        return Treatment.RULES
    if not any(each.is_local for each in norm.addressee):
        return Treatment.OTHERS
    if norm.modality in _ASKS_NOTHING and not norm.own_duty:
        return Treatment.NOT_NORMATIVE
    return Treatment.UNACCOUNTED if norm.question is None else Treatment.QUESTION


def treated(policy: Policy) -> tuple[TreatedNorm, ...]:
    """Say of every norm of a pack what becomes of it, in the order of the document."""
    return tuple(
        TreatedNorm(norm=norm, treatment=treatment_of(norm, rules), rules=rules)
        for norm, rules in ((each, policy.checks.get(each.id, ())) for each in policy.norms.values())
    )
