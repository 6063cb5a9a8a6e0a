"""The morning's reminder: whom to see today and which problems are due; at most one message a cadre and working day."""

from datetime import date

from models.queries import inbox as note_rows
from models.queries import reminders as rows
from models.queries.reminders import HelpedHousehold
from models.session import Session
from services import outbox
from services.office import Office
from services.rules.send_windows import Speech, may_leave
from services.rules.visit_status import VisitStatusKind, visit_status
from services.rules.working_time import WorkCalendar
from services.site_days import end_of

LAST_ROUND = "reminders_made_on"  # the note: the local date for which everybody was looked at

_NOT_WELCOME = frozenset({VisitStatusKind.FRESH, VisitStatusKind.PAUSED})


def tick_reminders(session: Session, office: Office) -> int:
    """Queue a reminder for every cadre with something due; returns how many.

    Once a working day, from the reminder's hour to the end of the last window: what is missed then is dropped.
    """
    today = office.today()
    if not _is_time(office) or note_rows.read_note(session, LAST_ROUND) == today.isoformat():
        return 0
    due = sorted(_with_visits(session, office, today) | _with_problems(session, office, today))
    queued = [_remind(session, office, person_id, today) for person_id in due]
    note_rows.write_note(session, LAST_ROUND, today.isoformat(), now=office.now())
    return sum(queued)


def _is_time(office: Office) -> bool:
    now, policy = office.local_now(), office.policy
    return now.time() >= policy.reminder_time and may_leave(Speech.SCHEDULED, now, policy, WorkCalendar(policy))


def _with_visits(session: Session, office: Office, today: date) -> set[int]:
    return {one.cadre_id for one in rows.helped_households(session, today=today) if _is_welcome(office, one, today)}


def _with_problems(session: Session, office: Office, today: date) -> set[int]:
    return set(rows.owners_with_problems_due(session, before=end_of(office, today), today=today))


def _is_welcome(office: Office, one: HelpedHousehold, today: date) -> bool:
    intervals = office.policy.visit_interval_days
    status = visit_status(
        today, one.tier, one.last_contact, one.paired_since, one.status, one.muted_until, intervals=intervals
    )
    return status.kind not in _NOT_WELCOME


def _remind(session: Session, office: Office, person_id: int, today: date) -> bool:
    row_id = outbox.notice(
        session,
        office,
        person_id,
        "reminder",
        {"date": today.isoformat()},
        speech=Speech.SCHEDULED,
        unique_key=f"reminder:{person_id}:{today.isoformat()}",
        expires_at=end_of(office, today),
    )
    return row_id is not None
