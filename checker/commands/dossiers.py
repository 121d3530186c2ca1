"""For those who fill dossiers: what one looks like, whether one is well formed, and spreadsheets in and out."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from checker.commands.options import CODES, AsOf, DossierPath, PolicyFolder
from checker.console import misuse, put, show, tell, waiting, write
from checker.dossier.loading import Dossier, dossier_schema
from checker.errors import DossierError, Problem, listed
from checker.limits import bearing
from checker.model import Mode
from checker.reporting.wording import visible
from checker.resources import folder
from checker.sheets import files as spreadsheets
from checker.sheets.cells import in_cells
from checker.sheets.files import named
from checker.site import Site, exit_code_of
from checker.sparing import spare_dossier, spare_work
from checker.targets import spare

FORM, IMPORTED, MERGED = "填报表", "读入的档案", "并入核查表后的档案"
"""What is made here, in words."""

app = typer.Typer(help="填报档案：格式、电子表格模板、读入、核对，并入填好的核查表。", no_args_is_help=True)


@app.command("schema")
def dossier_schema_command() -> None:
    """打印档案的 JSON Schema。"""
    put((folder("schemas") / "dossier.schema.json").read_bytes())


@app.command("lint")
def dossier_lint_command(dossier: DossierPath) -> None:
    """检查一份档案是否合格，并列出可疑之处；不作合规判断。"""
    with waiting(dossier), bearing(dossier):
        loaded = spreadsheets.load(dossier, dossier_schema())
    for line in listed(_doubts_of(loaded)):
        tell(line)
    tell(f"{loaded.name}：合格，{sum(1 + each.others for each in loaded.doubts)} 处可疑。")


@app.command("template")
def dossier_template_command(
    out: Annotated[Path, typer.Option("--out", help="写到哪个 .xlsx 文件", metavar="FILE.xlsx")],
    filled: Annotated[
        Path | None, typer.Option("--from", help="把这份档案的内容填进去；不给则是空白模板", metavar="DOSSIER")
    ] = None,
) -> None:
    """生成填报用的电子表格：每种台账一张表，带说明和下拉列表；填好后用 dossier import 读回。"""
    if out.suffix.lower() != ".xlsx":
        raise misuse(f"{out} 不是 .xlsx 文件", "用 --out 指定一个 .xlsx 文件")
    from checker.sheets.template import template

    spare([filled] if filled else [], out, made=FORM)
    schema = dossier_schema()
    with waiting(filled or out, "填写"), bearing(filled or out):
        made = template(schema, spreadsheets.contents(filled, schema) if filled else None, named(filled or out))
    spare_work(out, FORM, made)
    write(out, made)


@app.command("import")
def dossier_import_command(
    files: Annotated[
        list[Path], typer.Argument(help="填好的 .xlsx、台账的 .csv，或者放着它们的文件夹", metavar="FILE|FOLDER...")
    ],
    out: Annotated[Path, typer.Option("--out", help="写到哪个 JSON 文件", metavar="FILE.json")],
    *,
    land_supply: Annotated[
        bool, typer.Option("--land-supply", help="文件是公开的供地结果（电子监管号、成交价格(万元)……），读入供地台账")
    ] = False,
    into: Annotated[
        Path | None, typer.Option("--into", help="供地结果并入这份档案；已有的内容不改", metavar="DOSSIER")
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="供地结果单独成为档案时的开发区编号", metavar="ID")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="供地结果单独成为档案时的基准日", metavar="DATE"),
    ] = None,
) -> None:
    """读入电子表格，写成档案（JSON）；旁边的 .cells.json 记着每项内容出自哪个单元格，以后的检查会指出来。"""
    if out.suffix.lower() != ".json":
        raise misuse(f"{out} 不是 .json 文件", "用 --out 指定一个 .json 文件")
    spare([*files, *([into] if into else [])], out, made=IMPORTED)
    schema = dossier_schema()
    remarks: Sequence[Problem] = ()
    if land_supply:
        if into is None and (zone is None or as_of is None):
            raise misuse("没有说明供地结果写进哪份档案", "用 --into 指定档案；或者用 --zone、--as-of 新建一份")
        if into is not None and (zone is not None or as_of is not None):
            raise misuse("--into 不能与 --zone、--as-of 同用", "并入档案的，开发区编号和基准日以档案为准：去掉它们")
        day = as_of.date() if as_of else None
        try:
            with waiting(files[0], "读入"), bearing(files[0]):
                supplied = spreadsheets.import_supply(files, into, schema, zone=zone or "", as_of=day)
        except DossierError as error:
            raise DossierError([_of(into, each) for each in error.problems] if into else error.problems) from error
        imported, remarks = supplied.imported, supplied.remarks
        tell(f"新增宗地 {supplied.added} 宗，补充已有宗地 {supplied.completed} 宗。")
    elif into is not None or zone is not None or as_of is not None:
        raise misuse("--into、--zone、--as-of 只用于供地结果", "加上 --land-supply，或者去掉它们")
    else:
        with waiting(files[0], "读入"), bearing(files[0]):
            imported = spreadsheets.import_files(files, schema)
    doubts = in_cells(imported.dossier.doubts, imported.cells, imported.dossier.name)
    if into is not None:
        doubts = tuple(_of(into, each) for each in doubts)
    for line in listed((*remarks, *doubts)):
        tell(line)
    spare_dossier(out, IMPORTED, imported.data)
    write(out, imported.data)
    write(spreadsheets.beside(out), imported.cells.document())


def _of(into: Path, doubt: Problem) -> Problem:
    """Tell a doubt about what was in a dossier before by that dossier, not by the files that were read into it."""
    is_older = doubt.place.pointer.startswith("/")
    return dataclasses.replace(doubt, place=dataclasses.replace(doubt.place, file=named(into))) if is_older else doubt


@app.command("merge", help="把填好的现场核查表并入档案，写成新的档案，再检查一遍，列出变化。", epilog=CODES)
def dossier_merge_command(
    dossier: DossierPath,
    checklist: Annotated[Path, typer.Argument(help="填好的核查表（checklist 编制的 .xlsx）", metavar="CHECKLIST.xlsx")],
    out: Annotated[Path, typer.Option("--out", help="新的档案写到哪个 JSON 文件", metavar="NEW.json")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="与档案已有的值不一致的，以核查表为准；不给则拒绝并列出两个值")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="与档案已有的值不一致的，保留档案的值，核查表的说法只记入核查记录")
    ] = False,
    as_of: AsOf = None,
    policy: PolicyFolder = None,
) -> None:
    """Merge a filled checklist; the help is told at the top."""
    from checker.papers import merging

    if replace and keep:
        raise misuse("--replace 和 --keep 不能同时用", "只用一个")
    if out.suffix.lower() != ".json":
        raise misuse(f"{out} 不是 .json 文件", "用 --out 指定一个 .json 文件")
    spare([dossier, checklist], out, made=MERGED)
    site = Site.load(policy)
    with waiting(dossier, "合并"), bearing(dossier):
        old = site.read(dossier)
        before = site.report(old, as_of, Mode.INSPECTION)
        merged = merging.merge(
            spreadsheets.read_tables([checklist]),
            spreadsheets.contents(dossier, site.schema),
            site.schema,
            before,
            name=named(out),
            old_cells=old.cells,
            may_replace=replace,
            may_keep=keep,
        )
    for line in listed(_doubts_of(merged.dossier)):
        tell(line)
    after = site.report(merged.dossier, as_of, Mode.INSPECTION)
    spare_work(out, MERGED, merged.data)
    write(out, merged.data)
    write(spreadsheets.beside(out), merged.cells.document())
    show("".join(f"{visible(line)}\n" for line in (*merging.summary(merged), *merging.changes(before, after))))
    raise typer.Exit(exit_code_of(after))


def _doubts_of(dossier: Dossier) -> Sequence[Problem]:
    return dossier.doubts if dossier.cells is None else in_cells(dossier.doubts, dossier.cells, dossier.name)
