"""Everything the bot says, in each reader's language: `translator(language)` is where to begin."""

from services.i18n.html import Html, clean, escape
from services.i18n.language import Language, negotiate
from services.i18n.translator import Translator, all_forms, translator

__all__ = ["Html", "Language", "Translator", "all_forms", "clean", "escape", "negotiate", "translator"]
