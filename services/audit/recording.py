"""Writing down an act, in the transaction that does it."""

import re

from models.actor import Actor
from models.queries import audit as entries
from models.session import Session
from services.office import Office

Fact = int | str

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
    """Write down an act in the transaction that does it: rolled back with it, chained when it is committed.

    `act` has words in the catalogue (`audit.act.*`), `about` is the kind of object (`audit.about.*`). `facts` are ids,
    codes of ours and numbers. Nobody acts (None): `by="operator"` or `by="clock"` says who did. Errors: ValueError for
    a fact that could be a name, a phone number or free text.
    """
    for name, value in facts.items():
        if isinstance(value, str) and (not CODE.fullmatch(value) or PHONE.search(value)):
            raise ValueError(f"{name} is no code: the audit holds no names, phones or text")
    person_id = actor.person_id if actor else None
    entries.append(
        session, at=office.now(), person_id=person_id, act=act, about=about, object_id=object_id, facts=facts
    )
