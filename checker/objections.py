"""What the checks of `linting` look for, one function each: a study of a rule, or a pack, in; problems out.

None says anything of which it is not certain.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from checker import values
from checker.dossier.schema import UNITS
from checker.errors import Problem
from checker.language.formula import ALWAYS, NEVER
from checker.language.tree import (
    ANY_UNIT,
    Arithmetic,
    AsOf,
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Let,
    Link,
    Negative,
    Node,
    ParameterValue,
    Quantifier,
    Register,
    Sort,
    path_text,
)
from checker.model import Verdict
from checker.policy.editions import gaps, in_force_within, instruments, overlaps, passed_over, replaced
from checker.policy.lint import can_be_none
from checker.policy.rules import FALSE, Entry, Rule
from checker.study import COMPARED, Pack, Study, joined, joints, without_part
from checker.values import Range, Value, bounds

_DAY = timedelta(days=1)

# --- what nobody uses -----------------------------------------------------------------------------------------------


def unused_lets(study: Study) -> Iterator[Problem]:
    """Look for names that nothing uses, be it through another name."""
    used = {each.name for each in study.used if isinstance(each, Let)}
    for name in study.rule.lets:
        if name not in used:
            yield study.problem(f"/let/{name}", f"没有表达式用到 {name}", "删去它和它在 labels 中的名称，或者用上它")


def unused_parameters(pack: Pack) -> Iterator[Problem]:
    """Look for figures that no rule reads."""
    read = {part.id for study in pack.studies for part in study.used if isinstance(part, ParameterValue)}
    for name in pack.policy.parameters:
        if name not in read:
            yield pack.of_figure(name, "id", f"没有规则用到参数 {name}", "删去它，或者在规则里用它")


# --- conditions that decide nothing ---------------------------------------------------------------------------------


def idle_tests(study: Study) -> Iterator[Problem]:
    """Look for tests that make no difference to the verdict, whatever the truths of the others are."""
    for place in sorted(study.idle):
        test = study.rule.tests[place]
        yield next(
            study.problem(
                pointer,
                f"其他判定项无论怎样，这一项都不影响结论：{study.read(test)}",
                "删去它，或者改正它与其他判定项之间的 and、or",
                each,
            )
            for pointer, tree in study.verdict_from.items()
            for each in joints(tree)
            if each == test
        )


def shadowed_parts(study: Study) -> Iterator[Problem]:
    """Look for parts of `and` and `or` that others settle; tests that decide nothing anywhere are told elsewhere."""
    for pointer, tree in study.verdict_from.items():
        told: list[tuple[int, int]] = []
        for joint in joints(tree):
            for index, part in enumerate(joined(joint)):
                start, end = part.span
                if any(low <= start and end <= high for low, high in told) or _tests(study, part) & study.idle:
                    continue
                changed = study.law_with({pointer: without_part(tree, joint, index)})
                if study.scene.combinations.are_same(study.rule.law, changed):
                    told.append(part.span)
                    yield study.problem(
                        pointer,
                        f"去掉这一项，结论不变：{study.read(part)}",
                        "其他条件已经决定了它：删去它，或者改正它们之间的 and、or",
                        part,
                    )


def _tests(study: Study, part: Node) -> frozenset[int]:
    tests = study.rule.tests
    return frozenset(tests.index(each) for each in study.below(part) if each in tests)


def constant_conditions(study: Study) -> Iterator[Problem]:
    """Look for the smallest conditions that never hold, or always do, since the tests in them depend on one another."""
    conditions = dict(study.verdict_from)
    conditions |= {pointer: tree for pointer, tree in study.roots.items() if pointer.endswith("/if")}
    for pointer, tree in conditions.items():
        smaller_first = [each for each in reversed([*joints(tree)]) if not isinstance(each, Constant | Let)]
        scene = study.beside(*smaller_first)
        told: list[Node] = []
        for each, formula in zip(smaller_first, scene.formulas if scene else (), strict=False):
            assert scene is not None
            held = scene.holding(formula)
            if held.true not in {0, scene.possible} or any(part is one for part in joints(each) for one in told):
                continue
            told.append(each)
            yield study.problem(
                pointer,
                f"这个条件{'总是成立' if held.true else '不可能成立'}：{study.read(each)}",
                "其中的判定项互相牵制：核对取值和 and、or、not",
                each,
            )


def fruitless_conditions(study: Study) -> Iterator[Problem]:
    """Look for rules that find nothing, and grounds of suspicion that add nothing."""
    if not study.scene.accused:
        message = "适用条件与违反、疑似条件不会同时成立：这条规则查不出任何问题"
        yield study.problem("/violated", message, "核对 when 与 violated")
        return
    law, scene = study.rule.law, study.scene
    when, violated, suspected = map(scene.holding, (law.when, law.violated, law.suspected))
    if law.suspected != NEVER and not when.true & suspected.true & scene.combinations.without(violated.true):
        message = "凡疑似条件成立的，违反条件已经成立，或者规则不适用：永远不会提示疑似"
        yield study.problem("/suspected", message, "删去 suspected，或者放宽它")


def idle_cases(study: Study) -> Iterator[Problem]:
    """Look for exemptions, steps of the remedy and outcomes that come to nothing wherever the rule finds anything."""
    rule = study.rule
    for key, conditions, what in (
        ("exempt", [each.condition for each in rule.exemptions], "这项豁免永远用不上：凡有问题的，它的条件都不成立"),
        ("remedy", [each.condition for each in rule.remedy], "这一步永远不会写出：凡有问题的，它的条件都不成立"),
    ):
        for index, condition in enumerate(conditions):
            if not _may_matter(study, [(condition, True)]):
                yield study.problem(f"/{key}/{index}/if", what, "核对 if 与 when、violated", condition)
    for key, tree in (("grade", rule.grade), ("responsible", rule.responsible)):
        for outcome, conditions_of_it in _outcomes(tree, ()):
            if conditions_of_it and not _may_matter(study, conditions_of_it):
                message = f"凡有问题的，都不会是这种情形：{study.read(outcome)}"
                yield study.problem(f"/{key}", message, "核对 if 与 when、violated", outcome)


Decided = tuple[tuple[Node, bool], ...]
"""Conditions, each with whether it holds or not."""


def _outcomes(tree: Node, before: Decided) -> Iterator[tuple[Node, Decided]]:
    if isinstance(tree, Choice):
        yield from _outcomes(tree.first, (*before, (tree.condition, True)))
        yield from _outcomes(tree.second, (*before, (tree.condition, False)))
    else:
        yield tree, before


def _may_matter(study: Study, decided: Sequence[tuple[Node, bool]]) -> bool:
    """Say whether these conditions may be so where the rule accuses, or are so where it may."""
    scene = study.beside(*(condition for condition, _ in decided))
    if scene is None:
        return True
    without = scene.combinations.without
    may_be, are = scene.accused, scene.in_doubt
    for formula, (_, is_so) in zip(scene.formulas, decided, strict=True):
        held = scene.holding(formula)
        may_be &= held.may_be if is_so else without(held.true)
        are &= held.true if is_so else without(held.may_be)
    return bool(may_be | are)


def settled_comparisons(study: Study) -> Iterator[Problem]:
    """Look for comparisons that the bounds of the schema settle, and of a value with itself."""
    for pointer, part in study.parts():
        if not isinstance(part, Compare):
            continue
        if part.left == part.right:
            yield study.problem(pointer, f"一个值与它自己相比：{study.read(part)}", "核对两边", part)
            continue
        truth = COMPARED[part.operator](_span(part.left, study), _span(part.right, study))
        if part.left.type.sort is Sort.NUMBER and truth is not None:
            word = "总是成立" if truth else "不可能成立"
            message = f"由字段、参数的取值范围即可断定，这个比较{word}：{study.read(part)}"
            yield study.problem(pointer, message, "核对数值和单位", part)


def _span(node: Node, study: Study) -> Value:
    """Give the range that a number lies in, whatever the dossier says; unknown where nothing is known of it."""
    match node:
        case Constant(value=value) if node.type.sort is Sort.NUMBER:
            return value
        case Attribute(field=described) if described.minimum is not None:
            return Range(described.minimum, described.maximum)
        case Let(name=name):
            return _span(study.rule.lets[name], study)
        case Negative(part=part):
            return values.negative(_span(part, study))
        case Arithmetic(operator="+" | "-" as operator, left=left, right=right):
            add = values.add if operator == "+" else values.subtract
            return add(_span(left, study), _span(right, study))
        case Choice(first=one, second=other) | Call(arguments=(one, other)) if _is_either(node):
            return _hull(_span(one, study), _span(other, study))
        case ParameterValue(id=name):
            low, *others = (each.value for each in study.policy.parameters[name].values)
            for each in others:
                low = _hull(low, each)
            return low if node.type.sort is Sort.NUMBER else values.UNKNOWN
        case Quantifier(kind="sum" | "count") if node.type.floor is not None:
            return Range(node.type.floor, None)
    return values.UNKNOWN


def _is_either(node: Node) -> bool:
    """Say whether a node gives one of two numbers: by a choice, or because there is none."""
    if node.type.sort is not Sort.NUMBER:
        return False
    return isinstance(node, Choice) or (isinstance(node, Call) and node.function.name == "if_none")


def _hull(one: Value, other: Value) -> Value:
    (low, high), (other_low, other_high) = bounds(one), bounds(other)
    return values.spanning(
        None if low is None or other_low is None else min(low, other_low),
        None if high is None or other_high is None else max(high, other_high),
    )


def needless_substitutes(study: Study) -> Iterator[Problem]:
    """Look for a value in the place of none where there is never none."""
    for pointer, part in study.parts():
        match part:
            case Call(function=function, arguments=(value, instead)) if function.name == "if_none" and not can_be_none(
                value, study.rule.lets
            ):
                yield study.problem(
                    pointer,
                    f"代替值 {study.read(instead)} 用不上：{study.read(value)}不会是“无”",
                    "if_none 写在可能为“无”的字段上，不写在算式、函数、合计外面；必填的字段不用写",
                    part,
                )


# --- units ----------------------------------------------------------------------------------------------------------


def unitless_as_units(study: Study) -> Iterator[Problem]:
    """Look for shares and the like, times a bare number, that stand where a unit is: the types let them pass."""
    for pointer, part in study.parts():
        for one, other in _paired(part):
            if other not in {"", ANY_UNIT} and one.type.unit == ANY_UNIT and _is_worked_out(one, study):
                if other == "pct" and _has_hundred(one, study):
                    continue
                message = f"没有单位的数乘以一个数，当作以 {other} 计：{study.read(one)}"
                way_out = "份额化为百分数乘以100" if other == "pct" else "乘以带单位的字段、参数"
                yield study.problem(pointer, message, way_out, one)


def _paired(node: Node) -> Iterator[tuple[Node, str]]:
    """Give each number that has to have the unit of something else, and that unit."""
    match node:
        case Compare(left=one, right=other) | Choice(first=one, second=other):
            yield from ((one, other.type.unit), (other, one.type.unit))
        case Arithmetic(operator="+" | "-", left=one, right=other):
            yield from ((one, other.type.unit), (other, one.type.unit))
        case Call(function=function, arguments=arguments) if function.counts:
            yield from ((each, function.counts) for each in arguments if each.type.sort is Sort.NUMBER)
        case Call(function=function, arguments=(one, other)) if function.gives is None:
            yield from ((one, other.type.unit), (other, one.type.unit))


def _is_worked_out(node: Node, study: Study) -> bool:
    """Say whether a number is worked out of something, and not only of numbers that the rule writes."""
    match node:
        case Constant():
            return False
        case Let(name=name):
            return _is_worked_out(study.rule.lets[name], study)
        case Negative(part=part):
            return _is_worked_out(part, study)
        case Arithmetic(left=one, right=other) | Choice(first=one, second=other):
            return _is_worked_out(one, study) or _is_worked_out(other, study)
        case Call(function=function, arguments=(one, other)) if function.gives is None:
            return _is_worked_out(one, study) or _is_worked_out(other, study)
    return True


def _has_hundred(node: Node, study: Study) -> bool:
    return any(
        isinstance(each, Arithmetic) and each.operator == "*" and _HUNDRED in {_value(each.left), _value(each.right)}
        for each in study.below(node)
    )


_HUNDRED = 100


def _value(node: Node) -> object:
    return node.value if isinstance(node, Constant) else None


def small_percentages(study: Study) -> Iterator[Problem]:
    """Look for percentages that are compared with a bare number below one, which may have been meant as a share."""
    for pointer, part in study.parts():
        if isinstance(part, Compare):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if one.type.unit == "pct" and isinstance(other, Constant) and _is_below_one(other.value):
                    message = f"百分数与小于1的数相比：{study.read(part)}"
                    yield study.problem(
                        pointer,
                        message,
                        "百分之五十写作 50；确是百分之一以下的，在 parameters.yaml 写明单位 pct",
                        other,
                    )


def _is_below_one(value: object) -> bool:
    return isinstance(value, Decimal) and 0 < value < 1


MEASURES = frozenset({"m", "m2", "m3", "km", "t", "kg", "kw", "kwh", "mw"})
"""How the name of a field without a unit ends that is in one nevertheless: distance_to_yangtze_m."""


def mixed_measures(study: Study) -> Iterator[Problem]:
    """Look for metres compared with tons: fields to which the schema gives no unit, but whose names say one."""
    for pointer, part in study.parts():
        match part:
            case Compare(left=left, right=right) | Arithmetic(operator="+" | "-", left=left, right=right):
                one, other = _measure(left, study), _measure(right, study)
                if one and other and one != other:
                    message = f"计量不同：{study.read(left)}（{one}）与{study.read(right)}（{other}）"
                    yield study.problem(pointer, message, "只比较、相加计量相同的字段", part)


def _measure(node: Node, study: Study) -> str:
    match node:
        case Attribute(field=described) if not described.unit:
            ending = described.name.rpartition("_")[2]
            return ending if ending in MEASURES and node.type.sort is Sort.NUMBER else ""
        case Let(name=name):
            return _measure(study.rule.lets[name], study)
        case Quantifier(kind="sum", element=part) | Negative(part=part):
            return _measure(part, study)
        case Arithmetic(operator="+" | "-", left=one, right=other) | Choice(first=one, second=other):
            return _measure(one, study) or _measure(other, study)
        case Call(function=function, arguments=(one, other)) if function.gives is None:
            return _measure(one, study) or _measure(other, study)
    return ""


def strange_units(pack: Pack) -> Iterator[Problem]:
    """Look for figures in units that no field has: nothing can be compared with them."""
    for each in pack.policy.parameters.values():
        if each.unit not in UNITS | {"", "count"}:
            way_out = f'换算为：{"、".join(sorted(UNITS))}；纯数写 ""'
            yield pack.of_figure(each.id, "unit", f"没有单位 {each.unit}", way_out)


# --- facts ----------------------------------------------------------------------------------------------------------


_DECIDES = ("/when", "/violated", "/suspected", "/conduct_on", "/basis")
"""What the verdict is read from; an open exemption has a paper of its own to ask for."""


def facts_without_paper(study: Study) -> Iterator[Problem]:
    """Look for facts that a verdict may wait for, and of which nobody is told in which paper they are."""
    roots = {pointer: tree for pointer, tree in study.roots.items() if pointer.startswith(_DECIDES)}
    used = {each.name for tree in roots.values() for each in study.below(tree) if isinstance(each, Let)}
    told = set()
    trees = {pointer: tree for pointer, tree in study.trees.items() if pointer.removeprefix("/let/") in used} | roots
    for pointer, tree in trees.items():
        for part in tree.walk():
            name = path_text(part) or ""
            if name and name not in told and _is_unasked(part, name, study):
                told.add(name)
                yield study.problem(
                    pointer,
                    f"结论可能要等{study.read(part)}，却没有说向谁要什么文件",
                    f"在 ask 里写 {name}；几条规则都要的，写进档案格式的 x-proof",
                    part,
                )


def _is_unasked(part: Node, name: str, study: Study) -> bool:
    registers = study.policy.schema.root.fields
    match part:
        case Link(field=described):
            return name not in study.rule.ask and described.ref != "evidence" and not registers[described.ref].proof
        case Register(base=None, field=described):
            return name not in study.rule.ask and not described.proof
        case Attribute(base=base, field=described) | Register(base=Node() as base, field=described) if (
            part.type.sort is not Sort.RECORD and not (described.required and not described.nullable)
        ):
            entity = base.type.entity
            above = registers.get(entity.path) if entity is not None else None
            proof = base.field.proof if isinstance(base, Attribute) else above.proof if above else ""
            asked = {name, path_text(base) or ""} & study.rule.ask.keys()
            return not (asked or described.proof or proof)
    return False


# --- editions and days ----------------------------------------------------------------------------------------------


def overlapping_editions(pack: Pack) -> Iterator[Problem]:
    """Look for two editions of one instrument that are in force on the same day."""
    for editions in instruments(pack.policy.statutes.values()):
        for one, other, day in overlaps(editions):
            message = f"{one.id} 与 {other.id} 是同一文件的两个版本，{day.isoformat()}同时有效"
            way_out = f"给 {one.id} 写明失效日 to，不晚于 {other.id} 施行的前一日"
            yield pack.of_edition(other.id, "from", message, way_out)


def gaps_between_editions(pack: Pack) -> Iterator[Problem]:
    """Look for days between two editions of one instrument on which none is in force."""
    for editions in instruments(pack.policy.statutes.values()):
        for earlier, later, first, last in gaps(editions):
            message = f"{earlier.id} 与 {later.id} 之间没有版本有效：{first.isoformat()}至{last.isoformat()}"
            yield pack.of_edition(later.id, "from", message, "核对失效日、施行日")


def editions_passed_over(study: Study) -> Iterator[Problem]:
    """Look for bases that pass over an edition, or stop at one that another has replaced."""
    rule = study.rule
    cited = [each.statute.id for each in rule.basis]
    for editions in instruments(study.policy.statutes.values()):
        for before, between, after in passed_over(editions, cited):
            yield study.problem(
                f"/basis/{cited.index(after.id)}",
                f"依据列了 {before.id} 和 {after.id}，没有列其间的 {between.id}：那些日子没有这项依据",
                f"补上 {between.id}；没有见过条文的写 at_most: risk",
            )
        if ended := replaced(editions, cited):
            last, successor = ended
            yield study.problem(
                f"/basis/{cited.index(last.id)}",
                f"{last.id} 已经失效，没有列取代它的 {successor.id}",
                f"新版本仍有这项义务的，补上 {successor.id}",
            )


def bases_never_in_force(study: Study) -> Iterator[Problem]:
    """Look for bases, and laws merely to be seen, that are in force on no day that the rule can be about."""
    rule = study.rule
    for index, each in enumerate(rule.basis):
        days = study.days_where(each.condition)
        if _is_empty(days) or each.statute.in_force(days) is False:
            message = f"{each.statute.id} 在这项依据所及的日子（{_days_told(days)}）从不有效"
            yield study.problem(f"/basis/{index}", message, "删去它，或者核对 when、if 和施行日")
    judged = _judged_days(study, rule.basis)
    for index, each in enumerate(rule.see):
        if _is_empty(judged) or each.statute.in_force(judged) is False:
            message = f"{each.statute.id} 在这条规则有依据的日子（{_days_told(judged)}）从不有效"
            yield study.problem(f"/see/{index}", message, "删去它，或者换成那时有效的版本")


def _judged_days(study: Study, basis: Iterable[Entry]) -> Range:
    """Give the days of the rule on which it may have a basis."""
    firsts = [bounds(each.statute.first_day)[0] for each in basis]
    lasts = [None if each.statute.last_day is None else bounds(each.statute.last_day)[1] for each in basis]
    first = None if None in firsts else min(each for each in firsts if each)
    last = None if None in lasts else max(each for each in lasts if each)
    low = max((each for each in (first, study.days.low) if each), default=None)
    high = min((each for each in (last, study.days.high) if each), default=None)
    return Range(low, high)


def _is_empty(days: Range) -> bool:
    return days.low is not None and days.high is not None and days.low > days.high


def _days_told(days: Range) -> str:
    low, high = (each.isoformat() if each else "" for each in (days.low, days.high))
    return f"{low or '……'}至{high or '……'}"


def late_parameters(study: Study) -> Iterator[Problem]:
    """Look for figures that have no value yet on days on which a test that reads them decides the verdict."""
    told = set()
    for place, test in enumerate(study.rule.tests):
        for node in _read_outright(test, study):
            begins = bounds(study.policy.parameters[node.id].values[0].first_day)[0]
            if begins is None or node.id in told or not _is_decided_before(begins, place, study):
                continue
            told.add(node.id)
            pointer = next(pointer for pointer, part in study.parts() if part is node)
            yield study.problem(
                pointer,
                f"参数 {node.id} 自{begins.isoformat()}起才有数值，依据在那以前已经有效：其间的行为无法判定",
                "补上更早的数值，或者在条件里限定行为日",
                node,
            )


def _read_outright(node: Node, study: Study) -> Iterator[ParameterValue]:
    """Give the figures that a test reads whatever the case is; what a choice picks may be meant for later days."""
    match node:
        case ParameterValue():
            yield node
        case Choice(condition=condition):
            yield from _read_outright(condition, study)
        case Let(name=name):
            yield from _read_outright(study.rule.lets[name], study)
        case _:
            for each in node.parts():
                yield from _read_outright(each, study)


def _is_decided_before(begins: date, place: int, study: Study) -> bool:
    """Say whether a test decides the verdict on some day before that one, though a basis is certainly in force."""
    low, high = study.days.low, min(each for each in (begins - _DAY, study.days.high) if each)
    basis = [each for each in study.rule.basis if in_force_within(each.statute, low, high)]
    scene = study.beside(*(each.condition for each in basis))
    if scene is None:
        return False
    concerned = 0
    for formula in scene.formulas:
        concerned |= scene.holding(formula).true
    among = concerned & study.on(Range(low, high), scene)
    every = scene.combinations
    return any(
        every.decided_by(found, place, among)
        for verdicts in every.verdicts(study.rule.law)
        for found in verdicts.values()
    )


def doubled_entries(study: Study) -> Iterator[Problem]:
    """Look for what is listed twice: a clause, or a law for the same subjects."""
    rule = study.rule
    clauses = [each.id for each in rule.clauses]
    yield from _doubled(study, "clauses", clauses, clauses)
    for key, entries in (("basis", rule.basis), ("see", rule.see)):
        names = [each.statute.id for each in entries]
        yield from _doubled(study, key, [(each.statute.id, each.condition) for each in entries], names)
    for index, each in enumerate(rule.see):
        for other in rule.basis:
            is_same = (each.statute, each.condition) == (other.statute, other.condition)
            if is_same and set(each.articles) <= set(other.articles):
                message = f"{each.statute.id} 已经是依据，不必再列为参见"
                yield study.problem(f"/see/{index}", message, "删去它，或者写明依据以外的条")


def _doubled(study: Study, key: str, held: Sequence[object], names: Sequence[str]) -> Iterator[Problem]:
    for index, each in enumerate(held):
        if each in held[:index]:
            yield study.problem(f"/{key}/{index}", f"{names[index]} 写了两次", "合为一项；所引的条写在一个 articles 里")


# --- what people are told -------------------------------------------------------------------------------------------


def boundless_exemptions(study: Study) -> Iterator[Problem]:
    """Look for exemptions whose condition reads nothing: they excuse whoever pleads them, for ever."""
    for index, each in enumerate(study.rule.exemptions):
        parts = study.below(each.condition)
        if not any(isinstance(part, Attribute | Link | Register) for part in parts) and each.condition != FALSE:
            message = "豁免没有界限：条件没有读任何事实"
            way_out = "用 claim.from_、claim.until、claim.amount_cny 等限定时间、金额或者行为"
            yield study.problem(f"/exempt/{index}/if", message, way_out, each.condition)


def untold_figures(study: Study) -> Iterator[Problem]:
    """Look for rules that rest on figures which await confirmation, and tell their readers of no limit at all."""
    figures = dict.fromkeys(name for test in study.rule.tests for name in study.rule.soft_figures(test))
    if figures and not study.rule.limits:
        yield study.problem(
            "", f"用到待确认的数值（{'、'.join(figures)}），而没有写 limits", "在 limits 里说明数值的来历"
        )


def empty_messages(study: Study) -> Iterator[Problem]:
    """Look for messages that state no fact."""
    if not study.rule.message.nodes:
        yield study.problem("/message", "句子里没有填任何事实", "用 {{ … }} 填上据以判断的日期、金额、单位")


def missing_examples(study: Study) -> Iterator[Problem]:
    """Look for verdicts that the rule can give and none of its examples expects."""
    cases = (study.rule.examples or {}).get("cases", ())
    expected = {each["expect"] for each in cases}
    for verdict in _exemplary_verdicts(study):
        if verdict.value not in expected:
            yield study.problem(
                "/examples/cases", f"没有结论为“{verdict.label}”的示例", f"加一个 expect: {verdict.value} 的示例"
            )


def _exemplary_verdicts(study: Study) -> Iterator[Verdict]:
    """Give the verdicts that an author has to show; what is no violation for want of a firm basis is a risk."""
    rule, law, possible = study.rule, study.rule.law, study.scene.possible
    reached = {
        verdict
        for verdicts in study.scene.combinations.verdicts(law)
        for verdict, found in verdicts.items()
        if found & possible
    }
    is_firm = any(not each.at_most_risk and each.statute.text_seen for each in rule.basis)
    accusing = Verdict.VIOLATION if is_firm and Verdict.VIOLATION in reached else Verdict.RISK
    yield from (each for each in (accusing, Verdict.COMPLIANT, Verdict.UNDETERMINED) if each in reached)
    if law.when != ALWAYS or not isinstance(rule.conduct_on, AsOf):
        yield Verdict.NOT_APPLICABLE
    if any(not each.at_most_risk for each in rule.exemptions):
        yield Verdict.EXEMPT


def twins(pack: Pack) -> Iterator[tuple[str, Problem]]:
    """Look for rules that ask the same of the same subjects; the later one is told."""
    for earlier, later in combinations(pack.studies, 2):
        if _asked(earlier.rule) == _asked(later.rule):
            message = f"判定与 {earlier.rule.id} 完全相同：同一个事实会指控两次"
            yield later.rule.id, later.problem("/violated", message, "合为一条规则，依据各写一项")


def _asked(rule: Rule) -> object:
    tests = [part for test in rule.tests for part in (test, *rule.parts_of(test))]
    lets = {each.name: rule.lets[each.name] for each in tests if isinstance(each, Let)}
    law = rule.law
    return rule.each, rule.conduct_on, law.when, law.violated, law.suspected, rule.tests, lets
