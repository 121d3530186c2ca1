"""For those who write rules."""

from typing import Annotated

import typer

from checker.commands.options import PolicyFolder
from checker.console import progress, show, tell
from checker.errors import PolicyError
from checker.policy.sheet import sheet
from checker.site import Site
from checker.verifying import Proof, prove

app = typer.Typer(help="规则作者：列出、查看、验证规则。", no_args_is_help=True)


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
