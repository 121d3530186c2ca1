"""Every way in which a rule file, or a pack, may be wrong: each is told with its place and a way out."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from packs import copied, problems
from reference.program import PACK, loaded, raw_schema, read_plainly, shipped_policy, verdicts
from reference.reading import Reading

from checker.checking import check
from checker.dossier.loading import dossier_schema
from checker.errors import PolicyError
from checker.model import Verdict
from checker.policy.loading import read_policy
from checker.policy.sheet import sheet
from checker.reporting.wording import exemption
from checker.verifying import cases as examples
from checker.verifying import load_policy, prove

SOUND = Path(__file__).parent / "rules"
"""Rules that these tests make mistakes in: they look like shipped ones and do not change with them."""
FEES, PLANS, TRIPS, REFUNDS, COVERAGE = "R18.8-01", "R16.4-01", "R18.3-02", "R18.8-02", "R16.6-01"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Give a copy of the shipped pack with no rule in it but those that a test puts there."""
    return copied(tmp_path / PACK.name)


def changed(pack: Path, rule: str, *changes: tuple[str, str]) -> Path:
    """Put a sound rule into *pack*, with some of its text replaced."""
    text = (SOUND / f"{rule}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    (pack / "rules" / f"{rule}.yaml").write_text(text, encoding="utf-8")
    return pack


def position(pack: Path, rule: str, text: str) -> tuple[int, int]:
    """Give the line and column where some text stands first in a rule of *pack*."""
    lines = (pack / "rules" / f"{rule}.yaml").read_text(encoding="utf-8").splitlines()
    return next((number, line.index(text) + 1) for number, line in enumerate(lines, start=1) if text in line)


@pytest.mark.parametrize("path", sorted((PACK / "rules").iterdir()), ids=lambda path: path.stem)
def test_every_shipped_rule_loads_alone(pack: Path, path: Path) -> None:
    shutil.copy(path, pack / "rules")
    assert [each.rule.id for each in load_policy(pack, dossier_schema()).rules] == [path.stem]


V = "violated: paid < due"
MISTAKES = [
    # (rule, what is replaced, by what, text at which the problem stands, part of the message, of the suggestion)
    (FEES, "id: R18.8-01", "id: R18.8-09", "R18.8-09", "编号与文件名 R18.8-01 不同", ""),
    (FEES, "id: R18.8-01", "id: ../R18.8-01", "../R18.8-01", "编号的写法不对", "R18.8-01"),
    (FEES, '"18.8"', '"18.88"', '"18.88"', "norms.yaml 没有 18.88", "18.8"),
    (FEES, '["18.8", "18.5"]', "[]", "[]", "至少一项", ""),
    (FEES, "guobanfa-2006-100}", "guobanfa-2006-101}", "guobanfa-2006-101", "statutes.yaml 没有", "guobanfa-2006-100"),
    (FEES, "articles: [第十六条]", "articles: [第十六条, 第九百条]", "第九百条", "没有登记", ""),
    (
        FEES,
        "basis:\n",
        "basis:\n  - {statute: guobanfa-2014-54}\n",
        "- {statute: guobanfa-2014-54",
        "own_duty",
        "clauses",
    ),
    (
        FEES,
        "  - {statute: guobanfa-2006-100}\n",
        "  - {statute: guobanfa-2006-100, at_most: violation}\n",
        "violation}",
        "编号的写法不对",
        "",
    ),
    (FEES, "grade: S1", "grade: S9", "S9", "没有名为 S9", ""),
    (
        FEES,
        "grade: S1",
        'grade: \'"S1" if zone.level == "national" else "S9"\'',
        '\'"S1"',
        "每种情形都要是这些词之一：S1、S2、S3、A",
        "",
    ),
    (
        FEES,
        "responsible: local_government",
        "responsible: local_goverment",
        "local_goverment",
        "没有名为 local_goverment",
        "",
    ),
    (FEES, "responsible: local_government", "responsible: '\"undetermined\"'", "'\"undetermined\"'", "每种情形", ""),
    (FEES, "each: parcels", "each: parcel", "parcel", "没有台账 parcel", "parcels"),
    (FEES, "each: parcels", "each: parcels.payment", "parcels.payment", "没有台账", "parcels.payments"),
    (FEES, "labels:\n  due: 到期应缴价款\n", "labels:\n", "paid: 已缴价款", "缺 due 的中文名称", ""),
    (FEES, "  due: 到期应缴价款\n", "  due: 到期应缴价款\n  dues: 多出的\n", "多出的", "没有名为 dues 的 let", "due"),
    (FEES, "  due: sum(s", "  as_of: sum(s", "sum(s.amount_cny", "as_of 不能用作名称", ""),
    (FEES, "  due: sum(s", "  total_price_cny: sum(s", "sum(s.amount_cny", "total_price_cny 不能用作名称", ""),
    (FEES, "  due: sum(s", "  parcels: sum(s", "sum(s.amount_cny", "parcels 不能用作名称", ""),
    (FEES, "  due: sum(s", "  happened: sum(s", "sum(s.amount_cny", "happened 不能用作名称", ""),
    (FEES, "  due: sum(s", "  claim: sum(s", "sum(s.amount_cny", "claim 不能用作名称", ""),
    (FEES, "  due: sum(s", "  Due: sum(s", "sum(s.amount_cny", "Due 不能用作名称", ""),
    (FEES, V, "violated: paid < dew", "dew", "没有名为 dew", ""),
    (FEES, V, "violated: paid + due", "paid + due", "这里要是否，得到的是数值", ""),
    (FEES, V, "violated: 5", "5\n", "表达式要写成文字", '"5"'),
    (FEES, V, "violated: [paid < due]", "[paid", "表达式要写成文字", ""),
    (FEES, V, "violated: {paid: due}", "{paid", "表达式要写成文字", ""),
    (FEES, V, "violated: null", "null", "表达式要写成文字", ""),
    (FEES, V, "violated: >-\n  paid\n  < dew", "dew", "没有名为 dew", ""),
    (FEES, V, "violatde: paid < due", "violatde", "没有“violatde”这个键", "violated"),
    (FEES, V + "\n", "", "id: R18.8-01", "缺少“violated”", ""),
    (FEES, V, V + "\nwhen: 'True'", "when: 'True'", "重复", "删去"),
    (FEES, "conduct_on: as_of", "conduct_on: due", "due", "这里要日期，得到的是数值", ""),
    (
        FEES,
        "conduct_on: as_of",
        "conduct_on: years_after(contract_signed_on, param.eia.followup_years)",
        "years_after",
        "行为日不能用参数",
        "",
    ),
    (FEES, "ground: deferral", "ground: deferal", "deferal", "没有豁免理由 deferal", "deferral"),
    (FEES, "  - ground: deferral\n    if", "  - if", "claim.until", "没有名为 claim", ""),
    (
        FEES,
        "if: claim.until",
        "if: claim.untill",
        "claim.untill",
        "没有字段 untill",
        "until",
    ),
    (FEES, "  payments: 土地出让价款缴款、入库凭证", "  plans: 规划", "规划\n", "规则没有用到 plans", ""),
    (FEES, "  payments: 土地出让价款缴款、入库凭证", "  payment: 凭证", "凭证\n", "规则没有用到 payment", "payments"),
    (FEES, "within: {days: 30}", "within: {weeks: 4}", "{weeks", "时限写作", ""),
    (FEES, "within: {days: 30}", "within: {days: x}", "{days: x", "时限写作", ""),
    (FEES, "title: 欠缴、少缴土地出让价款", "title: 5", "5\n", "这里要写文字", '"5"'),
    (FEES, "limits:\n", "limits:\n  - 5\n", "5\n", "这里要写文字", '"5"'),
    (FEES, "{{ due | yuan }}", "{{ dew | yuan }}", "dew", "没有名为 dew", ""),
    (FEES, "{{ due | yuan }}", "{{ due | date }}", "due | date", "date 不适用于数值", ""),
    (FEES, "{{ due | yuan }}", "due | yuan }}", "截至", "花括号没有配对", ""),
    (FEES, "{{ due | yuan }}", "{{ due | hectares }}", "due | hectares", "hectares 与单位 cny 不符", ""),
    (FEES, "{{ due | yuan }}", "{{ payments }}", "payments }}", "台账不能放进句子里", ""),
    (FEES, "matter: {parcel: parcel_id}", "matter: {parcel: area_sqm}", "area_sqm", "这里要文字，得到的是数值", ""),
    (
        FEES,
        "    - {name: 少缴一分, expect: violation}",
        "    - {name: 少缴一分, expect: compliant}",
        "compliant",
        "例“少缴一分”应为 compliant，实为 violation",
        "",
    ),
    (
        FEES,
        "    - {name: 少缴一分, expect: violation}",
        "    - {name: 少缴一分, expect: guilty}",
        "guilty",
        "编号的写法不对",
        "",
    ),
    (
        FEES,
        "    - {name: 少缴一分, expect: violation}",
        "    - {name: 少缴一分, expect: violation, subject: P9}",
        "violation, subject",
        "没有这个检查对象",
        "",
    ),
    (
        FEES,
        "set: {parcels.0.payments.0.amount_cny: 1000000}",
        "set: {parcels.0.payments.7.amount_cny: 1}",
        "{name: 缴清",
        "指向不存在的位置",
        "",
    ),
    (
        FEES,
        "set: {parcels.0.payments.0.amount_cny: 1000000}",
        "set: {parcells.0.payments: []}",
        "{name: 缴清",
        "指向不存在的位置",
        "",
    ),
    (
        FEES,
        "drop: [parcels.0.supply_method]",
        "drop: [parcels.0.supply_methods]",
        "{name: 供地方式未填且欠缴",
        "指向不存在的位置",
        "",
    ),
    (
        FEES,
        "set: {parcels.0.payments.0.amount_cny: 1000000}",
        "set: {parcels.0.supply_method: 协议}",
        "{name: 缴清",
        "不是合格的档案",
        "",
    ),
    (FEES, "as_of: 2024-12-30\n", "as_of: 2024-12\n", "2024-12\n", "这里要写日期", "2024-12-30"),
    (FEES, "  cases:\n", "  case:\n", "case:", "没有“case”这个键", "cases"),
    (
        PLANS,
        "reapproved_on is None or reapproved_on > effective_on",
        "reapproved_on > effective_on",
        "reapproved_on > effective_on",
        "可能为“无”",
        "is None、if_none",
    ),
    (
        PLANS,
        "below(reapprover_level, plan.approver_level)",
        "below(reapprover_level, plan_id)",
        "plan_id)",
        "没有声明高低次序",
        "",
    ),
    (
        TRIPS,
        "param.trip.max_persons",
        "param.trip.max_person",
        "param.trip.max_person",
        "没有名为 trip.max_person 的参数",
        "trip.max_persons",
    ),
    (
        TRIPS,
        "actual.persons > approved.persons",
        "actual.persons > approved.budget_cny",
        "actual.persons > approved.budget_cny",
        "单位不同：persons 与 cny",
        "",
    ),
]


@pytest.mark.parametrize(
    ("rule", "old", "new", "at", "message", "suggestion"),
    MISTAKES,
    ids=lambda each: str(each)[:30].replace("\n", " "),
)
def test_a_mistake_is_told_with_its_place(
    pack: Path, rule: str, old: str, new: str, at: str, message: str, suggestion: str
) -> None:
    found = problems(changed(pack, rule, (old, new)))
    told = [each for each in found if message in each.message]
    assert told, [each.message for each in found]
    assert suggestion in told[0].suggestion
    assert told[0].place.file == f"rules/{rule}.yaml"
    text = (pack / "rules" / f"{rule}.yaml").read_text(encoding="utf-8")
    offset = text.index(at, text.index(new) if new else 0) if new and at in text[text.index(new) :] else text.index(at)
    line = text.count("\n", 0, offset) + 1
    assert (told[0].place.line, told[0].place.column) == (line, offset - text.rfind("\n", 0, offset))
    assert told[0].excerpt


def test_the_problem_of_an_exemption_without_a_paper_stands_at_the_exemption(pack: Path) -> None:
    [told] = problems(changed(pack, "R18.7-03", ("    paper: zone.merged_with_district.doc_id\n", "")))
    assert "要写 paper" in told.message
    assert told.place.pointer == "/exempt/0"


GRANTOR = "R18.7-03"
COUNTY = '  - if: zone.merged_with_district.kind == "county"\n'
WITH_COUNTY = COUNTY + "    paper: zone.merged_with_district.doc_id\n"
CLAIMED = "  - ground: court_stay\n    if: claim.until is None or claim.until >= contract_signed_on\n"
AT_COURT = "zone.merged_with_district: null, claims: [{ground: court_stay, subject_id: P1"
COURT_CASES = f"""
    - {{name: 法院中止_有文件, set: {{{AT_COURT}, doc_id: D1}}]}}, expect: risk}}
    - {{name: 法院中止_无文件, set: {{{AT_COURT}}}]}}, expect: risk}}
    - {{name: 法院中止_期限之外, set: {{{AT_COURT}, until: 2018-02-28, doc_id: D1}}]}}, expect: violation}}
"""


@pytest.mark.parametrize(
    ("plea", "cases"),
    [
        (WITH_COUNTY + "    at_most: risk\n", ""),
        (COUNTY + "    at_most: risk\n", ""),
        (WITH_COUNTY + "    at_most: risk\n    reason: 与县合一\n" + CLAIMED + "    at_most: risk\n", COURT_CASES),
    ],
    ids=["with a paper", "without one", "by a claim"],
)
def test_an_exemption_of_at_most_risk_excuses_nobody_however_well_it_is_proved(
    pack: Path, plea: str, cases: str
) -> None:
    """Its examples say so, and taking a key out of them never makes an accusation or silences one."""
    proved = ("expect: exempt}", "expect: risk}")
    changed(pack, GRANTOR, (WITH_COUNTY, plea), proved, proved, ("  cases:\n", f"  cases:\n{cases.lstrip(chr(10))}"))
    policy = load_policy(pack, dossier_schema())
    [compiled] = policy.rules
    removals = prove(policy, compiled).removals
    assert (removals.accusations, removals.silenced) == ((), ())
    assert sheet(compiled.rule).count("；只改为疑似，不免除") == plea.count("at_most")
    reading = Reading(pack, raw_schema())
    for case in examples(compiled, dossier_schema()):
        told = verdicts(policy, loaded(case.dossier), case.as_of)
        assert told == read_plainly(reading, case.dossier, case.as_of), case.name


def test_the_report_says_that_somebody_else_judges_an_exemption_of_at_most_risk(pack: Path) -> None:
    proved = ("expect: exempt}", "expect: risk}")
    changed(pack, GRANTOR, (WITH_COUNTY, WITH_COUNTY + "    at_most: risk\n"), proved, proved)
    policy = load_policy(pack, dossier_schema())
    case = next(each for each in examples(policy.rules[0], dossier_schema()) if each.name == "与县合一有文件")
    [finding] = check(policy, loaded(case.dossier)).findings
    assert finding.reasons == ("有豁免事由，是否足以免责须由有权机关认定",)
    [ground] = finding.exemptions
    assert (ground.state, [paper.doc_id for paper in ground.documents]) == ("claimed", ["D1"])
    assert "须由有权机关认定" in exemption(ground)


def test_an_exemption_is_never_bounded_by_a_figure_that_nobody_has_verified(pack: Path) -> None:
    found = problems(changed(pack, TRIPS, ("claim.until >= actual.return_on and", "days <= longest and")))
    assert [each.place.pointer for each in found if "未核实的参数" in each.message] == ["/exempt/1/if"]


@pytest.mark.parametrize(
    "guard",
    ["contract_signed_on is None or", "happened(contract_signed_on) and", "not happened(contract_signed_on) or"],
)
def test_a_guard_anywhere_in_the_rule_allows_an_order(pack: Path, guard: str) -> None:
    read_policy(
        changed(pack, FEES, (V, f"violated: {guard} contract_signed_on < as_of and paid < due")), dossier_schema()
    )


@pytest.mark.parametrize(
    "text",
    [
        "reapproved_on > effective_on",
        "effective_on < reapproved_on",
        "years_after(reapproved_on, 1) > effective_on",
        "days_inclusive(effective_on, reapproved_on) > 5",
    ],
)
def test_an_order_of_what_may_be_blank_needs_a_guard(pack: Path, text: str) -> None:
    old = "reapproved_on is None or reapproved_on > effective_on"
    [told] = problems(changed(pack, PLANS, (old, text)))
    assert "“重新批准日期”可能为“无”" in told.message
    assert (told.place.line, told.place.column) == position_of(pack, PLANS, text, "reapproved_on")


def position_of(pack: Path, rule: str, text: str, word: str) -> tuple[int, int]:
    line, column = position(pack, rule, text)
    return line, column + text.index(word)


def test_ten_tests_are_one_too_many(pack: Path) -> None:
    tests = " or ".join(f"area_sqm > {number}" for number in range(8))
    [told] = problems(changed(pack, FEES, (V, f"violated: paid < due and ({tests})")))
    assert "判定项与豁免共12个，最多9个" in told.message
    fewer = " or ".join(f"area_sqm > {number}" for number in range(5))
    read_policy(changed(pack, FEES, (V, f"violated: paid < due and ({fewer})")), dossier_schema())


def test_too_many_conjunctions_are_refused(pack: Path) -> None:
    tests = [f"area_sqm > {number}" for number in range(5)]
    clauses = (
        " or ".join(f"not {test}" if signs >> index & 1 else test for index, test in enumerate(tests))
        for signs in (0, 7, 25)
    )
    pairs = " and ".join(f"({clause})" for clause in clauses)
    with pytest.raises(PolicyError, match="合取项过多"):
        read_policy(changed(pack, FEES, (V, f"violated: {pairs}")), dossier_schema())


def test_every_mistake_of_a_file_and_of_every_file_is_told_at_once(pack: Path) -> None:
    changed(pack, FEES, (V, "violated: paid < dew"), ("grade: S1", "grade: S9"), ('"18.8"', '"18.88"'))
    changed(pack, PLANS, ("plan.approver_level)", "plan.approver)"))
    found = problems(pack)
    assert [each.place.file for each in found] == [f"rules/{PLANS}.yaml", *[f"rules/{FEES}.yaml"] * 3]


def test_a_name_that_means_something_else_is_not_taken_for_a_name(pack: Path) -> None:
    """A loop may be called as the generated code calls its own things: nothing gets mixed up."""
    for name in ("day", "ground", "t0", "v1", "x0", "K0", "less", "paper", "UNKNOWN", "env", "let_due", "rows_plans"):
        text = f"sum({name}.amount_cny for {name} in payments if {name}.paid_on <= as_of)"
        changed(pack, FEES, ("sum(p.amount_cny for p in payments if p.paid_on <= as_of)", text))
        load_policy(pack, dossier_schema())


def test_a_norm_that_is_not_in_the_document_is_told(pack: Path) -> None:
    text = (pack / "norms.yaml").read_text(encoding="utf-8")
    (pack / "norms.yaml").write_text(text.replace("严禁擅自调整规划", "严禁擅自调整规画"), encoding="utf-8")
    changed(pack, PLANS)
    [told] = problems(pack)
    assert told.place.file == "norms.yaml"
    assert told.place.line is not None
    assert "引文在文件中应出现一次，实际出现0次" in told.message


@pytest.mark.parametrize("name", ["policy.yaml", "norms.yaml", "statutes.yaml", "parameters.yaml", "document.txt"])
def test_a_file_that_is_not_there_is_told(pack: Path, name: str) -> None:
    changed(pack, FEES)
    (pack / name).unlink()
    assert [(each.place.file, "读不到" in each.message) for each in problems(pack)] == [(name, True)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("statute: guobanfa-2014-54", "statute: guobanfa-2014-55", "statutes.yaml 没有"),
        ('version: "1.0.0"', "version: 1.0", "这里要写文字"),
        ("document: document.txt", "document: ../../etc/passwd", "编号的写法不对"),
        ("document: document.txt", "document: /etc/passwd.txt", "编号的写法不对"),
        ("document: document.txt", "document: other.txt", "读不到"),
        ("title:", "titel:", "没有“titel”这个键"),
    ],
)
def test_a_mistake_in_the_head_of_a_pack_is_told(pack: Path, old: str, new: str, message: str) -> None:
    changed(pack, FEES)
    text = (pack / "policy.yaml").read_text(encoding="utf-8")
    assert old in text
    (pack / "policy.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert any(message in each.message for each in problems(pack))


def test_a_pack_without_rules_is_told(pack: Path) -> None:
    [told] = problems(pack)
    assert "没有规则文件" in told.message


def test_the_problems_of_a_pack_come_in_the_same_order_every_time(pack: Path) -> None:
    changed(pack, FEES, ("labels:\n", "labels:\n  a: 甲\n  b: 乙\n  c: 丙\n"), ("ask:\n", "ask:\n  d: 丁\n  e: 戊\n"))
    told = [each.place.pointer for each in problems(pack)]
    assert told == ["/labels/a", "/labels/b", "/labels/c", "/ask/d", "/ask/e"]


# --- what a rule says when it loads ---------------------------------------------------------------------------------


def test_a_rule_knows_its_registers_and_whether_it_judges_a_state() -> None:
    rules = {each.rule.id: each.rule for each in shipped_policy().rules}
    assert rules[COVERAGE].registers == ()
    assert rules[FEES].registers == ("parcels",)
    assert rules[FEES].looks_at_state
    assert not rules[PLANS].looks_at_state


def test_a_rule_over_a_nested_register_sees_its_parent(pack: Path) -> None:
    changed(
        pack,
        FEES,
        ("each: parcels", "each: parcels.payments"),
        ("matter: {parcel: parcel_id}", "matter: {parcel: parcel.parcel_id}"),
    )
    text = (pack / "rules" / f"{FEES}.yaml").read_text(encoding="utf-8")
    assert any("supply_method" in each.message for each in problems(pack))
    text = text.replace("when: supply_method", "when: parcel.supply_method")
    text = text.replace(" for s in payment_schedule", " for s in parcel.payment_schedule")
    text = text.replace(" for p in payments", " for p in parcel.payments").replace(
        "  payment_schedule: ", "  parcel.payment_schedule: "
    )
    text = text.replace("  payments: ", "  parcel.payments: ").replace("  supply_method: ", "  parcel.supply_method: ")
    (pack / "rules" / f"{FEES}.yaml").write_text(text, encoding="utf-8")
    [compiled] = read_policy(pack, dossier_schema()).rules
    assert compiled.rule.parents == ("parcel",)
    assert compiled.rule.registers == ("parcels", "parcels.payments")


def test_a_proof_tells_its_numbers(pack: Path) -> None:
    policy = load_policy(changed(pack, FEES), dossier_schema())
    [compiled] = policy.rules
    proof = prove(policy, compiled)
    assert proof.problems == ()
    assert proof.examples[Verdict.VIOLATION] >= 5
    assert proof.combinations == 18 * 3 ** (compiled.rule.law.tests + compiled.rule.law.pleas)
    assert proof.removals.tried > 200
    assert proof.removals.accusations == ()
    assert proof.removals.silenced == ()


def test_what_a_register_of_claims_does_not_say_excuses_nobody_and_accuses_nobody(pack: Path) -> None:
    unexcused = "violated: paid < due and not any(True for c in claims if c.subject_id == parcel_id)"
    policy = read_policy(changed(pack, FEES, (V, unexcused)), dossier_schema())
    [compiled] = policy.rules
    removals = prove(policy, compiled).removals
    assert (removals.accusations, removals.silenced) == ((), ())


def test_what_is_known_of_a_rule_is_not_taken_for_that_of_another_made_of_it() -> None:
    rule = shipped_policy().rules[0].rule
    assert rule.known.of("what", rule.when, lambda _: 1) == 1
    assert replace(rule, title="乙").known.of("what", rule.when, lambda _: 2) == 2
