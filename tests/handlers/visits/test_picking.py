"""Logging a visit: whose household it was."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.households import Household, Pairing
from models.post import Draft
from models.visits import Attachment
from services.office import Office
from tests.handlers.visits.form import labels, open_form, save, visits, words
from tests.phone import Phone
from tests.town import Town


def test_todays_households_stand_on_top_and_others_follow(session: Session, phone: Phone, town: Town) -> None:
    (choice,) = phone.says("记走访")
    assert [label.split(" · ")[0] for label in labels([choice])] == ["张大山", "刘小河", "取消"]
    assert "超期 49 天" in labels([choice])[0]
    assert "今天建议走访" in choice.text


def test_further_households_are_on_further_pages(session: Session, phone: Phone, town: Town) -> None:
    for n in range(20):
        add_household(session, town, f"H1{n:02d}", f"农户{n}")
    (choice,) = phone.says("/visit")
    assert len(labels([choice])) == 8 + 2
    second = phone.taps([choice], "更多")
    third = phone.taps(second, "更多")
    seen = labels([choice]) + labels(second) + labels(third)
    assert sum("H" in label for label in seen) == len(set(seen) - {"更多", "取消", "上一页"}) == 22
    assert "上一页" in labels(third)
    assert "更多" not in labels(third)


@pytest.mark.parametrize("query", ["张大", "zds", "H001", "zhangdashan"])
def test_typing_a_name_initials_or_a_code_finds_the_household(phone: Phone, query: str) -> None:
    phone.says("记走访")
    answer = phone.says(query)
    assert "记走访：张大山" in answer[-1].text
    assert "保存" in labels(answer[-1:])


def test_several_hits_are_to_choose_from(session: Session, phone: Phone, town: Town) -> None:
    add_household(session, town, "H009", "张大河")
    phone.says("记走访")
    found = phone.says("张")
    assert [label.split(" · ")[0] for label in labels(found[-1:])] == ["张大山", "张大河", "全部农户", "取消"]
    assert "记走访：张大河" in phone.taps(found[-1:], "张大河")[-1].text


def test_nobody_found_offers_the_whole_list(phone: Phone) -> None:
    phone.says("记走访")
    answer = phone.says("欧阳")
    assert "没有找到“欧阳”" in answer[-1].text
    assert "张大山" in words(phone.taps(answer[-1:], "全部农户")) + " ".join(
        labels(phone.taps(answer[-1:], "全部农户"))
    )


def test_a_name_behind_the_command_goes_straight_to_the_form(phone: Phone) -> None:
    assert "记走访：刘小河" in phone.says("/visit lxh")[-1].text


def test_a_photo_before_the_household_is_kept(session: Session, phone: Phone) -> None:
    phone.says("记走访")
    answer = phone.sends_photo("early")
    save(phone, phone.taps(answer[-1:], "张大山"))
    assert [one.file_id for one in session.scalars(select(Attachment))] == ["early"]


def test_another_household_keeps_what_was_sent(session: Session, phone: Phone, town: Town) -> None:
    open_form(phone)
    form = phone.says("一切都好")
    choice = phone.taps(phone.taps(form[-1:], "更多"), "换一户")
    save(phone, phone.taps(choice, "刘小河"))
    (visit,) = visits(session)
    assert (visit.household_id, visit.said) == (town.households["H002"].id, "一切都好")


def test_only_own_households_can_be_picked(session: Session, phone: Phone, town: Town) -> None:
    (choice,) = phone.says("记走访")
    draft = session.scalars(select(Draft)).one()
    assert not any("陈长林" in label for label in labels([choice]))
    assert phone.presses(f"visits.pick:{draft.id}:{town.households['H003'].id}") == []
    assert "没有找到" in phone.toast()
    assert phone.presses(f"visits.open:{town.households['H003'].id}") == []
    assert draft.data["household_id"] is None


def test_a_second_tap_on_another_household_comes_too_late(session: Session, phone: Phone, town: Town) -> None:
    choice = phone.says("记走访")
    phone.taps(choice, "张大山")
    assert phone.taps(choice, "刘小河") == []
    assert "过期" in phone.toast()
    assert session.scalars(select(Draft)).one().data["household_id"] == town.households["H001"].id


def test_without_households_it_says_so(session: Session, office: Office, town: Town) -> None:
    for pairing in session.scalars(select(Pairing)):
        pairing.ended_on = date(2026, 3, 1)
    session.flush()
    assert "没有与您结对" in Phone(session, office, 101).says("记走访")[-1].text


def add_household(session: Session, town: Town, code: str, head: str) -> Household:
    household = Household(
        code=code,
        head=head,
        unit_id=town.east_group.id,
        tier="green",
        card_code=f"Z{code}",
        created_at=town.cadre.created_at,
    )
    session.add(household)
    session.flush()
    started = date(2026, 3, 2) - timedelta(days=1)
    session.add(Pairing(household_id=household.id, cadre_id=town.cadre.id, kind="primary", started_on=started))
    session.flush()
    return household
