"""Erasure: what identifies a person goes, what the office did and when stays. Rows are emptied, never deleted.

Each is written to the erasure log before it is committed, so that a restored backup is brought up to it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from models.actor import Actor
from models.envelope import BadSeal
from models.erasure_log import Erasure
from models.households import Household
from models.key_file import KeyFileError
from models.people import Person
from models.queries import corrections, memberships, officials, pairings, people
from models.queries import erasure as rows
from models.session import Session
from services import audit
from services.accounts import let_go
from services.errors import Conflict, NotFound
from services.i18n import translator
from services.office import Office
from services.pair_changes import end_pairings
from services.rules.card_codes import new_card_code
from services.rules.visits import GONE, HouseholdStatus

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Preview:
    """What an erasure would do, before anybody says yes."""

    name: str
    is_official: bool
    reports: int  # whose words go
    open_reports: int  # whose words go when they are over


def is_official(session: Session, person_id: int) -> bool:
    """Or ever was: their records say who made them."""
    return rows.was_ever_official(session, person_id)


def preview(session: Session, person_id: int) -> Preview:
    """Errors: NotFound, Conflict as `erase_person`."""
    person = _erasable(session, person_id)
    return Preview(
        person.name,
        is_official(session, person_id),
        len(rows.closed_reports(session, person_id)),
        rows.open_reports(session, person_id),
    )


def erase_person(
    session: Session, office: Office, actor: Actor | None, person_id: int, *, by: str = "operator"
) -> bool:
    """False where that was done before. `by`: who does it where nobody acts.

    Errors: NotFound; Conflict for an official who still has households, or is the last administrator.
    """
    person = _erasable(session, person_id)
    if person.erased_at is not None:
        return False
    _anonymise(session, office, person)
    _remember(office, [person])
    audit.record(session, office, actor, "erased", "person", person.id, **({} if actor else {"by": by}))
    return True


def erase_household(session: Session, office: Office, actor: Actor | None, household_id: int) -> bool:
    """Of a household that has moved away or was closed, with its members who live nowhere else and hold no role.

    False where that was done before. Errors: NotFound, Conflict.
    """
    household = rows.locked_household(session, household_id)
    if household is None:
        raise NotFound
    if household.erased_at is not None:
        return False
    going = [one for one in preview_household(session, household) if one.erased_at is None]
    for person in going:
        _anonymise(session, office, person)
    _empty(session, office, household)
    _remember(office, [household, *going])
    audit.record(session, office, actor, "erased", "household", household.id, members=len(going), by="operator")
    return True


def preview_household(session: Session, household: Household) -> list[Person]:
    """The members who go along. Errors: Conflict as `erase_household`."""
    if household.status not in GONE:
        raise Conflict("rights.erase.household_is_here", code=household.code)
    if matters := rows.open_matters(session, household.id):
        raise Conflict("rights.erase.household_has_matters", code=household.code, n=matters)
    return [
        person
        for person in rows.members_of(session, household.id)
        if person.code is None
        and not officials.holds_roles(session, person.id)
        and not rows.belongs_elsewhere(session, person.id, household.id)
    ]


def apply_again(session: Session, office: Office) -> int:
    """Rows and log brought together: after a restore, and after a kill between the one and the other; how many rows.

    Nothing is asked again: what was erased stays erased, whatever role or pairing an old backup brings back.
    """
    log = office.require_erasures()
    remembered = {one.row: one for one in log.erasures()}
    erased = [_erasure(one) for one in rows.erased_persons(session)]
    erased += [_erasure(one) for one in rows.erased_households(session)]
    log.remember(one for one in erased if one.row not in remembered)
    missing = remembered.keys() - {one.row for one in erased}
    return sum(_apply(session, office, remembered[row]) for row in sorted(missing))


def finish(session: Session, office: Office, *, limit: int) -> int:
    """Words of erased people that were left because a matter was open, which is over now; how many people."""
    return sum(_try_to_silence(session, person_id) for person_id in rows.erased_with_words(session, limit=limit))


def _erasable(session: Session, person_id: int) -> Person:
    person = people.locked(session, person_id)
    if person is None:
        raise NotFound
    if households := pairings.count_of(session, person_id):
        raise Conflict("rights.erase.has_households", n=households)
    if officials.is_last_admin(session, person_id):
        raise Conflict("administration.last_admin")
    return person


def _anonymise(session: Session, office: Office, person: Person) -> None:
    """An official's name, code, unit and post stay: the records they made are the office's, and say who made them."""
    was_official = is_official(session, person.id)
    let_go(session, office, person)
    memberships.end_all(session, person.id, at=office.now())
    if was_official:
        officials.revoke_all(session, person.id, at=office.now())
    else:
        person.name = translator(office.site.language).plain("rights.erased_person")
    person.phone = person.language = person.acting_as = person.away_until = None
    person.is_active, person.erased_at = False, office.now()
    _silence(session, person.id)
    session.flush()


def _try_to_silence(session: Session, person_id: int) -> bool:
    try:
        with session.begin_nested():
            _silence(session, person_id)
    except (BadSeal, KeyFileError) as error:  # the others' words go; these are tried again in the next night
        log.error("words of an erased person could not be taken away", person=person_id, error=error)
        return False
    return True


def _silence(session: Session, person_id: int) -> None:
    for problem in rows.closed_reports(session, person_id):
        problem.summary = ""
    for request in corrections.of_person(session, person_id):
        request.wanted, request.answer = "", None
    only_as_reporter = is_official(session, person_id)
    said = rows.words_said(session, person_id, only_as_reporter=only_as_reporter)
    for event in said:
        event.note = None
    rows.drop_attachments(session, event_ids=[event.id for event in said])
    session.flush()


def _empty(session: Session, office: Office, household: Household) -> None:
    household.head = translator(office.site.language).plain("rights.erased_household")
    household.address = household.phone = household.population = None
    household.hardship_cause = household.notes = household.muted_until = None
    household.card_code = new_card_code()  # the printed card opens nothing any more
    household.erased_at = office.now()
    if household.status not in GONE:  # as an old backup brought it back
        household.status = HouseholdStatus.CLOSED
    end_pairings(session, office, household.id, by=None)
    visits, events = rows.visits_of(session, household.id), rows.events_of(session, household.id)
    for visit in visits:
        visit.said = visit.companions = visit.latitude = visit.longitude = None
    for correction in rows.corrections_of(session, household.id):
        correction.said = None
    for problem in rows.problems_of(session, household.id):
        problem.summary = ""
    for event in events:
        event.note = None
    rows.drop_attachments(session, event_ids=[event.id for event in events], visit_ids=[visit.id for visit in visits])
    session.flush()


def _apply(session: Session, office: Office, erasure: Erasure) -> bool:
    if erasure.kind == "person":
        person = people.locked(session, erasure.id)
        if person is None or person.created_at != erasure.created_at:
            return False  # made after the backup, or somebody else's number by now
        _anonymise(session, office, person)
    else:
        household = rows.locked_household(session, erasure.id)
        if household is None or household.created_at != erasure.created_at:
            return False
        _empty(session, office, household)
    return True


def _remember(office: Office, erased: Iterable[Person | Household]) -> None:
    office.require_erasures().remember(map(_erasure, erased))


def _erasure(row: Person | Household) -> Erasure:
    assert row.erased_at is not None
    return Erasure("person" if isinstance(row, Person) else "household", row.id, row.created_at, row.erased_at)
