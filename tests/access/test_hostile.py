"""Whatever comes in: no exception, at most two new messages, nothing of others told, nothing of others changed."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import telegram
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handlers import ROUTES
from handlers.front import take_update
from models.households import Household, Membership, Pairing
from models.post import OutboxMessage
from models.problems import Problem
from models.visits import Visit
from tests.access.actors import ACTORS, Someone
from tests.access.acts import Press
from tests.access.cell import Stage, undone, written
from tests.access.odd_updates import updates
from tests.access.places import FAR_MEMBER, PLACES

AT_MOST = 2  # new messages in answer to one update; edits of the bot's own and the word on a button aside
LISTS = {  # what was asked for are several messages by nature: waiting people, pictures, links
    "onboarding.waiting",
    "visits.media",
    "problems.media",
    "administration.invite_all",
}
WALKED_AT_MOST = 40  # buttons that one person presses
SWAPPED = 800  # changed buttons that are pressed in every run
SWAPPED_ON_POSTGRESQL = 2400  # of all of them, in the long run
COUNTS = Counter[str]()
STRANGER_WHO_LIVES_FAR = Someone(FAR_MEMBER, "far", "here", frozenset({"far"}))
BY_ACCOUNT = {one.account: one for one in [*ACTORS.values(), STRANGER_WHO_LIVES_FAR]}


def take(stage: Stage, raw: dict[str, Any], account: int) -> list[OutboxMessage]:
    """Through JSON, as it comes in; returns what is queued for that chat."""
    update = telegram.Update.de_json(json.loads(json.dumps({"update_id": 1} | raw)), None)
    before = stage.session.scalar(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(1)) or 0
    take_update(stage.session, stage.office, update)
    stage.session.flush()
    chat = update.effective_chat.id if update.effective_chat else account
    said = select(OutboxMessage).where(OutboxMessage.id > before, OutboxMessage.chat_id == chat)
    COUNTS["updates"] += 1
    return list(stage.session.scalars(said))


def check(stage: Stage, said: list[OutboxMessage], account: int, *, is_list: bool = False) -> None:
    new = [row for row in said if row.kind == "send"]
    COUNTS["messages"] += len(new)
    assert len(new) <= AT_MOST or is_list, [row.body.get("text") for row in new]
    heard = json.dumps([row.body for row in said], ensure_ascii=False)
    someone = BY_ACCOUNT.get(account)
    secrets = someone.secrets(stage.world) if someone else []
    assert not [word for word in secrets if word in heard], heard
    for row in said:
        text = row.body.get("text", "")
        assert "\u202e" not in text
        assert "\x00" not in text


def rows_of_far(stage: Stage) -> list[str]:
    """What nobody of the eight may change: the household in the other town."""
    home = stage.world["far"].refs["household"]
    queries = [
        select(table.__table__).where(table.__table__.c[name] == home)
        for table, name in (
            (Household, "id"),
            (Pairing, "household_id"),
            (Visit, "household_id"),
            (Problem, "household_id"),
            (Membership, "household_id"),
        )
    ]
    return [repr(row) for query in queries for row in stage.session.execute(query)]


@pytest.fixture(scope="module")
def made(stage: Stage) -> dict[int, list[str]]:
    """The buttons that the bot makes for each person who presses whatever is there."""
    return {one.account: sorted(_walk(stage, one)) for one in ACTORS.values()}


def _walk(stage: Stage, someone: Someone) -> set[str]:
    found: set[str] = set()
    pressed: set[str] = set()
    starts = [("label", key[1]) for key in (route.key for route in ROUTES) if key[0] == "label"]
    starts += [route.key for route in ROUTES if route.key[0] == "command"]
    with undone(stage.session):
        for key in starts:
            said = Press(stage.session, stage.office, someone.account, key, ()).on(None)
            found |= {button["data"] for row in said for line in row.body.get("buttons", ()) for button in line}
        while (waiting := sorted(found - pressed)) and len(pressed) < WALKED_AT_MOST:
            data = waiting[0]
            pressed.add(data)
            said = take(stage, _query(someone.account, data), someone.account)
            found |= {button["data"] for row in said for line in row.body.get("buttons", ()) for button in line}
    return {one for one in found if one}


def _query(account: int, data: str) -> dict[str, Any]:
    user = {"id": account, "is_bot": False, "first_name": "人", "language_code": "zh-hans"}
    message = {"message_id": 7, "date": 1, "chat": {"id": account, "type": "private"}, "text": "…"}
    return {"callback_query": {"id": "1", "from": user, "chat_instance": "1", "data": data, "message": message}}


def changed(data: str, ids: list[str], chance: random.Random) -> Iterator[str]:
    """Every byte flipped, cut at every length, lengthened, and every number swapped for somebody else's."""
    raw = data.encode()
    for place in range(len(raw)):
        yield (raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(7)]) + raw[place + 1 :]).decode(
            "utf-8", "replace"
        )
        yield raw[:place].decode("utf-8", "replace")
    yield from (data + more for more in (":", ":1", "\n", "\x00", ":" + "9" * 65, "\u202e", "\ud83d"))
    parts = data.split(":")
    for place, part in enumerate(parts):
        if part.isdigit():
            yield from (":".join([*parts[:place], other, *parts[place + 1 :]]) for other in ids)


def test_any_byte_of_any_button_may_be_changed(stage: Stage, made: dict[int, list[str]]) -> None:
    press(stage, random.Random(3).sample(all_changed(stage, made), SWAPPED))


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_every_byte_of_every_button_may_be_changed(stage: Stage, made: dict[int, list[str]]) -> None:
    wrong, session = all_changed(stage, made), stage.session
    if session.get_bind().dialect.name == "postgresql":  # in one transaction, it finds its way ever more slowly
        wrong = random.Random(5).sample(wrong, SWAPPED_ON_POSTGRESQL)
    press(stage, wrong)


def all_changed(stage: Stage, made: dict[int, list[str]]) -> list[tuple[int, str]]:
    """Who presses what; more than ten thousand."""
    chance = random.Random(3)
    ids = sorted({str(ref) for name in PLACES for ref in stage.world[name].refs.values() if str(ref).isdigit()})
    wrong = [
        (account, data) for account, all_data in made.items() for one in all_data for data in changed(one, ids, chance)
    ]
    assert len(wrong) > 10_000
    return wrong


def press(stage: Stage, wrong: list[tuple[int, str]]) -> None:
    before = rows_of_far(stage)
    for account, data in wrong:
        with undone(stage.session):
            with written(stage.session) as tables:
                said = take(stage, _query(account, data), account)
            check(stage, said, account, is_list=data.partition(":")[0] in LISTS)
            assert not tables or rows_of_far(stage) == before, data


def test_buttons_of_others_do_nothing_for_oneself(stage: Stage, made: dict[int, list[str]]) -> None:
    chance = random.Random(4)
    before = rows_of_far(stage)
    theirs = [
        (account, data)
        for account in BY_ACCOUNT
        for other, all_data in made.items()
        if other != account
        for data in all_data
    ]
    for account, data in chance.sample(theirs, 300):
        with undone(stage.session):
            said = take(stage, _query(account, data), account)
            check(stage, said, account, is_list=data.partition(":")[0] in LISTS)
            assert account == FAR_MEMBER or rows_of_far(stage) == before, data


def test_whatever_telegram_may_bring_is_taken(stage: Stage, made: dict[int, list[str]]) -> None:
    known = sorted({data for all_data in made.values() for data in all_data})
    before = rows_of_far(stage)

    @settings(max_examples=300, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(updates(known), min_size=2, max_size=8))
    def taken(several: list[dict[str, Any]]) -> None:
        with undone(stage.session):
            for raw in several:
                account = _sender(raw)
                action = raw.get("callback_query", {}).get("data", "").partition(":")[0]
                check(stage, take(stage, raw, account), account, is_list=action in LISTS)
            others = {FAR_MEMBER} & {_sender(raw) for raw in several}
            assert others or rows_of_far(stage) == before

    taken()
    print(f"hostile updates: {dict(COUNTS)}, 0 exceptions")  # noqa: T201  # the figures
    assert COUNTS["updates"] > 1200


def _sender(raw: dict[str, Any]) -> int:
    return next((one["from"]["id"] for one in raw.values() if isinstance(one, dict) and "from" in one), 0)


@pytest.mark.parametrize(
    "name", ["<b>张</b>", "张\u202e三", "a\x00b", "\ud83d", "&amp;", "<a href='tg://user?id=1'>王</a>"]
)
def test_a_name_is_shown_as_a_name_whatever_it_is(stage: Stage, name: str) -> None:
    """A stranger of that name scans a card; the cadre reads who wants to come in."""
    code = str(stage.world["here"].refs["card"])
    user = {"id": 777, "is_bot": False, "first_name": name, "language_code": "zh-hans"}
    message = {
        "message_id": 7,
        "date": 1,
        "chat": {"id": 777, "type": "private"},
        "from": user,
        "text": f"/start h{code}",
    }
    with undone(stage.session):
        take(stage, {"message": message}, 777)
        agree = f"onboarding.agree:{stage.world['here'].refs['notice']}"
        take(stage, _query(777, agree), 777)
        cadre = ACTORS["cadre"].account
        said = take(stage, _query(cadre, "onboarding.waiting"), cadre)
    texts = "\n".join(row.body.get("text", "") for row in said)
    assert "<b>张</b>" not in texts
    assert "href" not in texts or "&lt;a href" in texts
    assert not set("\u202e\x00\ud83d") & set(texts)


def test_an_album_out_of_order_is_one_answer_long(stage: Stage) -> None:
    account = ACTORS["cadre"].account
    user = {"id": account, "is_bot": False, "first_name": "人", "language_code": "zh-hans"}
    size = {"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}
    with undone(stage.session):
        data = f"visits.open:{stage.world['here'].refs['household']}"
        take(stage, _query(account, data), account)
        for number in (9, 3, 7, 1, 5):
            message = {"message_id": number, "date": 1, "chat": {"id": account, "type": "private"}, "from": user}
            raw = {"message": message | {"photo": [size], "media_group_id": "album"}}
            said = take(stage, raw, account)
            check(stage, said, account)
            assert number == 9 or not [row for row in said if row.kind == "send"]
