"""The site's days as moments, for comparing local dates with what the database stores."""

from datetime import UTC, date, datetime, time, timedelta

from services.office import Office


def start_of(office: Office, day: date) -> datetime:
    """The first moment (UTC) of the site's day."""
    return datetime.combine(day, time.min, tzinfo=office.zone).astimezone(UTC)


def end_of(office: Office, day: date) -> datetime:
    """The first moment (UTC) that no longer belongs to the site's day."""
    return start_of(office, day + timedelta(days=1))
