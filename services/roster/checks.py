"""A checked roster waits in the database for the administrator's word, so that a restart loses nothing."""

import json

from models.actor import Actor
from models.queries import roster as rows
from models.session import Session
from models.supervision import RosterCheck
from services.errors import Conflict, Stale
from services.office import Office
from services.roster.applying import apply
from services.roster.bounds import outside
from services.roster.previewing import Plan, preview
from services.rules.roster.stored import from_json, to_json
from services.rules.roster.values import CheckedRoster

SHOWN = 5  # codes


def keep_check(session: Session, office: Office, actor: Actor, checked: CheckedRoster) -> RosterCheck:
    """An older one of the same person that waits is superseded: its roster is forgotten."""
    for older in rows.waiting_checks(session, actor.id):
        older.checked = {}
    check = RosterCheck(person_id=actor.id, checked=json.loads(to_json(checked)), created_at=office.now())
    session.add(check)
    session.flush()
    return check


def confirm(session: Session, office: Office, actor: Actor, check_id: int) -> Plan:
    """Write it. Errors: Stale where it was applied, superseded or given up; Conflict as `apply`, and out of bounds."""
    check = _waiting(session, actor, check_id)
    checked = from_json(json.dumps(check.checked))
    require_own_units(session, actor, preview(session, office, checked))
    changes = apply(session, office, checked, by=actor)
    check.applied_at, check.checked = office.now(), {}
    session.flush()
    return changes


def discard(session: Session, actor: Actor, check_id: int) -> None:
    """Give it up; doing it twice is no harm."""
    check = rows.check_of(session, actor.id, check_id)
    if check is not None:
        check.checked = {}
        session.flush()


def require_own_units(session: Session, actor: Actor, plan: Plan) -> None:
    """Errors: Conflict that names what the plan would touch outside the units that the actor administers."""
    codes = outside(session, actor, plan)
    if codes:
        raise Conflict("administration.outside", n=len(codes), codes="、".join(codes[:SHOWN]))


def _waiting(session: Session, actor: Actor, check_id: int) -> RosterCheck:
    check = rows.check_of(session, actor.id, check_id)
    if check is None:
        raise Stale
    if check.applied_at is not None:
        raise Stale("administration.applied_before")
    if not check.checked:
        raise Stale("administration.superseded")
    return check
