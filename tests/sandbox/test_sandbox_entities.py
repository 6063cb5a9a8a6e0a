"""HTML as Telegram's own parser reads it; the broken ones are from its own tests."""

import pytest

from sandbox.entities import formatted
from sandbox.errors import ApiError

START = "🏟 🏟&lt;"  # 13 bytes


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("&#57311;", "Text contains invalid Unicode characters after decoding HTML entities, "
                     "check for unmatched surrogate code units"),
        (START + "<abacaba", "Unclosed start tag at byte offset 13"),
        (START + "<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
        (START + "<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        (START + "<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        (START + "<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        (START + "<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        (START + '<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        (START + "</", "Unexpected end tag at byte offset 13"),
        (START + "<b></b></", "Unexpected end tag at byte offset 20"),
        (START + "<i>a</i   ", "Unclosed end tag at byte offset 17"),
        (START + "<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>粗<i>斜</b></i>", 'Unmatched end tag at byte offset 12, expected "</i>", found "</b>"'),
        ("<b>走访", 'Can\'t find end tag corresponding to start tag "b"'),
    ],
)  # fmt: skip
def test_broken_html_is_refused_with_the_place(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        formatted(source, "HTML")
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("&lt;&gt;&amp;&quot;&#20320;&#x597d;&nbsp;", '<>&"你好&nbsp;', []),
        ("a &amp b", "a & b", []),
        ("😀<b>粗</b>", "😀粗", [("bold", 2, 1)]),
        ("<strong>粗</strong><em>斜</em>", "粗斜", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<b>粗<i>斜</i></b>", "粗斜", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<ins>下</ins><u>下</u>", "下下", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>删</s><strike>删</strike><del>删</del>", "删删删", [("strikethrough", n, 1) for n in range(3)]),
        ('<span class="tg-spoiler">藏</span><tg-spoiler>藏</tg-spoiler>', "藏藏", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<code>x</code>", "x", [("code", 0, 1)]),
        ("<blockquote>引</blockquote>", "引", [("blockquote", 0, 1)]),
        ("<blockquote expandable>引</blockquote>", "引", [("expandable_blockquote", 0, 1)]),
        ("  <b> 两边空格 </b>\n", "两边空格", [("bold", 0, 4)]),
        ("<b></b>空", "空", []),
    ],
)  # fmt: skip
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    result = formatted(source, "HTML")
    assert result.text == text
    assert [(e["type"], e["offset"], e["length"]) for e in result.entities] == entities


def test_links_mentions_and_languages_carry_what_they_need() -> None:
    link = formatted('<a href="http://example.com/?a=1&amp;b=2">这里</a>', "HTML").entities
    assert link == [{"offset": 0, "length": 2, "type": "text_link", "url": "http://example.com/?a=1&b=2"}]
    mention = formatted('<a href="tg://user?id=42">小李</a>', "HTML").entities
    assert (mention[0]["type"], mention[0]["user"]["id"]) == ("text_mention", 42)
    code = formatted('<pre><code class="language-python">x = 1</code></pre>', "HTML").entities
    assert code == [{"offset": 0, "length": 5, "type": "pre", "language": "python"}]


def test_a_link_that_telegram_does_not_follow_is_dropped() -> None:
    assert formatted('<a href="javascript:alert(1)">点我</a>', "HTML").entities == []


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/start abc", [("bot_command", 0, 6)]),
        ("😀 /help@lianxin_bot", [("bot_command", 3, 17)]),
        ("1/2 和 a/b", []),
        ("请看 https://example.com/a?b=1。谢谢", [("url", 3, 25)]),
        ("上 t.me/lianxin_bot 找我", [("url", 2, 16)]),
        ("@lianxin_bot 你好", [("mention", 0, 12)]),
        ("张三.李四", []),
    ],
)
def test_commands_links_and_names_are_marked(text: str, entities: list[tuple[str, int, int]]) -> None:
    assert [(e["type"], e["offset"], e["length"]) for e in formatted(text).entities] == entities


def test_nothing_is_marked_inside_code() -> None:
    assert [e["type"] for e in formatted("<code>/start</code>", "HTML").entities] == ["code"]
