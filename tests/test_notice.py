"""What stands on a rectification notice, and what never does."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import reports_sample as sample
from msgspec import structs

from checker.errors import MisuseError
from checker.model import Consequence, Exemption, Fact, Mode, Party, RemedyStep, Verdict
from checker.papers.notice import CITED, NAMED, Notice, notices, render

Compare = Callable[[str, bytes], None]

REPORT = sample.report()


def notice(party: Party, issued_on: date | None = None) -> Notice:
    [found] = notices(REPORT, party=party, issued_on=issued_on)
    return found


def plain(paper: Notice) -> str:
    return re.sub(r"\s+|<style>.*?</style>|<[^>]*>", "", render(paper).decode(), flags=re.DOTALL)


LOCAL = notice(Party.LOCAL_GOVERNMENT)
ZONE = notice(Party.ZONE)


@pytest.mark.parametrize("party", [Party.ZONE, Party.LOCAL_GOVERNMENT])
def test_a_notice_is_as_it_was(golden: Compare, party: Party) -> None:
    golden(f"notice-{party.value}.html", render(notice(party)))


def test_each_party_with_a_proved_breach_gets_one_notice() -> None:
    assert [each.party for each in notices(REPORT)] == [Party.ZONE, Party.LOCAL_GOVERNMENT]


def test_nobody_gets_a_notice_where_nothing_is_proved() -> None:
    assert notices(sample.clean()) == ()
    only_open = replace(REPORT, findings=tuple(e for e in REPORT.findings if e.verdict is not Verdict.VIOLATION))
    assert notices(only_open) == ()
    assert notices(REPORT, party=Party.PROVINCE) == ()
    assert notices(REPORT, party=Party.UNDETERMINED) == ()


def test_no_notice_is_made_from_a_projection() -> None:
    with pytest.raises(MisuseError, match="推算，不能据以制作通知书"):
        notices(sample.report(projected=True))


def test_no_notice_is_issued_before_its_facts() -> None:
    with pytest.raises(MisuseError, match="签发日2024年12月29日早于检查基准日2024年12月30日"):
        notices(REPORT, issued_on=date(2024, 12, 29))
    assert notice(Party.ZONE, issued_on=date(2024, 12, 30)).issued_on == date(2024, 12, 30)


def test_only_proved_breaches_of_that_party_are_items() -> None:
    items = {each.party: [i.finding for part in each.sections for i in part.items] for each in notices(REPORT)}
    assert items == {
        Party.LOCAL_GOVERNMENT: ["R18.8-01:P-012"],
        Party.ZONE: ["R18.8-02:A-003", "R16.6-01:zone"],
    }


@pytest.mark.parametrize("paper", [LOCAL, ZONE], ids=["local government", "zone"])
@pytest.mark.parametrize("never", ["疑似闲置标记", "豁免标记", "责任主体待定标记", "无法判定标记", "疑似"])
def test_what_is_not_proved_never_stands_on_a_notice(paper: Notice, never: str) -> None:
    assert never not in plain(paper)


def test_a_breach_is_told_with_fact_evidence_clause_statute_and_measure() -> None:
    content = plain(LOCAL)
    for expected in (
        "（一）欠缴、少缴土地出让价款（严重）",
        "对象：滨江路12号地块（P-012）",
        "事实：截至2024年12月30日应缴8,640.00万元，实缴5,120.00万元，欠缴3,520.00万元。",
        "到期应缴价款：8,640.00万元，见国有建设用地使用权出让合同（浦合字〔2018〕31号）第4页〔D001〕",
        "违反：国办发〔2014〕54号第十八条“不得以任何形式违规减免或返还土地出让金”",
        "依据：《国务院办公厅关于规范国有土地使用权出让收支管理的通知》（国办发〔2006〕100号）第七条，2007年1月1日起施行",
        "整改措施：催缴本金及违约金；逾期依法解除合同。完成标准：到期价款全部入库并有缴款凭证。时限：30日内（建议时限）。",
        "陈述申辩：下列事由尚无人主张；如有，请一并提交书面陈述和凭证：经批准变更缴款期限",
        "同一事项并入：价款未缴清先行办理不动产登记：价款未缴清，2020年3月1日已办理登记。",
    ):
        assert expected in content, expected


def test_a_ground_that_was_pleaded_in_vain_is_told_with_what_was_pleaded() -> None:
    until = Fact(name="until", label="主张的期限止日", state="known", text="2024年12月1日", pointer="/claims/0/until")
    pleaded = Exemption(
        reason="经批准延期", state="not_covered", condition="期限未届满", facts=(until,), documents=(sample.REVIEW,)
    )
    [paper] = notices(replace(REPORT, findings=(replace(sample.ARREARS, exemptions=(pleaded,)),)))
    told = plain(paper)
    assert "已作主张而未及于此：经批准延期（须期限未届满；所主张的：主张的期限止日2024年12月1日，附" in told
    assert "尚无人主张" not in told


def test_only_a_zone_that_the_document_binds_is_told_that_it_rests_on_it() -> None:
    bound = "依据《国务院办公厅关于促进国家级经济技术开发区转型升级创新发展的若干意见》"
    assert bound in plain(LOCAL)
    clause = replace(sample.RETURN_FEES, cited_as="reference")
    [paper] = notices(replace(REPORT, findings=(replace(sample.ARREARS, clauses=(clause,)),)))
    assert bound not in plain(paper)
    assert "依据有关法律、法规和规定，参照《" in plain(paper)


def test_a_self_audit_holds_nobody_to_account() -> None:
    step = RemedyStep(action="依法追究责任", done_when="已受理", within="30日内", penal=True)
    findings = (replace(sample.ARREARS, remedy=(*sample.ARREARS.remedy, step)),)
    assert "依法追究责任" in plain(notices(replace(REPORT, findings=findings))[0])
    assert "依法追究责任" not in plain(notices(replace(REPORT, findings=findings, mode=Mode.SELF_AUDIT))[0])


def test_a_fact_without_a_document_leaves_room_for_one() -> None:
    [item] = LOCAL.sections[0].items
    assert [(each.label, each.lacks_evidence) for each in item.facts] == [
        ("到期应缴价款", False),
        ("已缴价款", False),
        ("供地方式", True),
    ]
    page = render(LOCAL).decode()
    assert page.count('<span>〔证据待补〕</span><span class="blank long"></span>') == 1


def test_only_facts_of_the_dossier_are_evidence() -> None:
    rate = Fact(name="param.rate", label="违约金日比例", state="known", text="0.1%")
    days = Fact(name="days", label="迟延天数", state="known", text="974日")
    nothing = Fact(name="share", label="占比", state="unknown", text="不详")
    [paper] = notices(
        replace(REPORT, findings=(replace(sample.ARREARS, facts=(sample.ARREARS.facts[0], rate, days, nothing)),))
    )
    [item] = paper.sections[0].items
    assert [each.label for each in item.facts] == ["到期应缴价款"]
    assert item.reckoning == ("违约金日比例0.1%", "迟延天数974日")
    assert "核算：违约金日比例0.1%；迟延天数974日。" in plain(paper)
    assert "核算：" not in plain(LOCAL)


def test_a_fact_that_many_papers_prove_refers_to_an_annex() -> None:
    papers = tuple(replace(sample.REVIEW, doc_id=f"D{number:03}") for number in range(CITED + 1))
    first, second, _ = sample.ARREARS.facts
    facts = (structs.replace(first, documents=papers), structs.replace(second, documents=papers))
    [paper] = notices(replace(REPORT, findings=(replace(sample.ARREARS, facts=facts),)))
    assert paper.annexes == ("证据材料清单",)
    text, annex = plain(paper).split("附：证据材料清单", 1)
    assert text.count("〔D002〕等4份（见附件“证据材料清单”）") == 2
    assert "已缴价款：5,120.00万元，见前引〔D000〕；前引〔D001〕；前引〔D002〕等4份" in text
    assert "〔D003〕" not in text
    assert "到期应缴价款；已缴价款（4份）" in annex
    assert annex.count("〔D003〕") == 1


def test_a_question_names_ten_subjects_and_the_annex_all_of_them() -> None:
    [*_, model] = [each for each in REPORT.findings if each.rule == "R18.8-01"]
    many = tuple(replace(model, id=f"open-{n}", subject=sample.parcel(n)) for n in range(100, 125))
    [paper] = notices(replace(REPORT, findings=(sample.ARREARS, *many)))
    text, annex = plain(paper).rsplit("附：需补充说明事项清单", 1)
    questions = text[text.index("需补充说明事项") :]
    assert questions.count("地块（P-1") == NAMED
    assert "等，共25项" in questions
    assert annex.count("地块（P-1") == 25
    assert "附：" not in plain(LOCAL)


def test_a_paper_calls_itself_what_it_is() -> None:
    assert "时限自收到本通知书之日起计算" in plain(LOCAL)
    [advice] = notices(replace(REPORT, findings=(sample.UNCOVERED,)))
    assert "时限自收到本建议书之日起计算" in plain(advice)
    assert "通知" not in plain(advice).replace(sample.UNCOVERED.title, "")
    for each in notices(sample.report(mode=Mode.SELF_AUDIT)):
        assert "时限自收到本通知单之日起计算" in plain(each)


def test_a_basis_whose_text_was_not_seen_is_not_cited() -> None:
    assert sample.UNSEEN in sample.ARREARS.basis
    assert sample.UNSEEN.title not in plain(LOCAL)


def test_a_clause_that_does_not_bind_is_cited_for_reference() -> None:
    clause = replace(sample.RETURN_FEES, cited_as="reference")
    [paper] = notices(replace(REPORT, findings=(replace(sample.ARREARS, clauses=(clause,)),)))
    assert "参照：国办发〔2014〕54号第十八条" in plain(paper)
    assert "违反：" not in plain(paper)


def test_what_only_the_policy_carries_is_a_recommendation() -> None:
    assert [(part.title, [item.title for item in part.items]) for part in ZONE.sections] == [
        ("责令整改事项", ["以奖励、补助名义变相返还土地出让价款"]),
        ("整改建议", ["控制性详细规划未实现全覆盖"]),
    ]
    [advice] = notices(replace(REPORT, findings=(sample.UNCOVERED,)))
    assert advice.title == "整改建议书"
    assert "责令" not in plain(advice)


def test_a_legal_deadline_is_not_marked_as_proposed() -> None:
    assert "时限：立即。" in plain(ZONE)
    assert "时限：90日内（建议时限）。" in plain(ZONE)


def test_what_is_open_is_asked_for_and_grouped() -> None:
    content = plain(LOCAL)
    questions = content[content.index("需补充说明事项") :]
    assert content.index("需补充说明事项") > content.index("责令整改事项")
    assert "不作为问题认定" in questions
    assert [each.missing for each in LOCAL.questions] == ["缴款记录", "被征地农户台账的完整性声明"]
    assert [each.title for each in LOCAL.questions if "完整性声明" in each.missing] == [
        "“拖欠征地拆迁补偿”、“截留、挪用征地补偿”"
    ]
    assert "共7项" in questions
    assert "请提交：土地出让价款缴款、入库凭证；补偿兑付花名册。" in questions
    assert [each.title for each in ZONE.questions] == ["擅自变更出国（境）行程"]


def test_what_only_the_signing_office_can_give_is_blank() -> None:
    content = plain(LOCAL)
    assert content.index("送审稿经编号、签发、盖章并送达后生效") < content.index("滨江经济技术开发区所在地人民政府：")
    assert "文号：〔　　　　〕　　号" in render(LOCAL).decode()
    assert "文号：〔〕号签发人：滨江" in content
    assert "（签发机关印章）年月日" in content
    assert "（签发机关印章）2025年1月6日" in plain(notice(Party.LOCAL_GOVERNMENT, date(2025, 1, 6)))


def test_a_notice_names_what_it_was_made_from() -> None:
    content = plain(LOCAL)
    assert "检查基准日：2024年12月30日" in content
    assert "binjiang-2024" in content
    assert "a1" * 32 in content
    assert "guobanfa-2014-541.0.0" in content


def test_an_enterprise_is_told_where_it_can_appeal() -> None:
    finding = replace(sample.ARREARS, responsible=Party.ENTERPRISE)
    [paper] = notices(replace(REPORT, findings=(finding,)))
    assert paper.addressee == "〔受送达企业名称、统一社会信用代码〕"
    assert '救济途径（由签发机关依法填写）：<span class="blank line"></span>' in render(paper).decode()
    assert "救济途径" not in plain(LOCAL)


def test_a_finding_absorbed_by_one_on_another_notice_stands_alone() -> None:
    elsewhere = replace(sample.ABSORBED, responsible=Party.ZONE)
    paper = next(n for n in notices(replace(REPORT, findings=(sample.ARREARS, elsewhere))) if n.party is Party.ZONE)
    assert [item.finding for part in paper.sections for item in part.items] == [elsewhere.id]


def test_a_self_audit_orders_nothing() -> None:
    papers = notices(sample.report(mode=Mode.SELF_AUDIT))
    assert [each.title for each in papers] == ["自查整改通知单", "自查整改通知单"]
    assert not any("责令" in plain(each) or "违反：" in plain(each) for each in papers)


def test_a_breach_without_any_consequence_is_not_ordered() -> None:
    [paper] = notices(replace(REPORT, findings=(replace(sample.ARREARS, consequence=Consequence.NONE),)))
    assert [part.title for part in paper.sections] == ["整改建议"]


def test_foreign_text_is_shown_and_not_obeyed() -> None:
    page = render(ZONE).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page
    assert "〔U+202E〕钉〔U+2066〕" in page
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page)
