"""The guards of the signs of life: what is told where nothing comes in."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "health: a message that waited for its hours isn't late when they begin",
        "models/queries/waiting.py",
        "max(moment, open_since[speech] or moment)",
        "moment",
        "tests/bot/test_health_of_messages.py -k its_hours",
    ),
    Guard(
        "health: what waits behind a paused message isn't late",
        "models/queries/waiting.py",
        ", ~is_behind_another(row, open_since))",
        ")",
        "tests/bot/test_health_of_messages.py -k waits_behind",
    ),
    Guard(
        "health: a message is late from the end of its pause on",
        "models/queries/waiting.py",
        "    was_paused = and_(row.next_attempt_at > row.created_at, row.attempts < IN_VAIN)",
        "    was_paused = and_(row.next_attempt_at > row.created_at, row.attempts < 0)",
        "tests/bot/test_health_of_messages.py -k was_paused",
    ),
    Guard(
        "health: messages that never get through are told",
        "models/queries/waiting.py",
        "row.attempts < IN_VAIN)",
        "row.attempts < 10**9)",
        "tests/bot/test_health_of_messages.py -k never_get_through",
    ),
    Guard(
        "health: a Telegram that has never answered is told",
        "bot/vital_signs.py",
        "        return self.polling if self.fetched is None else min(self.polling, self.fetched)",
        "        return 0.0 if self.fetched is None else min(self.polling, self.fetched)",
        "tests/bot/test_health.py -k never_answered",
    ),
    Guard(
        "health: whoever polls is known to",
        "bot/intake.py",
        "        with self._polling.running():",
        "        if self._polling:",
        "tests/bot/test_health.py -k never_answered",
    ),
    Guard(
        "health: a webhook that can't be set is told",
        "bot/webhook_address.py",
        "        with self._untold.running():",
        "        if self._untold:",
        "tests/bot/test_health.py -k cannot_be_set",
    ),
    Guard(
        "health: the doctor names a bot that hears nothing",
        "bot/commands/health/running.py",
        "signs.troubles_with_telegram().items()",
        "list(signs.troubles_with_telegram().items())[:0]",
        "tests/bot/test_doctor.py -k never_answered",
    ),
    Guard(
        "health: `stats` counts for how long nothing was heard",
        "bot/commands/stats.py",
        "for age in signs.troubles_with_telegram().values()",
        "for age in (age for age in (signs.fetched,) if age is not None)",
        "tests/bot/test_doctor.py -k never_answered",
    ),
    Guard(
        "health: the running bot's pulse knows since when it polls in vain",
        "bot/post_office.py",
        "            polling=self._polling,\n            untold",
        "            polling=Stopwatch(),\n            untold",
        "tests/processes/test_webhook_process.py -k 'never_answers and telegram-'",
    ),
    Guard(
        "health: the running bot's pulse knows since when its webhook isn't set",
        "bot/post_office.py",
        "            untold=self._untold,\n            now",
        "            untold=Stopwatch(),\n            now",
        "tests/processes/test_webhook_process.py -k 'never_answers and webhook-'",
    ),
)
