"""The English edition: catalogues that lack nothing, the same verdicts, and pages that say what in them is Chinese."""

import ast
import csv
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import reports_sample as sample
from babel.messages.pofile import read_po
from test_language import PARCEL

from checker import cli, site, translating
from checker.catalogues import FOLDER, interface, parse_po, slots
from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.errors import PolicyError
from checker.language.template import parse_template
from checker.language.tree import Constant, Node
from checker.language.wording import member_text
from checker.model import Mode, Report
from checker.policy.loading import Policy, read_policy
from checker.policy.pack import digest_of
from checker.reporting import FORMATS
from checker.reporting.reading import read
from checker.resources import folder
from checker.values import Value, day

EXAMPLES = Path(__file__).parent.parent / "examples"
DOSSIERS = (*sorted(EXAMPLES.glob("*.json")), EXAMPLES / "realistic" / "dossier.json")
PACK = folder("policies") / site.POLICY
SIGN = "[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
CHINESE = re.compile(SIGN)
CATALOGUES = {path.relative_to(path.parents[2]).as_posix(): path for path, _ in translating.catalogues()}
READ_OUT = {"aria-label", "title", "alt", "data-label", "data-name", "data-all", "data-some", "placeholder", "content"}


@pytest.fixture(scope="module")
def policies() -> dict[str, Policy]:
    return {each: read_policy(PACK, dossier_schema(each), examples=False) for each in ("zh", "en")}


@pytest.fixture(scope="module")
def checked(policies: dict[str, Policy]) -> dict[tuple[str, str], Report]:
    """Check every dossier in both languages, once."""
    found = {}
    for path in DOSSIERS:
        dossier = load_dossier(path.read_bytes(), path.name, dossier_schema())
        for language, policy in policies.items():
            found[language, str(path)] = check(policy, dossier)
    return found


each_dossier = pytest.mark.parametrize("path", DOSSIERS, ids=lambda each: f"{each.parent.name}/{each.stem}")


# --- catalogues -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_fresh_extraction_gives_the_catalogue_and_nothing_lacks_a_translation(name: str) -> None:
    path = CATALOGUES[name]
    texts = next(texts for each, texts in translating.catalogues() if each == path)
    old = path.read_text(encoding="utf-8")
    new, lacking = translating.renewed(old, texts)
    assert lacking == []
    assert new == old, "run python -m checker.translating"


@pytest.mark.parametrize("path", CATALOGUES.values(), ids=CATALOGUES)
def test_a_translation_has_the_places_of_the_original_and_no_chinese(path: Path) -> None:
    for text, told in parse_po(path.read_text(encoding="utf-8"), path.name).items():
        for each in (told,) if isinstance(told, str) else told:
            assert slots(each) == slots(text)
            assert not CHINESE.search(each), f"{text}: {each}"


@pytest.mark.parametrize("path", CATALOGUES.values(), ids=CATALOGUES)
def test_the_reader_of_catalogues_reads_what_babel_reads(path: Path) -> None:
    data = path.read_bytes()
    theirs = {
        each.id if isinstance(each.id, str) else each.id[0]: each.string
        for each in read_po(BytesIO(data), abort_invalid=True)
        if each.id
    }
    assert parse_po(data.decode(), path.name) == theirs


ENTRY = 'msgid "甲{0}"\nmsgstr "A {0}"\n'
MALFORMED = {
    "no string": ("\n\nmsgid 甲\nmsgstr x\n", 3, "读不懂"),
    "no translation": (ENTRY + '\n\nmsgid "乙"\n', 5, "读不懂"),
    "twice": (ENTRY + "\n" + ENTRY, 4, "两次"),
    "another place": ('msgid "甲{0}"\nmsgstr "A {1}"\n', 1, "填值"),
    "another expression": ('msgid "甲{{ a | yuan }}"\nmsgstr "A {{ a }}"\n', 1, "填值"),
}


@pytest.mark.parametrize(("text", "line", "said"), MALFORMED.values(), ids=MALFORMED)
def test_a_catalogue_that_cannot_be_read_is_refused_with_its_place(text: str, line: int, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_po(text, "locales/en.po")
    [problem] = caught.value.problems
    assert said in problem.message
    assert problem.suggestion
    assert (problem.place.file, problem.place.line) == ("locales/en.po", line)


def test_a_catalogue_leaves_out_what_is_doubtful_or_not_translated() -> None:
    doubtful, empty = '#, python-format, fuzzy\nmsgid "甲"\nmsgstr "A"\n', 'msgid "乙"\nmsgstr ""\n'
    text = f'{doubtful}\n{empty}\nmsgid ""\n"丙"\nmsgstr "C \\"c\\"\\n"\n"d"\n'
    assert parse_po(text, "en.po") == {"丙": 'C "c"\nd'}


def test_every_text_of_the_translated_modules_is_one_that_a_catalogue_can_hold() -> None:
    here = Path(translating.__file__).parent
    pieced = [
        each
        for name in translating.WHOLE
        for each in translating.pieced(ast.parse((here / name).read_text(encoding="utf-8")))
    ]
    of_the_engine, *of_signs = pieced
    assert "不能出具任何文书" in of_the_engine  # an error, and no sentence of a report
    assert all("U+" in each for each in of_signs)


def test_the_page_says_nothing_but_through_the_catalogue() -> None:
    page = (folder("reports") / "report.html.j2").read_text(encoding="utf-8")
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", page)
    assert [line for line in bare.splitlines() if CHINESE.search(line) and "counter(page)" not in line] == []


def test_every_expression_of_the_pack_is_read_out_in_english(policies: dict[str, Policy]) -> None:
    """Words that a rule looks for in the texts of a dossier are quotations."""
    quotations = set(words_looked_for(policies["en"]))
    for compiled in policies["en"].rules:
        rule = compiled.rule
        nodes = (rule.when, rule.violated, rule.suspected, rule.conduct_on, *rule.lets.values(), *rule.message.nodes)
        for node in (*nodes, *(each.condition for each in rule.exemptions)):
            told = rule.wording.read(node)
            for each in sorted(quotations, key=len, reverse=True):
                told = told.replace(each, "")
            assert not CHINESE.search(told), f"{rule.id}: {told}"


def words_looked_for(policy: Policy) -> Iterator[str]:
    for compiled in policy.rules:
        for node in (each for _, tree in compiled.rule.texts for each in tree.walk()):
            yield from _texts(node)
        for plea in compiled.rule.exemptions:
            for node in plea.condition.walk():
                yield from _texts(node)
    for parameter in policy.parameters.values():
        for dated in parameter.values:
            yield from dated.value if isinstance(dated.value, tuple | list) else ()


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Constant):
        values = node.value if isinstance(node.value, frozenset | tuple) else (node.value,)
        yield from (each for each in values if isinstance(each, str) and CHINESE.search(each))


# --- verdicts and pages ---------------------------------------------------------------------------------------------


@each_dossier
@pytest.mark.thorough
def test_the_language_changes_no_verdict_and_no_order(checked: dict[tuple[str, str], Report], path: Path) -> None:
    chinese, english = checked["zh", str(path)], checked["en", str(path)]
    for report in (chinese, english):
        assert report.policy.sha256 == chinese.policy.sha256
    assert (chinese.language, english.language) == ("zh", "en")
    assert _skeleton(chinese) == _skeleton(english)


def _skeleton(report: Report) -> Any:
    every = (*report.findings, *report.exempted)
    return (
        report.totals,
        [(each.id, each.totals) for each in report.rules],
        [(each.path, each.complete, each.count) for each in report.registers],
        [(each.rule, each.kind) for each in report.not_checked],
        [each.pointer for each in report.doubts],
        [(each.rule, each.number, [named.id for named, _ in each.named]) for each in report.in_order],
        [each.id for each in report.without_rule],
        _attested(report),
        [
            (
                each.id,
                each.rule,
                each.verdict,
                each.grade,
                each.consequence,
                each.responsible,
                each.subject.pointer,
                sorted((fact.name, fact.state, str(fact.value), fact.pointer, fact.origins) for fact in each.facts),
                [(basis.statute, basis.firm, basis.in_force_from) for basis in each.basis],
                [(step.days, step.source, step.penal) for step in each.remedy],
                [missing.pointer for missing in each.missing],
                [plea.state for plea in each.exemptions],
            )
            for each in every
        ],
    )


@each_dossier
@pytest.mark.thorough
def test_what_people_attest_is_about_the_same_findings_in_both_languages(
    checked: dict[tuple[str, str], Report], policies: dict[str, Policy], path: Path
) -> None:
    """A visit asks for papers in Chinese; a check in English calls them otherwise."""
    chinese = checked["zh", str(path)]
    written = json.loads(path.read_bytes())
    written["attestations"] = [
        {"attestation_id": f"A{number}", "document": each.document, "answer": "provided"}
        for number, each in enumerate(chinese.requests)
    ] + [{"attestation_id": "B", "document": "无从查考的资料", "rule": "R0", "norm": "0", "subject_id": "X"}]
    dossier = load_dossier(json.dumps(written).encode(), path.name, dossier_schema())
    told = {language: check(policy, dossier) for language, policy in policies.items()}
    assert _attested(told["en"]) == _attested(told["zh"])
    *known, unknown = told["en"].attestations
    assert all(each.findings for each in known)
    assert unknown.findings == ()
    assert _skeleton(told["en"]) == _skeleton(told["zh"])
    assert _Page(FORMATS["html"](told["en"])).unmarked == []


def _attested(report: Report) -> Any:
    return [(each.id, sorted(each.findings), each.against) for each in report.attestations]


class _Page(HTMLParser):
    """What a page shows to people: the texts that are marked as Chinese, and Chinese that is not."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.marked: list[str] = []
        self.unmarked: list[str] = []
        self.language = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.language = held["lang"]
        self.unmarked += [held[name] for name in READ_OUT & held.keys() if CHINESE.search(held[name])]
        if tag not in {"meta", "link", "br", "input"}:
            self.open.append((tag, held.get("lang", "")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if CHINESE.search(data) and not {"script"} & {tag for tag, _ in self.open}:
            language = next((each for _, each in reversed(self.open) if each), "")
            (self.marked if language == "zh-Hans" else self.unmarked).append(data)


PIECES = re.compile(r"[\s,;:()\[\]…“”]+")
RUN = re.compile(rf"[0-9]*{SIGN}(?:[^A-Za-z<>&]*{SIGN})?")


def pieces(text: str) -> set[str]:
    return {piece for run in RUN.findall(text) for piece in PIECES.split(run) if CHINESE.search(piece)}


def texts_of(held: Any) -> Iterator[str]:
    match held:
        case str():
            yield from held.split("#")
        case dict():
            for key, each in held.items():
                yield key
                yield from texts_of(each)
        case list():
            for each in held:
                yield from texts_of(each)


@each_dossier
def test_an_english_page_marks_what_is_chinese_and_that_is_what_was_written_so(
    checked: dict[tuple[str, str], Report], policies: dict[str, Policy], path: Path
) -> None:
    page = _Page(FORMATS["html"](checked["en", str(path)]))
    assert page.language == "en"
    assert page.unmarked == []
    written = [
        *texts_of(json.loads(path.read_bytes())),
        *(each.quote for each in policies["en"].norms.values()),
        *(each.citation for each in policies["zh"].statutes.values()),
        *words_looked_for(policies["en"]),
    ]
    known = {piece for each in written for piece in pieces(each)}
    assert page.marked
    assert {piece for each in page.marked for piece in pieces(each)} - known == set()


@each_dossier
def test_the_chinese_page_marks_nothing(checked: dict[tuple[str, str], Report], path: Path) -> None:
    page = FORMATS["html"](checked["zh", str(path)])
    assert b'<html lang="zh-CN">' in page
    assert b"zh-Hans" not in page


@pytest.mark.parametrize("mode", list(Mode))
def test_a_saved_chinese_report_keeps_its_sentences_on_an_english_page(mode: Mode) -> None:
    for report in (sample.report(mode=mode), sample.report(mode=mode, projected=True), sample.mapped()):
        page = _Page(FORMATS["html"](report, "en"))
        assert page.language == "en"
        assert page.unmarked == []
        assert any(report.findings[0].message[:6] in each for each in page.marked)
        assert "Overall conclusion" in FORMATS["html"](report, "en").decode()
        assert FORMATS["text"](report, "en").decode().splitlines()[0].startswith(("Inspection", "Self", "[Projection]"))


@pytest.mark.parametrize("name", [each for each in FORMATS if each != "html"])
def test_every_format_of_an_english_report_has_english_words(
    checked: dict[tuple[str, str], Report], policies: dict[str, Policy], name: str
) -> None:
    path = EXAMPLES / "dossier.json"
    report = checked["en", str(path)]
    told = FORMATS[name](report).decode("utf-8-sig")
    written = [
        *texts_of(json.loads(path.read_bytes())),
        *(each.quote for each in policies["en"].norms.values()),
        *(each.citation for each in policies["zh"].statutes.values()),
        *words_looked_for(policies["en"]),
    ]
    whole = re.sub(r"[\s\"“”‘’]", "", "\n".join(written))  # a line of text may be broken anywhere
    articles = {norm.article for norm in policies["en"].norms.values()}
    articles |= {article for statute in policies["en"].statutes.values() for article in statute.articles}
    for run in RUN.findall(told):
        for piece in filter(CHINESE.search, re.split(r"[\s,;:()\[\]…“”、\"\\]+", run)):
            assert piece in whole or piece in articles, f"{piece} in {run}"


def test_a_saved_english_report_says_so_and_comes_back_the_same(checked: dict[tuple[str, str], Report]) -> None:
    report = checked["en", str(EXAMPLES / "dossier.json")]
    saved = FORMATS["json"](report)
    assert json.loads(saved)["language"] == "en"
    again = read(saved, "report.json")
    assert FORMATS["json"](again) == saved
    assert FORMATS["html"](again) == FORMATS["html"](report)
    assert "language" not in json.loads(FORMATS["json"](checked["zh", str(EXAMPLES / "dossier.json")]))


# --- packs ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACK, tmp_path / "pack"))


def test_a_pack_without_a_catalogue_is_told_in_chinese_and_marked_so(pack: Path) -> None:
    digest = digest_of(pack)
    shutil.rmtree(pack / FOLDER)
    assert digest_of(pack) == digest  # a translation is no law
    path = EXAMPLES / "dossier.json"
    dossier = load_dossier(path.read_bytes(), path.name, dossier_schema())
    page = _Page(FORMATS["html"](check(read_policy(pack, dossier_schema("en"), examples=False), dossier)))
    assert page.unmarked == []
    assert "欠缴、少缴土地出让价款" in page.marked


def test_a_catalogue_of_a_pack_that_is_wrong_stops_the_pack_with_its_place(pack: Path) -> None:
    path = pack / FOLDER / "en.po"
    written = path.read_text(encoding="utf-8")
    lines = written.splitlines()
    line = next(number for number, each in enumerate(lines, 1) if "{{ due - paid | yuan }}" in each)
    path.write_text(written.replace("in arrears: {{ due - paid | yuan }}", "in arrears: {{ due | yuan }}"), "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(pack, dossier_schema("en"), examples=False)
    [problem] = caught.value.problems
    assert problem.place.file == f"{FOLDER}/en.po"
    assert abs((problem.place.line or 0) - line) <= 2
    read_policy(pack, dossier_schema(), examples=False)  # of no concern to those who read Chinese


# --- the command line -----------------------------------------------------------------------------------------------

Run = Callable[..., tuple[object, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], policies: dict[str, Policy]
) -> Run:
    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["zonecheck", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        streams = capsys.readouterr()
        return ended.value.code, streams.out, streams.err

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(site, "load_remembered", lambda _path, schema, _memory: policies[schema.language])
    return run


def test_check_and_render_speak_english(run: Run, tmp_path: Path) -> None:
    dossier = str(EXAMPLES / "dossier.json")
    code, out, _ = run("check", dossier, "--lang", "en")
    assert code == 1
    assert "Land grant price in arrears or underpaid" in out
    code, _, err = run("check", dossier, "--lang", "en", "--format", "json", "--format", "html", "--out", "out/")
    assert code == 1
    assert "Violation 11" in err
    code, _, _ = run("render", "out/dossier.json", "--format", "html", "--out", "again.html")
    assert code == 1
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "out" / "dossier.html").read_bytes()
    code, out, _ = run("check", dossier)
    assert "欠缴、少缴土地出让价款" in out


def test_no_chinese_paper_is_made_of_an_english_report(run: Run) -> None:
    run("check", str(EXAMPLES / "dossier.json"), "--lang", "en", "--format", "json", "--out", "report.json")
    notice, page = ("--format", "notice", "--out", "papers/"), ("--format", "html", "--lang", "zh", "--out", "x.html")
    for arguments in (notice, page):
        code, _, err = run("render", "report.json", *arguments)
        assert code == 2
        assert "report.json 是外文报告（en）" in err
        assert "不加 --lang" in err


def test_a_language_that_no_format_takes_is_refused(run: Run, tmp_path: Path) -> None:
    run("check", str(EXAMPLES / "dossier.json"), "--format", "json", "--out", "report.json")
    code, _, err = run("render", "report.json", "--lang", "en", "--format", "csv", "--out", "out/")
    assert (code, (tmp_path / "out").exists()) == (2, False)
    assert "--format html" in err


def test_what_is_wrong_with_a_dossier_is_told_in_chinese_whatever_the_language(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"meta": {}}', encoding="utf-8")
    told = [run("check", "bad.json", *more) for more in ((), ("--lang", "en"))]
    assert told[0] == told[1]
    assert told[0][0] == 4


def test_counts_have_a_form_for_one() -> None:
    words = interface("en")
    assert words("{number}天", number=1) == "1 day"
    assert words("{number}天", number="2") == "2 days"
    assert words.numeral("第二十一条") == "21"


def test_a_month_or_a_year_is_one_in_which_something_was_done() -> None:
    told = parse_template(
        "It was approved on {{ contract_signed_on | date }}[[; On {{ contract_signed_on | date }}]].", PARCEL
    )
    english = interface("en")

    def filled(value: Value) -> str:
        return told.fill(lambda _: value, lambda each, node: member_text(each, node, english))

    assert filled(day("2019-07")) == "It was approved in July 2019; In July 2019."
    assert filled(day("2019")) == "It was approved in 2019; In 2019."
    assert filled(day("2019-07-05")) == "It was approved on 5 July 2019; On 5 July 2019."


def test_every_heading_of_the_table_begins_with_a_capital(checked: dict[tuple[str, str], Report]) -> None:
    data = FORMATS["csv"](checked["en", str(EXAMPLES / "dossier.json")]).decode("utf-8-sig")
    assert [each for each in next(csv.reader(StringIO(data))) if not each[0].isupper()] == []


def test_what_was_approved_in_a_month_was_not_approved_on_it(checked: dict[tuple[str, str], Report]) -> None:
    report = checked["en", str(EXAMPLES / "dossier.json")]
    [found] = [each for each in report.findings if (each.rule, each.subject.id) == ("R16.5-02", "PL5")]
    assert "was approved in July 2019" in found.message
