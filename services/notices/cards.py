"""What the bot says unasked about cards."""

from services.notices.composing import Notices

NOTICES: Notices = {}
