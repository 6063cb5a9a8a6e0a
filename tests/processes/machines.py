"""Bots that seem to run on several machines."""

import os

import bot.process_name


def on_another_machine() -> None:
    """Prepares a forked bot: nobody here can see whether it still lives."""
    boot, namespace = f"{os.getpid():08}", "elsewhere"
    bot.process_name._here = lambda: (boot, namespace)  # type: ignore[assignment]  # the original is cached
