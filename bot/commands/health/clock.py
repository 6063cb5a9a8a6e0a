"""Is this machine's clock right, and are the holidays known?"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import aiohttp

from bot.commands.health.verdict import Verdict, doubt, fine, wrong
from bot.config import Settings
from services.clock import Clock
from services.rules.working_time import last_known_year

PATIENCE = 5.0  # seconds
TOLERATED = 60  # seconds between our clock and the one at the other end
ANNOUNCED_BY = (12, 1)  # month, day: by then the State Council has published next year's holidays


def check_clock(settings: Settings, clock: Clock) -> list[Verdict]:
    today = clock.now().astimezone(ZoneInfo(settings.site.timezone)).date()
    return [_compared(asyncio.run(_their_time(settings.telegram.api_url)), clock.now()), _holidays(settings, today)]


def _compared(theirs: datetime | None, ours: datetime) -> Verdict:
    if theirs is None:
        return doubt("clock", "not_compared", now=_shown(ours))
    ahead = round((ours - theirs).total_seconds())
    if abs(ahead) <= TOLERATED:
        return fine("clock", "right", now=_shown(ours))
    return wrong("clock", "fast" if ahead > 0 else "slow", by=str(timedelta(seconds=abs(ahead))))


async def _their_time(api_url: str) -> datetime | None:
    """The Date header of whoever answers there; it needs no token."""
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.head(api_url, allow_redirects=False) as answer,
        ):
            moment = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, OSError, KeyError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _holidays(settings: Settings, today: date) -> Verdict:
    """The site's own days stand in for a calendar that isn't published yet."""
    needed = today.year + (1 if (today.month, today.day) >= ANNOUNCED_BY else 0)
    own = any(day.year == needed for day in settings.policy.holidays | settings.policy.workdays)
    if needed <= last_known_year() or own:
        return fine("calendar", "known", year=max(needed, last_known_year()))
    return doubt("calendar", "unknown", year=needed)


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
