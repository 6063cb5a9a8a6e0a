"""Who may see what, told once more: from the tables of pairings, roles and memberships, by loops instead of queries.

It imports nothing of the product's scope; where the two disagree, one of them is wrong.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.problems import Problem, ProblemEvent
from models.visits import Visit, VisitCorrection

Row = Any


@dataclass(frozen=True)
class Sight:
    """What one account may see at this moment."""

    own: frozenset[int]  # households it helps as a cadre
    overseen: frozenset[int]  # as a supervisor or administrator
    supervised: frozenset[int]
    lived_in: frozenset[int]
    belonging: frozenset[int]  # lived in, or waiting for a confirmation
    person_id: int | None
    is_cadre: bool

    @property
    def households(self) -> frozenset[int]:
        return self.own | self.overseen | self.lived_in


class Oracle:
    """A picture of the rows, taken when it is made."""

    def __init__(self, session: Session) -> None:
        self.units = {row.id: row for row in session.execute(text("SELECT id, parent_id FROM units"))}
        self.households = {row.id: row for row in session.execute(text("SELECT id, code, unit_id FROM households"))}
        self.persons = {
            row.telegram_user_id: row.id
            for row in session.execute(text("SELECT id, telegram_user_id FROM persons"))
            if row.telegram_user_id is not None
        }
        self.pairings = list(
            session.execute(text("SELECT household_id, cadre_id, kind FROM pairings WHERE ended_on IS NULL"))
        )
        self.grants = list(
            session.execute(text("SELECT person_id, role, unit_id FROM role_grants WHERE revoked_at IS NULL"))
        )
        self.memberships = list(
            session.execute(text("SELECT person_id, household_id, state FROM memberships WHERE state <> 'ended'"))
        )
        self._session = session

    def sight(self, telegram_id: int) -> Sight:
        person = self.persons.get(telegram_id)
        roles = [(grant.role, grant.unit_id) for grant in self.grants if grant.person_id == person]
        is_cadre = any(role == "cadre" for role, _ in roles)
        supervised = self._under({unit for role, unit in roles if role == "supervisor"})
        administered = self._under({unit for role, unit in roles if role == "admin"})
        belonging = {one.household_id: one.state for one in self.memberships if one.person_id == person}
        return Sight(
            own=frozenset(one.household_id for one in self.pairings if one.cadre_id == person and is_cadre),
            overseen=supervised | administered,
            supervised=supervised,
            lived_in=frozenset(id_ for id_, state in belonging.items() if state == "linked"),
            belonging=frozenset(belonging),
            person_id=person,
            is_cadre=is_cadre,
        )

    def may_read(self, telegram_id: int, tag: str) -> bool:
        """Whether some row that holds the tag is this account's to read."""
        sight = self.sight(telegram_id)
        code = tag.split("-")[1]
        household = next((row.id for row in self.households.values() if row.code == code), None)
        if tag[0] in "址备":
            return household in sight.households
        return self._in_a_visit(sight, tag) or self._in_a_problem(sight, tag)

    def _in_a_visit(self, sight: Sight, tag: str) -> bool:
        for visit in self._session.scalars(select(Visit)):
            if tag not in f"{visit.said} {visit.companions}" and not self._was_said(visit.id, tag):
                continue
            as_cadre = sight.is_cadre and (visit.household_id in sight.own or visit.cadre_id == sight.person_id)
            oversees = visit.household_id in sight.overseen - sight.lived_in
            if as_cadre or oversees:
                return True
        return False

    def _was_said(self, visit_id: int, tag: str) -> bool:
        earlier = self._session.scalars(select(VisitCorrection.said).where(VisitCorrection.visit_id == visit_id))
        return any(tag in (said or "") for said in earlier)

    def _in_a_problem(self, sight: Sight, tag: str) -> bool:
        notes: dict[int, str] = {}
        for event in self._session.scalars(select(ProblemEvent)):
            notes[event.problem_id] = f"{notes.get(event.problem_id, '')} {event.note}"
        return any(
            self.sees_problem(sight, problem)
            for problem in self._session.scalars(select(Problem))
            if tag in f"{problem.summary} {notes.get(problem.id, '')}"
        )

    def sees_problem(self, sight: Sight, problem: Problem) -> bool:
        home, mine = problem.household_id, problem.reporter_id == sight.person_id
        owns = sight.is_cadre and problem.owner_id == sight.person_id
        return (
            owns
            or (home in sight.own and not problem.confidential)
            or home in sight.supervised
            or (home in sight.lived_in and not problem.confidential)
            or (home in sight.belonging and mine)
        )

    def _under(self, roots: set[int]) -> frozenset[int]:
        return frozenset(id_ for id_, row in self.households.items() if self._has_ancestor(row.unit_id, roots))

    def _has_ancestor(self, unit_id: int | None, roots: set[int]) -> bool:
        while unit_id is not None:
            if unit_id in roots:
                return True
            unit_id = self.units[unit_id].parent_id
        return False
