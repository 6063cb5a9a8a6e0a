"""Officials and their roles: who holds what, who hasn't joined yet, taking a role or the whole account away."""

from collections.abc import Sequence

from models.actor import Actor, Role
from models.people import Person
from models.queries import officials as rows
from models.queries import pairings, people
from models.queries.officials import GrantRow, PersonEntry
from models.session import Session
from services import audit, outbox
from services.errors import Conflict, NotFound, Stale
from services.office import Office
from services.rules.search import SearchEntry, pinyin_key, rank, search_key

FOUND_AT_MOST = 8  # buttons; whoever sees more should type more


def overseers(session: Session, actor: Actor) -> list[GrantRow]:
    """Administrators and supervisors of the actor's units."""
    return rows.grants(session, actor, Role.ADMIN, Role.SUPERVISOR)


def not_joined(session: Session, actor: Actor, *roles: Role) -> list[GrantRow]:
    """Who holds one of these roles (by default any), has no account yet and may be invited by the actor, by unit."""
    return rows.waiting(session, actor, *(roles or tuple(Role)))


def search(session: Session, actor: Actor, query: str) -> list[PersonEntry]:
    """By code, a part of the name, pinyin or its initials; best first."""
    entries = {one.id: one for one in rows.persons(session, actor)}
    ranked = rank(
        query,
        [
            SearchEntry(one.id, one.name, one.code, search_key(one.name), pinyin_key(one.name))
            for one in entries.values()
        ],
    )
    return [entries[person_id] for person_id in ranked[:FOUND_AT_MOST]]


def person_and_roles(session: Session, actor: Actor, person_id: int) -> tuple[Person, Sequence[GrantRow]]:
    """Errors: NotFound outside the actor's units."""
    person = people.administered(session, actor, person_id)
    if person is None:
        raise NotFound
    return person, rows.grants_of(session, actor, person_id)


def grant_of(session: Session, actor: Actor, person_id: int, grant_id: int) -> GrantRow:
    """Errors: NotFound outside the actor's units, Stale where the role isn't held any more."""
    _, held = person_and_roles(session, actor, person_id)
    found = next((one for one in held if one.id == grant_id), None)
    if found is None:
        raise Stale
    return found


def revoked_already(session: Session, actor: Actor, person_id: int, grant_id: int) -> bool:
    """For a second tap on the same question; False also where it isn't the actor's to know."""
    return rows.was_revoked(session, actor, person_id, grant_id)


def revoke(session: Session, office: Office, actor: Actor, person_id: int, grant_id: int) -> GrantRow:
    """In force with the person's next message: old buttons and queued news die. The person is told.

    Errors: NotFound, Stale, Conflict for the last administrator and for a cadre who still has households.
    """
    grant = grant_of(session, actor, person_id, grant_id)
    staying = {one.role for one in rows.grants_of(session, actor, person_id) if one.id != grant_id}
    if grant.role == Role.CADRE and Role.CADRE not in staying:
        _check_without_households(session, person_id)
    if grant.role == Role.ADMIN and Role.ADMIN not in staying:
        _check_not_last_admin(session, person_id)
    if not rows.revoke(session, [grant.id], at=office.now()):
        raise Stale
    audit.record(session, office, actor, "role_revoked", "person", person_id, role=grant.role, unit=grant.unit_id)
    outbox.withdraw_words(session, office, [person_id])
    ended = {"role": grant.role, "unit_id": grant.unit_id}
    outbox.notice(session, office, person_id, "administration.role_ended", ended)
    return grant


def deactivate(session: Session, office: Office, actor: Actor, person_id: int) -> Person:
    """All roles end, and with them the access; the person is told.

    Errors: NotFound, also for whoever holds a role elsewhere; Conflict as `revoke`.
    """
    person = rows.wholly_administered(session, actor, person_id)
    if person is None:
        raise NotFound
    held = rows.grants_of(session, actor, person_id)
    _check_without_households(session, person_id)
    if any(one.role == Role.ADMIN for one in held):
        _check_not_last_admin(session, person_id)
    rows.revoke(session, [one.id for one in held], at=office.now())
    person.is_active = False
    session.flush()
    audit.record(session, office, actor, "official_deactivated", "person", person_id)
    ended = [(person_id, audit.Facts(role=one.role, unit=one.unit_id)) for one in held]
    audit.record_each(session, office, actor, "role_revoked", "person", ended)
    outbox.withdraw_words(session, office, [person_id])
    outbox.notice(session, office, person_id, "administration.account_closed", {})
    return person


def reactivate(session: Session, office: Office, actor: Actor, person_id: int) -> Person:
    """May come back; roles are given anew by an invitation. Errors: NotFound; Conflict for whoever was erased."""
    person, _ = person_and_roles(session, actor, person_id)
    if person.erased_at is not None:
        raise Conflict("administration.was_erased")
    person.is_active = True
    session.flush()
    audit.record(session, office, actor, "official_reactivated", "person", person_id)
    return person


def _check_without_households(session: Session, person_id: int) -> None:
    if households := pairings.count_of(session, person_id):
        raise Conflict("administration.has_households", n=households)


def _check_not_last_admin(session: Session, person_id: int) -> None:
    if rows.is_last_admin(session, person_id):
        raise Conflict("administration.last_admin")
