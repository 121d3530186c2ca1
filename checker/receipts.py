"""Receipts: of what a report was made, and which bytes it has, so that anybody can make it again and compare.

A receipt is untrusted when it comes back: it is small, flat and exactly what the schema allows; nothing in it is ever
opened. It holds no clock, no path and no name of a machine: the same inputs give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from typing import Any

from checker.classes import dataclass
from checker.conforming import Check, conforming
from checker.dossier.loading import Dossier
from checker.dossier.places import pointer_of
from checker.dossier.records import BOM
from checker.errors import Place, Problem, ReceiptError
from checker.model import Mode, PolicyStamp, Report
from checker.policy.loading import Policy
from checker.reporting import FORMATS
from checker.reporting.json import stamp, written
from checker.reporting.reading import stamped
from checker.resources import folder

LARGEST = 64 * 1024
"""No receipt has so many bytes."""
NAME, SCHEMA_VERSION = "zonecheck", "1.0"
AGAIN = "用 zonecheck check --receipt 重新生成，不要手工修改"

Object = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A version of the program; `sha256` is that of its own files: its modules, schemas and templates.

    `libraries` gives the version of each that has a part in a report.
    """

    name: str
    version: str
    sha256: str
    libraries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One format of a report, with the digest and the number of its bytes."""

    format: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Of what a report was made, how, and which bytes came of it.

    `file` is the name under which the report speaks of the dossier, not a path. `cells` is the digest of the map of
    cells beside an imported dossier, `parameters` that of the figures of the pack and of those that it extends.
    `horizon` (`180d`, empty for none) and `cures` are what was asked for beyond the check itself.
    """

    program: Program
    dossier: str
    file: str
    sha256: str
    cells: str
    policy: PolicyStamp
    parameters: str
    as_of: date
    mode: Mode
    language: str
    horizon: str
    cures: bool
    report_format: str
    reports: tuple[Written, ...]


def program_of(files: Iterable[tuple[str, bytes]], version: str, libraries: Mapping[str, str]) -> Program:
    """Name a version of the program that has these files, and works with these libraries."""
    digest = hashlib.sha256()
    for path, data in files:
        digest.update(f"{path}\n{len(data)}\n".encode())
        digest.update(data)
    return Program(name=NAME, version=version, sha256=digest.hexdigest(), libraries=libraries)


def receipt(
    report: Report, dossier: Dossier, policy: Policy, program: Program, files: Mapping[str, bytes], *, horizon: str = ""
) -> Receipt:
    """Make the receipt of *report*, which was made of *dossier* and *policy*; *files* are the bytes of each format."""
    return Receipt(
        program=program,
        dossier=report.dossier.id,
        file=report.dossier.file,
        sha256=dossier.sha256,
        cells=_cells(dossier),
        policy=policy.stamp,
        parameters=_figures(policy),
        as_of=report.as_of,
        mode=report.mode,
        language=report.language,
        horizon=horizon,
        cures=any(each.cure is not None for each in report.findings),
        report_format=report.schema_version,
        reports=_written(files),
    )


def at_hand(
    held: Receipt,
    dossier: Dossier,
    policy: Policy,
    program: Program,
    *,
    report: Report | None,
    files: Mapping[str, bytes],
) -> Receipt:
    """Give the receipt that would be written now; without a *report* made again, as far as what goes into one."""
    return replace(
        held,
        program=program,
        dossier=dossier.root.meta.dossier_id,
        sha256=dossier.sha256,
        cells=_cells(dossier),
        policy=policy.stamp,
        parameters=_figures(policy),
        report_format=held.report_format if report is None else report.schema_version,
        reports=_written(files),
    )


def rendered(report: Report, formats: Iterable[str]) -> Mapping[str, bytes]:
    """Write a report in several formats, each as it stands in a file."""
    return {each: FORMATS[each](report) for each in formats}


def _written(files: Mapping[str, bytes]) -> tuple[Written, ...]:
    return tuple(Written(format=name, sha256=_digest(data), size=len(data)) for name, data in files.items())


def _cells(dossier: Dossier) -> str:
    return "" if dossier.cells is None else _digest(dossier.cells.document())


def _figures(policy: Policy) -> str:
    """Hash the figures of a pack, and of those that it extends, by the bytes of their files."""
    digest = hashlib.sha256()
    for each in policy.figures:
        data = each.text.encode()
        digest.update(f"{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- in and out -----------------------------------------------------------------------------------------------------


def document(held: Receipt) -> bytes:
    """Write a receipt: the same receipt has the same bytes."""
    return (
        written(
            {
                "schema_version": SCHEMA_VERSION,
                "tool": {**asdict(held.program), "libraries": dict(sorted(held.program.libraries.items()))},
                "dossier": {"id": held.dossier, "file": held.file, "sha256": held.sha256, "cells": held.cells},
                "policy": stamp(held.policy),
                "parameters": held.parameters,
                "as_of": held.as_of.isoformat(),
                "mode": held.mode.value,
                "language": held.language,
                "horizon": held.horizon,
                "cures": held.cures,
                "report_format": held.report_format,
                "reports": list(map(asdict, held.reports)),
            }
        )
        + b"\n"
    )


def read(data: bytes, name: str) -> Receipt:
    """Read a receipt; raise `ReceiptError` for what is none, or is not written as this program writes it."""
    if len(data) > LARGEST:
        raise _refused(name, f"文件过大，收据不超过 {LARGEST // 1024} KB")
    try:
        held = json.loads(data.removeprefix(BOM), object_pairs_hook=_object)
        found = _check()(held)
    except (ValueError, RecursionError):
        raise _refused(name, "不是有效的 JSON") from None
    if found is not None:
        if not isinstance(held, dict) or "report_format" not in held:
            raise _refused(name, "这不是 zonecheck 的收据")
        raise _refused(name, found.message, pointer_of(found.steps))
    found_receipt = _receipt(held)
    try:
        is_as_written = document(found_receipt) == data
    except UnicodeEncodeError:  # half a character
        is_as_written = False
    if not is_as_written:
        raise _refused(name, "不是程序写出的样子：写出以后被改动过")
    return found_receipt


def _object(pairs: list[tuple[str, Any]]) -> Object:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError
    return held


@cache
def _check() -> Check:
    return conforming(json.loads((folder("schemas") / "receipt.schema.json").read_bytes()))


def _refused(name: str, message: str, pointer: str = "") -> ReceiptError:
    return ReceiptError([Problem(message=message, place=Place(file=name, pointer=pointer), suggestion=AGAIN)])


def _receipt(held: Object) -> Receipt:
    dossier = held["dossier"]
    return Receipt(
        program=Program(**held["tool"]),
        dossier=dossier["id"],
        file=dossier["file"],
        sha256=dossier["sha256"],
        cells=dossier["cells"],
        policy=stamped(held["policy"]),
        parameters=held["parameters"],
        as_of=date.fromisoformat(held["as_of"]),
        mode=Mode(held["mode"]),
        language=held["language"],
        horizon=held["horizon"],
        cures=held["cures"],
        report_format=held["report_format"],
        reports=tuple(Written(**each) for each in held["reports"]),
    )


# --- holding one against what is made again -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One thing that a receipt speaks of, held against what is there: `way_out` where they differ.

    Nothing was compared where `is_same` is `None`.
    """

    what: str
    is_same: bool | None
    told: str
    way_out: str = ""


def compare(held: Receipt, now: Receipt, *, policy: bool) -> Iterator[Compared]:
    """Hold a receipt against one that would be written now; *policy* says that a pack was named.

    There is no use in making a report again of another dossier.
    """
    yield _compared("档案", held.sha256, now.sha256, "找出做报告时的那份档案；档案有变动的，重新检查并另存收据")
    if held.cells != now.cells:
        yield Compared(
            what="单元格对照",
            is_same=False,
            told=f"档案旁边的 .cells.json：收据 {_short(held.cells)}，现在 {_short(now.cells)}",
            way_out="把导入时写在档案旁边的 .cells.json 放回去",
        )
    way_out = "核对 --policy 后的政策包" if policy else "用 --policy 指定做报告时的政策包"
    yield _compared("政策包", held.policy, now.policy, f"{way_out}，或者取回它的旧版本")
    yield _compared("参数", held.parameters, now.parameters, "政策包（或者它所扩展的）的 parameters.yaml 不同；同上")
    way_out = f"用 {held.program.name} {held.program.version} 复核；以下是现在的程序所得"
    if held.program.version == now.program.version:
        way_out = "版本号相同，程序文件不同：换回做报告时的安装再复核；以下是现在的程序所得"
    yield _compared("程序", _alone(held.program), _alone(now.program), way_out)
    if held.program.libraries != now.program.libraries:
        told = _libraries(held.program.libraries, now.program.libraries)
        way_out = "装上收据写明的版本再复核；以下是现在的程序库所得"
        yield Compared(what="程序库", is_same=False, told=told, way_out=way_out)
    if held.dossier != now.dossier:
        yield _compared("档案编号", held.dossier, now.dossier, "收据与档案不符")
    if held.report_format != now.report_format:
        yield _compared("报告格式", held.report_format, now.report_format, "用做报告时的程序复核")
    again = {each.format: each for each in now.reports}
    for each in held.reports:
        yield _report(each, again.get(each.format), _because(held, now))


def _report(held: Written, now: Written | None, because: str) -> Compared:
    what = f"报告 {held.format}"
    if now is None:
        return Compared(what=what, is_same=None, told="档案不同，没有重新检查")
    if held == now:
        return Compared(what=what, is_same=True, told="重新检查得到的与收据逐字节相同")
    sizes = f"收据 {held.size} 字节 {_short(held.sha256)}，现在 {now.size} 字节 {_short(now.sha256)}"
    return Compared(what=what, is_same=False, told=f"重新检查得到的与收据不同（{sizes}）", way_out=because)


def _compared(what: str, held: object, now: object, way_out: str) -> Compared:
    if held == now:
        return Compared(what=what, is_same=True, told=_named(held))
    return Compared(what=what, is_same=False, told=f"收据 {_named(held)}，现在 {_named(now)}", way_out=way_out)


def _named(held: object) -> str:
    match held:
        case PolicyStamp():
            return f"{held.named}（{_short(held.sha256)}）"
        case Program():
            return f"{held.name} {held.version}（{_short(held.sha256)}）"
    return _short(str(held)) if len(str(held)) == 64 else str(held)


def _alone(program: Program) -> Program:
    """Give a program without its libraries."""
    return replace(program, libraries={})


def _libraries(held: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Tell the libraries of which there is another version than the receipt names."""
    return "；".join(
        f"{name} 收据 {held.get(name, '没有')}，现在 {now.get(name, '没有')}"
        for name in sorted(held.keys() | now.keys(), key=lambda each: (each.lower(), each))
        if held.get(name) != now.get(name)
    )


def _short(digest: str) -> str:
    return f"sha256 {digest[:12]}…" if digest else "没有"


def _because(held: Receipt, now: Receipt) -> str:
    """Say what already explains that a report is another one."""
    changed = [
        name
        for name, is_same in (
            ("单元格对照", held.cells == now.cells),
            ("政策包", held.policy == now.policy),
            ("程序", _alone(held.program) == _alone(now.program)),
            ("程序库", held.program.libraries == now.program.libraries),
        )
        if not is_same
    ]
    if changed:
        return f"{'、'.join(changed)}不同，报告也就不同；先解决前面的"
    return "档案、政策包、程序、程序库都相同：收据的报告一项，或者它写明的基准日、方式被改动过"


def of_file(name: str, data: bytes, held: Receipt, again: Mapping[str, bytes]) -> Compared:
    """Hold a report that somebody has against the receipt, and tell the first place where it differs.

    *again* are the bytes of each format as they were made again.
    """
    what = f"报告文件 {name}"
    digest = _digest(data)
    known = next((each.format for each in held.reports if each.sha256 == digest), None)
    if known is not None:
        return Compared(what=what, is_same=True, told=f"与收据所列的 {known} 逐字节相同")
    formats = "、".join(each.format for each in held.reports)
    told = f"不是收据所列的任何一份（{formats}）：{len(data)} 字节 {_short(digest)}"
    right = {
        each.format: again[each.format]
        for each in held.reports
        if each.format in again and _digest(again[each.format]) == each.sha256
    }
    near = max(right, key=lambda each: _shared(data, right[each]), default=None)
    if near is not None and _shared(data, right[near]):
        place = _shared(data, right[near])
        line = data.count(b"\n", 0, place) + 1
        told = f"与收据所列的 {near} 不同：从第 {place + 1} 个字节（第 {line} 行）起，共 {len(data)} 字节"
    return Compared(
        what=what, is_same=False, told=told, way_out="这份文件写出以后被改动过，或者不是这次检查的；用重新检查得到的"
    )


def _shared(one: bytes, other: bytes) -> int:
    """Count the bytes that two files begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low
