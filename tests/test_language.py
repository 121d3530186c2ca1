"""The rule language: what is refused and where, and three readings of the same random expression.

An expression is read by the generated code, by the witness that follows it for the evidence, and by the plain reading
of the tests that shares no code with either.
"""

import itertools
import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from conftest import Compare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.program import loaded, plain_reading, raw_schema, shipped_policy
from reference.reading import Judgement, Kleene, Look, Record, expression, truth
from reference.reading import Rule as PlainRule
from reference.strategies import encoded, sample

from checker import values
from checker.checking import look
from checker.dossier.loading import dossier_schema
from checker.dossier.schema import Entity, Field, Kind
from checker.evidence import Witness
from checker.facts import Found, View, _Noted, _Surroundings
from checker.language.compiling import Conditions, bound, compiled, spelled
from checker.language.formula import (
    ALWAYS,
    NEVER,
    All,
    Formula,
    FormulaTooLargeError,
    Literal,
    conjunctions,
    negation,
    truth_of,
)
from checker.language.formula import Any as AnyOf
from checker.language.parsing import ExpressionError, Scope, parse
from checker.language.sweeping import sweep_code
from checker.language.template import parse_template
from checker.language.tree import Constant, Node, Sort, Type, path_text
from checker.language.wording import Wording, say
from checker.model import Truth
from checker.policy.rules import Rule
from checker.policy.sheet import sheet
from checker.policy.source import parse_yaml

SCHEMA = dossier_schema()
PARAMETERS = {
    "eia.followup_years": (Type(sort=Sort.NUMBER, unit="years", floor=Decimal(0)), False),
    "trip.max_persons": (Type(sort=Sort.NUMBER, unit="persons", floor=Decimal(0)), True),
    "coverage.tolerance": (Type(sort=Sort.NUMBER, floor=Decimal(0)), False),
}


def scope_of(register: str, **more: Any) -> Scope:
    subject = SCHEMA.registers[register] if register != "zone" else SCHEMA.zone
    parents = {}
    above = subject.parent
    while above:
        parents[SCHEMA.registers[above].singular] = SCHEMA.registers[above]
        above = SCHEMA.registers[above].parent
    records = {"subject": subject, **parents, "zone": SCHEMA.zone}
    return Scope(schema=SCHEMA, subject=subject, records=records, parameters=PARAMETERS, **more)


# --- what is refused ------------------------------------------------------------------------------------------------

PARCEL = scope_of(
    "parcels",
    lets={"paid": Type(sort=Sort.NUMBER, unit="cny"), "overdue": Type(sort=Sort.TRUTH), "due_day": Type(sort=Sort.DAY)},
)
PLAN_CHANGE = scope_of("plan_changes")

REFUSED = [
    # (scope, text, what the caret points at, part of the message, part of the suggestion)
    (PARCEL, "paid < dew", "dew", "没有名为 dew", ""),
    (PARCEL, "paidd < 5", "paidd", "没有名为 paidd", "paid"),
    (PARCEL, "True and paid < area_sqn", "area_sqn", "没有名为 area_sqn", "area_sqm"),
    (PARCEL, "any(p.paid_onn <= as_of for p in payments)", "p.paid_onn", "没有字段 paid_onn", "paid_on"),
    (PLAN_CHANGE, "plan.aprover_level == 'county'", "plan.aprover_level", "没有字段 aprover_level", "approver_level"),
    (PARCEL, "supply_method == 'agrement'", "'agrement'", "没有取值 agrement", "agreement"),
    (PARCEL, "'agrement' == supply_method", "'agrement'", "没有取值 agrement", "agreement"),
    (PARCEL, "supply_method in {'agreement', 'tendr'}", "{'agreement', 'tendr'}", "没有取值 tendr", "tender"),
    (PARCEL, "supply_method not in {'zzz'}", "{'zzz'}", "没有取值 zzz", "allocation、agreement"),
    (PARCEL, "contract_signed_on < 5", "contract_signed_on < 5", "日期不能与数值相比", ""),
    (PARCEL, "contract_signed_on < paid", "contract_signed_on", "日期不能与数值相比", ""),
    (PARCEL, "contract_signed_on < '2014年'", "'2014年'", "不是日期", "2014-10-30"),
    (PARCEL, "contract_signed_on == '2014-02-30'", "'2014-02-30'", "不是日期", ""),
    (PARCEL, "total_price_cny < area_sqm", "total_price_cny", "单位不同：cny 与 sqm", ""),
    (PARCEL, "total_price_cny + area_sqm > 1", "total_price_cny", "单位不同", ""),
    (PARCEL, "total_price_cny * total_price_cny > 1", "total_price_cny", "单位不能相乘", ""),
    (PARCEL, "area_sqm / total_price_cny > 1", "area_sqm", "单位不能相除", ""),
    (PARCEL, "contract_no == None", "None", "写作 is None", ""),
    (PARCEL, "contract_no != None", "None", "写作 is None", ""),
    (PARCEL, "None == contract_no", "None", "None 只能用在", ""),
    (PARCEL, "area_sqm is 5", "5", "is 只用于", ""),
    (PARCEL, "area_sqm is not 5", "5", "is 只用于", ""),
    (PARCEL, "overdue is None", "overdue", "不会是“无”", ""),
    (PARCEL, "(paid < 5) is None", "paid < 5", "不会是“无”", ""),
    (PARCEL, "payments is None", "payments", "没有可以是“无”", ""),
    (PARCEL, "zone is None", "zone", "没有可以是“无”", ""),
    (PARCEL, "contract_no < grantor_name", "contract_no", "只能比较是否相同", "below"),
    (PARCEL, "overdue == overdue", "overdue", "不能这样比较", ""),
    (PARCEL, "payments == payments", "payments", "不能这样比较", ""),
    (PARCEL, "1 < contract_signed_on < 5", "1", "不能与日期相比", ""),
    (PARCEL, "happend(contract_signed_on)", "happend", "没有名为 happend 的函数", "happened"),
    (PARCEL, "latest(contract_signed_on)", "latest", "没有名为 latest 的函数", ""),
    (PARCEL, "max(p.amount_cny for p in payments) > 1", "max", "没有名为 max 的函数", ""),
    (PARCEL, "eval('1')", "eval", "没有名为 eval 的函数", ""),
    (PARCEL, "happened()", "happened", "要1个参数，这里有0个", ""),
    (PARCEL, "years_after(contract_signed_on) < as_of", "years_after", "要2个参数，这里有1个", ""),
    (PARCEL, "happened(paid)", "paid", "这里要日期，得到的是数值", ""),
    (PARCEL, "happened(event=contract_signed_on)", "happened", "不带关键字参数", ""),
    (PARCEL, "happened(*payments)", "*payments", "没有这种写法", ""),
    (PARCEL, "payments.count(1)", "payments", "只能调用函数表里的函数", ""),
    (PARCEL, "any(p.amount_cny > 0 for paid in payments)", "paid in", "paid 已有别的意思", "换一个名字"),
    (PARCEL, "any(True for area_sqm in payments)", "area_sqm", "已有别的意思", ""),
    (PARCEL, "any(True for parcels in payments)", "parcels", "已有别的意思", ""),
    (PARCEL, "any(True for as_of in payments)", "as_of", "已有别的意思", ""),
    (PARCEL, "any(True for happened in payments)", "happened", "已有别的意思", ""),
    (PARCEL, "any(True for sum in payments)", "sum in", "已有别的意思", ""),
    (PARCEL, "any(any(True for p in agreements) for p in payments)", "p in agreements", "p 已有别的意思", ""),
    (PARCEL, "any(True for p, q in payments)", "p, q", "循环变量是一个名字", ""),
    (PARCEL, "any(True for p in contract_no)", "contract_no", "只能在台账或者文字列表上循环", ""),
    (PARCEL, "any(True for p in {'a'})", "{'a'}", "只能在台账或者文字列表上循环", ""),
    (PARCEL, "any(True for p in zone)", "zone", "只能在台账", ""),
    (PARCEL, "any(payments)", "any", "写 … for … in 台账", ""),
    (PARCEL, "any([p.amount_cny > 0 for p in payments])", "any", "写 … for … in 台账", ""),
    (PARCEL, "sum(p for p in payments) > 1", "p for", "这里要数值，得到的是记录", ""),
    (PARCEL, "count(p.amount_cny for p in payments) > 1", "p.amount_cny", "count 里写循环变量本身", ""),
    (PARCEL, "any(p.amount_cny for p in payments)", "p.amount_cny", "这里要是否，得到的是数值", ""),
    (
        PARCEL,
        "any(p.payment_id == q.agr_id for p in payments for q in agreements for r in plans)",
        "any",
        "循环嵌套超过2层",
        "",
    ),
    (PARCEL, "below(supply_method, 'agreement')", "supply_method", "声明了高低次序", ""),
    (PLAN_CHANGE, "below(reapprover_level, 'town')", "'town'", "town 不在声明的次序里", "admin_committee < township"),
    (PLAN_CHANGE, "below(reapprover_level, description)", "description", "没有声明高低次序", ""),
    (PARCEL, "supply_method in {1, 2}", "{1, 2}", "集合里只能列文字", ""),
    (PARCEL, "supply_method in {}", "{}", "没有这种写法", ""),
    (PARCEL, "supply_method in ()", "()", "集合里只能列文字", ""),
    (PARCEL, "paid in {'a'}", "paid", "这里要文字，得到的是数值", ""),
    (PARCEL, "contract_no in payments", "payments", "这里要文字列表", ""),
    (
        PARCEL,
        "param.eia.folowup_years > 1",
        "param.eia.folowup_years",
        "没有名为 eia.folowup_years 的参数",
        "eia.followup_years",
    ),
    (PARCEL, "param > 1", "param", "没有名为 param", ""),
    (PARCEL, "area_sqm.real > 1", "area_sqm", "数值没有字段 real", ""),
    (PARCEL, "zone.__class__ == 'a'", "zone.__class__", "没有字段 __class__", ""),
    (PARCEL, "as_of.__class__.__mro__ == 'a'", "as_of", "日期没有字段 __class__", ""),
    (PARCEL, "subject.area_sqm > 1", "subject", "没有名为 subject", ""),
    (PARCEL, "if_none(overdue, True)", "if_none", "是否不能由是否代替", ""),
    (PARCEL, "if_none(payments, payments) is None", "if_none", "台账不能由台账代替", ""),
    (PARCEL, "if_none(paid, '无') > 1", "if_none", "数值不能由文字代替", ""),
    (PARCEL, "between(area_sqm, paid) > 1", "between", "单位不同", ""),
    (PARCEL, "(paid if overdue else contract_no) == 'a'", "paid", "两种情形的结果不同", ""),
    (PARCEL, "(payments if overdue else payments) is None", "payments", "只能在数值、文字、日期和判断之间选择", ""),
]


@pytest.mark.parametrize(
    ("scope", "text", "at", "message", "suggestion"), REFUSED, ids=[each[1][:40] for each in REFUSED]
)
def test_what_the_language_does_not_know_is_refused_at_its_place(
    scope: Scope, text: str, at: str, message: str, suggestion: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, scope)
    assert message in caught.value.message
    assert suggestion in caught.value.suggestion
    assert caught.value.offset == text.index(at)


PYTHON = [
    *("lambda: 1", "f'{paid}' == 'a'", "(x := paid) > 1", "payments[0]", "payments[0:1]", "[p for p in payments]"),
    *("{p.amount_cny for p in payments}", "{p: 1 for p in payments}", "(p for p in payments)", "{'a': 1}"),
    *("paid ** 2 > 1", "paid % 2 > 1", "paid // 2 > 1", "paid & 1", "paid | 1", "paid ^ 1", "~paid", "paid << 1"),
    *("paid >> 1", "paid @ 1", "+paid > 1", "await paid", "yield", "yield paid", "...", "b'a' == b'a'", "1j > 0"),
    *(
        "__import__('os')",
        "__import__('os').system('id')",
        "().__class__.__bases__[0]",
        "zone.__dict__",
        "open('/etc/passwd')",
    ),
    *("exec('1')", "globals()", "getattr(zone, 'level')", "vars(zone)", "''.join('a')", "'%s' % paid == 'a'"),
    *(
        "'{0.__class__}'.format(zone) == 'a'",
        "print(paid)",
        "any(True async for p in payments)",
        "not",
        "paid <",
        "if paid: 1",
    ),
    *(
        "paid = 1",
        "import os",
        "paid; paid",
        "paid < 1\npaid < 2",
        "*paid",
        "**paid",
        "`paid`",
        "paid <> 1",
        "$paid",
        "paid ? 1 : 2",
    ),
    *(
        "paid < 1) or (paid < 2",
        "paid < 1)\n(",
        ") or (",
        "",
        " ",
        "\n",
        "()",
        "# paid < 1",
        "1) # (",
        "\0",
        "paid < 1\0",
        "\ud800",
    ),
    *(
        "0x10 > 1",
        "1." + "1" * 25 + " > 1",
        "0b1 > 0",
        "1e400 > 1",
        "1e-999999999 > 0",
        "10e17 * 1e19 > 1",
        "1" * 40 + " > 1",
        "0." + "1" * 40 + " > 1",
    ),
    *(
        "9**9**9 > 1",
        "-" * 1999,
        "-" * 1990 + "1 > 1",
        "not " * 499 + "True",
        "(" * 999 + "1" + ")" * 999,
        "[" * 999,
        "1" * 1999,
    ),
    *("1" + "+1" * 900 + " > 1", "paid" + ".x" * 900, "a" * 2001, "any(" * 100 + "True" + " for p in payments)" * 100),
    *(
        "True if True else " * 100 + "True",
        "happened(" * 300,
        "'" * 1999,
        '"""' + "a" * 10,
        "\\\n",
        "{" * 1000,
    ),
    *("раid < 1", "paid < １", "paid≤1", "“paid” == 'a'", "paid＜1"),  # a Cyrillic р and а, full-width digits and signs
]


@pytest.mark.parametrize("text", PYTHON, ids=lambda text: repr(text)[:40])
def test_nothing_of_python_but_the_small_subset_is_read(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, PARCEL)
    assert caught.value.message
    assert 0 <= caught.value.offset <= len(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("contract_no == '出让合同' and dew > 1", "dew"),
        ("contract_no == '出让合同'\n  or grantor_name == '甲' and dew > 1", "dew"),
        ("contract_no == '甲\u2028乙' and dew > 1", "dew"),
        ("contract_no == '甲' and paid < 12.50 and dew > 1", "dew"),
        ("grantor_name in {'𠮷野', '甲'} and dew > 1", "dew"),
        ("contract_no == '甲' and paid <> 1", "<>"),
        ("contract_no == '甲' and paid +* 1", "*"),
    ],
)
def test_an_offset_counts_characters_not_bytes(text: str, at: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, PARCEL)
    assert caught.value.offset == text.index(at)


def test_a_number_after_chinese_text_keeps_its_digits() -> None:
    tree = parse("contract_no == '甲\u2028乙\u0085丙' and paid < 12.50", PARCEL)
    assert [each.value for each in tree.walk() if isinstance(each, Constant)] == [
        "甲\u2028乙\u0085丙",
        Decimal("12.50"),
    ]


@pytest.mark.parametrize(
    ("yaml", "line", "column"),
    [
        ("violated: \"grantor_name == '甲乙' and dew > 1\"\n", 1, 37),
        ("violated: >-\n  grantor_name == '甲乙'\n  and dew > 1\n", 3, 7),
        ("violated: |\n  grantor_name == '甲乙'\n    and dew > 1\n", 3, 9),
        ("violated: grantor_name == '甲'\n  and dew > 1\n", 2, 7),
        ("violated: 'grantor_name == ''甲'' and dew > 1'\n", 1, 38),
    ],
)
def test_the_caret_stands_under_the_word_however_the_scalar_is_written(yaml: str, line: int, column: int) -> None:
    source = parse_yaml(yaml, "R.yaml")
    with pytest.raises(ExpressionError) as caught:
        parse(source.value["violated"], PARCEL)
    place, excerpt = source.expression_place("/violated", caught.value.offset)
    assert (place.line, place.column) == (line, column)
    written, caret = excerpt.splitlines()
    assert width(written[: written.index("dew")]) == width(caret.rstrip("^"))


def width(text: str) -> int:
    return sum(1 if each < "\u1100" else 2 for each in text)


@pytest.mark.parametrize(
    "text",
    [
        "paid < 5 and not overdue",
        "0 < paid <= 5",
        "contract_signed_on >= '2014-10-30'",
        "'2014' <= contract_signed_on",
        "paid / total_price_cny > 0.7",
        "sum(p.amount_cny for p in payments if p.paid_on <= as_of) < total_price_cny * (1 - param.coverage.tolerance)",
        "any(c.type in {'land_price_cap'} for a in agreements for c in a.commitments)",
        "grantor_kind is not None",
        "grantor_kind in ('platform', 'other')",
        "count(p for p in payments) == 2",
        "\n paid\n < 5\n",
    ],
)
def test_ordinary_conditions_are_read(text: str) -> None:
    assert parse(text, PARCEL).type.sort is Sort.TRUTH


def test_as_of_and_names_have_their_units() -> None:
    assert parse("paid / total_price_cny * area_sqm", PARCEL).type.unit == "sqm"
    assert parse("paid - total_price_cny", PARCEL).type.unit == "cny"
    assert parse("days_inclusive(contract_signed_on, as_of)", PARCEL).type.unit == "days"


@pytest.mark.parametrize("text", ["{{ paid", "paid }}", "{{ paid }} }}", "{{ {{ paid }} }}", "{{}}", "{{ | yuan }}"])
def test_braces_that_do_not_pair_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_template(text, PARCEL)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ dew }}", "没有名为 dew"),
        ("{{ paid | date }}", "date 不适用于数值"),
        ("{{ contract_signed_on | yuan }}", "yuan 不适用于日期"),
        ("{{ area_sqm | yuan }}", "与单位 sqm 不符"),
        ("{{ paid | upper }}", "upper 不适用于"),
        ("{{ payments }}", "台账不能放进句子里"),
        ("{{ zone }}", "记录不能放进句子里"),
        ("{{ paid.__class__ }}", "没有字段 __class__"),
        ("{{ ''.__class__.__mro__ }}", "没有字段 __class__"),
        ("{{ self }}", "没有名为 self"),
        ("{{ config.items() }}", "只能调用函数表里的函数"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "只能调用函数表里的函数"),
    ],
)
def test_a_slot_is_an_expression_and_checked_like_one(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        parse_template(f"合计{text}元", PARCEL)
    assert 2 <= caught.value.offset <= len(text) + 2


def test_a_sentence_fills_with_values_and_leaves_other_template_languages_alone() -> None:
    text = "{% raw %}${7*7}{paid}<%= 1 %>{{ paid | yuan }}"
    assert parse_template(text, PARCEL).fill(lambda _: Decimal(5)) == "{% raw %}${7*7}{paid}<%= 1 %>5.00元"


def test_what_stands_in_square_brackets_is_said_only_if_all_of_it_is_known() -> None:
    text = "宗地[[（{{ contract_no }}）]]欠{{ total_price_cny | yuan }}[[，共{{ area_sqm }}，{{ term_years }}]]。"
    sentence = parse_template(text, PARCEL)
    known: dict[str, values.Value] = {
        "contract_no": "合1",
        "total_price_cny": Decimal(5),
        "area_sqm": Decimal(2),
        "term_years": None,
    }

    def told(**more: values.Value) -> str:
        return sentence.fill(lambda node: {**known, **more}[path_text(node) or ""])

    assert told() == "宗地（合1）欠5.00元，共2平方米，无。"
    assert told(contract_no=values.UNKNOWN) == "宗地欠5.00元，共2平方米，无。"
    assert told(area_sqm=values.UNKNOWN, total_price_cny=values.UNKNOWN) == "宗地（合1）欠不详。"
    assert told(area_sqm=values.Range(Decimal(2), None)) == "宗地（合1）欠5.00元，共至少2平方米，无。"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("宗地[[（{{ contract_no }}）。", "方括号没有配对"),
        ("宗地（{{ contract_no }}）]]。", "方括号没有配对"),
        ("宗地[[（[[{{ contract_no }}]]）]]。", "方括号没有配对"),
        ("宗地[[欠缴]]。", "方括号中没有填值的地方"),
        ("宗地[[{{ contract_no ]]}}。", "花括号没有配对"),
    ],
)
def test_square_brackets_are_checked(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        parse_template(text, PARCEL)


# --- sentences ------------------------------------------------------------------------------------------------------


def test_every_expression_of_every_rule_reads_as_a_sentence(golden: Compare) -> None:
    policy = shipped_policy()
    golden("sentences.txt", "\n".join(sheet(each.rule) for each in policy.rules).encode())


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(10**30),
        Decimal("-0.00"),
        Decimal("1E+3"),
        date(1, 1, 1),
        values.Range(date(2014, 1, 1), date(2014, 12, 31)),
        "'\\\"\n\x00\ud800\u202e\U0001f600",
        (None, (False, 1)),
        frozenset({Decimal(1), Decimal("1.5")}),
        frozenset(),
    ],
    ids=ascii,
)
def test_a_constant_is_in_the_code_what_it_is_in_the_rule(value: Any) -> None:
    found = bound(compiled(f"value = {spelled(value)}\ndef bind(): return value"))()
    assert (found, repr(found)) == (value, repr(value))


def test_words_for_values() -> None:
    money, day = Type(sort=Sort.NUMBER, unit="cny"), Type(sort=Sort.DAY)
    assert say(values.Range(Decimal(1), None), money) == "至少1.00元"
    assert say(values.Range(None, Decimal(1)), money) == "至多1.00元"
    assert say(values.day("2021-02"), day) == "2021年2月"
    assert say(values.day("2021"), day) == "2021年"
    assert say(values.Range(values.day("2021-02-01"), values.day("2021-03-28")), day) == "2021年2月1日至2021年3月28日"
    assert say(Fraction(1, 4), Type(sort=Sort.NUMBER)) == "0.25"
    assert say(Fraction(2, 3), money) == "约0.6667元"
    assert say(None, money) == "无"
    assert say(values.UNKNOWN, money) == "不详"


# --- formulas -------------------------------------------------------------------------------------------------------


def formulas(depth: int = 3) -> st.SearchStrategy[Formula]:
    literals: st.SearchStrategy[Formula] = st.builds(Literal, st.integers(0, 3), st.booleans())
    return st.recursive(
        st.one_of(literals, st.just(ALWAYS), st.just(NEVER)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
            st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        ),
        max_leaves=depth * 3,
    )


@given(formulas())
@settings(max_examples=150, deadline=None)
def test_a_formula_is_true_where_some_conjunction_is_and_may_be_true_where_some_may_be(formula: Formula) -> None:
    found = conjunctions(formula)
    for truths in itertools.product((True, False, None), repeat=4):
        stands = [[truth_of(literal, truths) for literal in each] for each in found]
        is_true = any(all(truth is True for truth in each) for each in stands)
        may_be_true = any(all(truth is not False for truth in each) for each in stands)
        assert truth_of(formula, truths) is (True if is_true else None if may_be_true else False)


@given(formulas(), st.frozensets(st.integers(0, 3)))
@settings(max_examples=100, deadline=None)
def test_without_some_tests_a_formula_is_as_if_they_were_unknown(formula: Formula, without: frozenset[int]) -> None:
    found = conjunctions(formula, without=without)
    for truths in itertools.product((True, False, None), repeat=4):
        doubted = [None if index in without else truth for index, truth in enumerate(truths)]
        stands = any(all(truth_of(literal, truths) is True for literal in each) for each in found)
        assert stands is (truth_of(formula, doubted) is True)


@given(formulas())
@settings(max_examples=100, deadline=None)
def test_the_opposite_of_a_formula_is_its_negation(formula: Formula) -> None:
    for truths in itertools.product((True, False, None), repeat=4):
        assert truth_of(negation(formula), truths) is values.negation(truth_of(formula, truths))


def test_a_formula_that_has_no_end_is_given_up() -> None:
    pairs = [AnyOf((Literal(2 * pair, True), Literal(2 * pair + 1, True))) for pair in range(12)]
    assert len(conjunctions(All(tuple(pairs[:6])))) == 64
    with pytest.raises(FormulaTooLargeError):
        conjunctions(All(tuple(pairs)))


# --- three readings of random expressions ---------------------------------------------------------------------------

DOSSIERS = 40
NUMBERS = ("0", "1", "5", "6", "0.01", "0.1", "400000", "999999.99", "1000000", "995", "0.005")
DAYS = ("'2014-10-30'", "'2016-06'", "'2014'", "'2009-09-30'", "'2012-02-29'", "'2024-12-30'")
ADJUSTED = ("day", "t0", "v1", "x0", "ground", "paper", "less", "p", "q")
"""Names of loop variables; some are those of the generated code."""


@dataclass(slots=True)
class Grammar:
    """Writes a random expression over the schema. `names` are the records in scope by what they are called."""

    random: Random
    subject: Entity
    names: dict[str, Entity]
    texts: list[str] = field(default_factory=list)
    lets: dict[str, Sort] = field(default_factory=dict)
    loops: int = 0

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)()

    def fields(self, *kinds: Kind) -> list[tuple[str, Field]]:
        """Give every field of these kinds that can be reached, by its path."""
        found = []
        for name, entity in (("", self.subject), *self.names.items()):
            prefix = f"{name}." if name else ""
            found += list(self.below(prefix, entity, kinds, links=True))
        return found

    def below(
        self, prefix: str, entity: Entity, kinds: tuple[Kind, ...], *, links: bool
    ) -> Iterator[tuple[str, Field]]:
        for each in entity.fields.values():
            if each.kind in kinds:
                yield f"{prefix}{each.attribute}", each
            if each.kind is Kind.BLOCK:
                yield from self.below(f"{prefix}{each.name}.", each.inner, kinds, links=links)
            if each.ref and links and each.target not in entity.fields:
                yield from self.below(f"{prefix}{each.target}.", SCHEMA.registers[each.ref], kinds, links=False)

    def some_field(self, *kinds: Kind) -> str:
        found = self.fields(*kinds)
        near = [each for each in found if each[0].partition(".")[0] in ADJUSTED]
        return self.random.choice(near if near and self.random.random() < 0.7 else found)[0]

    # --- truths

    def truth(self, depth: int) -> str:
        flags = [name for name, sort in self.lets.items() if sort is Sort.TRUTH]
        simple = [
            *[lambda: self.random.choice(flags)] * (4 if flags and self.loops else 0),
            self.order,
            self.order,
            self.days,
            self.days,
            self.texts_equal,
            self.member,
            self.none,
            self.happened,
            self.mentions,
            self.below_level,
        ]
        if depth <= 0:
            return str(self.pick(*simple))
        inner = [
            lambda: f"({self.truth(depth - 1)} and {self.truth(depth - 1)})",
            lambda: f"({self.truth(depth - 1)} or {self.truth(depth - 1)})",
            lambda: f"(not {self.truth(depth - 1)})",
            lambda: f"({self.truth(depth - 1)} if {self.truth(depth - 1)} else {self.truth(depth - 1)})",
            lambda: self.quantified(depth - 1),
            lambda: self.quantified(depth - 1),
        ]
        named = [lambda: self.random.choice(flags)] * 4 if flags else []
        return str(self.pick(*simple, *named, *inner, *inner))

    def order(self) -> str:
        operator = self.random.choice(("<", "<=", ">", ">=", "==", "!="))
        return f"{self.number(2)} {operator} {self.number(1)}"

    def days(self) -> str:
        operator = self.random.choice(("<", "<=", ">", ">=", "==", "!="))
        left = self.day(1)
        right = self.random.choice(DAYS) if self.random.random() < 0.3 else self.day(1)
        return f"{left} {operator} {right}" if self.random.random() < 0.8 else f"{right} {operator} {left}"

    def texts_equal(self) -> str:
        return f"{self.text()} {self.random.choice(('==', '!='))} {self.text()}"

    def member(self) -> str:
        lists = [path for path, _ in self.fields(Kind.TEXTS)]
        if lists and self.random.random() < 0.5:
            return f"{self.text()} {self.random.choice(('in', 'not in'))} {self.random.choice(lists)}"
        path, described = self.random.choice(self.fields(Kind.ENUM))
        members = self.random.sample(described.members, min(2, len(described.members)))
        return f"{path} {self.random.choice(('in', 'not in'))} {{{', '.join(map(repr, members))}}}"

    def none(self) -> str:
        kinds = (Kind.DAY, Kind.NUMBER, Kind.TEXT, Kind.ENUM, Kind.INTEGER, Kind.BLOCK, Kind.TEXTS, Kind.SHAPE)
        return f"{self.some_field(*kinds)} {self.random.choice(('is None', 'is not None'))}"

    def happened(self) -> str:
        return f"happened({self.day(1)})"

    def mentions(self) -> str:
        return f"mentions({self.some_field(Kind.TEXT)}, {{'土地', '日本', '甲'}})"

    def below_level(self) -> str:
        found = [path for path, each in self.fields(Kind.ENUM) if each.order]
        if not found:
            return self.none()
        other = "'county'" if self.random.random() < 0.4 else self.random.choice(found)
        return f"below({self.random.choice(found)}, {other})"

    # --- values

    def text(self) -> str:
        if self.texts and self.random.random() < 0.5:
            return self.random.choice(self.texts)
        return self.some_field(Kind.TEXT)

    def day(self, depth: int) -> str:
        options = [lambda: self.some_field(Kind.DAY)] * 4 + [lambda: "as_of"]
        if depth > 0:
            options += [
                lambda: (
                    f"years_after({self.day(depth - 1)}, {self.random.choice(('1', '5', 'param.eia.followup_years'))})"
                ),
                lambda: f"months_after({self.day(depth - 1)}, {self.random.choice(('1', '18', '-1', '0.5'))})",
                lambda: f"workdays_after({self.day(depth - 1)}, {self.random.choice(('1', '10', '60', '0', '0.5'))})",
                lambda: f"if_none({self.day(depth - 1)}, {self.day(depth - 1)})",
                lambda: f"({self.day(depth - 1)} if {self.truth(0)} else {self.day(depth - 1)})",
            ]
        return str(self.pick(*options))

    def number(self, depth: int) -> str:
        numbers = [name for name, sort in self.lets.items() if sort is Sort.NUMBER]
        options = [lambda: self.some_field(Kind.NUMBER, Kind.INTEGER)] * 3 + [lambda: self.random.choice(NUMBERS)]
        options += [lambda: self.random.choice(numbers)] * 2 if numbers else []
        lists = [path for path, _ in self.fields(Kind.TEXTS)]
        options += [lambda: f"size({self.random.choice(lists)})"] if lists else []
        if depth > 0:
            options += [
                lambda: f"({self.number(depth - 1)} {self.random.choice('+-')} {self.number(depth - 1)})",
                lambda: f"({self.number(depth - 1)} * {self.random.choice(NUMBERS)})",
                lambda: f"({self.number(depth - 1)} / {self.random.choice((*NUMBERS, self.some_field(Kind.NUMBER)))})",
                lambda: f"(-{self.number(depth - 1)})",
                lambda: f"if_none({self.number(depth - 1)}, {self.number(depth - 1)})",
                lambda: f"between({self.number(depth - 1)}, {self.number(depth - 1)})",
                lambda: f"({self.number(depth - 1)} if {self.truth(0)} else {self.number(depth - 1)})",
                lambda: f"{self.random.choice(('', 'work'))}days_inclusive({self.day(0)}, {self.day(0)})",
                lambda: "param.trip.max_persons",
                *[self.late_fee] * 2,
                lambda: f"area_ha({self.shape()})",
                lambda: f"{self.random.choice(('in', 'out'))}side_ha({self.shape()}, {self.shape()})",
                *[self.folded] * 4,
            ]
        return str(self.pick(*options))

    def late_fee(self) -> str:
        """Write a call that takes registers, where there are such."""
        held = [path for path, _ in self.fields(Kind.REGISTER) if path.endswith("payment_schedule")]
        if not held:
            return self.folded()
        path = self.random.choice(held)
        arguments = f"{path}, {path.replace('payment_schedule', 'payments')}"
        return f"late_fee({arguments}, {self.random.choice(('0.001', 'param.eia.followup_years'))}, {self.day(0)})"

    def shape(self) -> str:
        """Write a shape, or what several of them cover."""
        if self.loops >= 2 or self.random.random() < 0.3:
            return self.some_field(Kind.SHAPE)
        head, inner = self.heads(near=True)
        return f"union({inner.some_field(Kind.SHAPE)} {head})"

    # --- loops

    def loop(self, name: str, *, near: bool) -> tuple[str, "Grammar"]:
        """Write one `for … in … if …`; *near* loops run over what a name in scope holds directly."""
        sources = [(path, each.inner) for path, each in SCHEMA.root.fields.items() if each.kind is Kind.REGISTER]
        nested = [(path, each.inner) for path, each in self.fields(Kind.REGISTER)]
        lists = [path for path, _ in self.fields(Kind.TEXTS)]
        if near:
            nested = [each for each in nested if is_near(each[0], self.names)]
            lists = [each for each in lists if is_near(each, self.names)]
        inner = Grammar(self.random, self.subject, dict(self.names), list(self.texts), self.lets, self.loops + 1)
        if lists and self.random.random() < 0.25:
            path = self.random.choice(lists)
            inner.texts.append(name)
        else:
            path, entity = self.random.choice(nested if nested and self.random.random() < 0.5 else sources)
            inner.names[name] = entity
        head = f"for {name} in {path}"
        if self.random.random() < 0.6:
            head += f" if {inner.filter(name)}"
        return head, inner

    def filter(self, name: str) -> str:
        """Write a condition that an index may answer, or any other."""
        if name not in self.names or self.random.random() < 0.4:
            return self.truth(0)
        keys = [each.name for each in self.names[name].of_kind(Kind.TEXT)]
        outside = Grammar(self.random, self.subject, {key: each for key, each in self.names.items() if key != name})
        equal = [f"{name}.{self.random.choice(keys)} == {outside.some_field(Kind.TEXT)}" for _ in range(2)]
        return self.random.choice((equal[0], " or ".join(equal), f"{equal[0]} and {self.truth(0)}"))

    def loop_names(self) -> str:
        return next(
            each for each in self.random.sample(ADJUSTED, len(ADJUSTED)) if each not in {*self.names, *self.texts}
        )

    def heads(self, *, near: bool) -> tuple[str, "Grammar"]:
        head, inner = self.loop(self.loop_names(), near=near)
        if inner.loops < 2 and self.random.random() < 0.3:
            more, inner = inner.loop(inner.loop_names(), near=near)
            head = f"{head} {more}"
        return head, inner

    def quantified(self, depth: int) -> str:
        if self.loops >= 2:
            return self.none()
        head, inner = self.heads(near=False)
        name = next(reversed(inner.names))
        body = inner.filter(name) if self.random.random() < 0.3 else inner.truth(min(depth, 1))
        return f"{self.random.choice(('any', 'all'))}({body} {head})"

    def folded(self) -> str:
        if self.loops >= 2:
            return self.random.choice(NUMBERS)
        head, inner = self.heads(near=True)
        if self.random.random() < 0.3:
            return f"count({head.rpartition('for ')[2].partition(' ')[0]} {head})"
        own = [path for path, _ in inner.fields(Kind.NUMBER, Kind.INTEGER) if path.partition(".")[0] in ADJUSTED]
        return f"sum({self.random.choice([each for each in own if each.count('.') == 1] or ['1'])} {head})"


def is_near(path: str, names: Container[str]) -> bool:
    base, dot, rest = path.partition(".")
    return not dot or (base in names and "." not in rest)


@dataclass(frozen=True, slots=True)
class Looked:
    """A random dossier as the program and as the plain reading see it."""

    view: View
    plain: Look


@cache
def looked(seed: int) -> Looked:
    made = sample(seed, raw_schema())
    written = json.loads(encoded(made.dossier), parse_float=Decimal)
    view = look(shipped_policy(), loaded(made.dossier), made.as_of)
    return Looked(view, Look(plain_reading().schema, written, made.as_of))


EACH = (
    "parcels",
    "parcels.payments",
    "plan_changes",
    "plan_eias",
    "trips",
    "expenditures",
    "agreements.commitments",
    "zone",
    "plans",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A random condition with the names it uses, on the records of a register."""

    each: str
    conduct_on: str
    lets: dict[str, str]
    text: str


def written(random: Random) -> Written:
    each = random.choice(EACH)
    scope = scope_of(each)
    names = {name: entity for name, entity in scope.records.items() if name != "subject"}
    grammar = Grammar(random, scope.subject, names)
    days = [each.name for each in scope.subject.of_kind(Kind.DAY)]
    lets = {}
    for name, sort in (("one", Sort.NUMBER), ("two", Sort.TRUTH)):
        if random.random() < 0.5:
            lets[name] = grammar.number(2) if sort is Sort.NUMBER else grammar.truth(1)
            grammar.lets[name] = sort
    return Written(each, random.choice([*days, "as_of"]), lets, grammar.truth(2))


def typed(made: Written) -> tuple[dict[str, Node], Node, Node] | None:
    """Read a random condition; not every one of them has fitting units and few enough loops."""
    scope, lets = scope_of(made.each), {}
    try:
        for name, text in made.lets.items():
            lets[name] = parse(text, scope)
            scope = replace(scope, lets={**scope.lets, name: lets[name].type})
        return lets, parse(made.conduct_on, scope), parse(made.text, scope)
    except ExpressionError:
        return None


def rule_of(made: Written, lets: dict[str, Node], conduct_on: Node, node: Node) -> Rule:
    scope = scope_of(made.each)
    parents = tuple(name for name in scope.records if name not in {"subject", "zone"})
    shipped = shipped_policy().rules[0].rule
    figures = {key: each.title for key, each in shipped_policy().parameters.items()}
    return replace(
        shipped,
        each=made.each,
        subject=scope.subject,
        parents=parents,
        conduct_on=conduct_on,
        lets=MappingProxyType(lets),
        labels=MappingProxyType({name: name for name in lets}),
        tests=(node,),
        violated=node,
        texts=((made.text, node),),
        wording=Wording(subject="甲", lets={}, figures=figures),
    )


def plainly(made: Written, seen: Looked, rule: Rule, subject: Any, parents: Sequence[Any]) -> Kleene:
    """Find the truth by the plain reading."""
    plain_rule = PlainRule(
        id="",
        each=made.each,
        signal=False,
        conduct_on=expression(made.conduct_on),
        when=expression("True"),
        violated=expression(made.text),
        suspected=expression("False"),
        lets={name: expression(text) for name, text in made.lets.items()},
        basis=(),
        pleas=(),
    )
    record = counterpart(seen, made.each, subject)
    above = [made.each.rpartition(".")[0]] if parents else []
    records = {name: counterpart(seen, path, row) for name, path, row in zip(rule.parents, above, parents, strict=True)}
    judgement = Judgement(plain_reading().law, seen.plain, plain_rule, record, records)
    judgement.day = judgement.value(plain_rule.conduct_on, dict(records))
    return truth(judgement.value(plain_rule.violated, dict(records)))


def counterpart(seen: Looked, path: str, record: Any) -> Record:
    """Give the record that stands at the same place in the plain reading."""
    if path == "zone":
        return seen.plain.zone
    index = next(number for number, each in enumerate(seen.view.rows(path)) if each is record)
    return seen.plain.rows(path)[index]


TRUTHS: dict[Truth, Kleene] = {True: Kleene.TRUE, False: Kleene.FALSE, None: Kleene.UNKNOWN}


def disagreements(made: Written, seeds: range) -> Iterator[tuple[Any, ...]]:
    """Read a condition three ways on every subject of some dossiers, and give where the answers differ."""
    found = typed(made)
    if found is None:
        return
    lets, conduct_on, node = found
    rule = rule_of(made, lets, conduct_on, node)
    conditions = Conditions(
        subject=rule.subject,
        parents=rule.parents,
        conduct_on=conduct_on,
        lets=lets,
        tests=(node,),
        when=ALWAYS,
        violated=Literal(0, True),
        suspected=NEVER,
        pleas=(),
        basis=(),
    )
    texts = made.text + "".join(made.lets.values())
    is_exact = not any(sign in texts for sign in ("*", "/", "between"))
    is_exact = is_exact and not ("sum(" in texts and "expenditures" in texts)  # reversals of uncertain rows correlate
    with localcontext(values.EXACT):
        for seed in seeds:
            seen = looked(seed)
            chains = seen.view.chains(rule.each)
            surroundings = _Surroundings(seen.view, (rule,), most_visits=None)
            surroundings.noted = [_Noted(lambda *_: (True, True, True), list)]
            bound(sweep_code((conditions,), SCHEMA, projected=seen.view.projected))(surroundings)(chains)
            truths = {
                each: key[-1] for key, numbers in surroundings.noted[0].answers(len(chains)).items() for each in numbers
            }
            for number, (subject, *parents) in enumerate(chains):
                compiled = truths[number]
                told = Found(chain=(subject, *parents), ground=(True, True, True), truths=(compiled,))
                witnessed = Witness(seen.view, rule, told).truth(node)
                plain = plainly(made, seen, rule, subject, parents)
                differs = (
                    TRUTHS[compiled] is not plain
                    if is_exact
                    else compiled is not None and TRUTHS[compiled] is not plain
                )
                if compiled is not witnessed or differs:
                    yield made, seed, compiled, witnessed, plain


@given(st.randoms(use_true_random=False), st.integers(0, DOSSIERS - 4))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@pytest.mark.thorough
def test_three_readings_of_a_condition_agree(random: Random, seed: int) -> None:
    assert not list(disagreements(written(random), range(seed, seed + 4)))


@given(st.randoms(use_true_random=False), st.integers(0, DOSSIERS - 4))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@pytest.mark.thorough
def test_the_witness_sees_the_same_if_it_follows_only_the_rows_that_decide(random: Random, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("checker.evidence.MOST_FOLLOWED", 0)
        assert not list(disagreements(written(random), range(seed, seed + 4)))
