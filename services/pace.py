"""Whether what a chat sends is taken, or comes too fast to be."""

from datetime import datetime, timedelta
from enum import StrEnum

from models.queries import paces
from models.session import Session
from services.office import Office
from services.rules.pace import Pace, Verdict, judge

PRESSES = 6  # times as many as messages: filling in a form is quick tapping
REMEMBERED = timedelta(days=1)


class Way(StrEnum):
    TYPED = "typed"
    PRESSED = "pressed"


def take(session: Session, office: Office, chat_id: int, way: Way, at: datetime, album: str | None = None) -> Verdict:
    """Count it, and say whether it is handled. `at`: when the person sent it, however late it came here."""
    limit = office.policy.messages_per_minute * (PRESSES if way is Way.PRESSED else 1)
    if not limit:
        return Verdict.TAKEN
    row = paces.of_chat(session, chat_id, way)
    known = Pace(row.level, row.at, row.silent, row.album) if row else None
    verdict, pace = judge(known, at, limit, album)
    refused = (row.refused if row else 0) + (verdict is not Verdict.TAKEN)
    values = {"level": pace.level, "at": pace.at, "silent": pace.silent, "album": pace.album}
    paces.keep(session, chat_id, way, refused=refused, **values)
    return verdict


def tick_forget(session: Session, office: Office) -> int:
    """Who hasn't written for a day has no pace."""
    paces.forget(session, before=office.now() - REMEMBERED)
    return 0
