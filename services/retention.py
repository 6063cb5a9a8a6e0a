"""The retention sweep: what is only needed for a while goes when its time is over; shown first, done each night.

By itself it happens only while the machine's clock goes on from night to night: a clock that is years ahead would make
everything look old. After a leap, or a long rest, an operator looks and decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from models.base import Base
from models.envelope import BadSeal
from models.key_file import KeyFileError
from models.people import Invitation, WrongTry
from models.post import Draft, InboxLetter, OutboxMessage
from models.queries import inbox
from models.queries import retention as rows
from models.session import Session
from models.supervision import RosterCheck
from services import audit, erasure
from services.office import Office
from services.rules.retention import Retention
from services.rules.working_time import NIGHT_WORK_FROM

AT_ONCE = 500  # rows of each kind in one transaction: nobody waits long for the writer
DONE_ON = "retention_done_on"  # the note that names the last day whose sweep is over
LEAP = timedelta(days=40)  # longer than a holiday for which the machine is switched off
LEAP_LOGGED_ON = "retention_leap_logged_on"  # the note that keeps the log to a line a day
WRONG_TRIES = timedelta(days=1)
A_YEAR = timedelta(days=365)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rule:
    """`table`: its rows are deleted; None: persons, who are anonymised."""

    name: str
    ids: Callable[[datetime], rows.Ids]
    keep: Callable[[Retention], timedelta]
    table: type[Base] | None = None


RULES = (
    Rule("letters", rows.letters, lambda kept: timedelta(days=kept.post_days), InboxLetter),
    Rule("drafts", rows.drafts, lambda kept: timedelta(days=kept.draft_days), Draft),
    Rule("messages", rows.messages, lambda kept: timedelta(days=kept.post_days), OutboxMessage),
    Rule("invitations", rows.invitations, lambda kept: timedelta(days=kept.invitation_days), Invitation),
    Rule("roster_checks", rows.roster_checks, lambda kept: timedelta(days=kept.roster_check_days), RosterCheck),
    Rule("wrong_tries", rows.wrong_tries, lambda _: WRONG_TRIES, WrongTry),
    Rule("former_members", rows.former_members, lambda kept: kept.former_member_years * A_YEAR),
)

Swept = dict[str, int]  # rule → rows


def due(session: Session, office: Office) -> Swept:
    """How many rows of each kind a sweep would take now, those that others still name aside."""
    return {rule.name: rows.count(session, _ids(office, rule)) for rule in RULES}


def sweep(session: Session, office: Office, *, limit: int = AT_ONCE, by: str = "clock") -> Swept:
    """Up to `limit` rows of each kind; again until nothing is left. Whatever is done twice changes nothing.

    `by`: whose doing it is in the audit.
    """
    swept = {rule.name: _apply(session, office, rule, limit, by) for rule in RULES}
    swept["erased_words"] = erasure.finish(session, office, limit=limit)
    if any(swept.values()):
        audit.record(session, office, None, "retention_swept", "database", by=by, **swept)
    return swept


def tick_retention(session: Session, office: Office) -> int:
    """Once a night, a part with each tick."""
    now = office.local_now()
    today = now.date().isoformat()
    if now.time() < NIGHT_WORK_FROM or inbox.read_note(session, DONE_ON) == today:
        return 0
    taken = sum(sweep(session, office).values())
    if not taken:
        note_done(session, office)
    return taken


def note_done(session: Session, office: Office) -> None:
    """Nothing is left for today; where the clock had leapt, it goes on from here."""
    inbox.write_note(session, DONE_ON, office.today().isoformat(), now=office.now())


def leapt_from(session: Session, office: Office) -> date | None:
    """The day from which the clock leapt to today: that of the last sweep, or of the newest letter before any."""
    done_on, newest = inbox.read_note(session, DONE_ON), inbox.newest_arrival(session)
    before = date.fromisoformat(done_on) if done_on else office.local(newest).date() if newest else office.today()
    return before if office.today() - before > LEAP else None


def in_step(act: Callable[[Session, Office], int]) -> Callable[[Session, Office], int]:
    """Nothing is taken away while the clock has leapt."""

    def taken(session: Session, office: Office) -> int:
        if before := leapt_from(session, office):
            _log_leap(session, office, before)
            return 0
        return act(session, office)

    return taken


def _log_leap(session: Session, office: Office, before: date) -> None:
    today = office.today().isoformat()
    if inbox.read_note(session, LEAP_LOGGED_ON) != today:
        log.warning("the clock leapt, nothing is swept", last=before.isoformat(), today=today)
        inbox.write_note(session, LEAP_LOGGED_ON, today, now=office.now())


def _ids(office: Office, rule: Rule) -> rows.Ids:
    return rule.ids(office.now() - rule.keep(office.retention))


def _apply(session: Session, office: Office, rule: Rule, limit: int, by: str) -> int:
    found = rows.some(session, _ids(office, rule), limit=limit)
    if rule.table is None:
        return sum(_erase(session, office, person_id, by) for person_id in found)
    rows.remove(session, rule.table, found)
    return len(found)


def _erase(session: Session, office: Office, person_id: int, by: str) -> bool:
    try:
        with session.begin_nested():
            return erasure.erase_person(session, office, None, person_id, by=by)
    except (BadSeal, KeyFileError) as error:  # the others go; this one is tried again in the next night
        log.error("a person could not be erased", person=person_id, error=error)
        return False
