"""What is kept about a person, for their own eyes."""

from dataclasses import dataclass
from datetime import date, datetime

from models.actor import Actor, Role
from models.people import Person
from models.queries import memberships, people
from models.session import Session
from services import audit
from services.office import Office


@dataclass(frozen=True)
class MyData:
    name: str
    telegram_user_id: int
    phone: str | None  # in full: it is their own
    unit: str | None
    post: str | None
    roles: tuple[tuple[Role, str], ...]  # with the name of the unit
    households: tuple[tuple[str, str], ...]  # code and head, of those the person is linked to
    waiting: int  # cards that wait for a confirmation
    visits: int
    reports: int
    away_until: date | None
    consented_at: datetime | None


def my_data(session: Session, office: Office, actor: Actor) -> MyData:
    audit.record(session, office, actor, "mydata_read", "person", actor.id)
    person = session.get_one(Person, actor.id)
    names = people.unit_names(session, [grant.unit_id for grant in actor.grants] + [person.unit_id or 0])
    return MyData(
        name=person.name,
        telegram_user_id=actor.telegram_user_id,
        phone=person.phone,
        unit=names.get(person.unit_id or 0),
        post=person.post,
        roles=tuple((grant.role, names[grant.unit_id]) for grant in actor.grants),
        households=tuple((one.code, one.head) for one in memberships.linked_households(session, person.id)),
        waiting=len(memberships.pending_of(session, person.id)),
        visits=people.count_visits(session, person.id),
        reports=people.count_reports(session, person.id),
        away_until=person.away_until,
        consented_at=person.consented_at,
    )
