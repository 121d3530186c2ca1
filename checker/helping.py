"""The help of the commands, in Chinese: its own few words, and its lines, which break between Chinese characters too.

The library breaks a line at spaces only, and cuts off what is longer than a line: of Chinese that would be most.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

OPENING, CLOSING = "（“《〔「", "，。、；：！？）”》〕」…"
CHINESE = "\u2e80-\u2fdf\u3040-\u9fff"
WORD = rf"\s*[{OPENING}]*(?:[{CHINESE}]|[^\s{OPENING}{CLOSING}{CHINESE}]{{1,14}}|\S)[{CLOSING}]*\s*"
"""What stays on one line: a Chinese character, or a word of not too many letters, with the signs around it."""
WORDS = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}


def help_in_chinese(command: Any) -> None:
    """Have a command, and all commands below it, tell their help so."""
    command.format_help = partial(_told, command, command.format_help)
    command.get_usage = partial(_usage, command.get_usage)
    commands: Mapping[str, Any] = getattr(command, "commands", {})
    for below in commands.values():
        help_in_chinese(below)


def _told(command: Any, tell: Callable[[Any, Any], None], context: Any, formatter: Any) -> None:
    from rich import _wrap  # noqa: PLC0415  (only who asks for help needs these)
    from rich.text import Text  # noqa: PLC0415 - as above
    from typer import rich_utils  # noqa: PLC0415 - as above

    _wrap.re_word = re.compile(WORD)
    written: Any = Text
    written.rstrip_end = lambda text, _: text.rstrip()  # the library's own takes every character for narrow
    for name, word in WORDS.items():
        setattr(rich_utils, name, word)
    for each in command.get_params(context):
        if each.name == "help":
            each.help = "显示这段说明"
        if getattr(each, "is_flag", False):
            each.metavar = ""
    tell(context, formatter)


def _usage(usage: Callable[[Any], str], context: Any) -> str:
    return usage(context).replace("Usage:", "用法：", 1)
