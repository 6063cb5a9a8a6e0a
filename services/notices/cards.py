"""News about cards: who helps whom now, and the household's wish to be called."""

from datetime import UTC, datetime

from models.actor import Actor
from models.people import Person
from models.queries import cards as rows
from models.queries import households, responsibility
from models.session import Session
from services.i18n import Html, Translator, translator
from services.messages import Message, Rows, button
from services.notices.composing import Notices, Params
from services.office import Office
from services.rules.visits import GONE

LISTED = 10  # households


def new_households(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """To the cadre, in one message however many there are; those that are somebody else's again are left out."""
    wanted = set(params["household_ids"])
    own = [line for line in households.own(session, reader) if line.id in wanted]
    if not own:
        return None
    t = translator(reader.language)
    shown = [
        t(
            "cards.notice.new_household",
            head=line.head,
            code=line.code,
            unit=line.unit_name,
            tier=t(f"words.tier.{line.tier}"),
        )
        for line in own[:LISTED]
    ]
    left_out = len(own) - len(shown)
    more = [t("cards.notice.more_households", n=left_out)] if left_out else []
    lines = [t("cards.notice.new_households", n=len(own)), *shown, *more, t("cards.notice.introduce")]
    return Message(Html("\n").join(lines), ((button(t.plain("words.button.my_households"), "households.all"),),))


def households_gone(_session: Session, _office: Office, reader: Actor, params: Params) -> Message:
    """To the former cadre; names nobody, for they are no longer theirs to read."""
    return Message(translator(reader.language)("cards.notice.households_gone", n=params["n"]))


def cadre_changed(session: Session, office: Office, reader: Actor, params: Params) -> Message | None:
    """To the household: who comes now, as things stand when it leaves. One that has gone expects nobody."""
    household_id = params["household_id"]
    household = rows.visible(session, reader, household_id)
    if household_id not in reader.linked_household_ids or household is None or household.status in GONE:
        return None
    t = translator(reader.language)
    helpers = rows.helpers(session, [household_id]).get(household_id, [])
    primary = next((one for one in helpers if one.kind == "primary"), None)
    if primary is None:
        return Message(t("cards.notice.cadre_gone", hotline=office.site.town_hotline or "—"))
    text = t(
        "cards.notice.cadre_changed",
        name=primary.name,
        place=_place(t, primary.unit_name, primary.post),
        phone=primary.phone or "—",
    )
    return Message(text, _opening(t, household_id))


def call_back(session: Session, office: Office, reader: Actor, params: Params) -> Message | None:
    """To whoever shall call. The number is the roster's, in full: whoever is asked to call must be able to."""
    household_id = params["household_id"]
    found = households.visible(session, reader, [household_id])
    household = rows.visible(session, reader, household_id)
    asked_by = session.get(Person, params["asked_by"])
    if not found or household is None or asked_by is None:
        return None
    t = translator(reader.language)
    when = office.local(datetime.fromtimestamp(params["asked_at"], UTC))
    text = t(
        "cards.notice.call_back",
        head=household.head,
        code=household.code,
        unit=found[0].unit_name,
        name=asked_by.name,
        when=t.datetime(when),
        phone=household.phone or "—",
    )
    if asked_by.id not in responsibility.linked_member_ids(session, household_id):
        text = Html("\n").join([text, t("cards.notice.unverified", name=asked_by.name)])
    done = (button(t.plain("cards.button.contacted"), "cards.contacted", household_id, params["asked_at"]),)
    return Message(text, (done, *_opening(t, household_id)))


def called_back(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    caller = session.get(Person, params["by"])
    if caller is None or params["household_id"] not in reader.household_ids:
        return None
    return Message(translator(reader.language)("cards.notice.called_back", name=caller.name))


def _opening(t: Translator, household_id: int) -> Rows:
    return ((button(t.plain("cards.button.open"), "cards.open", household_id),),)


def _place(t: Translator, unit_name: str | None, post: str | None) -> Html:
    words = " ".join(filter(None, (unit_name, post)))
    return t("cards.place", words=words) if words else Html("")


NOTICES: Notices = {
    "cards.new_households": new_households,
    "cards.households_gone": households_gone,
    "cards.cadre_changed": cadre_changed,
    "cards.call_back": call_back,
    "cards.called_back": called_back,
}
