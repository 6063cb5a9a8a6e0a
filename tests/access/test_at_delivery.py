"""What was queued for somebody doesn't leave once it isn't theirs any more: every kind of notice × every loss."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select, update

from models.households import Pairing
from models.people import Person
from models.post import OutboxMessage
from models.visits import Visit
from services import outbox, reach
from services.outbox import BULK
from services.rules.send_windows import Speech
from tests.access.actors import ACTORS, HERE
from tests.access.cell import Stage, undone
from tests.access.places import ADMIN, CADRE, MEMBER, NOW, SUPERVISOR, Place
from tests.access.test_after_losing import ends, reassigns

HOUSEHOLD_LOST = "the household is reassigned"
ALL_LOST = "roles and memberships end"
BLOCKED = "the bot is blocked"


@dataclass(frozen=True)
class Expectation:
    """`about`: the parameters, of which strings are references to the place. `harmless`: leaves, but names nothing."""

    reader: int
    about: Mapping[str, Any]
    dies_with: tuple[str, ...] = (ALL_LOST, BLOCKED)
    harmless: bool = False


def _to(kind: int, *dies_with: str, harmless: bool = False, **about: Any) -> Expectation:
    return Expectation(kind + HERE, about, (*dies_with, ALL_LOST, BLOCKED), harmless)


EXPECTED: Mapping[str, Expectation] = {
    "onboarding.claim": _to(CADRE, HOUSEHOLD_LOST, membership_id="claim"),
    "onboarding.linked": _to(MEMBER, membership_id="membership"),
    "onboarding.refused": _to(MEMBER, harmless=True, membership_id="membership"),
    "onboarding.family": _to(MEMBER, membership_id="membership"),
    "onboarding.second_account": _to(ADMIN, person_id="cadre", telegram_user_id="cadre_account"),
    "onboarding.away": _to(SUPERVISOR, person_id="cadre", until="2026-03-09"),
    "problems.reported": _to(MEMBER, problem_id="problem.reported"),
    "problems.assigned": _to(CADRE, problem_id="problem.reported"),
    "problems.changed": _to(MEMBER, problem_id="problem.done", event_id="finished.done"),
    "problems.question": _to(MEMBER, problem_id="problem.done", round="finished.done"),
    "problems.ask_for_them": _to(SUPERVISOR, problem_id="problem.done", round="finished.done"),
    "problems.follow_up": _to(MEMBER, problem_id="problem.confirmed", round="finished.confirmed"),
    "cards.new_households": _to(CADRE, HOUSEHOLD_LOST, household_ids=["household"]),
    "cards.households_gone": _to(CADRE, HOUSEHOLD_LOST, harmless=True, n=1),
    "cards.cadre_changed": _to(MEMBER, household_id="household"),
    "cards.call_back": _to(CADRE, HOUSEHOLD_LOST, household_id="household", asked_by="member", asked_at=1772413200),
    "cards.called_back": _to(MEMBER, household_id="household", by="cadre"),
    "reminder": _to(CADRE, HOUSEHOLD_LOST, date="2026-03-02"),
    "digest": _to(SUPERVISOR, digest_id="digest"),
    "rights.correction": _to(CADRE, HOUSEHOLD_LOST, request_id="correction"),
    "rights.correction_decided": _to(MEMBER, harmless=True, request_id="correction"),  # their own words
    "rights.renamed": _to(MEMBER, membership_id="membership"),
    "administration.role_ended": _to(CADRE, harmless=True, role="cadre", unit_id="village"),
    "administration.account_closed": _to(CADRE, harmless=True),
}
CASES = [(kind, loss) for kind, one in EXPECTED.items() for loss in one.dies_with]


def queue(stage: Stage, kind: str) -> int:
    expected, place = EXPECTED[kind], stage.world["here"]
    params = {name: _resolved(place, value) for name, value in expected.about.items()}
    person_id = stage.session.scalars(select(Person.id).where(Person.telegram_user_id == expected.reader)).one()
    queued = outbox.notice(stage.session, stage.office, person_id, kind, params)
    assert queued is not None
    return queued


def _resolved(place: Place, value: Any) -> Any:
    if isinstance(value, list):
        return [place.refs[one] for one in value]
    return place.refs.get(value, value) if isinstance(value, str) else value


def prepare(stage: Stage, kind: str) -> None:
    """What two of them are about: a cadre on leave, and a household that wants a visit."""
    if kind == "onboarding.away":
        on_leave = {"away_until": stage.office.today().replace(day=9)}
        stage.session.execute(update(Person).where(Person.id == stage.world["here"].refs["cadre"]).values(on_leave))
    if kind == "reminder":
        stage.session.execute(update(Visit).values(visited_on=NOW.date().replace(month=1)))


def lose(stage: Stage, kind: str, loss: str) -> None:
    account, place = EXPECTED[kind].reader, stage.world["here"]
    if loss == ALL_LOST:
        ends(account)(stage.session)
    elif loss == BLOCKED:
        reach.mark_unreachable(stage.session, stage.office, account, "blocked the bot")
    else:
        reassigns(int(place.refs["household"]))(stage.session)
        other = stage.world["beside"].refs["cadre"]
        pairing = {"household_id": place.refs["household"], "cadre_id": other, "kind": "primary"}
        stage.session.add(Pairing(**pairing, started_on=NOW.date()))
        stage.session.flush()


def leaving(stage: Stage, row_id: int) -> list[str]:
    """The texts with which the row leaves now; nothing where it died."""
    everything = frozenset(Speech)
    found: list[str] = []
    while parcels := outbox.claim(
        stage.session, stage.office, lane=BULK, speeches=everything, real_now=stage.office.now(), limit=50
    ):
        found += [str(one.message) for one in parcels if one.id == row_id]
        for one in parcels:
            outbox.sent(stage.session, one.id, real_now=stage.office.now(), message_id=1)
    return found


@pytest.mark.parametrize("kind", [kind for kind, one in EXPECTED.items() if not one.harmless])
def test_it_leaves_as_long_as_it_is_theirs(stage: Stage, kind: str) -> None:
    with undone(stage.session):
        prepare(stage, kind)
        assert len(leaving(stage, queue(stage, kind))) == 1


@pytest.mark.parametrize(("kind", "loss"), CASES)
def test_what_is_no_longer_theirs_does_not_leave(stage: Stage, kind: str, loss: str) -> None:
    someone = next(one for one in ACTORS.values() if one.account == EXPECTED[kind].reader)
    secrets = replace(someone, reads=frozenset()).secrets(stage.world)
    with undone(stage.session):
        prepare(stage, kind)
        row_id = queue(stage, kind)
        lose(stage, kind, loss)
        texts = leaving(stage, row_id)
        state = stage.session.scalars(select(OutboxMessage.state).where(OutboxMessage.id == row_id)).one()
    assert not [word for text in texts for word in secrets if word in text]
    if not EXPECTED[kind].harmless or loss == BLOCKED:
        assert (texts, state) == ([], "cancelled")
