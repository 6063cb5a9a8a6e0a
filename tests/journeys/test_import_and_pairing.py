"""The administrator's first morning over HTTP: the roster in, everybody paired, and nothing written unasked."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models.households import Household, Pairing
from models.people import Person, RoleGrant, Unit
from models.supervision import RosterCheck
from sandbox.client import Hand, Message, words
from services.i18n import Translator
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage, data_of

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ROSTER = (EXAMPLES / "roster.xlsx").read_bytes()
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COUNTY = "01"  # the roster's root


@pytest.fixture
async def admin(stage: Stage, t: Translator) -> Hand:
    """The administrator's phone; they administer the county that the sample roster is of, and nothing else."""
    with stage.database.transaction() as session:
        county = Unit(code=COUNTY, name="清河县", kind="county", path="")
        session.add(county)
        session.flush()
        county.path = f"/{county.id}/"
        admin_id = stage.town.admin.id
        session.execute(update(RoleGrant).where(RoleGrant.person_id == admin_id).values(unit_id=county.id))
        session.execute(update(Person).where(Person.id == admin_id).values(code="OPERATOR"))  # the roster has an A001
    return await stage.phone_of(stage.town.admin)


def tally(stage: Stage) -> dict[str, int]:
    """Everything that an import or a pairing may write."""
    tables = (Unit, Person, RoleGrant, Household, Pairing)
    return {table.__name__: stage.row(select(func.count()).select_from(table)) for table in tables}


def in_county(stage: Stage) -> str:
    return stage.row(select(Unit.path).where(Unit.code == COUNTY))


async def sends(stage: Stage, t: Translator, admin: Hand, content: bytes, name: str = "roster.xlsx") -> Message:
    """Import roster, the file, and the answer once it was checked."""
    await admin.keys(t.plain("words.button.import_roster"))
    await admin.sees(t.plain("administration.import.send"))
    await admin.sends_document(content, name, WORKBOOK)
    await stage.quiet()
    return (await admin.messages())[-1]


async def imports(stage: Stage, t: Translator, admin: Hand) -> Message:
    """The sample roster, confirmed; returns the preview as it was."""
    preview = await sends(stage, t, admin, ROSTER)
    await admin.taps(t.plain("words.button.confirm"))
    await admin.sees(t.plain("administration.import.done"))
    return preview


async def test_a_roster_is_previewed_confirmed_and_written_and_an_unchanged_one_changes_nothing(
    stage: Stage, t: Translator, admin: Hand
) -> None:
    before = tally(stage)
    preview = await sends(stage, t, admin, ROSTER)
    assert t.plain("roster.preview.households", added=399, changed=0, unchanged=0) in words(preview)
    assert t.plain("roster.preview.pairs", begun=240, ended=0) in words(preview)
    assert tally(stage) == before, "nothing is written before it is confirmed"
    await admin.taps(t.plain("words.button.confirm"))
    await admin.sees(t.plain("administration.import.done"))
    below = Unit.path.startswith(in_county(stage))
    assert len(stage.rows(select(Household).join(Unit, Unit.id == Household.unit_id).where(below))) == 399
    of_cadres = select(RoleGrant).join(Unit, Unit.id == RoleGrant.unit_id).where(below, RoleGrant.role == "cadre")
    assert len(stage.rows(of_cadres)) == 74
    written = tally(stage)
    assert written["Pairing"] == before["Pairing"] + 240
    confirm = data_of(preview, t.plain("words.button.confirm"))
    assert await admin.taps_stale(preview["message_id"], confirm) == t.plain("administration.applied_before")
    again = await sends(stage, t, admin, ROSTER)
    assert t.plain("roster.preview.nothing") in words(again)
    assert "reply_markup" not in again, "there is nothing to confirm"
    assert tally(stage) == written


async def test_errors_are_named_by_sheet_row_and_column_and_stop_the_import(
    stage: Stage, t: Translator, admin: Hand
) -> None:
    before = tally(stage)
    answer = words(await sends(stage, t, admin, (EXAMPLES / "roster-with-errors.xlsx").read_bytes()))
    unknown_unit = t.plain("roster.error.unknown_unit", value="0109")
    assert t.plain("roster.finding.at", sheet="单位", row=9, column="上级编码", problem=unknown_unit) in answer
    missing = t.plain("roster.error.missing")
    assert t.plain("roster.finding.at", sheet="干部", row=5, column="姓名", problem=missing) in answer
    assert t.plain("administration.import.correct_and_send") in answer
    assert t.plain("words.button.confirm") not in await admin.labels()
    assert (tally(stage), stage.rows(select(RosterCheck))) == (before, [])


@side_path
async def test_a_hostile_file_is_refused_in_one_sentence_and_the_bot_goes_on(
    stage: Stage, t: Translator, admin: Hand
) -> None:
    before = tally(stage)
    for content, reason in ((b"PK\x03\x04" + bytes(1000), "damaged"), (b"<html><table>", "not_a_workbook")):
        refused = await sends(stage, t, admin, content, "名册.xlsx")
        assert words(refused) == t.plain(f"roster.refused.{reason}", file="名册.xlsx")
    assert tally(stage) == before
    await imports(stage, t, admin)


@side_path
async def test_given_up_is_not_written(stage: Stage, t: Translator, admin: Hand) -> None:
    before = tally(stage)
    preview = await sends(stage, t, admin, ROSTER)
    confirm = data_of(preview, t.plain("words.button.confirm"))
    await admin.taps(t.plain("words.button.cancel"))
    await admin.sees(t.plain("administration.import.discarded"))
    assert await admin.taps_stale(preview["message_id"], confirm) == t.plain("administration.superseded")
    assert tally(stage) == before


async def test_everybody_is_paired_as_previewed_once(stage: Stage, t: Translator, admin: Hand) -> None:
    await imports(stage, t, admin)
    await admin.keys(t.plain("words.button.pairing"))
    preview = await admin.sees(t.plain("administration.pairing.title"), "159", "东桥村")
    assert tally(stage)["Pairing"] == 3 + 240
    confirm = data_of(preview, t.plain("words.button.confirm"))
    await admin.taps(t.plain("words.button.confirm"))
    await admin.sees("159", t.plain("administration.pairing.done", n=159, cadres="|").partition("|")[0])
    primaries = (
        select(Pairing.household_id)
        .join(Household, Household.id == Pairing.household_id)
        .join(Unit, Unit.id == Household.unit_id)
        .where(Unit.path.startswith(in_county(stage)), Pairing.kind == "primary", Pairing.ended_on.is_(None))
    )
    assert len(set(stage.rows(primaries))) == 399
    written = tally(stage)
    assert await admin.taps_stale(preview["message_id"], confirm) == t.plain("administration.pairing_changed")
    assert tally(stage) == written
    await admin.keys(t.plain("words.button.pairing"))
    await admin.sees(t.plain("administration.pairing.nothing"))
