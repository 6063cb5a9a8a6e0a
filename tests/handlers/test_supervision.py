"""What a supervisor reads and presses: digest, follow-up, the lists behind them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models.households import Household, Pairing
from models.people import Person, RoleGrant
from models.problems import Problem
from models.supervision import Digest
from models.visits import Visit
from services.digests import tick_digests
from services.messages import Message
from services.office import Office
from services.problem_register import register_problem
from tests.phone import Phone
from tests.town import ZONE, FrozenClock, Town, build_town, make_office

MONDAY = date(2026, 3, 9)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 9, 8, 30, tzinfo=ZONE))


@pytest.fixture
def town(session: Session) -> Town:
    """张大山 is 57 days late, 刘小河 34; 杨春花 has no cadre; 陈长林 was seen."""
    town = build_town(session)
    see(session, town, "H003", MONDAY - timedelta(days=1))
    return town


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, 201)


def see(session: Session, town: Town, code: str, day: date) -> None:
    session.add(
        Visit(
            household_id=town.households[code].id,
            cadre_id=town.cadre.id,
            method="home",
            condition="steady",
            visited_on=day,
            recorded_at=datetime(2026, 3, 8, tzinfo=UTC),
        )
    )
    session.flush()


def enter_problem(session: Session, town: Town, code: str = "H001", **changed: object) -> Problem:
    problem = register_problem(
        session,
        make_office(FrozenClock(datetime(2026, 3, 2, 9, tzinfo=ZONE))),
        household_id=town.households[code].id,
        source="visit",
        reporter_id=None,
        entered_by_id=town.cadre.id,
        category="roads",
        summary="路不好走",
    )
    for name, value in changed.items():
        setattr(problem, name, value)
    session.flush()
    return problem


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def data(message: Message) -> list[str]:
    return [button.data for row in message.buttons for button in row]


# --- the digest


def test_before_the_first_digest_the_figures_so_far_are_shown(phone: Phone) -> None:
    (answer,) = phone.says("本期简报")
    assert "<b>云溪镇 本周到现在</b>\n3月9日（周一）—3月9日（周一）" in answer.text
    assert "· 2 户没有按时走访（东村 2）" in answer.text
    assert "follow_up.section:overdue:0" in data(answer)


def test_the_latest_digest_is_shown_again(session: Session, office: Office, phone: Phone, town: Town) -> None:
    tick_digests(session, office)
    (sent,) = phone.receives()
    see(session, town, "H001", MONDAY)  # what was reported stays as it was reported
    assert phone.says("/digest") == [sent]
    assert session.query(Digest).filter_by(person_id=town.supervisor.id).count() == 1


def test_a_list_opens_in_place_and_leads_back(session: Session, office: Office, phone: Phone, town: Town) -> None:
    tick_digests(session, office)
    (digest,) = phone.receives()
    (listed,) = phone.taps([digest], "没按时走访 2")
    assert "没有按时走访的农户" in listed.text
    assert "共 2 条，第 1/1 页" in listed.text
    assert "<b>张大山</b> H001（东一组，重点）超期 56 天，王联系" in listed.text
    assert listed.text.index("张大山") < listed.text.index("刘小河")  # the red one first
    assert f"cards.open:{town.households['H001'].id}" in data(listed)
    assert phone.taps([listed], "返回")[0].text == digest.text


def test_a_list_of_the_digest_shows_each_household_as_it_stands_today(
    session: Session, office: Office, phone: Phone, town: Town
) -> None:
    tick_digests(session, office)
    digest = phone.receives()
    see(session, town, "H001", MONDAY)
    (listed,) = phone.taps(digest, "没按时走访 2")
    assert "张大山</b> H001（东一组，重点）3月14日（周六）起可走访" in listed.text


def test_long_lists_are_turned_page_by_page(session: Session, office: Office, phone: Phone, town: Town) -> None:
    for number in range(15):
        session.add(
            Household(
                code=f"X{number:02}",
                head=f"户{number}",
                unit_id=town.west_group.id,
                card_code=f"XXXX{number:04}",
                created_at=office.now(),
            )
        )
    session.flush()
    (first,) = phone.presses("follow_up.section:without_cadre:0")
    assert "共 16 条，第 1/2 页" in first.text
    assert labels(first)[-2:] == ["›", "返回"]
    (second,) = phone.taps([first], "›")
    assert "第 2/2 页" in second.text
    assert labels(second)[-2:] == ["‹", "返回"]
    shown = [one for one in data(first) + data(second) if one.startswith("cards.open")]
    assert len(set(shown)) == 16
    assert phone.presses("follow_up.section:without_cadre:99")[0].text == second.text


@pytest.mark.parametrize("telegram", [202, 101])
def test_somebody_elses_digest_stays_closed(session: Session, office: Office, town: Town, telegram: int) -> None:
    tick_digests(session, office)
    digest = session.query(Digest).filter_by(person_id=town.supervisor.id).one()
    other = Phone(session, office, telegram)
    assert other.presses(f"digest.section:{digest.id}:overdue:0") == []
    assert other.presses(f"digest.open:{digest.id}") == []
    assert other.toast() == (
        "没有找到，可能已经变动，或不在您的范围内。" if telegram == 202 else "您现在的身份不能做这一步。"
    )


def test_a_digest_is_its_readers_alone_also_for_whoever_supervises_more(
    session: Session, office: Office, phone: Phone, town: Town
) -> None:
    tick_digests(session, office)
    digest = session.query(Digest).filter_by(person_id=town.east_supervisor.id).one()
    assert phone.presses(f"digest.open:{digest.id}") == []
    assert "没有找到" in phone.toast()


def test_an_own_digest_closes_with_the_role(session: Session, office: Office, phone: Phone, town: Town) -> None:
    tick_digests(session, office)
    digest = session.query(Digest).filter_by(person_id=town.supervisor.id).one()
    grant = session.query(RoleGrant).filter_by(person_id=town.supervisor.id).one()
    grant.unit_id = town.west.id
    session.flush()
    assert phone.presses(f"digest.section:{digest.id}:overdue:0") == []


@pytest.mark.parametrize(
    "button", ["digest.section:1:nonsense:0", "digest.section:1", "digest.open:x", "digest.section:-1:overdue:0"]
)
def test_bytes_that_no_button_carries_are_refused(phone: Phone, button: str) -> None:
    assert phone.presses(button) == []
    assert phone.toast()


def test_a_household_that_left_the_unit_is_not_shown_any_more(session: Session, office: Office, town: Town) -> None:
    problem = enter_problem(session, town, due_at=datetime(2026, 3, 6, 18, tzinfo=ZONE))
    tick_digests(session, office)
    east = Phone(session, office, 202)
    digest = [east.receives()[-1]]
    town.households["H001"].unit_id = town.west_group.id
    session.flush()
    assert problem.number not in east.taps(digest, "过期问题 1")[0].text
    (listed,) = east.taps(digest, "没按时走访 2")
    assert "张大山" not in listed.text
    assert "刘小河" in listed.text


# --- follow-up


def test_follow_up_lists_what_needs_attention_now(session: Session, phone: Phone, town: Town) -> None:
    late = enter_problem(session, town, stage="in_progress", due_at=datetime(2026, 3, 6, 18, tzinfo=ZONE))
    again = enter_problem(
        session, town, stage="in_progress", not_solved_count=1, due_at=datetime(2026, 3, 20, 18, tzinfo=ZONE)
    )
    enter_problem(session, town)  # reported a week ago, never accepted; due on the 11th
    (answer,) = phone.says("督办")
    assert answer.text.splitlines() == [
        "<b>督办</b>：现在需要您过问的",
        "· 1 件问题到期还没办结",
        "· 1 件问题还没受理或着手，已过约定时间",
        "· 1 件问题，农户说没解决",
        "· 2 户没有按时走访",
        "· 1 户很久没有联系，家里也没人用连心",
        "· 1 户还没有联系干部",
    ]
    (listed,) = phone.taps([answer], "过期问题 1")
    assert f"<b>{late.number}</b> 道路，张大山（东一组）" in listed.text
    assert "办理中，期限 3月6日（周五）18:00，王联系" in listed.text
    assert f"problems.open:{late.id}" in data(listed)
    assert f"problems.open:{again.id}" in data(phone.taps([answer], "没解决 1")[0])
    assert phone.taps([listed], "返回")[0].text == answer.text


def test_follow_up_shrinks_as_matters_are_settled(session: Session, phone: Phone, town: Town) -> None:
    see(session, town, "H001", MONDAY)
    see(session, town, "H002", MONDAY)
    town.households["H004"].status = "closed"
    session.flush()
    assert phone.says("督办")[0].text.splitlines()[1] == "现在没有需要过问的事。"
    assert "现在都处理好了" in phone.presses("follow_up.section:overdue:0")[0].text


def test_problems_without_an_owner_offer_to_assign_them(session: Session, phone: Phone, town: Town) -> None:
    problem = enter_problem(session, town, code="H004", owner_id=None)
    (answer,) = phone.says("督办")
    (listed,) = phone.taps([answer], "待交办 1")
    assert "还没有承办人" in listed.text
    (offered,) = phone.taps([listed], f"交办 {problem.number}")
    assert any("王联系" in one for one in labels(offered))


def test_cadres_are_listed_with_what_keeps_them_and_never_by_what_they_achieved(
    session: Session, phone: Phone, town: Town
) -> None:
    town.cadre.max_households = 1
    town.other_cadre.away_until = date(2026, 3, 12)
    session.flush()
    (answer,) = phone.says("督办")
    assert "王联系</b>（东村）联系 2 户，上限 1 户" in phone.taps([answer], "户数偏多 1")[0].text
    assert (
        "李联系</b>（西村）联系 1 户，上限 10 户；请假到3月12日（周四）（含当天）"
        in phone.taps([answer], "干部缺位 1")[0].text
    )


def test_whoever_blocked_the_bot_is_named_with_the_household(session: Session, phone: Phone, town: Town) -> None:
    town.resident.unreachable_since = datetime(2026, 3, 5, 9, tzinfo=ZONE)
    town.cadre.unreachable_since = datetime(2026, 3, 6, 9, tzinfo=ZONE)
    session.flush()
    (answer,) = phone.says("督办")
    (listed,) = phone.taps([answer], "收不到消息 2")
    assert "王联系</b>（东村）3月6日（周五）起收不到消息" in listed.text
    assert "张大山</b>（张大山家）3月5日（周四）起收不到消息" in listed.text
    assert f"cards.open:{town.households['H001'].id}" in data(listed)


def test_whoever_is_back_is_not_listed_any_more(session: Session, office: Office, phone: Phone, town: Town) -> None:
    town.cadre.unreachable_since = town.other_cadre.unreachable_since = datetime(2026, 3, 5, 9, tzinfo=ZONE)
    tick_digests(session, office)
    town.cadre.unreachable_since = None
    session.flush()
    (listed,) = phone.taps(phone.receives(), "收不到消息 2")
    assert "李联系" in listed.text
    assert "王联系" not in listed.text


def test_the_own_unit_is_all_that_follow_up_looks_at(session: Session, office: Office, town: Town) -> None:
    enter_problem(session, town, code="H003", due_at=datetime(2026, 3, 6, 18, tzinfo=ZONE))
    east = Phone(session, office, 202)
    assert "到期还没办结" not in east.says("督办")[0].text
    assert "到期还没办结" in Phone(session, office, 201).says("督办")[0].text


def test_a_cadre_has_no_follow_up(session: Session, office: Office, town: Town) -> None:
    (answer,) = Phone(session, office, 101).says("督办")
    assert answer.text == "您现在的身份不能做这一步。"


def test_everything_is_said_in_english_too(session: Session, phone: Phone, town: Town) -> None:
    town.supervisor.language = "en"
    town.cadre.max_households = 1
    enter_problem(session, town, due_at=datetime(2026, 3, 6, 18, tzinfo=ZONE))
    (answer,) = phone.says("Follow-up")
    assert "· 1 problem past its deadline" in answer.text
    assert "Problems past their deadline</b>: 1 entry" in phone.taps([answer], "Past due: 1")[0].text
    assert "56 days" in phone.taps([answer], "Not visited in time: 2")[0].text
    assert "2 households of at most 1" in phone.taps([answer], "Too many households: 1")[0].text
    assert "this week so far" in phone.says("Digest")[0].text


def test_a_cadre_whose_pairings_ended_is_no_exception_any_more(session: Session, phone: Phone, town: Town) -> None:
    town.cadre.max_households = 1
    session.query(Pairing).filter_by(cadre_id=town.cadre.id).update({"ended_on": MONDAY})
    session.query(Person).filter_by(id=town.cadre.id).update({"is_active": False})
    offered = " ".join(labels(phone.says("督办")[0]))
    assert "户数偏多" not in offered
    assert "干部缺位" not in offered
