"""`import-roster`: check files, show what they would change, and write it where that is asked for."""

from collections.abc import Sequence
from pathlib import Path

import typer

from bot.commands.console import Console
from bot.commands.failures import CommandFailed
from bot.workbooks import check_in_child_now
from services import roster
from services.rules.roster.values import File

MOST_READ = 6_000_000  # bytes of a file; whatever is longer is refused by the check, which needn't see all of it


def import_roster(console: Console, files: Sequence[Path], *, apply: bool) -> None:
    """Errors: CommandFailed for a roster with errors, Unreadable, Conflict, OSError."""
    given = [_read(file) for file in files]
    with console.database() as database:
        with database.reading() as session:
            known = roster.known_codes(session)
        checked = check_in_child_now(given, known)
        if checked.errors:
            typer.echo(roster.findings_text(console.t, checked))
            raise CommandFailed("roster_errors", n=len(checked.errors))
        with database.reading() as session:
            plan = roster.preview(session, console.office(), checked)
        typer.echo(roster.preview_text(console.t, checked, plan))
        if plan.is_empty:
            return
        if not apply:
            console.say("operator.roster.not_written")
            return
        with database.transaction() as session:
            roster.apply(session, console.office(), checked, by=None)
        console.say("operator.roster.written")


def _read(file: Path) -> File:
    with file.open("rb") as opened:
        return file.name, opened.read(MOST_READ)
