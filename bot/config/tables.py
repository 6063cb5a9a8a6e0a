"""The tables of `config.toml`: each key with its default, and what is accepted for it."""

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from bot.config.values import AtLeastOne, ClockTime, Count, Days, Span, Spans, ZoneName
from services.i18n import Language
from services.office import Site
from services.rules.policy import Category, Policy, Tier
from services.rules.retention import Retention

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"
TAKEN_PATHS = ("/healthz", "/metrics")

POLICY = Policy()
SITE = Site()
RETENTION = Retention()


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False, str_strip_whitespace=True)


class Telegram(Table):
    token: SecretStr = SecretStr("")
    bot_username: Annotated[str, Field(pattern=r"^(@?\w{3,32})?$"), AfterValidator(lambda name: name.lstrip("@"))] = ""
    api_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+"), AfterValidator(lambda url: url.rstrip("/"))] = (
        "https://api.telegram.org"
    )
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$", validate_default=True)] = ""
    webhook_secret: Annotated[SecretStr, Field(validate_default=True)] = SecretStr("")

    @field_validator("webhook_url")
    @classmethod
    def _needed_by_the_webhook(cls, url: str, info: ValidationInfo) -> str:
        if info.data.get("mode") == "webhook" and not url:
            raise ValueError('needed when mode is "webhook"')
        if url and (path := urlsplit(url).path) in TAKEN_PATHS:
            raise ValueError(f"impossible: the bot itself answers at {path}")
        return url

    @property
    def webhook_path(self) -> str:
        """Where the webhook is served: a proxy in front hands the path on as it is."""
        return urlsplit(self.webhook_url).path or "/"

    @field_validator("webhook_secret")
    @classmethod
    def _sent_by_telegram(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        if info.data.get("mode") == "webhook" and not re.fullmatch(r"[\w-]{16,256}", secret.get_secret_value(), re.A):
            raise ValueError('needed when mode is "webhook": 16 to 256 of A-Z, a-z, 0-9, _ and -')
        return secret


class Database(Table):
    url: Annotated[str, Field(repr=False)] = SQLITE + "lianxin.db"  # may hold a password

    @field_validator("url")
    @classmethod
    def _one_of_two(cls, url: str) -> str:
        path = url.removeprefix(SQLITE).partition("?")[0]
        if url.startswith(POSTGRESQL) or (url.startswith(SQLITE) and path not in ("", ":memory:")):
            return url
        raise ValueError(f"{SQLITE}FILE or {POSTGRESQL}USER:PASSWORD@HOST/NAME is needed")


class SiteTable(Table):
    name: Annotated[str, Field(min_length=1)] = SITE.name
    timezone: ZoneName = SITE.timezone
    language: Language = Language(SITE.language)
    town_hotline: str = SITE.town_hotline
    supervision_phone: str = SITE.supervision_phone


class Web(Table):
    listen: str = "127.0.0.1:8080"  # "": nowhere

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        if not listen:
            return listen
        host, _, port = listen.rpartition(":")
        if not host or not re.fullmatch(r"\d{1,5}", port) or int(port) > 65535:
            raise ValueError('host and port such as "127.0.0.1:8080" are needed')
        return listen

    @property
    def is_chosen(self) -> bool:
        """Whether somebody wrote it down: then it must be had, and no other will do."""
        return "listen" in self.model_fields_set

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


class PolicyTable(Table):
    visit_interval_days: dict[Tier, AtLeastOne] = {tier: POLICY.visit_interval_days[tier] for tier in Tier}
    deadline_days: dict[Category, AtLeastOne] = {about: POLICY.deadline_days[about] for about in Category}
    send_windows: Spans = POLICY.send_windows
    notice_window: Span = POLICY.notice_window
    working_hours: Spans = POLICY.working_hours
    holidays: Days = POLICY.holidays
    workdays: Annotated[Days, Field(validate_default=True)] = POLICY.workdays
    digest_time: ClockTime = POLICY.digest_time
    reminder_time: ClockTime = POLICY.reminder_time
    messages_per_second: Count = POLICY.messages_per_second
    messages_per_minute: Count = POLICY.messages_per_minute
    pairing_max: AtLeastOne = POLICY.pairing_max
    backdate_days: Count = POLICY.backdate_days
    correction_hours: Count = POLICY.correction_hours

    @field_validator("visit_interval_days")
    @classmethod
    def _other_tiers_keep_theirs(cls, days: dict[str, int]) -> dict[str, int]:
        return {**POLICY.visit_interval_days, **days}

    @field_validator("deadline_days")
    @classmethod
    def _other_categories_keep_theirs(cls, days: dict[str, int]) -> dict[str, int]:
        return {**POLICY.deadline_days, **days}

    @field_validator("workdays")
    @classmethod
    def _no_holiday(cls, workdays: frozenset[date], info: ValidationInfo) -> frozenset[date]:
        if both := workdays & info.data.get("holidays", frozenset()):
            raise ValueError(f"{min(both)} is among the holidays too")
        return workdays

    @field_validator("digest_time", "reminder_time")
    @classmethod
    def _can_still_leave(cls, moment: time, info: ValidationInfo) -> time:
        if (windows := info.data.get("send_windows")) and moment >= windows[-1][1]:
            raise ValueError("impossible: the last of the send_windows is over by then")
        return moment


class Security(Table):
    key_file: Path = Path("lianxin.key")


class Backup(Table):
    folder: str = "backups"
    keep_days: AtLeastOne = 14

    @property
    def place(self) -> Path | None:
        """None: no nightly backups."""
        return Path(self.folder) if self.folder else None


class RetentionTable(Table):
    post_days: Annotated[AtLeastOne, Field(ge=14)] = RETENTION.post_days  # a call-back is answered by it for a week
    draft_days: AtLeastOne = RETENTION.draft_days
    invitation_days: AtLeastOne = RETENTION.invitation_days
    roster_check_days: AtLeastOne = RETENTION.roster_check_days
    former_member_years: AtLeastOne = RETENTION.former_member_years
