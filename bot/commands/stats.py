"""`stats`: how much there is of everything, as a plain table."""

from collections.abc import Iterator
from datetime import timedelta

from rich.table import Table

from bot.commands.console import Console
from bot.commands.tables import print_table
from bot.post_office import real_now
from bot.vital_signs import VitalSigns
from models.post import Process
from models.queries import processes, waiting
from models.queries.statistics import PostCounts, TownCounts, post_counts, town_counts
from services.rules.send_windows import open_since
from services.rules.working_time import WorkCalendar


def stats(console: Console) -> None:
    office = console.office()
    today = office.today()
    hours = open_since(office.local_now(), office.policy, WorkCalendar(office.policy))
    monday = today - timedelta(days=today.weekday())
    with console.database() as database, database.reading() as session:
        town, post = town_counts(session, visits_since=monday), post_counts(session)
        oldest = waiting.look(session, open_since=hours, now=office.now(), real_now=real_now()).oldest
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
    told = [(VitalSigns.from_json(process.signs), ago) for process, ago in running]
    yield "processes", str(len(running))
    ages = [age for signs, _ in told for age in signs.loops.values()]
    yield "slowest_loop", _seconds(max(ages, default=None))
    fetched = [signs.fetched + ago for signs, ago in told if signs.fetched is not None]
    yield "last_fetch", _seconds(min(fetched, default=None))
    unheard = [age + ago for signs, ago in told for age in signs.troubles_with_telegram().values()]
    yield "unheard", _seconds(max(unheard, default=None))
    yield "oldest_letter", _seconds(oldest["letter"])
    yield "oldest_message", _seconds(oldest["message"])


def _seconds(age: float | None) -> str:
    return "–" if age is None else f"{age:.0f}"
