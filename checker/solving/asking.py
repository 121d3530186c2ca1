"""Asking the solver whether something can be, and if not, which truths contradict one another."""

from collections.abc import Sequence
from typing import Any

from checker.classes import dataclass
from checker.solving.judgement import Judgement
from checker.solving.sketch import Sketch
from checker.solving.terms import Term, solver_package, term_of
from checker.solving.writing import write
from checker.verifying import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the solver says of a question.

    A dossier to be tried where it is thought possible, the truths that contradict one another where it is not; neither
    where the time was too short.
    """

    dossier: Written | None = None
    core: tuple[str, ...] = ()
    is_impossible: bool = False


def ask(sketch: Sketch, judgements: Sequence[Judgement], goal: Term, *, seconds: float) -> Reply:
    """Ask whether something can be; small dossiers of our days, in which all is exact, are tried first."""
    z3 = solver_package()
    solver = z3.Solver()
    solver.set("timeout", int(seconds * 1000))
    definitions = [each for judgement in judgements for each in judgement.definitions]
    solver.add(*map(term_of, (*sketch.known_facts(), goal, *(term for term, _ in definitions))))
    judged = [row for each in judgements for row in each.chain]
    crisp, small = sketch.crisp(), sketch.small(judged)
    for preferred in ([*crisp, *small], crisp, small):
        if solver.check(*preferred) == z3.sat:
            return Reply(dossier=_dossier(sketch, judgements, solver, preferred))
    found = solver.check()
    if found == z3.sat:
        return Reply(dossier=_dossier(sketch, judgements, solver, ()))
    if found != z3.unsat:
        return Reply()
    return Reply(is_impossible=True, core=_core(sketch, definitions, goal, seconds))


def _core(sketch: Sketch, definitions: Sequence[tuple[Term, str]], goal: Term, seconds: float) -> tuple[str, ...]:
    """Give the truths that contradict one another; all there are where the time is too short to tell."""
    z3 = solver_package()
    solver = z3.Solver()
    solver.set("timeout", int(seconds * 1000))
    solver.set("core.minimize", True)
    solver.add(*map(term_of, (*sketch.known_facts(), goal)))
    for number, (term, _) in enumerate(definitions):
        solver.assert_and_track(term_of(term), f"d{number}")
    if solver.check() != z3.unsat:
        return tuple(says for _, says in definitions)
    used = {str(each) for each in solver.unsat_core()}
    return tuple(says for number, (_, says) in enumerate(definitions) if f"d{number}" in used)


def _dossier(sketch: Sketch, judgements: Sequence[Judgement], solver: Any, preferred: Sequence[Term]) -> Written:
    """Write a dossier in which numbers have two decimals, where there is one; else one as the solver found it."""
    model = solver.model()
    solver.push()
    solver.add(*sketch.with_two_decimals())
    if solver.check(*preferred) == solver_package().sat:
        model = solver.model()
    solver.pop()
    return write(sketch, model, [each.chain for each in judgements])
