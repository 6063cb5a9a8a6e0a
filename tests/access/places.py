"""Four places with one object of every kind each, in words that nothing else says; whoever hears them has read it.

Here and beside are two households of one village, across is in the next village of the same town, far in another town.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import select

from models import notice
from models.corrections import CorrectionRequest
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.post import OutboxMessage
from models.problems import Problem, ProblemEvent
from models.session import Session
from models.supervision import Digest, RosterCheck
from models.visits import Attachment, Visit
from tests.town import MONDAY_MORNING

T = TypeVar("T")

PLACES = ("here", "beside", "across", "far")
NOWHERE = 987_654_321  # an id that no row has
NOW = MONDAY_MORNING - timedelta(hours=1)
ASKED = NOW - timedelta(days=2)
ASKED_AT = int(ASKED.timestamp())  # when the member of each place asked to be called
STAGES = ("reported", "in_progress", "done", "confirmed", "confidential")
FINISHED = ("done", "confirmed")
# Who lives and works where: the last two digits of the Telegram id are the place's.
MEMBER, PENDING, CADRE, SUPERVISOR, ADMIN, STRANGER = 4010, 4020, 1010, 2010, 3010, 9010
FAR_MEMBER = MEMBER + 4


@dataclass
class Place:
    """`refs`: what a button may refer to, by kind. `words`: what only those in scope may read."""

    name: str
    number: int
    refs: dict[str, int | str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def account(self, kind: int) -> int:
        return kind + self.number

    def says(self, kind: str) -> str:
        """An unmistakable word of this place."""
        return self.words.setdefault(kind, f"{self.name}密{kind}{self.number}")


@dataclass(frozen=True)
class World:
    places: dict[str, Place]

    def __getitem__(self, name: str) -> Place:
        return self.places[name]


def build_world(session: Session) -> World:
    return World({place.name: place for place in _Builder(session).build()})


class _Builder:
    def __init__(self, session: Session) -> None:
        self.session = session

    def build(self) -> Iterator[Place]:
        town, other = (self._unit(code, code, "town", None) for code in ("甲镇", "乙镇"))
        near, next_, away = (
            self._unit(name, name, "village", parent)
            for name, parent in (("近村", town), ("邻村", town), ("远村", other))
        )
        for code, village in (("H091", near), ("H094", away)):  # without a cadre: something to pair
            lone = {"head": code, "unit_id": village.id, "card_code": f"{code}XXXX", "created_at": NOW}
            self._add(Household(code=code, **lone))
        homes = {"here": near, "beside": near, "across": next_, "far": away}
        here_supervisor = self._official("S1", SUPERVISOR + 1, town, "supervisor")
        across_supervisor = self._official("S3", SUPERVISOR + 3, next_, "supervisor")
        far_supervisor = self._official("S4", SUPERVISOR + 4, other, "supervisor")
        admin = self._official("A1", ADMIN + 1, town, "admin")
        far_admin = self._official("A4", ADMIN + 4, other, "admin")
        over = {
            "here": (here_supervisor, town, admin),
            "beside": (here_supervisor, town, admin),
            "across": (across_supervisor, next_, admin),
            "far": (far_supervisor, other, far_admin),
        }
        for number, name in enumerate(PLACES, 1):
            yield self._place(Place(name, number), homes[name], *over[name])

    def _place(self, place: Place, village: Unit, supervisor: Person, unit: Unit, admin: Person) -> Place:
        cadre = self._official(f"C{place.number}", place.account(CADRE), village, "cadre")
        newcomer = self._official(f"N{place.number}", None, village, "cadre")
        household = self._household(place, village)
        self._add(Pairing(household_id=household.id, cadre_id=cadre.id, kind="primary", started_on=date(2026, 1, 5)))
        member = self._person(place.says("成员"), place.account(MEMBER))
        claimant = self._person(place.says("待认"), place.account(PENDING))
        place.refs |= {"member": member.id, "membership": self._join(household, member, "linked").id}
        claim = self._join(household, claimant, "pending")
        visit = self._visit(place, household, cadre)
        self._asked_to_call(household, member, cadre)
        for stage in STAGES:
            owner = supervisor if stage == "confidential" else cadre
            self._problem(place, household, member, owner, village, stage)
        place.refs |= {
            "household": household.id,
            "phone": place.words["电话"],
            "card": household.card_code,
            "notice": notice.VERSION,
            "asked_at": ASKED_AT,
            "visit": visit.id,
            "claim": claim.id,
            "correction": self._correction(place, member),
            "cadre": cadre.id,
            "cadre_account": place.account(CADRE),
            "newcomer": newcomer.id,
            "grant": self._grant(cadre),
            "newcomer_grant": self._grant(newcomer),
            "unit": unit.id,
            "village": village.id,
            "digest": self._digest(place, household, supervisor, unit),
            "check": self._check(admin),
        }
        return place

    def _unit(self, code: str, name: str, kind: str, parent: Unit | None) -> Unit:
        unit = self._add(Unit(code=code, name=name, kind=kind, parent_id=parent.id if parent else None, path=""))
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        return unit

    def _person(self, name: str, account: int | None, **more: object) -> Person:
        agreed = {"consented_at": NOW, "consent_version": notice.VERSION} if account else {}
        return self._add(
            Person(name=name, telegram_user_id=account, language="zh_CN", created_at=NOW, **agreed, **more)
        )

    def _official(self, code: str, account: int | None, unit: Unit, role: str) -> Person:
        person = self._person(f"官{code}", account, code=code, unit_id=unit.id, post="干部", phone=f"1390000{code}")
        self._add(RoleGrant(person_id=person.id, role=role, unit_id=unit.id, granted_at=NOW))
        return person

    def _grant(self, person: Person) -> int:
        return self.session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == person.id)).one()

    def _household(self, place: Place, village: Unit) -> Household:
        place.words["电话"] = f"1381234{place.number}{place.number}{place.number}{place.number}"
        return self._add(
            Household(
                code=f"H00{place.number}",
                head=place.says("户主"),
                unit_id=village.id,
                tier="red",
                address=place.says("地址"),
                phone=place.words["电话"],
                hardship_cause=place.says("困难"),
                notes=place.says("备注"),
                card_code="ACEFH77" + "3467"[place.number - 1],
                created_at=NOW,
            )
        )

    def _join(self, household: Household, person: Person, state: str) -> Membership:
        linked = {"linked_at": NOW, "linked_by": "phone"} if state == "linked" else {}
        return self._add(Membership(household_id=household.id, person_id=person.id, state=state, since=NOW, **linked))

    def _visit(self, place: Place, household: Household, cadre: Person) -> Visit:
        visit = self._add(
            Visit(
                household_id=household.id,
                cadre_id=cadre.id,
                method="home",
                condition="trouble",
                said=place.says("所说"),
                companions=place.says("同行"),
                visited_on=NOW.date(),
                recorded_at=NOW,
                draft_id=10_000 + place.number,
            )
        )
        place.words["照片"] = f"visit-photo-of-{place.name}"
        self._add(Attachment(visit_id=visit.id, kind="photo", file_id=place.words["照片"]))
        return visit

    def _correction(self, place: Place, member: Person) -> int:
        return self._add(CorrectionRequest(person_id=member.id, wanted=place.says("更正"), asked_at=NOW)).id

    def _asked_to_call(self, household: Household, member: Person, cadre: Person) -> None:
        asked = {"household_id": household.id, "asked_by": member.id, "asked_at": ASKED_AT}
        self._add(
            OutboxMessage(
                chat_id=cadre.telegram_user_id,
                person_id=cadre.id,
                kind="cards.call_back",
                body=asked,
                lane="bulk",
                speech="notice",
                created_at=ASKED,
            )
        )

    def _problem(
        self, place: Place, household: Household, member: Person, owner: Person, village: Unit, stage: str
    ) -> None:
        place.words[f"编号{stage}"] = f"P-2026-{place.number}{STAGES.index(stage)}0000"
        problem = self._add(
            Problem(
                number=place.words[f"编号{stage}"],
                household_id=household.id,
                source="household",
                reporter_id=member.id,
                entered_by_id=member.id,
                category="water",
                summary=place.says(f"问题{stage}"),
                confidential=stage == "confidential",
                owner_id=owner.id,
                unit_id=village.id,
                stage="reported" if stage == "confidential" else stage,
                reported_at=NOW - timedelta(days=5),
                due_at=NOW + timedelta(days=5),
                accepted_at=None if stage in ("reported", "confidential") else NOW,
                done_at=NOW if stage in FINISHED else None,
                closed_at=NOW if stage == "confirmed" else None,
                followed_up_at=NOW if stage == "confirmed" else None,
                rated_owner_id=owner.id if stage == "confirmed" else None,
            )
        )
        place.refs[f"problem.{stage}"] = problem.id
        first = self._event(problem, member, "reported", place.says(f"经过{stage}"))
        place.words[f"照片{stage}"] = f"photo-of-{place.name}-{stage}"
        self._add(Attachment(problem_event_id=first.id, kind="photo", file_id=place.words[f"照片{stage}"]))
        if stage in FINISHED:
            place.refs[f"finished.{stage}"] = self._event(problem, owner, "finish", None).id

    def _event(self, problem: Problem, person: Person, act: str, note: str | None) -> ProblemEvent:
        return self._add(
            ProblemEvent(problem_id=problem.id, at=NOW, person_id=person.id, act=act, stage=problem.stage, note=note)
        )

    def _digest(self, place: Place, household: Household, supervisor: Person, unit: Unit) -> int:
        lists = {"overdue": [household.id], "past_due": [place.refs["problem.in_progress"]]}
        findings = {"lists": lists, "villages": [], "contacts": 1, "visited": 1, "confirmed": 1}
        # one a supervisor, unit and period: beside has the digest of the week before
        end = date(2026, 3, 1) - timedelta(weeks=place.number)
        return self._add(
            Digest(
                person_id=supervisor.id,
                unit_id=unit.id,
                period_start=end - timedelta(days=6),
                period_end=end,
                findings=findings,
                created_at=NOW,
            )
        ).id

    def _check(self, admin: Person) -> int:
        empty = {"roster": {"units": [], "cadres": [], "households": []}, "findings": []}
        return self._add(RosterCheck(person_id=admin.id, checked=empty, created_at=NOW)).id

    def _add(self, row: T) -> T:
        self.session.add(row)
        self.session.flush()
        return row
