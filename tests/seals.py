"""Values as somebody spoils them who has the database and not the key."""

from sqlalchemy import text

from models.session import Session
from tests.keys import KEY_ID

ANOTHER_KEY = "0badc0de"


def stored(session: Session, place: str, row_id: int) -> str:
    """As it lies in the database. `place` is table.column."""
    table, name = place.split(".")
    return str(session.scalar(text(f"SELECT {name} FROM {table} WHERE id = :id"), {"id": row_id}))


def damage(session: Session, place: str, row_id: int) -> None:
    """One character in the middle is another."""
    whole = stored(session, place, row_id)
    at = len(whole) // 2
    _write(session, place, row_id, whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :])


def under_another_key(session: Session, place: str, row_id: int) -> None:
    _write(session, place, row_id, stored(session, place, row_id).replace(KEY_ID, ANOTHER_KEY))


def under_its_key_again(session: Session, place: str, row_id: int) -> None:
    _write(session, place, row_id, stored(session, place, row_id).replace(ANOTHER_KEY, KEY_ID))


def _write(session: Session, place: str, row_id: int, value: str) -> None:
    table, name = place.split(".")
    session.execute(text(f"UPDATE {table} SET {name} = :it WHERE id = :id"), {"it": value, "id": row_id})
