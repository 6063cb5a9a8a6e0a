"""`config.toml` and the environment as one checked value."""

import re
from pathlib import Path
from typing import ClassVar

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.tables import (
    SQLITE,
    Backup,
    Database,
    PolicyTable,
    RetentionTable,
    Security,
    SiteTable,
    Telegram,
    Web,
)
from services.office import Site
from services.rules.policy import Policy
from services.rules.retention import Retention

PREFIX = "LIANXIN_"


class ConfigError(Exception):
    """The settings can't be used: one line per problem, each naming table and key."""


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
