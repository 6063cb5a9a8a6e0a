"""What the bot says unasked about reminders."""

from services.notices.composing import Notices

NOTICES: Notices = {}
