"""Everything printed is set in fonts from installed wheels, and what they lack is known."""

import subprocess
import sys

import pytest

from services.rendering.fonts import FAMILIES, MISSING, fonts, missing_glyphs, printable


def test_the_families_of_the_templates_are_there() -> None:
    assert set(FAMILIES) <= set(fonts().families())


@pytest.mark.parametrize("text", ["爱心联系卡", "龘䶮㛃𬱖𫖯", "𠮷", "Abc 123", "：，。、（）“”…·〓", "①②③", "\n\t "])
def test_what_names_and_sentences_are_made_of_has_glyphs(text: str) -> None:
    assert missing_glyphs(text) == set()


def test_what_no_font_has_is_named() -> None:
    assert missing_glyphs("王𪚥😀") == {"𪚥", "😀"}


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("王𪚥", f"王{MISSING}"),
        ("王👨‍👩‍👧 小明❤️", "王 小明"),
        ("  两\n行\t字 ", "两 行 字"),
        ("王\x00明\u202e", "王明"),
    ],
)
def test_text_is_made_printable_on_one_line(written: str, printed: str) -> None:
    assert printable(written) == printed
    assert missing_glyphs(printable(written)) == set()


def test_printing_does_not_load_matplotlib() -> None:
    program = "import sys, services.rendering.card as c; c.fonts(); sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
