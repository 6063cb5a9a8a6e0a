"""Who is proposed for whom: deterministic, so that the preview shows exactly what will be applied."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heapify, heappop, heappush

VillageId = int | None  # None: directly under the town


@dataclass(frozen=True)
class CadreSlot:
    code: str
    person_id: int
    unit_id: int
    village_id: VillageId  # None: of the town or a department
    max_households: int
    current_load: int = 0  # households already paired; these pairs stay
    served_villages: frozenset[VillageId] = frozenset()  # where those households live


@dataclass(frozen=True)
class HouseholdSlot:
    """An active household without a primary cadre."""

    code: str
    household_id: int
    village_id: VillageId


class UnpairedReason(StrEnum):
    NO_CADRE = "no_cadre"  # neither in the village nor in the town
    ALL_FULL = "all_full"


@dataclass(frozen=True)
class Unpaired:
    household_id: int
    reason: UnpairedReason


@dataclass(frozen=True)
class Proposal:
    """Both in the order of the households' codes; a pair is (household_id, person_id)."""

    pairs: list[tuple[int, int]]
    unpaired: list[Unpaired]


@dataclass
class _Desk:
    """A cadre while the pairing is being worked out."""

    slot: CadreSlot
    villages: set[VillageId]
    given: list[int] = field(default_factory=list)

    @property
    def load(self) -> int:
        return self.slot.current_load + len(self.given)

    @property
    def room(self) -> int:
        return max(self.slot.max_households - self.load, 0)

    def take(self, count: int, households: list[HouseholdSlot], village: VillageId) -> None:
        """The first `count` of the village's waiting households, who wait no longer."""
        self.given.extend(household.household_id for household in households[:count])
        self.villages.add(village)
        del households[:count]


Waiting = dict[VillageId, list[HouseholdSlot]]  # each list in the order of codes, villages by their first code


def propose_pairs(cadres: Sequence[CadreSlot], households: Sequence[HouseholdSlot]) -> Proposal:
    """A village's own cadres first, then those of town and departments, each in as few villages as possible.

    Ties go by code in byte order; Python compares text by code point, which is the byte order of UTF-8.
    """
    desks = [_Desk(cadre, set(cadre.served_villages)) for cadre in sorted(cadres, key=lambda c: c.code)]
    in_order = sorted(households, key=lambda household: household.code)
    waiting: Waiting = defaultdict(list)
    for household in in_order:
        waiting[household.village_id].append(household)
    town = [desk for desk in desks if desk.slot.village_id is None]
    own = _by_village(desks)
    for village in waiting:
        _share(waiting, village, own.get(village, []))
    for village, circle in _circles(waiting, town).items():
        _share(waiting, village, circle)
    _place_the_rest(waiting, town)
    return _proposal(desks, in_order, own, town)


def _by_village(desks: Iterable[_Desk]) -> dict[VillageId, list[_Desk]]:
    own: dict[VillageId, list[_Desk]] = defaultdict(list)
    for desk in desks:
        if desk.slot.village_id is not None:
            own[desk.slot.village_id].append(desk)
    return own


def _share(waiting: Waiting, village: VillageId, desks: Sequence[_Desk]) -> None:
    """Level the loads of these cadres with the village's households; neighbouring codes go to the same cadre."""
    households = waiting[village]
    for desk, share in zip(desks, _level_shares(len(households), desks), strict=True):
        if share:
            desk.take(share, households, village)


def _level_shares(count: int, desks: Sequence[_Desk]) -> list[int]:
    """Each next household to the least loaded who has room, so that loads end at most one apart."""
    shares = [0] * len(desks)
    least_loaded = [(desk.load, place) for place, desk in enumerate(desks) if desk.room]
    heapify(least_loaded)
    while count and least_loaded:
        load, place = heappop(least_loaded)
        shares[place] += 1
        count -= 1
        if load + 1 < desks[place].slot.max_households:
            heappush(least_loaded, (load + 1, place))
    return shares


def _circles(waiting: Waiting, town: Iterable[_Desk]) -> dict[VillageId, list[_Desk]]:
    """One village for each cadre of the town: first somebody for every village, then where most wait per cadre."""
    in_need = [village for village, households in waiting.items() if households]
    circles = {village: [desk for desk in town if desk.room and village in desk.villages] for village in in_need}
    free = sorted((d for d in town if d.room and d.villages.isdisjoint(in_need)), key=lambda d: -d.room)

    def need(place: int) -> tuple[bool, float, int]:
        helpers, homes = len(circles[in_need[place]]), len(waiting[in_need[place]])
        return helpers > 0, -homes / max(helpers, 1), place

    neediest = [need(place) for place in range(len(in_need))]
    heapify(neediest)
    for desk in free:
        if not neediest:
            break
        village = in_need[place := heappop(neediest)[-1]]
        circles[village].append(desk)
        if len(circles[village]) < len(waiting[village]):
            heappush(neediest, need(place))
    return circles


def _place_the_rest(waiting: Waiting, town: Iterable[_Desk]) -> None:
    """Largest village first, whole where somebody has room for it, to whoever goes to the fewest villages."""
    free = [desk for desk in town if desk.room]
    for village, households in sorted(waiting.items(), key=lambda item: -len(item[1])):
        while households and free:
            desk = min(free, key=lambda d: _reluctance(d, village, len(households)))
            desk.take(desk.room, households, village)
            free = [desk for desk in free if desk.room]


def _reluctance(desk: _Desk, village: VillageId, homes: int) -> tuple[bool, bool, int, int]:
    return village not in desk.villages, desk.room < homes, len(desk.villages), -desk.room


def _proposal(
    desks: Iterable[_Desk],
    in_order: Iterable[HouseholdSlot],
    own: Mapping[VillageId, list[_Desk]],
    town: Sequence[_Desk],
) -> Proposal:
    chosen = {household_id: desk.slot.person_id for desk in desks for household_id in desk.given}
    proposal = Proposal(pairs=[], unpaired=[])
    for household in in_order:
        if (person_id := chosen.get(household.household_id)) is not None:
            proposal.pairs.append((household.household_id, person_id))
        else:
            anybody = town or own.get(household.village_id)
            reason = UnpairedReason.ALL_FULL if anybody else UnpairedReason.NO_CADRE
            proposal.unpaired.append(Unpaired(household.household_id, reason))
    return proposal
