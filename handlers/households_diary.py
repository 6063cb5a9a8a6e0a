"""民情日记: the own visits by date, newest first."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from handlers.turn import Turn
from handlers.visit_words import (
    attached_words,
    condition_words,
    corrected_words,
    day_words,
    lines_of,
    method_words,
    shortened,
)
from services.i18n import Html
from services.messages import Button, Rows, button
from services.rules.visits import VisitMethod
from services.visits import diary as diaries
from services.visits.diary import DiaryEntry, DiaryPage

SHOWN_OF_TEXT = 120  # characters a visit; a page of eight stays far below Telegram's limit


def diary(turn: Turn) -> None:
    turn.reply(*_page(turn, 0))


def page(turn: Turn) -> None:
    turn.show(*_page(turn, turn.number(0)))


def _page(turn: Turn, number: int) -> tuple[Html, Rows]:
    shown = diaries.page(turn.session, turn.office, turn.actor, number)
    if not shown.total:
        return turn.t("households.diary_empty"), ()
    words = [turn.t("households.diary", n=shown.total, page=shown.number + 1, pages=shown.pages)]
    for day, entries in groupby(shown.entries, key=lambda entry: entry.visit.visited_on):
        words.append(turn.t("households.diary_day", day=day_words(turn.t, day, turn.office.today())))
        words.extend(line for entry in entries for line in _entry(turn, entry))
    return Html("\n").join(words), (*_of_entries(turn, shown.entries), *_turning(turn, shown))


def _entry(turn: Turn, entry: DiaryEntry) -> list[Html]:
    visit, t = entry.visit, turn.t
    facts = {"head": entry.head, "code": entry.code, "method": method_words(t, visit.method)}
    if visit.method == VisitMethod.NOT_HOME:
        first = t("households.diary_attempt", **facts)
    else:
        first = t("households.diary_line", condition=condition_words(t, visit.condition), **facts)
    further = lines_of(
        shortened(visit.said or "", SHOWN_OF_TEXT),
        attached_words(t, entry.attached),
        t.plain("households.diary_companions", companions=visit.companions) if visit.companions else "",
        t.plain("households.diary_solved") if visit.solved_on_spot else "",
        corrected_words(t, turn.office, visit, entry.corrections),
    )
    return [first, *(t("households.diary_more", words=words) for words in further)]


def _of_entries(turn: Turn, entries: Sequence[DiaryEntry]) -> Rows:
    return tuple((one,) for entry in entries for one in _buttons(turn, entry))


def _buttons(turn: Turn, entry: DiaryEntry) -> Iterator[Button]:
    visit, facts = entry.visit, {"head": entry.head, "day": turn.t.date(entry.visit.visited_on)}
    if entry.may_correct:
        yield button(turn.t.plain("households.button.correct", **facts), "visits.correct", visit.id)
    if entry.attached:
        yield button(turn.t.plain("households.button.media", **facts), "visits.media", visit.id, 0)


def _turning(turn: Turn, shown: DiaryPage) -> Rows:
    before, after = (turn.t.plain(f"households.button.{name}") for name in ("before", "after"))
    buttons = []
    if shown.number:
        buttons.append(button(before, "households.diary", shown.number - 1))
    if shown.number + 1 < shown.pages:
        buttons.append(button(after, "households.diary", shown.number + 1))
    return (tuple(buttons),) if buttons else ()
