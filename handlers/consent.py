"""The notice before everything else: what is kept, who sees it; agreed to, or nothing stays."""

from handlers import welcome
from handlers.identity import forget, look_again
from handlers.turn import Turn
from services.i18n import Html, Language
from services.messages import Rows, button
from services.onboarding import consent


def show_notice(turn: Turn) -> None:
    """In place where a button was pressed, say the one that changes the language."""
    turn.show(_words(turn), _buttons(turn))


def notice_first(turn: Turn) -> None:
    """Below, for whoever went on without agreeing: the button that they pressed stays to be pressed again."""
    if turn.query is not None:
        turn.toast(turn.t.plain("errors.consent_needed"), alert=True)
    turn.reply(_words(turn), _buttons(turn))


def agree(turn: Turn) -> None:
    turn.word(0, frozenset({consent.VERSION}))  # an older notice may have said something else
    if not consent.agree(turn.session, turn.office, turn.actor):
        turn.toast(turn.t.plain("onboarding.agreed_before"))
        return
    look_again(turn)
    turn.show(turn.t("onboarding.agreed", day=turn.t.full_date(turn.office.today())))
    welcome.greet(turn)


def decline(turn: Turn) -> None:
    entry_stays = False
    if turn.actor.person_id is not None:
        entry_stays = consent.decline(turn.session, turn.actor)
        forget(turn)
    turn.show(turn.t("onboarding.declined_entry_stays" if entry_stays else "onboarding.declined"))


def _words(turn: Turn) -> Html:
    kept = turn.t("onboarding.notice.kept_official" if turn.actor.grants else "onboarding.notice.kept_member")
    seen = turn.t("onboarding.notice.seen_official" if turn.actor.grants else "onboarding.notice.seen_member")
    return turn.t("onboarding.notice", town=turn.office.site.name, kept=kept, seen=seen)


def _buttons(turn: Turn) -> Rows:
    other = Language.EN if turn.actor.language == Language.ZH_CN else Language.ZH_CN
    agree_ = button(turn.t.plain("onboarding.button.agree"), "onboarding.agree", consent.VERSION)
    decline_ = button(turn.t.plain("onboarding.button.decline"), "onboarding.decline")
    language = button(turn.t.plain(f"onboarding.language.{other}"), "onboarding.language", other)
    return ((agree_,), (decline_,), (language,))
