"""News for officials about their own access: a role or the whole account has ended."""

from models.actor import Actor
from models.queries import people
from models.session import Session
from services.i18n import translator
from services.keyboards import keyboard_for
from services.messages import Message
from services.notices.composing import Notices, Params
from services.office import Office


def _role_ended(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """Lays out the keyboard of what remains, or takes it away. None where the role was given back meanwhile."""
    role, unit_id = params["role"], params["unit_id"]
    if any((grant.role, grant.unit_id) == (role, unit_id) for grant in reader.grants):
        return None
    t = translator(reader.language)
    unit = people.unit_names(session, [unit_id])[unit_id]
    text = t("administration.notice.role_ended", role=t(f"words.role.{role}"), unit=unit)
    return Message(text, keyboard=keyboard_for(t, reader))


def _account_closed(session: Session, _office: Office, reader: Actor, _params: Params) -> Message | None:
    person = people.get(session, reader.id)
    if person is None or person.is_active:
        return None  # open again
    t = translator(reader.language)
    return Message(t("administration.notice.account_closed"), keyboard=keyboard_for(t, reader))


NOTICES: Notices = {
    "administration.role_ended": _role_ended,
    "administration.account_closed": _account_closed,
}
