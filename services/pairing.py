"""结对: a proposal for all households without a primary cadre, written only if it is still what was shown."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.actor import Actor
from models.queries import pairings as rows
from models.queries import units as unit_rows
from models.queries.pairings import CadreRow, HouseholdRow, Pair
from models.queries.units import UnitNode, nearest
from models.session import Session
from services.errors import Stale
from services.office import Office
from services.pair_changes import change_primaries
from services.rules.pairing import CadreSlot, HouseholdSlot, UnpairedReason, propose_pairs

EVERYWHERE = ("/",)  # the beginning of every unit's path
Units = Mapping[int, UnitNode]


@dataclass(frozen=True)
class ProposedCadre:
    """`before` households already have this primary cadre and keep them; `given` come on top, of at most `most`."""

    name: str
    unit_name: str
    before: int
    given: int
    most: int


@dataclass(frozen=True)
class ProposedVillage:
    """`shares`: cadre's id → how many of its households."""

    name: str
    households: int
    shares: Mapping[int, int]


@dataclass(frozen=True)
class Unpaired:
    code: str
    head: str
    unit_name: str
    reason: UnpairedReason


@dataclass(frozen=True)
class Proposal:
    """Who would be paired with whom, and who with nobody; the same rows always give the same proposal."""

    pairs: tuple[Pair, ...]  # household, cadre
    unpaired: tuple[Unpaired, ...]
    cadres: Mapping[int, ProposedCadre]  # everybody considered, by id
    villages: tuple[ProposedVillage, ...]  # in the order of their codes

    @property
    def fingerprint(self) -> str:
        """Short enough for a button; another one means that something has changed since."""
        effect = repr((self.pairs, [(one.code, one.reason) for one in self.unpaired]))
        return hashlib.sha256(effect.encode()).hexdigest()[:12]


def propose(session: Session, office: Office, *, within: tuple[str, ...] = EVERYWHERE) -> Proposal:
    """For the active households without a primary cadre in the units under these paths, town by town."""
    units = unit_rows.tree(session)
    cadres, households, loads = rows.cadres(session, within), rows.unpaired(session, within), rows.loads(session)
    slots = {cadre.id: _slot(office, units, cadre, loads.get(cadre.id, [])) for cadre in cadres}
    pairs: list[Pair] = []
    reasons: dict[int, UnpairedReason] = {}
    for town, waiting in _by_town(units, households).items():
        of_town = [slots[cadre.id] for cadre in cadres if _town(units, cadre.unit_id) == town]
        proposal = propose_pairs(of_town, [_household_slot(units, one) for one in waiting])
        pairs += proposal.pairs
        reasons |= {one.household_id: one.reason for one in proposal.unpaired}
    return _described(units, pairs, reasons, cadres, slots, households)


def apply_proposal(session: Session, office: Office, proposal: Proposal, *, by: Actor | None) -> None:
    """Each cadre hears of all new households in one message. Errors: Conflict where somebody was paired meanwhile."""
    change_primaries(session, office, ended=(), begun=proposal.pairs, by=by)


def confirm(session: Session, office: Office, actor: Actor, fingerprint: str, *, within: tuple[str, ...]) -> Proposal:
    """Propose anew and write it, if it is what was shown. Errors: Stale otherwise, Conflict as `apply_proposal`."""
    proposal = propose(session, office, within=within)
    if proposal.fingerprint != fingerprint:
        raise Stale("administration.pairing_changed")
    apply_proposal(session, office, proposal, by=actor)
    return proposal


def most_of(office: Office, cadre: CadreRow) -> int:
    """Households that a cadre may have."""
    return office.policy.pairing_max if cadre.max_households is None else cadre.max_households


def village_id(units: Units, unit_id: int) -> int | None:
    village = nearest(units, unit_id, "village")
    return village.id if village else None


def _town(units: Units, unit_id: int) -> int | None:
    """None: of the county itself, or the site has no towns."""
    town = nearest(units, unit_id, "town")
    return town.id if town else None


def _by_town(units: Units, households: Sequence[HouseholdRow]) -> dict[int | None, list[HouseholdRow]]:
    found: dict[int | None, list[HouseholdRow]] = defaultdict(list)
    for household in households:
        found[_town(units, household.unit_id)].append(household)
    return found


def _slot(office: Office, units: Units, cadre: CadreRow, homes: Sequence[int]) -> CadreSlot:
    return CadreSlot(
        cadre.code or f"#{cadre.id}",
        cadre.id,
        cadre.unit_id,
        village_id(units, cadre.unit_id),
        most_of(office, cadre),
        current_load=len(homes),
        served_villages=frozenset(village_id(units, unit_id) for unit_id in homes),
    )


def _household_slot(units: Units, household: HouseholdRow) -> HouseholdSlot:
    return HouseholdSlot(household.code, household.id, village_id(units, household.unit_id))


def _described(
    units: Units,
    pairs: Sequence[Pair],
    reasons: Mapping[int, UnpairedReason],
    cadres: Sequence[CadreRow],
    slots: Mapping[int, CadreSlot],
    households: Sequence[HouseholdRow],
) -> Proposal:
    given = Counter(cadre_id for _, cadre_id in pairs)
    return Proposal(
        tuple(pairs),
        tuple(
            Unpaired(one.code, one.head, units[one.unit_id].name, reasons[one.id])
            for one in households
            if one.id in reasons
        ),
        {
            one.id: ProposedCadre(
                one.name,
                units[one.unit_id].name,
                slots[one.id].current_load,
                given[one.id],
                slots[one.id].max_households,
            )
            for one in cadres
        },
        _villages(units, dict(pairs), households),
    )


def _villages(
    units: Units, cadre_of: Mapping[int, int], households: Sequence[HouseholdRow]
) -> tuple[ProposedVillage, ...]:
    homes: dict[int, list[HouseholdRow]] = defaultdict(list)
    for household in households:
        homes[village_id(units, household.unit_id) or household.unit_id].append(household)
    in_order = sorted(homes, key=lambda unit_id: units[unit_id].code)
    return tuple(
        ProposedVillage(
            units[unit_id].name,
            len(homes[unit_id]),
            Counter(cadre_of[one.id] for one in homes[unit_id] if one.id in cadre_of),
        )
        for unit_id in in_order
    )
