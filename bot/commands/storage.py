"""`migrate`, `backup`, `restore`."""

from pathlib import Path

from bot.commands.console import Console
from bot.commands.erasing import bring_together
from bot.commands.failures import CommandFailed
from bot.commands.places import database_name, sqlite_file
from models import migrating
from models.key_file import create_key_file
from models.sealed_rows import holds_sealed
from models.session import Database
from models.snapshots import Counts, header_of, read_snapshot, write_snapshot
from services import audit


def migrate(console: Console) -> None:
    """Bring the database to this version's tables; a new one is created, and so is the key file on the first run."""
    with console.any_database() as database:
        is_astray = database.is_missing and database.keyring.file.exists()  # a key file, and nothing it has sealed
        _make_keys(console, database)
        done = migrating.migrate(database)
        bring_together(database, console.office())
    name = database_name(console.settings.database.url)
    console.say("operator.migrate.done" if done else "operator.migrate.nothing", database=name)
    if is_astray:
        console.remark("operator.migrate.new", database=name)


def _make_keys(console: Console, database: Database) -> None:
    """Errors: KeyFileMissing where something is sealed already, which no new key could open; other KeyFileErrors."""
    file = database.keyring.file
    if file.exists() or holds_sealed(database):
        database.keyring.require()
        return
    create_key_file(file, on=console.office().today())
    console.say("operator.keys.created", file=str(file))


def backup(console: Console, out: Path) -> None:
    """Errors: OSError, also where `out` exists; BadSnapshot where the copy doesn't verify."""
    with console.database() as database:
        counts = write_snapshot(database, out, now=console.office().now())
        with database.transaction() as session:
            audit.record(session, console.office(), None, "backed_up", "database", rows=sum(counts.values()))
    console.say("operator.backup.done", file=str(out), **_summary(counts))


def restore(console: Console, file: Path) -> None:
    """Into an empty place only. Errors: NotEmpty, BadSnapshot, OSError."""
    _refuse_remains(console)
    with console.any_database() as database:
        counts = read_snapshot(database, file)
        current = migrating.is_current(database)
        if current:  # older tables may have no place for it
            with database.transaction() as session:
                audit.record(session, console.office(), None, "restored", "database", rows=sum(counts.values()))
        erased = bring_together(database, console.office()) if current else 0  # else `migrate` does it
    name = database_name(console.settings.database.url)
    console.say("operator.restore.done", file=str(file), database=name, **_summary(counts))
    if erased:
        console.say("operator.restore.erased", n=erased)
    made_at = console.office().local(header_of(file).created_at).isoformat(sep=" ", timespec="minutes")
    console.remark("operator.restore.in_force_again", since=made_at)
    if not current:
        console.remark("operator.restore.migrate")


def _refuse_remains(console: Console) -> None:
    """SQLite would mix the write-ahead log of an earlier database into the restored one."""
    place = sqlite_file(console.settings.database.url)
    if place is None or (place.exists() and place.stat().st_size):
        return
    for ending in ("-wal", "-shm", "-journal"):
        remains = place.with_name(place.name + ending)
        if remains.exists():
            raise CommandFailed("remains", file=str(remains))


def _summary(counts: Counts) -> dict[str, int]:
    return {name: counts[name] for name in ("households", "persons", "visits", "problems")}
