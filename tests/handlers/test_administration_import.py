"""Importing a roster by chat: files in, a check, a preview, and nothing before the word of the administrator."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.households import Household
from models.people import Person, RoleGrant
from models.post import Draft, OutboxMessage
from models.supervision import RosterCheck
from services import roster
from services.messages import Message
from services.rules.roster.checking import check_roster
from services.rules.roster.stored import to_json
from services.rules.roster.values import File
from tests.phone import Phone
from tests.town import Town, make_office

ADMIN, CADRE = 301, 101
HOUSEHOLDS = "户编码,户主,单位编码,联系干部编码,人口\n"


@pytest.fixture
def admin(session: Session, town: Town) -> Phone:
    return Phone(session, make_office(), ADMIN)


def sends(phone: Phone, name: str, *, size: int = 1000) -> list[Message]:
    document = {"file_id": f"id-{name}", "file_unique_id": name, "file_name": name, "file_size": size}
    return phone.sends(document=document)


def errands(session: Session) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "errand.check_roster").order_by(OutboxMessage.id)
    )
    return [row.body for row in rows]


def check_arrives(phone: Phone, *files: File) -> list[Message]:
    """As the errand would answer."""
    found = check_roster(files, roster.known_codes(phone.session))
    return phone.gets_letter(kind="administration.roster_checked", checked=json.loads(to_json(found)))


def table(*rows: str) -> File:
    return "农户.csv", (HOUSEHOLDS + "\n".join(rows)).encode()


def labels(message: Message) -> list[str]:
    return [one.label for row in message.buttons for one in row]


def households(session: Session) -> set[str]:
    return set(session.scalars(select(Household.code)))


def test_a_workbook_is_checked_as_soon_as_it_arrives(session: Session, admin: Phone) -> None:
    (question,) = admin.says("导入名册")
    assert ".xlsx" in question.text
    *_, answer = sends(admin, "roster.xlsx")
    assert "正在检查：roster.xlsx" in answer.text
    assert errands(session) == [{"file_ids": ["id-roster.xlsx"], "names": ["roster.xlsx"]}]
    assert session.scalar(select(func.count()).select_from(Draft)) == 0, "the dialogue is over"


def test_a_roster_sent_without_pressing_the_button_is_taken_all_the_same(session: Session, admin: Phone) -> None:
    (answer,) = sends(admin, "名册.XLSX")
    assert "正在检查：名册.XLSX" in answer.text
    assert len(errands(session)) == 1
    (old,) = sends(admin, "名册.xls")
    assert "旧的 .xls" in old.text
    sends(admin, "单位.csv")
    _, collected = sends(admin, "农户.csv")
    assert "已收到 2 个文件：单位.csv、农户.csv" in collected.text


def test_other_peoples_files_and_other_files_are_no_rosters(session: Session, admin: Phone) -> None:
    (answer,) = sends(admin, "通知.pdf")
    assert "没看懂" in answer.text
    (answer,) = sends(Phone(session, make_office(), CADRE), "名册.xlsx")
    assert "没看懂" in answer.text
    assert errands(session) == []


def test_several_csv_files_are_collected_until_finished(session: Session, admin: Phone) -> None:
    admin.says("/import")
    sends(admin, "单位.csv")
    *_, collected = sends(admin, "农户.csv")
    assert "已收到 2 个文件：单位.csv、农户.csv" in collected.text
    assert errands(session) == []
    (answer,) = admin.taps([collected], "完成")
    assert "正在检查" in answer.text
    assert errands(session) == [{"file_ids": ["id-单位.csv", "id-农户.csv"], "names": ["单位.csv", "农户.csv"]}]
    assert admin.taps([collected], "完成") == []
    assert "过期" in admin.toast()
    assert len(errands(session)) == 1


def test_only_one_live_form_is_left_while_collecting(session: Session, admin: Phone) -> None:
    admin.says("导入名册")
    put_away, form = sends(admin, "单位.csv")
    assert not put_away.buttons
    assert labels(form) == ["完成", "取消"]


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [("名册.pdf", 1000, "不是能识别的表格"), ("名册.xls", 1000, "旧的 .xls"), ("大.xlsx", 6 * 2**20, "超过 5 MB")],
)
def test_a_file_that_cannot_be_a_roster_is_refused_kindly(
    session: Session, admin: Phone, name: str, size: int, words: str
) -> None:
    admin.says("导入名册")
    (answer,) = sends(admin, name, size=size)
    assert words in answer.text
    assert errands(session) == []
    assert session.scalars(select(Draft)).one().journey == "import", "another file may follow"


def test_text_and_photos_are_told_what_is_wanted(admin: Phone) -> None:
    admin.says("导入名册")
    assert "“文件”" in admin.says("名册在这里")[0].text
    assert "“文件”" in admin.sends_photo()[0].text


def test_an_edited_message_is_answered_kindly(session: Session, admin: Phone) -> None:
    admin.says("导入名册")
    sends(admin, "单位.csv")
    assert "不起作用" in admin.edits(1, "新的说明")[0].text
    assert session.scalars(select(Draft)).one().data["files"] == [["id-单位.csv", "单位.csv"]]


def test_more_files_than_a_check_takes_are_refused(session: Session, admin: Phone) -> None:
    admin.says("导入名册")
    for number in range(20):
        sends(admin, f"{number}.csv")
    (answer,) = sends(admin, "too-many.csv")
    assert "最多 20 个文件" in answer.text
    assert len(session.scalars(select(Draft)).one().data["files"]) == 20


def test_preview_confirm_and_what_comes_next(session: Session, admin: Phone, town: Town) -> None:
    (preview,) = check_arrives(admin, table("N1,新户,G1,C001,3", "H001,张大山,G1,,6"))
    assert "农户：新增 1，变更 1，不变 0" in preview.text
    assert "结对：开始 1，结束 0" in preview.text
    assert "张大山（H001）“人口”：空 → 6" in preview.text
    assert "农户 3" in preview.text, "missing from the file"
    assert "刘小河（H002）" in preview.text
    assert "N1" not in households(session)
    (done,) = admin.taps([preview], "确认")
    assert "名册已导入" in done.text
    assert labels(done) == ["结对", "邀请"]
    assert "N1" in households(session)
    session.expire_all()
    assert session.get_one(Household, town.households["H001"].id).population == 6


def test_the_main_path_in_english(session: Session, admin: Phone, town: Town) -> None:
    town.admin.language = "en"
    session.flush()
    (question,) = admin.says("Import roster")
    assert "send the roster as a file" in question.text
    *_, checking = sends(admin, "roster.xlsx")
    assert "Checking: roster.xlsx" in checking.text
    (preview,) = check_arrives(admin, table("N1,新户,G1,C001,3"))
    assert "Households: 1 new, 0 changed" in preview.text
    (done,) = admin.taps([preview], "Confirm")
    assert "The roster was imported." in done.text
    assert "N1" in households(session)


def test_confirming_twice_imports_once(session: Session, admin: Phone) -> None:
    preview = check_arrives(admin, table("N1,新户,G1,C001,3"))
    admin.taps(preview, "确认")
    assert admin.taps(preview, "确认") == []
    assert "已经导入过" in admin.toast()


def test_an_older_preview_no_longer_counts(session: Session, admin: Phone) -> None:
    older = check_arrives(admin, table("N1,新户,G1,,3"))
    check_arrives(admin, table("N2,新户,G1,,3"))
    assert admin.taps(older, "确认") == []
    assert "作废" in admin.toast()
    assert households(session) == {"H001", "H002", "H003", "H004"}


def test_giving_up_leaves_everything_as_it_was(session: Session, admin: Phone) -> None:
    preview = check_arrives(admin, table("N1,新户,G1,,3"))
    (answer,) = admin.taps(preview, "取消")
    assert "没有改动" in answer.text
    assert admin.taps(preview, "确认") == []
    assert "N1" not in households(session)
    assert session.scalars(select(RosterCheck)).one().checked == {}


def test_errors_are_listed_with_their_place_and_nothing_can_be_applied(session: Session, admin: Phone) -> None:
    rows = [f"E{number:02},户,没有的单位,,-1" for number in range(20)]
    (answer,) = check_arrives(admin, table(*rows))
    assert "发现 40 处错误" in answer.text
    assert "农户 第 2 行“单位编码”：单位编码“没有的单位”不存在" in answer.text
    assert answer.text.count("· ") == 15
    assert "还有 25 处没有列出" in answer.text
    assert labels(answer) == ["导入名册"]
    assert session.scalar(select(func.count()).select_from(RosterCheck)) == 0
    (question,) = admin.taps([answer], "导入名册")
    assert "名册作为文件" in question.text


def test_doubts_are_shown_and_do_not_stop_the_import(session: Session, admin: Phone) -> None:
    (preview,) = check_arrives(admin, table("N1,新户,G1,,99"))
    assert "有 1 处请核对" in preview.text
    assert "确认" in labels(preview)


def test_an_unchanged_roster_asks_for_nothing(session: Session, admin: Phone) -> None:
    (answer,) = check_arrives(admin, table("H001,张大山,G1,C001,"))
    assert "没有要改的" in answer.text
    assert not answer.buttons


def test_a_file_that_could_not_be_checked_is_explained(admin: Phone) -> None:
    (answer,) = admin.gets_letter(
        kind="administration.roster_checked", refused="roster.refused.encrypted", params={"file": "名册.xlsx"}
    )
    assert "“名册.xlsx”有打开密码" in answer.text


def test_a_check_for_somebody_who_is_no_administrator_any_more_shows_nothing(session: Session, town: Town) -> None:
    cadre = Phone(session, make_office(), CADRE)
    (answer,) = check_arrives(cadre, table("N1,新户,G1,,3"))
    assert "身份不能" in answer.text
    assert session.scalar(select(func.count()).select_from(RosterCheck)) == 0


@pytest.mark.parametrize("act", ["导入名册", "/import"])
def test_nobody_else_imports(session: Session, town: Town, act: str) -> None:
    (answer,) = Phone(session, make_office(), CADRE).says(act)
    assert "身份不能" in answer.text
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_another_administrators_preview_cannot_be_confirmed(session: Session, admin: Phone, town: Town) -> None:
    preview = check_arrives(admin, table("N1,新户,G1,,3"))
    other = Person(name="第二管理", code="A002", telegram_user_id=302, created_at=town.admin.created_at)
    other.consented_at, other.consent_version = town.admin.consented_at, town.admin.consent_version
    session.add(other)
    session.flush()
    session.add(RoleGrant(person_id=other.id, role="admin", unit_id=town.town.id, granted_at=town.admin.created_at))
    session.flush()
    second = Phone(session, make_office(), 302)
    assert second.taps(preview, "确认") == []
    assert "过期" in second.toast()
    assert "N1" not in households(session)


def test_an_unsaved_visit_is_not_lost_by_beginning_an_import(session: Session, admin: Phone, town: Town) -> None:
    draft = Draft(
        person_id=town.admin.id,
        journey="problem_report",
        data={"texts": [[1, "水管坏了"]]},
        updated_at=town.admin.created_at,
    )
    session.add(draft)
    session.flush()
    (question,) = admin.says("导入名册")
    assert "没保存" in question.text
    assert session.scalars(select(Draft)).one().id == draft.id
    admin.taps([question], "接着填")
    assert session.scalars(select(Draft)).one().id == draft.id
    *_, answer = admin.taps([question], "放弃")
    assert "名册作为文件" in answer.text
    assert session.scalars(select(Draft)).one().journey == "import"
