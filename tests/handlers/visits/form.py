"""The form of a visit as a cadre uses it, and what came of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.visits import Visit
from services.messages import Message
from tests.phone import Phone


def labels(messages: list[Message]) -> list[str]:
    return [button.label for message in messages for row in message.buttons for button in row]


def words(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def visits(session: Session) -> list[Visit]:
    return list(session.scalars(select(Visit).order_by(Visit.id)))


def open_form(phone: Phone, head: str = "张大山") -> list[Message]:
    return phone.taps(phone.says("记走访"), head)


def save(phone: Phone, form: list[Message]) -> list[Message]:
    return phone.taps(form[-1:], "保存")


def data_of(messages: list[Message], label: str) -> str:
    return next(b.data for m in messages for row in m.buttons for b in row if label in b.label)
