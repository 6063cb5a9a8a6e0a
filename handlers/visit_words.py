"""How visits are put into words, wherever a list, a form or a confirmation speaks of them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from models.queries.visits import Correction
from models.visits import Visit, VisitCorrection
from services.households import HouseholdLine
from services.i18n import Html, Translator
from services.office import Office
from services.rules.visit_status import VisitStatusKind
from services.rules.visits import HouseholdStatus, VisitMethod

SHOWN_OF_EARLIER = 60  # characters of the text before a correction


def status_words(t: Translator, line: HouseholdLine) -> str:
    """When the next visit is welcome, short enough for a button."""
    return t.plain(f"households.status.{line.visit.kind}", **_status_facts(t, line))


def next_visit(t: Translator, line: HouseholdLine) -> Html:
    """The same as a sentence, after a visit was saved."""
    return t(f"visits.next.{line.visit.kind}", **_status_facts(t, line))


def tier_words(t: Translator, line: HouseholdLine) -> str:
    return t.plain(f"words.tier.{line.tier}")


def day_words(t: Translator, day: date, today: date) -> str:
    """今天 3月2日（周一）"""
    names = {today: "visits.today", today - timedelta(days=1): "visits.yesterday"}
    if day not in names:
        return t.date(day) if day.year == today.year else t.full_date(day)
    return t.plain("visits.named_day", name=t.plain(names[day]), day=t.date(day))


def method_words(t: Translator, method: str) -> str:
    return t.plain(f"words.method.{method}")


def condition_words(t: Translator, condition: str) -> str:
    return t.plain(f"words.condition.{condition}")


def attached_words(t: Translator, kinds: Iterable[str]) -> str:
    """2 photos, 1 voice message; empty where nothing is attached."""
    kinds = list(kinds)
    counted = {kind: kinds.count(kind) for kind in ("photo", "voice", "document")}
    return t.plain("visits.comma").join(t.plain(f"visits.attached.{kind}", n=n) for kind, n in counted.items() if n)


def corrected_words(t: Translator, office: Office, visit: Visit, corrections: Sequence[Correction]) -> str:
    """The newest correction, in one line: when, by whom, and what it replaced. Empty where there was none."""
    if not corrections:
        return ""
    newest = corrections[-1]
    times = t.plain("visits.correction.times", times=len(corrections)) if len(corrections) > 1 else ""
    at = t.datetime(office.local(newest.earlier.corrected_at))
    earlier = _earlier_words(t, newest.earlier, visit)
    return t.plain("visits.correction", times=times, at=at, by=newest.by, earlier=earlier)


def lines_of(*texts: str) -> list[str]:
    """Line by line, without empty ones, so that each is indented under its visit."""
    return [line for text in texts for line in text.splitlines() if line.strip()]


def shortened(text: str, at_most: int) -> str:
    """The beginning of a text that may fill a whole message of its own."""
    return text if len(text) <= at_most else text[:at_most].rstrip() + "…"


def _earlier_words(t: Translator, earlier: VisitCorrection, visit: Visit) -> str:
    """Method and condition always; day and text only where they have become others."""
    met = earlier.method != VisitMethod.NOT_HOME
    facts = (
        t.date(earlier.visited_on) if earlier.visited_on != visit.visited_on else "",
        method_words(t, earlier.method),
        condition_words(t, earlier.condition) if met else "",
    )
    shown = t.plain("visits.comma").join(filter(None, facts))
    if earlier.said == visit.said:
        return shown
    text = shortened(" ".join((earlier.said or "").split()), SHOWN_OF_EARLIER)
    words = t.plain("visits.correction.text", text=text) if text else t.plain("visits.correction.no_text")
    return shown + words


def _status_facts(t: Translator, line: HouseholdLine) -> dict[str, str | int]:
    status = line.visit
    if status.kind is VisitStatusKind.PAUSED or status.due_on is None or status.window_from is None:
        return {"why": _why_paused(t, line)}
    return {"n": status.days_overdue, "due": t.date(status.due_on), "since": t.date(status.window_from)}


def _why_paused(t: Translator, line: HouseholdLine) -> str:
    if line.household_status != HouseholdStatus.ACTIVE:
        return t.plain(f"words.status.{line.household_status}")
    if line.muted_until is not None:
        return t.plain("households.muted_until", day=t.date(line.muted_until))
    return t.plain("households.unpaired")
