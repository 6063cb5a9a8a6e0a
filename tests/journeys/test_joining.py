"""Coming in: officials by an invitation, households by their card, and strangers not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import notice
from models.actor import Role
from models.households import Membership
from models.people import Invitation, Person, RoleGrant, WrongTry
from sandbox.client import Hand, words
from services.i18n import Translator
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage

BOT = "https://t.me/lianxin_bot?start="
FIRST_KEY = {Role.CADRE: "today", Role.SUPERVISOR: "digest"}


def person_of(stage: Stage, hand: Hand) -> Person:
    return stage.row(select(Person).where(Person.telegram_user_id == hand.id))


def membership_of(stage: Stage, hand: Hand) -> Membership:
    return stage.row(
        select(Membership).join(Person, Person.id == Membership.person_id).where(Person.telegram_user_id == hand.id)
    )


async def scans(stage: Stage, t: Translator, hand: Hand, code: str) -> None:
    """The household's card, as far as the notice that must be agreed to first."""
    await hand.opens(f"{BOT}h{stage.town.households[code].card_code}")
    notice = await hand.sees(t.plain("onboarding.notice.kept_member"))
    assert stage.town.households[code].head not in notice["text"]


async def agrees(t: Translator, hand: Hand) -> None:
    await hand.taps(t.plain("onboarding.button.agree"))


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR])
async def test_an_invited_official_reads_the_notice_agrees_and_has_the_keyboard(
    stage: Stage, t: Translator, role: Role
) -> None:
    newcomer = await stage.newcomer("周新人")
    await newcomer.opens(stage.invitation(role, "V1"))
    await newcomer.sees(t.plain("onboarding.notice.kept_official"), t.plain("onboarding.notice.seen_official"))
    assert person_of(stage, newcomer).consented_at is None
    await agrees(t, newcomer)
    await newcomer.sees(t.plain(f"onboarding.hello.{role}", name="周新人"))
    await newcomer.keys(t.plain(f"words.button.{FIRST_KEY[role]}"))
    await stage.quiet()
    person = person_of(stage, newcomer)
    assert (person.consent_version, person.language) == (notice.VERSION, stage.language)
    grant = stage.row(select(RoleGrant).where(RoleGrant.person_id == person.id))
    assert (grant.role, grant.unit_id) == (role, stage.town.east.id)
    assert stage.row(select(Invitation)).used_by_id == person.id


@side_path
async def test_an_invitation_for_somebody_of_the_roster_brings_in_just_them(stage: Stage, t: Translator) -> None:
    with stage.database.transaction() as session:
        session.add(Person(code="C009", name="郑名册", unit_id=stage.town.west.id, created_at=stage.clock.now()))
    phone = await stage.newcomer("老郑")
    await phone.opens(stage.invitation(Role.CADRE, "V2", "C009"))
    await agrees(t, phone)
    await phone.sees(t.plain("onboarding.hello.cadre", name="郑名册"))
    assert person_of(stage, phone).code == "C009"


@side_path
async def test_whoever_says_no_leaves_nothing_and_the_link_still_works(stage: Stage, t: Translator) -> None:
    before = len(stage.rows(select(Person)))
    newcomer, link = await stage.newcomer("周新人"), stage.invitation(Role.CADRE, "V1")
    await newcomer.opens(link)
    await newcomer.taps(t.plain("onboarding.button.decline"))
    await newcomer.sees(t.plain("onboarding.declined.nothing"))
    assert len(stage.rows(select(Person))) == before
    await newcomer.opens(link)
    await agrees(t, newcomer)
    await newcomer.sees(t.plain("onboarding.hello.cadre", name="周新人"))


async def test_a_wrong_used_or_expired_link_gets_one_answer_and_the_sixth_try_none(stage: Stage, t: Translator) -> None:
    first = await stage.newcomer("周新人")
    used, expired = stage.invitation(Role.CADRE, "V1"), stage.invitation(Role.CADRE, "V1")
    await first.opens(used)
    await agrees(t, first)
    await first.sees(t.plain("onboarding.hello.cadre", name="周新人"))
    await stage.move_to(stage.clock.now() + timedelta(hours=73))
    fresh = stage.invitation(Role.CADRE, "V1")
    guesser = await stage.newcomer("吴猜测")
    for link in (f"{BOT}iNONSENSE", used, expired, f"{BOT}iNONSENSE", used):
        await guesser.opens(link)
        await guesser.sees(t.plain("onboarding.invitation.wrong"))
    await stage.quiet()
    assert {words(one) for one in await guesser.messages()} == {t.plain("onboarding.invitation.wrong")}
    await guesser.opens(fresh)
    await guesser.sees(t.plain("errors.too_many_tries"))
    assert stage.rows(select(Person).where(Person.telegram_user_id == guesser.id)) == []
    assert len(stage.rows(select(WrongTry))) == 5
    await stage.move_to(stage.clock.now() + timedelta(minutes=61))
    await guesser.opens(fresh)
    await guesser.sees(t.plain("onboarding.notice.kept_official"))


async def test_a_household_is_linked_by_its_own_phone(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    head = await stage.newcomer("刘小河", phone="+86 138 0000 0002")
    await scans(stage, t, head, "H002")
    await agrees(t, head)
    await head.sees(t.plain("onboarding.phone_is_optional"))
    await stage.quiet()
    assert membership_of(stage, head).state == "pending"
    await head.shares_own_contact()
    await head.sees(t.plain("onboarding.linked", head="刘小河"))
    membership = membership_of(stage, head)
    assert (membership.state, membership.linked_by) == ("linked", "phone")
    assert person_of(stage, head).phone is None, "the number is compared and not kept"
    await head.keys(t.plain("words.button.my_card"))
    await head.sees(t.plain("cards.whose", head="刘小河", code="H002", unit="东一组"), "王联系")
    decided = t.plain("onboarding.already_linked", name="刘小河", head="刘小河")
    assert await cadre.taps(t.plain("words.button.confirm")) == decided


async def test_another_of_the_family_is_linked_by_the_cadres_word(stage: Stage, t: Translator) -> None:
    cadre, resident = await stage.phone_of(stage.town.cadre), await stage.phone_of(stage.town.resident)
    daughter = await stage.newcomer("张小妹", phone="+86 139 1111 2222")
    await scans(stage, t, daughter, "H001")
    await agrees(t, daughter)
    await daughter.sees(t.plain("onboarding.phone_is_optional"))
    await daughter.shares_own_contact()
    asked = t.plain("onboarding.pending.asked")
    await daughter.sees(t.plain("onboarding.phone_differs", who=asked))
    await daughter.keys(t.plain("words.button.my_card"))
    await daughter.sees(t.plain("cards.pending"))
    await cadre.sees(t.plain("onboarding.claim", name="张小妹", head="张大山"))
    await cadre.taps(t.plain("words.button.confirm"))
    await cadre.sees(t.plain("onboarding.confirmed", name="张小妹", head="张大山"))
    await daughter.sees(t.plain("onboarding.linked", head="张大山"))
    await resident.sees(t.plain("onboarding.family", name="张小妹"))
    membership = membership_of(stage, daughter)
    assert (membership.state, membership.linked_by) == ("linked", "cadre")
    assert membership.confirmed_by_id == stage.town.cadre.id
    assert len(await stage.received(cadre, "张小妹")) == 1, "asked once, and the question became the answer"


@side_path
async def test_whoever_the_cadre_does_not_know_stays_outside(stage: Stage, t: Translator) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    impostor = await stage.newcomer("吴猜测")
    await scans(stage, t, impostor, "H001")
    await agrees(t, impostor)
    await cadre.taps(t.plain("onboarding.button.not_theirs"))
    await impostor.sees(t.plain("onboarding.refused"))
    assert membership_of(stage, impostor).state == "ended"
    await impostor.says("/card")
    await stage.quiet()
    assert await stage.received(impostor, "张大山") == []


@side_path
async def test_the_contact_of_somebody_else_links_nobody(stage: Stage, t: Translator) -> None:
    neighbour = await stage.newcomer("吴邻居", phone="+86 139 1111 2222")
    await scans(stage, t, neighbour, "H002")
    await agrees(t, neighbour)
    await neighbour.sees(t.plain("onboarding.phone_is_optional"))
    for owner in ({"user_id": 1}, {}):
        contact = {"phone_number": "13800000002", "first_name": "刘小河"} | owner
        await stage.client.post(f"/sandbox/persons/{neighbour.id}/send", {"contact": contact})
        await stage.quiet()
    assert len(await stage.received(neighbour, t.plain("onboarding.not_own_phone"))) == 2
    assert membership_of(stage, neighbour).state == "pending"


@side_path
async def test_a_stranger_learns_nothing_however_they_ask(stage: Stage, t: Translator) -> None:
    before = len(stage.rows(select(Person)))
    stranger = await stage.newcomer("路人")
    for asked in ("你好", "张大山", "13800000001", "/card H001", "/find 张大山", "/mydata", "ACEF9999"):
        await stranger.says(asked)
        await stage.quiet()
    first = (await stranger.messages())[0]["message_id"]
    toasts = []
    for forged in ("cards.open:1", "problems.open:1", "problems.list:unit:0", "visits.open:1", "households.page:0"):
        toasts.append(await stranger.taps_stale(first, forged))
    await stage.quiet()
    said = "\n".join([*toasts, *map(words, await stranger.messages())])
    for secret in ("张大山", "王联系", "H001", "东村", "东一组", "13800000001", "138****"):
        assert secret not in said
    assert await stranger.labels() == []
    assert len(stage.rows(select(Person))) == before
