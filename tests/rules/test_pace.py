"""The pace of a chat: the limit itself is always taken, a flood is told once, silence ends within a minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.rules.pace import Pace, Verdict, judge

LIMIT = 20
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def verdicts(seconds: list[float], albums: list[str | None] | None = None) -> list[Verdict]:
    pace: Pace | None = None
    found = []
    for second, album in zip(seconds, albums or [None] * len(seconds), strict=True):
        verdict, pace = judge(pace, START + timedelta(seconds=second), LIMIT, album)
        found.append(verdict)
    return found


def test_twenty_at_once_are_taken_and_the_next_is_told() -> None:
    assert verdicts([0] * 22) == [Verdict.TAKEN] * 20 + [Verdict.TOLD, Verdict.SILENT]


def test_a_flood_is_told_once_however_long_it_goes_on() -> None:
    found = verdicts([n * 0.1 for n in range(10_000)])
    assert found.count(Verdict.TOLD) == 1
    assert found.count(Verdict.TAKEN) <= 30
    assert set(found[40:]) == {Verdict.SILENT}


def test_a_minute_after_the_last_of_a_flood_one_is_taken_again() -> None:
    flood = [n * 0.01 for n in range(1000)]
    assert verdicts([*flood, flood[-1] + 59])[-1] is Verdict.SILENT
    assert verdicts([*flood, flood[-1] + 60])[-1] is Verdict.TAKEN


def test_the_pictures_of_an_album_count_as_one_message() -> None:
    found = verdicts([0] * 200, [f"album-{n // 10}" for n in range(200)])
    assert found == [Verdict.TAKEN] * 200
    assert verdicts([0] * 21, [f"album-{n}" for n in range(21)])[-1] is Verdict.TOLD


def test_thirty_messages_of_many_hours_that_come_at_once_are_no_flood() -> None:
    assert set(verdicts([n * 2700 for n in range(30)])) == {Verdict.TAKEN}


def test_a_clock_that_was_put_back_silences_nobody() -> None:
    full = [0.0] * 20
    assert verdicts([*full, -3600])[-1] is Verdict.TAKEN
    assert verdicts([*full, -5])[-1] is Verdict.TOLD


@given(st.lists(st.floats(0, 600), min_size=1, max_size=200))
def test_whoever_keeps_to_the_limit_in_every_minute_loses_nothing(moments: list[float]) -> None:
    kept: list[float] = []
    for moment in sorted(moments):
        if len([earlier for earlier in kept if moment - earlier < 60]) < LIMIT:
            kept.append(moment)
    assert set(verdicts(kept)) == {Verdict.TAKEN}


@given(st.floats(0.05, 2.9), st.integers(200, 400))
def test_whoever_goes_on_faster_than_the_limit_is_soon_silenced_for_good(gap: float, count: int) -> None:
    found = verdicts([n * gap for n in range(count)])
    assert found.count(Verdict.TOLD) <= 1
    told = found.index(Verdict.TOLD) if Verdict.TOLD in found else count
    assert set(found[told + 1 :]) <= {Verdict.SILENT}
