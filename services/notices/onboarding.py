"""What the bot says unasked about onboarding."""

from services.notices.composing import Notices

NOTICES: Notices = {}
