"""What workers do in the tests of runs: a task says by its bytes what happens to whoever takes it.

`python batch_workers.py OUT TASK...` is a run of such tasks in a process of its own, to be killed.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from checker.batching import failure
from checker.batching.failure import Why
from checker.batching.pool import Pool
from checker.batching.run import Desk, Done
from checker.batching.sources import Content, Entry, Found
from checker.batching.store import Store, draft
from checker.batching.working import Checked, Drafted, Failed, Handle, Order, Outcome, Task
from checker.errors import Place, PolicyError, Problem
from checker.model import Mode

ORDER = Order(policy=None, pack="", program="", as_of=None, mode=Mode.INSPECTION, formats=("json", "html"))
LARGE = 300_000

PROBLEM = Problem(message="不合格", place=Place(file="x"))


def prepare(out: Path) -> Handle:
    """Make a worker ready."""
    return partial(do, out)


def unfit() -> Handle:
    """Make a worker that can't be made ready."""
    raise PolicyError([PROBLEM])


def stillborn() -> Handle:
    """Make a worker that dies before it is ready."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def do(out: Path, task: Task) -> Outcome:
    """Do what the bytes of a task say; what is marked so happens the first time only."""
    what, _, is_once = task.data.partition(b", ")
    marker = out / f"{task.name}.seen"
    if is_once and marker.exists():
        what = b"work"
    if is_once:
        marker.touch()
    match what:
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"crash":
            os.abort()
        case b"exhaust":
            raise MemoryError
        case b"fail":
            raise ValueError(task.name)
        case b"sleep":
            time.sleep(60)
        case b"work slowly":
            time.sleep(0.02)
        case b"refuse":
            return Failed(why=Why.INVALID, problems=(PROBLEM,))
    held = task.name.encode() * (LARGE // len(task.name) if what == b"work slowly" else 1)
    return Drafted(digest=b"{}", drafts=draft(out, {"json": held, "html": held}))


def do_there(_order: Order, task: Task) -> Checked | Failed:
    """Do the same on a cluster, whence reports come back."""
    found = do(Path(task.file), task)
    return found if isinstance(found, Failed) else Checked(digest=b"{}", reports={"json": task.data})


def ready_there(_order: Order) -> None:
    """Have nothing to make ready."""


def entries_of(tasks: Sequence[bytes], file: str = "f") -> tuple[Entry, ...]:
    """Make dossiers of tasks."""
    return tuple(
        Entry(name=f"t{number}", source=f"s{number}", file=file, fetch=partial(Content, data=data))
        for number, data in enumerate(tasks)
    )


def work_on(tasks: Sequence[bytes], out: Path, *, size: int = 2, limit: float | None = None) -> Done:
    """Run tasks through a desk and a pool."""
    found = Found(entries=entries_of(tasks), failures=())
    with Store.opened(out, fresh=False) as store, Pool(partial(prepare, out), size=size, limit=limit) as pool:
        desk = Desk(found, store, ORDER, tell=lambda _failed: None, progress=lambda *_done: None)
        for task, outcome in pool.outcomes(desk.next):
            desk.take(task, outcome)
        done = desk.done()
        store.finish(done.names, failure.written(done.failures))
    return done


if __name__ == "__main__":
    kept = work_on([each.encode() for each in sys.argv[2:]], Path(sys.argv[1])).kept
    sys.stdout.write(f"{kept}\n")
