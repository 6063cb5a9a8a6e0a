"""What the bot says unasked about problems."""

from services.notices.composing import Notices

NOTICES: Notices = {}
