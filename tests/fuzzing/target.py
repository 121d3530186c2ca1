"""The long-running target: one kind of input after another, for as long as was asked."""

import argparse
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning
from hypothesis.strategies import SearchStrategy

from checker.reporting.wording import visible
from fuzzing import commands, dossiers, packs, reports, workbooks
from fuzzing.oracle import SURROUNDINGS, Input, Runner, differences, faults

KINDS: Mapping[str, Any] = {
    "dossier": dossiers.inputs,
    "pack": packs.inputs,
    "workbook": workbooks.inputs,
    "report": reports.inputs,
    "commands": commands.inputs,
}
BATCH = 40
"""So many inputs of a kind are tried before it is the next one's turn."""


class FaultError(AssertionError):
    """What should not have come of an input."""


class Target:
    """Tries inputs, and keeps those that show a fault."""

    def __init__(self, runners: tuple[Runner, Runner], keep: Path) -> None:
        self.runners = runners
        self.keep = keep
        self.tried: Counter[str] = Counter()
        self.codes: Counter[tuple[str, int | None]] = Counter()
        self.slowest: dict[str, float] = {}
        self.largest: dict[str, int] = {}
        self.found: list[str] = []
        self.smallest: tuple[Input, list[str]] | None = None

    def hold(self, given_: Input) -> None:
        """Run an input in both surroundings; raise `FaultError` for what should not have come of it."""
        one, other = (each.run(given_) for each in self.runners)
        self.tried[given_.kind] += 1
        self.codes[given_.kind, one.code] += 1
        self.slowest[given_.kind] = max(self.slowest.get(given_.kind, 0.0), one.seconds)
        self.largest[given_.kind] = max(self.largest.get(given_.kind, 0), one.memory)
        wrong = [*faults(given_, one), *differences(one, other)]
        if wrong:
            self.smallest = given_, wrong
            raise FaultError

    def batch(self, kind: str, strategy: SearchStrategy[Input], number: int, many: int = BATCH) -> None:
        """Try some inputs of a kind; a fault is shrunk and kept."""

        @seed(number)
        @settings(
            max_examples=many,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def hold(given_: Input) -> None:
            self.hold(given_)

        try:
            hold()
        except FaultError:
            assert self.smallest is not None
            self._keep(kind, number, *self.smallest)

    def _keep(self, kind: str, number: int, given_: Input, wrong: list[str]) -> None:
        place = self.keep / f"{kind}-{number}"
        for name, data in given_.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
        told = "\n".join((repr(given_), *wrong, ""))
        (place / "fault.txt").write_text(told, encoding="utf-8", errors="surrogateescape")
        self.found.append(f"{kind} {number}: {wrong[-1].strip().splitlines()[-1][:200]}")
        tell(f"--- {place}\n{told}")

    def summary(self) -> str:
        """Tell how much was tried and what was found."""
        lines = []
        for kind, many in self.tried.items():
            codes = ", ".join(
                f"{code}: {number}" for (of, code), number in sorted(self.codes.items(), key=str) if of == kind
            )
            lines.append(
                f"{kind}: {many} inputs (exit codes {codes}), the slowest {self.slowest[kind]:.1f} s, "
                f"the largest {self.largest[kind] // 1_000_000} MB"
            )
        return "\n".join([*lines, f"{sum(self.tried.values())} inputs, {len(self.found)} faults", *self.found])


def tell(words: str) -> None:
    """Tell whoever watches; what an input holds can't steer the terminal."""
    sys.stdout.write("\n".join(map(visible, words.splitlines())) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run for as long as was asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description="Try inputs that are nearly right.")
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="kinds of inputs; all of them by default")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="the first batch; by default another one in each run")
    parser.add_argument("--keep", type=Path, default=None, help="a folder for inputs that show a fault")
    asked = parser.parse_args()
    keep = asked.keep or Path(tempfile.mkdtemp(prefix="faults-"))
    number = random.SystemRandom().randrange(1_000_000) if asked.seed is None else asked.seed
    end = time.monotonic() + 60 * asked.minutes
    warnings.simplefilter("ignore", HypothesisWarning)  # what is told of a fault is told below
    tell(f"seed {number}, faults are kept in {keep}")
    with Runner(SURROUNDINGS[0], "zh", "en") as one, Runner(SURROUNDINGS[1], "zh", "en") as other:
        target = Target((one, other), keep)
        while time.monotonic() < end:
            for kind in asked.kinds or KINDS:
                if time.monotonic() < end:
                    target.batch(kind, KINDS[kind](), number)
            number += 1
    tell(target.summary())
    sys.exit(1 if target.found else 0)
