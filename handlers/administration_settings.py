"""设置: what is in force here, in words; people, cards to print, language."""

from handlers.administration_paging import turning
from handlers.turn import Turn
from services import card_printing
from services.errors import Conflict
from services.i18n import Html, Language
from services.messages import Button, Rows, button
from services.rules.policy import Category, Policy, Tier, Window

PAGE = 8  # units; more buttons don't fit on a phone


def show(turn: Turn) -> None:
    turn.reply(*_page(turn))


def back(turn: Turn) -> None:
    turn.show(*_page(turn))


def close(turn: Turn) -> None:
    """Puts a message away, and touches no dialogue."""
    turn.show(turn.t("administration.closed"))


def choose_cards(turn: Turn) -> None:
    """Units whose cards can be printed in one file."""
    number = turn.number(0)
    units = card_printing.printable_units(turn.session, turn.actor)
    rows: list[tuple[Button, ...]] = [
        (button(f"{one.name}（{one.households}）", "administration.print_cards", one.id),)
        for one in units[number * PAGE : (number + 1) * PAGE]
    ]
    rows += turning(turn.t, "administration.cards", number=number, total=len(units), page=PAGE)
    rows.append((button(turn.t.plain("words.button.back"), "administration.settings"),))
    turn.show(turn.t("administration.cards.which" if units else "administration.cards.none"), tuple(rows))


def print_cards(turn: Turn) -> None:
    card_printing.require_link(turn.office)
    unit = card_printing.printable_unit(turn.session, turn.actor, turn.number(0))
    if unit.households > card_printing.MOST_AT_ONCE:
        raise Conflict("administration.cards.too_many", n=unit.households, most=card_printing.MOST_AT_ONCE)
    turn.errand("cards", unit_path=unit.path)
    turn.show(turn.t("administration.cards.printing", unit=unit.name, n=unit.households))


def _page(turn: Turn) -> tuple[Html, Rows]:
    t = turn.t
    rows = (
        (button(t.plain("administration.button.people"), "administration.overseers", 0),),
        (button(t.plain("administration.button.not_joined"), "administration.not_joined", 0),),
        (button(t.plain("administration.button.print_cards"), "administration.cards", 0),),
        tuple(button(t.plain(f"onboarding.language.{one}"), "onboarding.language", one) for one in Language),
    )
    return _text(turn), rows


def _text(turn: Turn) -> Html:
    t, site, policy = turn.t, turn.office.site, turn.office.policy
    intervals = policy.visit_interval_days
    lines = [
        t("administration.settings.title", site=site.name),
        t(
            "administration.settings.intervals",
            red=intervals[Tier.RED],
            yellow=intervals[Tier.YELLOW],
            green=intervals[Tier.GREEN],
        ),
        t("administration.settings.deadlines", days=_deadlines(turn, policy)),
        t("administration.settings.windows", windows=_windows(turn, policy.send_windows)),
        t("administration.settings.notices", window=_windows(turn, (policy.notice_window,))),
        t("administration.settings.times", reminder=t.time(policy.reminder_time), digest=t.time(policy.digest_time)),
        t("administration.settings.pairing", most=policy.pairing_max),
        t("administration.settings.visits", days=policy.backdate_days, hours=policy.correction_hours),
        t(
            "administration.settings.phones",
            hotline=site.town_hotline or "—",
            supervision=site.supervision_phone or "—",
        ),
        "",
        t("administration.settings.where"),
    ]
    return Html("\n").join(lines)


def _deadlines(turn: Turn, policy: Policy) -> str:
    """Categories with the same deadline together, the shortest first."""
    by_days: dict[int, list[str]] = {}
    for category in Category:
        by_days.setdefault(policy.deadline_days[category], []).append(turn.t.plain(f"words.category.{category}"))
    separator = turn.t.plain("administration.settings.and")
    return turn.t.plain("administration.settings.or").join(
        turn.t.plain("administration.settings.deadline", categories=separator.join(names), n=days)
        for days, names in sorted(by_days.items())
    )


def _windows(turn: Turn, windows: tuple[Window, ...]) -> str:
    return turn.t.plain("administration.settings.and").join(
        f"{turn.t.time(start)}–{turn.t.time(end)}" for start, end in windows
    )
