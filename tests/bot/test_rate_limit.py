"""The limits, to the message: tables for each of them, and a busy morning on a clock of its own."""

import random
from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest

from bot.rate_limit import KEPT_CHATS, Lane, RateLimit

SOON = 1e-9  # seconds; what floating point may add to a wait


class Seconds:
    """A monotonic clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def leave(limit: RateLimit, clock: Seconds, chat_id: int, lane: Lane, number: int) -> list[float]:
    """Send so many as early as allowed; the times at which they leave, from now."""
    start, left = clock.now, []
    for _ in range(number):
        while (wait := limit.may_send(chat_id, lane)) > 0:
            clock.now += wait + SOON
        limit.sent(chat_id, lane)
        left.append(round(clock.now - start, 3))
    return left


def test_a_private_chat_gets_three_at_once_and_then_one_a_second(clock: Seconds) -> None:
    assert leave(RateLimit(1000, clock), clock, 7, "person", 6) == pytest.approx([0, 0, 0, 1, 2, 3], abs=0.01)


def test_after_a_pause_a_private_chat_gets_three_at_once_again(clock: Seconds) -> None:
    limit = RateLimit(1000, clock)
    leave(limit, clock, 7, "person", 3)
    clock.now += 3
    assert leave(limit, clock, 7, "person", 3) == pytest.approx([0, 0, 0], abs=0.01)


def test_a_group_never_gets_more_than_twenty_a_minute(clock: Seconds) -> None:
    left = leave(RateLimit(1000, clock), clock, -100, "person", 60)
    assert max(sum(first <= later < first + 60 for later in left) for first in left) == 19
    assert left[-1] == pytest.approx(58 * 60 / 18, abs=0.1)


def test_one_chat_does_not_wait_for_another(clock: Seconds) -> None:
    limit = RateLimit(1000, clock)
    leave(limit, clock, 7, "person", 3)
    clock.now += 0.01
    assert limit.may_send(7, "person") > 0.9
    assert limit.may_send(8, "person") == 0


def test_overall_no_second_holds_more_than_the_limit_and_its_burst(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    left = [leave_one(limit, clock, chat) for chat in range(1, 200)]
    assert max(sum(first <= later < first + 1 for later in left) for first in left) == 29
    assert left[-1] - left[0] == pytest.approx(197 / 28, abs=0.05)


def leave_one(limit: RateLimit, clock: Seconds, chat_id: int) -> float:
    leave(limit, clock, chat_id, "person", 1)
    return clock.now


def test_bulk_is_evenly_spaced_over_the_whole_budget_while_nobody_waits(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    left = []
    for chat in range(1, 30):
        leave(limit, clock, chat, "bulk", 1)
        left.append(clock.now)
    gaps = [later - earlier for earlier, later in pairwise(left)]
    assert gaps == pytest.approx([1 / 28] * 28, abs=0.001)


def test_a_person_is_let_in_at_once_in_the_middle_of_bulk(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    for chat in range(1, 30):
        leave(limit, clock, chat, "bulk", 1)
    assert limit.may_send(100, "person") == 0
    assert limit.may_send(101, "bulk") > 0


def test_zero_switches_our_limits_off(clock: Seconds) -> None:
    limit = RateLimit(0, clock)
    assert leave(limit, clock, 7, "person", 500) == [0] * 500
    assert leave(limit, clock, -100, "bulk", 500) == [0] * 500


@pytest.mark.parametrize("rate", [0, 28])
@pytest.mark.parametrize("lane", ["person", "bulk"])
def test_a_pause_that_telegram_asks_for_holds_that_chat_only(clock: Seconds, rate: int, lane: Lane) -> None:
    limit = RateLimit(rate, clock)
    limit.hold(7, 17)
    assert limit.may_send(7, lane) == pytest.approx(17)
    assert limit.may_send(8, lane) == 0
    clock.now += 17 + SOON
    assert limit.may_send(7, lane) == 0


@pytest.mark.parametrize("rate", [0, 28])
@pytest.mark.parametrize("lane", ["person", "bulk"])
def test_a_pause_for_all_holds_every_chat(clock: Seconds, rate: int, lane: Lane) -> None:
    limit = RateLimit(rate, clock)
    limit.hold_all(17)
    assert limit.may_send(7, lane) >= 17
    clock.now += 16.9
    assert limit.may_send(-8, lane) > 0
    clock.now += 0.2 + 1 / 28
    assert limit.may_send(7, lane) == 0


def test_a_shorter_pause_does_not_end_a_longer_one(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    limit.hold(7, 17)
    limit.hold(7, 2)
    limit.hold_all(20)
    limit.hold_all(3)
    assert limit.may_send(7, "person") == pytest.approx(20, abs=0.1)


def test_two_private_chats_paused_at_once_pause_everybody(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    limit.hold(7, 17)
    limit.hold(8, 16)
    assert limit.may_send(9, "person") == pytest.approx(16, abs=0.1)


def test_a_pause_that_is_over_does_not_pause_everybody(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    limit.hold(7, 5)
    clock.now += 6
    limit.hold(8, 5)
    assert limit.may_send(9, "person") == 0


def test_telling_the_same_pause_again_does_not_pause_everybody(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    limit.hold(7, 300)
    limit.hold(8, 2)
    clock.now += 2.5
    limit.hold(8, 2)
    clock.now += 0.5
    limit.hold(7, 297)
    clock.now += 2
    assert limit.may_send(9, "person") == 0


def test_paused_groups_pause_nobody_else(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    limit.hold(-7, 40)
    limit.hold(9, 40)
    limit.hold(-8, 40)
    assert limit.may_send(10, "person") == 0


@pytest.mark.parametrize("rate", [0, 1000])
def test_idle_chats_are_forgotten(clock: Seconds, rate: int) -> None:
    limit = RateLimit(rate, clock)
    for chat in range(1, 20 * KEPT_CHATS):
        limit.sent(chat, "person")
        clock.now += 0.01
    assert len(limit._chats) <= 2 * KEPT_CHATS


@dataclass
class Morning:
    """A pump on a clock of its own: people arrive as they like, bulk lies there from the start."""

    people_a_second: float
    bulk: int
    rate: int = 28
    late: float = 0.001  # seconds a timer wakes late
    waits: list[float] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    bulk_left: list[float] = field(default_factory=list)

    def play(self, seconds: float) -> "Morning":
        clock, chance = Seconds(), random.Random(20260302)
        limit, start = RateLimit(self.rate, clock), clock.now
        chats, queue, bulk = count(1), [], list(range(10_000_001, 10_000_001 + self.bulk))
        arrival = start + chance.expovariate(self.people_a_second)
        while clock.now < start + seconds:
            while arrival <= clock.now:
                queue.append((arrival, next(chats)))
                arrival += chance.expovariate(self.people_a_second)
            wait = 1.0
            if queue and (wait := limit.may_send(queue[0][1], "person")) == 0:
                came, chat = queue.pop(0)
                limit.sent(chat, "person")
                self.waits.append(clock.now - came)
                self.left.append(clock.now)
                continue
            if bulk and (for_bulk := limit.may_send(bulk[0], "bulk")) == 0:
                limit.sent(bulk.pop(), "bulk")
                self.bulk_left.append(clock.now)
                self.left.append(clock.now)
                continue
            clock.now = min(arrival, clock.now + min(wait, for_bulk if bulk else wait)) + self.late
        return self

    def most_in_a_second(self) -> int:
        most = first = 0
        for last, moment in enumerate(self.left):
            while self.left[first] <= moment - 1:
                first += 1
            most = max(most, last - first + 1)
        return most

    def wait_of(self, share: float) -> float:
        return sorted(self.waits)[int(share * len(self.waits))]


def test_people_are_answered_at_once_while_two_thousand_messages_leave() -> None:
    morning = Morning(people_a_second=5, bulk=2000).play(seconds=90)
    assert len(morning.waits) > 350
    assert morning.wait_of(0.99) < 0.5
    assert morning.wait_of(0.5) < 0.05
    assert morning.most_in_a_second() <= 29


def test_bulk_uses_what_people_leave() -> None:
    morning = Morning(people_a_second=5, bulk=2000).play(seconds=200)
    assert len(morning.bulk_left) == 2000
    assert morning.bulk_left[-1] - morning.bulk_left[0] < 2000 / (28 - 5) * 1.25


def test_bulk_does_not_starve_when_people_want_more_than_there_is() -> None:
    morning = Morning(people_a_second=40, bulk=2000).play(seconds=60)
    assert len(morning.bulk_left) > 60 * 28 * 0.1 * 0.8
    gaps = [later - earlier for earlier, later in pairwise(morning.bulk_left)]
    assert max(gaps) < 2
    assert morning.most_in_a_second() <= 29


def test_the_reserve_follows_people_up_and_down_again(clock: Seconds) -> None:
    limit = RateLimit(28, clock)
    for chat in range(1, 600):
        leave(limit, clock, chat, "person", 1)
    busy = [leave_bulk(limit, clock, chat) for chat in range(1000, 1003)]
    clock.now += 30
    quiet = [leave_bulk(limit, clock, chat) for chat in range(2000, 2003)]
    assert busy[2] - busy[1] > 0.3
    assert quiet[2] - quiet[1] == pytest.approx(1 / 28, abs=0.005)


def leave_bulk(limit: RateLimit, clock: Seconds, chat_id: int) -> float:
    leave(limit, clock, chat_id, "bulk", 1)
    return clock.now
