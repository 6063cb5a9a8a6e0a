"""`cards` and `export`: a file to print, a workbook to read."""

from collections.abc import Iterable
from pathlib import Path

from bot.commands.bot_name import bot_name
from bot.commands.console import Console
from bot.commands.failures import CommandFailed
from bot.commands.places import write_whole
from models.people import Unit
from models.queries import people
from models.session import Session
from services import audit, supervision
from services.card_printing import printed_cards
from services.rendering.card import render_cards, unprintable
from services.rendering.workbook import Sheet, render_export

EVERYWHERE = "/"  # the beginning of every unit's path


def print_cards(console: Console, out: Path, *, unit: str | None) -> None:
    """One page a household. Errors: CommandFailed for an unknown unit or without a household, OSError."""
    with console.database() as database:
        office = console.office(bot_username=bot_name(console, database))
        with database.reading() as session:
            of_unit = _unit(session, unit) if unit else None
            printed = printed_cards(session, office, unit_path=of_unit.path if of_unit else EVERYWHERE)
        if not printed:
            raise CommandFailed("no_cards")
        with database.transaction() as session:
            unit_id = of_unit.id if of_unit else None
            audit.record(session, office, None, "cards_exported", "unit", unit_id, n=len(printed))
    replaced = write_whole(out, render_cards(printed, language=console.settings.site.language))
    for card in printed:
        if missing := unprintable(card):
            console.remark("operator.cards.unprintable", code=card.household_code, characters="".join(sorted(missing)))
    _say_written(console, out, replaced=replaced, n=len(printed), kind="cards")


def export(console: Console, out: Path, *, unit: str) -> None:
    """The ledger of a unit and everything below it. Errors: CommandFailed for an unknown unit, OSError."""
    office, language = console.office(), console.settings.site.language
    with console.database() as database:
        with database.reading() as session:
            unit_id = _unit(session, unit).id
            sheets = supervision.export_sheets(session, office, unit_id, language=language)
        with database.transaction() as session:
            audit.record(session, office, None, "ledger_exported", "unit", unit_id, rows=_rows(sheets))
    replaced = write_whole(out, render_export(sheets))
    _say_written(console, out, replaced=replaced, n=_rows(sheets), kind="export")


def _rows(sheets: Iterable[Sheet]) -> int:
    return sum(len(sheet.rows) for sheet in sheets)


def _unit(session: Session, code: str) -> Unit:
    unit = people.unit_by_code(session, code)
    if unit is None:
        raise CommandFailed("unknown_unit", code=code)
    return unit


def _say_written(console: Console, out: Path, *, replaced: bool, n: int, kind: str) -> None:
    console.say(f"operator.{kind}.written", n=n, file=str(out))
    if replaced:
        console.remark("operator.file.replaced", file=str(out))
