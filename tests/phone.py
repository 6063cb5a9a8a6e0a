"""A phone without a network: puts updates through the handlers and reads what the outbox would send."""

from itertools import count
from typing import Any

import telegram
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.front import take_letter, take_update
from models.post import OutboxMessage
from models.queries import actors
from services import notices
from services.messages import Message
from services.office import Office

_IDS = count(1)


class Phone:
    """One Telegram user. `says`, `sends`, `presses` return what the bot answered to that act, oldest first."""

    def __init__(self, session: Session, office: Office, user_id: int, *, language_code: str = "zh-hans") -> None:
        self.session, self.office, self.user_id = session, office, user_id
        self._user = {"id": user_id, "is_bot": False, "first_name": "人", "language_code": language_code}

    def says(self, text: str) -> list[Message]:
        return self._update(message=self._message(text=text))

    def sends(self, **content: Any) -> list[Message]:
        """Raw content in Bot API form: photo=[…], voice={…}, contact={…}, caption=…"""
        return self._update(message=self._message(**content))

    def sends_photo(self, file_id: str = "photo-1", caption: str | None = None) -> list[Message]:
        size = {"file_id": file_id, "file_unique_id": file_id, "width": 9, "height": 9}
        return self.sends(photo=[size], **({"caption": caption} if caption else {}))

    def sends_voice(self, file_id: str = "voice-1") -> list[Message]:
        return self.sends(voice={"file_id": file_id, "file_unique_id": file_id, "duration": 3})

    def edits(self, message_id: int, text: str) -> list[Message]:
        return self._update(edited_message=self._message(text=text) | {"message_id": message_id})

    def presses(self, data: str) -> list[Message]:
        """The button with exactly this data."""
        hanging_on = self._message(text="…") | {"from": {"id": 1, "is_bot": True, "first_name": "bot"}}
        query = {"id": str(next(_IDS)), "from": self._user, "chat_instance": "1", "data": data, "message": hanging_on}
        return self._update(callback_query=query)

    def taps(self, messages: list[Message], label: str) -> list[Message]:
        """The button with this label on the given messages."""
        for message in messages:
            for button in (button for row in message.buttons for button in row):
                if label in button.label:
                    return self.presses(button.data)
        raise AssertionError(f"no button {label!r} in {[m.buttons for m in messages]}")

    def blocks(self) -> list[Message]:
        """The person blocks the bot."""
        return self._lets_in("member", "kicked")

    def unblocks(self) -> list[Message]:
        return self._lets_in("kicked", "member")

    def receives(self) -> list[Message]:
        """All notices queued for this person, composed as they would be now."""
        rows = self.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.chat_id == self.user_id, OutboxMessage.lane == "bulk", OutboxMessage.state == "waiting"
            )
            .order_by(OutboxMessage.id)
        )
        found = []
        for row in rows:
            reader = actors.actor_by_telegram_id(self.session, self.user_id, language="zh_CN")
            message = notices.compose(self.session, self.office, reader, row.kind, row.body)
            if message is not None:
                found.append(message)
        return found

    def gets_letter(self, **letter: Any) -> list[Message]:
        before = self._newest()
        take_letter(self.session, self.office, self.user_id, letter)
        return self._since(before)

    def toast(self) -> str:
        """The text of the last answered button."""
        row = self.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.chat_id == self.user_id, OutboxMessage.kind == "answer")
            .order_by(OutboxMessage.id.desc())
        ).first()
        return row.body["text"] if row else ""

    def _message(self, **content: Any) -> dict[str, Any]:
        chat = {"id": self.user_id, "type": "private", "first_name": "人"}
        number = next(_IDS)
        date = 1772413200 + 4 * number  # seconds: nobody in a test writes too fast by accident
        return {"message_id": number, "date": date, "chat": chat, "from": self._user} | content

    def _lets_in(self, before: str, after: str) -> list[Message]:
        bot = {"id": 1, "is_bot": True, "first_name": "bot"}
        old, new = (
            {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})
            for status in (before, after)
        )
        chat = self._message()["chat"]
        change = {"chat": chat, "from": self._user, "date": 1772413200}
        return self._update(my_chat_member=change | {"old_chat_member": old, "new_chat_member": new})

    def _update(self, **kind: Any) -> list[Message]:
        before = self._newest()
        update = telegram.Update.de_json({"update_id": next(_IDS)} | kind, None)
        take_update(self.session, self.office, update)
        return self._since(before)

    def _newest(self) -> int:
        self.session.flush()
        return self.session.scalar(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(1)) or 0

    def _since(self, before: int) -> list[Message]:
        rows = self.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.id > before,
                OutboxMessage.chat_id == self.user_id,
                OutboxMessage.kind.in_(("send", "edit")),
            )
            .order_by(OutboxMessage.id)
        )
        return [Message.from_json(row.body) for row in rows]
