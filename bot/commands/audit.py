"""`audit verify` and `audit show`: is the record of reads and changes whole, and what does it say?"""

from datetime import date

from rich.table import Table

from bot.commands.console import Console
from bot.commands.tables import print_table
from services import audit
from services.audit import End, Line

COLUMNS = ("position", "at", "who", "act", "about", "facts")


def verify(console: Console, *, expected: End | None) -> None:
    """Prints where the chain ends, to be kept elsewhere. Errors: Broken that names the first bad entry."""
    with console.database() as database, database.reading() as session:
        end = audit.verify(session, expected)
    console.say("audit.whole", n=end.position, end=f"{end.position}:{end.hash}")


def show(console: Console, *, person: str | None, household: str | None, since: date | None, limit: int) -> None:
    """Errors: NotFound for an unknown code."""
    office = console.office()
    with console.database() as database, database.reading() as session:
        lines = audit.show(session, office, person=person, household=household, since=since, limit=limit)
    if not lines:
        console.say("audit.nothing")
        return
    table = Table(*(console.t.plain(f"audit.column.{name}") for name in COLUMNS), box=None, pad_edge=False)
    for line in lines:
        table.add_row(*_cells(console, line))
    print_table(table)


def _cells(console: Console, line: Line) -> tuple[str, ...]:
    facts = dict(line.facts)
    by = facts.pop("by", "")
    who = line.who or (_words(console, f"audit.by.{by}") if by else "—")
    about = " ".join(filter(None, (_words(console, f"audit.about.{line.about}"), line.whose)))
    said = " ".join(f"{name}={value}" for name, value in facts.items())
    return (
        str(line.position),
        f"{line.at:%Y-%m-%d %H:%M:%S}",
        who,
        _words(console, f"audit.act.{line.act}"),
        about,
        said,
    )


def _words(console: Console, message_id: str) -> str:
    """An entry of another version may name what this one has no words for: its code is shown then."""
    return console.t.plain(message_id) if message_id in console.t.messages else message_id.rpartition(".")[2]
