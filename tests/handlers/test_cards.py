"""The love-contact card on screen, and 请干部联系我: rows and words."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant
from models.post import OutboxMessage
from models.problems import Problem
from models.visits import Attachment, Visit, VisitCorrection
from services.messages import Media
from tests.phone import Phone
from tests.town import MONDAY_MORNING, FrozenClock, Town, make_office

CADRE, OTHER_CADRE, SUPERVISOR, EAST_SUPERVISOR, ADMIN, RESIDENT, NEIGHBOUR = 101, 102, 201, 202, 301, 401, 402


def phone(session: Session, user_id: int, clock: FrozenClock | None = None) -> Phone:
    return Phone(session, make_office(clock), user_id)


def card_id(town: Town, code: str = "H001") -> int:
    return town.households[code].id


def add_problem(session: Session, town: Town, number: str, *, confidential: bool = False) -> Problem:
    problem = Problem(
        number=number,
        household_id=card_id(town),
        source="household",
        reporter_id=town.resident.id,
        entered_by_id=town.resident.id,
        category="water",
        summary="水管坏了",
        confidential=confidential,
        owner_id=town.supervisor.id if confidential else town.cadre.id,
        unit_id=town.east_group.id,
        stage="accepted",
        reported_at=MONDAY_MORNING,
        due_at=MONDAY_MORNING + timedelta(days=1),
    )
    session.add(problem)
    session.flush()
    return problem


def add_visit(session: Session, town: Town, day: date, said: str) -> Visit:
    visit = Visit(
        household_id=card_id(town),
        cadre_id=town.cadre.id,
        method="home",
        condition="steady",
        said=said,
        visited_on=day,
        recorded_at=MONDAY_MORNING,
    )
    session.add(visit)
    session.flush()
    return visit


def add_photo(session: Session, visit: Visit, file_id: str) -> None:
    session.add(Attachment(visit_id=visit.id, kind="photo", file_id=file_id))
    session.flush()


# --- the card


def test_the_household_reads_who_helps_it_and_the_full_number(session: Session, town: Town) -> None:
    add_problem(session, town, "P-2026-000001")
    add_visit(session, town, date(2026, 2, 27), "屋顶漏雨")
    (card,) = phone(session, RESIDENT).says("我的联系卡")
    assert "王联系" in card.text
    assert "13900000101" in card.text
    assert "P-2026-000001" in card.text
    assert "饮水" in card.text
    assert "2月27日" in card.text
    assert "0000-12345" in card.text
    assert "屋顶漏雨" not in card.text, "what the cadre noted is for officials"
    assert {b.label for row in card.buttons for b in row} == {"请干部联系我", "反映问题", "办理进度"}


def test_the_card_speaks_english_to_whoever_chose_it(session: Session, town: Town) -> None:
    town.resident.language = "en"
    session.flush()
    (card,) = phone(session, RESIDENT).says("/card")
    assert "Love-contact card" in card.text
    assert "Your official: <b>王联系</b>" in card.text
    assert "Nothing is in hand" in card.text


def test_the_paired_cadre_sees_the_full_number_of_the_household(session: Session, town: Town) -> None:
    add_visit(session, town, date(2026, 2, 27), "屋顶漏雨")
    (card,) = phone(session, CADRE).presses(f"cards.open:{card_id(town)}")
    assert "13800000001" in card.text
    assert "屋顶漏雨" in card.text
    assert {b.data.split(":")[0] for row in card.buttons for b in row} == {
        "visits.open",
        "problems.report_for",
        "cards.correct",
        "cards.print",
        "onboarding.members",
    }


@pytest.mark.parametrize("reader", [SUPERVISOR, EAST_SUPERVISOR, ADMIN])
def test_whoever_oversees_sees_masked_numbers(session: Session, town: Town, reader: int) -> None:
    (card,) = phone(session, reader).presses(f"cards.open:{card_id(town)}")
    assert "138****0001" in card.text
    assert "139****0101" in card.text
    assert "13800000001" not in card.text
    assert "13900000101" not in card.text


@pytest.mark.parametrize(
    ("reader", "code"), [(OTHER_CADRE, "H001"), (NEIGHBOUR, "H001"), (RESIDENT, "H003"), (EAST_SUPERVISOR, "H003")]
)
def test_a_card_of_others_reads_like_one_that_is_not_there(
    session: Session, town: Town, reader: int, code: str
) -> None:
    visitor = phone(session, reader)
    assert visitor.presses(f"cards.open:{card_id(town, code)}") == []
    foreign = visitor.toast()
    assert visitor.presses("cards.open:999999") == []
    assert visitor.toast() == foreign
    assert "没有找到" in foreign


def test_a_confidential_problem_is_hidden_from_the_own_cadre_only(session: Session, town: Town) -> None:
    add_problem(session, town, "P-2026-000007", confidential=True)
    texts = {
        reader: phone(session, reader).presses(f"cards.open:{card_id(town)}")[0].text
        for reader in (CADRE, SUPERVISOR, RESIDENT)
    }
    assert "P-2026-000007" not in texts[CADRE]
    assert "P-2026-000007" in texts[SUPERVISOR]
    assert "P-2026-000007" in texts[RESIDENT], "who reported it sees it"


def test_each_line_of_what_was_said_is_indented_under_its_visit(session: Session, town: Town) -> None:
    add_visit(session, town, date(2026, 2, 27), "屋顶漏雨\n\n水管也坏了")
    (card,) = phone(session, CADRE).presses(f"cards.open:{card_id(town)}")
    assert "王联系\n　屋顶漏雨\n　水管也坏了" in card.text


def test_officials_see_which_visit_was_corrected_and_the_household_does_not(session: Session, town: Town) -> None:
    add_visit(session, town, date(2026, 2, 20), "都好")
    corrected = add_visit(session, town, date(2026, 2, 27), "屋顶漏雨")
    earlier = {"method": "phone", "condition": "steady", "said": "屋顶", "visited_on": corrected.visited_on}
    for _ in range(2):
        change = VisitCorrection(visit_id=corrected.id, person_id=town.cadre.id, corrected_at=MONDAY_MORNING, **earlier)
        session.add(change)
    session.flush()
    for reader in (CADRE, SUPERVISOR):
        (card,) = phone(session, reader).presses(f"cards.open:{card_id(town)}")
        assert "2月27日（周五） 上门（平稳），王联系（更正过）\n" in card.text
        assert card.text.count("更正过") == 1
    (card,) = phone(session, RESIDENT).presses(f"cards.open:{card_id(town)}")
    assert "更正过" not in card.text
    town.cadre.language = "en"
    session.flush()
    (card,) = phone(session, CADRE).presses(f"cards.open:{card_id(town)}")
    assert "(Steady), 王联系 (corrected)\n" in card.text


def test_only_the_last_three_visits_are_shown(session: Session, town: Town) -> None:
    for day in (1, 8, 15, 22):
        add_visit(session, town, date(2026, 2, day), f"第{day}日")
    (card,) = phone(session, CADRE).presses(f"cards.open:{card_id(town)}")
    assert [f"第{day}日" in card.text for day in (22, 15, 8, 1)] == [True, True, True, False]


@pytest.mark.parametrize("reader", [CADRE, SUPERVISOR, EAST_SUPERVISOR, ADMIN])
def test_who_reads_what_was_said_opens_the_photos_too(session: Session, town: Town, reader: int) -> None:
    add_photo(session, add_visit(session, town, date(2026, 2, 27), "屋顶漏雨"), "roof")
    add_visit(session, town, date(2026, 2, 20), "都好")
    official = phone(session, reader)
    card = official.presses(f"cards.open:{card_id(town)}")
    assert "　屋顶漏雨\n　照片 1 张" in card[0].text
    assert [b.label for row in card[0].buttons for b in row if "照片" in b.label] == ["查看照片/语音 2月27日（周五）"]
    (photo,) = official.taps(card, "查看照片/语音")
    assert photo.media == Media("photo", "roof")


@pytest.mark.parametrize("reader", [OTHER_CADRE, RESIDENT, NEIGHBOUR])
def test_the_photos_of_a_visit_are_not_for_the_household_nor_for_others(
    session: Session, town: Town, reader: int
) -> None:
    visit = add_visit(session, town, date(2026, 2, 27), "屋顶漏雨")
    add_photo(session, visit, "roof")
    stranger = phone(session, reader)
    assert stranger.presses(f"visits.media:{visit.id}:0") == []
    assert stranger.toast()
    if reader == RESIDENT:
        (card,) = stranger.presses(f"cards.open:{card_id(town)}")
        assert "照片" not in card.text + str(card.buttons)


def test_an_overseer_who_lives_there_reads_the_card_as_the_household_does(session: Session, town: Town) -> None:
    visit = add_visit(session, town, date(2026, 2, 27), "屋顶漏雨")
    add_photo(session, visit, "roof")
    session.add(
        Membership(household_id=card_id(town), person_id=town.supervisor.id, state="linked", since=MONDAY_MORNING)
    )
    session.flush()
    supervisor = phone(session, SUPERVISOR)
    (card,) = supervisor.presses(f"cards.open:{card_id(town)}")
    assert "屋顶漏雨" not in card.text
    assert supervisor.presses(f"visits.media:{visit.id}:0") == []
    assert "没有找到" in supervisor.toast()


def test_a_pending_person_sees_no_card_and_is_told_what_is_missing(session: Session, town: Town) -> None:
    membership = session.scalars(select(Membership).where(Membership.person_id == town.resident.id)).one()
    membership.state = "pending"
    session.flush()
    (answer,) = phone(session, RESIDENT).says("我的联系卡")
    assert "手机号" in answer.text
    assert answer.contact_label
    assert "王联系" not in answer.text
    assert phone(session, RESIDENT).presses(f"cards.open:{card_id(town)}")[0].text == answer.text


def test_without_a_second_pairing_the_village_secretary_is_the_second_contact(session: Session, town: Town) -> None:
    secretary = Person(
        code="C009",
        name="周书记",
        unit_id=town.east.id,
        post="村党支部书记",
        phone="13900000999",
        created_at=MONDAY_MORNING,
    )
    session.add(secretary)
    session.flush()
    assert "周书记" in phone(session, RESIDENT).says("我的联系卡")[0].text
    session.add(
        Pairing(household_id=card_id(town), cadre_id=town.other_cadre.id, kind="second", started_on=date(2026, 2, 1))
    )
    session.flush()
    text = phone(session, RESIDENT).says("我的联系卡")[0].text
    assert "李联系" in text
    assert "周书记" not in text


def test_a_household_without_a_cadre_is_pointed_to_the_hotline(session: Session, town: Town) -> None:
    text = phone(session, SUPERVISOR).presses(f"cards.open:{card_id(town, 'H004')}")[0].text
    assert "还没有安排" in text
    assert "下次走访：暂停" in text


@pytest.mark.parametrize("typed", ["张大山", "H001", "zds", "MKJH-acef"])
def test_an_official_opens_a_card_by_name_code_or_initials(session: Session, town: Town, typed: str) -> None:
    town.households["H001"].card_code = "MKJHACEF"
    session.flush()
    (card,) = phone(session, CADRE).says(f"/card {typed}")
    assert "张大山" in card.text
    assert "13800000001" in card.text


def test_a_name_of_others_is_not_found_by_a_cadre(session: Session, town: Town) -> None:
    (answer,) = phone(session, CADRE).says("/card 陈长林")
    assert "没有找到" in answer.text
    assert not answer.buttons


# --- keeping it right


def test_muting_stops_the_counting_until_the_day_named(session: Session, town: Town) -> None:
    cadre = phone(session, CADRE)
    (menu,) = cadre.presses(f"cards.correct:{card_id(town)}")
    assert "张大山" in menu.text
    (changed,) = cadre.taps([menu], "30 天内不提醒")
    assert town.households["H001"].muted_until == date(2026, 4, 1)
    assert "暂不提醒，到4月1日（周三）为止" in changed.text
    cadre.taps([changed], "恢复提醒")
    assert town.households["H001"].muted_until is None


def test_away_and_back_again(session: Session, town: Town) -> None:
    cadre = phone(session, CADRE)
    menu = cadre.presses(f"cards.correct:{card_id(town)}")
    changed = cadre.taps(menu, "登记外出")
    assert town.households["H001"].status == "away"
    assert "外出" in changed[0].text
    cadre.taps(changed, "登记已回来")
    assert town.households["H001"].status == "active"


@pytest.mark.parametrize("data", ["cards.mute:{id}:9999", "cards.status:{id}:closed"])
def test_a_forged_button_changes_nothing(session: Session, town: Town, data: str) -> None:
    cadre = phone(session, CADRE)
    assert cadre.presses(data.format(id=card_id(town))) == []
    assert "过期" in cadre.toast()
    assert town.households["H001"].status == "active"
    assert town.households["H001"].muted_until is None


def test_another_cadre_and_the_household_itself_may_not_correct_it(session: Session, town: Town) -> None:
    for stranger in (OTHER_CADRE, RESIDENT):
        assert phone(session, stranger).presses(f"cards.mute:{card_id(town)}:7") == []
    assert town.households["H001"].muted_until is None


def test_printing_a_card_is_an_errand(session: Session, town: Town) -> None:
    cadre = phone(session, CADRE)
    cadre.presses(f"cards.print:{card_id(town)}")
    errand = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "errand.cards")).one()
    assert errand.body == {"household_ids": [card_id(town)]}
    assert "制作" in cadre.toast()
    assert phone(session, OTHER_CADRE).presses(f"cards.print:{card_id(town)}") == []
    assert len(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "errand.cards")).all()) == 1


# --- 请干部联系我


def test_one_tap_tells_the_cadre_with_the_number_and_the_cadre_tells_back(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    (answer,) = phone(session, RESIDENT, clock).says("请干部联系我")
    assert "王联系" in answer.text
    cadre = phone(session, CADRE, clock)
    (notice,) = cadre.receives()
    assert "张大山" in notice.text
    assert "13800000001" in notice.text
    assert "3月2日（周一）09:00" in notice.text
    (done,) = cadre.taps([notice], "已联系")
    assert "记一次走访" in done.text
    assert done.buttons[0][0].data == f"visits.open:{card_id(town)}"
    (told,) = phone(session, RESIDENT, clock).receives()
    assert "王联系" in told.text


def test_a_second_request_waits_for_four_hours_or_for_the_call(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    resident, cadre = phone(session, RESIDENT, clock), phone(session, CADRE, clock)
    resident.says("请干部联系我")
    clock.forward(hours=3, minutes=59)
    (answer,) = resident.says("请干部联系我")
    assert "等一等" in answer.text
    assert len(cadre.receives()) == 1
    clock.forward(minutes=2)
    resident.says("请干部联系我")
    assert len(cadre.receives()) == 2
    cadre.taps(cadre.receives()[1:], "已联系")
    resident.says("请干部联系我")
    assert len(cadre.receives()) == 3, "the call was made, so another may be asked for"


def test_a_call_that_was_made_stays_made_where_the_household_blocked_the_bot(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    resident, cadre = phone(session, RESIDENT, clock), phone(session, CADRE, clock)
    resident.says("请干部联系我")
    asked = cadre.receives()
    cadre.taps(asked, "已联系")
    resident.blocks()
    resident.unblocks()
    assert cadre.taps(asked, "已联系") == []
    assert "已经有人联系" in cadre.toast()
    resident.says("请干部联系我")
    assert len(cadre.receives()) == 2, "another may be asked for"


def test_contacted_twice_tells_the_household_once(session: Session, town: Town, clock: FrozenClock) -> None:
    phone(session, RESIDENT, clock).says("请干部联系我")
    cadre = phone(session, CADRE, clock)
    notices = cadre.receives()
    cadre.taps(notices, "已联系")
    assert cadre.taps(notices, "已联系") == []
    assert "已经有人联系" in cadre.toast()
    assert len(phone(session, RESIDENT, clock).receives()) == 1


def test_a_request_that_was_never_made_cannot_be_answered(session: Session, town: Town) -> None:
    cadre = phone(session, CADRE)
    assert cadre.presses(f"cards.contacted:{card_id(town)}:1") == []
    assert phone(session, OTHER_CADRE).presses(f"cards.contacted:{card_id(town)}:1") == []
    assert phone(session, RESIDENT).receives() == []


def test_without_a_reachable_cadre_the_supervisor_is_asked(session: Session, town: Town) -> None:
    town.cadre.unreachable_since = MONDAY_MORNING
    session.flush()
    (answer,) = phone(session, RESIDENT).says("请干部联系我")
    assert "钱督导" in answer.text
    assert len(phone(session, EAST_SUPERVISOR).receives()) == 1
    assert phone(session, CADRE).receives() == []


def test_a_cadre_on_leave_is_not_disturbed(session: Session, town: Town) -> None:
    town.cadre.away_until = date(2026, 3, 6)
    session.flush()
    (answer,) = phone(session, RESIDENT).says("请干部联系我")
    assert "王联系" not in answer.text


def test_where_nobody_can_be_reached_the_hotline_is_named(session: Session, town: Town) -> None:
    for person in (town.cadre, town.supervisor, town.east_supervisor):
        person.telegram_user_id = None
    session.flush()
    (answer,) = phone(session, RESIDENT).says("请干部联系我")
    assert "0000-12345" in answer.text


def test_at_night_the_household_learns_that_nobody_is_woken(session: Session, town: Town) -> None:
    night = FrozenClock(MONDAY_MORNING.replace(hour=22))
    (answer,) = phone(session, RESIDENT, night).says("请干部联系我")
    assert "早上七点后" in answer.text


def test_a_pending_person_may_ask_and_the_cadre_is_warned(session: Session, town: Town) -> None:
    session.scalars(select(Membership).where(Membership.person_id == town.resident.id)).one().state = "pending"
    session.flush()
    phone(session, RESIDENT).says("请干部联系我")
    (notice,) = phone(session, CADRE).receives()
    assert "还没有确认" in notice.text


def test_a_request_dies_with_the_pairing(session: Session, town: Town) -> None:
    phone(session, RESIDENT).says("请干部联系我")
    session.scalars(select(Pairing).where(Pairing.household_id == card_id(town))).one().ended_on = date(2026, 3, 2)
    session.flush()
    assert phone(session, CADRE).receives() == []


def test_a_revoked_cadre_opens_no_card(session: Session, town: Town) -> None:
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.cadre.id)).one().revoked_at = MONDAY_MORNING
    session.flush()
    assert "张大山" not in "".join(m.text for m in phone(session, CADRE).presses(f"cards.open:{card_id(town)}"))


def test_whoever_lives_in_two_households_says_which_one_is_meant(session: Session, town: Town) -> None:
    session.add(
        Membership(household_id=card_id(town, "H003"), person_id=town.resident.id, state="linked", since=MONDAY_MORNING)
    )
    session.flush()
    resident = phone(session, RESIDENT)
    question = resident.says("我的联系卡")
    assert "陈长林" in resident.taps(question, "陈长林")[0].text
    question = resident.says("请干部联系我")
    resident.taps(question, "陈长林")
    assert len(phone(session, OTHER_CADRE).receives()) == 1
    assert phone(session, CADRE).receives() == []


def test_the_card_names_its_household(session: Session, town: Town) -> None:
    assert session.get(Household, card_id(town)) is town.households["H001"]
    assert "张大山（H001）" in phone(session, RESIDENT).says("我的联系卡")[0].text
