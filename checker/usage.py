"""Mistakes in a command line, told in Chinese; it alone knows the English sentences of the library that finds them."""

import re
from collections.abc import Callable

from typer.exceptions import TyperException

from checker.errors import MisuseError, Place, Problem

SENTENCES: tuple[tuple[str, Callable[..., tuple[str, str]]], ...] = (
    (r"Missing command\.", lambda: ("没有写命令", "")),
    (
        r"No such command '(.*?)'(?:\.|\. Did you mean '(.*)'\?)",
        lambda name, meant: (f"没有命令 {name}", f"{_either(meant)}？" if meant else ""),
    ),
    (
        r"No such option: (\S*)(?: \(Possible options: (.*)\))?",
        lambda name, meant: (f"没有选项 {name}", f"{_either(meant)}？" if meant else ""),
    ),
    (r"Option '(.*)' requires an argument\.", lambda name: (f"选项 {name} 后面没有写值", "")),
    (r"Option '(.*)' does not take a value\.", lambda name: (f"选项 {name} 不带值", "")),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", lambda more: (f"多出的参数：{more}", "含空格的要加引号")),
    (r"Missing argument '(.*?)'\.?.*", lambda name: (f"缺少参数 {name}", "")),
    (r"Missing option '(.*?)'\.?.*", lambda name: (f"缺少选项 {name}", "")),
    (
        r"Invalid value for '(.*?)': (?:Value error, )?'(.*)' is not one of (.*)\.",
        lambda name, value, known: (
            f"{name} 不能是 {value}",
            f"可用：{known.replace(chr(39), '').replace(', ', '、')}",
        ),
    ),
    (
        r"Invalid value for '(.*?)': Input should be a valid (?:integer|number).*",
        lambda name: (f"{name} 后面要写一个数", ""),
    ),
    (
        r"Invalid value for '(.*?)': (?:Value error, )?'(.*)' does not match the formats? .*",
        lambda name, value: (f"{name} 的 {value} 不是日期", "写作 2024-12-31"),
    ),
)


def misuse_of(error: TyperException) -> MisuseError:
    """Word a mistake in a command line."""
    said = error.format_message()
    for pattern, word in SENTENCES:
        found = re.fullmatch(pattern, said, re.DOTALL)
        if found is not None:
            message, way_out = word(*found.groups())
            break
    else:
        message, way_out = f"命令写得不对（{said}）", ""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "zonecheck"
    suggestion = "；".join(part for part in (way_out, f"用法见 {command} --help") if part)
    return MisuseError([Problem(message=message, place=Place(file=command), suggestion=suggestion)])


def _either(names: str) -> str:
    return "、".join(each.strip(" '") for each in names.split(","))
