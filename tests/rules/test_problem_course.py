from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.problem_course import (
    CLOCK_STAGES,
    ENDED_STAGES,
    OPEN_STAGES,
    WORKING_STAGES,
    Act,
    Answer,
    Part,
    QuestionDue,
    Stage,
    may_act,
    next_stage,
    possible_acts,
    question_due,
    urge_allowed,
)

DONE_ON = date(2026, 9, 30)  # the day before National Day week: the days are calendar days all the same


@pytest.mark.parametrize(
    ("stage", "act", "after"),
    [
        (Stage.REPORTED, Act.ACCEPT, Stage.ACCEPTED),
        (Stage.REPORTED, Act.PROGRESS, None),  # nothing before somebody has taken it on
        (Stage.REPORTED, Act.FINISH, None),
        (Stage.REPORTED, Act.REFER, Stage.REFERRED),
        (Stage.ACCEPTED, Act.ACCEPT, None),
        (Stage.ACCEPTED, Act.PROGRESS, Stage.IN_PROGRESS),
        (Stage.ACCEPTED, Act.FINISH, Stage.DONE),  # at once, at the door
        (Stage.IN_PROGRESS, Act.PROGRESS, Stage.IN_PROGRESS),
        (Stage.IN_PROGRESS, Act.WAIT, Stage.WAITING),
        (Stage.WAITING, Act.WAIT, None),
        (Stage.WAITING, Act.PROGRESS, Stage.IN_PROGRESS),
        (Stage.WAITING, Act.FINISH, Stage.DONE),
        (Stage.IN_PROGRESS, Act.EXPLAIN, Stage.EXPLAINED),
        (Stage.IN_PROGRESS, Act.MARK_DUPLICATE, Stage.DUPLICATE),
        (Stage.DONE, Act.FINISH, None),
        (Stage.DONE, Act.EXPLAIN, None),  # the household has the word
        (Stage.DONE, Act.ANSWER_SOLVED, Stage.CONFIRMED),
        (Stage.DONE, Act.ANSWER_PARTLY, Stage.IN_PROGRESS),
        (Stage.DONE, Act.ANSWER_NOT_SOLVED, Stage.IN_PROGRESS),
        (Stage.DONE, Act.ANSWER_CANT_SAY, Stage.DONE),
        (Stage.DONE, Act.SILENCE, Stage.UNCONFIRMED),
        (Stage.DONE, Act.WITHDRAW, Stage.WITHDRAWN),
        (Stage.IN_PROGRESS, Act.ANSWER_SOLVED, None),
        (Stage.IN_PROGRESS, Act.SILENCE, None),
        (Stage.UNCONFIRMED, Act.ANSWER_SOLVED, Stage.CONFIRMED),  # late is better than never
        (Stage.UNCONFIRMED, Act.ANSWER_NOT_SOLVED, Stage.IN_PROGRESS),
        (Stage.UNCONFIRMED, Act.SILENCE, None),
        (Stage.CONFIRMED, Act.ANSWER_SOLVED, Stage.CONFIRMED),  # asked once more after 28 days
        (Stage.CONFIRMED, Act.ANSWER_NOT_SOLVED, Stage.IN_PROGRESS),
        (Stage.CONFIRMED, Act.ANSWER_CANT_SAY, Stage.CONFIRMED),
        (Stage.CONFIRMED, Act.SILENCE, Stage.CONFIRMED),
        (Stage.CONFIRMED, Act.WITHDRAW, None),
        (Stage.WITHDRAWN, Act.ANSWER_SOLVED, None),
        (Stage.WITHDRAWN, Act.REOPEN, Stage.ACCEPTED),
        (Stage.IN_PROGRESS, Act.REOPEN, None),
    ],
)
def test_the_course_of_a_problem(stage: Stage, act: Act, after: Stage | None) -> None:
    assert next_stage(stage, act) is after
    assert (act in possible_acts(stage)) is (after is not None)


def test_stages_and_acts_are_understood_as_the_database_holds_them() -> None:
    assert next_stage("reported", "accept") is Stage.ACCEPTED


@pytest.mark.parametrize("stage", Stage)
def test_only_the_answer_solved_confirms_a_problem(stage: Stage) -> None:
    confirming = {act for act in Act if next_stage(stage, act) is Stage.CONFIRMED}
    if stage is Stage.CONFIRMED:
        confirming -= {Act.ANSWER_CANT_SAY, Act.SILENCE}  # leave it as it was
    assert confirming <= {Act.ANSWER_SOLVED}


def test_silence_never_counts_as_satisfied() -> None:
    assert next_stage(Stage.DONE, Act.SILENCE) is Stage.UNCONFIRMED


def test_every_stage_can_be_reached_from_a_report() -> None:
    reached = {Stage.REPORTED}
    while found := {s for r in reached for a in Act if (s := next_stage(r, a))} - reached:
        reached |= found
    assert reached == set(Stage)


def test_stages_are_either_open_or_ended_and_waiting_stops_the_clock() -> None:
    assert frozenset(Stage) == OPEN_STAGES | ENDED_STAGES
    assert not OPEN_STAGES & ENDED_STAGES
    assert {Stage.DONE} == OPEN_STAGES - WORKING_STAGES
    assert {Stage.WAITING} == WORKING_STAGES - CLOCK_STAGES


@pytest.mark.parametrize("answer", Answer)
def test_every_answer_is_an_act(answer: Answer) -> None:
    assert answer.act.value == f"answer_{answer.value}"


@pytest.mark.parametrize(
    ("act", "parts", "may"),
    [
        (Act.ACCEPT, {Part.OWNER}, True),
        (Act.ACCEPT, {Part.SUPERVISOR}, False),  # they hand it to somebody, or own it themselves
        (Act.ACCEPT, {Part.HOUSEHOLD}, False),
        (Act.FINISH, {Part.OWNER, Part.SUPERVISOR}, True),
        (Act.ANSWER_SOLVED, {Part.HOUSEHOLD}, True),
        (Act.ANSWER_SOLVED, {Part.PROXY}, True),
        (Act.ANSWER_SOLVED, {Part.OWNER}, False),
        (Act.ANSWER_SOLVED, {Part.OWNER, Part.PROXY}, False),
        (Act.ANSWER_NOT_SOLVED, {Part.OWNER, Part.HOUSEHOLD}, False),
        (Act.WITHDRAW, {Part.HOUSEHOLD}, True),
        (Act.WITHDRAW, {Part.OWNER, Part.PROXY}, False),
        (Act.SILENCE, {Part.OWNER}, False),
        (Act.SILENCE, {Part.CLOCK}, True),
        (Act.REOPEN, {Part.SUPERVISOR}, True),
        (Act.REOPEN, {Part.OWNER}, False),
        (Act.ACCEPT, set(), False),
    ],
)
def test_who_may_do_what(act: Act, parts: set[Part], may: bool) -> None:
    assert may_act(act, parts) is may


@given(parts=st.sets(st.sampled_from(Part)), act=st.sampled_from(Act), stage=st.sampled_from(Stage))
def test_the_owner_cannot_confirm_the_own_problem_in_any_capacity(parts: set[Part], act: Act, stage: Stage) -> None:
    confirms = stage is not Stage.CONFIRMED and next_stage(stage, act) is Stage.CONFIRMED
    assert not (confirms and may_act(act, parts | {Part.OWNER}))


@pytest.mark.parametrize(
    ("days", "asked", "due"),
    [
        (0, 0, QuestionDue.ASK),
        (2, 0, QuestionDue.ASK),
        (0, 1, None),
        (2, 1, None),
        (3, 1, QuestionDue.ASK_AGAIN),
        (3, 2, None),
        (5, 1, QuestionDue.ASK_AGAIN),  # the bot was away on day 3
        (5, 2, None),
        (6, 2, QuestionDue.GIVE_UP),
        (6, 1, QuestionDue.GIVE_UP),
        (6, 0, QuestionDue.GIVE_UP),  # nobody could be asked: unconfirmed, not satisfied
        (30, 2, QuestionDue.GIVE_UP),
    ],
)
def test_the_household_is_asked_again_on_day_3_and_no_more_on_day_6(
    days: int, asked: int, due: QuestionDue | None
) -> None:
    assert question_due(Stage.DONE, DONE_ON, asked, DONE_ON + timedelta(days=days)) is due


@pytest.mark.parametrize(
    ("days", "asked", "due"),
    [
        (0, 0, None),
        (27, 0, None),
        (28, 0, QuestionDue.FOLLOW_UP),
        (100, 0, QuestionDue.FOLLOW_UP),
        (28, 1, None),
    ],
)
def test_a_confirmed_problem_is_asked_about_once_more_after_28_days(
    days: int, asked: int, due: QuestionDue | None
) -> None:
    assert question_due(Stage.CONFIRMED, DONE_ON, asked, DONE_ON + timedelta(days=days)) is due


@pytest.mark.parametrize("stage", [s for s in Stage if s not in (Stage.DONE, Stage.CONFIRMED)])
def test_nothing_is_asked_at_other_stages(stage: Stage) -> None:
    assert question_due(stage, DONE_ON, 0, DONE_ON + timedelta(days=60)) is None


@pytest.mark.parametrize(
    ("last_urged_on", "allowed"),
    [
        (None, True),
        (date(2028, 3, 1), False),
        (date(2028, 2, 28), False),  # over the leap day: two days ago
        (date(2028, 2, 27), True),
        (date(2027, 12, 31), True),
    ],
)
def test_a_household_may_urge_once_in_three_days(last_urged_on: date | None, allowed: bool) -> None:
    assert urge_allowed(last_urged_on, date(2028, 3, 1)) is allowed
