"""Ending and beginning primary pairings, of one household or of a whole town, and telling those concerned."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from models.actor import Actor
from models.households import Household
from models.queries import pairings as rows
from models.queries import responsibility
from models.queries.pairings import Pair
from models.session import Session
from services import audit, outbox
from services.errors import Conflict
from services.office import Office
from services.problem_owner import follow_pairing


def change_primaries(
    session: Session, office: Office, *, ended: Sequence[Pair], begun: Sequence[Pair], by: Actor | None
) -> None:
    """A pair is (household, cadre). All of it or nothing; the day that ends one pairing begins the next.

    The open problems of the former cadre go along. A cadre hears of all new households in one message, each
    household of who comes now. `by`: None at the console. Errors: Conflict where a household got a primary cadre
    meanwhile or was taken off the register.
    """
    if not rows.hold_registered(session, [household_id for household_id, _ in begun]):
        raise Conflict("administration.pairing_changed")
    today = office.today()
    rows.end_primaries(session, ended, on=today)
    outbox.withdraw_words(session, office, {cadre_id for _, cadre_id in ended})
    if not rows.begin_primaries(session, begun, on=today):
        raise Conflict("administration.already_paired")
    successors = dict(begun)
    for act, pairs in (("pairing_ended", ended), ("pairing_begun", begun)):
        changed = [(household_id, audit.Facts(cadre=cadre_id)) for household_id, cadre_id in pairs]
        audit.record_each(session, office, by, act, "household", changed)
    _hand_over_problems(session, office, ended, successors, by.id if by else None)
    _tell_cadres(session, office, begun)
    _tell_former(session, office, ended)
    _tell_households(session, office, {household_id for household_id, _ in (*ended, *begun)})


def end_pairings(session: Session, office: Office, household_id: int, *, by: Actor | None) -> None:
    """All of a household that has gone, the second and temporary ones too."""
    others = rows.end_others(session, household_id, on=office.today())
    outbox.withdraw_words(session, office, others)
    ended = [(household_id, audit.Facts(cadre=cadre_id)) for cadre_id in others]
    audit.record_each(session, office, by, "pairing_ended", "household", ended)
    primary = rows.primary(session, household_id)
    change_primaries(session, office, ended=[(household_id, primary.cadre_id)] if primary else [], begun=(), by=by)


def _hand_over_problems(
    session: Session, office: Office, ended: Sequence[Pair], successors: dict[int, int], by_id: int | None
) -> None:
    for household_id, cadre_id in rows.with_open_problems(session, ended):
        to_id = successors.get(household_id) or _supervisor_id(session, household_id)
        if to_id is not None:
            follow_pairing(session, office, household_id=household_id, from_id=cadre_id, to_id=to_id, by_id=by_id)


def _supervisor_id(session: Session, household_id: int) -> int | None:
    """Without a primary cadre a problem is the supervisor's."""
    household = session.get_one(Household, household_id)
    return next(iter(responsibility.supervisor_ids(session, household.unit_id)), None)


def _tell_cadres(session: Session, office: Office, begun: Iterable[Pair]) -> None:
    for cadre_id, household_ids in _by_cadre(begun).items():
        outbox.notice(session, office, cadre_id, "cards.new_households", {"household_ids": household_ids})


def _tell_former(session: Session, office: Office, ended: Iterable[Pair]) -> None:
    for cadre_id, household_ids in _by_cadre(ended).items():
        outbox.notice(session, office, cadre_id, "cards.households_gone", {"n": len(household_ids)})


def _tell_households(session: Session, office: Office, household_ids: set[int]) -> None:
    for household_id, person_id in rows.linked_members(session, household_ids):
        outbox.notice(session, office, person_id, "cards.cadre_changed", {"household_id": household_id})


def _by_cadre(pairs: Iterable[Pair]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for household_id, cadre_id in pairs:
        found[cadre_id].append(household_id)
    return found
