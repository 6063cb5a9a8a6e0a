"""The way of an update through the whole house, over HTTP."""

from tests.journeys.stage import Stage


async def test_a_stranger_is_answered_and_learns_only_how_to_ask_for_a_card(stage: Stage) -> None:
    stranger = await stage.client.add("路人")
    await stranger.says("你好")
    await stranger.sees("爱心联系卡")
    assert await stranger.labels() == []


async def test_a_known_person_gets_the_keyboard_and_keeps_it_over_a_restart(stage: Stage) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await stage.restart_bot()
    await cadre.keys("今日走访")
    await cadre.sees("")


async def test_what_was_said_while_the_bot_was_away_is_answered(stage: Stage) -> None:
    stranger = await stage.client.add("Stranger", language_code="en")
    await stage.stop_bot()
    await stranger.says("hello?")
    await stage.start_bot()
    await stranger.sees("contact card")
