"""The languages the bot speaks."""

from enum import StrEnum


class Language(StrEnum):
    """The value names the folder in `locales` and the Babel locale."""

    ZH_CN = "zh_CN"
    EN = "en"


def negotiate(language_code: str | None, default: Language | str = Language.ZH_CN) -> Language:
    """The language for Telegram's `zh-hans`, `en-GB`, …; one that the bot doesn't speak gets `default`."""
    spoken = (language_code or "").replace("_", "-").partition("-")[0].lower()
    return {"zh": Language.ZH_CN, "en": Language.EN}.get(spoken, Language(default))
