from collections import Counter, defaultdict
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.pairing import (
    CadreSlot,
    HouseholdSlot,
    Proposal,
    Unpaired,
    UnpairedReason,
    propose_pairs,
)


def cadre(code: str, village: int | None = None, most: int = 10, load: int = 0, served: str = "") -> CadreSlot:
    served_villages = frozenset(int(digit) for digit in served)
    return CadreSlot(code, ord(code[0]), 99, village, most, load, served_villages)


def homes(village: int | None, *numbers: int) -> list[HouseholdSlot]:
    return [HouseholdSlot(f"H{number:03}", number, village) for number in numbers]


def by_cadre(proposal: Proposal) -> dict[str, list[int]]:
    pairs = defaultdict(list)
    for household_id, person_id in proposal.pairs:
        pairs[chr(person_id)].append(household_id)
    return dict(pairs)


@pytest.mark.parametrize(
    ("cadres", "households", "expected"),
    [
        ([], [], {}),
        # a village's own cadres first, neighbours together, the odd one to the smaller code
        ([cadre("b", 1), cadre("a", 1), cadre("t")], homes(1, 1, 2, 3), {"a": [1, 2], "b": [3]}),
        # existing pairs stay and count
        ([cadre("a", 1, load=3), cadre("b", 1)], homes(1, 1, 2, 3, 4, 5), {"b": [2, 3, 4, 5], "a": [1]}),
        ([cadre("a", 1, load=12), cadre("b", 1)], homes(1, 1, 2), {"b": [1, 2]}),
        # each cadre's own maximum bends the levelling, then the town helps
        (
            [cadre("a", 1, most=1), cadre("b", 1, most=3), cadre("t")],
            homes(1, 1, 2, 3, 4, 5),
            {"a": [1], "b": [2, 3, 4], "t": [5]},
        ),
        # a neighbouring village's cadre is never sent across
        ([cadre("a", 1), cadre("t")], homes(2, 1, 2), {"t": [1, 2]}),
        # a village for each cadre of the town, before a second for anybody
        ([cadre("t"), cadre("u")], homes(1, 1, 3, 5) + homes(2, 2, 4), {"t": [1, 3, 5], "u": [2, 4]}),
        # more cadres than villages: the largest village is shared
        (
            [cadre("t"), cadre("u"), cadre("v")],
            homes(1, 1, 3, 5, 7) + homes(2, 2, 4),
            {"t": [1, 3], "u": [2, 4], "v": [5, 7]},
        ),
        # more villages than cadres: small villages whole, to whoever has most room
        (
            [cadre("t", most=6), cadre("u", most=6)],
            homes(1, 1, 2, 3, 4) + homes(2, 5, 6, 7) + homes(3, 8, 9) + homes(4, 10),
            {"t": [1, 2, 3, 4, 10], "u": [5, 6, 7, 8, 9]},
        ),
        # who already goes to a village goes on with it
        (
            [cadre("t", load=1, served="1"), cadre("u", load=1)],
            homes(1, 1) + homes(2, 2, 3, 4),
            {"t": [1], "u": [2, 3, 4]},
        ),
        # directly under the town
        ([cadre("a", 1), cadre("t")], homes(None, 1), {"t": [1]}),
    ],
)
def test_who_is_proposed_for_whom(
    cadres: list[CadreSlot], households: list[HouseholdSlot], expected: dict[str, list[int]]
) -> None:
    proposal = propose_pairs(cadres, households)
    assert by_cadre(proposal) == expected
    assert proposal.unpaired == []


def test_what_cannot_be_paired_is_listed_with_its_reason() -> None:
    only_own = propose_pairs([cadre("a", 1, most=1)], homes(1, 2, 1) + homes(2, 3))
    assert only_own.pairs == [(1, ord("a"))]
    assert only_own.unpaired == [
        Unpaired(2, UnpairedReason.ALL_FULL),
        Unpaired(3, UnpairedReason.NO_CADRE),
    ]
    assert propose_pairs([cadre("t", most=0)], homes(1, 1)).unpaired == [Unpaired(1, UnpairedReason.ALL_FULL)]


def test_ties_go_by_the_byte_order_of_codes() -> None:
    proposal = propose_pairs([cadre("a", 1), cadre("Z", 1), cadre("中", 1)], homes(1, 1, 2))
    assert by_cadre(proposal) == {"Z": [1], "a": [2]}


VILLAGES = st.one_of(st.none(), st.integers(1, 4))
CADRES = st.lists(
    st.builds(
        lambda i, village, most, load: CadreSlot(f"C{i}", i, 0, village, most, load),
        st.integers(0, 60),
        VILLAGES,
        st.integers(0, 8),
        st.integers(0, 9),
    ),
    max_size=12,
    unique_by=lambda c: c.code,
)
HOUSEHOLDS = st.lists(
    st.builds(lambda i, village: HouseholdSlot(f"H{i}", i, village), st.integers(0, 500), VILLAGES),
    max_size=50,
    unique_by=lambda h: h.code,
)


@given(cadres=CADRES, households=HOUSEHOLDS)
def test_every_household_is_either_paired_once_or_listed(
    cadres: list[CadreSlot], households: list[HouseholdSlot]
) -> None:
    proposal = propose_pairs(cadres, households)
    mentioned = [h for h, _ in proposal.pairs] + [u.household_id for u in proposal.unpaired]
    assert sorted(mentioned) == sorted(h.household_id for h in households)


@given(cadres=CADRES, households=HOUSEHOLDS)
def test_nobody_gets_more_than_the_own_maximum_and_nobody_is_left_while_there_is_room(
    cadres: list[CadreSlot], households: list[HouseholdSlot]
) -> None:
    proposal = propose_pairs(cadres, households)
    given_to = Counter(person_id for _, person_id in proposal.pairs)
    village = {h.household_id: h.village_id for h in households}
    room = {c.person_id: c.max_households - c.current_load - given_to[c.person_id] for c in cadres}
    assert all(room[person_id] >= 0 for person_id in given_to)
    for unpaired in proposal.unpaired:
        helpers = [c for c in cadres if c.village_id in (None, village[unpaired.household_id])]
        assert all(room[c.person_id] <= 0 for c in helpers)


@given(cadres=CADRES, households=HOUSEHOLDS)
def test_a_villages_own_cadres_come_first_and_share_evenly(
    cadres: list[CadreSlot], households: list[HouseholdSlot]
) -> None:
    proposal = propose_pairs(cadres, households)
    given_to = Counter(person_id for _, person_id in proposal.pairs)
    load = {c.person_id: c.current_load + given_to[c.person_id] for c in cadres}
    home = {c.person_id: c.village_id for c in cadres}
    village = {h.household_id: h.village_id for h in households}
    for household_id, person_id in proposal.pairs:
        own = [c for c in cadres if c.village_id is not None and c.village_id == village[household_id]]
        with_room = [c for c in own if load[c.person_id] < c.max_households]
        if home[person_id] is None:
            assert not with_room
        else:
            assert home[person_id] == village[household_id]
            assert all(load[person_id] - load[c.person_id] <= 1 for c in with_room)


@given(cadres=CADRES, households=HOUSEHOLDS, seed=st.integers())
def test_the_order_of_the_input_changes_nothing(
    cadres: list[CadreSlot], households: list[HouseholdSlot], seed: int
) -> None:
    shuffled_cadres, shuffled_households = cadres[:], households[:]
    Random(seed).shuffle(shuffled_cadres)
    Random(seed).shuffle(shuffled_households)
    assert propose_pairs(shuffled_cadres, shuffled_households) == propose_pairs(cadres, households)


@given(sizes=st.lists(st.integers(1, 8), min_size=1, max_size=6), spare=st.integers(0, 5))
def test_with_a_cadre_for_each_village_nobody_of_the_town_goes_to_two(sizes: list[int], spare: int) -> None:
    households = [HouseholdSlot(f"H{v}-{n}", v * 100 + n, v) for v, size in enumerate(sizes) for n in range(size)]
    cadres = [CadreSlot(f"C{i:02}", i, 0, None, 8) for i in range(len(sizes) + spare)]
    proposal = propose_pairs(cadres, households)
    villages = defaultdict(set)
    for household_id, person_id in proposal.pairs:
        villages[person_id].add(household_id // 100)
    assert proposal.unpaired == []
    assert all(len(visited) == 1 for visited in villages.values())


@pytest.mark.parametrize(
    ("cadre_count", "household_count", "village_count", "seconds"),
    [(74, 399, 12, 0.2), (1_000, 20_000, 300, 2.0), (1_000, 20_000, 3_000, 2.0)],
)
def test_a_town_is_paired_at_once_and_a_county_within_two_seconds(
    cadre_count: int, household_count: int, village_count: int, seconds: float
) -> None:
    cadres = [CadreSlot(f"C{i:04}", i, 0, i % village_count if i % 2 else None, 15) for i in range(cadre_count)]
    households = [HouseholdSlot(f"H{i:05}", i, i % village_count) for i in range(household_count)]
    started = process_time()
    proposal = propose_pairs(cadres, households)
    assert process_time() - started < seconds
    assert len(proposal.pairs) + len(proposal.unpaired) == household_count
