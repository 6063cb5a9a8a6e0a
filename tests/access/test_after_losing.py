"""Whoever loses a role, a membership or a household has lost it at the next touch, whatever they had begun before."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from handlers import ROUTES
from handlers.routes import audiences_of
from models.households import Membership, Pairing
from models.people import Person, RoleGrant
from models.queries import actors
from models.session import Session
from tests.access.actors import ACTORS, Someone
from tests.access.cell import Cell, Stage
from tests.access.matrix import MATRIX, Entry
from tests.access.places import NOW

NEED_CONSENT = {route.key: route for route in ROUTES if route.needs_consent}
OF_A_HOUSEHOLD = {"household", "draft"}
STAYS_THEIRS = {"visit", "problem_note"}  # who made the visit, and who owns the problem, still do
ERASED, CORRECTED = {"onboarding.erase", "onboarding.erase_yes"}, {"onboarding.correction", "correction", "cancel"}
STAYS_A_RIGHT = {"household": ERASED, "supervisor": CORRECTED, "administrator": CORRECTED}  # to have themselves
REFUSED = frozenset("XNK~a")


def ends(account: int) -> Callable[[Session], None]:
    """All roles and memberships of this person."""

    def end(session: Session) -> None:
        person = select(Person.id).where(Person.telegram_user_id == account).scalar_subquery()
        session.execute(update(RoleGrant).where(RoleGrant.person_id == person).values(revoked_at=NOW))
        session.execute(update(Membership).where(Membership.person_id == person).values(state="ended", ended_at=NOW))
        session.expunge_all()

    return end


def reassigns(household_id: int) -> Callable[[Session], None]:
    def end(session: Session) -> None:
        of_it = Pairing.household_id == household_id
        session.execute(update(Pairing).where(of_it).values(ended_on=NOW.date()))
        session.expunge_all()

    return end


@pytest.mark.parametrize("name", ["household", "supervisor", "administrator"])
@pytest.mark.parametrize("entry", MATRIX, ids=lambda entry: " ".join(entry.key))
def test_without_role_and_membership_one_is_a_stranger(stage: Stage, entry: Entry, name: str) -> None:
    someone = ACTORS[name]
    lost = replace(someone, only=frozenset({"成员"}))  # the own name stays theirs to see
    cell = Cell(stage, entry, lost, meanwhile=ends(someone.account))
    found = cell.verdict(stage.world[someone.own or ""])
    stays_a_right = entry.key[1] in STAYS_A_RIGHT[name]
    assert found.lower() == entry.verdicts["stranger"].lower() or found in REFUSED or stays_a_right


@pytest.mark.parametrize(
    "entry",
    [one for one in MATRIX if OF_A_HOUSEHOLD & {*one.takes} and not STAYS_THEIRS & {*one.takes, one.dialogue}],
    ids=lambda entry: " ".join(entry.key),
)
def test_a_reassigned_household_is_foreign_also_to_forms_begun_before(stage: Stage, entry: Entry) -> None:
    cadre, place = ACTORS["cadre"], stage.world["here"]
    lost = replace(cadre, own=None, reads=frozenset())
    cell = Cell(stage, entry, lost, meanwhile=reassigns(int(place.refs["household"])))
    found = cell.verdict(place)
    assert found in REFUSED or cell.changed <= {"drafts"}


@pytest.mark.parametrize("entry", [one for one in MATRIX if one.key in NEED_CONSENT], ids=lambda one: " ".join(one.key))
def test_before_consent_there_is_the_notice_and_nothing_else(stage: Stage, entry: Entry) -> None:
    someone = next(one for one in ACTORS.values() if _may(stage, one, entry))
    unread = replace(someone, reads=frozenset())
    cell = Cell(stage, entry, unread, meanwhile=forgets_consent(someone.account))
    verdict = cell.verdict(stage.world[someone.own or ""])
    assert verdict == "~" or (cell.offered("onboarding.agree") and not cell.changed)


def _may(stage: Stage, someone: Someone, entry: Entry) -> bool:
    actor = actors.actor_by_telegram_id(stage.session, someone.account, language="zh_CN")
    return not actor.is_stranger and bool(audiences_of(actor) & NEED_CONSENT[entry.key].allowed)


def forgets_consent(account: int) -> Callable[[Session], None]:
    def forget(session: Session) -> None:
        session.execute(update(Person).where(Person.telegram_user_id == account).values(consented_at=None))
        session.expunge_all()

    return forget
