"""One person's one act: what a handler gets to read, and the ways in which it may answer."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import telegram

from models.actor import Actor
from models.session import Session
from services import outbox
from services.errors import DomainError, NotAllowed, Stale
from services.i18n import Html, Translator, clean, translator
from services.keyboards import keyboard_for
from services.messages import Media, Message, Rows
from services.office import Office
from services.rendering.message_parts import cut

LARGEST_ID = 2**31 - 1  # of a row; PostgreSQL refuses to look for a larger one
LARGEST_TELEGRAM_ID = 2**52
TOAST_LIMIT = 200  # UTF-16 units


@dataclass
class Turn:
    """Lives for one update, inside its transaction. Whatever it says is a row of the outbox until delivered."""

    session: Session
    office: Office
    actor: Actor
    chat_id: int
    update: telegram.Update | None = None
    letter: dict[str, Any] = field(default_factory=dict)  # what the bot wrote to itself, instead of an update
    args: tuple[str, ...] = ()  # references of the pressed button, words behind a command
    answered: bool = False

    @property
    def t(self) -> Translator:
        return translator(self.actor.language)

    # --- reading

    @property
    def message(self) -> telegram.Message | None:
        """The person's own message, new or edited; for a button the message it hangs on."""
        return self.update.effective_message if self.update else None

    @property
    def is_edit(self) -> bool:
        return bool(self.update and self.update.edited_message)

    @property
    def text(self) -> str:
        """What was typed: text or caption, stripped; empty where there is none."""
        message = self.message
        if message is None or self.query is not None:
            return ""
        return clean(message.text or message.caption or "").strip()

    @property
    def query(self) -> telegram.CallbackQuery | None:
        return self.update.callback_query if self.update else None

    @cached_property
    def media(self) -> Media | None:
        message = self.message
        if message is None or self.query is not None:
            return None
        if message.photo:
            return Media("photo", message.photo[-1].file_id)
        if message.voice:
            return Media("voice", message.voice.file_id)
        return Media("document", message.document.file_id) if message.document else None

    def number(self, position: int, *, most: int = LARGEST_ID) -> int:
        """A reference of the button. Errors: Stale, because an own button always carries it."""
        try:
            value = self.args[position]
        except IndexError:
            raise Stale from None
        if not (value.isascii() and value.isdigit() and int(value) <= most):
            raise Stale
        return int(value)

    def word(self, position: int, allowed: type[Any] | frozenset[str]) -> str:
        """A reference that must be one of `allowed` (a StrEnum or a set). Errors: Stale."""
        value = self.args[position] if position < len(self.args) else ""
        if value not in {str(item) for item in allowed}:
            raise Stale
        return value

    # --- answering

    def reply(self, text: str, buttons: Rows = (), *, keyboard: bool = False, contact_label: str = "") -> int:
        """A new message; `keyboard` also lays out the big buttons of the actor's role. Returns the outbox row's id.

        The button that shares the phone number stands above them: whoever won't press it must not be stuck.
        """
        rows = keyboard_for(self.t, self.actor) if keyboard or contact_label else None
        return self.send(Message(text, buttons, rows, contact_label))

    def send(self, message: Message) -> int:
        return outbox.reply(self.session, self.office, self.chat_id, message, person_id=self.actor.person_id)

    def show(self, text: str, buttons: Rows = ()) -> int | None:
        """In place where a button was pressed, else as a new message (whose outbox row's id is returned)."""
        pressed = self.query.message if self.query else None
        if pressed is None:
            return self.reply(text, buttons)
        outbox.edit(self.session, self.office, self.chat_id, Message(text, buttons), message_id=pressed.message_id)
        return None

    def redraw(self, form_id: int, text: str, buttons: Rows = ()) -> None:
        """Change one of the bot's earlier messages, named by its outbox row."""
        outbox.edit(self.session, self.office, self.chat_id, Message(text, buttons), edits_id=form_id)

    def toast(self, text: str = "", *, alert: bool = False) -> None:
        """A short plain word on the pressed button; without a button it becomes a message."""
        if self.query is None:
            if text:
                self.reply(Html(text) if isinstance(text, Html) else self.t("errors.plain", text=text))
            return
        if not self.answered:
            outbox.answer(self.session, self.office, self.chat_id, self.query.id, cut(text, TOAST_LIMIT), alert=alert)
            self.answered = True

    def errand(self, name: str, **params: Any) -> None:
        """Have a file made, fetched or checked by the delivery."""
        outbox.errand(self.session, self.office, self.chat_id, name, params, person_id=self.actor.id)

    def refuse(self, error: DomainError) -> None:
        """Say in words why it can't be done; big buttons that are theirs no more make way for those that are."""
        if self.query is None:
            self.reply(self.t(error.message_id, **error.params), keyboard=isinstance(error, NotAllowed))
        else:
            self.toast(self.t.plain(error.message_id, **error.params), alert=True)
