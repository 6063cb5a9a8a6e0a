"""The course of a problem, from being reported to an end that the household confirms."""

from collections.abc import Mapping, Set
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Stage(StrEnum):
    REPORTED = "reported"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DONE = "done"  # the owner says so; the household is asked
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"  # nobody answered; never counted as satisfied
    EXPLAINED = "explained"
    REFERRED = "referred"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What somebody does to a problem; adding material and urging change no stage and are not listed."""

    ACCEPT = "accept"
    PROGRESS = "progress"
    WAIT = "wait"
    FINISH = "finish"
    EXPLAIN = "explain"
    REFER = "refer"
    MARK_DUPLICATE = "mark_duplicate"
    ANSWER_SOLVED = "answer_solved"
    ANSWER_PARTLY = "answer_partly"
    ANSWER_NOT_SOLVED = "answer_not_solved"
    ANSWER_CANT_SAY = "answer_cant_say"
    SILENCE = "silence"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class Answer(StrEnum):
    """What the household says when it is asked, in the order of the buttons."""

    SOLVED = "solved"
    PARTLY = "partly"
    NOT_SOLVED = "not_solved"
    CANT_SAY = "cant_say"

    @property
    def act(self) -> Act:
        return Act(f"answer_{self}")


class Part(StrEnum):
    """In which capacity a person acts on one problem; one person may have several."""

    OWNER = "owner"
    HOUSEHOLD = "household"
    PROXY = "proxy"  # acts for the household and is recorded as such
    SUPERVISOR = "supervisor"
    CLOCK = "clock"


WORKING_STAGES = frozenset({Stage.REPORTED, Stage.ACCEPTED, Stage.IN_PROGRESS, Stage.WAITING})
CLOCK_STAGES = WORKING_STAGES - {Stage.WAITING}  # waiting stops the clock
OPEN_STAGES = WORKING_STAGES | {Stage.DONE}  # for the household a matter is open until it has answered
ENDED_STAGES = frozenset(Stage) - OPEN_STAGES

# Rows are acts, so that a row reads as "from … to …". A step may be passed through at once: what is solved at the
# door (立即办) goes from accepted to done without a separate note of progress.
_UNDERWAY = frozenset({Stage.ACCEPTED, Stage.IN_PROGRESS, Stage.WAITING})
_ASKABLE = frozenset({Stage.DONE, Stage.CONFIRMED, Stage.UNCONFIRMED})  # a late or second answer counts too
_COURSE: Mapping[Act, Mapping[Stage, Stage]] = MappingProxyType(
    {
        Act.ACCEPT: {Stage.REPORTED: Stage.ACCEPTED},
        Act.PROGRESS: dict.fromkeys(_UNDERWAY, Stage.IN_PROGRESS),
        Act.WAIT: dict.fromkeys((Stage.ACCEPTED, Stage.IN_PROGRESS), Stage.WAITING),
        Act.FINISH: dict.fromkeys(_UNDERWAY, Stage.DONE),
        Act.EXPLAIN: dict.fromkeys(WORKING_STAGES, Stage.EXPLAINED),
        Act.REFER: dict.fromkeys(WORKING_STAGES, Stage.REFERRED),
        Act.MARK_DUPLICATE: dict.fromkeys(WORKING_STAGES, Stage.DUPLICATE),
        Act.ANSWER_SOLVED: dict.fromkeys(_ASKABLE, Stage.CONFIRMED),
        Act.ANSWER_PARTLY: dict.fromkeys(_ASKABLE, Stage.IN_PROGRESS),
        Act.ANSWER_NOT_SOLVED: dict.fromkeys(_ASKABLE, Stage.IN_PROGRESS),
        Act.ANSWER_CANT_SAY: {stage: stage for stage in _ASKABLE},
        Act.SILENCE: {Stage.DONE: Stage.UNCONFIRMED, Stage.CONFIRMED: Stage.CONFIRMED},
        Act.WITHDRAW: dict.fromkeys(OPEN_STAGES, Stage.WITHDRAWN),
        Act.REOPEN: dict.fromkeys(ENDED_STAGES, Stage.ACCEPTED),
    }
)

_HOUSEHOLD_SIDE = frozenset({Part.HOUSEHOLD, Part.PROXY})
_WHO: Mapping[Act, frozenset[Part]] = MappingProxyType(
    dict.fromkeys(Act, frozenset({Part.OWNER}))
    | {answer.act: _HOUSEHOLD_SIDE for answer in Answer}
    | {
        Act.WITHDRAW: _HOUSEHOLD_SIDE,
        Act.SILENCE: frozenset({Part.CLOCK}),
        Act.REOPEN: frozenset({Part.SUPERVISOR}),
    }
)

ASK_AGAIN_AFTER = 3  # calendar days after `done`
GIVE_UP_AFTER = 6  # calendar days after `done`
FOLLOW_UP_AFTER = 28  # calendar days after `confirmed`
URGE_EVERY = 3  # calendar days


class QuestionDue(StrEnum):
    """What is due between the bot and the household about a problem."""

    ASK = "ask"
    ASK_AGAIN = "ask_again"
    GIVE_UP = "give_up"  # no question any more: the clock acts with Act.SILENCE
    FOLLOW_UP = "follow_up"


def next_stage(stage: Stage | str, act: Act | str) -> Stage | None:
    """The stage after the act; None where the act isn't possible now."""
    return _COURSE[Act(act)].get(Stage(stage))


def possible_acts(stage: Stage | str) -> frozenset[Act]:
    return frozenset(act for act in Act if next_stage(stage, act) is not None)


def may_act(act: Act | str, parts: Set[Part]) -> bool:
    """Whether a person with these parts in the problem may do it.

    Who owns the problem speaks for the household in nothing, not even as its proxy.
    """
    allowed = _WHO[Act(act)]
    if allowed == _HOUSEHOLD_SIDE and Part.OWNER in parts:
        return False
    return not allowed.isdisjoint(parts)


def question_due(stage: Stage | str, since: date, asked_count: int, today: date) -> QuestionDue | None:
    """`since` is the local date of `done` or `confirmed`; `asked_count` counts the questions asked since then.

    Calendar days, also over holidays. A late answer still counts after giving up (see `next_stage`).
    """
    days = (today - since).days
    if stage == Stage.CONFIRMED:
        return QuestionDue.FOLLOW_UP if days >= FOLLOW_UP_AFTER and asked_count == 0 else None
    if stage != Stage.DONE:
        return None
    if days >= GIVE_UP_AFTER:
        return QuestionDue.GIVE_UP
    if asked_count == 0:
        return QuestionDue.ASK
    return QuestionDue.ASK_AGAIN if days >= ASK_AGAIN_AFTER and asked_count == 1 else None


def urge_allowed(last_urged_on: date | None, today: date) -> bool:
    """催办 once per three days, counted in local calendar days."""
    return last_urged_on is None or (today - last_urged_on).days >= URGE_EVERY
