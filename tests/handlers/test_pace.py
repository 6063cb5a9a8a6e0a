"""Flooding through the front: told once, silent then, and nobody else notices; an outage is no flood."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import telegram
from sqlalchemy import func, select

from handlers.front import take_update
from models.paces import ChatPace
from models.people import Person
from models.post import OutboxMessage
from models.session import Session
from services.i18n import translator
from services.office import Office
from services.pace import PRESSES, tick_forget
from tests.town import FrozenClock, build_town, make_office

TOO_FAST = translator("zh_CN")("everywhere.too_fast")
Send = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def office(session: Session, clock: FrozenClock) -> Office:
    build_town(session)
    return make_office(clock)


@pytest.fixture
def send(session: Session, office: Office, clock: FrozenClock) -> Send:
    """One update of a person; returns the bodies of what the bot answers in that chat."""

    def sent(user: int, *, chat: int | None = None, date: int | None = None, **content: Any) -> list[dict[str, Any]]:
        sender = {"id": user, "is_bot": False, "first_name": "人", "language_code": "zh-hans"}
        place = {"id": chat or user, "type": "private" if chat is None else "group", "title": "群"}
        when = int(clock.now().timestamp()) if date is None else date
        message = {"message_id": 1, "date": when, "chat": place, "from": sender}
        if "data" in content:
            raw = {"callback_query": {"id": "1", "from": sender, "chat_instance": "1", "message": message} | content}
        else:
            raw = {"message": message | (content or {"text": "/help"})}
        before = session.scalar(select(func.max(OutboxMessage.id))) or 0
        take_update(session, office, telegram.Update.de_json({"update_id": 1, **raw}, None))
        rows = session.scalars(
            select(OutboxMessage).where(OutboxMessage.id > before, OutboxMessage.chat_id == place["id"])
        )
        return [row.body for row in rows]

    return sent


def texts(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["text"] for answer in answers]


def test_the_twenty_first_message_of_a_minute_is_told_and_the_rest_is_silence(send: Send) -> None:
    assert all(send(101) for _ in range(20))
    assert texts(send(101)) == [TOO_FAST]
    assert [send(101) for _ in range(50)] == [[]] * 50
    assert TOO_FAST not in texts(send(102)), "others don't feel it"


def test_what_comes_too_fast_is_not_carried_out(send: Send, session: Session) -> None:
    for _ in range(40):
        send(101)
    send(101, text="/language")
    assert send(101, text="/today") == []
    assert session.scalar(select(ChatPace.refused).where(ChatPace.chat_id == 101)) == 22


def test_whoever_paused_for_a_minute_is_heard_again_and_can_be_told_again(send: Send, clock: FrozenClock) -> None:
    for _ in range(40):
        send(101)
    clock.forward(seconds=60)
    assert send(101)
    assert TOO_FAST not in texts(send(101))
    assert [texts(answers) for answers in (send(101) for _ in range(30))].count([TOO_FAST]) == 1


def test_strangers_are_counted_too(send: Send) -> None:
    answers = [texts(send(9_009)) for _ in range(30)]
    assert answers.count([TOO_FAST]) == 1
    assert answers[-1] == []


def test_a_form_filled_in_by_quick_tapping_is_no_flood_but_ten_times_that_is(send: Send) -> None:
    answers = [send(101, data="households.all") for _ in range(20 * PRESSES)]
    assert all(answers)
    told = texts(send(101, data="households.all"))
    assert told == [translator("zh_CN").plain("everywhere.too_fast")]
    assert send(101, data="households.all") == []
    assert send(101), "presses and messages are counted apart"


def test_a_group_is_one_chat_and_is_told_nothing(send: Send) -> None:
    answers = [send(9_000 + n, chat=-500, text="/help") for n in range(30)]
    assert sum(map(len, answers)) == 20
    assert TOO_FAST not in [text for one in answers for text in texts(one)]


def test_what_piled_up_in_an_outage_of_23_hours_is_all_taken(send: Send, clock: FrozenClock) -> None:
    begin = int((clock.now() - timedelta(hours=23)).timestamp())
    answers = [send(101, date=begin + n * 2700) for n in range(30)]
    assert all(answers)
    assert TOO_FAST not in [text for one in answers for text in texts(one)]


def test_an_album_of_ten_is_one_message(send: Send) -> None:
    size = {"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}
    for album in range(15):
        for _ in range(10):
            assert TOO_FAST not in texts(send(101, photo=[size], media_group_id=f"{album}"))


def test_that_somebody_blocks_the_bot_is_never_too_fast(send: Send, session: Session, office: Office) -> None:
    for _ in range(40):
        send(101)
    bot = {"id": 1, "is_bot": True, "first_name": "bot"}
    change = {
        "chat": {"id": 101, "type": "private"},
        "from": {"id": 101, "is_bot": False, "first_name": "人"},
        "date": 1,
    }
    states = {"old_chat_member": {"user": bot, "status": "member"}}
    states["new_chat_member"] = {"user": bot, "status": "kicked", "until_date": 0}
    take_update(session, office, telegram.Update.de_json({"update_id": 1, "my_chat_member": change | states}, None))
    assert session.scalar(select(Person.unreachable_since).where(Person.telegram_user_id == 101)) is not None


def test_a_pace_is_forgotten_after_a_day(send: Send, session: Session, office: Office, clock: FrozenClock) -> None:
    send(101)
    tick_forget(session, office)
    assert session.scalar(select(func.count()).select_from(ChatPace)) == 1
    clock.forward(hours=25)
    tick_forget(session, office)
    assert session.scalar(select(func.count()).select_from(ChatPace)) == 0
