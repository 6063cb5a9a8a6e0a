"""A local Bot API with Telegram's semantics, and people to talk to the bot.

It speaks HTTP only and imports nothing of the bot, so that a bot can't tell it from Telegram.
"""

from sandbox.chats import Person
from sandbox.server import create_app, serve
from sandbox.state import Sandbox

__all__ = ["Person", "Sandbox", "create_app", "serve"]
