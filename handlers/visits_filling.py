"""Filling in the visit form: one tap changes a field, whatever is sent is added."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from handlers import visits_picking, visits_showing
from handlers.turn import Turn
from models.post import Draft
from services.errors import Invalid, Stale
from services.rules.policy import Category
from services.rules.visits import Condition, VisitMethod
from services.visits import correcting, drafting, form
from services.visits.form import Pane, Part, VisitForm

COMPANIONS_AT_MOST = 200  # characters, as the column holds


def method(turn: Turn) -> None:
    chosen = VisitMethod(turn.word(1, VisitMethod))
    _change(turn, lambda now: form.with_method(now, chosen))


def condition(turn: Turn) -> None:
    chosen = Condition(turn.word(1, Condition))
    _change(turn, lambda now: form.with_condition(now, chosen))


def pane(turn: Turn) -> None:
    chosen = Pane(turn.word(1, Pane))
    _change(turn, lambda now: replace(now, pane=chosen))


def day(turn: Turn) -> None:
    chosen = _day(turn.number(1))
    _change(turn, lambda now: drafting.with_day(turn.office, now, chosen))


def solved(turn: Turn) -> None:
    _change(turn, form.toggle_solved)


def category(turn: Turn) -> None:
    chosen = turn.word(1, frozenset({*Category, "none"}))
    _change(turn, lambda now: form.with_category(now, None if chosen == "none" else Category(chosen)))


def danger(turn: Turn) -> None:
    _change(turn, lambda now: replace(now, danger=not now.danger))


def clear(turn: Turn) -> None:
    _change(turn, form.without_content)


def content(turn: Turn) -> None:
    """Text, voice, photos, documents, a location: added to the open form, or taken for what it asks."""
    draft, now = drafting.expect(turn.session, turn.actor)
    if turn.is_edit:
        _edited(turn, draft, now)
    elif not (turn.text or turn.media or _location(turn)):
        turn.reply(turn.t("visits.cant_take"))
    elif now.visit_id is not None:
        _correct_text(turn, draft, now)
    elif now.household_id is None and turn.text and not turn.media:
        visits_picking.find(turn, draft, turn.text)
    else:
        _add(turn, draft, now)


def _change(turn: Turn, alter: Callable[[VisitForm], VisitForm]) -> None:
    draft, now = drafting.expect(turn.session, turn.actor, turn.number(0))
    if now.household_id is None:
        raise Stale
    now = alter(now)
    drafting.store(turn.session, turn.office, draft, now)
    visits_showing.in_place(turn, draft, now)


def _add(turn: Turn, draft: Draft, now: VisitForm) -> None:
    part = _part(turn)
    same_album = bool(part.album) and any(part.album == earlier.album for earlier in now.parts)
    now = _with_received(turn, now, part)
    drafting.store(turn.session, turn.office, draft, now)
    if now.household_id is None:
        if not same_album:
            visits_picking.at_bottom(turn, draft)
    elif same_album:
        visits_showing.again(turn, draft, now)
    else:
        visits_showing.at_bottom(turn, draft, now)


def _with_received(turn: Turn, now: VisitForm, part: Part) -> VisitForm:
    if location := _location(turn):
        return replace(now, location=location)
    if part.kind or now.pane not in (Pane.DATE, Pane.COMPANIONS):
        return drafting.with_part(now, part)
    if now.pane is Pane.DATE:
        return drafting.with_typed_day(turn.office, now, part.text)
    if len(part.text) > COMPANIONS_AT_MOST:
        raise Invalid("visits.companions_too_long", n=COMPANIONS_AT_MOST)
    return replace(now, companions=part.text, pane=Pane.MAIN)


def _correct_text(turn: Turn, draft: Draft, now: VisitForm) -> None:
    if turn.media or not turn.text:
        turn.reply(turn.t("visits.correct_words_only"))
        return
    if now.pane is Pane.DATE:
        now = drafting.with_typed_day(turn.office, now, turn.text)
    else:
        now = replace(now, parts=correcting.replace_text(now, _message_id(turn), turn.text))
    drafting.store(turn.session, turn.office, draft, now)
    visits_showing.at_bottom(turn, draft, now)


def _edited(turn: Turn, draft: Draft, now: VisitForm) -> None:
    """An edited message changes its own part of the form; a live location that moves on is nothing new."""
    if _location(turn):
        return
    edited = form.edit_part(now, _message_id(turn), turn.text)
    if edited is None:
        turn.reply(turn.t("visits.edit_unknown"))
        return
    drafting.store(turn.session, turn.office, draft, edited)
    if edited.household_id is not None:  # else the list of households is what is shown
        visits_showing.again(turn, draft, edited)


def _part(turn: Turn) -> Part:
    media = turn.media
    album = (turn.message.media_group_id if turn.message else None) or ""
    return Part(_message_id(turn), turn.text, media.kind if media else "", media.file_id if media else "", album)


def _message_id(turn: Turn) -> int:
    return turn.message.message_id if turn.message else 0


def _location(turn: Turn) -> tuple[float, float] | None:
    location = turn.message.location if turn.message else None
    return (location.latitude, location.longitude) if location else None


def _day(number: int) -> date:
    """20260301. Errors: Stale, because no own button carries anything else."""
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        raise Stale from None
