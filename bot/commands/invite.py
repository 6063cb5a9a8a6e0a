"""`invite`: one deep link on one line, so that a script can use it."""

import typer

from bot.commands.bot_name import bot_name
from bot.commands.console import Console
from models.actor import Role
from services.invitations import invite_by_codes


def invite(console: Console, *, role: Role, unit: str, person: str | None) -> None:
    """`unit` and `person` are codes of the roster. Errors: NotFound, Conflict."""
    with console.database() as database:
        office = console.office(bot_username=bot_name(console, database))
        with database.transaction() as session:
            link = invite_by_codes(session, office, role=role, unit_code=unit, person_code=person)
    typer.echo(link)
    console.remark("operator.invite.hint")
