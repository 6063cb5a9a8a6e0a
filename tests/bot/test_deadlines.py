"""A process that is ill has ended within a minute, however it is ill; forced where nothing else helps."""

import threading

import pytest
from structlog.testing import capture_logs

from bot.app import FINISH_IN_HAND
from bot.deadlines import LOOK_EVERY, LOOP_STUCK, MOST, STALLED, STOP_WITHIN, LastResort
from bot.supervision import GRACE

SOON = 0.02  # seconds


class End:
    """Stands in for the end of the process."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.came = threading.Event()

    def __call__(self, code: int) -> None:
        self.codes.append(code)
        self.came.set()


def test_from_the_last_heartbeat_to_the_end_it_is_less_than_a_minute() -> None:
    assert STALLED + LOOK_EVERY + STOP_WITHIN < MOST
    assert LOOP_STUCK + 2 * LOOK_EVERY < MOST
    assert FINISH_IN_HAND + GRACE < STOP_WITHIN, "a line that hangs leaves time to put everything away"


def test_a_failure_starts_the_clock_and_is_told_at_once() -> None:
    end = End()
    with capture_logs() as logs, pytest.raises(ValueError, match="cut"), LastResort(within=SOON, end=end):
        raise ValueError("cut")
    assert [str(entry["error"]) for entry in logs] == ["cut"]
    assert end.came.wait(5)
    assert end.codes == [1]


def test_a_signal_and_the_end_of_the_run_are_one_deadline() -> None:
    end = End()
    with LastResort(within=SOON, end=end) as last_resort:
        last_resort.arm()
    assert end.came.wait(5)
    assert end.codes == [1], "what was in hand isn't put away"


def test_a_forced_end_is_a_success_only_where_everything_was_put_away() -> None:
    end = End()
    with LastResort(within=0.3, end=end) as last_resort:
        last_resort.arm()
    last_resort.all_is_in_order()
    assert end.came.wait(5)
    assert end.codes == [0]
