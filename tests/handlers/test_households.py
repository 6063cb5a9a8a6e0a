"""A cadre's own households: today's three, the list with its search, and the diary."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.households import Household, Pairing
from models.post import Draft
from models.queries import actors
from models.visits import Attachment, Visit, VisitCorrection
from services import households
from services.messages import Media, Message
from services.office import Office
from services.visits import diary
from tests.phone import Phone
from tests.town import MONDAY_MORNING, FrozenClock, Town

TODAY = date(2026, 3, 2)


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, 101)


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def data_of(message: Message) -> list[str]:
    return [button.data for row in message.buttons for button in row]


def add_household(
    session: Session, town: Town, code: str, head: str, tier: str = "green", since: date = TODAY, **more: object
) -> Household:
    household = Household(
        code=code, head=head, unit_id=town.east_group.id, tier=tier, card_code=f"Z{code}", created_at=MONDAY_MORNING
    )
    for name, value in more.items():
        setattr(household, name, value)
    session.add(household)
    session.flush()
    session.add(Pairing(household_id=household.id, cadre_id=town.cadre.id, kind="primary", started_on=since))
    session.flush()
    return household


def visited(session: Session, town: Town, code: str, on: date, **more: object) -> Visit:
    facts = {"cadre_id": town.cadre.id, "method": "home", "condition": "steady", "recorded_at": MONDAY_MORNING}
    household = town.households[code]
    visit = Visit(**facts | {"household_id": household.id, "visited_on": on, "solved_on_spot": False} | more)
    session.add(visit)
    session.flush()
    return visit


# --- today


def test_today_names_at_most_three_with_their_reasons(session: Session, phone: Phone, town: Town) -> None:
    for n in range(5):
        add_household(session, town, f"H1{n}", f"农户{n}", "red", since=TODAY - timedelta(days=7 + n))
    (answer,) = phone.says("今日走访")
    assert "1. <b>张大山</b>（重点，东一组）已超期 49 天，最晚应在1月12日（周一）走访" in answer.text
    assert answer.text.count("<b>") == 1 + 3
    assert labels(answer) == [
        "记走访：张大山",
        "联系卡",
        "记走访：农户4",
        "联系卡",
        "记走访：农户3",
        "联系卡",
        "全部农户",
    ]


def test_each_of_the_three_opens_its_form_or_its_card(phone: Phone, town: Town) -> None:
    answer = phone.says("/today")
    assert f"cards.open:{town.households['H001'].id}" in data_of(answer[0])
    assert "记走访：张大山" in phone.taps(answer, "记走访：张大山")[-1].text


def test_due_today_and_in_the_window_are_said_differently(session: Session, phone: Phone, town: Town) -> None:
    visited(session, town, "H001", TODAY - timedelta(days=7))
    visited(session, town, "H002", TODAY - timedelta(days=20))
    (answer,) = phone.says("今日走访")
    assert "张大山</b>（重点，东一组）今天是最后一天" in answer.text
    assert "刘小河</b>（关注，东一组）到3月12日（周四）为止都可以" in answer.text


def test_nothing_due_is_said_kindly_with_the_next_household(session: Session, phone: Phone, town: Town) -> None:
    visited(session, town, "H001", TODAY)
    visited(session, town, "H002", TODAY)
    (answer,) = phone.says("今日走访")
    assert "没有要赶的走访" in answer.text
    assert "张大山，3月7日（周六）起" in answer.text
    assert labels(answer) == ["全部农户"]


def test_today_in_english(session: Session, phone: Phone, town: Town) -> None:
    town.cadre.language = "en"
    session.flush()
    (answer,) = phone.says("Today")
    assert "1. <b>张大山</b> (Red, 东一组): 49 days overdue, was due Mon 12 Jan" in answer.text
    assert labels(answer)[:2] == ["Log visit: 张大山", "Card"]


def test_who_has_no_households_is_told_so(session: Session, phone: Phone) -> None:
    for pairing in session.scalars(select(Pairing)):
        pairing.ended_on = TODAY
    session.flush()
    assert "没有与您结对" in phone.says("今日走访")[0].text
    assert "没有与您结对" in phone.says("我的农户")[0].text


def test_all_households_are_one_tap_further(phone: Phone) -> None:
    assert "共 2 户" in phone.taps(phone.says("今日走访"), "全部农户")[0].text


# --- the list


def test_the_list_is_ordered_by_urgency_and_says_it_in_words(session: Session, phone: Phone, town: Town) -> None:
    visited(session, town, "H002", TODAY - timedelta(days=30))
    add_household(session, town, "H010", "窗口户", since=TODAY - timedelta(days=60))
    add_household(session, town, "H011", "刚走过")
    add_household(session, town, "H012", "外出户", since=TODAY - timedelta(days=300), status="away")
    add_household(session, town, "H013", "免打扰", since=TODAY - timedelta(days=300), muted_until=date(2026, 3, 9))
    (answer,) = phone.says("我的农户")
    assert labels(answer)[:-1] == [
        "张大山 · H001 · 重点 · 超期 49 天",
        "刘小河 · H002 · 关注 · 今天到期",
        "窗口户 · H010 · 一般 · 到4月1日（周三）都可以",
        "刚走过 · H011 · 一般 · 4月25日（周六）起可走访",
        "外出户 · H012 · 一般 · 暂停（外出）",
        "免打扰 · H013 · 一般 · 暂停（免打扰到3月9日（周一）为止）",
    ]
    assert data_of(answer)[0] == f"cards.open:{town.households['H001'].id}"


def test_the_list_turns_its_pages_in_place(session: Session, phone: Phone, town: Town) -> None:
    for n in range(15):
        add_household(session, town, f"H1{n:02d}", f"农户{n}")
    (first,) = phone.says("我的农户")
    (second,) = phone.taps([first], "下一页")
    (third,) = phone.taps([second], "下一页")
    assert "共 17 户，第 3/3 页" in third.text
    heads = [label for page in (first, second, third) for label in labels(page) if " · " in label]
    assert len(heads) == len(set(heads)) == 17
    assert "下一页" not in labels(third)
    assert phone.presses("households.page:99") == []
    assert "过期" in phone.toast()


@pytest.mark.parametrize("query", ["大山", "zds", "h001", "zhangd"])
def test_typing_while_the_list_is_open_searches(phone: Phone, query: str) -> None:
    phone.says("我的农户")
    (answer,) = phone.says(query)
    assert labels(answer) == ["张大山 · H001 · 重点 · 超期 49 天", "全部农户"]


def test_a_search_behind_the_command(phone: Phone) -> None:
    assert "刘小河" in labels(phone.says("/households 刘")[0])[0]


def test_too_many_hits_show_the_closest_and_say_so(session: Session, phone: Phone, town: Town) -> None:
    for n in range(10):
        add_household(session, town, f"H1{n}", f"张某{n}")
    (answer,) = phone.says("/households 张")
    assert len([label for label in labels(answer) if " · " in label]) == 8
    assert "多打一个字" in answer.text


def test_a_search_finds_only_own_households(phone: Phone) -> None:
    phone.says("我的农户")
    assert "没有找到“陈长林”" in phone.says("陈长林")[0].text


def test_a_photo_into_the_list_is_answered_kindly(phone: Phone) -> None:
    phone.says("我的农户")
    assert "记走访" in phone.sends_photo()[0].text


def test_looking_at_the_list_does_not_end_a_visit_being_filled_in(session: Session, phone: Phone) -> None:
    phone.taps(phone.says("记走访"), "张大山")
    (answer,) = phone.says("我的农户")
    assert "/households" in answer.text
    assert "第 1/1 页" in answer.text
    phone.taps([answer], "收起")
    assert session.scalars(select(Draft)).one().journey == "visits"
    assert "补一句" in phone.says("补一句")[-1].text


def test_closing_the_list_ends_the_search(session: Session, phone: Phone) -> None:
    answer = phone.says("我的农户")
    assert "已收起" in phone.taps(answer, "收起")[0].text
    assert session.scalars(select(Draft)).first() is None


def test_the_list_gives_way_to_a_visit_without_asking(session: Session, phone: Phone) -> None:
    phone.says("我的农户")
    assert "去了哪一户" in phone.says("记走访")[0].text


def test_only_cadres_have_the_list(session: Session, office: Office, town: Town) -> None:
    for telegram_id in (201, 301, 401, 999):
        (answer,) = Phone(session, office, telegram_id).says("/households")
        assert "张大山" not in answer.text + " ".join(labels(answer))


def test_the_list_in_english(session: Session, phone: Phone, town: Town) -> None:
    town.cadre.language = "en"
    session.flush()
    (answer,) = phone.says("My households")
    assert labels(answer)[0] == "张大山 · H001 · Red · 49 days overdue"
    assert "2 in all, page 1 of 1" in answer.text


# --- what the list costs, and who may search


def test_the_list_costs_one_query_however_many_households(session: Session, town: Town, office: Office) -> None:
    for n in range(30):
        add_household(session, town, f"H1{n:02d}", f"农户{n}")
    actor = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert len(households.mine(session, office, actor)) == 32
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("telegram_id", "found"),
    [
        (101, ["H001"]),
        (102, []),
        (201, ["H001"]),
        (202, ["H001"]),
        (301, ["H001"]),
        (401, ["H001"]),
        (402, []),
        (9, []),
    ],
)
def test_a_search_is_scoped_by_who_may_see_the_household(
    session: Session, town: Town, office: Office, telegram_id: int, found: list[str]
) -> None:
    actor = actors.actor_by_telegram_id(session, telegram_id, language="zh_CN")
    assert [line.code for line in households.search(session, office, actor, "张大山")] == found


def test_phone_and_video_count_as_contact_and_an_attempt_does_not(session: Session, town: Town, office: Office) -> None:
    actor = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    household_id = town.households["H001"].id
    visited(session, town, "H001", date(2026, 2, 20), method="phone")
    visited(session, town, "H001", date(2026, 3, 1), method="not_home")
    assert households.get(session, office, actor, household_id).last_contact == date(2026, 2, 20)


def test_without_a_contact_it_counts_from_the_primary_pairing(session: Session, town: Town, office: Office) -> None:
    actor = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    household = town.households["H001"]
    session.add(
        Pairing(household_id=household.id, cadre_id=town.other_cadre.id, kind="second", started_on=date(2025, 1, 1))
    )
    session.flush()
    assert households.get(session, office, actor, household.id).visit.due_on == date(2026, 1, 12)


# --- the diary


def test_the_diary_is_derived_from_the_own_visits_newest_first(session: Session, phone: Phone, town: Town) -> None:
    visited(session, town, "H001", date(2026, 2, 25), said="屋顶修好了", companions="村医", solved_on_spot=True)
    visited(session, town, "H002", date(2026, 3, 1), method="not_home")
    visited(session, town, "H003", date(2026, 3, 1), cadre_id=town.other_cadre.id)
    (answer,) = phone.says("/diary")
    lines = [line for line in answer.text.split("\n") if line]
    assert lines[1:] == [
        "<b>昨天 3月1日（周日）</b>",
        "• 刘小河（H002）未遇",
        "<b>2月25日（周三）</b>",
        "• 张大山（H001）上门，平稳",
        "　屋顶修好了",
        "　同行：村医",
        "　当场已解决",
    ]
    assert "共 2 次走访" in lines[0]


def test_each_line_of_a_text_is_indented_under_its_visit(session: Session, phone: Phone, town: Town) -> None:
    visited(session, town, "H001", TODAY, said="屋顶修好了\n\n水管没修")
    (answer,) = phone.says("/diary")
    assert answer.text.endswith("• 张大山（H001）上门，平稳\n　屋顶修好了\n　水管没修")


def test_the_diary_turns_its_pages(session: Session, phone: Phone, town: Town, clock: FrozenClock) -> None:
    for n in range(20):
        visited(session, town, "H001", TODAY - timedelta(days=n), said=f"第{n}次")
    clock.forward(days=4)
    (first,) = phone.says("/diary")
    assert labels(first) == ["下一页"]
    (third,) = phone.taps(phone.taps([first], "下一页"), "下一页")
    assert "第 3/3 页" in third.text
    assert "第19次" in third.text
    assert labels(third) == ["上一页"]


def test_fresh_entries_can_be_corrected_from_the_diary(session: Session, phone: Phone, town: Town) -> None:
    visited(session, town, "H001", TODAY, said="原来的")
    answer = phone.says("/diary")
    assert "更正走访：张大山" in phone.taps(answer, "更正 张大山")[-1].text


def test_a_corrected_visit_says_in_the_diary_who_changed_what_and_when(
    session: Session, phone: Phone, town: Town, clock: FrozenClock
) -> None:
    visited(session, town, "H001", TODAY, said="屋顶\n" + "漏雨" * 40, method="phone")
    for said in ("屋顶漏了", "屋顶修好了"):
        clock.forward(minutes=30)
        phone.taps(phone.says("/diary"), "更正 张大山")
        phone.taps(phone.taps(phone.says(said)[-1:], "上门"), "保存")
        (answer,) = phone.says("/diary")
        if said == "屋顶漏了":
            earlier = "屋顶 " + "漏雨" * 28 + "漏…"
            assert f"\n　屋顶漏了\n　更正过：3月2日（周一）09:30 王联系，原来：电话、平稳“{earlier}”" in answer.text
    assert answer.text.endswith(
        "• 张大山（H001）上门，平稳\n　屋顶修好了\n"
        "　更正过 2 次，最近：3月2日（周一）10:00 王联系，原来：上门、平稳“屋顶漏了”"
    )
    town.cadre.language = "en"
    session.flush()
    assert phone.says("/diary")[0].text.endswith(
        "\n  Corrected 2 times, most recently: Mon 2 Mar, 10:00 by 王联系; before: Home, Steady “屋顶漏了”"
    )


def test_the_corrections_of_a_whole_page_cost_one_query(
    session: Session, town: Town, office: Office, clock: FrozenClock
) -> None:
    actor = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    asked: list[str] = []
    counts = []
    for n in range(8):
        visit = visited(session, town, "H001", TODAY - timedelta(days=n), said="后来")
        session.add(
            VisitCorrection(
                visit_id=visit.id,
                person_id=town.cadre.id,
                corrected_at=clock.now(),
                method="home",
                condition="steady",
                said="原来",
                visited_on=visit.visited_on,
            )
        )
        session.flush()
        if not n:
            event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        asked.clear()
        page = diary.page(session, office, actor, 0)
        assert [len(entry.corrections) for entry in page.entries] == [1] * (n + 1)
        counts.append(len(asked))
    assert len(set(counts)) == 1


def attach(session: Session, visit: Visit, *file_ids: str, kind: str = "photo") -> None:
    session.add_all(Attachment(visit_id=visit.id, kind=kind, file_id=file_id) for file_id in file_ids)
    session.flush()


def test_photos_and_voices_of_a_visit_are_opened_again_from_the_diary(
    session: Session, phone: Phone, town: Town
) -> None:
    visit = visited(session, town, "H001", date(2026, 2, 20), recorded_at=MONDAY_MORNING - timedelta(days=10))
    attach(session, visit, "p1")
    attach(session, visit, "v1", kind="voice")
    visited(session, town, "H002", TODAY)
    answer = phone.says("/diary")
    assert "　照片 1 张、语音 1 条" in answer[0].text
    assert [one for one in labels(answer[0]) if "照片" in one] == ["查看照片/语音 张大山 2月20日（周五）"]
    sent = phone.taps(answer, "查看照片/语音 张大山")
    assert [(one.text, one.media) for one in sent] == [
        ("张大山：2月20日（周五）走访的附件", Media("photo", "p1")),
        ("张大山：2月20日（周五）走访的附件", Media("voice", "v1")),
    ]
    town.cadre.language = "en"
    session.flush()
    assert phone.taps(phone.says("/diary"), "Photos / voice: 张大山")[0].text.startswith(
        "Attached to the visit to 张大山"
    )


def test_of_many_photos_ten_come_at_once_and_the_rest_is_one_tap_further(
    session: Session, phone: Phone, town: Town
) -> None:
    visit = visited(session, town, "H001", TODAY)
    attach(session, visit, *(f"p{n}" for n in range(12)))
    *first, more = phone.presses(f"visits.media:{visit.id}:0")
    rest = phone.taps([more], "更多")
    assert (len(first), more.text) == (10, "后面还有。")
    assert [one.media.file_id for one in (*first, *rest) if one.media] == [f"p{n}" for n in range(12)]
    assert len(rest) == 2, "the last ones promise no more"


def test_an_empty_diary_says_how_it_fills(phone: Phone) -> None:
    assert "不用另写" in phone.says("/diary")[0].text


def test_the_diary_in_english(session: Session, phone: Phone, town: Town) -> None:
    town.cadre.language = "en"
    visited(session, town, "H001", TODAY, said="all well")
    (answer,) = phone.says("/diary")
    assert "Diary</b>: 1 visit, page 1 of 1" in answer.text
    assert "• 张大山 (H001): Home, Steady" in answer.text
