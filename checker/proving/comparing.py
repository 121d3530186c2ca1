"""A dossier that tells two versions of a rule apart, as far as a solver thinks of one.

That it thinks of none proves nothing: it looks at small dossiers in which every value is known, and the two may differ
where a value is not, or a day is known only to the month. So no rule is called the same as another by it.
"""

from checker.model import Verdict
from checker.policy.loading import Policy
from checker.policy.rules import Rule
from checker.proving.prover import FEW, SECONDS
from checker.solving.asking import ask
from checker.solving.judgement import Judgement
from checker.solving.sketch import Sketch
from checker.solving.terms import all_of, any_of, is_not
from checker.verifying import Written


def thought_of(policy: Policy, rule: Rule, other: Rule, *, seconds: float = SECONDS) -> Written | None:
    """Give a dossier to be tried, on which two versions of a rule may give different verdicts."""
    sketch = Sketch(policy.schema, policy.parameters, policy.statute, most=FEW)
    one, another = Judgement(sketch, rule), Judgement(sketch, other)
    differ = any_of(*(all_of(one.verdict(each), is_not(another.verdict(each))) for each in Verdict))
    return ask(sketch, [one, another], differ, seconds=seconds).dossier
