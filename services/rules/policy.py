"""What a site may decide for itself, as one immutable value; the defaults are the rules of the field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType

Window = tuple[time, time]  # local times of the site; the first belongs to it, the second doesn't


class Tier(StrEnum):
    """类别: how closely a household is looked after."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Category(StrEnum):
    """What a problem is about, in the order in which people are offered it."""

    HOUSING = "housing"
    ROADS = "roads"
    WATER = "water"
    POWER = "power"
    MEDICAL = "medical"
    SCHOOL = "school"
    FARMING = "farming"
    AID = "aid"
    DISPUTE = "dispute"
    OTHER = "other"


VISIT_INTERVAL_DAYS: Mapping[str, int] = MappingProxyType({Tier.RED: 7, Tier.YELLOW: 30, Tier.GREEN: 90})
DEADLINE_DAYS: Mapping[str, int] = MappingProxyType(
    {
        Category.WATER: 1,
        Category.POWER: 1,
        Category.MEDICAL: 1,
        Category.HOUSING: 15,
        Category.DISPUTE: 15,
        Category.ROADS: 7,
        Category.SCHOOL: 7,
        Category.FARMING: 7,
        Category.AID: 7,
        Category.OTHER: 7,
    }
)


@dataclass(frozen=True)
class Policy:
    """Units: days are calendar days for visits and working days for deadlines; times are local to the site."""

    visit_interval_days: Mapping[str, int] = field(default_factory=lambda: VISIT_INTERVAL_DAYS)
    deadline_days: Mapping[str, int] = field(default_factory=lambda: DEADLINE_DAYS)
    send_windows: tuple[Window, ...] = ((time(8, 30), time(11, 30)), (time(14, 30), time(18, 0)))
    notice_window: Window = (time(7, 0), time(21, 0))
    working_hours: tuple[Window, ...] = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)
    digest_time: time = time(8, 30)
    reminder_time: time = time(8, 30)
    messages_per_second: int = 28  # overall; 0 switches the limit off, and about 30 leave (bot/gate.py)
    messages_per_minute: int = 20  # of one chat that are taken; 0 switches the limit off
    pairing_max: int = 10  # households a cadre, where the roster names no number
    backdate_days: int = 60
    correction_hours: int = 72
