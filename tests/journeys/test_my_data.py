"""/mydata with the whole bot: the file arrives, a correction is answered, whoever wants is erased."""

import io

import openpyxl
from sqlalchemy import select

from models.corrections import CorrectionRequest
from models.people import Person
from sandbox.client import words
from services.i18n import Translator
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage


async def test_a_member_downloads_asks_for_a_correction_and_is_erased(stage: Stage, t: Translator) -> None:
    cadre, resident = await stage.phone_of(stage.town.cadre), await stage.phone_of(stage.town.resident)
    await resident.says("/mydata")
    await resident.sees(t.plain("onboarding.mydata.title"))
    await resident.taps(t.plain("rights.button.download"))
    await stage.quiet()
    (sent,) = [one for one in await resident.messages() if "document" in one]
    content = await stage.client.file(sent["document"]["file_id"])
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    assert workbook.sheetnames[0] == t.plain("rights.sheet.about_me")
    assert stage.town.households["H001"].head in str(
        [cell.value for row in workbook[t.plain("rights.sheet.households")] for cell in row]
    )

    await resident.taps(t.plain("rights.button.correction"))
    await resident.says("我家电话换了")
    await resident.sees(t.plain("rights.correction.taken"))
    await cadre.sees("我家电话换了")
    await cadre.taps(t.plain("rights.button.corrected"))
    await stage.quiet()
    assert stage.row(select(CorrectionRequest.outcome)) == "corrected"
    assert await stage.received(resident, t.plain("rights.correction.was_corrected", text="我家电话换了"))

    await resident.says("/mydata")
    await stage.quiet()
    await resident.taps(t.plain("rights.button.erase"))
    await resident.taps(t.plain("rights.button.erase_yes"))
    await resident.sees(t.plain("rights.erase.goodbye"))
    erased = stage.row(select(Person).where(Person.id == stage.town.resident.id))
    assert (erased.telegram_user_id, erased.name) == (None, "已注销人员")


@side_path
async def test_a_lost_phone_is_cut_off_by_the_cadre(stage: Stage, t: Translator) -> None:
    cadre, lost = await stage.phone_of(stage.town.cadre), await stage.phone_of(stage.town.resident)
    await cadre.says("/card H001")
    await stage.quiet()
    await cadre.taps(t.plain("cards.button.members"))
    await cadre.taps(t.plain("rights.button.unlink", name="张大山"))
    await cadre.taps(t.plain("rights.button.unlink_yes"))
    await stage.quiet()
    before = len(await lost.messages())
    await lost.says("/card")
    await stage.quiet()
    said = [words(one) for one in (await lost.messages())[before:]]
    assert not [one for one in said if "张大山" in one or "王联系" in one]
