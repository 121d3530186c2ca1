"""The closed table of functions that a rule can call. Nothing outside it can be called."""

from types import MappingProxyType

from checker import arrears, shapes, values, workdays
from checker.language.tree import Columns, Function, Sort

FUNCTIONS: MappingProxyType[str, Function] = MappingProxyType(
    {
        each.name: each
        for each in (
            Function(
                name="years_after",
                takes=(Sort.DAY, Sort.NUMBER),
                gives=Sort.DAY,
                run=values.years_after,
                prepare=values.years_later,
                months=12,
                words="{0}起满{1}之日",
                counts="years",
            ),
            Function(
                name="months_after",
                takes=(Sort.DAY, Sort.NUMBER),
                gives=Sort.DAY,
                run=values.months_after,
                prepare=values.months_later,
                months=1,
                words="{0}起满{1}之日",
                counts="months",
            ),
            Function(
                name="days_inclusive",
                takes=(Sort.DAY, Sort.DAY),
                gives=Sort.NUMBER,
                run=values.days_inclusive,
                words="{0}至{1}的天数（首尾均计）",
                unit="days",
            ),
            Function(
                name="workdays_inclusive",
                takes=(Sort.DAY, Sort.DAY),
                gives=Sort.NUMBER,
                run=workdays.workdays_inclusive,
                words="{0}至{1}的工作日数（首尾均计，按国务院节假日安排）",
                unit="workdays",
            ),
            Function(
                name="workdays_after",
                takes=(Sort.DAY, Sort.NUMBER),
                gives=Sort.DAY,
                run=workdays.workdays_after,
                words="{0}之后满{1}之日（按国务院节假日安排）",
                counts="workdays",
            ),
            Function(
                name="if_none",
                takes=(None, None),
                gives=None,
                run=values.if_none,
                words="{0}（没有的，按{1}）",
                guards_none=True,
            ),
            Function(
                name="happened",
                takes=(Sort.DAY,),
                gives=Sort.TRUTH,
                run=values.happened,
                words="{0}已经发生",
                context="as_of",
                guards_none=True,
                inline="{0} <= as_of",
                negated="{0}尚未发生",
            ),
            Function(
                name="below",
                takes=(Sort.TEXT, Sort.TEXT),
                gives=Sort.TRUTH,
                run=values.below,
                words="{0} 低于 {1}",
                context="order",
            ),
            Function(
                name="mentions",
                takes=(Sort.TEXT, Sort.TEXTS),
                gives=Sort.TRUTH,
                run=values.mentions,
                words="{0} 提到 {1}",
            ),
            Function(
                name="between",
                takes=(Sort.NUMBER, Sort.NUMBER),
                gives=None,
                run=values.between,
                words="{0} 与 {1} 之间的某个数",
            ),
            Function(
                name="size", takes=(Sort.TEXTS,), gives=Sort.NUMBER, run=values.size, words="{0}的个数", unit="count"
            ),
            Function(
                name="late_fee",
                takes=(
                    Columns(MappingProxyType({"due_on": Sort.DAY, "amount_cny": Sort.NUMBER})),
                    Columns(MappingProxyType({"paid_on": Sort.DAY, "amount_cny": Sort.NUMBER})),
                    Sort.NUMBER,
                    Sort.DAY,
                ),
                gives=Sort.NUMBER,
                run=arrears.late_fee,
                words="按{0}和{1}（先抵最早一期，到期次日起算）计至{3}、按日{2}的违约金",
                unit="cny",
            ),
            Function(
                name="area_ha", takes=(Sort.SHAPE,), gives=Sort.NUMBER, run=shapes.area_ha, words="{0}的面积", unit="ha"
            ),
            Function(
                name="inside_ha",
                takes=(Sort.SHAPE, Sort.SHAPE),
                gives=Sort.NUMBER,
                run=shapes.inside_ha,
                words="{0}在{1}之内的面积",
                unit="ha",
            ),
            Function(
                name="outside_ha",
                takes=(Sort.SHAPE, Sort.SHAPE),
                gives=Sort.NUMBER,
                run=shapes.outside_ha,
                words="{0}在{1}之外的面积",
                unit="ha",
            ),
        )
    }
)
QUANTIFIERS = ("any", "all", "sum", "count", "union")
