"""Processes that work on dossiers: each with a pipe of its own, so that the death of one costs but what it held.

A worker is made ready once, then given one task after the other. One that dies, or takes too long, is replaced; its
task is given back as lost, and whoever gave it out says whether it is tried again.

They are spawned: that takes a second at most and is the same on every system. A server that forks them saves half of
it, and is one more process that can die.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import TYPE_CHECKING, Self

from checker.batching.failure import Why
from checker.batching.working import Failed, Handle, Outcome, Task, Unfit, lost, unfit
from checker.collecting import collect_seldom
from checker.errors import Place, Problem, ZonecheckError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

START_LIMIT = 300.0
"""Seconds that a worker may take to be ready."""

MOST_STILLBORN = 3
"""So many workers in a row may end before they are ready; more, and none ever will be."""

OUT_OF_MEMORY = 120
DEFECT = "这是程序的缺陷，把这份档案和上面的信息报告给维护者"
BIGGER_MACHINE = "用内存大的机器，或者减少 --workers；再用同一条命令继续"
READY = None


def serve(link: Connection, prepare: Callable[[], Handle]) -> None:
    """Work on one task after the other, until nobody sends any. This is what a worker process runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the run ends its workers
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_seldom()
    try:
        handle = prepare()
        link.send(READY)
        while True:
            link.send(handle(link.recv()))
    except EOFError:
        return
    except ZonecheckError as error:
        link.send(unfit(error))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _end_with_parent() -> None:
    """End at once when the run is killed: nobody waits for what is being done."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


class _Worker:
    """A process, the task it is at, and until when it may be."""

    def __init__(self, prepare: Callable[[], Handle], limit: float | None) -> None:
        context = multiprocessing.get_context("spawn")
        self.link, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=serve, args=(theirs, prepare), daemon=True)
        with _uninterrupted():
            self._process.start()
        theirs.close()
        self._limit = limit
        self.task: Task | None = None
        self.is_ready = False
        self.until: float | None = time.monotonic() + START_LIMIT

    def give(self, task: Task) -> None:
        """Give it a task; one that has died meanwhile is found out when its answer is read."""
        self.task = task
        self.until = time.monotonic() + self._limit if self._limit is not None else None
        with contextlib.suppress(OSError):
            self.link.send(task)

    def answer(self) -> Outcome | Unfit | None:
        """Read what it says: an outcome, or that it is ready; raise `EOFError` if it is dead."""
        try:
            said: Outcome | Unfit | None = self.link.recv()
        except OSError as error:
            raise EOFError from error
        self.is_ready, self.until = True, None
        return said

    def end(self) -> int:
        """End it, whatever it is at, and give the code that it ended with."""
        self._process.kill()
        self._process.join()
        self.link.close()
        code = self._process.exitcode
        self._process.close()
        return code or 0

    def died(self) -> int:
        """Wait for one whose pipe is closed to end by itself, and give the code that says how."""
        self._process.join(timeout=5.0)
        return self.end()


class Pool:
    """So many workers, started when there is work for them."""

    def __init__(self, prepare: Callable[[], Handle], *, size: int, limit: float | None) -> None:
        self._prepare = prepare
        self._size = size
        self._limit = limit
        self._workers: list[_Worker] = []
        self._stillborn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._workers:
            each.end()
        self._workers.clear()

    def outcomes(self, next_task: Callable[[], Task | None]) -> Iterator[tuple[Task, Outcome]]:
        """Work on tasks until there are none, and give what becomes of each as soon as it is known.

        A task is asked for when a worker is free. `None` means that there is none now: there may be one again when
        what is under way has ended.
        """
        left = next_task()
        while left is not None or any(each.task is not None for each in self._workers):
            for each in self._workers:
                if left is not None and each.is_ready and each.task is None:
                    each.give(left)
                    left = next_task()
            while left is not None and len(self._workers) < self._size:
                self._workers.append(_Worker(self._prepare, self._limit))
            yield from self._heard()
            if left is None:
                left = next_task()

    def _heard(self) -> Iterator[tuple[Task, Outcome]]:
        """Wait until a worker says something, dies, or has had its time, and give what that comes to."""
        ends = [each.until for each in self._workers if each.until is not None]
        patience = max(0.0, min(ends) - time.monotonic()) if ends else None
        spoke = set(map(id, wait([each.link for each in self._workers], patience)))
        for each in list(self._workers):
            if id(each.link) in spoke:
                yield from self._said(each)
            elif each.until is not None and each.until <= time.monotonic():
                yield from self._overdue(each)

    def _said(self, worker: _Worker) -> Iterator[tuple[Task, Outcome]]:
        try:
            said = worker.answer()
        except EOFError:
            yield from self._dead(worker)
            return
        if isinstance(said, Unfit):
            raise said.error()
        self._stillborn = 0
        if said is not READY:
            assert worker.task is not None
            task, worker.task = worker.task, None
            yield task, said

    def _dead(self, worker: _Worker) -> Iterator[tuple[Task, Outcome]]:
        self._workers.remove(worker)
        code = worker.died()
        if worker.task is not None:
            yield worker.task, _died(code, worker.task)
            return
        if worker.is_ready:
            return
        self._stillborn += 1
        if self._stillborn >= MOST_STILLBORN:
            _, how = _ended(code)
            place = Place(file="zonecheck")
            raise ZonecheckError([Problem(message=f"工作进程起不来：{how}", place=place, suggestion=DEFECT)])

    def _overdue(self, worker: _Worker) -> Iterator[tuple[Task, Outcome]]:
        if not worker.is_ready:
            yield from self._dead(worker)
            return
        self._workers.remove(worker)
        worker.end()
        assert worker.task is not None
        yield worker.task, overdue(self._limit or 0.0, worker.task)


def overdue(limit: float, task: Task) -> Failed:
    """Say that a dossier took too long."""
    return lost(Why.TIMEOUT, f"超过 {limit:g} 秒还没有检查完", "用 --timeout 放宽时限，或者按年度、台账拆分档案", task)


def _died(code: int, task: Task) -> Failed:
    why, how = _ended(code)
    return lost(
        why, how, BIGGER_MACHINE if why is Why.DIED else "这是程序的缺陷，把这份档案和上面的信息报告给维护者", task
    )


def _ended(code: int) -> tuple[Why, str]:
    """Say how a process ended."""
    if code == OUT_OF_MEMORY:
        return Why.DIED, "检查它的进程内存不足"
    if code == -signal.SIGKILL:
        return Why.DIED, "检查它的进程被系统或者别人强行结束，多半是内存不足"
    if code < 0:
        names = {each.value: each.name for each in signal.Signals}
        return Why.DEFECT, f"检查它的进程意外终止（{names.get(-code, -code)}）"
    return Why.DEFECT, f"检查它的进程出错（{code}）"


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Start a process that an interruption from the keyboard does not reach; ours comes a moment later."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # whose start would let interruptions through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
