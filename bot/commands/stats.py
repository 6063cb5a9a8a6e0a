"""`stats`: how much there is of everything, as a plain table."""

from collections.abc import Iterator
from datetime import timedelta

from rich.table import Table

from bot.commands.console import Console
from bot.commands.tables import print_table
from bot.post_office import real_now
from models.post import Process
from models.queries import processes, waiting
from models.queries.statistics import PostCounts, TownCounts, post_counts, town_counts
from services.rules.send_windows import open_speeches
from services.rules.working_time import WorkCalendar


def stats(console: Console) -> None:
    office = console.office()
    today = office.today()
    speeches = open_speeches(office.local_now(), office.policy, WorkCalendar(office.policy))
    monday = today - timedelta(days=today.weekday())
    with console.database() as database, database.reading() as session:
        town, post = town_counts(session, visits_since=monday), post_counts(session)
        oldest = waiting.look(session, speeches=speeches, now=office.now(), real_now=real_now()).oldest
        running = processes.read(session)
    table = Table(console.t.plain("operator.stats.what"), box=None)
    table.add_column(console.t.plain("operator.stats.number"), justify="right")
    for label, number in _rows(console, town, post):
        table.add_row(label, str(number))
    for name, shown in _health(oldest, running):
        table.add_row(console.t.plain(f"operator.stats.{name}"), shown)
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


def _health(oldest: dict[str, float], running: list[tuple[Process, float]]) -> Iterator[tuple[str, str]]:
    """Seconds; – where nobody knows. Each process comes with how long ago it wrote what it says."""
    ages = [age for process, _ in running for age in process.signs.get("loops", {}).values()]
    fetched = [process.signs["fetched"] + ago for process, ago in running if process.signs.get("fetched") is not None]
    yield "processes", str(len(running))
    yield "slowest_loop", f"{max(ages):.0f}" if ages else "–"
    yield "last_fetch", f"{min(fetched):.0f}" if fetched else "–"
    yield "oldest_letter", f"{oldest['letter']:.0f}"
    yield "oldest_message", f"{oldest['message']:.0f}"
