"""Every remark of the check has its words in both languages, and no words are left over."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.i18n import Language, translator
from services.rules.roster.values import Finding, Level, UnitKind
from tests.roster.rosters import cadre, checked, household, unit

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "services/rules/roster").glob("*.py"), ROOT / "bot/workbooks.py"]
WRITTEN_OUT = re.compile(r'"(roster\.(?:refused|doubt|error)\.[a-z_]+)"')
GUESSES = {f"roster.doubt.kind_guessed.{kind}" for kind in UnitKind}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                yield node.func.attr, node


def remarks() -> dict[str, set[str]]:
    """Message id → parameters given, of each `.error(…, "problem", name=…)`, `.doubt(…)` and `.reference(…)`."""
    found: dict[str, set[str]] = {}
    for method, call in calls():
        last = call.args[-1]
        if not isinstance(last, ast.Constant) or not re.fullmatch("[a-z_]+", str(last.value)):
            continue
        if method in ("error", "doubt"):
            found[f"roster.{method}.{last.value}"] = {keyword.arg or "*" for keyword in call.keywords}
        elif method in ("reference", "required_reference"):
            found[f"roster.error.{last.value}"] = {"value"}
    return found


def placeholders(message_id: str) -> set[str]:
    texts = [translator(language).messages[message_id][0] for language in Language]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("message_id", "given"), remarks().items())
def test_a_remark_gives_what_its_words_ask_for(message_id: str, given: set[str]) -> None:
    assert placeholders(message_id) <= given or "*" in given


def test_no_words_are_left_over() -> None:
    said = remarks().keys() | GUESSES
    for source in SOURCES:
        said |= set(WRITTEN_OUT.findall(source.read_text(encoding="utf-8")))
    kept = translator("zh_CN").messages
    assert {message_id for message_id in kept if re.match(r"roster\.(refused|doubt|error)\.", message_id)} == said


@pytest.mark.parametrize("language", list(Language))
def test_every_finding_can_be_said_with_its_place(language: Language) -> None:
    result = checked(
        unit("0101", "某单位", "0101", ""), cadre(角色="组长", 电话="1"), household(户主="", 人口=99, 单位编码="7")
    )
    assert len(result.findings) > 5
    for finding in result.findings:
        assert said(finding, language).startswith(finding.sheet)


def test_a_finding_reads_like_a_sentence() -> None:
    finding = checked(households=household(单位编码="0199")).errors[0]
    assert said(finding, Language.ZH_CN) == "农户 第 4 行“单位编码”：单位编码“0199”不存在，请先在“单位”表中登记。"


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (
            Finding(Level.DOUBT, "说明", None, None, "roster.doubt.unknown_sheet"),
            "说明：没有认出表头，这张表没有读取。",
        ),
        (Finding(Level.ERROR, "", None, None, "roster.finding.more", {"count": 3}), "还有 3 处没有列出。"),
    ],
)
def test_findings_without_a_row_have_their_own_frame(finding: Finding, text: str) -> None:
    assert said(finding, Language.ZH_CN) == text


def said(finding: Finding, language: Language) -> str:
    words = translator(language)
    problem = words.plain(finding.message_id, **finding.params)
    row, column = finding.row or 0, finding.column or ""
    return words.plain(finding.frame_id, sheet=finding.sheet, row=row, column=column, problem=problem)
