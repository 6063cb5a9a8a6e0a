"""A digest in words, to be read in a minute: exceptions first, then what went well; a button for each list."""

from collections.abc import Mapping

from services.i18n import Html, Translator
from services.messages import Button, Message, Rows, button
from services.supervision.exceptions import Findings, Ids, Period, Section

VILLAGES_SHOWN = 8


def digest(t: Translator, unit_name: str, period: Period, findings: Findings, digest_id: int) -> Message:
    title = t("digests.title", unit=unit_name, start=t.date(period[0]), end=t.date(period[1]))
    buttons = _section_buttons(t, findings.lists, "digest.section", digest_id)
    return Message(_text(t, title, findings), buttons)


def so_far(t: Translator, unit_name: str, period: Period, findings: Findings) -> Message:
    """Before the first digest: this week until now; its buttons lead to the lists as they are when pressed."""
    title = t("digests.so_far", unit=unit_name, start=t.date(period[0]), end=t.date(period[1]))
    return Message(_text(t, title, findings), _section_buttons(t, findings.lists, "follow_up.section"))


def follow_up(t: Translator, lists: Mapping[Section, Ids]) -> Message:
    """What needs attention at this moment."""
    lines = [_found(t, section, ids) for section, ids in lists.items() if ids] or [t("digests.nothing_now")]
    text = Html("\n").join([t("digests.follow_up"), *lines])
    return Message(text, _section_buttons(t, lists, "follow_up.section"))


def _section_buttons(t: Translator, lists: Mapping[Section, Ids], action: str, *references: int) -> Rows:
    return in_pairs(
        [
            button(t.plain(f"digests.button.{section}", n=len(ids)), action, *references, section, 0)
            for section, ids in lists.items()
            if ids
        ]
    )


def _found(t: Translator, section: Section, ids: Ids) -> Html:
    return t(f"digests.found.{section}", n=len(ids))


def in_pairs(buttons: list[Button]) -> Rows:
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def _text(t: Translator, title: Html, findings: Findings) -> Html:
    paragraphs = [title]
    if findings.is_all_well:
        paragraphs.append(t("digests.all_well"))
    else:
        lines = [_line(t, section, findings) for section in Section if findings.lists[section]]
        paragraphs.append(Html("\n").join([t("digests.look_here"), *lines]))
    if good := _went_well(t, findings):
        paragraphs.append(Html("\n").join([t("digests.went_well"), *good]))
    return Html("\n\n").join(paragraphs)


def _line(t: Translator, section: Section, findings: Findings) -> Html:
    line = _found(t, section, findings.lists[section])
    if section is not Section.OVERDUE:
        return line
    return Html("").join([line, t("digests.of_which", villages=_villages(t, findings))])


def _villages(t: Translator, findings: Findings) -> str:
    shown = [t.plain("digests.village", village=name, n=n) for name, n in findings.villages[:VILLAGES_SHOWN]]
    more = ["…"] if len(findings.villages) > VILLAGES_SHOWN else []
    return t.plain("digests.comma").join([*shown, *more])


def _went_well(t: Translator, findings: Findings) -> list[Html]:
    lines = []
    if findings.contacts:
        lines.append(t("digests.contacts", n=findings.contacts, households=findings.visited))
    if findings.confirmed:
        lines.append(t("digests.confirmed", n=findings.confirmed))
    return lines
