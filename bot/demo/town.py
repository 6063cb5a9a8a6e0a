"""The sample town, ready to be played: imported, paired, everybody with a phone and something to open."""

from dataclasses import dataclass
from pathlib import Path

from bot.demo.stage import DemoStage
from bot.workbooks import check_in_child
from models.actor import Role
from models.queries import demo as rows
from models.queries.demo import Official
from models.session import Session
from sandbox import Person
from services import card_printing, invitations, pairing, roster
from services.office import Office
from services.rendering.card import PrintedCard
from services.rules.card_codes import format_card_code
from services.rules.roster.stored import from_json

ROSTER = Path(__file__).resolve().parents[2] / "docs" / "examples" / "roster.xlsx"
RESIDENTS = 24  # households whose head has a phone in the sandbox
PAGE_ROLE = {Role.CADRE: "cadre", Role.SUPERVISOR: "supervisor", Role.ADMIN: "admin"}


@dataclass(frozen=True)
class Invited:
    official: Official
    link: str


async def furnish(stage: DemoStage) -> None:
    """Import the sample roster, pair the rest, and hand out phones, invitations and printed cards."""
    office = stage.office
    known = await stage.post.backroom.read(roster.known_codes)
    checked = from_json(await check_in_child([(ROSTER.name, ROSTER.read_bytes())], known))
    await stage.post.backroom.run(lambda session: roster.apply(session, office, checked, by=None))
    await stage.post.backroom.run(lambda session: _pair(session, office))
    invited = await stage.post.backroom.run(lambda session: _invite(session, office))
    cards = await stage.post.backroom.read(lambda session: card_printing.printed_cards(session, office, unit_path="/"))
    for one in invited:
        stage.sandbox.add_person(_with_phone(stage, one))
    for home in await stage.post.backroom.read(lambda session: rows.some_heads(session, RESIDENTS)):
        note = f"{home.village} {home.code}"
        stage.sandbox.add_person(
            Person(stage.sandbox.next_person_id(), home.head, phone=home.phone, role="household", note=note)
        )
    stage.sandbox.add_printed_cards([_handed_over(card) for card in cards])


def _pair(session: Session, office: Office) -> None:
    proposal = pairing.propose(session, office)
    pairing.apply_proposal(session, office, proposal, by=None)


def _invite(session: Session, office: Office) -> list[Invited]:
    return [
        Invited(
            one,
            invitations.invite_by_codes(session, office, role=one.role, unit_code=one.unit_code, person_code=one.code),
        )
        for one in rows.officials(session)
    ]


def _with_phone(stage: DemoStage, invited: Invited) -> Person:
    one = invited.official
    return Person(
        stage.sandbox.next_person_id(),
        one.name,
        phone=one.phone,
        role=PAGE_ROLE[one.role],
        note=f"{one.unit_name} {one.post or ''}".strip(),
        start_link=invited.link,
    )


def _handed_over(card: PrintedCard) -> dict[str, str]:
    return {
        "title": f"{card.household_head} {card.household_code}",
        "link": card.link,
        "code": format_card_code(card.short_code),
        "household": card.household_head,
    }
