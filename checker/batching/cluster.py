"""The same work on the workers of a Dask cluster: dossiers travel there as bytes, reports come back as bytes.

The only module that knows `distributed`. Each worker has one dossier at a time: the rule engine of a process is not
for several threads, and when a worker dies it costs but that one. The cluster itself gives it to another worker, a
few times, before it gives it up.
"""

import contextlib
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import cache
from typing import Any

import dask
from distributed import Client, Future, wait
from distributed.scheduler import KilledWorker

from checker.batching.failure import Why
from checker.batching.pool import BIGGER_MACHINE, DEFECT, overdue
from checker.batching.working import Checked, Failed, Order, Outcome, Task, Unfit, checked, lost, program_of, site_for
from checker.batching.working import unfit as unfit_for
from checker.classes import dataclass
from checker.console import misuse
from checker.errors import ZonecheckError
from checker.site import Site

CONNECT = 10.0
RESTART = 4.0
"""So many seconds a worker has to end by itself before it is killed."""

LOOK_AROUND = 5.0
"""Every so many seconds it is looked whether there are other workers."""

PATIENCE = 120.0
"""So many seconds a cluster may have no worker at all."""

SAME_EVERYWHERE = "在各节点装上同一版本的 zonecheck 和 Python；自己的政策包放在各节点都能读到的同一路径"
_engine = threading.Lock()


# --- there ----------------------------------------------------------------------------------------------------------


@cache
def _site(order: Order) -> Site:
    """Load what a worker works with, once; raise an error if it would not give the bytes that are wanted."""
    site = site_for(order)
    if program_of(site) != order.program:
        raise misuse("集群节点上的程序与这里的不同，结果可能不一样", SAME_EVERYWHERE)
    return site


def ready(order: Order) -> Unfit | None:
    """Say of a worker why it can't be used, if so."""
    with _engine:
        try:
            _site(order)
        except ZonecheckError as error:
            return unfit_for(error)
    return None


def work(order: Order, task: Task) -> Checked | Failed | Unfit:
    """Check a dossier, on a worker of the cluster."""
    with _engine:
        try:
            site = _site(order)
        except ZonecheckError as error:
            return unfit_for(error)
        return checked(site, order, task)


# --- here -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """A task under way, and until when it may take."""

    task: Task
    until: float | None


class _Connection(Client):  # type: ignore[misc]  # its library has no types
    """A client that closes itself at once where it can't connect.

    One that is left to the garbage collector closes itself wherever that happens to run: inside the start of the next
    client too, which holds the lock that closing waits for.
    """

    def start(self, **kwargs: Any) -> None:
        try:
            super().start(**kwargs)
        except BaseException:
            self.close()
            raise


class Cluster:
    """A cluster that somebody keeps, as long as a run uses it. Raise `MisuseError` where that can't be.

    `keep` puts reports that have arrived onto the disk; `ready` and `work` are what the workers run.
    """

    def __init__(
        self,
        address: str,
        order: Order,
        *,
        limit: float | None,
        keep: Callable[[Checked], Outcome],
        ready: Callable[[Order], Unfit | None] = ready,
        work: Callable[[Order, Task], Checked | Failed | Unfit] = work,
    ) -> None:
        self._order = order
        self._ready = ready
        self._work = work
        self._limit = limit
        self._keep = keep
        self._seen = time.monotonic()
        for name in list(logging.root.manager.loggerDict):  # what matters of what they say is told below, in words
            if name.startswith(("distributed", "tornado")):
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._config = dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
        way_out = "核对 --cluster 的地址，例如 tcp://10.0.0.1:8786，以及调度器是否在运行"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions that differ are found out by their digests
            try:
                self._client = _Connection(address, timeout=CONNECT)
            except (OSError, ValueError) as error:
                raise misuse(f"连不上集群 {address}", way_out) from error
        with contextlib.ExitStack() as of_no_use:
            of_no_use.callback(self.close)
            self._look()
            of_no_use.pop_all()

    def _look(self) -> None:
        """Make sure that the workers can do the work as it would be done here."""
        try:
            answers = self._client.run(self._ready, self._order)
        except (ImportError, AttributeError) as error:
            raise misuse("集群节点上没有 zonecheck，或者版本不同", SAME_EVERYWHERE) from error
        for each in answers.values():
            if each is not None:
                raise each.error()

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close()

    def outcomes(self, next_task: Callable[[], Task | None]) -> Iterator[tuple[Task, Outcome]]:
        """Work on tasks until there are none, as a `Pool` does."""
        running: dict[Future, _Running] = {}
        left = next_task()
        try:
            while left is not None or running:
                free = max(1, self._workers()) - len(running)  # some clusters start a worker when there is work
                while left is not None and free > 0:
                    until = time.monotonic() + self._limit if self._limit is not None else None
                    running[self._given(left)] = _Running(task=left, until=until)
                    left, free = next_task(), free - 1
                yield from self._heard(running)
                if left is None:
                    left = next_task()
        except (CancelledError, OSError) as error:
            raise misuse("与集群的连接断了", "集群恢复以后，用同一条命令继续") from error
        finally:
            self._client.cancel(list(running))

    def _workers(self) -> int:
        """Count the workers; raise `MisuseError` if there have been none for long."""
        number = len(self._client.scheduler_info()["workers"])
        if number:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > PATIENCE:
            raise misuse("集群上没有工作进程", "启动工作进程（dask worker）以后，用同一条命令继续")
        return number

    def _given(self, task: Task) -> Future:
        """Give a task to the cluster, which knows who is free; a task that is bound to a worker outlives it."""
        return self._client.submit(self._work, self._order, task, pure=False)

    def _heard(self, running: dict[Future, _Running]) -> Iterator[tuple[Task, Outcome]]:
        """Wait until a task has ended or has had its time, and give what becomes of it."""
        ends = [each.until - time.monotonic() for each in running.values() if each.until is not None]
        patience = max(0.01, min([LOOK_AROUND, *ends]))
        if not running:
            time.sleep(patience)
            return
        try:
            done = wait(list(running), timeout=patience, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            done = set()
        for future in done:
            held = running.pop(future)
            yield held.task, self._outcome(future, held.task)
        for future, held in list(running.items()):
            if held.until is not None and held.until <= time.monotonic() and not future.done():
                del running[future]
                self._stop(future)
                yield held.task, overdue(self._limit or 0.0, held.task)

    def _outcome(self, future: Future, task: Task) -> Outcome:
        if future.status == "error":
            return _lost(future.exception(), task)
        found: Checked | Failed | Unfit = future.result()
        if isinstance(found, Unfit):
            raise found.error()
        return self._keep(found) if isinstance(found, Checked) else found

    def _stop(self, future: Future) -> None:
        """End a task that takes too long: nothing but the end of its worker does that."""
        at_it = [address for address, keys in self._client.processing().items() if future.key in keys]
        future.cancel(force=True)
        self._client.restart_workers(at_it, timeout=RESTART, raise_for_error=False)


def _lost(error: Any, task: Task) -> Failed:
    """Say what became of a dossier whose worker died, or whose check raised an error that is nobody's but ours."""
    if isinstance(error, KilledWorker):
        message = f"检查它的工作进程在集群上死了 {error.allowed_failures + 1} 次"
        return lost(Why.DIED, message, BIGGER_MACHINE, task)
    return lost(Why.DEFECT, f"检查它时出错（{type(error).__name__}：{error}）", DEFECT, task)
