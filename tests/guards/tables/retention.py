"""What was kept long enough goes, and nothing else."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "retention: what another row names stays",
        "models/queries/retention.py",
        "row.unique_key.is_(None), ~is_named",
        "row.unique_key.is_(None)",
        "tests/services/test_retention.py -k another_row",
    ),
    Guard(
        "retention: what was said under a key is remembered",
        "models/queries/retention.py",
        "row.finished_at < before, row.unique_key.is_(None), ~is_named",
        "row.finished_at < before, ~is_named",
        "tests/services/test_retention.py -k under_a_key",
    ),
    Guard(
        "retention: letters that wait stay",
        "models/queries/retention.py",
        'InboxLetter.state.in_(("done", "dropped")), InboxLetter.finished_at < before',
        "InboxLetter.received_at < before",
        "tests/services/test_retention.py -k old_post",
    ),
    Guard(
        "retention: dead letters stay",
        "models/queries/retention.py",
        'InboxLetter.state.in_(("done", "dropped"))',
        'InboxLetter.state != "waiting"',
        "tests/services/test_retention.py -k old_post",
    ),
    Guard(
        "retention: once a night",
        "services/retention.py",
        "    if now.time() < NIGHT_WORK_FROM or inbox.read_note(session, DONE_ON) == today:",
        "    if now.time() < NIGHT_WORK_FROM:",
        "tests/services/test_retention.py -k once_a_night",
    ),
    Guard(
        "retention: a moved clock takes nothing away",
        "bot/scheduler.py",
        "await self._do(name, act, self._office.in_real_time())",
        "await self._do(name, act, self._office)",
        "tests/bot/test_housekeeping.py -k years_ahead",
        (
            "services/retention.py",
            "        if before := leapt_from(session, office):",
            "        if (before := leapt_from(session, office)) and not before:",
        ),
    ),
    Guard(
        "retention: `tick --at` takes nothing away",
        "bot/commands/tick.py",
        "for name, act in ticks.TICKS if",
        "for name, act in (*ticks.TICKS, *ticks.HOUSEKEEPING) if",
        "tests/bot/test_cli_town.py -k mistyped_year",
        (
            "services/retention.py",
            "        if before := leapt_from(session, office):",
            "        if (before := leapt_from(session, office)) and not before:",
        ),
    ),
    Guard(
        "retention: nothing goes after a leap of the machine's clock",
        "services/retention.py",
        "        if before := leapt_from(session, office):",
        "        if (before := leapt_from(session, office)) and not before:",
        "tests/bot/test_housekeeping.py -k after_a_leap",
    ),
    Guard(
        "retention: what was swept by hand ends the waiting",
        "bot/commands/retention.py",
        "                    retention.note_done(session, office)\n",
        "",
        "tests/bot/test_housekeeping.py -k by_hand",
    ),
)
