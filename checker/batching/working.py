"""What is done with one dossier, wherever it is done: from its bytes to its reports and its digest.

The same task gives the same bytes in any process, on any machine: a worker that has another pack or another program
says so before it begins.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from checker.batching.digest import digest, written
from checker.batching.failure import Why
from checker.batching.store import Draft, draft
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.errors import DossierError, MisuseError, Place, PolicyError, Problem, ReadingsDisagreeError, ZonecheckError
from checker.libraries import installed
from checker.limits import BeyondLimitError, bearing, fits, limits
from checker.model import Mode
from checker.remembering import content_key
from checker.reporting import FORMATS
from checker.resources import own_files
from checker.sheets.files import is_workbook, load_data, load_text
from checker.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of every dossier of a run.

    `policy` is where the pack is, as `--policy` names it; `pack` is the digest of what it says, and `program` that of
    all else that a report depends on.
    """

    policy: Path | None
    pack: str
    program: str
    as_of: datetime | None
    mode: Mode
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One dossier to check: its name in the run, the name its report gives, its bytes, and the map beside it."""

    name: str
    file: str
    data: bytes
    cells: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The reports on a dossier by their formats, and its digest as a line."""

    digest: bytes
    reports: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A dossier whose reports are on the disk as drafts, and its digest as a line."""

    digest: bytes
    drafts: Mapping[str, Draft]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why a dossier gives no report this time."""

    why: Why
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why a worker can't go on, whatever the dossier: an error, in a form that travels."""

    exit_code: int
    problems: tuple[Problem, ...]

    def error(self) -> ZonecheckError:
        """Give the error again that ended the worker."""
        kinds = {each.exit_code: each for each in (MisuseError, PolicyError)}
        return kinds.get(self.exit_code, ZonecheckError)(self.problems)


Outcome = Drafted | Failed
Handle = Callable[[Task], Outcome]


def order_of(site: Site, policy: Path | None, as_of: datetime | None, mode: Mode, formats: tuple[str, ...]) -> Order:
    """Say what a run asks of every dossier, and with what it is done."""
    return Order(
        policy=policy,
        pack=site.policy.stamp.sha256,
        program=program_of(site),
        as_of=as_of,
        mode=mode,
        formats=formats,
    )


def program_of(site: Site) -> str:
    """Give the digest of all that reports depend on, besides the dossiers and what is asked."""
    total = hashlib.sha256(content_key(site.policy.stamp.sha256, site.schema).encode())
    for name, data in own_files():
        total.update(f"{name}\n{len(data)}\n".encode() + data)
    total.update("\n".join(f"{name} {version}" for name, version in installed().items()).encode())
    return total.hexdigest()


def key_of(order: Order, task: Task) -> str:
    """Say what a report is made from, in one digest: as long as it is the same, the report is."""
    parts = {
        "pack": order.pack,
        "program": order.program,
        "as_of": order.as_of.date().isoformat() if order.as_of else None,
        "mode": order.mode.value,
        "formats": sorted(order.formats),
        "name": task.name,
        "file": task.file,
        "dossier": hashlib.sha256(task.data).hexdigest(),
        "cells": hashlib.sha256(task.cells).hexdigest() if task.cells is not None else None,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def site_for(order: Order) -> Site:
    """Load what a worker works with; raise `PolicyError` if it is not what the run was begun with.

    The examples of the pack were run where the run was begun, which this machine may remember.
    """
    site = Site.load(order.policy)
    if site.policy.stamp.sha256 != order.pack:
        message, suggestion = "政策包与检查开始时的不同", "不要在检查过程中改动政策包；用同一条命令继续"
        place = Place(file=str(order.policy or ""))
        raise PolicyError([Problem(message=message, place=place, suggestion=suggestion)])
    return site


def checked(site: Site, order: Order, task: Task) -> Checked | Failed:
    """Check one dossier; raise `MemoryError` where there is no more, if no limit was set to it."""
    try:
        with bearing(task.file):
            dossier = _loaded(site, task)
            report = site.report(dossier, order.as_of, order.mode)
    except BeyondLimitError as error:
        if error.limit == "memory" and not limits().memory:
            raise MemoryError from error
        return Failed(why=Why.TIMEOUT if error.limit == "seconds" else Why.INVALID, problems=error.problems)
    except DossierError as error:
        return Failed(why=Why.INVALID, problems=error.problems)
    except ReadingsDisagreeError as error:
        return Failed(why=Why.DEFECT, problems=error.problems)
    return Checked(
        digest=written(digest(task.name, report, dossier)),
        reports={name: FORMATS[name](report) for name in order.formats},
    )


def _loaded(site: Site, task: Task) -> Dossier:
    """Load a dossier; in portions, if there is not enough memory for all of it."""
    if fits(len(task.data)) or is_workbook(task.file):
        return load_data(task.data, task.file, site.schema, task.cells)
    from checker.dossier.spans import BytesText  # noqa: PLC0415  (few dossiers are so long)

    return load_text(BytesText(task.data), task.file, site.schema, task.cells)


def prepare(order: Order, out: Path) -> Handle:
    """Make a worker ready on this machine: what it does with a task, its reports going to the disk from there."""
    return partial(_drafted, site_for(order), order, out)


def _drafted(site: Site, order: Order, out: Path, task: Task) -> Outcome:
    found = checked(site, order, task)
    return found if isinstance(found, Failed) else Drafted(digest=found.digest, drafts=draft(out, found.reports))


def unfit(error: ZonecheckError) -> Unfit:
    """Say why a worker can't go on."""
    return Unfit(exit_code=error.exit_code, problems=error.problems)


def lost(why: Why, message: str, suggestion: str, task: Task) -> Failed:
    """Say that a dossier was lost on the way, for no fault that it could tell of."""
    problem = Problem(message=message, place=Place(file=task.file), suggestion=suggestion)
    return Failed(why=why, problems=(problem,))
