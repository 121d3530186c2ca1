"""The values of a command line, read at once where they are what they seem.

typer loads pydantic for each parameter, even for one that isn't given, and that takes longer than a check of a small
dossier. Here a plain value is read without it. Everything else is left to typer: what is written in another form, what
is wrong and has to be told, numbers, and a parameter that asks for more than a type.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin

UNREAD = object()


def read_plainly(command: Any) -> None:
    """Let the parameters of a command, and of all commands below it, read plain values themselves."""
    command.get_params = partial(_with_plain_reading, command.get_params)
    commands: Mapping[str, Any] = getattr(command, "commands", {})
    for below in commands.values():
        read_plainly(below)


def _with_plain_reading(parameters_of: Callable[[Any], list[Any]], context: Any) -> list[Any]:
    parameters = parameters_of(context)  # that of --help comes into being only here
    for each in parameters:
        each.process_value = partial(_processed, each)
    return parameters


def _processed(parameter: Any, context: Any, value: object) -> object:
    """Give the value of a parameter, as typer would."""
    read = _plain(parameter, value)
    if read is UNREAD:
        return type(parameter).process_value(parameter, context, value)
    return parameter.callback(context, parameter, read) if parameter.callback else read


def _plain(parameter: Any, value: object) -> object:
    described = parameter.type_descriptor
    told = described.parameter_info
    asks_more = told.parser or told.exists or told.writable or told.resolve_path
    if asks_more or not (told.file_okay and told.dir_okay):
        return UNREAD
    is_list = get_origin(described.annotation) is list
    if value in (None, (), []):
        return UNREAD if parameter.required else () if is_list else None
    if not is_list:
        return _one(described.annotation, value, told.formats)
    [kind] = get_args(described.annotation)
    read = [_one(kind, each, told.formats) for each in value] if isinstance(value, list | tuple) else [UNREAD]
    return UNREAD if UNREAD in read else read


def _one(kind: type, value: object, formats: Iterable[str] | None) -> object:
    if type(value) is kind and kind in {str, bool}:
        return value
    if issubclass(kind, Enum):
        return value if type(value) is kind else kind._value2member_map_.get(value, UNREAD)
    if kind is Path and type(value) is str:
        path = Path(value)
        return path if _is_readable(path) else UNREAD
    if kind is datetime and type(value) is str:
        return next(_days(value, formats or ()), UNREAD)
    return UNREAD


def _is_readable(path: Path) -> bool:
    """Say whether there is something that may be read, or nothing, which is not for the command line to say."""
    try:
        path.stat()
    except (OSError, ValueError):
        return True
    return os.access(path, os.R_OK)


def _days(value: str, formats: Iterable[str]) -> Iterator[datetime]:
    for each in formats:
        try:
            yield datetime.strptime(value, each)  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
