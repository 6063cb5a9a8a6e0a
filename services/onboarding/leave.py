"""请假: a cadre's own reminders are silent for some days, and the supervisors know."""

from datetime import date, timedelta

from models.actor import Actor
from models.people import Person
from models.queries import people, responsibility
from models.session import Session
from services import outbox
from services.errors import NotFound, Stale
from services.office import Office

LONGEST = 60  # days from today


def on_leave_until(session: Session, office: Office, actor: Actor) -> date | None:
    """The last day of the leave that runs now (site date)."""
    until = _self(session, actor).away_until
    return until if until is not None and until >= office.today() else None


def go_on_leave(session: Session, office: Office, actor: Actor, until: date) -> None:
    """Up to and including `until`. Errors: Stale for a day in the past or too far away."""
    if not office.today() <= until <= office.today() + timedelta(days=LONGEST):
        raise Stale
    person = _self(session, actor)
    person.away_until = until
    session.flush()
    if person.unit_id is not None:
        for supervisor_id in responsibility.supervisor_ids(session, person.unit_id):
            _tell(session, office, person, until, supervisor_id)


def come_back(session: Session, actor: Actor) -> bool:
    """False: was not away."""
    person = _self(session, actor)
    was_away, person.away_until = person.away_until is not None, None
    session.flush()
    return was_away


def _tell(session: Session, office: Office, person: Person, until: date, supervisor_id: int) -> None:
    if supervisor_id == person.id:
        return
    outbox.notice(
        session,
        office,
        supervisor_id,
        "onboarding.away",
        {"person_id": person.id, "until": until.isoformat()},
        unique_key=f"onboarding.away:{person.id}:{until}:{supervisor_id}",
    )


def _self(session: Session, actor: Actor) -> Person:
    person = people.get(session, actor.id)
    if person is None:
        raise NotFound
    return person
