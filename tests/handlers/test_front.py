"""Whatever Telegram may bring, the front neither breaks nor stays silent where somebody waits."""

from typing import Any

import pytest
import telegram
from sqlalchemy import select

from handlers import front
from models.post import OutboxMessage
from models.session import Session
from services.office import Office
from tests.town import build_town, make_office

ROLES = {"stranger": 9_001, "cadre": 101, "supervisor": 201, "admin": 301, "resident": 401}
ODD_TEXTS = [
    "/",
    "//",
    "/ ",
    "/@lianxin_bot",
    "/help@",
    "/\x00",
    "\x00",
    "\ud83d",
    "/find \x00\ud83d",
    "/start \x00",
    "。" * 4096,
    "👨‍👩‍👧‍👦" * 300,
]
ODD_DATA = [
    "",
    ":",
    ":::",
    "visits.save",
    "visits.save:",
    "visits.save:x",
    "visits.save:-1",
    "visits.save:٣",
    "no.such",
    "\x00",
    "\ud83d",
    "a" * 64,
    "cancel:9" * 8,
    "visits.save:999999999999999",
]


@pytest.fixture
def office(session: Session) -> Office:
    build_town(session)
    return make_office()


def user(user_id: int, **more: Any) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "人"} | more


def message(user_id: int, **content: Any) -> dict[str, Any]:
    chat = {"id": user_id, "type": "private", "first_name": "人"}
    return {"message_id": 7, "date": 1772413200, "chat": chat, "from": user(user_id)} | content


def pressed(user_id: int, data: str, **more: Any) -> dict[str, Any]:
    query = {
        "id": "55",
        "from": user(user_id),
        "chat_instance": "1",
        "data": data,
        "message": message(user_id, text="x"),
    }
    return {"callback_query": query | more}


def take(session: Session, office: Office, update: dict[str, Any]) -> list[OutboxMessage]:
    """What the bot wants to say to it."""
    before = set(session.scalars(select(OutboxMessage.id)))
    parsed = telegram.Update.de_json({"update_id": 1} | update, None)
    assert parsed is not None
    front.take_update(session, office, parsed)
    session.flush()
    return [row for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)) if row.id not in before]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_typed_is_answered(session: Session, office: Office, role: str, text: str) -> None:
    assert take(session, office, {"message": message(ROLES[role], text=text)})


@pytest.mark.parametrize("data", ODD_DATA, ids=ascii)
@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_pressed_the_wheel_stops(session: Session, office: Office, role: str, data: str) -> None:
    said = take(session, office, pressed(ROLES[role], data))
    assert [row.body["query_id"] for row in said if row.kind == "answer"] == ["55"]


def test_a_button_of_a_message_that_is_out_of_reach_is_answered(session: Session, office: Office) -> None:
    gone = {"message_id": 7, "date": 0, "chat": {"id": 101, "type": "private"}}
    said = take(session, office, pressed(101, "cancel", message=gone))
    assert {"answer", "edit"} <= {row.kind for row in said}


GROUP = {"id": -1001, "type": "supergroup", "title": "东村"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


@pytest.mark.parametrize(
    "update",
    [
        {
            "channel_post": {
                "message_id": 1,
                "date": 1,
                "chat": {"id": -1002, "type": "channel", "title": "c"},
                "text": "x",
            }
        },
        {"message": message(101, text="/help", chat=GROUP, sender_chat=GROUP) | {"from": ANONYMOUS}},
        {"message": {name: value for name, value in message(101, text="/help").items() if name != "from"}},
        {
            "poll": {
                "id": "1",
                "question": "q",
                "options": [],
                "total_voter_count": 0,
                "is_closed": True,
                "is_anonymous": True,
                "type": "regular",
                "allows_multiple_answers": False,
                "allows_revoting": False,
                "members_only": False,
            }
        },
        {"a_kind_of_tomorrow": {"id": 1}},
        {
            "callback_query": {
                "id": "55",
                "from": user(101),
                "chat_instance": "1",
                "data": "cancel",
                "inline_message_id": "9",
            }
        },
        {"message": message(101, chat=GROUP, new_chat_title="新")},
        {"message": message(101, text="说闲话", chat=GROUP)},
    ],
    ids=["channel", "anonymous", "nobody", "poll", "tomorrow", "inline", "title", "chat in a group"],
)
def test_where_nobody_waits_nothing_is_said(session: Session, office: Office, update: dict[str, Any]) -> None:
    assert take(session, office, update) == []


@pytest.mark.parametrize(
    "content",
    [
        {
            "sticker": {
                "file_id": "f",
                "file_unique_id": "u",
                "type": "regular",
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
            }
        },
        {"dice": {"emoji": "🎲", "value": 3}},
        {"location": {"latitude": 30.1, "longitude": 104.2}},
        {"document": {"file_id": "f", "file_unique_id": "u"}},
        {"contact": {"phone_number": "13800000001", "first_name": "\ud83d"}},
        {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 1}},
    ],
    ids=lambda content: next(iter(content)),
)
@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_sent_is_answered(session: Session, office: Office, role: str, content: dict[str, Any]) -> None:
    assert take(session, office, {"message": message(ROLES[role], **content)})


def test_an_edited_command_is_not_carried_out_again(session: Session, office: Office) -> None:
    said = take(session, office, {"edited_message": message(101, text="/help", edit_date=1772413300)})
    assert not [row for row in said if "/cancel" in row.body.get("text", "")]


def test_control_characters_do_not_reach_the_words_that_are_kept(session: Session, office: Office) -> None:
    said = take(session, office, {"message": message(401, text="反映问题")})
    assert said
    said = take(session, office, {"message": message(401, text="水\x00管\ud83d坏了")})
    assert any("水管坏了" in row.body.get("text", "") for row in said)


def test_a_long_word_on_a_button_is_cut_to_what_telegram_takes(session: Session, office: Office) -> None:
    from handlers.turn import Turn
    from models.queries import actors

    update = telegram.Update.de_json({"update_id": 1} | pressed(101, "cancel"), None)
    turn = Turn(session, office, actors.actor_by_telegram_id(session, 101, language="zh_CN"), 101, update=update)
    turn.toast("👪" * 150)
    (row,) = session.scalars(select(OutboxMessage))
    assert row.body["text"] == "👪" * 100
