"""A supervisor's five minutes over HTTP: what needs a look, who shall do it, the ledger, and finding anybody."""

from io import BytesIO

from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import delete, select

from models.households import Pairing
from models.people import Person
from models.problems import Problem
from models.visits import Visit
from sandbox.client import Hand, words
from services.i18n import Translator
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage


async def file_of(stage: Stage, hand: Hand, name: str) -> bytes:
    """The document that arrived, as it can be opened on a phone."""
    (message,) = await stage.received(hand, name)
    return await stage.client.file(message["document"]["file_id"])


async def test_follow_up_names_what_needs_a_look_and_leads_to_the_card(stage: Stage, t: Translator) -> None:
    supervisor = await stage.phone_of(stage.town.supervisor)
    await supervisor.keys(t.plain("words.button.digest"))
    await supervisor.sees(t.plain("digests.found.without_cadre", n=1))
    await supervisor.keys(t.plain("words.button.follow_up"))
    await supervisor.taps(t.plain("digests.button.overdue", n=2))
    listed = await supervisor.sees(t.plain("supervision.section.overdue"), "张大山", "刘小河")
    assert "13800000001" not in words(listed)
    await supervisor.taps("张大山 H001", on=listed)
    await supervisor.sees(t.plain("cards.title", site="云溪镇"), "138****0001")


async def test_a_problem_that_nobody_owns_is_assigned_and_everybody_is_told(stage: Stage, t: Translator) -> None:
    supervisor, helper = await stage.phone_of(stage.town.east_supervisor), await stage.phone_of(stage.town.cadre)
    resident = await stage.phone_of(stage.town.resident)
    with stage.database.transaction() as session:
        session.execute(delete(Pairing).where(Pairing.household_id == stage.town.households["H001"].id))
    await resident.keys(t.plain("words.button.report"))
    await resident.taps(t.plain("words.category.roads"))
    await resident.says("路冲断了")
    await resident.sees(t.plain("problems.form.text", text="路冲断了"))
    await resident.taps(t.plain("words.button.submit"))
    news = await supervisor.sees("路冲断了")
    assert stage.row(select(Problem)).owner_id == stage.town.east_supervisor.id, (
        "the unit's supervisor until it is given"
    )
    await supervisor.taps(t.plain("problems.button.assign"), on=news)
    await supervisor.taps("王联系")
    problem = stage.row(select(Problem))
    await supervisor.sees(t.plain("problems.assign.done", number=problem.number, name="王联系"))
    await helper.sees(t.plain("problems.notice.assigned"), "路冲断了")
    await resident.sees(problem.number, t.plain("problems.step.assigned"))
    assert problem.owner_id == stage.town.cadre.id


@side_path
async def test_the_ledger_is_a_workbook_without_phones(stage: Stage, t: Translator) -> None:
    cadre, supervisor = await stage.phone_of(stage.town.cadre), await stage.phone_of(stage.town.supervisor)
    await cadre.says("/visit H001")
    await cadre.says("=1+1 老人身体好")
    await cadre.sees("老人身体好")
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()
    await supervisor.keys(t.plain("words.button.ledger"))
    await supervisor.sees(t.plain("supervision.ledger.visits", n=1, visited=1, households=4))
    assert await supervisor.taps(t.plain("supervision.button.download")) == t.plain("supervision.ledger.coming")
    book = load_workbook(BytesIO(await file_of(stage, supervisor, "lianxin-2026-03-02.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("老人身体好" in str(cell.value) for cell in cells)
    assert "f" not in {cell.data_type for cell in cells}, "what was typed stays text"
    assert not any("13800000001" in str(cell.value) for cell in cells)


@side_path
async def test_whoever_supervises_one_village_finds_nobody_of_another(stage: Stage, t: Translator) -> None:
    supervisor = await stage.phone_of(stage.town.east_supervisor)
    await supervisor.keys(t.plain("words.button.find"))
    await supervisor.says("zds")
    await supervisor.sees(t.plain("supervision.find.found", query="zds", n=1))
    await supervisor.says("陈长林")
    await supervisor.sees(t.plain("supervision.find.nobody", query="陈长林"))
    await supervisor.taps("张大山")
    await supervisor.sees("H001", "138****0001")


@side_path
async def test_a_card_is_printed_and_brings_its_household_in(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.says("/card H002")
    await cadre.taps(t.plain("cards.button.print"))
    printed = PdfReader(BytesIO(await file_of(stage, cadre, "lianxin-cards.pdf")))
    page = printed.pages[0].extract_text()
    assert len(printed.pages) == 1
    assert "刘小河" in page
    code = stage.town.households["H002"].card_code
    assert code[:4] in page
    head = await stage.newcomer("刘小河")
    await head.says(f"{code[:4].lower()} {code[4:]}")  # as somebody reads it off the wall
    await head.sees(t.plain("onboarding.notice.kept_member"))


@side_path
async def test_whoever_blocks_the_bot_is_on_the_supervisors_list_until_they_come_back(
    stage: Stage, t: Translator
) -> None:
    resident, supervisor = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.supervisor)
    await resident.blocks()
    await stage.quiet()
    assert stage.row(select(Person).where(Person.telegram_user_id == 401)).unreachable_since is not None
    await supervisor.keys(t.plain("words.button.follow_up"))
    await supervisor.taps(t.plain("digests.button.unreachable", n=1))
    await supervisor.sees(t.plain("supervision.section.unreachable"), "张大山")
    await resident.unblocks()
    await resident.says("/start")
    await stage.quiet()
    assert stage.row(select(Person).where(Person.telegram_user_id == 401)).unreachable_since is None
    assert stage.rows(select(Visit)) == []
