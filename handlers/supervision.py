"""The journey `supervision`: the digest, what needs a follow-up now, the lists behind both, the ledger, the search."""

from handlers import supervision_find, supervision_ledger
from handlers.routes import SUPERVISOR, Route, command, content, label, pressed
from handlers.supervision_views import section_page
from handlers.turn import Turn
from models.queries.digests import Issued
from services import digests
from services.messages import Message
from services.supervision import brief, lists
from services.supervision.exceptions import Findings, Section


def digest(turn: Turn) -> None:
    """The newest one of each unit; the figures so far where there was none yet."""
    issued = digests.latest(turn.session, turn.actor)
    for one in issued:
        turn.send(_digest(turn, one))
    for unit in digests.not_yet_reported(turn.session, turn.actor):
        period, findings = digests.so_far(turn.session, turn.office, unit)
        turn.send(brief.so_far(turn.t, unit.name, period, findings))


def open_digest(turn: Turn) -> None:
    message = _digest(turn, digests.get(turn.session, turn.actor, turn.number(0)))
    turn.show(message.text, message.buttons)


def digest_section(turn: Turn) -> None:
    """The list as the digest named it, each entry as it stands today."""
    issued = digests.get(turn.session, turn.actor, turn.number(0))
    section = Section(turn.word(1, Section))
    page = lists.page_of(Findings.from_json(issued.findings).lists[section], turn.number(2))
    turn.show(*section_page(turn, section, page, ("digest.section", issued.id), ("digest.open", issued.id)))


def follow_up(turn: Turn) -> None:
    message = brief.follow_up(turn.t, lists.exceptions(turn.session, turn.office, turn.actor))
    turn.show(message.text, message.buttons)


def follow_up_section(turn: Turn) -> None:
    """The list as it is now."""
    section = Section(turn.word(0, Section))
    page = lists.page_of(lists.exceptions(turn.session, turn.office, turn.actor)[section], turn.number(1))
    turn.show(*section_page(turn, section, page, ("follow_up.section",), ("follow_up.open",)))


def _digest(turn: Turn, issued: Issued) -> Message:
    period = (issued.period_start, issued.period_end)
    return brief.digest(turn.t, issued.unit_name, period, Findings.from_json(issued.findings), issued.id)


ROUTES: tuple[Route, ...] = (
    label("words.button.digest", digest, SUPERVISOR),
    command("digest", digest, SUPERVISOR),
    pressed("digest.open", open_digest, SUPERVISOR),  # digest
    pressed("digest.section", digest_section, SUPERVISOR),  # digest, section, page
    label("words.button.follow_up", follow_up, SUPERVISOR),
    pressed("follow_up.open", follow_up, SUPERVISOR),
    pressed("follow_up.section", follow_up_section, SUPERVISOR),  # section, page
    label("words.button.ledger", supervision_ledger.ledger, SUPERVISOR),
    command("ledger", supervision_ledger.ledger, SUPERVISOR),
    pressed("ledger.download", supervision_ledger.download, SUPERVISOR),  # unit
    label("words.button.find", supervision_find.find, SUPERVISOR),
    command("find", supervision_find.find, SUPERVISOR),
    content(supervision_find.JOURNEY, supervision_find.typed, SUPERVISOR),
    pressed("find.cadre", supervision_find.cadre, SUPERVISOR),  # cadre, page
)
