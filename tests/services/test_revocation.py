"""Revoked at once: words that were written for somebody's eyes don't leave when those eyes may no longer see them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.actor import Actor, Role
from models.people import Person, RoleGrant
from models.post import OutboxMessage
from models.queries import actors
from models.session import Session
from services import officials, outbox, pair_changes, problem_owner, roster
from services.messages import Message
from services.office import Office
from services.onboarding.release import release_account
from services.problem_register import register_problem
from services.rules.roster.values import CadreRow, CheckedRoster, HouseholdRow, Roster, UnitKind, UnitRow
from services.rules.send_windows import Speech
from tests.town import Town

Act = Callable[[Session, Office, Town], Person]


def actor(session: Session, person: Person) -> Actor:
    assert person.telegram_user_id is not None
    return actors.actor_by_telegram_id(session, person.telegram_user_id, language="zh_CN")


def grant_id(session: Session, person: Person, role: Role) -> int:
    query = select(RoleGrant.id).where(RoleGrant.person_id == person.id, RoleGrant.role == role)
    return session.scalars(query).one()


def role_revoked(session: Session, office: Office, town: Town) -> Person:
    person = town.east_supervisor
    officials.revoke(session, office, actor(session, town.admin), person.id, grant_id(session, person, Role.SUPERVISOR))
    return person


def account_closed(session: Session, office: Office, town: Town) -> Person:
    officials.deactivate(session, office, actor(session, town.admin), town.east_supervisor.id)
    return town.east_supervisor


def pairing_ended(session: Session, office: Office, town: Town) -> Person:
    pair_changes.change_primaries(
        session, office, ended=[(town.households["H003"].id, town.other_cadre.id)], begun=[], by=None
    )
    return town.other_cadre


def problem_reassigned(session: Session, office: Office, town: Town) -> Person:
    """Of a household that the former owner saw by this problem alone."""
    problem = register_problem(
        session,
        office,
        household_id=town.households["H001"].id,
        source="household",
        reporter_id=town.resident.id,
        entered_by_id=town.resident.id,
        category="roads",
        summary="路塌了",
    )
    for owner in (town.other_cadre, town.cadre):
        problem_owner.assign(session, office, actor(session, town.supervisor), problem.id, owner.id)
    return town.other_cadre


def account_unlinked(session: Session, office: Office, town: Town) -> Person:
    admin = actor(session, town.admin)
    return release_account(session, office, admin, town.east_supervisor.id, town.east_supervisor.telegram_user_id or 0)


def household_moved_by_a_roster(session: Session, office: Office, town: Town) -> Person:
    row = HouseholdRow("农户", 2, "H001", head="张大山", unit_code="G2")
    roster.apply(session, office, CheckedRoster(Roster(households=(row,))), by=None)
    return town.east_supervisor


def unit_moved_by_a_roster(session: Session, office: Office, town: Town) -> Person:
    row = UnitRow("单位", 2, "G1", "东一组", "V2", UnitKind.GROUP)
    roster.apply(session, office, CheckedRoster(Roster(units=(row,))), by=None)
    return town.east_supervisor


def official_moved_by_a_roster(session: Session, office: Office, town: Town) -> Person:
    administrator = RoleGrant(
        person_id=town.east_supervisor.id, role=Role.ADMIN, unit_id=town.east.id, granted_at=office.now()
    )
    session.add(administrator)
    session.flush()
    row = CadreRow("干部", 2, "C001", name="王联系", unit_code="V2")
    roster.apply(session, office, CheckedRoster(Roster(cadres=(row,))), by=None)
    return town.east_supervisor


def role_moved_by_a_roster(session: Session, office: Office, town: Town) -> Person:
    row = CadreRow("干部", 2, "C002", name="李联系", unit_code="V1")
    roster.apply(session, office, CheckedRoster(Roster(cadres=(row,))), by=None)
    return town.other_cadre


def pairing_ended_by_a_roster(session: Session, office: Office, town: Town) -> Person:
    row = HouseholdRow("农户", 2, "H003", head="陈长林", unit_code="G2", cadre_code="C001")
    roster.apply(session, office, CheckedRoster(Roster(households=(row,))), by=None)
    return town.other_cadre


BY_ROSTER = (
    household_moved_by_a_roster,
    unit_moved_by_a_roster,
    official_moved_by_a_roster,
    role_moved_by_a_roster,
    pairing_ended_by_a_roster,
)


def leaving(session: Session, office: Office, chat_id: int) -> list[str]:
    """The actions that a delivery takes in hand for this chat, lane by lane, until nothing is left."""
    taken = []
    for lane in ("instant", "person", "bulk"):
        while parcels := outbox.claim(
            session, office, lane=lane, speeches=tuple(Speech), real_now=office.now(), limit=50
        ):
            for parcel in parcels:
                outbox.sent(session, parcel.id, real_now=office.now(), message_id=1)
                if parcel.chat_id == chat_id:
                    taken.append(parcel.message.text if parcel.message else parcel.action)
    return taken


@pytest.mark.parametrize(
    "act", [role_revoked, account_closed, pairing_ended, problem_reassigned, account_unlinked, *BY_ROSTER]
)
def test_words_written_before_do_not_leave(session: Session, office: Office, town: Town, act: Act) -> None:
    chats = {one.id: one.telegram_user_id or 0 for one in (town.east_supervisor, town.other_cadre, town.supervisor)}
    for person_id, chat in chats.items():
        reply = outbox.reply(session, office, chat, Message("张大山，13800000001"), person_id=person_id)
        outbox.edit(session, office, chat, Message("张大山，重点"), edits_id=reply)
    concerned = act(session, office, town)
    said = leaving(session, office, chats[concerned.id])
    assert [text for text in said if "张大山" in text] == []
    assert "张大山，13800000001" in leaving_before(session, chats[town.supervisor.id]), "nobody else's words die"


def test_a_roster_that_moves_nothing_takes_nobodys_words(session: Session, office: Office, town: Town) -> None:
    chat = town.east_supervisor.telegram_user_id or 0
    outbox.reply(session, office, chat, Message("张大山，13800000001"), person_id=town.east_supervisor.id)
    renamed = HouseholdRow("农户", 2, "H001", head="张大川", unit_code="G1")
    roster.apply(session, office, CheckedRoster(Roster(households=(renamed,))), by=None)
    assert leaving(session, office, chat) == ["张大山，13800000001"]


def leaving_before(session: Session, chat_id: int) -> list[str]:
    """What has left for this chat so far."""
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.chat_id == chat_id, OutboxMessage.state == "sent"))
    return [row.body["text"] for row in rows]


def test_words_in_hand_when_the_role_ended_are_not_tried_again(session: Session, office: Office, town: Town) -> None:
    chat = town.east_supervisor.telegram_user_id or 0
    outbox.reply(session, office, chat, Message("张大山"), person_id=town.east_supervisor.id)
    (parcel,) = outbox.claim(session, office, lane="person", speeches=tuple(Speech), real_now=office.now(), limit=1)
    account_closed(session, office, town)
    outbox.retry_later(session, parcel.id, at=office.now(), error="no network", unknown=False)
    assert "张大山" not in leaving(session, office, chat)


def test_whoever_lost_a_role_is_told_so(session: Session, office: Office, town: Town) -> None:
    person = role_revoked(session, office, town)
    (told,) = leaving(session, office, person.telegram_user_id or 0)
    assert "督导" in told
