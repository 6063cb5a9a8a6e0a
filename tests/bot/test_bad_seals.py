"""One value that doesn't open stalls nobody else's post, and a key that is missing loses nothing."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import desk
from bot.commands import letters
from bot.commands.console import Console
from bot.desk import RETRY_AFTER
from models.keyring import Keyring
from models.post import InboxLetter, OutboxMessage
from models.session import Database
from services import outbox
from services.i18n import Language
from services.messages import Message
from services.outbox import WITHOUT_KEY
from tests.bot.delivering import Running as Delivering
from tests.bot.faulty_village import A_BIT, Village
from tests.bot.test_desk import update
from tests.keys import write_key_file
from tests.seals import ANOTHER_KEY, damage, under_another_key, under_its_key_again

HELP = (update(1, 401, "/help"), update(2, 401, "/help"), update(3, 101, "/help"))


@pytest.fixture
def delivering(database: Database) -> Iterator[Delivering]:
    delivering = Delivering(database)
    yield delivering
    delivering.backroom.close()


def letter_states(database: Database) -> dict[int, str]:
    with database.reading() as session:
        return {number: state for number, state in session.execute(select(InboxLetter.id, InboxLetter.state))}


async def through_all_retries(village: Village, *more: int) -> None:
    for delay in (*RETRY_AFTER, *more):
        await village.running.look()
        village.forward(delay + A_BIT)
    await village.running.look()


async def test_a_letter_that_does_not_open_dies_like_any_other_and_nobody_else_notices(
    village: Village, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    village.handlers.mended = True
    await village.running.store(*HELP)
    with village.database.transaction() as session:
        damage(session, "inbox.body", 1)
    await village.running.look()
    assert letter_states(village.database) == {1: "waiting", 2: "waiting", 3: "done"}
    await through_all_retries(village)
    assert letter_states(village.database) == {1: "dead", 2: "done", 3: "done"}
    assert village.told().count(village.kept) == 1
    letters.show_list(console)
    assert "models.envelope.BadSeal" in capsys.readouterr().out
    letters.show(console, 1, body=False)
    assert "inbox.body of row 1" in capsys.readouterr().out
    letters.drop(console, 1, sure=True)
    assert letter_states(village.database)[1] == "dropped"


async def test_a_traceback_that_does_not_open_hides_no_other_dead_letter(
    village: Village, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    await village.running.store(*HELP[:1])
    await village.fails_for_good()
    village.handlers.mended = True
    await village.running.backroom.run(lambda s: s.add(InboxLetter(
        chat_id=101, body="{}", received_at=village.running.clock(), state="dead", error="odd", attempts=5,
    )))  # fmt: skip
    with village.database.transaction() as session:
        damage(session, "inbox.error", 1)
    letters.show_list(console)
    listed = capsys.readouterr().out
    assert "BadSeal" in listed
    assert "odd" in listed
    letters.show(console, 1, body=True)
    assert "BadSeal" in capsys.readouterr().out
    letters.drop(console, 1, sure=True)
    assert letter_states(village.database) == {1: "dropped", 2: "dead"}


@pytest.mark.parametrize("village", [Language.EN], indirect=True)
async def test_a_letter_whose_key_is_missing_waits_until_it_is_there_again(village: Village) -> None:
    village.handlers.mended = True
    await village.running.store(*HELP)
    with village.database.transaction() as session:
        under_another_key(session, "inbox.body", 1)
    await through_all_retries(village, RETRY_AFTER[-1], RETRY_AFTER[-1])
    assert letter_states(village.database) == {1: "waiting", 2: "done", 3: "done"}, "overtaken, never buried"
    assert village.told().count(village.kept) == 1
    with village.database.transaction() as session:
        under_its_key_again(session, "inbox.body", 1)
    village.forward(RETRY_AFTER[-1])
    await village.running.look()
    assert letter_states(village.database)[1] == "done"


async def test_a_key_file_that_is_replaced_under_a_running_desk_buries_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LOOK_AGAIN", 0.0)
    ours = write_key_file(tmp_path)
    own = Database(database.url, Keyring(ours))
    village = Village(own, Language.ZH_CN)
    await village.running.store(*HELP[2:])
    (letter,) = await village.running.desk._next_letters()
    right = ours.read_bytes()
    ours.write_text(right.decode().replace(base64.b64encode(bytes(range(32))).decode(), "A" * 43 + "="))
    for _ in range(len(RETRY_AFTER) + 2):
        await village.running.desk._take(letter)
    assert letter_states(own) == {1: "waiting"}
    ours.write_bytes(right)
    await village.running.look()
    assert letter_states(own) == {1: "done"}
    village.running.backroom.close()
    own.dispose()


async def test_a_message_that_does_not_open_is_given_up_and_the_others_leave(delivering: Delivering) -> None:
    await delivering.queue(*(delivering.reply(chat, text) for chat, text in ((1, "bad"), (1, "next"), (2, "other"))))
    with delivering.database.transaction() as session:
        damage(session, "outbox.body", 1)
    await delivering.work()
    assert sorted(delivering.texts()) == ["next", "other"]
    assert delivering.states() == ["failed", "sent", "sent"]
    with delivering.database.reading() as session:
        told = session.scalar(select(OutboxMessage.error).where(OutboxMessage.id == 1)) or ""
    assert "models.envelope.BadSeal: outbox.body of row 1" in told


async def test_a_message_that_was_sent_can_be_edited_whatever_became_of_its_words(delivering: Delivering) -> None:
    await delivering.queue(delivering.reply(1, "form"))
    await delivering.work()
    with delivering.database.transaction() as session:
        damage(session, "outbox.body", 1)
    await delivering.queue(lambda s: outbox.edit(s, delivering.office, 1, Message("changed"), edits_id=1))
    await delivering.work()
    assert [parcel.message_id for parcel in delivering.sender.parcels] == [None, 1]


async def test_a_message_whose_key_is_missing_waits_until_it_is_there_again(delivering: Delivering) -> None:
    await delivering.queue(*(delivering.reply(chat, text) for chat, text in ((1, "first"), (1, "next"), (2, "other"))))
    with delivering.database.transaction() as session:
        under_another_key(session, "outbox.body", 1)
    for _ in range(3):
        await delivering.later(WITHOUT_KEY.total_seconds() + A_BIT)
    assert delivering.texts() == ["other"]
    assert delivering.states() == ["waiting", "waiting", "sent"]
    with delivering.database.transaction() as session:
        assert ANOTHER_KEY in (session.scalar(select(OutboxMessage.error).where(OutboxMessage.id == 1)) or "")
        under_its_key_again(session, "outbox.body", 1)
    await delivering.later(WITHOUT_KEY.total_seconds() + A_BIT)
    assert delivering.texts() == ["other", "first", "next"]
