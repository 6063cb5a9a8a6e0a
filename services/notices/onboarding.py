"""What the bot says unasked about joining."""

from datetime import date

from models.actor import Actor
from models.queries import memberships, officials, people, responsibility
from models.session import Session
from services.i18n import translator
from services.keyboards import keyboard_for
from services.messages import Message, button
from services.notices.composing import Notices, Params
from services.office import Office


def _claim(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the cadre: does this person belong to that household?"""
    claim = memberships.claim_to_decide(session, reader, params["membership_id"])
    if claim is None or claim.state != "pending":
        return None
    t = translator(reader.language)
    yes = button(t.plain("words.button.confirm"), "onboarding.confirm", claim.id)
    no = button(t.plain("onboarding.button.not_theirs"), "onboarding.refuse", claim.id)
    return Message(t("onboarding.claim", name=claim.person_name, head=claim.household_head), ((yes, no),))


def _linked(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the member: you are in. The keyboard is laid out anew, without the key that shares the phone number."""
    claim = memberships.claim(session, params["membership_id"])
    if claim is None or claim.person_id != reader.person_id or claim.state != "linked":
        return None
    t = translator(reader.language)
    return Message(t("onboarding.linked", head=claim.household_head), keyboard=keyboard_for(t, reader))


def _refused(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the member: it wasn't confirmed. Whoever is in nothing else loses the keyboard."""
    claim = memberships.claim(session, params["membership_id"])
    if claim is None or claim.person_id != reader.person_id or claim.state != "ended":
        return None
    if memberships.current(session, claim.household_id, claim.person_id) is not None:
        return None  # has come again in the meantime
    return Message(translator(reader.language)("onboarding.refused"), keyboard=() if reader.is_stranger else None)


def _family(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the other members of the household: somebody of the family has come in too."""
    claim = memberships.claim(session, params["membership_id"])
    if claim is None or claim.state != "linked" or claim.household_id not in reader.linked_household_ids:
        return None
    return Message(translator(reader.language)("onboarding.family", name=claim.person_name))


def _second_account(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the administrator: somebody who has an account already was invited and came with another one."""
    person = officials.wholly_administered(session, reader, params["person_id"])
    if person is None or person.telegram_user_id != params["telegram_user_id"]:
        return None
    t = translator(reader.language)
    release = button(t.plain("onboarding.button.release"), "onboarding.release", person.id, params["telegram_user_id"])
    return Message(t("onboarding.second_account", name=person.name), ((release,),))


def _away(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the supervisors: this cadre is on leave."""
    person = people.get(session, params["person_id"])
    until = date.fromisoformat(params["until"])
    if person is None or person.unit_id is None or person.away_until != until:
        return None
    if reader.person_id not in responsibility.supervisor_ids(session, person.unit_id):
        return None
    t = translator(reader.language)
    return Message(t("onboarding.away", name=person.name, day=t.date(until)))


NOTICES: Notices = {
    "onboarding.claim": _claim,
    "onboarding.linked": _linked,
    "onboarding.refused": _refused,
    "onboarding.family": _family,
    "onboarding.second_account": _second_account,
    "onboarding.away": _away,
}
