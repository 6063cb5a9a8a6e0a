"""A dead letter is listed, shown, played again or dropped, and its person is told once, whatever becomes of it."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.after_a_crash import INTERRUPTIONS
from bot.commands import letters
from bot.commands.console import Console
from bot.commands.failures import CommandFailed, explain
from bot.desk import RETRY_AFTER
from models.post import InboxLetter
from models.queries import inbox
from models.session import Database, Session
from services.i18n import Language, translator
from tests.bot.commandline import operator_in
from tests.bot.faulty_village import A_BIT, SECRET, Village
from tests.bot.test_desk import Running, interrupted, update
from tests.keys import KEYRING
from tests.town import build_town


def refusal(console: Console, act: Callable[[], None]) -> str:
    """The one line with which a command ends."""
    with pytest.raises(CommandFailed) as refused:
        act()
    text = explain(refused.value, console.t, database="").text
    assert "\n" not in text
    return text


@pytest.mark.parametrize("village", list(Language), indirect=True)
async def test_the_whole_life_of_a_letter_that_a_fault_kills(
    village: Village, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    running = village.running
    await running.store(update(1, 401, "/help"), update(2, 401, "/help"))
    for attempt, delay in enumerate(RETRY_AFTER, start=1):
        await running.look()
        assert (village.letter().state, village.letter().attempts) == ("waiting", attempt)
        overtaken = attempt >= inbox.OVERTAKEN_AFTER
        assert village.letter(2).state == ("done" if overtaken else "waiting"), "the chat waits through two retries"
        assert village.told().count(village.kept) == overtaken
        village.forward(delay - A_BIT)
        assert not running.triable(), f"not before {delay} seconds are over"
        village.forward(2 * A_BIT)
    await running.look()
    assert (village.letter().state, village.letter().attempts) == ("dead", 5)
    assert village.told().count(village.kept) == 1, "told when it was overtaken, and not again"
    answers = len(village.told())
    capsys.readouterr()

    letters.show_list(console)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "ValueError" in line]
    assert row.split()[0] == "1"
    assert "401" in row
    assert SECRET not in row

    village.handlers.mended = True
    letters.replay(console, 1, all_of_them=False)
    assert "1" in capsys.readouterr().out
    assert village.audited() == [("letter_replayed", 1)]
    await running.look()
    assert (village.letter().state, village.letter().attempts) == ("done", 0)
    assert len(village.told()) == answers + 1, "the normal answer, nothing else"
    assert village.told()[-1] == village.told()[-2], "as the second letter was answered"
    letters.show_list(console)
    assert capsys.readouterr().out.strip() == translator(village.language)("letters.none")


async def test_a_replay_before_the_fault_is_mended_dies_again_and_bothers_nobody(
    village: Village, console: Console
) -> None:
    await village.running.store(update(1, 401, "/help"))
    await village.fails_for_good()
    letters.replay(console, None, all_of_them=True)
    assert village.audited() == [("letter_replayed", 1)]
    await village.fails_for_good()
    assert village.told() == [village.kept]


async def test_a_body_that_no_handler_can_read_is_a_dead_letter_too(
    village: Village, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    def arrive(session: Session) -> None:
        inbox.write_letter(session, 401, '{"message": ', now=village.running.clock())

    await village.running.backroom.run(arrive)
    await village.fails_for_good()
    assert village.told() == [village.kept]
    letters.show_list(console)
    assert "json.decoder.JSONDecodeError" in capsys.readouterr().out
    letters.replay(console, 1, all_of_them=False)
    await village.fails_for_good()
    letters.drop(console, 1, sure=True)
    assert village.letter().state == "dropped"


async def test_what_a_person_wrote_is_shown_only_where_it_is_asked_for(
    village: Village, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    await village.running.store(update(1, 401, SECRET))
    await village.fails_for_good()
    capsys.readouterr()
    letters.show(console, 1, body=False)
    shown = capsys.readouterr()
    assert "Traceback (most recent call last)" in shown.out
    assert SECRET not in shown.out
    assert json.dumps(SECRET) not in shown.out
    letters.show(console, 1, body=True)
    shown = capsys.readouterr()
    assert json.loads(shown.out.splitlines()[-1])["message"]["text"] == SECRET
    assert SECRET in shown.out, "legible, not as \\u6211"
    assert console.t.plain("letters.body_is_personal") in shown.err
    assert village.audited() == [("letter_read", 1)], "that it was read is written down"


async def test_what_steers_a_terminal_is_spelled_out(
    village: Village, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "水管\x9b31m坏了\u202e\x1b[2J\ud83d"
    await village.running.store(update(1, 401, words))
    await village.fails_for_good()
    capsys.readouterr()
    letters.show(console, 1, body=True)
    shown = capsys.readouterr().out
    assert json.loads(shown.splitlines()[-1])["message"]["text"] == words
    assert not {"\x9b", "\u202e", "\x1b", "\ud83d"} & set(shown)


async def test_dropping_wants_to_be_sure_and_leaves_nothing_of_what_was_written(
    village: Village, console: Console
) -> None:
    await village.running.store(update(1, 401, SECRET))
    await village.fails_for_good()
    assert "--yes" in refusal(console, lambda: letters.drop(console, 1, sure=False))
    assert village.letter().state == "dead"
    letters.drop(console, 1, sure=True)
    dropped = village.letter()
    assert (dropped.state, dropped.body, dropped.error) == ("dropped", "", "ValueError")
    assert village.audited() == [("letter_dropped", 1)]
    for act in (
        lambda: letters.drop(console, 1, sure=True),
        lambda: letters.replay(console, 1, all_of_them=False),
    ):
        assert console.t.plain("letters.state.dropped") in refusal(console, act)


def test_replaying_all_of_none_says_that_there_are_none(
    village: Village, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    letters.replay(console, None, all_of_them=True)
    said = capsys.readouterr()
    assert (said.out + said.err).strip() == console.t.plain("letters.none")
    assert village.audited() == []


async def test_only_dead_letters_are_touched(village: Village, console: Console) -> None:
    await village.running.store(update(2, 401, "/help"))
    await village.running.look()
    for act in (lambda: letters.replay(console, 1, all_of_them=False), lambda: letters.drop(console, 1, sure=True)):
        assert console.t.plain("letters.state.done") in refusal(console, act)
    letters.replay(console, None, all_of_them=True)
    assert village.letter().state == "done"


def test_a_number_that_is_not_there_and_a_choice_that_is_none_are_refused_in_one_line(console: Console) -> None:
    for act in (
        lambda: letters.show(console, 7, body=False),
        lambda: letters.replay(console, 7, all_of_them=False),
        lambda: letters.drop(console, 7, sure=True),
    ):
        assert "7" in refusal(console, act)
    for number, all_of_them in ((None, False), (7, True)):
        assert "--all" in refusal(console, lambda n=number, a=all_of_them: letters.replay(console, n, all_of_them=a))


async def test_what_failed_three_times_and_then_kills_the_process_is_told_once(village: Village) -> None:
    await village.running.store(update(1, 401, "/help"))
    for delay in RETRY_AFTER[:3]:
        await village.running.look()
        village.forward(delay + A_BIT)
    again = Running(village.database, careful_until=1, handlers=village.handlers)
    again.clock.moment = village.running.clock() + timedelta(hours=1)
    await interrupted(again, INTERRUPTIONS)
    await again.look()
    again.backroom.close()
    assert village.letter().state == "dead"
    assert village.told() == [village.kept]


@pytest.mark.parametrize(("code", "language"), [("en", "en"), ("zh-hans", "zh_CN"), (None, "zh_CN"), (7, "zh_CN")])
async def test_a_stranger_is_told_in_the_language_of_the_phone(
    village: Village, code: str | int | None, language: str
) -> None:
    sent = update(1, 999, "/start")
    sent["message"]["from"]["language_code"] = code
    await village.running.store(sent)
    await village.fails_for_good()
    assert village.told() == [translator(language)("errors.kept")]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("Traceback (most recent call last):\n  File …\n    raise X\nValueError: secret\nmore: secret\n", "ValueError"),
        ("Traceback (most recent call last):\n  File …\na.B: x\n\nDuring …\n\n"
         "Traceback (most recent call last):\n  File …\nc.D\n", "c.D"),
        ("the process ended each time this letter was handled", "the process ended each time this letter was handled"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_kind_of_an_error_is_said_without_its_words(error: str, kind: str) -> None:
    assert letters.kind_of(error) == kind


async def test_at_the_console(tmp_path: Path, sqlite_template: Path) -> None:
    """As the operator types it; officials are named by their code."""
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    now = datetime.now(UTC)
    with database.transaction() as session:
        build_town(session)
        session.add(InboxLetter(chat_id=101, body="{}", received_at=now, state="dead", error="odd", attempts=5))
    database.dispose()
    operator = operator_in(tmp_path)
    listed = await operator.runs("letters", "list")
    assert listed.code == 0
    assert "C001（聊天 101）" in listed.out
    replayed = await operator.runs("letters", "replay", "--all")
    assert "放回了 1 封来信" in replayed.out
    assert "等待处理" in (await operator.runs("letters", "drop", "1", "--yes")).only_line
