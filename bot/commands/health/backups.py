"""Is there a backup of these days?"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.backup_folder import BackupFolder
from bot.commands.health.verdict import Verdict, doubt, fine, wrong
from bot.config import Settings
from services.clock import Clock

OLD = timedelta(days=2)


def check_backups(settings: Settings, clock: Clock) -> list[Verdict]:
    """By the files themselves; why the last try failed is a note in the database."""
    place = settings.backup.place
    if place is None:
        return [fine("backup", "off")]
    last = BackupFolder(place, settings.backup.keep_days).last_made()
    if last is None:
        return [doubt("backup", "none", folder=str(place))]
    file, made_at = last
    local = made_at.astimezone(ZoneInfo(settings.site.timezone))
    make = wrong if clock.now() - made_at > OLD else fine
    return [make("backup", "old" if make is wrong else "last", at=local.strftime("%Y-%m-%d %H:%M"), file=str(file))]
