"""The love-contact card over HTTP: to each reader what they may see, and a call back for whoever asks."""

from sqlalchemy import func, select

from models.post import OutboxMessage
from models.visits import Visit
from sandbox.client import words
from services.i18n import Translator
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage, data_of


async def test_the_household_sees_who_helps_it_and_what_was_promised_on_paper(stage: Stage, t: Translator) -> None:
    resident = await stage.phone_of(stage.town.resident)
    await resident.keys(t.plain("words.button.my_card"))
    card = words(await resident.sees(t.plain("cards.title", site="云溪镇"), "张大山"))
    assert "王联系" in card
    assert "13900000101" in card, "the cadre's phone in full"
    assert t.plain("cards.hotline", phone="0000-12345") in card
    assert t.plain("cards.supervision", phone="0000-67890") in card
    assert "ACEF" in card, "the short code, to read out over the phone"
    assert "H003" not in card


async def test_the_paired_cadre_sees_the_households_phone_and_starts_from_there(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.says("/card H001")
    card = await cadre.sees(t.plain("cards.whose", head="张大山", code="H001", unit="东一组"))
    assert t.plain("cards.phone", phone="13800000001") in words(card)
    await cadre.taps(t.plain("words.button.log_visit"))
    await cadre.says("老人身体好")
    await cadre.sees("老人身体好")
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()
    assert stage.row(select(Visit)).household_id == stage.town.households["H001"].id
    await cadre.says("/card H001")
    await cadre.sees(t.plain("cards.visits"), "老人身体好")


@side_path
async def test_the_supervisor_sees_a_masked_phone_and_the_household_none_of_the_cadres_notes(
    stage: Stage, t: Translator
) -> None:
    supervisor, resident = await stage.phone_of(stage.town.supervisor), await stage.phone_of(stage.town.resident)
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.says("/visit H001")
    await cadre.says("老人耳背")
    await cadre.sees("老人耳背")
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()
    await supervisor.says("/card H001")
    card = words(await supervisor.sees(t.plain("cards.visits"), "老人耳背"))
    assert "138****0001" in card
    assert "13800000001" not in card
    await resident.keys(t.plain("words.button.my_card"))
    own = words(await resident.sees(t.plain("cards.visits"), t.plain("words.method.home")))
    assert "老人耳背" not in own


@side_path
async def test_a_card_of_another_village_is_not_to_be_found(stage: Stage, t: Translator) -> None:
    cadre, neighbour = await stage.phone_of(stage.town.other_cadre), await stage.phone_of(stage.town.neighbour)
    for hand in (cadre, neighbour):
        message_id = (await hand.messages())[-1]["message_id"]
        forged = f"cards.open:{stage.town.households['H001'].id}"
        assert await hand.taps_stale(message_id, forged) == t.plain("errors.not_found")
    await cadre.says("/card H001")
    await cadre.sees(t.plain("cards.found_nobody", query="H001"))
    assert await stage.received(cadre, "张大山") == []


async def test_asking_to_be_called_reaches_the_cadre_once_and_the_household_hears_of_the_call(
    stage: Stage, t: Translator
) -> None:
    resident, cadre = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.cadre)
    await resident.keys(t.plain("words.button.call_me_back"))
    await resident.sees(t.plain("cards.call_back.asked", names="王联系", hotline="0000-12345"))
    await resident.keys(t.plain("words.button.call_me_back"))
    await resident.sees(t.plain("cards.call_back.asked_before"))
    wish = await cadre.sees("张大山", t.plain("cards.phone", phone="13800000001"))
    assert len(await stage.received(cadre, "13800000001")) == 1
    called = data_of(wish, t.plain("cards.button.contacted"))
    await cadre.taps(t.plain("cards.button.contacted"))
    await cadre.sees(t.plain("cards.call_back.done", head="张大山", code="H001"))
    await resident.sees(t.plain("cards.notice.called_back", name="王联系"))
    assert await cadre.taps_stale(wish["message_id"], called) == t.plain("cards.call_back.done_before")
    told = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == "cards.called_back")
    assert stage.row(told) == 1
