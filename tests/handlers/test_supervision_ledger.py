"""The ledger: the month in numbers, and all of it as a workbook."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import RoleGrant
from models.post import OutboxMessage
from models.problems import Problem, ProblemEvent
from models.visits import Visit
from services.errors import NotFound
from services.office import Office
from services.problem_register import register_problem
from services.rendering.workbook import render_export
from services.supervision import export_sheets
from tests.phone import Phone
from tests.town import ZONE, FrozenClock, Town, build_town, make_office


@pytest.fixture
def office() -> Office:
    return make_office(FrozenClock(datetime(2026, 3, 9, 10, tzinfo=ZONE)))


@pytest.fixture
def town(session: Session, office: Office) -> Town:
    """In March: two contacts with 张大山, an attempt, a visit in 西村; one in February. Three problems in 东村."""
    town = build_town(session)
    for code, method, day in (
        ("H001", "home", date(2026, 3, 2)),
        ("H001", "phone", date(2026, 3, 9)),
        ("H002", "not_home", date(2026, 3, 3)),
        ("H003", "home", date(2026, 3, 4)),
        ("H002", "home", date(2026, 2, 28)),
    ):
        session.add(
            Visit(
                household_id=town.households[code].id,
                cadre_id=town.cadre.id,
                method=method,
                condition="steady",
                said="=1+1" if method == "phone" else "都好",
                visited_on=day,
                recorded_at=datetime(2026, 3, 9, 1, tzinfo=UTC),
            )
        )
    for stage, closed, due in (
        ("confirmed", datetime(2026, 3, 6, 10, tzinfo=ZONE), 11),
        ("explained", datetime(2026, 3, 6, 10, tzinfo=ZONE), 11),
        ("accepted", None, 5),
    ):
        problem = enter(session, town)
        problem.stage, problem.closed_at = stage, closed
        problem.due_at = datetime(2026, 3, due, 18, tzinfo=ZONE)
    session.flush()
    return town


def enter(session: Session, town: Town, **changed: object) -> Problem:
    facts = {
        "household_id": town.households["H001"].id,
        "source": "visit",
        "reporter_id": None,
        "entered_by_id": town.cadre.id,
        "category": "roads",
        "summary": "路不好走",
    } | changed
    return register_problem(session, make_office(), **facts)


def read_back(session: Session, office: Office, unit_id: int, language: str = "zh_CN") -> dict[str, list[tuple]]:
    content = render_export(export_sheets(session, office, unit_id, language=language))
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_month_is_told_in_numbers_of_the_own_unit(session: Session, office: Office, town: Town) -> None:
    (answer,) = Phone(session, office, 202).says("单位台账")
    assert answer.text.splitlines() == [
        "<b>东村 台账</b>",
        "3月1日（周日）—3月9日（周一）",
        "走访 2 次，走到 1 户（在册 2 户）",
        "另有 1 次没遇到人",
        "新登记问题 3 件，农户确认解决 1 件，其他结束 1 件",
        "现在还在办 1 件，其中过期 1 件",
    ]
    assert "走访 3 次，走到 2 户（在册 4 户）" in Phone(session, office, 201).says("/ledger")[0].text


def test_the_workbook_is_made_as_an_errand(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, 202)
    phone.taps(phone.says("单位台账"), "下载 Excel")
    errand = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "errand.export")).one()
    assert errand.body == {"unit_id": town.east.id}
    assert errand.person_id == town.east_supervisor.id
    assert phone.toast() == "正在整理，马上发给您。"


@pytest.mark.parametrize("unit", ["town", "west", "nowhere"])
def test_another_units_workbook_is_not_there(session: Session, office: Office, town: Town, unit: str) -> None:
    unit_id = 999_999 if unit == "nowhere" else getattr(town, unit).id
    phone = Phone(session, office, 202)
    assert phone.presses(f"ledger.download:{unit_id}") == []
    assert "没有找到" in phone.toast()
    assert session.query(OutboxMessage).filter_by(kind="errand.export").count() == 0


def test_two_units_are_two_ledgers(session: Session, office: Office, town: Town) -> None:
    session.add(
        RoleGrant(person_id=town.east_supervisor.id, role="supervisor", unit_id=town.west.id, granted_at=office.now())
    )
    session.flush()
    (answer,) = Phone(session, office, 202).says("单位台账")
    assert "东村 台账" in answer.text
    assert "西村 台账" in answer.text
    assert [row[0].label for row in answer.buttons] == ["下载 Excel：东村", "下载 Excel：西村"]


def test_it_is_told_in_english_too(session: Session, office: Office, town: Town) -> None:
    town.east_supervisor.language = "en"
    (answer,) = Phone(session, office, 202).says("Ledger")
    assert "2 visits; households visited: 1 of 2 in the register" in answer.text
    assert "Problems: 3 new, 1 confirmed as solved, 1 ended otherwise" in answer.text


def test_the_workbook_holds_every_visit_and_problem_of_the_unit(session: Session, office: Office, town: Town) -> None:
    problem = session.query(Problem).filter_by(stage="explained").one()
    session.add(
        ProblemEvent(problem_id=problem.id, at=office.now(), act="explain", stage="explained", note="不在补助范围内")
    )
    session.flush()
    sheets = read_back(session, office, town.east.id)
    visits, problems = sheets["走访记录"], sheets["问题诉求"]
    assert visits[0] == ("走访日期", "登记时间", "户编码", "户主", "单位", "联系干部", "走访方式", "情况", "走访内容")
    assert [(row[0].date(), row[2], row[6]) for row in visits[1:]] == [
        (date(2026, 2, 28), "H002", "上门"),
        (date(2026, 3, 2), "H001", "上门"),
        (date(2026, 3, 3), "H002", "未遇"),
        (date(2026, 3, 9), "H001", "电话"),
    ]
    assert visits[1][1] == datetime(2026, 3, 9, 9)  # the site's hour
    assert visits[4][8] == "=1+1"
    assert [row[10] for row in problems[1:]] == ["已确认", "依法不能解决已解释", "已受理"]
    assert problems[2][12] == "不在补助范围内"
    assert problems[1][9] == "王联系"


def test_what_was_done_in_vain_is_no_outcome(session: Session, office: Office, town: Town) -> None:
    problem = session.query(Problem).filter_by(stage="accepted").one()
    session.add(ProblemEvent(problem_id=problem.id, at=office.now(), act="finish", stage="done", note="换了水管"))
    session.flush()
    rows = {row[0]: row for row in read_back(session, office, town.east.id)["问题诉求"]}
    assert rows[problem.number][-1] is None, "the household said: not solved"
    problem.stage = "done"
    session.flush()
    rows = {row[0]: row for row in read_back(session, office, town.east.id)["问题诉求"]}
    assert rows[problem.number][-1] == "换了水管"


def test_no_phone_and_nothing_confidential_is_in_the_workbook(session: Session, office: Office, town: Town) -> None:
    enter(session, town, confidential=True, summary="不想让干部知道")
    for sheet in read_back(session, office, town.town.id).values():
        words = " ".join(str(cell) for row in sheet for cell in row)
        assert "不想让干部知道" not in words
        for person in (town.cadre, town.supervisor, *town.households.values()):
            assert person.phone not in words
    hidden = read_back(session, office, town.town.id)["问题诉求"][-1]
    assert hidden[2] == hidden[3] == hidden[7] == "（保密，请在连心中查看）"


def test_the_workbook_speaks_english_too(session: Session, office: Office, town: Town) -> None:
    sheets = read_back(session, office, town.east.id, "en")
    assert list(sheets) == ["Visits", "Problems"]
    assert sheets["Visits"][1][6] == "Home"


def test_a_unit_that_is_not_there_has_no_ledger(session: Session, office: Office, town: Town) -> None:
    with pytest.raises(NotFound):
        export_sheets(session, office, 999_999, language="zh_CN")
