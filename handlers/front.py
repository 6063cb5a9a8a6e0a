"""The way of every update through the handlers: who is it, which route, may they, do it, say what went wrong."""

from typing import Any

import telegram

from handlers import ROUTES, guards, onboarding, pace
from handlers.routes import Key, Route, audiences_of
from handlers.turn import Turn
from models.actor import Actor, Role
from models.queries import actors
from models.session import Session
from services import drafts
from services.errors import DomainError
from services.i18n import all_forms, negotiate
from services.office import Office
from services.rules.pace import Verdict

TABLES = (".xlsx", ".xls", ".csv")

_BY_KEY = {route.key: route for route in ROUTES}
if len(_BY_KEY) != len(ROUTES):
    raise RuntimeError("two routes have the same key")
_BY_LABEL = {text: route for route in ROUTES if route.key[0] == "label" for text in all_forms(route.key[1])}


def take_update(session: Session, office: Office, update: telegram.Update) -> None:
    """Handle one update. A DomainError becomes words; any other exception is the caller's to retry."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or user.is_bot:
        return  # channels, anonymous administrators, polls: nobody to answer
    verdict = pace.take(session, office, update, chat.id)
    if verdict is Verdict.SILENT:
        return
    language = negotiate(user.language_code, office.site.language)
    actor = actors.actor_by_telegram_id(session, user.id, language=language)
    turn = Turn(session, office, actor, chat.id, update=update)
    if verdict is Verdict.TOLD:
        pace.tell(turn)
    else:
        _perform(turn)


def take_letter(session: Session, office: Office, chat_id: int, letter: dict[str, Any]) -> None:
    """Handle a letter of the bot to itself, on behalf of the person whose private chat it is."""
    actor = actors.actor_by_telegram_id(session, chat_id, language=office.site.language)
    _perform(Turn(session, office, actor, chat_id, letter=letter))


def _perform(turn: Turn) -> None:
    route = find(turn)
    try:
        with turn.session.begin_nested():  # a refusal leaves nothing behind but its words
            guards.check(turn, route)
            route.act(turn)
    except guards.ConsentNeeded:
        onboarding.notice_first(turn)
    except DomainError as error:
        turn.answered = False
        turn.refuse(error)
    if turn.query is not None and not turn.answered:
        turn.toast()


def find(turn: Turn) -> Route:
    """The route for this turn; the references of a button and the words of a command land in `turn.args`."""
    if turn.letter:
        return _BY_KEY["letter", turn.letter["kind"]]
    update = turn.update
    if update is None or (update.effective_chat and update.effective_chat.type != "private"):
        return _BY_KEY["event", "group"]
    if update.my_chat_member:
        return _BY_KEY["event", "membership"]
    if turn.query is not None:
        action, *turn_args = (turn.query.data or "").split(":")
        turn.args = tuple(turn_args)
        return _BY_KEY.get(("button", action)) or _BY_KEY["event", "unknown_button"]
    return _typed(turn)


def _typed(turn: Turn) -> Route:
    if turn.message and turn.message.contact:
        return _BY_KEY["event", "contact"]
    if turn.text.startswith("/") and not turn.is_edit:
        name, *words = turn.text[1:].split() or [""]
        turn.args = tuple(words)
        return _BY_KEY.get(("command", name.partition("@")[0].lower())) or _BY_KEY["event", "unknown_command"]
    if turn.text in _BY_LABEL and not turn.is_edit:
        return _BY_LABEL[turn.text]
    dialogue = _BY_KEY.get(_draft_key(turn.session, turn.actor))
    if dialogue and audiences_of(turn.actor) & dialogue.allowed:  # with the role its dialogues are over
        return dialogue
    return _BY_KEY["event", "table" if _is_table_for_import(turn) else "loose"]


def _is_table_for_import(turn: Turn) -> bool:
    """Whatever an administrator means by such a file, it is a roster."""
    document = turn.message.document if turn.message and not turn.is_edit else None
    is_table = document is not None and (document.file_name or "").lower().endswith(TABLES)
    return is_table and turn.actor.has(Role.ADMIN)


def _draft_key(session: Session, actor: Actor) -> Key:
    draft = drafts.current(session, actor.person_id) if actor.person_id else None
    return ("content", draft.journey if draft else "")
