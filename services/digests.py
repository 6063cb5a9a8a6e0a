"""The weekly digest: one row and one message for each supervisor, unit and period, whatever restarts.

A supervisor of two units gets two digests, one a unit: each reads like the report of that unit.
"""

from models.actor import Actor
from models.queries import digests as rows
from models.queries.digests import Issued, Subscriber, SupervisedUnit
from models.session import Session
from models.supervision import Digest
from services import outbox
from services.errors import NotFound
from services.office import Office
from services.rules.digest import due_periods
from services.rules.send_windows import Speech, may_leave
from services.rules.working_time import WorkCalendar
from services.supervision.exceptions import Findings, Period, find


def tick_digests(session: Session, office: Office) -> int:
    """Issue every digest that is due and wasn't issued; returns how many.

    Only while it may leave: what is missed waits for the next window, where it joins what has become due since.
    """
    now, policy, calendar = office.local_now(), office.policy, WorkCalendar(office.policy)
    if not may_leave(Speech.SCHEDULED, now, policy, calendar):
        return 0
    found: dict[tuple[str, Period], Findings] = {}  # one unit may have several supervisors
    issued = 0
    for subscriber in rows.subscribers(session):
        if periods := due_periods(subscriber.last_period_end, now, policy.digest_time, calendar):
            period = (periods[0][0], periods[-1][1])
            key = (subscriber.unit_path, period)
            if key not in found:
                found[key] = find(session, office, (subscriber.unit_path,), period)
            _issue(session, office, subscriber, period, found[key])
            issued += 1
    return issued


def latest(session: Session, actor: Actor) -> list[Issued]:
    """The newest digest of each unit that the actor supervises, where there is one."""
    return rows.latest(session, actor)


def get(session: Session, actor: Actor, digest_id: int) -> Issued:
    """Errors: NotFound for somebody else's, or when its unit isn't the actor's any more."""
    digest = rows.issued(session, actor, digest_id)
    if digest is None:
        raise NotFound
    return digest


def not_yet_reported(session: Session, actor: Actor) -> list[SupervisedUnit]:
    """The actor's units about which no digest was issued to them yet."""
    reported = {digest.unit_id for digest in rows.latest(session, actor)}
    return [unit for unit in rows.supervised_units(session, actor) if unit.id not in reported]


def so_far(session: Session, office: Office, unit: SupervisedUnit) -> tuple[Period, Findings]:
    """This week until today: what a digest would say now."""
    today = office.today()
    period = (today.fromordinal(today.toordinal() - today.weekday()), today)
    return period, find(session, office, (unit.path,), period)


def _issue(session: Session, office: Office, subscriber: Subscriber, period: Period, findings: Findings) -> None:
    digest = Digest(
        person_id=subscriber.person_id,
        unit_id=subscriber.unit_id,
        period_start=period[0],
        period_end=period[1],
        findings=findings.to_json(),
        created_at=office.now(),
    )
    session.add(digest)
    session.flush()
    outbox.notice(
        session,
        office,
        subscriber.person_id,
        "digest",
        {"digest_id": digest.id},
        speech=Speech.SCHEDULED,
        unique_key=f"digest:{subscriber.person_id}:{subscriber.unit_id}:{period[1].isoformat()}",
    )
