"""Everything that is kept about a person as a workbook: for people to read, and for programs as a table a sheet.

What is in it is asked for again when the file is made: nothing of others, nothing in confidence, no official's notes.
"""

from collections.abc import Iterable, Iterator, Sequence

from models.actor import Actor
from models.corrections import CorrectionRequest
from models.households import Household, Membership
from models.people import Person
from models.problems import Problem
from models.queries import cards, consents, corrections, memberships, people, problems
from models.queries import units as unit_rows
from models.session import Session
from services.errors import NotFound
from services.i18n import Translator, translator
from services.office import Office
from services.problem_page import words
from services.rendering.workbook import Cell, Sheet

HOUSEHOLD = ("household_code", "head", "unit", "address", "phone", "population", "status")
MEMBERSHIP = ("household_code", "state", "since", "linked_at", "ended_at")
VISIT = ("household_code", "visited_on", "method", "cadre")
PROBLEM = ("number", "reported_at", "category", "stage", "content")
STEP = ("number", "at", "step", "note")
CORRECTION = ("at", "content", "outcome", "note")
ALL = 100_000  # rows; a person has a few dozen

Row = Sequence[Cell]


def sheets(session: Session, office: Office, actor: Actor) -> tuple[Sheet, ...]:
    """Errors: NotFound for whoever nothing is kept about."""
    person = people.get(session, actor.person_id) if actor.person_id is not None else None
    if person is None:
        raise NotFound
    t = translator(actor.language)
    homes = memberships.linked_households(session, person.id)
    own = [problem for problem, _ in problems.of_own_households(session, actor, offset=0, limit=ALL)]
    parts: tuple[tuple[str, tuple[str, ...], Iterable[Row]], ...] = (
        ("about_me", ("what", "value"), _basics(t, office, session, actor, person)),
        ("households", HOUSEHOLD, (_household(t, session, one) for one in homes)),
        ("memberships", MEMBERSHIP, (_membership(t, office, *one) for one in memberships.history(session, person.id))),
        ("visits", VISIT, _visits(t, session, homes)),
        ("problems", PROBLEM, (_problem(t, office, one) for one in own)),
        ("course", STEP, _course(t, office, session, own)),
        ("corrections", CORRECTION, (_correction(t, office, one) for one in corrections.of_person(session, person.id))),
    )
    return tuple(_sheet(t, name, columns, rows) for name, columns, rows in parts)


def _basics(t: Translator, office: Office, session: Session, actor: Actor, person: Person) -> Iterator[Row]:
    units = people.unit_names(session, [grant.unit_id for grant in actor.grants] + [person.unit_id or 0])

    def fact(name: str, value: Cell) -> Row:
        return t.plain(f"rights.fact.{name}"), value

    yield fact("name", person.name)
    yield fact("telegram", str(actor.telegram_user_id))
    roster = {"phone": person.phone, "unit": units.get(person.unit_id or 0), "post": person.post}
    yield from (fact(name, value) for name, value in roster.items() if value)
    for grant in actor.grants:
        yield fact("role", f"{t.plain(f'words.role.{grant.role}')} · {units[grant.unit_id]}")
    yield fact("language", t.plain(f"onboarding.language.{actor.language}"))
    if person.away_until:
        yield fact("away", person.away_until)
    if visits := people.count_visits(session, person.id):
        yield fact("visits", visits)
    for one in consents.of_person(session, person.id):
        said = "agreed" if one.agreed else "declined"
        yield t.plain(f"rights.fact.{said}", version=one.version), office.local(one.at)


def _household(t: Translator, session: Session, one: Household) -> Row:
    unit = unit_rows.tree(session)[one.unit_id].name
    status = t.plain(f"words.status.{one.status}")
    return one.code, one.head, unit, one.address, one.phone, one.population, status


def _membership(t: Translator, office: Office, code: str, one: Membership) -> Row:
    moments = (office.local(at) if at else None for at in (one.since, one.linked_at, one.ended_at))
    return code, t.plain(f"rights.membership.{one.state}"), *moments


def _visits(t: Translator, session: Session, homes: Sequence[Household]) -> Iterator[Row]:
    """That somebody came, not what was noted: as the household's own card shows it."""
    for one in homes:
        for visit in cards.last_visits(session, one.id, limit=ALL):
            yield one.code, visit.visited_on, t.plain(f"words.method.{visit.method}"), visit.by


def _problem(t: Translator, office: Office, one: Problem) -> Row:
    category, stage = t.plain(f"words.category.{one.category}"), t.plain(f"words.stage.{one.stage}")
    return one.number, office.local(one.reported_at), category, stage, one.summary


def _course(t: Translator, office: Office, session: Session, own: Sequence[Problem]) -> Iterator[Row]:
    for problem in own:
        for step in problems.steps(session, problem):
            yield problem.number, office.local(step.event.at), words.deed(t, step).text, step.event.note


def _correction(t: Translator, office: Office, one: CorrectionRequest) -> Row:
    return office.local(one.asked_at), one.wanted, t.plain(f"rights.outcome.{one.outcome or 'open'}"), one.answer


def _sheet(t: Translator, name: str, columns: Sequence[str], rows: Iterable[Row]) -> Sheet:
    titles = [t.plain(f"rights.column.{column}") for column in columns]
    return Sheet(t.plain(f"rights.sheet.{name}"), titles, list(rows))
