"""Words for one reader: messages, dates and numbers in one language."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from services.i18n.catalogue import Forms, read_catalogue
from services.i18n.html import Html, clean, escape
from services.i18n.language import Language

Parameter = str | int

# Patterns of Unicode CLDR, as Babel reads them.
_DAY = {Language.ZH_CN: "M月d日（EEE）", Language.EN: "EEE d MMM"}
_DAY_AND_TIME = {Language.ZH_CN: "M月d日（EEE）HH:mm", Language.EN: "EEE d MMM, HH:mm"}
_FULL_DATE = {Language.ZH_CN: "y年M月d日", Language.EN: "d MMMM y"}


@dataclass(frozen=True)
class Translator:
    """Lives as long as the process; `translator()` hands out one per language."""

    language: Language
    messages: Mapping[str, Forms]

    def __call__(self, message_id: str, **parameters: Parameter) -> Html:
        """Telegram HTML: the catalogue's markup stays, parameters are escaped unless they are `Html`.

        Where the entry has plural forms, the parameter `n` chooses. Errors: KeyError for an unknown id.
        """
        text = self._text(message_id, parameters)
        return Html(text.format_map({name: _html(value) for name, value in parameters.items()}))

    def plain(self, message_id: str, **parameters: Parameter) -> str:
        """The same without markup or escaping: button labels, toasts, files."""
        text = Html(self._text(message_id, parameters)).text
        return text.format_map({name: _plain(value) for name, value in parameters.items()})

    def date(self, day: dt.date) -> str:
        """3月2日（周一） / Mon 2 Mar"""
        return format_date(day, _DAY[self.language], locale=_locale(self.language))

    def full_date(self, day: dt.date) -> str:
        """2026年3月2日 / 2 March 2026"""
        return format_date(day, _FULL_DATE[self.language], locale=_locale(self.language))

    def datetime(self, moment: dt.datetime) -> str:
        """`moment` in the site's zone: 3月2日（周一）14:30 / Mon 2 Mar, 14:30"""
        pattern = _DAY_AND_TIME[self.language]
        return format_datetime(moment.replace(tzinfo=None), pattern, locale=_locale(self.language))

    def time(self, moment: dt.datetime | dt.time) -> str:
        """`moment` in the site's zone: 14:30"""
        return format_time(moment.replace(tzinfo=None), "HH:mm", locale=_locale(self.language))

    def number(self, number: int) -> str:
        """12,345"""
        return format_decimal(number, locale=_locale(self.language))

    def _text(self, message_id: str, parameters: dict[str, Parameter]) -> str:
        forms = self.messages[message_id]
        if len(forms) == 1:
            return forms[0]
        singular = _locale(self.language).plural_form(int(parameters["n"])) == "one"
        return forms[0] if singular else forms[-1]


@cache
def _locale(language: Language) -> Locale:
    """Babel reads a language's name anew each time it is given as text."""
    return Locale.parse(language)


@cache
def translator(language: Language | str) -> Translator:
    """Errors: ValueError for a language that the bot doesn't speak."""
    return Translator(Language(language), read_catalogue(Language(language)))


@cache
def all_forms(message_id: str) -> frozenset[str]:
    """A label in every language, to recognise the text of a keyboard button whoever pressed it."""
    return frozenset(translator(language).plain(message_id) for language in Language)


def _plain(value: Parameter) -> str:
    return value.text if isinstance(value, Html) else clean(str(value))


def _html(value: Parameter) -> Html:
    return escape(value if isinstance(value, str) else str(value))
