"""A report made by hand that holds every verdict, several parties, ranges, unknown values and hostile names."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from checker.model import (
    Answer,
    Area,
    Attestation,
    Basis,
    Clause,
    ClauseState,
    Consequence,
    Document,
    DossierStamp,
    Doubt,
    Exemption,
    Fact,
    Finding,
    Grade,
    InOrder,
    Map,
    Method,
    Missing,
    Modality,
    Mode,
    NormWithoutRule,
    NotChecked,
    Party,
    PolicyStamp,
    RegisterState,
    RemedyStep,
    Report,
    Request,
    RuleState,
    Subject,
    TestNode,
    Verdict,
    Zone,
)

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}{% raw %}\u202e钉\u2066\n\x1b[31m■ 结论：违反 0&\"'<img src=https://example.org/x.png>"
"""A name with markup, template syntax, bidirectional controls, a line break, a terminal escape, a forged conclusion."""

CONTRACT = Document(doc_id="D001", title="国有建设用地使用权出让合同", doc_no="浦合字〔2018〕31号", page="第4页")
RECEIPTS = Document(doc_id="D002", title="土地出让价款缴款凭证", page="第1—3页")
LEDGER = Document(doc_id="D010", title="招商引资奖励资金支付台账")
REVIEW = Document(doc_id="D021", title="规划环评审查意见", doc_no="环审〔2013〕8号")

FEES = Basis(
    statute="guobanfa-2006-100",
    title="国务院办公厅关于规范国有土地使用权出让收支管理的通知",
    number="国办发〔2006〕100号",
    articles=("第七条",),
    in_force_from="2007-01-01",
    firm=True,
)
ESTATE = Basis(
    statute="fangdichan-2019",
    title="中华人民共和国城市房地产管理法",
    number="主席令第三十二号",
    articles=("第十六条", "第十七条"),
    in_force_from="2020-01-01",
    firm=True,
)
UNSEEN = Basis(
    statute="local-2016",
    title="省开发区土地管理办法",
    number="",
    articles=(),
    in_force_from="2016",
    firm=False,
    why_soft="未见原文，施行日待核",
)
OPINION = Basis(
    statute="guobanfa-2014-54",
    title="国务院办公厅关于促进国家级经济技术开发区转型升级创新发展的若干意见",
    number="国办发〔2014〕54号",
    articles=("第十六条",),
    in_force_from="2014-10-30",
    firm=True,
)

RETURN_FEES = Clause(id="18.8", article="十八", quote="不得以任何形式违规减免或返还土地出让金", cited_as="breached")
POLICIES = Clause(id="18.5", article="十八", quote="严格执行国家财税政策和土地政策", cited_as="breached")
COVERAGE = Clause(
    id="16.6", article="十六", quote="国家级经开区内控制性详细规划应经依法批准并实现全覆盖", cited_as="breached"
)
ASSESSMENT = Clause(id="16.8", article="十六", quote="应依法开展规划的环境影响评价", cited_as="reference")
SUPPLY = Clause(id="18.7", article="十八", quote="不得违法下放农用地转用、土地征收和供地审批权", cited_as="breached")
IDLE = Clause(id="17.5", article="十七", quote="加大对闲置、低效用地的处置力度", cited_as="breached")
TRIPS = Clause(id="18.3", article="十八", quote="加强出国（境）招商引资团组管理", cited_as="reference")


def check(truth: bool | None, wording: str, text: str, *, soft: bool = False) -> TestNode:
    """Make an elementary test."""
    return TestNode(op="test", truth=truth, text=text, wording=wording, soft=soft)


def parcel(number: int, label: str = "") -> Subject:
    """Name one parcel."""
    return Subject(
        register="parcels",
        id=f"P-{number:03}",
        label=label or f"滨江路{number}号地块（P-{number:03}）",
        pointer=f"/parcels/{number}",
    )


def yuan(name: str, label: str, amount: str, pointer: str = "", *documents: Document, **others: object) -> Fact:
    """Make a known amount."""
    value = Decimal(amount)
    made: dict[str, Any] = {
        "name": name,
        "label": label,
        "state": "known",
        "value": value,
        "text": f"{value / 10000:,.2f}万元",
        "unit": "cny",
        "pointer": pointer,
        "documents": documents,
    }
    return Fact(**{**made, **others})


ARREARS = Finding(
    id="R18.8-01:P-012",
    rule="R18.8-01",
    title="欠缴、少缴土地出让价款",
    kind="check",
    verdict=Verdict.VIOLATION,
    grade=Grade.S1,
    consequence=Consequence.ORDER,
    clauses=(RETURN_FEES, POLICIES),
    basis=(FEES, ESTATE, UNSEEN),
    see=(replace(ESTATE, title="中华人民共和国预算法", number="主席令第二十二号", articles=("第六十五条",)),),
    responsible=Party.LOCAL_GOVERNMENT,
    subject=parcel(12),
    matter={"parcel": "P-012"},
    conduct_on=Fact(name="as_of", label="检查基准日", state="known", value=date(2024, 12, 30), text="2024年12月30日"),
    facts=(
        yuan(
            "due",
            "到期应缴价款",
            "86400000.00",
            "",
            CONTRACT,
            origins=("/parcels/12/payment_schedule/0", "/parcels/12/payment_schedule/1"),
        ),
        yuan("paid", "已缴价款", "51200000.00", "", RECEIPTS, origins=("/parcels/12/payments/0",)),
        Fact(
            name="supply_method",
            label="供地方式",
            state="known",
            value="listing",
            text="挂牌出让",
            pointer="/parcels/12/supply_method",
        ),
    ),
    tests={
        "when": check(True, "供地方式 为 协议、招标、拍卖、挂牌出让之一", 'supply_method in {"agreement", "listing"}'),
        "violated": check(True, "已缴价款 小于 到期应缴价款", "paid < due"),
    },
    exemptions=(Exemption(reason="经批准变更缴款期限，期限未届满且覆盖全部欠缴额", state="not_claimed"),),
    soft=(),
    message="截至2024年12月30日应缴8,640.00万元，实缴5,120.00万元，欠缴3,520.00万元。",
    grounds=("已缴价款 小于 到期应缴价款",),
    reasons=(),
    missing=(),
    withheld=(),
    ask=("出让合同付款条款", "土地出让价款缴款、入库凭证"),
    remedy=(
        RemedyStep(
            action="催缴本金及违约金；逾期依法解除合同",
            done_when="到期价款全部入库并有缴款凭证",
            within="30日内",
            days=30,
        ),
    ),
    group="parcel:P-012",
)

REFUND = replace(
    ARREARS,
    id="R18.8-02:A-003",
    rule="R18.8-02",
    title="以奖励、补助名义变相返还土地出让价款",
    clauses=(RETURN_FEES,),
    basis=(FEES,),
    see=(),
    responsible=Party.ZONE,
    subject=Subject(
        register="agreements.commitments", id="A-003-2", label=HOSTILE, pointer="/agreements/3/commitments/2"
    ),
    matter={"agreement": "A-003"},
    conduct_on=Fact(
        name="paid_on",
        label="支付日",
        state="range",
        low=date(2019, 6, 1),
        high=date(2019, 6, 30),
        text="2019年6月",
        pointer="/agreements/3/commitments/2/paid_on",
    ),
    facts=(
        yuan("amount_cny", "已支付奖励", "12000000", "/agreements/3/commitments/2/amount_cny", LEDGER),
        Fact(
            name="purpose",
            label="支付用途",
            state="known",
            value=HOSTILE,
            text=HOSTILE,
            pointer="/agreements/3/commitments/2/purpose",
        ),
        Fact(
            name="refunded",
            label="返还合计",
            state="range",
            low=Decimal("12000000"),
            high=None,
            text="至少1,200.00万元",
            unit="cny",
            origins=("/agreements/3/commitments/2",),
        ),
    ),
    tests={
        "when": check(True, "款项已经支付", "happened(paid_on)"),
        "violated": TestNode(
            op="and",
            truth=True,
            parts=(
                check(True, "支付依据 载明 土地出让价款", 'mentions(basis, {"出让金"})'),
                TestNode(
                    op="or",
                    truth=True,
                    parts=(
                        check(None, "受益人 为 土地竞得人", "recipient_id == parcel.holder_id"),
                        TestNode(op="not", truth=True, parts=(check(False, "已纳入年度预算", "in_budget"),)),
                    ),
                ),
                check(True, "返还占比 不低于 提示比例", "share >= param.refund_share", soft=True),
            ),
        ),
    },
    exemptions=(),
    soft=("变相返还占比提示值（10%，本工具建议值，待核实）",),
    message=f"以“{HOSTILE}”名义支付，返还合计至少1,200.00万元。",
    ask=(),
    remedy=(
        RemedyStep(action="停止支付", done_when="停付文件", within="立即", source="law"),
        RemedyStep(action="收回已支付款项", done_when="款项足额入库", within="90日内", days=90),
    ),
    group=None,
)

ABSORBED = replace(
    ARREARS,
    id="R18.8-05:P-012",
    rule="R18.8-05",
    title="价款未缴清先行办理不动产登记",
    grade=Grade.S2,
    facts=(
        Fact(
            name="registered_on",
            label="登记日",
            state="known",
            value=date(2020, 3, 1),
            text="2020年3月1日",
            pointer="/parcels/12/registered_on",
        ),
    ),
    message="价款未缴清，2020年3月1日已办理登记。",
    absorbed_by="R18.8-01:P-012",
)

UNCOVERED = replace(
    ARREARS,
    id="R16.6-01:zone",
    rule="R16.6-01",
    title="控制性详细规划未实现全覆盖",
    grade=Grade.S2,
    consequence=Consequence.ADVISE,
    clauses=(COVERAGE,),
    basis=(OPINION,),
    see=(),
    responsible=Party.ZONE,
    subject=Subject(register="zone", id="zone", label="开发区", pointer="/zone"),
    matter={},
    facts=(
        Fact(
            name="covered_ha",
            label="已批控规覆盖面积",
            state="known",
            value=Decimal("812.40"),
            text="812.40公顷",
            unit="ha",
            pointer="/zone/covered_ha",
            documents=(replace(REVIEW, doc_id="D030", title="控规覆盖图", doc_no=""),),
        ),
        Fact(
            name="area_ha",
            label="批准面积",
            state="known",
            value=Decimal("907.00"),
            text="907.00公顷",
            unit="ha",
            pointer="/zone/approved_area_ha",
        ),
    ),
    tests={
        "when": check(True, "级别 为 国家级", 'level == "national"'),
        "violated": check(True, "已批控规覆盖面积 小于 批准面积", "covered_ha < area_ha"),
    },
    exemptions=(),
    message="批准面积907.00公顷，已批控规覆盖812.40公顷，尚有94.60公顷未覆盖。",
    ask=(),
    remedy=(RemedyStep(action="编制并报批未覆盖地块的控规", done_when="批复文件", within="12个月内", days=365),),
    group=None,
)

NOBODY = replace(
    ABSORBED,
    id="R18.7-03:P-020",
    rule="R18.7-03",
    title="管委会作为出让方签订出让合同",
    clauses=(SUPPLY,),
    responsible=Party.UNDETERMINED,
    subject=parcel(20),
    message="出让方为开发区管委会，合同签订日2019年5月6日；责任主体待定标记。",
    absorbed_by=None,
    group=None,
)

IDLE_LAND = replace(
    ARREARS,
    id="R17.5-01:P-007",
    rule="R17.5-01",
    title="超过约定动工日一年未动工",
    verdict=Verdict.RISK,
    grade=Grade.S2,
    consequence=Consequence.NONE,
    clauses=(IDLE,),
    basis=(UNSEEN,),
    see=(),
    responsible=Party.LOCAL_GOVERNMENT,
    subject=parcel(7),
    facts=(
        Fact(
            name="start_due_on",
            label="约定动工日",
            state="known",
            value=date(2022, 5, 1),
            text="2022年5月1日",
            pointer="/parcels/7/start_due_on",
            documents=(CONTRACT,),
        ),
        Fact(name="started_on", label="实际动工日", state="none", text="无", pointer="/parcels/7/started_on"),
        Fact(
            name="started_ha",
            label="动工面积",
            state="unknown",
            text="不详",
            unit="ha",
            pointer="/parcels/7/started_ha",
        ),
        Fact(name="age", label="超期天数", state="known", value=974, text="974日", unit="days"),
    ),
    exemptions=(Exemption(reason="政府原因造成动工迟延", state="claimed", documents=(REVIEW,)),),
    message="约定2022年5月1日动工，截至2024年12月30日未动工，疑似闲置标记。",
    reasons=("有人主张政府原因造成迟延，尚无凭证",),
    group=None,
)


def _open_parcel(number: int) -> Finding:
    return replace(
        ARREARS,
        id=f"R18.8-01:P-{number:03}",
        verdict=Verdict.UNDETERMINED,
        consequence=Consequence.NONE,
        subject=parcel(number),
        facts=(Fact(name="paid", label="已缴价款", state="unknown", text="不详", unit="cny"),),
        tests={
            "when": check(
                True, "供地方式 为 协议、招标、拍卖、挂牌出让之一", 'supply_method in {"agreement", "listing"}'
            ),
            "violated": check(None, "已缴价款 小于 到期应缴价款", "paid < due"),
        },
        message="已缴价款不详，无法判定标记。",
        missing=(
            Missing(
                pointer=f"/parcels/{number}/payments",
                label="缴款记录",
                document="土地出让价款缴款、入库凭证",
                record=f"P-{number:03}",
            ),
        ),
        group=None,
    )


REFUSED = replace(
    _open_parcel(31),
    id="R18.3-02:T-004",
    rule="R18.3-02",
    title="擅自变更出国（境）行程",
    grade=Grade.S3,
    clauses=(TRIPS,),
    responsible=Party.ZONE,
    subject=Subject(register="trips", id="T-004", label="2023年赴德团组（T-004）", pointer="/trips/4"),
    missing=(Missing(pointer="/trips/4/actual_days", label="实际在外天数", document="出入境记录"),),
    withheld=("actual_days",),
    message="实际在外天数不详。",
)


def _silent(rule: str, title: str) -> Finding:
    return replace(
        REFUSED,
        id=f"{rule}:households",
        rule=rule,
        title=title,
        clauses=(replace(POLICIES, id="18.6", quote="禁止侵占被拆迁居民和被征地农民的合法利益"),),
        responsible=Party.LOCAL_GOVERNMENT,
        subject=Subject(register="households", id="households", label="被征地农户台账", pointer="/households"),
        facts=(),
        tests={},
        missing=(Missing(pointer="/meta/completeness/households", label="被征地农户台账的完整性声明"),),
        withheld=(),
        ask=("补偿兑付花名册",),
        message="被征地农户台账未声明完整。",
    )


EXCUSED = replace(
    ARREARS,
    id="R18.8-01:P-015",
    verdict=Verdict.EXEMPT,
    consequence=Consequence.NONE,
    subject=parcel(15),
    exemptions=(
        Exemption(
            reason="经批准变更缴款期限，期限未届满且覆盖全部欠缴额",
            state="proved",
            documents=(Document(doc_id="D040", title="缓缴批复", doc_no="市政复〔2024〕6号"),),
        ),
    ),
    message="欠缴部分经批准缓缴，豁免标记。",
    group=None,
)

FINDINGS = (
    ARREARS,
    REFUND,
    ABSORBED,
    UNCOVERED,
    NOBODY,
    IDLE_LAND,
    *map(_open_parcel, range(40, 47)),
    REFUSED,
    _silent("R18.6-01", "拖欠征地拆迁补偿"),
    _silent("R18.6-02", "截留、挪用征地补偿"),
)

COMPLIANT, NOT_APPLICABLE = 120, 8


def totals(*, compliant: int = 0, not_applicable: int = 0, of: str = "") -> dict[Verdict, int]:
    """Count the findings of the sample, or those of one rule."""
    counted = [each.verdict for each in (*FINDINGS, EXCUSED) if of in ("", each.rule)]
    return {
        **{verdict: counted.count(verdict) for verdict in Verdict},
        Verdict.COMPLIANT: compliant,
        Verdict.NOT_APPLICABLE: not_applicable,
    }


def _state(clause: Clause, rules: tuple[str, ...], compliant: int = 0) -> ClauseState:
    counts = {verdict: sum(totals(of=rule)[verdict] for rule in rules) for verdict in Verdict}
    return ClauseState(
        id=clause.id,
        article=clause.article,
        quote=clause.quote,
        rules=rules,
        totals={**counts, Verdict.COMPLIANT: compliant},
    )


def report(*, mode: Mode = Mode.INSPECTION, projected: bool = False) -> Report:
    """Make the sample report."""
    return Report(
        as_of=date(2025, 3, 31) if projected else date(2024, 12, 30),
        projected=projected,
        mode=mode,
        tool="zonecheck",
        tool_version="1.0.0",
        policy=PolicyStamp(
            id="guobanfa-2014-54",
            title="国务院办公厅关于促进国家级经济技术开发区转型升级创新发展的若干意见",
            number="国办发〔2014〕54号",
            version="1.0.0",
            sha256="5e" * 32,
        ),
        dossier=DossierStamp(
            id="binjiang-2024",
            sha256="a1" * 32,
            file="binjiang-2024.json",
            as_of=date(2024, 12, 30),
            prepared_by="滨江经开区办公室",
        ),
        zone=Zone(id="binjiang", name="滨江经济技术开发区", level="national"),
        totals=totals(compliant=COMPLIANT, not_applicable=NOT_APPLICABLE),
        clauses=(
            _state(COVERAGE, ("R16.6-01",)),
            _state(ASSESSMENT, ("R16.8-01",), compliant=4),
            _state(IDLE, ("R17.5-01",), compliant=30),
            _state(TRIPS, ("R18.3-02",), compliant=6),
            _state(RETURN_FEES, ("R18.8-01", "R18.8-02", "R18.8-05"), compliant=80),
            _state(replace(SUPPLY, id="18.9", quote="严禁擅自调整规划"), ("R16.4-01",)),
        ),
        rules=(
            RuleState(
                id="R18.8-01",
                title="欠缴、少缴土地出让价款",
                grade="S1",
                limits=("违约金另行核算",),
                totals=totals(of="R18.8-01", compliant=80, not_applicable=8),
                inapplicable={"供地方式为划拨": 7, "未发生": 1},
            ),
            RuleState(
                id="R16.8-01",
                title="规划未依法开展环评",
                grade="S2",
                limits=(),
                totals=totals(of="R16.8-01", compliant=40),
                inapplicable={},
            ),
        ),
        registers=(
            RegisterState(
                path="parcels",
                label="供地台账",
                count=131,
                complete=True,
                as_of=date(2024, 12, 30),
                signatory="王某",
                why_incomplete="",
            ),
            RegisterState(
                path="households",
                label="被征地农户台账",
                count=None,
                complete=False,
                as_of=None,
                signatory="",
                why_incomplete="没有完整性声明",
            ),
        ),
        not_checked=(
            NotChecked(rule="R18.8-01", kind="limit", text="违约金另行核算"),
            NotChecked(rule="R18.8-04", kind="parameter", text="当地基准地价未录入"),
        ),
        requests=(
            Request(
                document="土地出让价款缴款、入库凭证",
                facts=("缴款记录",),
                findings=tuple(f"R18.8-01:P-{number:03}" for number in range(40, 47)),
            ),
            Request(document="补偿兑付花名册", facts=(), findings=("R18.6-01:households",)),
        ),
        doubts=(Doubt(pointer="/parcels/9/area_sqm", label="宗地面积", message="大于开发区批准面积，可能误填单位"),),
        findings=FINDINGS,
        exempted=(EXCUSED,),
        in_order=(
            InOrder(
                rule="R16.8-01",
                title="规划未作环境影响评价",
                clauses=("16.8",),
                number=12,
                named=((_kept(1), ()), (_kept(2), (Document(doc_id="D1", title=HOSTILE, page="p3"),))),
            ),
        ),
        without_rule=(
            NormWithoutRule(
                id="15.1",
                article="15",
                quote=HOSTILE,
                modality=Modality.OBLIGATION,
                addressees=(Party.ZONE, Party.PROVINCE),
                only_people=True,
            ),
        ),
    )


def _kept(number: int) -> Subject:
    return Subject(register="plans", id=f"G-{number}", label=HOSTILE, pointer=f"/plans/{number}")


SQUARE = "M0 0l100 0 0 100 -100 0z"


def _area(register: str, id_: str, label: str, pointer: str, x: int) -> Area:
    path = SQUARE.replace("M0", f"M{x}")
    return Area(
        register=register, id=id_, label=label, pointer=pointer, hectares=Decimal("1234.50"), at=(x + 50, 50), path=path
    )


def mapped() -> Report:
    """Make the sample report with a map: a planned area, a plan, and parcels of every verdict that shows."""
    areas = (
        _area("zone", "binjiang", "规划建设用地范围", "/zone", 0),
        _area("plans", "G-1", HOSTILE, "/plans/0", 0),
        *(_area("parcels", f"P-{each:03}", "", f"/parcels/{each}", 110 * place) for place, each in PLACES.items()),
    )
    drawn = Map(width=700, height=100, metres=Decimal("5.000000"), areas=areas)
    return replace(report(), map=drawn, attestations=_attestations())


def _attestations() -> tuple[Attestation, ...]:
    """Make statements: on the first problem and against each other, on a norm, on a paper, and by nobody."""
    first = FINDINGS[0]
    said = Attestation(
        id="A1",
        pointer="/attestations/0",
        item=first.title,
        rule=first.rule,
        subject=first.subject,
        method=Method.SITE,
        answer=Answer.NOT_CONFORMING,
        note=HOSTILE,
        found_by=HOSTILE,
        capacity="检查人员",
        found_on="2025-01-06",
        documents=(CONTRACT,),
        exhibits="照片3",
        findings=(first.id, EXCUSED.id),
        against=("A2",),
    )
    return (
        said,
        replace(said, id="A2", pointer="/attestations/1", answer=Answer.CONFORMING, note="", against=("A1",)),
        Attestation(id="A3", pointer="/attestations/2", norm="2.2", article="二", quote="甲", answer=Answer.CONFORMING),
        Attestation(
            id="A4",
            pointer="/attestations/3",
            document=HOSTILE,
            answer=Answer.REFUSED,
            refused_by=HOSTILE,
            refused_on="2025-01",
            findings=tuple(each.id for each in FINDINGS if each.verdict is Verdict.UNDETERMINED),
        ),
        Attestation(id="A5", pointer="/attestations/4"),
    )


PLACES = {1: 12, 2: 7, 3: 40, 4: 99, 5: 15}
"""Where the parcels of the map stand: in arrears, idle, unpaid for all that is known, without a finding, excused."""


def clean() -> Report:
    """Make a report in which nothing is to object."""
    return replace(
        report(),
        totals={Verdict.COMPLIANT: 12},
        clauses=(_state(ASSESSMENT, ("R16.8-01",), compliant=12),),
        not_checked=(),
        requests=(),
        doubts=(),
        findings=(),
        exempted=(),
    )


def large(count: int) -> Report:
    """Make a report of *count* violations."""
    found = tuple(
        replace(ARREARS, id=f"R18.8-01:P-{number:05}", subject=parcel(number), group=None) for number in range(count)
    )
    return replace(report(), findings=found, totals={Verdict.VIOLATION: count}, exempted=())
