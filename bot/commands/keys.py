"""`keys rotate`: a new key for all that is sealed from now on, and everything there is sealed anew with it."""

from bot.commands.console import Console
from models import sealed_rows
from models.key_file import add_key, alone_with, end_rotation, read_key_file
from models.session import Database
from services import audit


def rotate(console: Console) -> None:
    """Killed in between, the next call goes on with the same new key: the key file says that one was begun.

    Rows of an older key begin none: a restored backup has such, and the current key may be the one that leaked.

    A bot may run beside on this machine; it learns the new key with what it seals next. The old key stays in the file,
    because backups need it. Errors: KeyFileError, KeyFileBusy where another rotation is at work.
    """
    with console.database() as database, alone_with(database.keyring.file):
        if read_key_file(database.keyring.file).is_rotating:
            console.say("operator.keys.goes_on", key_id=database.keyring.current)
        else:
            add_key(database.keyring.file, on=console.office().today())
            console.say("operator.keys.added", key_id=database.keyring.current)
        count = _reseal(console, database)
        with database.transaction() as session:
            audit.record(session, console.office(), None, "keys_rotated", "database", rows=count)
        end_rotation(database.keyring.file)
    console.say("operator.keys.rotated", n=count)


def _reseal(console: Console, database: Database) -> int:
    """Again and again until nothing is left: a bot beside may have begun to write before the new key was there."""
    total = 0
    while not sealed_rows.is_all_current(database):
        for table in sealed_rows.sealed_tables():
            if count := sealed_rows.reseal(database, table):
                console.say("operator.keys.table", table=table.name, n=count)
                total += count
    return total
