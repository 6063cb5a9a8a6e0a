"""`stats`: how much there is of everything, as a plain table."""

from collections.abc import Iterator
from datetime import timedelta

from rich.table import Table

from bot.commands.console import Console
from bot.commands.tables import print_table
from models.queries.statistics import PostCounts, TownCounts, post_counts, town_counts


def stats(console: Console) -> None:
    today = console.office().today()
    monday = today - timedelta(days=today.weekday())
    with console.database() as database, database.reading() as session:
        town, post = town_counts(session, visits_since=monday), post_counts(session)
    table = Table(console.t.plain("operator.stats.what"), box=None)
    table.add_column(console.t.plain("operator.stats.number"), justify="right")
    for label, number in _rows(console, town, post):
        table.add_row(label, str(number))
    print_table(table)


def _rows(console: Console, town: TownCounts, post: PostCounts) -> Iterator[tuple[str, int]]:
    t = console.t.plain
    for name in ("households", "households_paired", "households_linked", "cadres", "cadres_joined", "visits"):
        yield t(f"operator.stats.{name}"), getattr(town, name)
    yield t("operator.stats.open_problems"), sum(town.open_problems.values())
    for stage, number in town.open_problems.items():
        yield f"  {t(f'words.stage.{stage}')}", number
    for name in ("letters_waiting", "letters_dead", "messages_queued", "messages_failed"):
        yield t(f"operator.stats.{name}"), getattr(post, name)
    yield t("operator.stats.unreachable"), town.unreachable
