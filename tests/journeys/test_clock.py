"""What the bot says unasked, over HTTP: at its hour, once, whatever restarts, and never on a Sunday."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.problems import Problem, ProblemEvent
from models.supervision import Digest
from sandbox.client import words
from services.i18n import Translator
from services.problem_register import register_problem
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage
from tests.town import ZONE


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def title(t: Translator, unit: str, first: date, last: date) -> str:
    """Of a digest."""
    return t.plain("digests.title", unit=unit, start=t.date(first), end=t.date(last))


TUESDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 3, day) for day in (3, 7, 8, 9))


async def test_the_morning_reminder_comes_once_whatever_restarts(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await stage.move_to(at(TUESDAY, 8, 20))
    morning = t.plain("reminders.title", date=t.date(TUESDAY))
    assert await stage.received(cadre, morning) == []
    await stage.move_to(at(TUESDAY, 8, 31))
    reminder = await cadre.sees(morning, "张大山", "刘小河")
    await stage.move_to(at(TUESDAY, 8, 32))
    await stage.restart_bot()
    await stage.move_to(at(TUESDAY, 9, 30))
    await stage.move_to(at(TUESDAY, 15))
    assert len(await stage.received(cadre, morning)) == 1
    await cadre.taps(t.plain("reminders.log_visit", head="张大山"), on=reminder)
    await cadre.sees(t.plain("visits.form.title", head="张大山", code="H001"))


@side_path
async def test_a_missed_reminder_is_dropped_and_the_next_comes_alone(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await stage.move_to(at(TUESDAY, 18, 30))
    wednesday = TUESDAY + timedelta(days=1)
    await stage.move_to(at(wednesday, 8, 31))
    await cadre.sees(t.plain("reminders.title", date=t.date(wednesday)))
    assert await stage.received(cadre, t.plain("reminders.title", date=t.date(TUESDAY))) == []


@side_path
async def test_nothing_is_said_on_a_weekend(stage: Stage, t: Translator) -> None:
    phones = [await stage.phone_of(person) for person in (stage.town.cadre, stage.town.supervisor, stage.town.resident)]
    await stage.move_to(at(SATURDAY, 0, 5))  # what the week had to say has been said
    before = [len(await phone.messages()) for phone in phones]
    for day in (SATURDAY, SUNDAY):
        for hour in (8, 9, 15, 19):
            await stage.move_to(at(day, hour, 31))
    assert [len(await phone.messages()) for phone in phones] == before


async def test_the_digest_comes_once_on_monday_and_leads_to_what_it_names(stage: Stage, t: Translator) -> None:
    supervisor, village = await stage.phone_of(stage.town.supervisor), await stage.phone_of(stage.town.east_supervisor)
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.says("/visit H002")
    await cadre.taps(t.plain("words.button.save"))
    await stage.move_to(at(SUNDAY, 23))
    of_town, of_village = (title(t, unit, date(2026, 3, 2), SUNDAY) for unit in ("云溪镇", "东村"))
    assert await stage.received(supervisor, of_town) == []
    await stage.move_to(at(MONDAY, 8, 31))
    digest = await supervisor.sees(of_town, t.plain("digests.look_here"))
    assert t.plain("digests.found.without_cadre", n=1) in words(digest), "H004 has nobody"
    await village.sees(of_village, t.plain("digests.look_here"))
    await stage.restart_bot()
    await stage.move_to(at(MONDAY, 9, 30))
    await stage.move_to(at(MONDAY, 15))
    for phone, once in ((supervisor, of_town), (village, of_village)):
        assert len(await stage.received(phone, once)) == 1
    issued = stage.rows(select(Digest))
    assert {(one.person_id, one.period_end) for one in issued} == {
        (person.id, SUNDAY) for person in (stage.town.supervisor, stage.town.east_supervisor)
    }
    assert len(issued) == 2
    await supervisor.taps(t.plain("digests.button.without_cadre", n=1), on=digest)
    await supervisor.sees("杨春花")
    await village.taps(t.plain("digests.button.overdue", n=1))
    shown = words(await village.sees("张大山"))
    assert "陈长林" not in shown, "of another village"


@side_path
async def test_a_digest_missed_over_a_week_comes_once_for_both_weeks(stage: Stage, t: Translator) -> None:
    supervisor = await stage.phone_of(stage.town.supervisor)
    await stage.move_to(at(MONDAY, 8, 31))
    await stage.stop_bot()
    later = MONDAY + timedelta(days=15)  # a Tuesday, two Mondays on
    stage.clock.move_to(at(later, 10))
    await stage.start_bot()
    await stage.move_to(at(later, 10, 1))
    await stage.move_to(at(later, 15))
    last_sunday = later - timedelta(days=2)
    assert len(await stage.received(supervisor, title(t, "云溪镇", MONDAY, last_sunday))) == 1
    ends = select(Digest.period_end).where(Digest.person_id == stage.town.supervisor.id).order_by(Digest.id)
    assert stage.rows(ends) == [SUNDAY, last_sunday]


async def test_a_silent_household_is_asked_once_more_and_then_called_unconfirmed(stage: Stage, t: Translator) -> None:
    resident, cadre = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.cadre)
    with stage.database.transaction() as session:
        problem = register_problem(
            session,
            stage.office,
            household_id=stage.town.households["H001"].id,
            source="household",
            reporter_id=stage.town.resident.id,
            entered_by_id=stage.town.resident.id,
            category="water",
            summary="井水浑了",
        )
        number = problem.number
    await stage.quiet()
    await cadre.taps(t.plain("words.button.accept"))
    await cadre.taps(t.plain("words.button.done"))
    await cadre.taps(t.plain("words.button.skip"))
    await stage.quiet()
    category = t.plain("words.category.water")
    question = t.plain("problems.notice.question", number=number, category=category, head="张大山")
    assert len(await stage.received(resident, question)) == 1
    await stage.move_to(at(date(2026, 3, 5), 9))
    await stage.restart_bot()
    await stage.move_to(at(date(2026, 3, 5), 16))
    assert len(await stage.received(resident, question)) == 2
    await stage.move_to(at(date(2026, 3, 9), 9))
    assert stage.row(select(Problem)).stage == "unconfirmed"
    assert stage.rows(select(ProblemEvent.act).order_by(ProblemEvent.id))[-1] == "silence"
    await resident.sees(number, t.plain("words.stage.unconfirmed"))
    assert len(await stage.received(resident, question)) == 2
    await resident.taps(t.plain("words.answer.solved"))
    await resident.sees(t.plain("problems.thanks.solved"))
    assert stage.row(select(Problem)).stage == "confirmed", "a late answer counts too"
