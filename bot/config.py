"""`config.toml` and the environment as one checked value; whatever is wrong is said in one line per problem."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.config_values import AtLeastOne, ClockTime, Count, Days, Span, Spans, ZoneName
from services.i18n import Language
from services.office import Site
from services.rules.policy import Category, Policy, Tier
from services.rules.retention import Retention

DEFAULT_FILE = Path("config.toml")  # read when no other is named, and then it may be missing
PREFIX = "LIANXIN_"
SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"
TAKEN_PATHS = ("/healthz", "/metrics")


class ConfigError(Exception):
    """The settings can't be used: one line per problem, each naming table and key."""


def load_settings(path: Path | None = None) -> "Settings":
    """The environment over the file over the defaults. A file that is named must be there.

    Raises ConfigError.
    """
    file = path or DEFAULT_FILE
    tables = _read(file) if path or file.is_file() else {}
    problems = [_unknown(table, "table", Settings.model_fields, f"[{table}]") for table in _unknown_tables(tables)]
    try:
        settings = Settings(**{table: keys for table, keys in tables.items() if table in Settings.model_fields})
    except ValidationError as error:
        raise ConfigError("\n".join([*problems, *map(_line, error.errors())])) from None  # its text holds the values
    except SettingsError as error:
        raise ConfigError("\n".join([*problems, f"environment: {error}"])) from None
    if settings.telegram.mode == "webhook" and not settings.web.listen:
        problems.append('[web] listen: needed when mode is "webhook"')
    if problems:
        raise ConfigError("\n".join(problems))
    return settings.beside(file.resolve().parent)


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


class Settings(BaseSettings):
    """Lives as long as the process; its repr holds neither token nor secret nor database password."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="ignore", frozen=True
    )

    telegram: Telegram = Telegram()
    database: Database = Database()
    site: SiteTable = SiteTable()
    web: Web = Web()
    policy: PolicyTable = PolicyTable()
    security: Security = Security()
    retention: RetentionTable = RetentionTable()
    backup: Backup = Backup()

    SECRET: ClassVar[frozenset[str]] = frozenset({"token", "webhook_secret", "url"})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings

    def beside(self, folder: Path) -> "Settings":
        """The same with relative paths made absolute from the folder of the configuration file."""
        url = self.database.url
        if url.startswith(SQLITE):
            path, mark, options = url.removeprefix(SQLITE).partition("?")
            url = f"{SQLITE}{folder / path}{mark}{options}"
        place = self.backup.place
        return self.model_copy(
            update={
                "backup": self.backup.model_copy(update={"folder": str(folder / place) if place else ""}),
                "database": self.database.model_copy(update={"url": url}),
                "security": Security(key_file=folder / self.security.key_file),
            }
        )

    def require_token(self) -> str:
        """Raises ConfigError where there is none."""
        if token := self.telegram.token.get_secret_value().strip():
            return token
        raise ConfigError(f"[telegram] token: missing; put it there or into {PREFIX}TELEGRAM__TOKEN")

    def secrets(self) -> list[str]:
        """What must never be printed."""
        password = re.search(r"://[^:@/]*:([^@]+)@", self.database.url)
        found = [
            self.telegram.token.get_secret_value().strip(),
            self.telegram.webhook_secret.get_secret_value(),
            password[1] if password else "",
        ]
        return [secret for secret in found if secret]

    def policy_value(self) -> Policy:
        return Policy(**{key: getattr(self.policy, key) for key in PolicyTable.model_fields})

    def retention_value(self) -> Retention:
        return Retention(**dict(self.retention))

    def site_value(self) -> Site:
        return Site(**dict(self.site), bot_username=self.telegram.bot_username)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: no such file; copy config.example.toml to it and fill in the token") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{file}: {reason}") from error


def _unknown_tables(tables: Iterable[str]) -> list[str]:
    """Those of the file and those that variables such as LIANXIN_TELEGRM__TOKEN mean."""
    variables = [name.upper().removeprefix(PREFIX) for name in os.environ if name.upper().startswith(PREFIX)]
    meant = {name.partition("__")[0].lower() for name in variables if "__" in name}
    return sorted({*tables, *meant} - set(Settings.model_fields))


def _line(error: Mapping[str, Any]) -> str:
    """pydantic's finding as `[table] key: what is wrong`."""
    table, *keys = (part for part in error["loc"] if part != "[key]")
    where = f"[{table}] " + ".".join(str(key + 1 if isinstance(key, int) else key) for key in keys)
    if error["type"] == "extra_forbidden" or error["loc"][-1] == "[key]":
        return _unknown(str(keys[-1]), "key", _keys_beside(table, keys), where)
    if error["type"] == "model_type":
        return f"[{table}]: a table is needed"
    wrong = error["msg"].removeprefix("Value error, ")
    shown = f" (not {error['input']!r})" if error["input"] != "" and Settings.SECRET.isdisjoint(keys) else ""
    return f"{where.rstrip()}: {wrong[0].lower()}{wrong[1:]}{shown}"


def _unknown(name: str, kind: str, known: Iterable[str], where: str) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"{where}: unknown {kind}" + (f" — did you mean {close[0]}?" if close else "")


def _keys_beside(table: str, keys: list[str]) -> list[str]:
    model = Settings.model_fields[table].annotation
    assert isinstance(model, type) and issubclass(model, Table)
    if len(keys) == 1:
        return list(model.model_fields)
    return [str(key) for key in get_args(model.model_fields[keys[0]].annotation)[0]]
