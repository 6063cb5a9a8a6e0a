"""Words reach the reader unharmed, and nobody's name becomes markup."""

import json
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.i18n import Html, Language, Translator, all_forms, clean, escape, negotiate, translator

SAMPLE = Translator(
    Language.EN,
    {
        "greeting": ("<b>{name}</b> & you",),
        "households": ("{n} household", "{n} households"),
    },
)


def test_parameters_are_escaped_and_the_catalogues_markup_stays() -> None:
    assert SAMPLE("greeting", name="<i>Ma</i> & co") == "<b>&lt;i&gt;Ma&lt;/i&gt; &amp; co</b> & you"


def test_html_parameters_are_not_escaped_again() -> None:
    assert SAMPLE("greeting", name=escape("Ma & co")) == "<b>Ma &amp; co</b> & you"


def test_braces_in_a_name_are_only_characters() -> None:
    assert SAMPLE("greeting", name="{name.__class__}") == "<b>{name.__class__}</b> & you"


def test_plain_text_has_neither_markup_nor_entities() -> None:
    assert SAMPLE.plain("greeting", name="<Ma> & co") == "<Ma> & co & you"
    assert SAMPLE.plain("greeting", name=SAMPLE("greeting", name="<Ma>")) == "<Ma> & you & you"


def test_english_has_a_singular() -> None:
    assert [SAMPLE("households", n=n) for n in (0, 1, 2)] == ["0 households", "1 household", "2 households"]


def test_an_unknown_message_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match=r"visits\.no_such_message"):
        SAMPLE("visits.no_such_message")


def test_a_missing_parameter_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="name"):
        SAMPLE("greeting")


def test_joining_escapes_what_is_not_html() -> None:
    assert Html("\n").join([Html("<b>1</b>"), "2 < 3"]) == "<b>1</b>\n2 &lt; 3"


def test_characters_that_break_a_message_are_removed_and_emoji_stay() -> None:
    assert clean("王\x00小\ud83d明\u202e\r\x1b\u2028") == "王小明"
    assert clean("𠮷野👨‍👩‍👧 🇨🇳\ttab\nline") == "𠮷野👨‍👩‍👧 🇨🇳\ttab\nline"


@given(st.text(st.characters()))
def test_any_text_can_be_sent_and_read_back(text: str) -> None:
    safe = escape(text)
    json.dumps(safe, ensure_ascii=False).encode()
    assert not set(safe) & {"<", ">", "\0"}
    assert safe.text == clean(text)


@pytest.mark.parametrize(
    ("language", "day", "full", "moment", "number"),
    [
        ("zh_CN", "3月2日（周一）", "2026年3月2日", "3月2日（周一）14:05", "12,345"),
        ("en", "Mon 2 Mar", "2 March 2026", "Mon 2 Mar, 14:05", "12,345"),
    ],
)
def test_dates_and_numbers(language: str, day: str, full: str, moment: str, number: str) -> None:
    t = translator(language)
    assert t.date(date(2026, 3, 2)) == day
    assert t.full_date(date(2026, 3, 2)) == full
    assert t.datetime(datetime(2026, 3, 2, 14, 5, tzinfo=UTC)) == moment
    assert t.time(time(7, 30)) == "07:30"
    assert t.number(12345) == number


@pytest.mark.parametrize(
    ("language_code", "language"),
    [
        ("zh-hans", "zh_CN"),
        ("zh-TW", "zh_CN"),
        ("ZH", "zh_CN"),
        ("en-GB", "en"),
        ("en_US", "en"),
        ("ug", "zh_CN"),
        ("", "zh_CN"),
        (None, "zh_CN"),
    ],
)
def test_the_clients_language_is_taken_where_the_bot_speaks_it(language_code: str | None, language: str) -> None:
    assert negotiate(language_code) == language


def test_the_sites_language_is_spoken_to_everybody_else() -> None:
    assert negotiate("fr", default="en") is Language.EN


def test_a_keyboard_label_is_recognised_in_every_language() -> None:
    assert all_forms("words.button.log_visit") == {"记走访", "Log a visit"}


def test_a_translator_is_made_once_per_language() -> None:
    assert translator("en") is translator("en")
    assert translator("en").language is Language.EN
