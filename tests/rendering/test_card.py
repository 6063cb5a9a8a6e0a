"""The printed card says what it must, on one page, whatever the names are."""

import io
import re
import time
from dataclasses import replace
from datetime import date

import pypdf
import pytest
import segno

from services.i18n import clean
from services.rendering.card import Contact, PrintedCard, qr_svg, render_cards, unprintable
from services.rendering.fonts import missing_glyphs

CARD = PrintedCard(
    number="K-2026-000123",
    issued_on=date(2026, 3, 2),
    household_code="H0012",
    household_head="示例户主",
    cadre=Contact("示例干部", "13900000000", "红星乡民政办", "副主任"),
    second=Contact("第二位", "13800000001", "东风村", "村支书"),
    link="https://t.me/lianxin_demo_bot?start=card_K7MQ3WTP9R",
    short_code="K7MQ3WTP9R",
    site="红星乡",
    town_hotline="0310-1234567",
    supervision_phone="0310-7654321",
)
A5_LANDSCAPE = (595, 420)  # points
LONG = "欧阳" * 200

HOSTILE = [
    '#import "/etc/passwd": *',
    "*bold* _it_ $x^2$ `raw` <label> @ref \\ // /* = h",
    '"}], "qr": "x',
    "]; #panic()",
    "</svg><script>",
    LONG,
    "W" * 300,
    "王\x00小\u202e明\ud83d",
    "第一行\n第二行",
    "",
]


def render(*cards: PrintedCard, language: str = "zh_CN") -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(render_cards(cards, language=language)))


def text_of(page: pypdf.PageObject) -> str:
    """Without spaces, which a PDF keeps as gaps."""
    return "".join(page.extract_text().split())


def links(page: pypdf.PageObject) -> list[str]:
    return [note.get_object()["/A"]["/URI"] for note in page.get("/Annots", [])]


def everybody_called(name: str) -> PrintedCard:
    person = Contact(name, name, name, name)
    return replace(CARD, cadre=person, second=person, household_head=name, site=name, town_hotline=name)


def test_a_card_says_who_helps_and_whom_to_call() -> None:
    shown = text_of(render(CARD).pages[0])
    facts = ["爱心联系卡", "示例干部", "红星乡民政办", "副主任", "13900000000", "第二位", "13800000001"]
    facts += ["0310-1234567", "0310-7654321", "示例户主", "H0012", "K7MQ3WTP9R", "K-2026-000123", "2026年3月2日"]
    assert [fact for fact in facts if fact not in shown] == []


def test_the_card_exists_in_english() -> None:
    shown = text_of(render(CARD, language="en").pages[0])
    assert "Love-contactcard" in shown
    assert "2March2026" in shown


def test_each_card_is_one_page_of_half_a_sheet_in_the_given_order() -> None:
    pages = render(CARD, replace(CARD, household_code="H0013"), replace(CARD, household_code="H0014")).pages
    assert ["H0012" in text_of(pages[0]), "H0013" in text_of(pages[1]), "H0014" in text_of(pages[2])] == [True] * 3
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {A5_LANDSCAPE}


def test_the_link_can_be_followed_from_the_file_too() -> None:
    second = replace(CARD, link="https://t.me/lianxin_demo_bot?start=card_OTHER")
    assert [links(page) for page in render(CARD, second).pages] == [[CARD.link], [second.link]]


def test_the_qr_code_holds_the_link_with_its_quiet_zone() -> None:
    expected = segno.make_qr(CARD.link, error="m")
    side = len(expected.matrix) + 2 * 4
    svg = qr_svg(CARD.link)
    assert f'width="{side}" height="{side}"' in svg
    assert dark_modules(svg, side) == {
        (x + 4, y + 4) for y, row in enumerate(expected.matrix) for x, module in enumerate(row) if module
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_code_or_a_second_page(name: str) -> None:
    (page,) = render(everybody_called(name)).pages
    shown = text_of(page)
    assert "K-2026-000123" in shown
    assert links(page) == [CARD.link]
    assert "".join(clean(name).split())[:8] in shown


def test_optional_lines_are_left_out_and_not_printed_empty() -> None:
    bare = replace(CARD, second=None, town_hotline="", supervision_phone="", site="", cadre=Contact("示例干部"))
    shown = text_of(render(bare).pages[0])
    assert "示例干部" in shown
    assert not any(label in shown for label in ("第二联系人", "热线", "监督电话"))


def test_a_rare_character_is_printed() -> None:
    assert "𠮷野" in text_of(render(replace(CARD, household_head="𠮷野")).pages[0])


def test_a_character_no_font_has_is_marked_and_reported() -> None:
    card = replace(CARD, household_head="王𪚥😀")
    assert "王〓" in text_of(render(card).pages[0])
    assert unprintable(card) == {"𪚥", "😀"}
    assert unprintable(CARD) == set()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_character_on_the_card_has_a_glyph(language: str) -> None:
    assert missing_glyphs(render(CARD, language=language).pages[0].extract_text()) == set()


def test_the_same_cards_are_the_same_file() -> None:
    assert render_cards([CARD, CARD], language="zh_CN") == render_cards([CARD, CARD], language="zh_CN")


def test_the_file_does_not_say_when_it_was_made() -> None:
    information = render(CARD).metadata
    assert information is None or information.creation_date is None or information.creation_date.year == 1970


@pytest.mark.measures
def test_a_town_is_printed_in_ten_seconds() -> None:
    cards = [replace(CARD, number=str(n), link=f"{CARD.link}{n:04}", short_code=f"K{n:07}") for n in range(399)]
    began = time.perf_counter()
    pdf = render_cards(cards, language="zh_CN")
    assert time.perf_counter() - began < 10
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 399


def dark_modules(svg: str, side: int) -> set[tuple[int, int]]:
    """What segno's path draws: strokes one module high, `M x y`, `m dx dy` and `h length`."""
    path = svg.split(' d="')[1].split('"', maxsplit=1)[0]
    x, y = 0.0, 0.0
    dark = set()
    for command, stroke in re.findall(r"([Mmh])([^Mmh]+)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", stroke)]
        if command == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(numbers[0]))}
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if command == "M" else (x + numbers[0], y + numbers[1])
    assert all(0 <= x < side and 0 <= y < side for x, y in dark)
    return dark
