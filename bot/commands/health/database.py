"""Can the database be reached, has it its tables, and does the post move?"""

from datetime import date, datetime

from bot.commands.failures import database_failure, key_failure
from bot.commands.health.audit import check_audit
from bot.commands.health.verdict import Mark, Verdict, doubt, fine, wrong
from bot.commands.places import database_name
from bot.config import Settings
from bot.intake import RIVAL
from bot.nightly import TROUBLE
from models.key_file import KeyFileError
from models.keyring import Keyring, UnknownKey
from models.migrating import is_current
from models.queries import inbox, waiting
from models.queries.statistics import PostCounts, post_counts
from models.sealed_rows import require_all_keys
from models.session import Database
from models.soundness import require_sound
from models.trouble import trouble_of
from services import retention
from services.clock import Clock
from services.i18n import Translator
from services.office import Office
from services.rules.send_windows import open_since
from services.rules.working_time import WorkCalendar
from services.tracebacks import said

OLD = 10  # minutes


def check_database(settings: Settings, clock: Clock, t: Translator) -> list[Verdict]:
    name = database_name(settings.database.url)
    try:
        return _examined(settings, clock, name, t)
    except Exception as error:  # whatever a driver raises is the verdict
        trouble = trouble_of(error)
        verdict = database_failure(trouble, error, t, database=name) if trouble else said(error)
        return [Verdict("database", Mark.WRONG, said=verdict)]


def _examined(settings: Settings, clock: Clock, name: str, t: Translator) -> list[Verdict]:
    office = Office(settings.site_value(), settings.policy_value(), clock)
    hours = open_since(office.local_now(), office.policy, WorkCalendar(office.policy))
    database = Database(settings.database.url, Keyring(settings.security.key_file))
    try:
        if database.is_missing:
            return [wrong("database", "missing", database=name)]
        if not is_current(database):
            return [wrong("database", "not_migrated", database=name)]
        require_sound(database)
        keys = _keys(database, t)
        with database.reading() as session:
            counts, audited = post_counts(session), check_audit(session)
            oldest = waiting.look(session, open_since=hours, now=clock.now(), real_now=clock.now()).oldest["message"]
            rival_seen_at = inbox.read_note(session, RIVAL)
            trouble = inbox.read_note(session, TROUBLE) if settings.backup.place else None
            leapt_from = retention.leapt_from(session, office)
    finally:
        database.dispose()
    verdicts = [fine("database", "reachable", database=name), _post(counts, oldest)]
    verdicts += [*keys, *_dead_letters(counts), audited, *_backup(trouble), *_sweep(leapt_from)]
    return [*verdicts, *_rival(rival_seen_at, clock.now())]


def _keys(database: Database, t: Translator) -> list[Verdict]:
    """Does the key file open every row? What is wrong with the file itself is said elsewhere."""
    try:
        require_all_keys(database)
    except UnknownKey as error:
        return [Verdict("keys", Mark.WRONG, said=key_failure(error, t))]
    except KeyFileError:
        pass
    return []


def _backup(trouble: str | None) -> list[Verdict]:
    return [doubt("backup", "failing", why=trouble)] if trouble else []


def _sweep(leapt_from: date | None) -> list[Verdict]:
    return [doubt("retention", "leapt", last=leapt_from.isoformat())] if leapt_from else []


def _rival(seen_at: str | None, now: datetime) -> list[Verdict]:
    """Another program on the same token, while it is news."""
    ago = round((now - datetime.fromisoformat(seen_at)).total_seconds() / 60) if seen_at else OLD
    return [wrong("token", "shared", minutes=ago)] if ago < OLD else []


def _dead_letters(counts: PostCounts) -> list[Verdict]:
    return [doubt("letters", "dead", n=counts.letters_dead)] if counts.letters_dead else []


def _post(counts: PostCounts, oldest: float) -> Verdict:
    """`oldest`: for so many seconds a message could have left, and hasn't."""
    minutes = round(oldest / 60)
    make = doubt if counts.letters_dead or counts.messages_failed or minutes > OLD else fine
    return make(
        "post",
        "old" if minutes > OLD else "moves",
        waiting=counts.letters_waiting,
        dead=counts.letters_dead,
        queued=counts.messages_queued,
        failed=counts.messages_failed,
        minutes=minutes,
    )
