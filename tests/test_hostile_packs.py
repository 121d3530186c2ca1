"""Packs made to do harm: whatever is in them, loading ends soon, with an error that says where, or does no harm."""

import json
import os
import shutil
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import localcontext
from pathlib import Path

import pytest
from pace import within
from packs import copied
from reference.program import PACK

from checker.checking import judge, look
from checker.dossier.loading import dossier_schema, load_dossier
from checker.errors import PolicyError
from checker.model import Verdict
from checker.policy.loading import read_policy
from checker.policy.reading import _FORMATTING, MOST_NODES
from checker.policy.source import MOST_PROBLEMS, parse_yaml
from checker.values import EXACT
from checker.verifying import load_policy

RULE = "R18.8-01"
V = "violated: paid < due"
SOON = 2.0
"""Seconds of processor time: what else the machine does is no fault of the file."""
"""Seconds within which a pack is refused."""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copied(tmp_path / PACK.name, RULE)


def edit(pack: Path, *changes: tuple[str, str], name: str = f"rules/{RULE}.yaml") -> Path:
    text = (pack / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (pack / name).write_text(text, encoding="utf-8")
    return pack


def refused(pack: Path) -> str:
    """Give what is told of a pack that is refused soon, each problem with a message and a place."""
    with within(SOON), pytest.raises(PolicyError) as caught:
        load_policy(pack, dossier_schema())
    assert caught.value.exit_code == 5
    assert all(each.message and each.place.file for each in caught.value.problems)
    assert len(str(caught.value)) < 100_000
    return str(caught.value)


# --- expressions ----------------------------------------------------------------------------------------------------

BOMBS = {
    "minus signs": "-" * 1990 + "1 > 0",
    "nots": "not " * 480 + "True",
    "brackets": "(" * 900 + "True" + ")" * 900,
    "powers": "9**9**9**9 > 0",
    "shifts": "1 << 999999999 > 0",
    "a huge integer": "9" * 1990 + " > 0",
    "a huge exponent": "1e999999999 > 0",
    "a tiny exponent": "paid / 1e-999999999 > 0",
    "a repeated text": "contract_no == 'a' * 999999999",
    "a format": "'%999999999d' % 1 == contract_no",
    "choices in conditions": "paid < 1 if " * 60 + "True" + " else paid < 2" * 60,
    "an import": "__import__('os').system('id') == 0",
    "an open file": "open('/etc/passwd').read() == contract_no",
    "a class": "().__class__.__base__.__subclasses__()",
    "a frame": "(p for p in payments).gi_frame.f_globals",
    "a lambda": "(lambda: True)()",
    "a walrus": "(paid := 1) > 0",
    "closing the bracket": "True) or (True",
    "closing the bracket on a line": "True\n  )\n  (True",
    "a statement": "True\n  import os",
    "a comment that eats the bracket": "True # ) \\",
    "loops": "any(any(any(True for a in plans) for b in plans) for c in plans)",
    "a loop without end": "any(True for a in plans for b in plans for c in plans)",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("key", ["violated", "when", "message"])
def test_an_expression_that_is_a_bomb_is_refused(pack: Path, bomb: str, key: str) -> None:
    quoted = "'" + bomb.replace("'", "''") + "'"
    if key == "message":
        text = (pack / f"rules/{RULE}.yaml").read_text(encoding="utf-8")
        line = next(each for each in text.splitlines() if each.startswith("message: "))
        new = line, "message: '截至{{ " + bomb.replace("'", "''") + " }}'"
    else:
        new = (V, f"violated: {quoted}") if key == "violated" else (V, f"suspected: {quoted}\n{V}")
    edit(pack, new)
    if key == "message" and bomb.startswith("True #"):
        return  # a sentence is made for findings only, and a remark in it does no harm
    assert refused(pack)


@pytest.mark.parametrize(
    "loops",
    [
        "any(a.area_ha > b.area_ha for a in plans for b in plans)",
        "any(sum(b.area_ha for b in plans) < a.area_ha for a in plans)",
    ],
)
def test_loops_over_whole_registers_have_a_bound(pack: Path, loops: str) -> None:
    edit(pack, (V, f"violated: {loops}"))
    policy = read_policy(pack, dossier_schema())
    [compiled] = [each for each in policy.rules if each.rule.id == RULE]
    for number, is_refused in ((20, False), (300, True)):
        written = {
            "meta": {"dossier_id": "D", "as_of_date": "2024-12-31"},
            "zone": {"zone_id": "Z"},
            "parcels": [{"parcel_id": f"P{n}", "supply_method": "listing"} for n in range(number)],
            "plans": [{"plan_id": f"U{n}", "area_ha": 1} for n in range(number)],
        }
        view = look(policy, load_dossier(json.dumps(written).encode(), "D", dossier_schema()), date(2024, 12, 31))
        with localcontext(EXACT):
            pairs = list(judge(policy, view, compiled))
        if is_refused:
            [pair] = pairs
            assert (pair.verdict, pair.is_bounded) == (Verdict.UNDETERMINED, True)
        else:
            assert len(pairs) == number + 1


def test_the_names_of_lets_do_not_multiply(pack: Path) -> None:
    for first, step in (
        ("paid / total_price_cny", "{0} * {0}"),
        ("paid", "{0} + {0}"),
        ("paid < due", "{0} and {0} or not {0}"),
    ):
        lets = [f"  a0: {first}", *(f"  a{n + 1}: {step.format(f'a{n}')}" for n in range(30))]
        labels = [f"  a{n}: 甲" for n in range(31)]
        copy = shutil.copytree(pack, pack.parent / step.replace("{0}", "x").replace(" ", "").replace("*", "m"))
        edit(
            copy,
            ("labels:\n", "\n".join([*lets, "labels:", *labels, ""])),
            (V, "violated: a30 == a30" if " and " not in step else "violated: a30"),
        )
        assert "展开后过大" in refused(copy)


def test_names_that_lie_inside_one_another_have_an_end(pack: Path) -> None:
    lets = ["  a0: paid < due", *(f"  a{n + 1}: paid < due and (a{n} or paid < due)" for n in range(39))]
    labels = [f"  a{n}: 甲" for n in range(40)]
    edit(pack, ("labels:\n", "\n".join([*lets[:38], "labels:", *labels[:38], ""])), (V, "violated: a37"))
    assert "嵌套过深" in refused(pack)


@pytest.mark.parametrize("many", [50, 20_000])
def test_many_names_are_refused(pack: Path, many: int) -> None:
    lets = "".join(f"  a{number}: due\n" for number in range(many))
    edit(pack, ("labels:\n", lets + "labels:\n"))
    assert refused(pack)


def test_a_condition_over_nine_tests_does_not_explode(pack: Path) -> None:
    tests = [f"area_sqm > {number}" for number in range(6)]
    clauses = [
        " or ".join(f"not {test}" if number >> index & 1 else test for index, test in enumerate(tests))
        for number in (0, 7, 25, 42, 52, 63)
    ]
    edit(pack, (V, "violated: " + " and ".join(f"({clause})" for clause in clauses)))
    assert "个，最多9个" in refused(pack)


def test_a_chain_of_choices_is_not_written_out_without_end(pack: Path) -> None:
    condition = "paid < due"
    for _ in range(15):
        condition = f"(paid < 1 if {condition} else paid < 2)"
    edit(pack, (V, f"violated: {condition}"))
    assert "装不下" in refused(pack)


@pytest.mark.parametrize(
    "text", ["{{ as_of }}" * 5_000, "甲" * 90_000, "{{" * 1_000, "{{ as_of | " + "x" * 50_000 + " }}"]
)
def test_a_sentence_without_end_is_refused(pack: Path, text: str) -> None:
    written = (pack / f"rules/{RULE}.yaml").read_text(encoding="utf-8")
    line = next(each for each in written.splitlines() if each.startswith("message: "))
    edit(pack, (line, f'message: "{text}"'))
    assert refused(pack)


INJECTIONS = (
    "{% for x in range(999999999) %}{{ x }}{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ self._TemplateReference__context.cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ config }}",
    "${jndi:ldap://x}",
    "%(name)s {0.__class__}",
)


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_is_printed_of_a_rule_is_text_and_no_template(pack: Path, text: str) -> None:
    """Only `message` has slots; elsewhere braces are braces, and other template languages mean nothing anywhere."""
    quoted = "'" + text.replace("'", "''") + "'"
    edit(
        pack,
        ("title: 欠缴、少缴土地出让价款", f"title: {quoted}"),
        ("reason: 法院裁定中止履行，期限未届满", f"reason: {quoted}"),
    )
    [compiled] = load_policy(pack, dossier_schema()).rules
    assert compiled.rule.title == text
    written = (pack / f"rules/{RULE}.yaml").read_text(encoding="utf-8")
    line = next(each for each in written.splitlines() if each.startswith("message: "))
    edit(pack, (line, f"message: {quoted}"))
    if "{{" in text:
        assert refused(pack)
    else:
        [compiled] = load_policy(pack, dossier_schema()).rules
        assert compiled.rule.message.fill(lambda _: None) == text


# --- YAML -----------------------------------------------------------------------------------------------------------

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(9)
)
FILES: dict[str, str | bytes] = {
    "billion laughs": LAUGHS,
    "an object": "!!python/object/apply:os.system ['id']\n",
    "an object inside": "id: !!python/object/new:type [x]\n",
    "a merge": "<<: {id: x}\n",
    "a tag": "id: !x y\n",
    "two documents": "id: x\n---\nid: y\n",
    "deep lists": "[" * 5_000,
    "deep maps": "{a: " * 5_000,
    "deep blocks": "".join(" " * n + "a:\n" for n in range(900)),
    "a NUL": "id: a\0b\n",
    "not text": b"\xff\xfe\x00",
    "an escape": "id: \x1b[2J\n",
    "nothing": "",
    "a list": "- x\n",
    "a text": "x\n",
    "a number": "5\n",
    "a megabyte": "# " + "x" * 1_000_001,
    "many keys": "".join(f"k{number}: 1\n" for number in range(60_000)),
    "many rules in one": "id: R18.8-01\nclauses: [" + "x, " * 30_000 + "]\n",
    "a long key": "k" * 900_000 + ": 1\n",
    "a long text": "id: " + "x" * 900_000 + "\n",
    "a huge number": "id: " + "9" * 900_000 + "\n",
    "the same key": "id: x\n" * 1_000,
    "a complex key": "? [a, b]\n: c\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
@pytest.mark.parametrize(
    "name", [f"rules/{RULE}.yaml", "policy.yaml", "norms.yaml", "parameters.yaml", "statutes.yaml"]
)
def test_a_hostile_file_is_refused(pack: Path, name: str, content: str | bytes) -> None:
    (pack / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert refused(pack)


def test_a_file_holds_a_bounded_number_of_things() -> None:
    assert len(parse_yaml("[" + "x, " * (MOST_NODES - 1) + "]", "a.yaml").value) == MOST_NODES - 1
    with pytest.raises(PolicyError) as caught:
        parse_yaml("[" + "x, " * MOST_NODES + "]", "a.yaml")
    [problem] = caught.value.problems
    assert (problem.message, problem.suggestion) == ("一个文件超过40,000项内容", "分成几个文件，或者删减")
    assert problem.place.file == "a.yaml"


def test_a_number_with_a_million_digits_is_text(pack: Path) -> None:
    edit(pack, ("within: {days: 30}", "within: {days: " + "9" * 50_000 + "}"))
    assert "时限写作" in refused(pack)


# --- files ----------------------------------------------------------------------------------------------------------


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 40)


@pytest.mark.parametrize("name", ["policy.yaml", "norms.yaml", "document.txt", f"rules/{RULE}.yaml", "notes.txt"])
@pytest.mark.parametrize(
    "make",
    [link("/etc/passwd"), link("/dev/zero"), link("/"), link("nowhere"), link("."), os.mkfifo, sparse],
    ids=["passwd", "zero", "root", "nowhere", "itself", "pipe", "a terabyte"],
)
def test_only_plain_files_of_its_own_belong_to_a_pack(pack: Path, name: str, make: Callable[[Path], None]) -> None:
    (pack / name).unlink(missing_ok=True)
    make(pack / name)
    told = refused(pack)
    assert "普通文件" in told or "超过 1 MB" in told
    assert "root:" not in told


def test_a_folder_of_rules_may_not_be_a_link(pack: Path) -> None:
    shutil.rmtree(pack / "rules")
    (pack / "rules").symlink_to(PACK / "rules")
    assert "普通文件" in refused(pack)


@pytest.mark.parametrize(
    "name",
    ["../R18.8-01", "/etc/R18.8-01", "R18.8-01/../x", "R18.8-01\n", "R18.8-01\0", "r18.8-01", "CON", "R１8.8-01"],
)
def test_the_id_of_a_rule_is_no_path(pack: Path, name: str) -> None:
    quoted = name.encode("unicode_escape").decode()
    edit(pack, ("id: R18.8-01", f'id: "{quoted}"'))
    if name != "R18.8-01\n":  # white space around a text does not count
        assert "编号" in refused(pack) or "控制字符" in refused(pack)


@pytest.mark.parametrize("name", ["R18.8-09.yaml", "\x1b[31mR.yaml", "R 18.yaml", "规则.yaml", "R18.8-01 .yaml"])
def test_a_rule_is_called_as_its_file(pack: Path, name: str) -> None:
    (pack / f"rules/{RULE}.yaml").rename(pack / "rules" / name)
    assert "与文件名" in refused(pack)


def test_a_name_of_a_file_that_is_not_text_does_no_harm(pack: Path) -> None:
    Path(os.fsdecode(bytes(pack / "notes") + b"\xff")).write_text("x", encoding="utf-8")
    before = load_policy(pack, dossier_schema()).stamp.sha256
    assert before == load_policy(pack, dossier_schema()).stamp.sha256


def test_five_thousand_rules_are_refused(pack: Path) -> None:
    for number in range(5_000):
        (pack / "rules" / f"R{number}.yaml").write_bytes(b"id: x\n")
    assert "超过" in refused(pack)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    - {name: 少缴一分, expect: violation}\n", "    - {name: 少缴一分, expect: violation}\n" * 1_500),
        ("parcel_id: P1\n", "parcel_id: P1\n        project_name: " + "x" * 90_000 + "\n"),
        ("as_of: 2024-12-30", "as_of: 99999-12-30"),
        ("as_of: 2024-12-30", "as_of: 0000-00-00"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{complete: [a]}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{complete: x}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{complete.parcels: x}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{complete.nowhere: true}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{parcels: [a, null, 5, [b]]}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{parcels: 5}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{parcels.0: x}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{zone: [a]}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{meta: x}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{__class__: x}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{parcels.__len__: x}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{parcels.9999999999999999999: x}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", '{"": x}'),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{parcels.0.payments.0.amount_cny: " + "9" * 40 + "}"),
        ("{parcels.0.payments.0.amount_cny: 1000000}", "{parcels.0.payments.0.amount_cny: 0." + "1" * 40 + "}"),
    ],
    ids=lambda each: each[:40].replace("\n", " "),
)
def test_an_example_that_is_no_dossier_is_told(pack: Path, old: str, new: str) -> None:
    edit(pack, (old, new))
    assert refused(pack)


# --- what a rule that loads can cost --------------------------------------------------------------------------------


FAR = {
    "any(q.area_sqm > area_sqm for q in parcels)": True,
    "any(q.area_sqm > area_sqm for q in parcels if q.grantee_uscc == grantee_uscc)": False,
    "any(q.area_sqm > area_sqm and q.grantee_uscc == grantee_uscc for q in parcels)": False,
    "any(q.grantee_uscc == grantee_uscc or q.grantee_group_id == grantee_group_id for q in parcels)": False,
    "any(q.grantee_uscc == grantee_uscc or q.area_sqm > area_sqm for q in parcels)": True,
    "all(q.grantee_uscc == grantee_uscc for q in parcels)": True,
    "sum(q.area_sqm for q in parcels) > 5": True,
    "sum(q.area_sqm for q in parcels if q.supply_method == 'listing') > 5": True,
    "sum(p.amount_cny for p in payments) > 5": False,
    "any(c.text == contract_no for a in agreements if a.agr_id == contract_no for c in a.commitments)": False,
    "any(c.text == contract_no for a in agreements for c in a.commitments)": True,
    "any(p.area_ha > q.area_ha for p in plans for q in plans)": True,
    "any(sum(q.area_ha for q in plans) > p.area_ha for p in plans if p.plan_id == contract_no)": True,
}


@pytest.mark.parametrize(("condition", "is_far"), FAR.items())
def test_it_is_known_whether_a_condition_goes_over_whole_registers(pack: Path, condition: str, is_far: bool) -> None:
    edit(pack, (V, f"violated: paid < due and {condition}"))
    [compiled] = [each for each in read_policy(pack, dossier_schema()).rules if each.rule.id == RULE]
    assert compiled.rule.goes_far(compiled.rule.violated) is is_far


# --- files with no end of faults -------------------------------------------------------------------------------------

ENDLESS = {
    "records without anything": "- {}\n" * 60_000,
    "a record of unknown keys": "- {" + ", ".join(f"k{number}: 1" for number in range(20_000)) + "}\n",
    "records with the same id": "- {id: '18.8'}\n" * 1_999,
}


@pytest.mark.parametrize("content", ENDLESS.values(), ids=ENDLESS.keys())
@pytest.mark.parametrize("name", ["norms.yaml", "parameters.yaml", "statutes.yaml"])
def test_faults_without_end_are_told_up_to_a_number(pack: Path, name: str, content: str) -> None:
    (pack / name).write_text(content, encoding="utf-8")
    assert refused(pack).count(f"{name}:") <= MOST_PROBLEMS


def test_a_document_without_end_is_not_searched(pack: Path) -> None:
    (pack / "document.txt").write_text("a" * 999_000, encoding="utf-8")
    quote = "a" * 60 + "b" + "a" * 60
    record = "modality: obligation, addressee: [zone], checkability: full, own_duty: false, why: x"
    lines = (
        f"- {{id: '{1 + number // 99}.{1 + number % 99}', article: 二, quote: '{quote}', {record}}}\n"
        for number in range(1_999)
    )
    (pack / "norms.yaml").write_text("".join(lines), encoding="utf-8")
    assert "超过" in refused(pack)


def test_examples_that_compare_everything_with_everything_are_not_run(pack: Path) -> None:
    rows = ", ".join(["{}"] * 3_000)
    edit(
        pack,
        (V, "violated: paid < due and any(q.area_ha > 0 for q in plans)"),
        ("    zone: {level: national}\n", f"    zone: {{level: national}}\n    plans: [{rows}]\n"),
        ("    parcels:\n", "    trips: []\n    parcels:\n" + "      - {}\n" * 3_000),
    )
    assert "不再验证" in refused(pack)


# --- what nobody sees ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("escape", [r"\e]0;x\a", r"\x7f", r"\u202e", r"\u200b", r"\N", r"\P", r"\uFEFF", r"\0"])
def test_a_character_that_nobody_sees_is_refused_with_its_place(pack: Path, escape: str) -> None:
    edit(pack, ("title: 欠缴、少缴土地出让价款", f'title: "欠缴{escape}价款"'))
    with pytest.raises(PolicyError, match="控制字符") as caught:
        read_policy(pack, dossier_schema())
    assert caught.value.problems[0].place.line == 2


def test_a_direction_of_writing_hides_nothing_in_a_remark(pack: Path) -> None:
    edit(pack, (V, f"{V} # \u202e"))
    assert "U+202E" in refused(pack)


@pytest.mark.parametrize("text", ["ｐaid < due", "paid < due and 𝐝ue > 1", "zone.ｌevel == 'national'"])
def test_letters_that_look_like_others_are_refused(pack: Path, text: str) -> None:
    edit(pack, (V, f'violated: "{text}"'))
    assert "看起来像字母" in refused(pack)


def test_every_character_of_a_kind_that_nobody_sees_is_known() -> None:
    unseen = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cf", "Zl", "Zp"}}
    assert {each for each in unseen if not _FORMATTING.match(each)} == set()
