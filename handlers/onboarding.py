"""The journey `onboarding`: the door of the bot — /start, an invitation, a card — and the map of what is behind it."""

from handlers import (
    card_at_the_door,
    claims,
    consent,
    corrections,
    erasing,
    everywhere,
    leave,
    members,
    myself,
    release,
    welcome,
)
from handlers.guards import outside
from handlers.identity import account_of, look_again
from handlers.routes import (
    ADMIN,
    CADRE,
    EVERYBODY,
    KNOWN,
    MEMBERS,
    OFFICIALS,
    ON_RECORD,
    Route,
    command,
    content,
    event,
    label,
    pressed,
)
from handlers.turn import Turn
from services import invitations, reach
from services.invitations import Opening
from services.onboarding.cards import looks_like_card_code, nearly_a_card_code


def start(turn: Turn) -> None:
    """With a parameter it is a deep link: `i…` an invitation, `h…` the card of a household."""
    reach.mark_reachable(turn.session, turn.actor.telegram_user_id)
    parameter = turn.args[0] if turn.args else ""
    if parameter.startswith("i"):
        _open_invitation(turn, parameter[1:])
    elif parameter.startswith("h"):
        card_at_the_door.take(turn, parameter[1:])
    elif turn.actor.is_stranger:
        turn.reply(turn.t(outside(turn.actor, "everywhere.help_stranger")), keyboard=True)
    else:
        _come_in(turn)


def notice_first(turn: Turn) -> None:
    """Instead of what somebody wanted who hasn't agreed to the notice yet."""
    consent.notice_first(turn)


def loose(turn: Turn) -> None:
    """Content outside any dialogue: perhaps the code of a card."""
    if looks_like_card_code(turn.text):
        card_at_the_door.take(turn, turn.text)
    elif turn.actor.is_stranger and nearly_a_card_code(turn.text):
        turn.reply(turn.t("onboarding.wrong_code"))
    elif not turn.actor.is_stranger and not turn.actor.consented:
        consent.notice_first(turn)
    else:
        everywhere.not_understood(turn)


def membership(turn: Turn) -> None:
    """The person blocked the bot, or let it in again. Nothing is said: they are told nothing they didn't do."""
    change = turn.update.my_chat_member if turn.update else None
    if change is None:
        return
    if change.new_chat_member.status in ("kicked", "left"):
        reach.mark_unreachable(turn.session, turn.office, turn.actor.telegram_user_id, "blocked the bot")
    else:
        reach.mark_reachable(turn.session, turn.actor.telegram_user_id)


def _open_invitation(turn: Turn, token: str) -> None:
    opening = invitations.open_invitation(turn.session, turn.office, account_of(turn), token)
    look_again(turn)
    if opening is Opening.WELCOME:
        _come_in(turn)
    elif opening is Opening.ALREADY_IN and not turn.actor.is_stranger:
        turn.reply(turn.t("onboarding.already_in"))
        _come_in(turn)
    else:
        turn.reply(turn.t(f"onboarding.invitation.{opening}", name=turn.actor.name))


def _come_in(turn: Turn) -> None:
    if turn.actor.consented:
        welcome.greet(turn)
    else:
        consent.show_notice(turn)


ROUTES: tuple[Route, ...] = (
    command("start", start, EVERYBODY, needs_consent=False),
    event("loose", loose),
    event("membership", membership),
    event("contact", claims.take_contact),
    pressed("onboarding.agree", consent.agree, KNOWN, needs_consent=False),
    pressed("onboarding.decline", consent.decline, EVERYBODY, needs_consent=False),
    pressed("onboarding.decline_yes", consent.decline_for_good, EVERYBODY, needs_consent=False),
    pressed("onboarding.show_notice", consent.show_notice, KNOWN, needs_consent=False),
    pressed("onboarding.join", card_at_the_door.join, OFFICIALS),
    pressed("onboarding.close", myself.close, KNOWN, needs_consent=False),
    pressed("onboarding.no_phone", claims.no_phone, MEMBERS),
    pressed("onboarding.waiting", claims.show_waiting, OFFICIALS),
    pressed("onboarding.confirm", claims.confirm, OFFICIALS),
    pressed("onboarding.refuse", claims.refuse, OFFICIALS),
    pressed("onboarding.members", members.members, OFFICIALS),  # household
    pressed("onboarding.rename", members.ask_name, OFFICIALS),  # membership
    content(members.RENAMING, members.take_name, OFFICIALS),
    pressed("onboarding.unlink", members.ask, OFFICIALS),  # membership
    pressed("onboarding.unlink_yes", members.unlink, OFFICIALS),  # membership
    pressed("onboarding.release", release.ask, ADMIN),
    pressed("onboarding.release_yes", release.release, ADMIN),
    command("language", myself.choose_language, KNOWN, needs_consent=False),
    pressed("onboarding.language", myself.set_language, KNOWN, needs_consent=False),
    label("words.button.role", myself.choose_role, KNOWN),
    pressed("onboarding.role", myself.choose_role, KNOWN),
    pressed("onboarding.act_as", myself.act_as, KNOWN),
    command("mydata", myself.my_data, EVERYBODY, needs_consent=False),
    pressed("onboarding.download", myself.download, EVERYBODY, needs_consent=False),
    pressed("onboarding.correction", corrections.begin, ON_RECORD, needs_consent=False),
    content(corrections.ASKING, corrections.take_request, ON_RECORD, needs_consent=False),
    pressed("onboarding.corrected", corrections.corrected, OFFICIALS),  # request
    pressed("onboarding.explain", corrections.explain, OFFICIALS),  # request
    content(corrections.EXPLAINING, corrections.take_explanation, OFFICIALS),
    pressed("onboarding.erase", erasing.ask, EVERYBODY, needs_consent=False),
    pressed("onboarding.erase_yes", erasing.erase, EVERYBODY, needs_consent=False),
    command("leave", leave.choose, CADRE),
    pressed("onboarding.leave", leave.choose, CADRE),
    pressed("onboarding.leave_until", leave.ask, CADRE),
    pressed("onboarding.leave_yes", leave.go, CADRE),
    pressed("onboarding.leave_end", leave.come_back, CADRE),
)
