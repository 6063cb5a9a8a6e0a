"""The notice before everything else: what is kept, who sees it; agreed to, or nothing stays. When it says something
new, it comes before everything else once more."""

from handlers import welcome
from handlers.identity import forget, look_again
from handlers.turn import Turn
from models import notice
from services.i18n import Html, Language
from services.messages import Rows, button
from services.onboarding import consent
from services.onboarding.consent import Declined


def show_notice(turn: Turn) -> None:
    """In place where a button was pressed, say the one that changes the language."""
    turn.show(_words(turn), _buttons(turn))


def notice_first(turn: Turn) -> None:
    """Below, for whoever went on without agreeing: what they did can be done again, and an open form stays open."""
    if turn.query is not None:
        turn.toast(turn.t.plain("errors.consent_needed"), alert=True)
    turn.reply(_words(turn), _buttons(turn))
    if turn.query is None and not turn.text.startswith("/"):
        turn.reply(turn.t("onboarding.notice.say_again"))


def agree(turn: Turn) -> None:
    turn.word(0, frozenset({notice.VERSION}))  # an older notice may have said something else
    was_in = turn.actor.agreed_before
    if not consent.agree(turn.session, turn.office, turn.actor):
        turn.toast(turn.t.plain("onboarding.agreed_before"))
        return
    look_again(turn)
    turn.show(turn.t("onboarding.agreed", day=turn.t.full_date(turn.office.today())))
    if was_in:
        turn.reply(turn.t("onboarding.go_on"), keyboard=True)
    else:
        welcome.greet(turn)


def decline(turn: Turn) -> None:
    """Whoever was in already is asked once more: a slip of the finger must not cost them the way in."""
    if turn.actor.agreed_before:
        yes = button(turn.t.plain("onboarding.button.decline_yes"), "onboarding.decline_yes")
        back = button(turn.t.plain("words.button.back"), "onboarding.show_notice")
        turn.show(turn.t("onboarding.decline_question"), ((yes,), (back,)))
    else:
        decline_for_good(turn)


def decline_for_good(turn: Turn) -> None:
    left, reader = Declined.NOTHING, _reader(turn)
    if turn.actor.person_id is not None:
        left = consent.decline(turn.session, turn.office, turn.actor)
        forget(turn)
    turn.show(
        turn.t(f"onboarding.declined.{left}_{reader}" if left is Declined.RECORDS else f"onboarding.declined.{left}")
    )
    if left is Declined.RECORDS:
        turn.reply(turn.t("everywhere.help_stranger"), keyboard=True)  # takes the big buttons away


def _words(turn: Turn) -> Html:
    reader = _reader(turn)
    kept, seen, rights = (turn.t(f"onboarding.notice.{part}_{reader}") for part in ("kept", "seen", "rights"))
    text = turn.t("onboarding.notice", town=turn.office.site.name, kept=kept, seen=seen, rights=rights)
    if turn.actor.agreed_before:
        parts = [turn.t("onboarding.notice.changed"), text, turn.t(f"onboarding.notice.no_more_{reader}")]
    else:
        parts = [text, turn.t(f"onboarding.notice.no_{reader}")]
    return Html("\n\n").join(parts)


def _reader(turn: Turn) -> str:
    """To whom it is said: an official has no official to turn to."""
    return "official" if turn.actor.grants else "member"


def _buttons(turn: Turn) -> Rows:
    other = Language.EN if turn.actor.language == Language.ZH_CN else Language.ZH_CN
    agree_ = button(turn.t.plain("onboarding.button.agree"), "onboarding.agree", notice.VERSION)
    decline_ = button(turn.t.plain("onboarding.button.decline"), "onboarding.decline")
    language = button(turn.t.plain(f"onboarding.language.{other}"), "onboarding.language", other)
    return ((agree_,), (decline_,), (language,))
