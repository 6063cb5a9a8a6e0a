"""The guards against kills and faults of network and machine."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "kills: an interruption is no failure of the letter",
        "models/queries/inbox.py",
        ".values(interruptions=InboxLetter.interruptions + 1)",
        ".values(interruptions=InboxLetter.interruptions + 1, attempts=InboxLetter.attempts + 1)",
        "tests/bot/test_desk.py -k keeps_its_place",
    ),
    Guard(
        "supervision: a hanging event loop ends the process",
        "bot/app.py",
        "    with LoopGuard(stuck=LOOP_STUCK) as guard:",
        "    with LoopGuard(stuck=10**9) as guard:",
        "tests/torture/test_hanging_and_clocks.py -k hangs_for_ever",
    ),
    Guard(
        "supervision: a thread notices what no task can",
        "bot/loop_guard.py",
        "            self._silent_looks += 1",
        "            self._silent_looks += 0",
        "tests/bot/test_loop_guard.py",
    ),
    Guard(
        "kills: in a row of quick kills no message is given up",
        "services/outbox.py",
        "    is_old = row.created_at <= office.now() - SUSPICIOUS_AFTER",
        "    is_old = True",
        "tests/bot/test_delivery.py -k quick_kills",
    ),
    Guard(
        "kills: in a row of quick kills no letter is buried",
        "bot/desk.py",
        " or letter.received_at > self._now() - SUSPICIOUS_AFTER:",
        ":",
        "tests/bot/test_desk.py -k quick_kills",
    ),
    Guard(
        "delivery: the one repeat waits for a line that answers",
        "bot/sender.py",
        "        if parcel.is_repeat and not await self.is_heard():",
        "        if False:",
        "tests/bot/test_sender.py -k one_repeat",
    ),
    Guard(
        "faults: an edit that went as a new message is repeated once",
        "bot/settlement.py",
        "unknown=is_new or parcel.action not in REPEATABLE",
        "unknown=parcel.action not in REPEATABLE",
        "tests/bot/test_delivery.py -k new_message",
    ),
    Guard(
        "faults: an edit said anew isn't repeatable",
        "bot/sender.py",
        "        return Unknown(outcome.error, is_new=True) if isinstance(outcome, Unknown) else outcome",
        "        return outcome",
        "tests/bot/test_sender.py -k said_anew_whose",
    ),
    Guard(
        "kills: the claim is committed before the message leaves",
        "services/outbox.py",
        '        state="claimed",\n        claimed_until=real_now + CLAIM,',
        '        state="sent",\n        claimed_until=real_now + CLAIM,',
        "tests/torture/test_crash_points.py -k sends",
    ),
    Guard(
        "database: a damaged one is refused at the start",
        "bot/commands/running.py",
        "        require_sound(database)",
        "        assert database",
        "tests/torture/test_faulty_disk.py -k 'refused_with_what_to_do and command0'",
    ),
    Guard(
        "database: one that is damaged meanwhile ends the process",
        "bot/app.py",
        "            if backroom.damage is not None:",
        "            if False:",
        "tests/torture/test_faulty_disk.py -k damaged_under_the_bot",
    ),
    Guard(
        "intake: a rival on the token is named",
        "bot/intake.py",
        """    return isinstance(error, Conflict) and "webhook" not in error.message""",
        "    return False",
        "tests/torture/test_two_on_one_token.py",
    ),
    Guard(
        "delivery: after a kill one at a time",
        "bot/delivery.py",
        "(ONE_AT_A_TIME if is_careful else PLACES)",
        "(ONE_AT_A_TIME if is_careful and False else PLACES)",
        "tests/bot/test_delivery.py -k one_at_a_time",
    ),
    Guard(
        "intake: a full disk confirms nothing",
        "models/session.py",
        "            raise TransactionLost",
        "            return",
        "tests/torture/test_faulty_disk.py tests/bot/test_backroom.py -k full",
    ),
)
