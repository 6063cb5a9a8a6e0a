"""What every use-case needs to know of the place and the hour, passed as one argument."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.erasure_log import ErasureLog
from services.clock import Clock, SystemClock
from services.rules.policy import Policy
from services.rules.retention import Retention


@dataclass(frozen=True)
class Site:
    """The township as configured: `[site]` and the bot's public name."""

    name: str = "连心"
    timezone: str = "Asia/Shanghai"
    language: str = "zh_CN"
    town_hotline: str = ""
    supervision_phone: str = ""
    bot_username: str = ""  # without @; deep links need it


@dataclass(frozen=True)
class Office:
    """Site, policy and clock of the running process; lives as long as the process."""

    site: Site = field(default_factory=Site)
    policy: Policy = field(default_factory=Policy)
    clock: Clock = field(default_factory=SystemClock)
    erasures: ErasureLog | None = None  # beside the key file
    retention: Retention = field(default_factory=Retention)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    def require_erasures(self) -> ErasureLog:
        """Errors: RuntimeError where nothing could be remembered, for then nothing may be erased."""
        if self.erasures is None:
            raise RuntimeError("this office has no erasure log")
        return self.erasures

    def in_real_time(self) -> "Office":
        """The same place by the machine's clock, for what must not happen early because a clock was moved."""
        return replace(self, clock=SystemClock())

    def now(self) -> datetime:
        """Aware UTC."""
        return self.clock.now()

    def local_now(self) -> datetime:
        """Aware, in the site's zone."""
        return self.clock.now().astimezone(self.zone)

    def today(self) -> date:
        """The site's local date."""
        return self.local_now().date()

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)
