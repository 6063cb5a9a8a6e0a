"""更正请求: a person says what is wrong; whoever is in charge corrects it, or explains why it stays."""

from collections.abc import Sequence
from datetime import timedelta

from models.actor import Actor
from models.corrections import CorrectionRequest
from models.people import Person
from models.queries import corrections as rows
from models.queries import outbox as outbox_rows
from models.session import Session
from services import audit, outbox
from services.errors import Conflict, Invalid, NotFound
from services.office import Office
from services.onboarding.in_charge import pairs

OPEN_AT_MOST = 3
LONGEST = 1000  # characters
FAILED_AGAIN = timedelta(days=1)  # until what failed is tried again: perhaps for good, so not with every tick
CORRECTED, EXPLAINED = "corrected", "explained"


def check_may_ask(session: Session, actor: Actor) -> None:
    """Errors: Conflict while several are open."""
    if rows.count_open(session, actor.id) >= OPEN_AT_MOST:
        raise Conflict("rights.correction.enough_open")


def ask(session: Session, office: Office, actor: Actor, wanted: str) -> bool:
    """False: kept, but nobody in charge can be reached now. Errors: Conflict, Invalid where nothing is said."""
    check_may_ask(session, actor)
    if not wanted.strip():
        raise Invalid("rights.correction.say_it_in_words")
    request_id = rows.add(session, actor.id, wanted[:LONGEST], at=office.now())
    audit.record(session, office, actor, "correction_asked", "person", actor.id, request=request_id)
    return _tell(session, office, [one for one in pairs(session, actor.id) if one[0] == request_id]) > 0


def tick_corrections(session: Session, office: Office) -> int:
    """Tell whoever has come in, back or into charge of an open request since; how many were told."""
    return _tell(session, office, pairs(session))


def to_decide(session: Session, actor: Actor, request_id: int) -> tuple[CorrectionRequest, Person]:
    """Errors: NotFound outside the actor's charge, Conflict where it was decided before."""
    found = rows.to_decide(session, actor, request_id)
    if found is None:
        raise NotFound
    if found[0].outcome is not None:
        raise Conflict("rights.correction.decided_before")
    return found


def decide(session: Session, office: Office, actor: Actor, request_id: int, *, answer: str | None) -> Person:
    """Corrected, or explained with an `answer`; the person is told. Errors: as `to_decide`."""
    _, person = to_decide(session, actor, request_id)
    outcome = CORRECTED if answer is None else EXPLAINED
    text = answer[:LONGEST] if answer else None
    if not rows.decide(session, request_id, outcome=outcome, answer=text, by_id=actor.id, at=office.now()):
        raise Conflict("rights.correction.decided_before")
    audit.record(session, office, actor, "correction_decided", "person", person.id, request=request_id, outcome=outcome)
    outbox.notice(session, office, person.id, "rights.correction_decided", {"request_id": request_id})
    return person


def _tell(session: Session, office: Office, in_charge: Sequence[tuple[int, int]]) -> int:
    """Each official once of each request, however often called, unless what was queued for them died; how many."""
    keys = {
        f"rights.correction:{request_id}:{official_id}": (request_id, official_id)
        for request_id, official_id in in_charge
    }
    taken = outbox_rows.keys_taken(session, keys, failed_after=office.now() - FAILED_AGAIN)
    untold = {key: pair for key, pair in keys.items() if key not in taken}
    if untold:
        outbox_rows.free_keys(session, untold)
    told = (
        outbox.notice(session, office, official_id, "rights.correction", {"request_id": request_id}, unique_key=key)
        for key, (request_id, official_id) in untold.items()
    )
    return sum(one is not None for one in told)
