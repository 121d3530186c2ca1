"""The command line: the commands together, and how a run ends.

The exit code says what was found; over several dossiers the most serious one wins.
"""

import os
import sys
from pathlib import Path
from types import TracebackType

import typer
from typer.exceptions import TyperException

from checker.commands import batch, checks, comparing, dossiers, papers, receipts, rendering, rules
from checker.console import tell, tell_problems
from checker.errors import ZonecheckError
from checker.interruption import INTERRUPTED, STOPPED, raise_when_stopped, stop_at_once
from checker.usage import misuse_of

app = typer.Typer(
    name="zonecheck",
    help="国家级经济技术开发区合规检查：按国办发〔2014〕54号逐条检查园区档案，出具检查报告和整改通知书。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for _family in (checks.app, rendering.app, receipts.app, papers.app):
    app.add_typer(_family)
app.add_typer(dossiers.app, name="dossier", rich_help_panel="档案")
for _family in (batch.app, comparing.app):
    app.add_typer(_family)
app.add_typer(rules.app, name="rules", rich_help_panel="规则作者")


def main() -> None:
    """Run the command and exit."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - it stays open to the end
        getattr(sys, name).reconfigure(errors="replace")
    sys.excepthook = _tell_defect
    try:
        raise_when_stopped()
        code = _run()
    except KeyboardInterrupt:
        code = INTERRUPTED
    stop_at_once()
    if code == INTERRUPTED:
        tell(STOPPED)
    sys.exit(code)


def _run() -> int:
    """Run the command, and give the exit code."""
    try:
        command = typer.main.get_command(app)  # `app()` would put its own hook in place of ours
        code = command.main(prog_name="zonecheck", standalone_mode=False)
    except ZonecheckError as error:
        tell_problems(error)
        return error.exit_code
    except TyperException as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # whose making has printed the help
            tell_problems(misuse_of(error))
        return error.exit_code
    return code if isinstance(code, int) else 0


def _tell_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """End on a defect of ours with a code of its own: Python's would say that something is violated."""
    sys.__excepthook__(kind, error, trace)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ZonecheckError.exit_code)
