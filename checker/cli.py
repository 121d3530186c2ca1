"""The command line: the commands together, and how a run ends.

The exit code says what was found; over several dossiers the most serious one wins.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, TracebackType

import typer
from typer.exceptions import TyperException

from checker.arguments import read_plainly
from checker.console import tell, tell_problems
from checker.errors import ZonecheckError
from checker.helping import help_in_chinese
from checker.interruption import INTERRUPTED, STOPPED, raise_when_stopped, stop_at_once

FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "checks": ("check", "explain"),
        "rendering": ("render",),
        "receipts": ("verify",),
        "papers": ("notice", "ledger", "self-report", "checklist"),
        "dossiers": ("dossier",),
        "batch": ("batch",),
        "comparing": ("diff",),
        "rules": ("rules",),
    }
)
"""The modules of the commands, in the order of the help, with the words that ask for each."""
GROUPS: Mapping[str, str] = MappingProxyType({"dossier": "档案", "rules": "规则作者"})
"""The words that begin several commands, with what the help calls them."""


def command_line(arguments: Sequence[str] = ()) -> typer.Typer:
    """Put the commands together; where *arguments* begin with the word of one, no more than is needed for it.

    Loading all of them takes longer than a check of a small dossier.
    """
    app = typer.Typer(
        name="zonecheck",
        help="国家级经济技术开发区合规检查：按国办发〔2014〕54号逐条检查园区档案，出具检查报告和整改通知书。",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(lambda: None)
    asked = [module for module, words in FAMILIES.items() if arguments[:1] and arguments[0] in words]
    for module in asked or FAMILIES:
        family = import_module(f"checker.commands.{module}").app
        [word, *_] = FAMILIES[module]
        if word in GROUPS:
            app.add_typer(family, name=word, rich_help_panel=GROUPS[word])
        else:
            app.add_typer(family)
    return app


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
        command = typer.main.get_command(command_line(sys.argv[1:]))  # calling it would put its own hook in ours' place
        read_plainly(command)
        help_in_chinese(command)
        code = command.main(prog_name="zonecheck", standalone_mode=False)
    except ZonecheckError as error:
        tell_problems(error)
        return error.exit_code
    except TyperException as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # whose making has printed the help
            from checker.usage import misuse_of  # noqa: PLC0415  (few commands are written wrong)

            tell_problems(misuse_of(error))
        return error.exit_code
    return code if isinstance(code, int) else 0


def _tell_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """End on a defect of ours with a code of its own: Python's would say that something is violated."""
    sys.__excepthook__(kind, error, trace)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ZonecheckError.exit_code)
