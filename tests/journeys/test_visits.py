"""Logging a visit, over HTTP, in both languages."""

import pytest
from sqlalchemy import select

from models.visits import Visit
from tests.journeys.stage import Stage


def visits(stage: Stage) -> list[Visit]:
    with stage.database.reading() as session:
        return list(session.scalars(select(Visit).order_by(Visit.id)))


@pytest.mark.parametrize(
    ("language", "log", "save", "done"), [("zh_CN", "记走访", "保存", "张大山"), ("en", "Log a visit", "Save", "张大山")]
)
async def test_a_plain_visit_is_two_taps_after_the_keyboard_button(
    stage: Stage, language: str, log: str, save: str, done: str
) -> None:
    await stage.speaks(stage.town.cadre, language)
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(log)
    await stage.quiet()
    cadre.actions = 0
    await cadre.taps("张大山")
    await stage.restart_bot()
    await cadre.taps(save)
    assert cadre.actions == 2
    await cadre.sees(done)
    (visit,) = visits(stage)
    assert (visit.household_id, visit.cadre_id) == (stage.town.households["H001"].id, stage.town.cadre.id)
    assert (visit.method, visit.condition, visit.said) == ("home", "steady", None)
    assert visit.visited_on.isoformat() == "2026-03-02"
