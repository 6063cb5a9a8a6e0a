"""Entries of the audit as rows."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.audit import AuditEntry
from models.audit_chain import UNCHAINED
from models.households import Household
from models.people import Person, Unit
from models.problems import Problem

Entry = Mapping[Any, Any]  # all columns by name
Place = tuple[int, int]  # position, id

BEGINNING: Place = (-(2**63), -(2**63))
AT_ONCE = 500  # entries
HOUSEHOLD = "household"  # kind of object, and name of the fact that says whose a visit or problem is

_CODES: dict[str, InstrumentedAttribute[Any]] = {
    HOUSEHOLD: Household.code,
    "person": Person.code,
    "unit": Unit.code,
    "problem": Problem.number,
}


def append(
    session: Session,
    objects: Iterable[tuple[int | None, dict[str, Any]]],
    *,
    at: datetime,
    person_id: int | None,
    act: str,
    about: str,
) -> None:
    """Write an entry for each object and its facts; they get their places when the session's group commits."""
    common = {"at": at, "person_id": person_id, "act": act, "about": about}
    rows = [common | {"object_id": object_id, "facts": facts} for object_id, facts in objects]
    if rows:
        written = session.scalars(insert(AuditEntry).returning(AuditEntry.id, sort_by_parameter_order=True), rows)
        session.info.setdefault(UNCHAINED, []).extend(written)


def following(session: Session, place: Place, *, limit: int | None = None) -> list[Entry]:
    """The entries behind that place, in order. Errors: ValueError for a value that can't be read."""
    query = select(AuditEntry.__table__).where(_behind(place)).order_by(AuditEntry.position, AuditEntry.id)
    return [*session.execute(query.limit(limit or AT_ONCE)).mappings()]


def place_of(entry: Entry) -> Place:
    return entry["position"], entry["id"]


def before_the_newest(session: Session, most: int) -> Entry | None:
    """The entry that so many newer ones stand behind; None where there are no more than that."""
    query = select(AuditEntry.__table__).where(AuditEntry.position.is_not(None)).order_by(AuditEntry.position.desc())
    return session.execute(query.offset(most).limit(1)).mappings().one_or_none()


def following_id(session: Session, place: Place) -> int | None:
    query = select(AuditEntry.id).where(_behind(place)).order_by(AuditEntry.position, AuditEntry.id)
    return session.scalar(query.limit(1))


def follower(session: Session, previous_hash: str) -> Entry | None:
    """The entry that says it follows upon the one with this hash, wherever it stands: its id and position."""
    query = select(AuditEntry.id, AuditEntry.position).where(AuditEntry.previous_hash == previous_hash)
    found = session.execute(query.limit(1)).one_or_none()
    return found and found._asdict()


def unchained_id(session: Session) -> int | None:
    """An entry without a place: no commit of ours leaves one behind."""
    has_no_place = or_(AuditEntry.position.is_(None), AuditEntry.hash.is_(None))
    return session.scalar(select(func.min(AuditEntry.id)).where(has_no_place))


def newest(
    session: Session,
    *,
    person_id: int | None = None,
    household_id: int | None = None,
    since: datetime | None = None,
    limit: int,
) -> list[Entry]:
    """What the person did, what was done with the household's pages, or everything; newest first."""
    query = select(AuditEntry.__table__).order_by(AuditEntry.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(AuditEntry.person_id == person_id)
    if household_id is not None:
        is_itself = and_(AuditEntry.about == HOUSEHOLD, AuditEntry.object_id == household_id)
        query = query.where(or_(is_itself, AuditEntry.facts[HOUSEHOLD].as_integer() == household_id))
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    return [*session.execute(query).mappings()]


def codes(session: Session, kind: str, ids: Collection[int]) -> dict[int, str]:
    """What people call objects of this kind by; whatever has no code or isn't there any more is left out."""
    column = _CODES.get(kind)
    if column is None or not ids:
        return {}
    row = column.class_
    return {one: code for one, code in session.execute(select(row.id, column).where(row.id.in_(ids))) if code}


def id_of(session: Session, kind: str, code: str) -> int | None:
    column = _CODES[kind]
    return session.scalar(select(column.class_.id).where(column == code))


def _behind(place: Place) -> Any:
    return tuple_(AuditEntry.position, AuditEntry.id) > tuple_(*place)
