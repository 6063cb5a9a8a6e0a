"""What one reader may know of a problem, and in which capacity they read it."""

from dataclasses import dataclass
from functools import cached_property

from models.actor import Actor, Role
from models.people import Person
from models.problems import Problem
from models.queries import problem_people
from models.queries import problems as rows
from models.queries.problem_people import Place
from models.queries.problems import Step
from models.session import Session
from services.errors import NotFound
from services.rules.problem_course import Act, Part


@dataclass(frozen=True)
class Facts:
    """Lives for one answer or notice."""

    problem: Problem
    place: Place
    parts: frozenset[Part]
    steps: tuple[Step, ...]
    media: dict[str, int]  # kind → how many
    owner: Person | None
    reporter: Person | None
    reporter_is_linked: bool
    sees_phone: bool  # the household's, in full

    @cached_property
    def round(self) -> int:
        """Which `done` the household is asked about: the id of that event, 0 before the first."""
        return max((step.event.id for step in self.steps if step.event.act == Act.FINISH), default=0)


def find(session: Session, reader: Actor, problem_id: int) -> Facts:
    """Errors: NotFound where it isn't the reader's to see."""
    problem = rows.visible(session, reader, problem_id)
    if problem is None:
        raise NotFound
    place = problem_people.place(session, problem)
    return Facts(
        problem,
        place,
        parts_in(reader, problem, place),
        tuple(rows.steps(session, problem)),
        rows.media_kinds(session, problem.id),
        problem_people.person(session, problem.owner_id),
        problem_people.person(session, problem.reporter_id),
        problem.reporter_id is not None
        and problem_people.is_linked(session, problem.reporter_id, problem.household_id),
        problem_people.is_cadre_of(session, reader.id, problem.household_id),
    )


def parts_in(reader: Actor, problem: Problem, place: Place) -> frozenset[Part]:
    is_reporter = problem.reporter_id == reader.person_id and problem.household_id in reader.household_ids
    is_relative = problem.household_id in reader.linked_household_ids and not problem.confidential
    supervises = any(place.unit_path.startswith(path) for path in reader.paths(Role.SUPERVISOR))
    held = {
        Part.OWNER: problem.owner_id == reader.person_id,
        Part.HOUSEHOLD: is_reporter or is_relative,
        Part.SUPERVISOR: supervises,
    }
    return frozenset(part for part, holds in held.items() if holds)
