"""Both languages say the same things."""

import re
import string
from pathlib import Path

import pytest

from services.i18n import Language
from services.i18n.catalogue import LOCALES, CatalogueError, read_catalogue

CHINESE, ENGLISH = read_catalogue(Language.ZH_CN), read_catalogue(Language.EN)
ALL_IDS = sorted(CHINESE.keys() | ENGLISH.keys())
FILES = sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))
TELEGRAM_TAG = re.compile(r"</?(b|i|u|s|code|pre|blockquote|tg-spoiler)>")
# A last day belongs to its period; only a moment with a clock time may be said with 前.
READS_AS_EXCLUSIVE = re.compile(
    r"\{(due|day)\}(</b>)?(之|以)?前|\b(until|till|before|between):? (<b>)?\{(due|day|since)\}(?!(</b>)?, that day included)",
    re.IGNORECASE,
)
MOMENTS = {"visits.problem_registered", "visits.problem_without_owner"}
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def message_ids(file: Path) -> list[str]:
    return re.findall(r'^msgid "(.+)"$', file.read_text(encoding="utf-8"), re.MULTILINE)


def write(folder: Path, name: str, body: str) -> None:
    messages = folder / "en" / "LC_MESSAGES"
    messages.mkdir(parents=True, exist_ok=True)
    (messages / name).write_text(HEADER + body, encoding="utf-8")


def test_both_languages_have_the_same_messages() -> None:
    assert CHINESE.keys() == ENGLISH.keys()


def test_both_languages_have_the_same_files() -> None:
    chinese, english = ({file.name for file in FILES if language in file.parts} for language in Language)
    assert chinese == english


def test_every_form_has_the_same_named_placeholders() -> None:
    for message_id in ALL_IDS:
        chinese, *others = [placeholders(text) for text in CHINESE[message_id] + ENGLISH[message_id]]
        assert "" not in chinese, f"{message_id}: placeholders have names"
        assert all(other == chinese for other in others), message_id


def test_markup_is_what_telegram_understands_and_balanced() -> None:
    for message_id in ALL_IDS:
        for text in CHINESE[message_id] + ENGLISH[message_id]:
            assert not re.search("[<>]", TELEGRAM_TAG.sub("", text)), message_id
            for tag in set(TELEGRAM_TAG.findall(text)):
                assert text.count(f"<{tag}>") == text.count(f"</{tag}>"), message_id


def test_the_last_day_of_a_period_reads_as_part_of_it() -> None:
    texts = [text for message_id in set(ALL_IDS) - MOMENTS for text in CHINESE[message_id] + ENGLISH[message_id]]
    assert [text for text in texts if READS_AS_EXCLUSIVE.search(text)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_file_names_each_message_once(file: Path) -> None:
    ids = message_ids(file)
    assert len(ids) == len(set(ids))


def test_messages_that_begin_alike_stand_in_one_file() -> None:
    homes: dict[str, set[str]] = {}
    for file in FILES:
        for message_id in message_ids(file):
            homes.setdefault(message_id.split(".")[0], set()).add(file.name)
    assert [beginning for beginning, files in homes.items() if len(files) > 1] == []


def test_a_message_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "one.po", 'msgid "one.saved"\nmsgstr "Saved"\n')
    write(tmp_path, "two.po", 'msgid "one.saved"\nmsgstr "Kept"\n')
    with pytest.raises(CatalogueError, match=r"two\.po: one\.saved"):
        read_catalogue(Language.EN, tmp_path)


def test_a_message_without_text_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "one.po", 'msgid "one.saved"\nmsgstr ""\n')
    with pytest.raises(CatalogueError, match=r"one\.saved"):
        read_catalogue(Language.EN, tmp_path)


def test_the_words_of_a_keyboard_differ_from_each_other() -> None:
    for messages in (CHINESE, ENGLISH):
        labels = [text for name, (text, *_) in messages.items() if name.startswith("words.button.")]
        assert len(labels) == len(set(labels))
