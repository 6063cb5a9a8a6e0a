"""民情日记: a cadre's own visits by date, derived and never typed twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.actor import Actor
from models.queries import visits as rows
from models.queries.visits import Correction
from models.session import Session
from models.visits import Visit
from services import audit
from services.office import Office
from services.rules.visits import may_still_correct

PAGE = 8  # visits


@dataclass(frozen=True)
class DiaryEntry:
    visit: Visit
    code: str
    head: str
    attached: Sequence[str]  # photo, voice, document
    corrections: Sequence[Correction]  # oldest first
    may_correct: bool


@dataclass(frozen=True)
class DiaryPage:
    entries: Sequence[DiaryEntry]
    number: int  # from 0
    pages: int
    total: int


def page(session: Session, office: Office, actor: Actor, number: int) -> DiaryPage:
    """Newest first; a number beyond the end is the last page."""
    total = rows.count_own(session, actor)
    pages = max(-(-total // PAGE), 1)
    number = min(number, pages - 1)
    found = rows.diary(session, actor, skip=number * PAGE, limit=PAGE)
    shown = [row.visit.id for row in found]
    audit.record(session, office, actor, "diary_read", "person", actor.id, page=number, n=len(shown))
    kinds, corrections = rows.attachment_kinds(session, shown), rows.corrections(session, shown)
    entries = [
        DiaryEntry(
            row.visit,
            row.household_code,
            row.household_head,
            kinds[row.visit.id],
            corrections[row.visit.id],
            may_still_correct(row.visit.recorded_at, office.now(), office.policy.correction_hours),
        )
        for row in found
    ]
    return DiaryPage(entries, number, pages, total)
