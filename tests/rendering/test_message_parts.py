"""Long texts in parts that Telegram takes: nothing lost, nothing torn, whatever people write."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.i18n import Html, escape
from services.rendering.message_parts import CAPTION_LIMIT, TEXT_LIMIT, cut, split_message, visible_length

TAG = re.compile(r"<(/?)(\w+)[^>]*>")
LIMITS = st.integers(min_value=4, max_value=60)
WORDS = st.text(st.sampled_from("走访 a<&>\"'👪𠮷é\t;#"), max_size=40)


@st.composite
def marked_line(draw: st.DrawFn) -> str:
    """As the catalogue makes them: markup opens and closes within the line, people's words are escaped."""
    tag = draw(st.sampled_from(["b", "i", "code", ""]))
    before, inside = escape(draw(WORDS)), escape(draw(WORDS))
    return f"{before}<{tag}>{inside}</{tag}>" if tag else f"{before}{inside}"


MESSAGES = st.lists(marked_line(), max_size=12).map("\n".join)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def without_spaces(text: str) -> str:
    return "".join(text.split())


@given(MESSAGES, LIMITS)
def test_every_part_fits_and_says_something(text: str, limit: int) -> None:
    parts = split_message(text, limit)
    assert all(units(part.text) <= limit for part in parts)
    if visible_length(text) > limit:
        assert all(part.text.strip() for part in parts)


@given(MESSAGES, LIMITS)
def test_nothing_is_lost_and_the_order_stays(text: str, limit: int) -> None:
    said = "".join(part.text for part in split_message(text, limit))
    assert without_spaces(said) == without_spaces(Html(text).text)


@given(MESSAGES, LIMITS)
def test_no_tag_is_torn_from_its_partner(text: str, limit: int) -> None:
    for part in split_message(text, limit):
        open_tags: list[str] = []
        for closes, name in TAG.findall(part):
            if closes:
                assert open_tags.pop() == name
            else:
                open_tags.append(name)
        assert not open_tags


@given(MESSAGES)
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert split_message(text, max(visible_length(text), 1)) == [Html(text)]


@pytest.mark.parametrize("limit", [TEXT_LIMIT, CAPTION_LIMIT])
def test_markup_and_entities_do_not_count_and_rare_characters_count_twice(limit: int) -> None:
    assert len(split_message("<b>" + "&amp;" * limit + "</b>", limit)) == 1
    assert len(split_message("𠮷" * (limit // 2), limit)) == 1
    assert len(split_message("𠮷" * (limit // 2 + 1), limit)) == 2


def test_parts_are_broken_between_lines() -> None:
    lines = ["字" * 30 for _ in range(10)]
    parts = split_message("\n".join(lines), 100)
    assert [part.split("\n") for part in parts] == [lines[:3], lines[3:6], lines[6:9], lines[9:]]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(0, 40))
def test_what_is_cut_is_a_beginning_as_long_as_may_be(text: str, limit: int) -> None:
    beginning = cut(text, limit)
    assert text.startswith(beginning)
    assert units(beginning) <= limit
    rest = text[len(beginning) :]
    assert not rest or units(beginning + rest[0]) > limit
