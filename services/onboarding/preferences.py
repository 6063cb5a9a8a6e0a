"""What people set for themselves: the language they read and the role they act in."""

from models.actor import Actor
from models.people import Person
from models.session import Session
from services.i18n import Language


def choose_language(session: Session, actor: Actor, language: Language) -> None:
    session.get_one(Person, actor.id).language = language
    session.flush()


def act_as(session: Session, actor: Actor, hat: str) -> None:
    """The caller has checked that the actor holds this role."""
    session.get_one(Person, actor.id).acting_as = hat
    session.flush()
