"""`retention`: what has been kept long enough, in numbers; `--apply` lets it go."""

from collections import Counter

from rich.table import Table

from bot.commands.console import Console
from bot.commands.tables import print_table
from services import retention


def sweep(console: Console, *, apply: bool) -> None:
    office = console.office()
    with console.database() as database:
        if not apply:
            with database.reading() as session:
                _show(console, retention.due(session, office))
            console.say("operator.retention.not_done")
            return
        total: Counter[str] = Counter()
        while True:  # each part in a transaction of its own: a running bot goes on meanwhile
            with database.transaction() as session:
                swept = retention.sweep(session, office, by="operator")
                if not any(swept.values()):
                    retention.note_done(session, office)
                    break
            total.update(swept)
    _show(console, total)
    console.say("operator.retention.done")


def _show(console: Console, numbers: dict[str, int]) -> None:
    table = Table(console.t.plain("operator.retention.what"), box=None)
    table.add_column(console.t.plain("operator.retention.rows"), justify="right")
    for name, number in numbers.items():
        table.add_row(console.t.plain(f"operator.retention.{name}"), str(number))
    print_table(table)
