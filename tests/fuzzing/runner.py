"""Runs the command again and again, each time in a process of its own that begins with everything loaded.

Its arguments are the languages to be ready for. It reads orders from standard input, a line of JSON each, and answers
each with another: the exit code (negative where a signal ended it, `null` where time did), the seconds it took and the
memory that it used. To fork costs a fiftieth of what it costs to load the program, and what an input breaks is gone
with its process.
"""

import contextlib
import io
import json
import os
import resource
import selectors
import signal
import sys
from pathlib import Path
from typing import Any

import checker.papers.issuing
import checker.papers.merging
import checker.reporting.reading
import checker.sheets.importing
import checker.sheets.land_supply
import checker.sheets.template
import checker.sheets.workbook  # noqa: F401 - the makers of papers take longest to load
from checker import cli, site
from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.policy.loading import Policy, read_policy
from checker.reporting import FORMATS
from checker.verifying import load_policy

EXAMPLES = Path(__file__).parents[2] / "examples"
_shipped: dict[tuple[Path, str], Policy] = {}


def load(folder: Path, schema: Any, _memory: object) -> Policy:
    """Load a pack as the program does, but that the shipped ones are loaded once and nothing is remembered."""
    found = _shipped.get((folder, schema.language))
    return load_policy(folder, schema) if found is None else found


def prepare() -> None:
    """Load what every run needs."""
    for language in sys.argv[1:]:
        schema = dossier_schema(language)
        for pack in site.shipped_packs():
            where = site.pack_folder(Path(pack))
            _shipped[where, language] = read_policy(where, schema)
    site.load_remembered = load  # type: ignore[assignment, attr-defined]  # as the tests of the command line do
    dossier = load_dossier((EXAMPLES / "shandong.json").read_bytes(), "shandong.json", dossier_schema())
    for policy in _shipped.values():  # what is compiled at first use
        report = check(policy, dossier)
        for render in FORMATS.values():
            render(report)
    sys.argv = ["zonecheck", "check", str(EXAMPLES / "dossier.json")]
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.suppress(SystemExit):
        cli.main()


def serve() -> None:
    """Carry out orders until there are no more."""
    prepare()
    print(json.dumps("ready"), flush=True)  # noqa: T201 - the answers go to standard output
    for line in sys.stdin:
        print(json.dumps(carried_out(json.loads(line))), flush=True)  # noqa: T201


def carried_out(order: dict[str, Any]) -> dict[str, Any]:
    """Run one command line in its folder, with its streams led into files."""
    child = os.fork()
    if child == 0:
        _begin(order)
    watch = os.pidfd_open(child)
    with selectors.DefaultSelector() as waiting:
        waiting.register(watch, selectors.EVENT_READ)
        ended_by_itself = bool(waiting.select(order["seconds"]))
    os.close(watch)
    if not ended_by_itself:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status) if ended_by_itself else None
    return {"code": code, "seconds": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024}


def _begin(order: dict[str, Any]) -> None:
    """Become the command; never come back."""
    os.chdir(order["folder"])
    for number, name in ((1, "out"), (2, "err")):
        stream = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if order.get("file_size") is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_size"], order["file_size"]))
    if order.get("user") is not None:
        os.setgid(order["user"])
        os.setuid(order["user"])
    sys.argv = ["zonecheck", *order["arguments"]]
    code: object = 0
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as the interpreter does with whatever a program lets through
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    serve()
