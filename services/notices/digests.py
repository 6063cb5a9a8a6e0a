"""What the bot says unasked about digests."""

from services.notices.composing import Notices

NOTICES: Notices = {}
