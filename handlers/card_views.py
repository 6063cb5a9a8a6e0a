"""A card as text and buttons: what each reader is shown is decided by `services.cards`."""

from collections.abc import Sequence

from handlers.visit_words import attached_words, condition_words, day_words, lines_of, method_words, shortened
from models.households import Household
from models.problems import Problem
from models.queries.cards import VisitLine
from services.cards import MUTE_DAYS, Card, Contact, Reader
from services.i18n import Html, Translator
from services.messages import Button, Rows, button
from services.office import Office
from services.rules.card_codes import format_card_code
from services.rules.visits import GONE, HouseholdStatus

PROBLEMS_SHOWN = 5
SAID_SHOWN = 120  # characters of one visit


def card_text(t: Translator, office: Office, card: Card) -> Html:
    household = card.household
    lines = [
        t("cards.title", site=office.site.name),
        t("cards.whose", head=household.head, code=household.code, unit=card.line.unit_name),
        *(() if card.reader is Reader.HOUSEHOLD else _basics(t, card)),
        *_contacts(t, card),
        _next_visit(t, card),
        "",
        *_problems(t, office, card.problems),
        "",
        *_visits(t, office, card),
        *_service_lines(t, office, card),
    ]
    return Html("\n").join(lines)


def card_buttons(t: Translator, card: Card) -> Rows:
    makers = {Reader.CADRE: _for_cadre, Reader.HOUSEHOLD: _for_household, Reader.OVERSEER: _for_overseer}
    return makers[card.reader](t, card)


def correct_text(t: Translator, card: Card) -> Html:
    household = card.household
    muted = t("cards.muted_short", day=t.date(household.muted_until)) if household.muted_until else ""
    status = t(f"words.status.{household.status}")
    if household.erased_at is not None:
        return t("cards.off.erased")
    if household.status in GONE:
        return t("cards.off.gone", head=household.head, code=household.code, status=status)
    return t("cards.correct", head=household.head, code=household.code, status=status, muted=muted)


def correct_buttons(t: Translator, card: Card, *, oversees: bool) -> Rows:
    """Of a household that has gone nothing is left to correct but that, and once it was erased not even that."""
    household = card.household
    back = (button(t.plain("words.button.back"), "cards.show", household.id),)
    if household.status in GONE:
        may_return = oversees and household.erased_at is None
        returning = (button(t.plain("cards.button.put_back"), "cards.put_back", household.id),)
        return (returning, back) if may_return else (back,)
    mutes = [(button(t.plain("cards.button.mute", n=days), "cards.mute", household.id, days),) for days in MUTE_DAYS]
    if household.muted_until is not None:
        mutes.append((button(t.plain("cards.button.unmute"), "cards.mute", household.id, 0),))
    other = HouseholdStatus.AWAY if household.status == HouseholdStatus.ACTIVE else HouseholdStatus.ACTIVE
    status = (button(t.plain(f"cards.button.{other}"), "cards.status", household.id, other),)
    leaving = tuple(
        button(t.plain(f"cards.button.{gone}"), "cards.take_off", household.id, gone)
        for gone in (HouseholdStatus.MOVED, HouseholdStatus.CLOSED)
    )
    return (*mutes, status, *((leaving,) if oversees else ()), back)


def take_off_text(t: Translator, household: Household, status: HouseholdStatus) -> Html:
    return t("cards.off.question", head=household.head, code=household.code, status=t(f"words.status.{status}"))


def take_off_buttons(t: Translator, household_id: int, status: HouseholdStatus) -> Rows:
    yes = button(t.plain(f"cards.button.{status}_yes"), "cards.take_off_yes", household_id, status)
    return ((yes,), (button(t.plain("words.button.back"), "cards.correct", household_id),))


def _basics(t: Translator, card: Card) -> list[Html]:
    household = card.household
    people = t("cards.people", n=household.population) if household.population else t("cards.people_unknown")
    tier, status = t(f"words.tier.{household.tier}"), t(f"words.status.{household.status}")
    lines = [t("cards.basics", tier=tier, status=status, people=people)]
    facts = (("address", household.address), ("cause", household.hardship_cause), ("notes", household.notes))
    names = {"cause": "cards.hardship"}
    lines += [t(names.get(name, f"cards.{name}"), **{name: value}) for name, value in facts if value]
    lines.append(t("cards.phone", phone=card.phone) if card.phone else t("cards.phone_missing"))
    if household.muted_until is not None:
        lines.append(t("cards.muted", day=t.date(household.muted_until)))
    return lines


def _contacts(t: Translator, card: Card) -> list[Html]:
    if card.cadre is None:
        lines = [t("cards.no_cadre")]
    else:
        lines = [_contact(t, "cards.cadre" if card.reader is Reader.HOUSEHOLD else "cards.cadre_of", card.cadre)]
    return [*lines, _contact(t, "cards.second", card.second)] if card.second else lines


def _contact(t: Translator, message_id: str, contact: Contact) -> Html:
    words = " ".join(filter(None, (contact.unit_name, contact.post)))
    place = t("cards.place", words=words) if words else ""
    return t(message_id, name=contact.name, place=place, phone=contact.phone)


def _next_visit(t: Translator, card: Card) -> Html:
    visit = card.line.visit
    if visit.due_on is None or visit.window_from is None:
        return t("cards.next.paused")
    return t(f"cards.next.{visit.kind}", since=t.date(visit.window_from), due=t.date(visit.due_on))


def _problems(t: Translator, office: Office, problems: Sequence[Problem]) -> list[Html]:
    if not problems:
        return [t("cards.no_problems")]
    shown = [
        t(
            "cards.problem",
            number=one.number,
            category=t(f"words.category.{one.category}"),
            stage=t(f"words.stage.{one.stage}"),
            due=t.date(office.local(one.due_at).date()),
        )
        for one in problems[:PROBLEMS_SHOWN]
    ]
    left_out = len(problems) - len(shown)
    more = [t("cards.more_problems", n=left_out)] if left_out else []
    return [t("cards.problems"), *shown, *more]


def _visits(t: Translator, office: Office, card: Card) -> list[Html]:
    if not card.visits:
        return [t("cards.no_visits")]
    lines = [t("cards.visits")]
    for visit in card.visits:
        lines += _visit(t, office, card, visit)
    return lines


def _visit(t: Translator, office: Office, card: Card, visit: VisitLine) -> list[Html]:
    facts = {
        "day": day_words(t, visit.visited_on, office.today()),
        "method": method_words(t, visit.method),
        "by": visit.by,
    }
    if card.reader is Reader.HOUSEHOLD:
        return [t("cards.visit", **facts)]
    further = lines_of(shortened(visit.said or "", SAID_SHOWN), attached_words(t, card.attached[visit.id]))
    corrected = t("cards.visit_corrected") if visit.corrected else ""
    line = t("cards.visit_full", **facts, condition=condition_words(t, visit.condition), corrected=corrected)
    return [line, *(t("cards.visit_more", words=words) for words in further)]


def _service_lines(t: Translator, office: Office, card: Card) -> list[Html]:
    """What the printed side says besides, for the household; once that has gone, the code opens nothing."""
    if card.reader is not Reader.HOUSEHOLD:
        return []
    phones = (("hotline", office.site.town_hotline), ("supervision", office.site.supervision_phone))
    lines = [t(f"cards.{name}", phone=phone) for name, phone in phones if phone]
    if card.household.status not in GONE:
        lines.append(t("cards.code", code=format_card_code(card.household.card_code)))
    return [Html(""), *lines]


def _for_cadre(t: Translator, card: Card) -> Rows:
    household_id = card.household.id
    return (
        (
            button(t.plain("words.button.log_visit"), "visits.open", household_id),
            button(t.plain("cards.button.add_problem"), "problems.report_for", household_id),
        ),
        *_problem_rows(t, card),
        *_media_rows(t, card),
        _corrections(t, card),
    )


def _for_household(t: Translator, card: Card) -> Rows:
    household_id = card.household.id
    return (
        (
            button(t.plain("words.button.call_me_back"), "cards.call_back", household_id),
            button(t.plain("words.button.report"), "problems.report_for", household_id),
        ),
        (button(t.plain("words.button.progress"), "problems.list", "ours", 0),),
    )


def _for_overseer(t: Translator, card: Card) -> Rows:
    return (*_problem_rows(t, card), *_media_rows(t, card), _corrections(t, card))


def _problem_rows(t: Translator, card: Card) -> Rows:
    """Only problems that the reader may see are on the card, so each may be opened."""
    return tuple(
        (button(t.plain("cards.button.problem", number=one.number), "problems.open", one.id),)
        for one in card.problems[:PROBLEMS_SHOWN]
    )


def _media_rows(t: Translator, card: Card) -> Rows:
    """The photos and voices of the last visits that have any."""
    return tuple(
        (button(t.plain("cards.button.media", day=t.date(one.visited_on)), "visits.media", one.id, 0),)
        for one in card.visits
        if card.attached.get(one.id)
    )


def _corrections(t: Translator, card: Card) -> tuple[Button, ...]:
    """A household that has gone has no card to print."""
    household = card.household
    printing = (button(t.plain("cards.button.print"), "cards.print", household.id),)
    return (
        button(t.plain("cards.button.correct"), "cards.correct", household.id),
        *(() if household.status in GONE else printing),
        button(t.plain("cards.button.members"), "onboarding.members", household.id),
    )
