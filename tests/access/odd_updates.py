"""Updates as nobody's phone would send them, and some that it would: generated, always the same ones."""

from typing import Any

from hypothesis import strategies as st

from tests.access.actors import ACTORS
from tests.access.places import ADMIN, FAR_MEMBER, MEMBER

BOT = {"id": 1, "is_bot": True, "first_name": "bot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
ACCOUNTS = [one.account for one in ACTORS.values()] + [FAR_MEMBER]
POLL = {
    "id": "1",
    "question": "?",
    "options": [],
    "total_voter_count": 0,
    "is_closed": True,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
NAMES = [
    "人",
    "<b>粗</b>",
    "</b><a href='x'>",
    "&lt;script&gt;",
    "\u202e倒过来\u202c",
    "\x00",
    "\ud83d",
    "名" * 255,
    "e\u0301" * 40,
]
TEXTS = [
    "",
    "/start",
    "/start i" + "a" * 64,
    "/start h\nACEFH773",
    "/start " + "x" * 65,
    "/find \x00\ud83d",
    "/card H004",
    "/visit \u202eH001",
    "/" + "a" * 200,
    "。" * 4096,
    "<b>" * 1000,
    "\ud83d\x00\u2028",
    "\u202e1000H",
    "ACEFH776",
    "今日走访",
    "反映问题",
    "查找",
    "👨‍👩‍👧‍👦" * 300,
    "e\u0301\u0301\u0301" * 500,
]

texts = (
    st.sampled_from(TEXTS)
    | st.text(st.characters(), max_size=40)
    | st.text("\x00\ud800\u202e<>&/:\n \u200d", max_size=12)
)
small = st.integers(-(2**40), 2**40)
file_ids = st.fixed_dictionaries({"file_id": st.just("f"), "file_unique_id": st.just("f")})
photos = st.lists(file_ids.map(lambda one: one | {"width": 9, "height": 9}), min_size=1, max_size=2)
documents = file_ids.flatmap(
    lambda one: texts.map(lambda name: one | {"file_name": name[:200], "mime_type": name[:40]})
)
contacts = st.fixed_dictionaries(
    {"phone_number": texts, "first_name": st.sampled_from(NAMES)},
    optional={"user_id": st.sampled_from(ACCOUNTS) | small},
)
places = st.fixed_dictionaries({"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)})
contents = st.one_of(
    texts.map(lambda text: {"text": text}),
    st.fixed_dictionaries(
        {"photo": photos}, optional={"caption": texts, "media_group_id": st.sampled_from(["a", "b"])}
    ),
    file_ids.map(lambda one: {"voice": one | {"duration": 3}}),
    documents.map(lambda one: {"document": one}),
    contacts.map(lambda one: {"contact": one}),
    places.map(lambda one: {"location": one}),
    st.just({"dice": {"emoji": "🎲", "value": 3}}),
    st.just({"poll": POLL}),
    st.just({"new_chat_title": "<b>"}),
    st.just({"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}}),
    st.just({"a_kind_of_next_year": {"x": [1, {"y": None}]}}),
)
senders = st.builds(
    lambda account, name, language: {"id": account, "is_bot": False, "first_name": name, "language_code": language},
    st.sampled_from(ACCOUNTS),
    st.sampled_from(NAMES),
    st.sampled_from(["zh-hans", "en", "xx", "", "\ud83d"]),
)
origins = st.sampled_from(
    [
        {"type": "hidden_user", "date": 1, "sender_user_name": "<i>"},
        {"type": "chat", "date": 1, "sender_chat": {"id": -5, "type": "channel", "title": "频道"}},
    ]
)


def _chat(sender: dict[str, Any], kind: str) -> dict[str, Any]:
    if kind == "private":
        return {"id": sender["id"], "type": kind, "first_name": sender["first_name"]}
    return {"id": -1000 - len(kind), "type": kind, "title": sender["first_name"]}


@st.composite
def messages(draw: st.DrawFn, *, edited: bool = False) -> dict[str, Any]:
    sender = draw(senders)
    chat = _chat(sender, draw(st.sampled_from(["private"] * 6 + ["group", "supergroup", "channel"])))
    body = {"message_id": draw(st.integers(1, 40)), "date": draw(st.integers(0, 2**31 - 1)), "chat": chat}
    who = draw(st.sampled_from(["person"] * 8 + ["anonymous", "nobody", "bot"]))
    body |= {"from": {"person": sender, "anonymous": ANONYMOUS, "bot": BOT}[who]} if who != "nobody" else {}
    body |= {"sender_chat": chat} if who == "anonymous" else {}
    body |= {"forward_origin": draw(origins)} if draw(st.booleans()) and draw(st.booleans()) else {}
    return body | draw(contents) | ({"edit_date": draw(st.integers(0, 2**31 - 1))} if edited else {})


@st.composite
def queries(draw: st.DrawFn, known: list[str]) -> dict[str, Any]:
    sender = draw(senders)
    query = {"id": "1", "from": sender, "chat_instance": "1", "data": draw(st.sampled_from(known) | texts)}
    chat = _chat(sender, draw(st.sampled_from(["private", "private", "private", "group"])))
    hanging_on = draw(
        st.sampled_from(
            [
                {"message_id": 3, "date": 1, "chat": chat, "from": BOT, "text": "…"},
                {"message_id": 3, "date": 0, "chat": chat},  # too old, or deleted
                None,
            ]
        )
    )
    return query | ({"message": hanging_on} if hanging_on else {"inline_message_id": "x"})


def memberships(sender: dict[str, Any]) -> dict[str, Any]:
    change = {"chat": _chat(sender, "private"), "from": sender, "date": 1}
    member, kicked = {"user": BOT, "status": "member"}, {"user": BOT, "status": "kicked", "until_date": 0}
    return change | {"old_chat_member": member, "new_chat_member": kicked}


def updates(known: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """`known`: data of buttons that the bot has made."""
    return st.one_of(
        messages().map(lambda one: {"message": one}),
        messages().map(lambda one: {"message": one}),
        queries(known).map(lambda one: {"callback_query": one}),
        messages(edited=True).map(lambda one: {"edited_message": one}),
        messages().map(lambda one: {"channel_post": one}),
        senders.map(lambda one: {"my_chat_member": memberships(one)}),
        senders.map(lambda one: {"inline_query": {"id": "1", "from": one, "query": "x", "offset": ""}}),
        st.just({"poll": POLL}),
        st.just({"a_kind_of_next_year": {"from": {"id": MEMBER + 1}, "chat": {"id": ADMIN}}}),
        st.just({}),
    )
