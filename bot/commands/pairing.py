"""`pair`: propose a cadre for every household without one, and write it where that is asked for."""

import typer
from rich.table import Table

from bot.commands.console import Console
from bot.commands.tables import print_table
from services import pairing
from services.pairing import Proposal


def pair(console: Console, *, apply: bool) -> None:
    """Errors: Conflict where somebody was paired meanwhile."""
    with console.database() as database:
        if not apply:
            with database.reading() as session:
                proposal = pairing.propose(session, console.office())
            _show(console, proposal)
            if proposal.pairs:
                console.say("operator.pair.not_written")
            return
        with database.transaction() as session:
            proposal = pairing.propose(session, console.office())
            pairing.apply_proposal(session, console.office(), proposal, by=None)
        _show(console, proposal)
        if proposal.pairs:
            console.say("operator.pair.written", n=len(proposal.pairs))


def _show(console: Console, proposal: Proposal) -> None:
    if not (proposal.pairs or proposal.unpaired):
        console.say("operator.pair.nothing")
        return
    console.say("operator.pair.summary", pairs=len(proposal.pairs), unpaired=len(proposal.unpaired))
    if proposal.pairs:
        print_table(_loads(console, proposal))
    for one in proposal.unpaired:
        reason = console.t.plain(f"operator.pair.reason.{one.reason}")
        typer.echo(f"{one.code} {one.head} ({one.unit_name}): {reason}")


def _loads(console: Console, proposal: Proposal) -> Table:
    heads = ("cadre", "unit", "before", "given", "most")
    table = Table(*(console.t.plain(f"operator.pair.{head}") for head in heads))
    for cadre in proposal.cadres.values():
        if cadre.given:
            table.add_row(cadre.name, cadre.unit_name, str(cadre.before), f"+{cadre.given}", str(cadre.most))
    return table
