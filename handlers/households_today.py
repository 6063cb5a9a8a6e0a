"""今日走访: at most three households, each with its reason and the way to its form and card."""

from collections.abc import Sequence

from handlers.turn import Turn
from handlers.visit_words import tier_words
from services import households
from services.households import HouseholdLine
from services.i18n import Html
from services.messages import Rows, button
from services.rules.visit_status import VisitStatusKind


def today(turn: Turn) -> None:
    lines = households.mine(turn.session, turn.office, turn.actor)
    three = households.todays_three(lines)
    if not lines:
        turn.reply(turn.t("households.none"), keyboard=True)
        return
    everybody = (button(turn.t.plain("households.button.all"), "households.all"),)
    if three:
        turn.reply(_advice(turn, three), (*_ways(turn, three), everybody))
    else:
        turn.reply(_nothing_due(turn, lines), (everybody,))


def _advice(turn: Turn, three: Sequence[HouseholdLine]) -> Html:
    lines = [_line(turn, place, line) for place, line in enumerate(three, 1)]
    return Html("\n").join([turn.t("households.today"), *lines, turn.t("households.today_hint")])


def _line(turn: Turn, place: int, line: HouseholdLine) -> Html:
    return turn.t(
        "households.today_line",
        place=place,
        head=line.head,
        unit=line.unit_name,
        tier=tier_words(turn.t, line),
        reason=_reason(turn, line),
    )


def _reason(turn: Turn, line: HouseholdLine) -> str:
    due = turn.t.date(line.visit.due_on) if line.visit.due_on else ""
    return turn.t.plain(f"households.reason.{line.visit.kind}", n=line.visit.days_overdue, due=due)


def _ways(turn: Turn, three: Sequence[HouseholdLine]) -> Rows:
    return tuple(
        (
            button(turn.t.plain("households.button.visit", head=line.head), "visits.open", line.id),
            button(turn.t.plain("households.button.card"), "cards.open", line.id),
        )
        for line in three
    )


def _nothing_due(turn: Turn, lines: Sequence[HouseholdLine]) -> Html:
    fresh = [(line.visit.window_from, line) for line in lines if line.visit.kind is VisitStatusKind.FRESH]
    words = [turn.t("households.nothing_due")]
    dated = sorted(((since, line.code, line.head) for since, line in fresh if since is not None))
    if dated:
        since, _, head = dated[0]
        words.append(turn.t("households.next_up", head=head, since=turn.t.date(since)))
    return Html("\n").join(words)
