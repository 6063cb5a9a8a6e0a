"""Logging a visit over HTTP: how many taps it takes, what is kept, and what is never kept twice."""

from datetime import date, timedelta

from sqlalchemy import func, select

from models.households import Household, Pairing
from models.people import Person
from models.post import Draft
from models.problems import Problem
from models.visits import Attachment, Visit, VisitCorrection
from sandbox.client import Hand
from services.i18n import Translator
from tests.journeys.evidence import PHOTO
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage, data_of

VISITS = select(Visit).order_by(Visit.id)


def more_households(stage: Stage, count: int) -> None:
    """So many more households for the cadre, none of them urgent."""
    with stage.database.transaction() as session:
        for number in range(count):
            household = Household(
                code=f"H1{number:02}",
                head=f"周家{number:02}",
                unit_id=stage.town.east_group.id,
                tier="green",
                card_code=f"CARD{number:04}",
                created_at=stage.clock.now(),
            )
            session.add(household)
            session.flush()
            pairing = Pairing(
                household_id=household.id, cadre_id=stage.town.cadre.id, kind="primary", started_on=date(2026, 3, 1)
            )
            session.add(pairing)


async def log_visit(stage: Stage, t: Translator, cadre: Hand, head: str = "张大山") -> None:
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps(head)
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()


async def test_a_plain_visit_is_two_taps_after_the_keyboard_button(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    cadre.actions = 0
    await cadre.taps("张大山")
    await cadre.taps(t.plain("words.button.save"))
    assert cadre.actions == 2
    await cadre.sees(t.plain("visits.may_correct", hours=72).strip(), "张大山")
    (saved,) = await stage.received(cadre, t.date(date(2026, 3, 9)))
    assert "张大山" in saved["text"], "when the next visit is due is said at once"
    visit = stage.row(VISITS)
    assert (visit.household_id, visit.cadre_id) == (stage.town.households["H001"].id, stage.town.cadre.id)
    assert (visit.method, visit.condition, visit.said) == ("home", "steady", None)
    assert visit.visited_on == date(2026, 3, 2)
    assert stage.rows(select(Draft)) == []


async def test_a_household_further_down_takes_three_taps(stage: Stage, t: Translator) -> None:
    more_households(stage, 12)
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    assert not [label for label in await cadre.labels() if "周家11" in label]
    cadre.actions = 0
    await cadre.taps(t.plain("words.button.more"))
    await cadre.taps("周家11")
    await cadre.taps(t.plain("words.button.save"))
    assert cadre.actions == 3
    await cadre.sees("周家11")
    household = stage.row(select(Household).where(Household.code == "H111"))
    assert stage.row(VISITS).household_id == household.id


@side_path
async def test_a_household_is_found_by_the_initials_of_its_name(stage: Stage, t: Translator) -> None:
    more_households(stage, 12)
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.says("lxh")
    await cadre.sees(t.plain("visits.form.title", head="刘小河", code="H002"))
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()
    assert stage.row(VISITS).household_id == stage.town.households["H002"].id


async def test_a_full_visit_with_a_problem_takes_at_most_nine_actions(stage: Stage, t: Translator) -> None:
    cadre, resident = await stage.phone_of(stage.town.cadre), await stage.phone_of(stage.town.resident)
    cadre.actions = 0
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps("张大山")
    await cadre.says("水井干了，要走两里路挑水")
    await cadre.sees("水井干了")
    await cadre.sends_photo(PHOTO)
    await cadre.sees(t.plain("visits.attached.photo", n=1))
    await cadre.taps(t.plain("words.condition.trouble"))
    await cadre.taps(t.plain("visits.button.problem"))
    await cadre.taps(t.plain("words.category.water"))
    await cadre.taps(t.plain("words.button.save"))
    assert cadre.actions <= 9
    problem = stage.row(select(Problem))
    await cadre.sees(problem.number, t.plain("words.category.water"), "王联系")
    visit = stage.row(VISITS)
    assert (visit.condition, visit.said) == ("trouble", "水井干了，要走两里路挑水")
    assert [one.kind for one in stage.rows(select(Attachment).where(Attachment.visit_id == visit.id))] == ["photo"]
    assert (problem.visit_id, problem.source, problem.category) == (visit.id, "visit", "water")
    assert (problem.owner_id, problem.summary) == (stage.town.cadre.id, "水井干了，要走两里路挑水")
    assert len(await stage.received(resident, problem.number)) == 1


@side_path
async def test_cancelling_leaves_nothing(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps("张大山")
    await cadre.says("说到一半")
    await cadre.sees("说到一半")
    await cadre.taps(t.plain("words.button.cancel"))
    await cadre.sees(t.plain("everywhere.cancelled"))
    assert stage.rows(VISITS) == stage.rows(select(Draft)) == stage.rows(select(Attachment)) == []
    assert await cadre.labels() == [], "no form is left to press"


async def test_a_double_tap_on_save_makes_one_visit(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps("张大山")
    form = await cadre.sees(t.plain("visits.form.title", head="张大山", code="H001"))
    save = data_of(form, t.plain("words.button.save"))
    await cadre.taps(t.plain("words.button.save"))
    assert await cadre.taps_stale(form["message_id"], save) == t.plain("visits.saved_already")
    await stage.quiet()
    assert len(stage.rows(VISITS)) == 1
    logged = t.plain("visits.saved", head="张大山", day="|", method="").partition("|")[0]
    assert len(await stage.received(cadre, logged)) == 1


async def test_a_correction_keeps_the_earlier_text_and_is_possible_for_three_days(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps("张大山")
    await cadre.says("屋顶漏雨")
    await cadre.sees("屋顶漏雨")
    await cadre.taps(t.plain("words.button.save"))
    await cadre.taps(t.plain("visits.button.correct"))
    await cadre.says("屋顶不漏，是墙裂了")
    await cadre.sees("墙裂了")
    await cadre.taps(t.plain("words.button.save"))
    await cadre.sees(t.plain("visits.corrected"))
    visit, earlier = stage.row(VISITS), stage.row(select(VisitCorrection))
    assert visit.said == "屋顶不漏，是墙裂了"
    assert (earlier.visit_id, earlier.said, earlier.person_id) == (visit.id, "屋顶漏雨", stage.town.cadre.id)
    await stage.move_to(stage.clock.now() + timedelta(hours=73))
    too_late = t.plain("visits.too_late_to_correct", hours=72)
    assert await cadre.taps(t.plain("visits.button.correct")) == too_late
    assert len(stage.rows(select(VisitCorrection))) == 1


@side_path
async def test_not_home_is_an_attempt_and_the_household_stays_due(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps("张大山")
    await cadre.taps(t.plain("words.method.not_home"))
    await cadre.taps(t.plain("words.button.save"))
    await cadre.sees(t.plain("visits.not_home_noted"))
    assert stage.row(VISITS).method == "not_home"
    await cadre.keys(t.plain("words.button.today"))
    await cadre.sees("张大山")


async def test_today_names_whom_to_see_and_why_and_offers_the_form(stage: Stage, t: Translator) -> None:
    more_households(stage, 12)
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.today"))
    advice = await cadre.sees("张大山", "刘小河", t.plain("words.tier.red"))
    assert advice["text"].index("张大山") < advice["text"].index("刘小河")
    assert "周家" not in advice["text"], "nobody begins with visits that are overdue"
    await cadre.taps(t.plain("households.button.visit", head="张大山"))
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()
    await cadre.keys(t.plain("words.button.today"))
    await cadre.sees("刘小河")
    assert stage.row(VISITS).household_id == stage.town.households["H001"].id
    (today,) = [one for one in await stage.received(cadre, "刘小河") if one["message_id"] > advice["message_id"]]
    assert "张大山" not in today["text"]


async def test_my_households_can_be_searched_and_lead_to_the_card(stage: Stage, t: Translator) -> None:
    more_households(stage, 12)
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.my_households"))
    await cadre.sees(t.plain("households.list", total=14, page=1, pages=2))
    await cadre.taps(t.plain("households.button.after"))
    await cadre.sees(t.plain("households.list", total=14, page=2, pages=2))
    await cadre.says("zds")
    await cadre.sees(t.plain("households.found", query="zds", n=1))
    await cadre.taps("张大山")
    await cadre.sees(t.plain("cards.title", site="云溪镇"), "张大山", "13800000001")
    await cadre.says("陈长林")
    await cadre.sees(t.plain("households.found_nobody", query="陈长林"))


@side_path
async def test_a_visit_fills_the_diary_by_itself(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await log_visit(stage, t, cadre)
    await cadre.says("/diary")
    await cadre.sees(t.plain("households.diary", n=1, page=1, pages=1), "张大山", t.plain("words.method.home"))


@side_path
async def test_an_unfinished_visit_is_not_lost_by_beginning_another(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps("张大山")
    await cadre.says("说到一半")
    await cadre.sees("说到一半")
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.sees(t.plain("visits.unsaved", head="张大山"))
    await cadre.taps(t.plain("visits.button.resume"))
    await cadre.sees("说到一半")
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()
    assert stage.row(VISITS).said == "说到一半"
    assert stage.row(select(func.count()).select_from(Person)) == 7, "nobody was made up on the way"
