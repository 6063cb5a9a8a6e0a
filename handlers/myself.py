"""What people set and see of themselves: language, role, and what is kept about them."""

from handlers import consent
from handlers.identity import look_again
from handlers.routes import ON_RECORD, audiences_of
from handlers.turn import Turn
from services import erasure
from services.i18n import Html, Language
from services.keyboards import hat_of, hats
from services.messages import button
from services.onboarding import preferences
from services.onboarding.my_data import MyData
from services.onboarding.my_data import my_data as collect


def choose_language(turn: Turn) -> None:
    buttons = tuple(button(turn.t.plain(f"onboarding.language.{one}"), "onboarding.language", one) for one in Language)
    turn.reply(turn.t("onboarding.which_language"), (buttons,))


def set_language(turn: Turn) -> None:
    """Answered in the new language; before consent the notice itself is shown in it."""
    preferences.choose_language(turn.session, turn.actor, Language(turn.word(0, Language)))
    look_again(turn)
    if turn.actor.consented:
        turn.reply(turn.t("onboarding.language_chosen"), keyboard=True)
    else:
        consent.show_notice(turn)


def choose_role(turn: Turn) -> None:
    """身份: for whoever holds several."""
    held = hats(turn.actor)
    if len(held) < 2:
        turn.reply(turn.t("onboarding.only_one_role"), keyboard=True)
        return
    acting = turn.t(f"words.role.{hat_of(turn.actor)}")
    buttons = tuple((button(turn.t.plain(f"words.role.{hat}"), "onboarding.act_as", hat),) for hat in held)
    turn.show(turn.t("onboarding.which_role", role=acting), buttons)


def act_as(turn: Turn) -> None:
    hat = turn.word(0, frozenset(hats(turn.actor)))
    preferences.act_as(turn.session, turn.actor, hat)
    look_again(turn)
    turn.reply(turn.t("onboarding.acting_as", role=turn.t(f"words.role.{hat}")), keyboard=True)


def my_data(turn: Turn) -> None:
    if turn.actor.person_id is None:
        turn.reply(turn.t("onboarding.mydata.nothing"))
        return
    is_official = erasure.is_official(turn.session, turn.actor.id)
    can_be_corrected = bool(audiences_of(turn.actor) & ON_RECORD)
    rights = [button(turn.t.plain("rights.button.download"), "onboarding.download")]
    if can_be_corrected:
        rights.append(button(turn.t.plain("rights.button.correction"), "onboarding.correction"))
    if not is_official:
        rights.append(button(turn.t.plain("rights.button.erase"), "onboarding.erase"))
    whom = "correct_official" if is_official else "correct" if can_be_corrected else "correct_by_phone"
    text = _words(turn, collect(turn.session, turn.office, turn.actor), f"onboarding.mydata.{whom}")
    turn.reply(text, tuple((one,) for one in rights))


def download(turn: Turn) -> None:
    """As a file, made by the delivery."""
    if turn.actor.person_id is None:
        turn.toast(turn.t.plain("onboarding.mydata.nothing"))
        return
    turn.errand("my_data")
    turn.toast(turn.t.plain("rights.download.coming"))


def close(turn: Turn) -> None:
    """Put away a question of this journey; an open dialogue, say a visit half written, stays as it is."""
    turn.show(turn.t("onboarding.closed"))


def _words(turn: Turn, data: MyData, whom: str) -> Html:
    t = turn.t
    lines = [t("onboarding.mydata.title"), t("onboarding.mydata.name", name=data.name, id=data.telegram_user_id)]
    if data.phone:
        lines.append(t("onboarding.mydata.phone", phone=data.phone))
    if data.unit:
        lines.append(t("onboarding.mydata.unit", unit=data.unit, post=data.post or "—"))
    lines += [t("onboarding.mydata.role", role=t(f"words.role.{role}"), unit=unit) for role, unit in data.roles]
    lines += [t("onboarding.mydata.household", code=code, head=head) for code, head in data.households]
    if data.waiting:
        lines.append(t("onboarding.mydata.waiting", n=data.waiting))
    if data.visits:
        lines.append(t("onboarding.mydata.visits", n=data.visits))
    if data.reports:
        lines.append(t("onboarding.mydata.reports", n=data.reports))
    if data.away_until:
        lines.append(t("onboarding.mydata.away", day=t.date(data.away_until)))
    lines.append(t("onboarding.mydata.language", language=t(f"onboarding.language.{turn.actor.language}")))
    if data.consented_at:
        day = t.full_date(turn.office.local(data.consented_at).date())
        lines.append(t("onboarding.mydata.consent", day=day))
    lines.append(t(whom, hotline=turn.office.site.town_hotline or "—"))
    return Html("\n").join(lines)
