"""What the bot says unasked about people's rights: a correction is wanted, what became of it, a name put right."""

from models.actor import Actor
from models.people import Person
from models.queries import corrections, memberships, people
from models.session import Session
from services.i18n import Html, Translator, translator
from services.messages import Message, button
from services.notices.composing import Notices, Params
from services.office import Office


def _correction(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To whoever is in charge; dies where it was decided, or is another's charge by now."""
    found = corrections.to_decide(session, reader, params["request_id"])
    if found is None or found[0].outcome is not None:
        return None
    request, person = found
    t = translator(reader.language)
    corrected = button(t.plain("rights.button.corrected"), "onboarding.corrected", request.id)
    explain = button(t.plain("rights.button.explain"), "onboarding.explain", request.id)
    lines = Html("\n").join([*_where(session, reader, person, t), Html("")])
    text = t("rights.correction.wanted", name=person.name, where=lines, text=request.wanted)
    return Message(text, ((corrected,), (explain,)))


def _where(session: Session, reader: Actor, person: Person, t: Translator) -> list[Html]:
    """The households in the reader's charge; without one, the unit of an official."""
    homes = [
        t("rights.correction.home", code=code, head=head, unit=unit)
        for code, head, unit in corrections.homes_in_charge(session, reader, person.id)
    ]
    if homes or person.unit_id is None:
        return homes
    return [t("rights.correction.unit", unit=people.unit_names(session, [person.unit_id])[person.unit_id])]


def _decided(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    request = corrections.get(session, params["request_id"])
    if request is None or request.person_id != reader.person_id or request.outcome is None:
        return None
    t = translator(reader.language)
    if request.outcome == "corrected":
        return Message(t("rights.correction.was_corrected", text=request.wanted))
    return Message(t("rights.correction.was_explained", text=request.wanted, answer=request.answer or ""))


def _renamed(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the member, as the name is by now; dies where they belong there no more."""
    claim = memberships.claim(session, params["membership_id"])
    if claim is None or claim.person_id != reader.person_id or claim.state == "ended":
        return None
    return Message(translator(reader.language)("rights.members.was_renamed", name=claim.person_name))


NOTICES: Notices = {
    "rights.correction": _correction,
    "rights.correction_decided": _decided,
    "rights.renamed": _renamed,
}
