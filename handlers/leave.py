"""/leave 请假: no reminders until a day, and back with one tap."""

from datetime import date, datetime, timedelta

from handlers.turn import Turn
from services.errors import Stale
from services.i18n import Html
from services.messages import Button, button
from services.onboarding import leave

OFFERED = (1, 3, 7, 14, 30)  # days, today included
_FORM = "%Y%m%d"


def choose(turn: Turn) -> None:
    until = leave.on_leave_until(turn.session, turn.office, turn.actor)
    days = tuple((_offer(turn, turn.office.today() + timedelta(days=days - 1), days),) for days in OFFERED)
    cancel = button(turn.t.plain("words.button.cancel"), "onboarding.close")
    if until is None:
        turn.show(turn.t("onboarding.leave.until_when"), (*days, (cancel,)))
    else:
        turn.show(_away(turn, until), ((_back(turn),), *days))


def ask(turn: Turn) -> None:
    until = _day(turn)
    yes = button(turn.t.plain("words.button.confirm"), "onboarding.leave_yes", until.strftime(_FORM))
    other = button(turn.t.plain("words.button.back"), "onboarding.leave")
    cancel = button(turn.t.plain("words.button.cancel"), "onboarding.close")
    turn.show(turn.t("onboarding.leave.question", day=turn.t.date(until)), ((yes,), (other, cancel)))


def go(turn: Turn) -> None:
    until = _day(turn)
    leave.go_on_leave(turn.session, turn.office, turn.actor, until)
    turn.show(_away(turn, until), ((_back(turn),),))


def come_back(turn: Turn) -> None:
    was_away = leave.come_back(turn.session, turn.actor)
    turn.show(turn.t("onboarding.leave.welcome_back" if was_away else "onboarding.leave.not_away"))


def _away(turn: Turn, until: date) -> Html:
    return turn.t("onboarding.leave.away", day=turn.t.date(until))


def _offer(turn: Turn, until: date, days: int) -> Button:
    label = turn.t.plain("onboarding.button.leave_days", n=days, day=turn.t.date(until))
    return button(label, "onboarding.leave_until", until.strftime(_FORM))


def _back(turn: Turn) -> Button:
    return button(turn.t.plain("onboarding.button.leave_end"), "onboarding.leave_end")


def _day(turn: Turn) -> date:
    """Errors: Stale for what isn't a day."""
    try:
        return datetime.strptime(str(turn.number(0)), _FORM).replace(tzinfo=turn.office.zone).date()
    except ValueError:
        raise Stale from None
