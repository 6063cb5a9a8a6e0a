"""What the office decides: who helps whom, who holds a role, whose phone is lost; and what the operator does."""

from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from models.actor import Role
from models.people import RoleGrant
from models.queries import actors
from models.session import Session
from services import invitations, officials, pairing_by_hand
from services.onboarding.release import release_account
from tests.properties.course import ADMIN, CADRES, MEMBERS, SUPERVISORS, codes
from tests.properties.oracle import Oracle
from tests.properties.people import People


class Office(People):
    @rule(code=codes, cadre=st.sampled_from((*CADRES, None)))
    def a_household_is_given_to_another(self, code: str, cadre: int | None) -> None:
        def act(session: Session) -> None:
            admin = actors.actor_by_telegram_id(session, ADMIN, language="zh_CN")
            _, primary = pairing_by_hand.place(session, admin, self.ids[code])
            before = primary.cadre_id if primary else None
            if cadre is not None:
                new = Oracle(session).persons.get(cadre, 0)
                pairing_by_hand.pair(session, self.world.office, admin, self.ids[code], new, instead_of=before)
            elif before is not None:
                pairing_by_hand.end(session, self.world.office, admin, self.ids[code], before)

        self._office_does(act)

    @rule(chat=st.sampled_from((*CADRES, *SUPERVISORS)))
    def a_role_is_revoked(self, chat: int) -> None:
        def act(session: Session) -> None:
            admin = actors.actor_by_telegram_id(session, ADMIN, language="zh_CN")
            person = Oracle(session).persons.get(chat, 0)
            held = session.scalars(
                select(RoleGrant.id)
                .where(RoleGrant.person_id == person, RoleGrant.revoked_at.is_(None))
                .order_by(RoleGrant.id)
            ).first()
            officials.revoke(session, self.world.office, admin, person, held or 0)

        self._office_does(act)

    @rule(chat=st.sampled_from((*CADRES, *SUPERVISORS)), role=st.sampled_from((Role.CADRE, Role.SUPERVISOR)))
    def a_role_is_given(self, chat: int, role: Role) -> None:
        links: list[str] = []
        self._office_does(
            lambda session: links.append(
                invitations.invite_by_codes(
                    session, self.world.office, role=role, unit_code="V1" if chat % 2 else "V2", person_code=None
                )
            )
        )
        for link in links:
            self._says(chat, f"/start {link.partition('start=')[2]}")
            self._taps(chat, "同意")

    @rule(chat=st.sampled_from((*CADRES, *MEMBERS)))
    def a_phone_is_lost(self, chat: int) -> None:
        def act(session: Session) -> None:
            admin = actors.actor_by_telegram_id(session, ADMIN, language="zh_CN")
            release_account(session, self.world.office, admin, Oracle(session).persons.get(chat, 0), chat)

        self._office_does(act)

    @rule(member=st.sampled_from(MEMBERS), cadre=st.sampled_from((*CADRES, None)))
    def a_household_changes_hands_overnight(self, member: int, cadre: int | None) -> None:
        """What was queued for the old cadre in the evening is no longer theirs in the morning."""
        self.world.night_falls()
        self.reports_a_problem(member, "饮水")
        self.a_household_is_given_to_another(self._home(member), cadre)
        self.world.next_day(hour=8)

    @rule(member=st.sampled_from(MEMBERS))
    def a_role_is_lost_overnight(self, member: int) -> None:
        """What was queued for the supervisor of a household without a cadre is no longer theirs in the morning."""
        home = self._home(member)
        self.a_household_is_given_to_another(home, None)
        self.world.night_falls()
        self.reports_a_problem(member, "饮水")
        in_charge = [chat for chat in SUPERVISORS if self.ids[home] in self._sight(chat).supervised]
        for chat in in_charge[-1:]:  # the one of the village before the one of the town
            self.a_role_is_revoked(chat)
        self.world.next_day(hour=8)

    # --- what the operator does

    @precondition(lambda self: self.backup is None or self.backup[1][1] != self.accepted)
    @rule()
    def a_backup_is_made(self) -> None:
        name = f"backup-{uuid4().hex}"
        self.world.back_up(name)
        self.backup = (name, ({id_: list(states) for id_, states in self.states.items()}, set(self.accepted)))

    @precondition(lambda self: self.backup is not None and self.backup[1][1] != self.accepted)
    @rule()
    def the_backup_is_restored_elsewhere(self) -> None:
        assert self.backup is not None
        name, (states, accepted) = self.backup
        self.world.move_to(name)
        self.states = {id_: list(earlier) for id_, earlier in states.items()}
        self.accepted = set(accepted)
        self.world.stored = {id_: raw for id_, raw in self.world.stored.items() if id_ in accepted}
        self.world.work()
