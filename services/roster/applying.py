"""Writes a roster: units, people with their roles, households, pairings, in bulk and in one transaction."""

from models.actor import Actor
from models.queries import units as unit_rows
from models.session import Session
from services import audit, outbox
from services.errors import Conflict
from services.office import Office
from services.pair_changes import change_primaries
from services.roster.losing_sight import who_lost_sight
from services.roster.previewing import Plan, plan
from services.roster.stored import read_stored
from services.roster.writing_households import write_households
from services.roster.writing_people import write_grants, write_people
from services.roster.writing_units import write_units
from services.rules.roster.values import CheckedRoster


def apply(session: Session, office: Office, checked: CheckedRoster, *, by: Actor | None) -> Plan:
    """Compared anew with what is stored at this moment and written whole; an unchanged file changes nothing.

    What was written for those who may no longer read it doesn't leave. `by` is who confirmed it, None at the console.
    Errors: Conflict for a roster with errors, for units that would go round in a circle, and where a household got
    a primary cadre meanwhile; then nothing is written.
    """
    if checked.errors:
        raise Conflict("administration.has_errors", n=len(checked.errors))
    stored, tree = read_stored(session), unit_rows.tree(session)
    changes = plan(checked.roster, stored)
    units = write_units(session, changes.units, stored)
    people = write_people(session, office, changes.cadres, stored, units)
    write_grants(session, office, changes.cadres, stored, units, people, by=by)
    households = write_households(session, office, changes.households, stored, units)
    outbox.withdraw_words(session, office, who_lost_sight(session, stored, tree, changes))
    begun, ended = (
        [(households[pair.household_code], people[pair.cadre_code]) for pair in pairs]
        for pairs in (changes.pairs_begun, changes.pairs_ended)
    )
    _record(session, office, changes, by)
    change_primaries(session, office, ended=ended, begun=begun, by=by)
    session.expire_all()  # objects loaded before know nothing of what was written in bulk
    return changes


def _record(session: Session, office: Office, changes: Plan, by: Actor | None) -> None:
    """Only that it was done and how much it was; roles and pairs have entries of their own."""
    facts = {
        "units_added": len(changes.units.added),
        "units_changed": len(changes.units.changed),
        "officials_added": len(changes.cadres.added),
        "officials_changed": len(changes.cadres.changed),
        "households_added": len(changes.households.added),
        "households_changed": len(changes.households.changed),
    }
    if not changes.is_empty:
        audit.record(session, office, by, "roster_applied", "roster", **facts)
