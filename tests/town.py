"""A small town for tests of services and handlers, and the frozen clock they run by."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import notice
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from services.office import Office, Site

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)


NAMES = ("王联系", "李联系", "赵督导", "钱督导", "孙管理", "张大山", "刘小河", "陈长林", "杨春花")
PHONES = (
    *("13900000101", "13900000102", "13900000201", "13900000202", "13900000301"),
    *("13800000001", "13800000002", "13800000003", "13800000004"),
)


@dataclass
class FrozenClock:
    """Stands still until told otherwise."""

    moment: datetime = MONDAY_MORNING

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    def forward(self, **delta: float) -> None:
        self.moment += timedelta(**delta)


def make_office(clock: FrozenClock | None = None) -> Office:
    return Office(
        site=Site(name="云溪镇", town_hotline="0000-12345", bot_username="lianxin_bot"), clock=clock or FrozenClock()
    )


@dataclass
class Town:
    """云溪镇 with the villages 东村 and 西村, one group each; everybody below has consented and can be reached."""

    town: Unit
    east: Unit
    west: Unit
    east_group: Unit
    west_group: Unit
    cadre: Person  # of 东村, telegram 101, paired with H001 and H002
    other_cadre: Person  # of 西村, telegram 102, paired with H003
    supervisor: Person  # of the town, telegram 201
    east_supervisor: Person  # of 东村 only, telegram 202
    admin: Person  # telegram 301
    resident: Person  # telegram 401, linked to H001
    neighbour: Person  # telegram 402, linked to H003
    households: dict[str, Household]  # H001, H002 in 东村, H003, H004 (unpaired) in 西村


def build_town(session: Session, *, now: datetime = MONDAY_MORNING) -> Town:
    """In few statements: thousands of tests begin with it."""
    (town,) = _settled(session, [_unit("T", "云溪镇", "town", None)])
    east, west = _settled(session, [_unit("V1", "东村", "village", town), _unit("V2", "西村", "village", town)])
    groups = [_unit("G1", "东一组", "group", east), _unit("G2", "西一组", "group", west)]
    east_group, west_group = _settled(session, groups)
    officials = [
        _official("C001", "王联系", 101, east, now),
        _official("C002", "李联系", 102, west, now),
        _official("S001", "赵督导", 201, town, now),
        _official("S002", "钱督导", 202, east, now),
        _official("A001", "孙管理", 301, town, now),
    ]
    households = {
        code: _household(code, head, group, tier, now)
        for code, head, group, tier in (
            ("H001", "张大山", east_group, "red"),
            ("H002", "刘小河", east_group, "yellow"),
            ("H003", "陈长林", west_group, "green"),
            ("H004", "杨春花", west_group, "green"),
        )
    }
    members = {"H001": somebody("张大山", 401, now), "H003": somebody("陈长林", 402, now)}
    session.add_all([*officials, *households.values(), *members.values()])
    session.flush()
    cadre, other_cadre, supervisor, east_supervisor, admin = officials
    roles = zip(officials, ("cadre", "cadre", "supervisor", "supervisor", "admin"), strict=True)
    session.add_all(
        [RoleGrant(person_id=one.id, role=role, unit_id=one.unit_id, granted_at=now) for one, role in roles]
    )
    for code, person in (("H001", cadre), ("H002", cadre), ("H003", other_cadre)):
        session.add(
            Pairing(household_id=households[code].id, cadre_id=person.id, kind="primary", started_on=date(2026, 1, 5))
        )
    session.add_all(_membership(members[code], households[code], now) for code in members)
    session.flush()
    return Town(
        town,
        east,
        west,
        east_group,
        west_group,
        cadre,
        other_cadre,
        supervisor,
        east_supervisor,
        admin,
        members["H001"],
        members["H003"],
        households,
    )


def _settled(session: Session, units: list[Unit]) -> list[Unit]:
    """With the path that their ids make; the parents' is there."""
    session.add_all(units)
    session.flush()
    for unit in units:
        unit.path += f"{unit.id}/"
    return units


def _unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
    return Unit(
        code=code,
        name=name,
        kind=kind,
        parent_id=parent.id if parent else None,
        path=parent.path if parent else "/",
    )


def _official(code: str, name: str, telegram: int, unit: Unit, now: datetime) -> Person:
    return somebody(name, telegram, now, code=code, unit_id=unit.id, post="干部", phone=f"1390000{telegram:04d}")


def somebody(name: str, telegram: int, now: datetime, **more: object) -> Person:
    """Who has consented and can be reached; not in the database yet."""
    return Person(
        name=name,
        telegram_user_id=telegram,
        language="zh_CN",
        consented_at=now,
        consent_version=notice.VERSION,
        created_at=now,
        **more,
    )


def _household(code: str, head: str, group: Unit, tier: str, now: datetime) -> Household:
    return Household(
        code=code,
        head=head,
        unit_id=group.id,
        tier=tier,
        phone=f"1380000{code[1:].zfill(4)}",
        card_code="ACEFH77" + "3467"[int(code[1:]) - 1],
        created_at=now,
    )


def _membership(person: Person, household: Household, now: datetime) -> Membership:
    return Membership(
        household_id=household.id, person_id=person.id, state="linked", since=now, linked_at=now, linked_by="phone"
    )
