"""The settings of a site: the environment over `config.toml` over the defaults."""

from bot.config.loading import load_settings
from bot.config.settings import ConfigError, Settings

__all__ = ["ConfigError", "Settings", "load_settings"]
