"""A run over many dossiers: what is to come, what is under way, what is done, and what is said of all at the end.

Reports go to the disk as they are made, and of each dossier a line; nothing of it stays in memory. Whoever does the
work, and in whatever order it is finished, the same bytes come of it.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence

from checker.batching import failure
from checker.batching.failure import Failure, Why
from checker.batching.sources import Entry, Found
from checker.batching.store import Store
from checker.batching.summary import ENDINGS, FORMATS, Totals, lacking, summarise
from checker.batching.working import Drafted, Order, Outcome, Task, key_of
from checker.classes import dataclass
from checker.errors import DossierError, Problem
from checker.policy.loading import Policy
from checker.site import exit_code_of

Work = Callable[[Callable[[], Task | None]], Iterator[tuple[Task, Outcome]]]
"""Does tasks, which it asks for one by one, and gives what becomes of each, in any order."""

MOST_TRIES = 2
FINAL = frozenset({Why.INVALID})
"""What would be the same at any other try."""

SUMMARIES = tuple(f"summary.{ending}" for ending in ENDINGS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a run came to: the dossiers with a report, of which `kept` were done before, and those without."""

    names: tuple[str, ...]
    kept: int
    failures: tuple[Failure, ...]


class Desk:
    """The dossiers of a run, each given out until it is done or has failed for good."""

    def __init__(
        self,
        found: Found,
        store: Store,
        order: Order,
        *,
        tell: Callable[[Failure], None],
        progress: Callable[..., None],
    ) -> None:
        self._left = deque(found.entries)
        self._store = store
        self._order = order
        self._tell = tell
        self._progress = progress
        self._tries: Counter[str] = Counter()
        self._under_way: dict[str, tuple[Entry, str]] = {}
        self._names: list[str] = []
        self._failures: list[Failure] = []
        self._kept = 0
        for each in found.failures:
            self._give_up(each)

    def next(self) -> Task | None:
        """Read the next dossier that has to be checked; one that is done already is passed over."""
        while self._left:
            entry = self._left.popleft()
            self._tries[entry.name] += 1
            try:
                content = entry.fetch()
            except DossierError as error:
                self._failed(entry, Why.UNREADABLE, error.problems)
                continue
            task = Task(name=entry.name, file=entry.file, data=content.data, cells=content.cells)
            key = key_of(self._order, task)
            if not self._store.holds(entry.name, key):
                self._under_way[entry.name] = (entry, key)
                return task
            self._kept += 1
            self._names.append(entry.name)
            self._count()
        return None

    def take(self, task: Task, outcome: Outcome) -> None:
        """Take what became of a dossier."""
        entry, key = self._under_way.pop(task.name)
        if isinstance(outcome, Drafted):
            self._store.keep(entry.name, key, outcome.digest, outcome.drafts)
            self._names.append(entry.name)
            self._count()
        else:
            self._failed(entry, outcome.why, outcome.problems)

    def _failed(self, entry: Entry, why: Why, problems: Sequence[Problem]) -> None:
        """Try a dossier again when all others have had their turn, or give it up."""
        tries = self._tries[entry.name]
        if why in FINAL or tries >= MOST_TRIES:
            kept = tuple(problems)
            self._give_up(Failure(name=entry.name, source=entry.source, why=why, tries=tries, problems=kept))
            self._count()
        else:
            self._left.append(entry)

    def _give_up(self, failed: Failure) -> None:
        self._store.drop(failed.name)
        self._failures.append(failed)
        self._tell(failed)

    def _count(self) -> None:
        done = len(self._names) + len(self._failures)
        self._progress(done, done - self._kept)

    def done(self) -> Done:
        """Say what the run came to."""
        return Done(names=tuple(sorted(self._names)), kept=self._kept, failures=tuple(self._failures))


def run(desk: Desk, store: Store, policy: Policy, work: Work, totals: Totals | None = None) -> Done:
    """Have every dossier checked, and write what is said of all together; *totals* is what a province says of them."""
    store.begin(SUMMARIES)
    for task, outcome in work(desk.next):
        desk.take(task, outcome)
    done = desk.done()
    store.finish(done.names, failure.written(done.failures), summaries(store, done, policy, totals))
    return done


def summaries(store: Store, done: Done, policy: Policy, totals: Totals | None) -> Iterator[tuple[str, bytes]]:
    """Say what all dossiers together come to, in each format that can be written here."""
    made = summarise(store.digests(done.names), done.failures, policy, totals)
    for name, render in FORMATS.items():
        if name not in lacking():
            yield f"summary.{ENDINGS[name]}", render(made)


def codes(done: Done, store: Store) -> Iterator[int]:
    """Give the exit code of each dossier."""
    yield from (exit_code_of(each) for each in store.digests(done.names))
    yield from (each.exit_code for each in done.failures)
