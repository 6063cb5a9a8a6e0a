"""单位台账: this month in numbers, and the whole ledger as a workbook on request."""

from handlers.turn import Turn
from services.i18n import Html
from services.messages import Button, button
from services.supervision import ledger as ledgers
from services.supervision.ledger import MonthFigures


def ledger(turn: Turn) -> None:
    units = ledgers.units(turn.session, turn.actor)
    months = [ledgers.month_figures(turn.session, turn.office, unit) for unit in units]
    rows = tuple((_download(turn, month, is_only=len(months) == 1),) for month in months)
    turn.reply(Html("\n\n").join(_month(turn, month) for month in months), rows)


def download(turn: Turn) -> None:
    unit = ledgers.own_unit(turn.session, turn.actor, turn.number(0))
    turn.errand("export", unit_id=unit.id)
    turn.toast(turn.t.plain("supervision.ledger.coming"))


def _month(turn: Turn, month: MonthFigures) -> Html:
    t = turn.t
    lines = [
        t("supervision.ledger.title", unit=month.unit.name, start=t.date(month.first_day), end=t.date(month.last_day)),
        t("supervision.ledger.visits", n=month.contacts, visited=month.visited, households=month.households),
    ]
    if month.attempts:
        lines.append(t("supervision.ledger.attempts", n=month.attempts))
    ended = month.ended_otherwise
    lines += [
        t("supervision.ledger.problems", reported=month.reported, confirmed=month.confirmed, ended=ended),
        t("supervision.ledger.open", n=month.open_now, late=month.past_due_now),
    ]
    return Html("\n").join(lines)


def _download(turn: Turn, month: MonthFigures, *, is_only: bool) -> Button:
    words = "supervision.button.download" if is_only else "supervision.button.download_unit"
    return button(turn.t.plain(words, unit=month.unit.name), "ledger.download", month.unit.id)
