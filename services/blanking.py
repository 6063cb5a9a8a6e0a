"""What came and went is blanked a week after it was done: the words go, what became of them stays."""

from datetime import timedelta

from models.queries import inbox, outbox
from models.session import Session
from services.office import Office

KEPT = timedelta(days=7)  # dead letters longer: until an operator replays or drops them
AT_ONCE = 500  # of each kind; the next tick takes the next ones


def tick_blanking(session: Session, office: Office) -> int:
    before = office.now() - KEPT
    return inbox.blank(session, before=before, limit=AT_ONCE) + outbox.blank(session, before=before, limit=AT_ONCE)
