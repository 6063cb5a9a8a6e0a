"""Joining a household: the card, the notice, the own phone number."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import notice
from models.households import Household, Membership
from models.people import Person, WrongTry
from models.post import OutboxMessage
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import FrozenClock, Town, make_office

VILLAGER = ("反映问题", "我的联系卡")
GRANDMOTHER = 900


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    """A stranger's."""
    return Phone(session, office, GRANDMOTHER)


def scan(phone: Phone, town: Town, code: str = "H001") -> list[Message]:
    return phone.says(f"/start h{town.households[code].card_code}")


def join(phone: Phone, town: Town, code: str = "H001") -> list[Message]:
    return phone.taps(scan(phone, town, code), "同意")


def contact(number: str, owner: int | None = GRANDMOTHER) -> dict[str, object]:
    return {"phone_number": number, "first_name": "人"} | ({"user_id": owner} if owner else {})


def membership(session: Session, telegram: int = GRANDMOTHER) -> Membership:
    session.expire_all()
    return session.scalars(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.telegram_user_id == telegram)
        .order_by(Membership.id.desc())
    ).first()


def all_text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def test_a_scanned_card_shows_the_notice_before_anything_else(session: Session, phone: Phone, town: Town) -> None:
    (notice,) = scan(phone, town)
    assert "谁能看到" in notice.text
    assert "张大山" not in notice.text
    assert notice.keyboard is None
    assert membership(session).state == "pending"
    assert Phone(session, phone.office, 101).receives() == [], "nobody is told before the notice was agreed to"


def test_agreeing_makes_a_pending_member_who_may_report_and_asks_the_cadre(
    session: Session, phone: Phone, town: Town
) -> None:
    answers = join(phone, town)
    person = session.scalars(select(Person).where(Person.telegram_user_id == GRANDMOTHER)).one()
    assert (person.consent_version, person.language, person.name) == (notice.VERSION, "zh_CN", "人")
    assert person.consented_at is not None
    assert [one.contact_label for one in answers if one.contact_label] == ["📱 分享我的手机号"]
    assert "只用来" in all_text(answers)
    assert "已请干部确认" in all_text(answers)
    (asking,) = [one for one in answers if one.contact_label]
    assert asking.keyboard[0] == VILLAGER, "the other big buttons stay, whether or not the number is shared"
    (later,) = [one for one in phone.taps(answers, "不分享") if one.keyboard]
    assert later.keyboard[0] == VILLAGER
    (asked,) = Phone(session, phone.office, 101).receives()
    assert "人" in asked.text
    assert "张大山" in asked.text


def test_the_whole_way_in_speaks_english_to_whoever_does(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, GRANDMOTHER, language_code="en")
    (notice,) = scan(phone, town)
    assert "What is kept" in notice.text
    answers = phone.taps([notice], "I agree")
    assert "Thank you" in answers[0].text
    (linked,) = phone.sends(contact=contact("+86 138 0000 0001"))
    assert "My card" in linked.text
    assert linked.keyboard[0] == ("Report a problem", "My card")
    assert session.scalars(select(Person).where(Person.telegram_user_id == GRANDMOTHER)).one().language == "en"


def test_declining_leaves_nothing_of_a_stranger(session: Session, phone: Phone, town: Town) -> None:
    before = session.scalar(select(func.count()).select_from(Person))
    notice = scan(phone, town)
    (answer,) = phone.taps(notice, "不同意")
    assert "没有留下" in answer.text
    assert not answer.buttons
    assert session.scalar(select(func.count()).select_from(Person)) == before
    assert membership(session) is None
    assert not session.scalars(select(OutboxMessage).where(OutboxMessage.person_id.not_in(_ids(session)))).all()
    phone.taps(notice, "不同意")
    assert phone.taps(notice, "同意") == [], "the old notice is nobody's any more"
    assert membership(session) is None


def _ids(session: Session) -> list[int]:
    return list(session.scalars(select(Person.id)))


def test_a_stale_no_takes_nothing_from_whoever_agreed(session: Session, phone: Phone, town: Town) -> None:
    notice = scan(phone, town)
    phone.taps(notice, "同意")
    assert phone.taps(notice, "不同意") == []
    assert "过期" in phone.toast()
    assert membership(session).state == "pending"


def test_tapping_agree_twice_asks_the_cadre_once(session: Session, phone: Phone, town: Town) -> None:
    notice = scan(phone, town)
    phone.taps(notice, "同意")
    assert phone.taps(notice, "同意") == []
    assert "已经同意" in phone.toast()
    assert len(Phone(session, phone.office, 101).receives()) == 1


def test_scanning_twice_makes_one_membership(session: Session, phone: Phone, town: Town) -> None:
    scan(phone, town)
    scan(phone, town)
    join(phone, town)
    scan(phone, town)
    count = select(func.count()).where(Membership.household_id == town.households["H001"].id)
    assert session.scalar(count) == 2, "张大山 and the new one"
    assert len(Phone(session, phone.office, 101).receives()) == 1


@pytest.mark.parametrize("written", ["ACEF-H773", "acef h773", "ＡＣＥＦ－Ｈ７７３", " acefh773 "])
def test_the_code_is_understood_however_it_is_typed(session: Session, phone: Phone, town: Town, written: str) -> None:
    (notice,) = phone.says(written)
    assert "谁能看到" in notice.text
    assert membership(session).household_id == town.households["H001"].id


def test_wrong_codes_links_and_words_tell_a_stranger_nothing(session: Session, phone: Phone, town: Town) -> None:
    wrong = [
        phone.says("ACEF9999"),
        phone.says("/start hACEF9999"),
        phone.says("ACEF-HO01"),
        phone.says("/start hnonsense"),
    ]
    assert len({all_text(answer) for answer in wrong}) == 1
    said = [
        *wrong,
        phone.says("/start iNONSENSE"),
        phone.says("张大山"),
        phone.says("/mydata"),
        phone.says("/language"),
    ]
    for word in ("张大山", "王联系", "H001", "东村", "13800000001"):
        assert word not in all_text([message for answer in said for message in answer])
    assert membership(session) is None
    assert not any(message.buttons or message.keyboard for answer in said for message in answer)


def test_after_five_wrong_codes_even_the_right_one_waits_an_hour(session: Session, town: Town) -> None:
    clock = FrozenClock()
    phone = Phone(session, make_office(clock), GRANDMOTHER)
    for _ in range(5):
        assert "没有找到" in all_text(phone.says("ACEF9999"))
    assert "一小时" in all_text(scan(phone, town))
    assert "一小时" in all_text(phone.says("/start iNONSENSE"))
    assert membership(session) is None
    assert "谁能看到" in all_text(scan(Phone(session, phone.office, 901), town)), "others don't feel it"
    clock.forward(minutes=61)
    assert "谁能看到" in all_text(scan(phone, town))


def test_wrong_tries_are_forgotten_with_their_hour(session: Session, town: Town) -> None:
    clock = FrozenClock()
    office = make_office(clock)
    Phone(session, office, GRANDMOTHER).says("ACEF9999")
    clock.forward(hours=2)
    Phone(session, office, 901).says("ACEF9999")
    assert [row.telegram_user_id for row in session.scalars(select(WrongTry))] == [901]


def test_a_moved_households_card_opens_nothing(session: Session, phone: Phone, town: Town) -> None:
    town.households["H001"].status = "moved"
    session.flush()
    assert "没有找到" in all_text(scan(phone, town))


@pytest.mark.parametrize("number", ["13800000001", "8613800000001", "+86 138-0000-0001"])
def test_the_own_registered_phone_links(session: Session, phone: Phone, town: Town, number: str) -> None:
    join(phone, town)
    (answer,) = phone.sends(contact=contact(number))
    assert "张大山" in answer.text
    assert answer.keyboard[0] == VILLAGER
    found = membership(session)
    assert (found.state, found.linked_by) == ("linked", "phone")
    assert found.linked_at is not None
    assert session.scalars(select(Person.phone).where(Person.telegram_user_id == GRANDMOTHER)).one() is None
    assert Phone(session, phone.office, 101).receives() == [], "the question to the cadre dies"
    (family,) = Phone(session, phone.office, 401).receives()
    assert "人" in family.text
    assert Phone(session, phone.office, 402).receives() == []


@pytest.mark.parametrize(
    "content",
    [
        {"contact": contact("13800000001", owner=777)},
        {"contact": contact("13800000001", owner=None)},
        {
            "contact": contact("13800000001"),
            "forward_origin": {"type": "hidden_user", "date": 1772413200, "sender_user_name": "x"},
        },
    ],
    ids=["of somebody else", "from the address book", "forwarded"],
)
def test_a_contact_that_is_not_the_senders_own_links_nobody(
    session: Session, phone: Phone, town: Town, content: dict[str, object]
) -> None:
    join(phone, town)
    (answer,) = phone.sends(**content)
    assert "不是您自己的手机号" in answer.text
    assert membership(session).state == "pending"


def test_another_number_is_left_to_the_cadre(session: Session, phone: Phone, town: Town) -> None:
    join(phone, town)
    (answer,) = phone.sends(contact=contact("13811112222"))
    assert "不一样" in answer.text
    assert answer.keyboard[0] == VILLAGER
    assert membership(session).state == "pending"
    assert len(Phone(session, phone.office, 101).receives()) == 1


def test_a_phone_is_not_asked_for_where_none_is_registered(session: Session, phone: Phone, town: Town) -> None:
    town.households["H001"].phone = None
    session.flush()
    answers = join(phone, town)
    assert not any(message.contact_label for message in answers)
    assert answers[-1].keyboard[0] == VILLAGER


def test_contacts_of_strangers_and_of_those_who_need_none_are_answered_kindly(
    session: Session, phone: Phone, office: Office, town: Town
) -> None:
    assert "联系卡" in all_text(phone.sends(contact=contact("13800000001")))
    resident = Phone(session, office, 401)
    assert "不需要" in all_text(resident.sends(contact=contact("13800000001", owner=401)))
    scan(phone, town)
    assert "谁能看到" in all_text(phone.sends(contact=contact("13800000001"))), "the notice comes first"
    assert membership(session).state == "pending"


def test_a_member_of_one_household_may_wait_for_another_without_a_second_notice(
    session: Session, office: Office, town: Town
) -> None:
    resident = Phone(session, office, 401)
    answers = scan(resident, town, "H002")
    assert "谁能看到" not in all_text(answers)
    assert membership(session, 401).household_id == town.households["H002"].id
    assert membership(session, 401).state == "pending"


def test_a_member_who_scans_the_own_card_is_told_so(session: Session, office: Office, town: Town) -> None:
    (answer,) = scan(Phone(session, office, 401), town)
    assert "已经连上" in answer.text


def test_an_official_who_scans_a_card_on_a_visit_does_not_become_family(
    session: Session, office: Office, town: Town
) -> None:
    cadre = Phone(session, office, 101)
    (answer,) = scan(cadre, town)
    assert "张大山" in answer.text
    assert next(button.data for row in answer.buttons for button in row) == f"cards.open:{town.households['H001'].id}"
    (elsewhere,) = scan(Phone(session, office, 102), town)
    assert "张大山" not in elsewhere.text
    cadre.taps([answer], "取消")
    assert membership(session, 101) is None


def test_pending_people_see_the_way_on_again_with_start(session: Session, phone: Phone, town: Town) -> None:
    scan(phone, town)
    assert "谁能看到" in all_text(phone.says("/start"))
    join(phone, town)
    assert any(message.contact_label for message in phone.says("/start"))


def test_a_code_inside_a_dialogue_belongs_to_the_dialogue_not_to_the_door(
    session: Session, phone: Phone, town: Town
) -> None:
    (stranger,) = phone.says("HELLO ALL MY FRIENDS")
    assert "联系卡" in stranger.text
    assert session.scalar(select(func.count()).select_from(WrongTry)) == 0


def test_a_household_is_never_named_to_the_pending(session: Session, phone: Phone, town: Town) -> None:
    said = all_text(join(phone, town)) + all_text(phone.says("/mydata")) + all_text(phone.says("/start"))
    assert "等待确认的联系卡：1 张" in said
    for household in session.scalars(select(Household)):
        assert household.head not in said


def test_news_of_the_family_dies_for_whoever_left_it_meanwhile(session: Session, phone: Phone, town: Town) -> None:
    join(phone, town)
    phone.sends(contact=contact("13800000001"))
    resident = Phone(session, phone.office, 401)
    assert len(resident.receives()) == 1
    membership(session, 401).state = "ended"
    session.flush()
    assert resident.receives() == []
