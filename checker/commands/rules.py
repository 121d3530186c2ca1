"""For those who write rules."""

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker import file_schemas
from checker.commands.options import AsOf, PolicyFolder
from checker.console import misuse, progress, put, show, tell, tell_problems, write
from checker.dossier.loading import dossier_schema
from checker.errors import DossierError, PolicyError
from checker.impact import flips
from checker.language.tree import ZONE
from checker.mutating import mutate
from checker.policy.extending import FIRST_OF_ITS_OWN
from checker.policy.forms import FormError, closest
from checker.policy.loading import Policy
from checker.policy.pack import base_of, norms_of
from checker.policy.rules import RULE
from checker.policy.scaffold import scaffold
from checker.policy.sheet import sheet
from checker.reporting import impact, mutation
from checker.resources import folder
from checker.site import Site, pack_folder, worst
from checker.sparing import spare_work
from checker.verifying import Proof, prove

if TYPE_CHECKING:
    from checker.linting import Check

MutationFormat = StrEnum(  # type: ignore[misc]  # mypy knows only members that are written out
    "MutationFormat", {name.upper(): name for name in mutation.FORMATS}
)

ImpactFormat = StrEnum("ImpactFormat", {name.upper(): name for name in impact.FORMATS})  # type: ignore[misc]  # as above
SchemaName = StrEnum("SchemaName", {name.upper(): name for name in file_schemas.SCHEMAS})  # type: ignore[misc]  # as above

app = typer.Typer(help="规则作者：查看、新写、验证规则，找出遗漏和矛盾，比较两个版本。", no_args_is_help=True)


@app.command("list")
def rules_list_command(policy: PolicyFolder = None) -> None:
    """列出规则。"""
    for each in Site.load(policy).policy.rules:
        rule = each.rule
        show(f"{rule.id}\t{'、'.join(norm.id for norm in rule.clauses)}\t{rule.title}\n")


@app.command("show")
def rules_show_command(
    rule: Annotated[str, typer.Argument(help="规则编号，例如 R18.8-01", metavar="RULE")], policy: PolicyFolder = None
) -> None:
    """读出一条规则：引文、依据及其有效期、每个表达式的中文意思、未检查的事项。"""
    show(sheet(Site.load(policy).rule(rule).rule))


@app.command("verify")
def rules_verify_command(
    rules: Annotated[
        list[str] | None, typer.Argument(help="只验证这些规则；不写就验证全部", metavar="[RULE...]")
    ] = None,
    policy: PolicyFolder = None,
) -> None:
    """验证规则：运行全部示例；把全部真值组合交给引擎，与复核逐一对照；从示例中逐个去掉字段，看会不会误报或者漏报。"""
    site = Site.load(policy, examples=False)
    wanted = tuple(dict.fromkeys(map(site.rule, rules))) if rules else site.policy.rules
    proofs = [prove(site.policy, each) for each in progress(wanted, "验证", lambda each: each.rule.id)]
    for each in proofs:
        show(_proof_line(each))
    problems = [problem for each in proofs for problem in each.problems]
    for problem in problems:
        tell(str(problem))
    if problems or any(each.removals.accusations or each.removals.silenced for each in proofs):
        raise typer.Exit(PolicyError.exit_code)


class CoverageFormat(StrEnum):
    """The formats of the coverage."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


@app.command("coverage")
def rules_coverage_command(
    form: Annotated[
        CoverageFormat | None,
        typer.Option("--format", help="格式：text json html。默认看 --out 的扩展名（json、html），否则 text"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件；默认写到标准输出", metavar="FILE")] = None,
    policy: PolicyFolder = None,
) -> None:
    """说明每个条款的着落（规则、问题、省部的事、不设义务），以及示例中每个判定项出现过哪些真值。有条款没有着落的，退出码5。"""
    from checker.covering import cover
    from checker.reporting.coverage import FORMATS

    ending = out.suffix.lower().removeprefix(".") if out else ""
    wanted = form or next((each for each in CoverageFormat if each == ending), CoverageFormat.TEXT)
    held = _exemplary(policy)
    coverage = cover(held, progress(held.rules, "核对", lambda each: each.rule.id))
    data = FORMATS[wanted.value](coverage)
    if out is not None:
        spare_work(out, "核对结果", data)
        write(out, data)
    elif wanted is CoverageFormat.TEXT:
        show(data.decode())
    else:
        put(data)
    if coverage.unaccounted:
        tell(
            f"没有着落的条款 {len(coverage.unaccounted)} 个：{'、'.join(each.norm.id for each in coverage.unaccounted)}"
        )
        raise typer.Exit(PolicyError.exit_code)


@app.command("book")
def rules_book_command(
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件；默认写到标准输出", metavar="FILE")] = None,
    policy: PolicyFolder = None,
) -> None:
    """把政策包编成一本规则手册（一个网页，可以打印）：逐条列出原文、规则、示例及其应得的结论。"""
    from checker.reporting.book import render
    from checker.rulebook import rule_book

    page = render(rule_book(_exemplary(policy)))
    if out is None:
        put(page)
    else:
        spare_work(out, "规则手册", page)
        write(out, page)


def _exemplary(policy: Path | None) -> Policy:
    """Read a pack with its examples, once it is certain that they agree with the rules."""
    Site.load(policy)
    return Site.load(policy, examples=False).policy


@app.command("mutate")
def rules_mutate_command(
    rules: Annotated[
        list[str] | None, typer.Argument(help="只变异这些规则；不写就变异全部", metavar="[RULE...]")
    ] = None,
    policy: PolicyFolder = None,
    think: Annotated[bool, typer.Option("--think", help="让求解器想出识破存活变异体的档案")] = False,  # noqa: FBT002 - an option of the command
    wanted: Annotated[MutationFormat | None, typer.Option("--format", help="默认 text")] = None,
) -> None:
    """变异测试：在规则里逐处写错一点，看有没有示例与之不符。没有示例识破、也没有证明等价的，列为存活，退出码不是0。"""
    site = Site.load(policy, examples=False)
    chosen = tuple(dict.fromkeys(map(site.rule, rules))) if rules else site.policy.rules
    from checker.proving.comparing import thought_of
    from checker.solving.terms import EXTRA, is_installed

    if think and not is_installed():
        raise misuse("没有安装求解器", f"pip install 'zonecheck[{EXTRA}]'")
    thinking = thought_of if think else None
    scores = [mutate(site.policy, each, thinking) for each in progress(chosen, "变异", lambda each: each.rule.id)]
    show(mutation.FORMATS[wanted.value if wanted else "text"](scores))
    if any(each.survivors for each in scores):
        raise typer.Exit(PolicyError.exit_code)


class AuthorFormat(StrEnum):
    """The formats of what authors are told."""

    TEXT = "text"
    JSON = "json"


@app.command("lint")
def rules_lint_command(
    rules: Annotated[
        list[str] | None, typer.Argument(help="只看这些规则；不写就看整个政策包", metavar="[RULE...]")
    ] = None,
    wanted: Annotated[AuthorFormat, typer.Option("--format", help="格式")] = AuthorFormat.TEXT,
    explain: Annotated[
        str | None, typer.Option("--explain", help="只说明一项检查：为什么、怎样改；all 是全部", metavar="NUMBER")
    ] = None,
    policy: PolicyFolder = None,
) -> None:
    """检查政策包写得好不好：没有用到的、不起作用的、单位和版本不对的、没有说向谁要的。每项检查有编号；有错误的，退出码5。"""
    from checker.linting import lint
    from checker.reporting.linting import EXPLANATIONS, FORMATS, Linted

    if explain is not None:
        show(EXPLANATIONS[wanted](_checks(explain)))
        return
    held = _exemplary(policy)
    site_of = Site(schema=held.schema, policy=held)
    chosen = {site_of.rule(each).rule.id for each in rules or ()}
    remarks = tuple(each for each in lint(held) if not chosen or each.rule in chosen)
    linted = Linted(rules=len(chosen) or len(held.rules), remarks=remarks)
    show(FORMATS[wanted](linted))
    if linted.errors:
        raise typer.Exit(PolicyError.exit_code)


@app.command("prove")
def rules_prove_command(
    rules: Annotated[list[str] | None, typer.Argument(help="只问这些规则；不写就问全部", metavar="[RULE...]")] = None,
    pairs: Annotated[bool, typer.Option(help="问不问规则两两能否都符合")] = True,  # noqa: FBT002 - an option of the command
    dossiers: Annotated[
        list[Path] | None, typer.Option("--dossier", help="用来说明能同时符合的档案，可以写几个", metavar="DOSSIER")
    ] = None,
    seconds: Annotated[float, typer.Option(help="求解器每问至多几秒；默认2", min=0.01)] = 2.0,
    policy: PolicyFolder = None,
    wanted: Annotated[AuthorFormat, typer.Option("--format", help="默认 text")] = AuthorFormat.TEXT,
) -> None:
    """证明：判定能不能成立、不成立，规则能不能违反、符合，豁免能不能起作用、会不会吞没规则，两条规则能不能都符合。有不能的，退出码5。"""
    from checker.proving.prover import Given, Prover
    from checker.proving.results import Proofs
    from checker.reporting.proof import FORMATS

    Site.load(policy)  # what is shown by examples that disagree shows nothing
    site = Site.load(policy, examples=False)
    chosen = tuple(dict.fromkeys(map(site.rule, rules))) if rules else site.policy.rules
    given = [Given(name=each.name, dossier=site.read(each)) for each in dossiers or ()]
    prover = Prover(policy=site.policy, given=given, seconds=seconds)
    results = [result for each in progress(chosen, "证明", lambda each: each.rule.id) for result in prover.rule(each)]
    if pairs:
        couples = list(prover.pairs(chosen, results))
        results += [prover.pair(*each) for each in progress(couples, "证明", lambda each: each[0].rule.id)]
    proofs = Proofs(results=tuple(results), solved=prover.solves)
    show(FORMATS[wanted.value](proofs))
    if proofs.findings:
        raise typer.Exit(PolicyError.exit_code)


@app.command("new")
def rules_new_command(
    rule: Annotated[str, typer.Argument(help="新规则的编号，例如 R18.8-08", metavar="ID")],
    each: Annotated[str, typer.Option("--each", help="检查对象：台账，或者 zone", metavar="REGISTER")] = "",
    clause: Annotated[
        str, typer.Option("--clause", help="所依条款；默认按编号，R18.8-08 是 18.8", metavar="NORM")
    ] = "",
    policy: PolicyFolder = None,
) -> None:
    """写一个新的规则文件，连同要填的示例。已有的文件不覆盖；标有〔填：…〕的地方填好以前不能加载。"""
    pack, schema = pack_folder(policy), dossier_schema()
    if pack.resolve().is_relative_to(folder("policies").resolve()):
        way_out = "把它复制到别处（cp -r），再用 --policy 指定那一个：没有填完的规则会使所有检查不能进行"
        raise misuse("新规则不能写进随附的政策包", way_out)
    path = pack / "rules" / f"{_new_id(rule)}.yaml"
    if path.exists():
        raise misuse(f"已有规则 {rule}", "换一个编号")
    if each and each not in (known := [*schema.registers, ZONE]):
        raise misuse(f"没有台账 {each}", closest(each, known))
    if int(rule[-2:]) < FIRST_OF_ITS_OWN and base_of(pack) is not None:
        raise misuse(f"扩展的政策包自己的规则，序号从 {FIRST_OF_ITS_OWN} 起", f"例如 {rule[:-2]}{FIRST_OF_ITS_OWN}")
    norms = {norm["id"]: norm["quote"] for norm in norms_of(pack).value}
    if clause and clause not in norms:
        raise misuse(f"norms.yaml 没有 {clause}", closest(clause, norms))
    chosen = clause or rule[1:].partition("-")[0]
    quote = norms.get(chosen, "")
    write(path, scaffold(rule, each, chosen if quote else "", quote, schema).encode())


@app.command("schema")
def rules_schema_command(
    name: Annotated[SchemaName, typer.Argument(help="哪一种文件", metavar="NAME")],
) -> None:
    """给出政策包文件的 JSON Schema，供编辑器提示和核对。"""
    show(file_schemas.written(name.value))


@app.command("impact")
def rules_impact_command(
    old: Annotated[Path, typer.Argument(help="原来的政策包：文件夹，或者随附的一个的编号", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="新的政策包：同上", metavar="NEW")],
    dossiers: Annotated[list[Path], typer.Argument(help="园区档案", metavar="DOSSIER...")],
    as_of: AsOf = None,
    wanted: Annotated[ImpactFormat | None, typer.Option("--format", help="默认 text")] = None,
) -> None:
    """两个版本的政策包，在这些档案上哪些结论不同，因为规则、参数还是法规改了。没有不同就是 0，有不同是 1。"""
    before, after = Site.load(old), Site.load(new)
    found = {}
    codes = []
    for path in progress(dossiers, "比较", str):
        try:
            dossier = after.read(path)
            day = as_of.date() if as_of else dossier.root.meta.as_of_date
            found[str(path)] = flips(before.policy, after.policy, dossier, day)
            codes.append(1 if found[str(path)] else 0)
        except DossierError as error:
            tell_problems(error)
            codes.append(error.exit_code)
    show(impact.FORMATS[wanted.value if wanted else "text"](found))
    raise typer.Exit(worst(codes))


def _checks(wanted: str) -> "tuple[Check, ...]":
    """Give the check of a number (L05, l5, 5), or all of them."""
    from checker.linting import CHECKS

    found = re.fullmatch("[Ll]?([0-9]{1,2})", wanted.strip(), re.ASCII)
    number = f"L{int(found[1]):02}" if found else ""
    if number in CHECKS:
        return (CHECKS[number],)
    if wanted.strip().lower() == "all":
        return tuple(CHECKS.values())
    raise misuse(f"没有检查 {wanted}", f"可用：{min(CHECKS)} 至 {max(CHECKS)}，或者 all")


def _new_id(rule: str) -> str:
    try:
        return str(RULE["id"].read(rule))
    except FormError as error:
        raise misuse(error.faults[0].message, error.faults[0].suggestion) from error


def _proof_line(proof: Proof) -> str:
    removals = proof.removals
    lines = [
        f"{proof.rule}\t示例 {sum(proof.examples.values())}，不符 {len(proof.problems)}"
        f"\t真值组合 {proof.combinations}，全部一致"
        f"\t去掉字段 {removals.tried} 次（{removals.refused} 次档案不合格），"
        f"误报 {len(removals.accusations)}，漏报 {len(removals.silenced)}\n"
    ]
    lines += [f"    误报：{each}\n" for each in removals.accusations]
    lines += [f"    漏报：{each}\n" for each in removals.silenced]
    return "".join(lines)
