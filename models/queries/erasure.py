"""What an erasure takes away, as rows: never a visit, a problem, a pairing or an entry of the audit, only words."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from models.households import Household, Membership
from models.paces import ChatPace
from models.people import Person, RoleGrant, WrongTry
from models.post import InboxLetter, OutboxMessage
from models.problems import Problem, ProblemEvent
from models.queries.outbox import OPEN
from models.visits import Attachment, Visit, VisitCorrection

NOBODY = 0  # as chat: what is done with needs no address any more


def locked_household(session: Session, household_id: int) -> Household | None:
    return session.get(Household, household_id, with_for_update=True, populate_existing=True)


def household_by_code(session: Session, code: str) -> Household | None:
    return session.scalar(select(Household).where(Household.code == code))


def was_ever_official(session: Session, person_id: int) -> bool:
    return bool(session.scalar(select(exists().where(RoleGrant.person_id == person_id))))


def blank_post(session: Session, chat_id: int, *, at: datetime) -> None:
    """Everything that went to and fro in this chat. Letters that still wait are somebody's who comes anew."""
    session.execute(
        update(InboxLetter)
        .where(InboxLetter.chat_id == chat_id, InboxLetter.state != "waiting")
        .values(body="", error=None, chat_id=NOBODY, state="done")
    )
    of_chat = OutboxMessage.chat_id == chat_id
    session.execute(
        update(OutboxMessage).where(of_chat, OutboxMessage.state.in_(OPEN)).values(state="cancelled", finished_at=at)
    )
    session.execute(update(OutboxMessage).where(of_chat).values(body={}, error=None, chat_id=NOBODY))
    session.execute(delete(WrongTry).where(WrongTry.telegram_user_id == chat_id))
    session.execute(delete(ChatPace).where(ChatPace.chat_id == chat_id))


def closed_reports(session: Session, person_id: int) -> list[Problem]:
    """What the person reported and is over; as long as it is open, its words are needed to help."""
    return list(
        session.scalars(select(Problem).where(Problem.reporter_id == person_id, Problem.closed_at.is_not(None)))
    )


def words_said(session: Session, person_id: int, *, only_as_reporter: bool) -> list[ProblemEvent]:
    """The steps in which the person wrote or sent something, in matters that are over."""
    own_report = Problem.reporter_id == person_id
    query = (
        select(ProblemEvent)
        .join(Problem, Problem.id == ProblemEvent.problem_id)
        .where(ProblemEvent.person_id == person_id, Problem.closed_at.is_not(None))
    )
    return list(session.scalars(query.where(own_report) if only_as_reporter else query))


def open_reports(session: Session, person_id: int) -> int:
    query = select(func.count()).where(Problem.reporter_id == person_id, Problem.closed_at.is_(None))
    return session.scalar(query) or 0


def drop_attachments(session: Session, *, event_ids: Collection[int] = (), visit_ids: Collection[int] = ()) -> None:
    session.execute(
        delete(Attachment).where(or_(Attachment.problem_event_id.in_(event_ids), Attachment.visit_id.in_(visit_ids)))
    )


def visits_of(session: Session, household_id: int) -> list[Visit]:
    return list(session.scalars(select(Visit).where(Visit.household_id == household_id)))


def corrections_of(session: Session, household_id: int) -> list[VisitCorrection]:
    query = select(VisitCorrection).join(Visit, Visit.id == VisitCorrection.visit_id)
    return list(session.scalars(query.where(Visit.household_id == household_id)))


def problems_of(session: Session, household_id: int) -> list[Problem]:
    return list(session.scalars(select(Problem).where(Problem.household_id == household_id)))


def open_matters(session: Session, household_id: int) -> int:
    query = select(func.count()).where(Problem.household_id == household_id, Problem.closed_at.is_(None))
    return session.scalar(query) or 0


def events_of(session: Session, household_id: int) -> list[ProblemEvent]:
    query = select(ProblemEvent).join(Problem, Problem.id == ProblemEvent.problem_id)
    return list(session.scalars(query.where(Problem.household_id == household_id)))


def members_of(session: Session, household_id: int) -> list[Person]:
    """Everybody who belongs or belonged to this household, by id."""
    of_household = exists().where(
        Membership.household_id == household_id,
        Membership.person_id == Person.id,
        or_(Membership.linked_at.is_not(None), Membership.state != "ended"),  # whoever was refused isn't meant
    )
    return list(session.scalars(select(Person).where(of_household).order_by(Person.id)))


def belongs_elsewhere(session: Session, person_id: int, household_id: int) -> bool:
    query = exists().where(
        Membership.person_id == person_id, Membership.household_id != household_id, Membership.state != "ended"
    )
    return bool(session.scalar(select(query)))


def erased_persons(session: Session) -> list[Person]:
    return list(session.scalars(select(Person).where(Person.erased_at.is_not(None)).order_by(Person.id)))


def erased_households(session: Session) -> list[Household]:
    return list(session.scalars(select(Household).where(Household.erased_at.is_not(None)).order_by(Household.id)))


def erased_with_words(session: Session, *, limit: int) -> list[int]:
    """Erased persons of whom words stayed because a matter was open, and it is over now.

    As with `words_said`: an official's only in what they reported themselves.
    """
    over, own_report = Problem.closed_at.is_not(None), Problem.reporter_id == Person.id
    reported = exists().where(own_report, over, Problem.summary != "")
    sent = exists().where(Attachment.problem_event_id == ProblemEvent.id)
    said = exists().where(
        ProblemEvent.person_id == Person.id,
        ProblemEvent.problem_id == Problem.id,
        over,
        or_(ProblemEvent.note.is_not(None), sent),
        or_(own_report, ~exists().where(RoleGrant.person_id == ProblemEvent.person_id)),
    )
    waiting = select(Person.id).where(Person.erased_at.is_not(None), or_(reported, said))
    return list(session.scalars(waiting.order_by(Person.id).limit(limit)))
