"""Whether a policy pack that loads is also well made: numbered checks, each with its reason and the way out.

What makes no sense stops a pack when it is loaded. What is looked for here makes sense to the program, and still can't
be what an author meant: a test that decides nothing, an edition passed over, a fact that nobody is asked for. The table
at the end holds every check; what the pack's loading refuses has its number there too.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from checker import objections
from checker.classes import dataclass
from checker.errors import Place, Problem
from checker.policy.loading import Policy
from checker.study import Pack, Study

Look = Callable[[Pack], Iterator[tuple[str, Problem]]]
"""Gives what a check objects to, each with the rule that it is about; empty where it is about the pack."""


class Weight(StrEnum):
    """What becomes of a pack to which a check objects: it fails, it is given advice, or it does not even load."""

    ERROR = "error"
    ADVICE = "advice"
    LOADING = "loading"

    @property
    def label(self) -> str:
        """The Chinese word for it."""
        return {"error": "错误", "advice": "建议", "loading": "加载时拒绝"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it is called, why it matters, how to put right what it finds, and an example.

    One that loading sees to has nothing to `look` for: a pack that loads has passed it.
    """

    number: str
    title: str
    weight: Weight
    why: str
    way_out: str
    example: str
    look: Look | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a check objects to; `rule` is empty where it is about the pack as a whole."""

    check: Check
    rule: str
    place: Place
    message: str
    suggestion: str
    excerpt: str

    @property
    def is_error(self) -> bool:
        """Whether the pack fails for it."""
        return self.check.weight is Weight.ERROR


def lint(policy: Policy) -> tuple[Remark, ...]:
    """Give all that the checks object to in a pack, file by file; its examples must have been read and have agreed."""
    pack = Pack(policy=policy)
    found = [
        Remark(
            check=check,
            rule=rule,
            place=each.place,
            message=each.message,
            suggestion=each.suggestion,
            excerpt=each.excerpt,
        )
        for check in CHECKS.values()
        if check.look is not None
        for rule, each in check.look(pack)
    ]
    return tuple(sorted(found, key=_order))


def _order(remark: Remark) -> tuple[str, int, int, str]:
    place = remark.place
    return place.file, place.line or 0, place.column or 0, remark.check.number


def _of_rules(look: Callable[[Study], Iterator[Problem]]) -> Look:
    return lambda pack: ((study.rule.id, each) for study in pack.studies for each in look(study))


def _of_pack(look: Callable[[Pack], Iterator[Problem]]) -> Look:
    return lambda pack: (("", each) for each in look(pack))


_TABLE = (
    Check(
        number="L01",
        title="没有用到的 let",
        weight=Weight.ERROR,
        why="起了名字的表达式没有一处用到，多半是条件里漏写了它，或者写成了别的名字；读规则的人会以为它参与判断。",
        way_out="在条件、句子或者措施里用上它；确实不用的，连同 labels 中的名称删去。",
        example="let 有 due、paid、interest，violated: paid < due —— interest 没有用到",
        look=_of_rules(objections.unused_lets),
    ),
    Check(
        number="L02",
        title="多余的 ask、labels",
        weight=Weight.LOADING,
        why="ask 写了规则不读的事实，就会向人要用不着的文件；labels 多写或者少写，读成中文的句子就不对。",
        way_out="按提示改正名称，或者删去。",
        example="ask 写 payment_shedule —— 规则没有用到它，是不是 payment_schedule？",
    ),
    Check(
        number="L03",
        title="没有规则用到的参数",
        weight=Weight.ADVICE,
        why="parameters.yaml 的数值没有规则读，改了它也不起作用；看的人会以为程序按它判断。法规只作备查、"
        "档案字段供别的用途，都不算多余，不检查。",
        way_out="删去参数；规则里写成数字的，改为 param.参数编号。",
        example="登记了 eia.followup_years，规则里却写 years_after(reviewed_on, 5)",
        look=_of_pack(objections.unused_parameters),
    ),
    Check(
        number="L04",
        title="不起作用的判定项",
        weight=Weight.ERROR,
        why="逐一列举其他判定项的全部真值（成立、不成立、不明），这一项怎样都不影响结论：它不是在检查，"
        "却会让人去要材料。",
        way_out="多半是 and、or 写反或者括号放错了位置；确实多余的，删去。",
        example="violated: a or (a and b) —— b 不起作用",
        look=_of_rules(objections.idle_tests),
    ),
    Check(
        number="L05",
        title="被其他条件遮住的条件",
        weight=Weight.ERROR,
        why="and、or 中的一项去掉以后，全部真值组合的结论都不变：别的条件已经决定了它。分支不会轮到，"
        "写它的人却以为轮得到。",
        way_out="删去这一项，或者改正它与其他条件之间的 and、or、括号。",
        example='violated: purpose == "other"，suspected 又写 purpose == "other" or …… —— 违反的不会再是疑似',
        look=_of_rules(objections.shadowed_parts),
    ),
    Check(
        number="L06",
        title="自相矛盾或者必然成立的条件",
        weight=Weight.ERROR,
        why="几个判定项问的是同一个值：是甲就不是乙，已经发生的日期不会是“无”。凑在一起不可能成立或者总是成立的，"
        "没有检查任何东西。",
        way_out="核对取值，以及 and 与 or、not 的位置；可能有几个取值的，用 in {…}。",
        example='type == "overall_dev" and type == "regulatory_detailed" —— 应当写 or，或者 type in {…}',
        look=_of_rules(objections.constant_conditions),
    ),
    Check(
        number="L07",
        title="查不出问题的规则、不起作用的疑似条件",
        weight=Weight.ERROR,
        why="when 与 violated 不会同时成立的规则，永远查不出问题，报告却说查过了；suspected 不比 violated 宽的，"
        "永远不会提示疑似。",
        way_out="核对 when、violated、suspected 的取值；疑似条件应当更宽，或者删去。",
        example='when: type == "industry"，violated: type == "overall_dev" and ……',
        look=_of_rules(objections.fruitless_conditions),
    ),
    Check(
        number="L08",
        title="用不上的豁免、措施、情形",
        weight=Weight.ERROR,
        why="凡规则查出问题的，豁免的 if、措施的 if 都不成立，或者 grade、responsible 的这种情形都不会出现："
        "写了也等于没有写。",
        way_out="核对这个 if 与 when、violated 的关系；多半是条件写反了。",
        example='violated: kind == "a"，措施写 if: kind == "b"',
        look=_of_rules(objections.idle_cases),
    ),
    Check(
        number="L09",
        title="由取值范围就能定的比较",
        weight=Weight.ERROR,
        why="与它相比的数在字段（档案格式的最小、最大值）或者参数所能取的范围以外，任何档案都得到同样的结果："
        "多半是单位或者位数写错了。",
        way_out="核对数值：比例字段是 0 到 1，百分数字段是 0 到 100，年份写四位。",
        example="claim.ratio > 50 —— ratio 至多是 1，应当写 0.5；paid < paid —— 一个值与它自己相比",
        look=_of_rules(objections.settled_comparisons),
    ),
    Check(
        number="L10",
        title="永远只有一个结果的判断",
        weight=Weight.LOADING,
        why="不会是“无”的 is None、没有共同取值的两个枚举、不同台账的编号相比，对任何档案都一样；"
        "可能为“无”的字段直接比大小，则永远可能不明。",
        way_out="按提示改正字段；先用 is None、if_none 或者 happened 说明“无”时怎样。",
        example="as_of is None —— 基准日不会是“无”",
    ),
    Check(
        number="L11",
        title="单位、类型不同",
        weight=Weight.LOADING,
        why="元与平方米、公顷与平方米、天与月、天与工作日、个数与金额、百分数与没有单位的比例，比较或者相加没有意义；"
        "日期与数、文字与数也一样。",
        way_out="换用单位相同的字段或者参数；没有自动换算。",
        example="planned_construction_area_ha < area_sqm —— 公顷与平方米",
    ),
    Check(
        number="L12",
        title="没有单位的数当作有单位的数",
        weight=Weight.ERROR,
        why="比例、名次、参数等没有单位的数乘以一个写明的数以后，加载时认不出单位，可以与任何单位相比；"
        "这样得到的不是元、公顷、天。",
        way_out="比例化为百分数乘以100；要得到金额、面积，乘以带单位的字段或者参数。",
        example="param.idle.fee_rate * 2 < total_price_cny —— 费率当作元；应当写 param.idle.fee_rate * total_price_cny",
        look=_of_rules(objections.unitless_as_units),
    ),
    Check(
        number="L13",
        title="百分数与小于1的数相比",
        weight=Weight.ADVICE,
        why="百分数字段的50是百分之五十；写成0.5的多半是当作比例了，差一百倍。",
        way_out="写成百分数；确实是百分之一以下的，写进 parameters.yaml 并写明单位 pct，看的人才知道不是笔误。",
        example="in_boundary_pct < 0.9 —— 应当写 90",
        look=_of_rules(objections.small_percentages),
    ),
    Check(
        number="L14",
        title="计量不同的字段相比、相加",
        weight=Weight.ERROR,
        why="立方米、吨、米的字段没有单位（x-unit），加载时认不出来；名称末尾的 _m3、_t、_m 说明它们不是一回事。",
        way_out="只比较、相加计量相同的字段。",
        example="pool_built_m3 < actual_t —— 立方米与吨",
        look=_of_rules(objections.mixed_measures),
    ),
    Check(
        number="L15",
        title="参数的单位没有字段用",
        weight=Weight.ERROR,
        why="档案的金额是元、面积是平方米或者公顷；参数以万元、亩、百分点等自造的单位登记，与哪个字段都不能相比，"
        "读出来还会让人误解。",
        way_out='换算成档案的单位：500万元写 5000000，单位 cny；没有单位的纯数写 ""。',
        example="unit: 万元 —— 换算为 cny",
        look=_of_pack(objections.strange_units),
    ),
    Check(
        number="L16",
        title="缺的事实没有说向谁要",
        weight=Weight.ADVICE,
        why="结论等着这个事实，报告却只能说它未填：规则没有写 ask，档案格式也没有说明它在哪份文件里，"
        "检查人员不知道调取什么。",
        way_out="在 ask 里写明文件；几条规则都要的，写进档案格式的 x-proof。",
        example="ask: {payments: 土地出让价款缴款、入库凭证}",
        look=_of_rules(objections.facts_without_paper),
    ),
    Check(
        number="L17",
        title="同一文件的两个版本同时有效",
        weight=Weight.ERROR,
        why="law、kind 相同，名称相同（不计末尾的（试行）等）的，是一个文件的几个版本。同一天只能有一个有效，"
        "否则一个行为按两个版本判断。"
        "只知年月的日期，确定重叠的才算。",
        way_out="给旧版本写明失效日 to：新版本施行的前一日。",
        example="1999年的办法 to: null，2012年的办法 from: 2012-07-01 —— 前者应写 to: 2012-06-30",
        look=_of_pack(objections.overlapping_editions),
    ),
    Check(
        number="L18",
        title="同一文件的版本之间有空档",
        weight=Weight.ADVICE,
        why="前一版本失效以后、后一版本施行以前的行为，没有依据可用，结论是不适用。多半是日期抄错了；"
        "文件确实曾经失效的，不必改。",
        way_out="核对失效日、施行日；只知年月的，写到年、月。",
        example="to: 2020-12-31 与 from: 2021-02-01 之间的一月",
        look=_of_pack(objections.gaps_between_editions),
    ),
    Check(
        number="L19",
        title="依据跳过了版本，或者停在已被取代的版本",
        weight=Weight.ADVICE,
        why="basis 列了一个文件的先后两个版本而漏了其间的，或者只列已经失效、已有新版本的，"
        "那些日子的行为就没有这项依据。",
        way_out="补上漏列的版本；没有见过条文的写 at_most: risk。新版本不再有这项义务的，不必改。",
        example="列了2004年、2023年的控制指标，没有列2008年的",
        look=_of_rules(objections.editions_passed_over),
    ),
    Check(
        number="L20",
        title="永远不会有效的依据",
        weight=Weight.ERROR,
        why="when、basis 的 if 把行为日限定在某日以后（以前），这项依据在那些日子已经失效（尚未施行）；"
        "持续状态不会按54号文印发以前的法律判断。"
        "see 所列的，在规则有依据的日子从不有效。",
        way_out="删去这项，或者改正 when、if、施行日。",
        example='when: contract_signed_on >= "2021-01-01"，basis 列了2020年12月31日失效的解释',
        look=_of_rules(objections.bases_never_in_force),
    ),
    Check(
        number="L21",
        title="参数的数值开始得太晚",
        weight=Weight.ADVICE,
        why="依据已经有效、参数还没有数值的那些日子，用到参数的判定项永远不明：资料再全也无法判定，"
        "而缺的是我们自己的数值。",
        way_out="补上更早的数值；那时没有这个数值的，在条件里限定行为日，或者按情形选用参数（… if … else …）。",
        example="依据2008年施行，容差自2014年起才有数值",
        look=_of_rules(objections.late_parameters),
    ),
    Check(
        number="L22",
        title="写了两次的条款、依据",
        weight=Weight.ERROR,
        why="同一条款、同一法规（if 也相同）写了两次，或者已是依据的条又列为参见，报告就引两次；"
        "第二次多半想写的是别的条。",
        way_out="合为一项，几条写在一个 articles 里；各及于一类对象的，分别写 if。",
        example="basis 先后两项都是 {statute: fangdichan-2019}",
        look=_of_rules(objections.doubled_entries),
    ),
    Check(
        number="L23",
        title="规则引擎的限度",
        weight=Weight.LOADING,
        why="引擎在一个规则集超过64条匹配时出错，超过511条时编译不再返回，条件过大时出错；"
        "规则因此限于9个判定项（连同豁免）、"
        "48条引擎规则、展开后2,000个节点。引擎只见真值，不见档案的数值，除以零、缺字段、大数都到不了它。",
        way_out="拆成两条规则；把几个判定合为一个 any、all。",
        example="判定项与豁免共10个，最多9个",
    ),
    Check(
        number="L24",
        title="名称、数字、字符",
        weight=Weight.LOADING,
        why="编号与文件名不同、名称与字段同名、看起来像字母的字符、不可见的控制字符、过大的数、负的或者没有尽头的期限，"
        "都会使规则与人读到的不是一回事。",
        way_out="按提示改正。期限是1至3650日、1至120个月，或者 immediately。",
        example="within: {days: -5}",
    ),
    Check(
        number="L25",
        title="没有界限的豁免",
        weight=Weight.ERROR,
        why="豁免的 if 没有读任何事实，谁提出主张、拿出一份文件就永远免责。",
        way_out="把豁免限定在一段时间、一笔金额或者一个行为之内。",
        example="if: True —— 应当写 claim.until >= as_of 等",
        look=_of_rules(objections.boundless_exemptions),
    ),
    Check(
        number="L26",
        title="待确认的数值没有说明",
        weight=Weight.ADVICE,
        why="规则用到未核实的法定数值或者本工具建议的数值，又没有写 limits，读报告的人不知道结论靠的是什么。",
        way_out="在 limits 里说明数值的来历、为什么只提示。",
        example="limits: 一百八十日是本工具建议的间隔，未见规定",
        look=_of_rules(objections.untold_figures),
    ),
    Check(
        number="L27",
        title="没有填事实的句子",
        weight=Weight.ADVICE,
        why="message 是写进通知书的事实。没有填任何值的，所有对象都是同一句话，被检查方无从核对。",
        way_out="用 {{ … }} 填上据以判断的日期、金额、单位。",
        example="message: 欠缴土地出让价款。 —— 应当写明应缴、实缴、欠缴各多少",
        look=_of_rules(objections.empty_messages),
    ),
    Check(
        number="L28",
        title="示例缺少应有的结论",
        weight=Weight.ADVICE,
        why="规则能得出的结论没有一个示例，写错了也没有人发现。应当有违反（没有可靠依据的规则是疑似）、符合、"
        "无法判定、不适用，"
        "有可以证明的豁免的还有豁免；规则得不出的结论不要求。",
        way_out="加一个示例；够不够细，用 rules mutate 检查。",
        example="{name: 缴款台账不完整, drop: [parcels.0.payments], expect: undetermined}",
        look=_of_rules(objections.missing_examples),
    ),
    Check(
        number="L29",
        title="判定完全相同的规则",
        weight=Weight.ADVICE,
        why="两条规则对同样的对象、同一个行为日问同样的事，一个事实就是两项违反。",
        way_out="合为一条，不同的依据在 basis 各写一项，需要时各写 if。",
        example="R18.8-08 由 R18.8-01 抄来，只改了标题",
        look=objections.twins,
    ),
    Check(
        number="L30",
        title="引文、条款、法规、条的编号",
        weight=Weight.LOADING,
        why="引文与原文有一字不同、引了没有登记的条款、法规、条的规则，写出来的文书站不住。"
        "54号文自身只有标明 own_duty: true 的条款才能作依据。",
        way_out="逐字核对原文；法规、条先在 statutes.yaml 登记，见过内容的条才登记。",
        example="articles: [第九十九条] —— statutes.yaml 没有登记",
    ),
    Check(
        number="L31",
        title="用不上的代替值",
        weight=Weight.ERROR,
        why="if_none 只管“无”。算式、函数、合计里的字段为“无”，结果是不明而不是“无”，外面的代替值永远用不上；"
        "写的人却以为空白已经处理了。必填的字段不会是“无”，也一样。",
        way_out="if_none 写在可能为“无”的那个字段上。",
        example="if_none(due - paid_cny, 0) —— 应当写 due - if_none(paid_cny, 0)",
        look=_of_rules(objections.needless_substitutes),
    ),
)
CHECKS: Mapping[str, Check] = MappingProxyType({each.number: each for each in _TABLE})
"""Every check by its number. A number is never given again."""
