"""Writing down an act, in the transaction that does it."""

import re
from collections.abc import Iterable

from models.actor import Actor
from models.queries import audit as entries
from models.session import Session
from services.office import Office

Fact = int | str
Facts = dict[str, Fact]

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
PHONE = re.compile(r"(?<![0-9A-Za-z])\+?[0-9]{7,}(?![0-9A-Za-z])")


def record(
    session: Session,
    office: Office,
    actor: Actor | None,
    act: str,
    about: str,
    object_id: int | None = None,
    **facts: Fact,
) -> None:
    """Write down one act: rolled back with the transaction that does it, chained when that is committed.

    `act` has words in the catalogue (`audit.act.*`), and so has `about`, the kind of object (`audit.about.*`). `facts`
    are ids, codes of ours and numbers. Where no actor is known, `by` says who it was: "operator" (taken for granted),
    "clock", or "self" for a newcomer. Errors: ValueError for a fact that may be a name, a phone number or free text.
    """
    record_each(session, office, actor, act, about, [(object_id, facts)])


def record_each(
    session: Session,
    office: Office,
    actor: Actor | None,
    act: str,
    about: str,
    objects: Iterable[tuple[int | None, Facts]],
) -> None:
    """The same act upon many objects, each with facts of its own, in one statement. Errors as `record`."""
    by: Facts = {} if actor else {"by": "operator"}
    checked = [(object_id, _checked(by | facts)) for object_id, facts in objects]
    person_id = actor.person_id if actor else None
    entries.append(session, checked, at=office.now(), person_id=person_id, act=act, about=about)


def _checked(facts: Facts) -> Facts:
    for name, value in facts.items():
        if isinstance(value, str) and (not CODE.fullmatch(value) or PHONE.search(value)):
            raise ValueError(f"{name} is no code: the audit holds no names, phones or text")
    return facts
