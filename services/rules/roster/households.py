"""Sheet 农户: the households and who is named for them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from services.rules.policy import Tier
from services.rules.roster.codes import CodeBook
from services.rules.roster.row import Row
from services.rules.roster.values import CadreRow, HouseholdRow, RosterRole

WORDS_FOR_TIER: Mapping[Tier, tuple[str, ...]] = {
    Tier.RED: ("红", "红色", "重点", "重点户", "重点关注", "red"),
    Tier.YELLOW: ("黄", "黄色", "关注", "关注户", "yellow"),
    Tier.GREEN: ("绿", "绿色", "一般", "一般户", "green"),
}
TIER_OF_WORD = {word: tier for tier, words in WORDS_FOR_TIER.items() for word in words}
BETWEEN_TIER_WORDS = r"[()（）/、·\-]"
USUAL_POPULATION = range(1, 16)  # people in one household
MOST_OF_ADDRESS = 200  # characters


def check_households(rows: Sequence[Row], units: CodeBook, cadres: CodeBook) -> tuple[HouseholdRow, ...]:
    """Remarks unknown units, cadres and tiers, odd sizes, what may be one family twice."""
    households = [_household(row, units, cadres) for row in rows]
    _check_shared_phones(households, rows)
    _check_same_heads(households, rows)
    return tuple(household for household, row in zip(households, rows, strict=True) if row.sound)


def check_pairs(households: Sequence[HouseholdRow], cadres: Sequence[CadreRow], cadre_rows: Sequence[Row]) -> None:
    """Remarks cadres named for more households than they may have, and people named who aren't cadres."""
    named = Counter(household.cadre_code for household in households if household.cadre_code)
    row_of = {row.own_code: row for row in cadre_rows}
    for cadre in cadres:
        row, count = row_of[cadre.code], named[cadre.code]
        if cadre.max_households is not None and count > cadre.max_households:
            row.doubt("max_households", "over_maximum", name=cadre.name, count=count, most=cadre.max_households)
        if count and cadre.roles is not None and RosterRole.CADRE not in cadre.roles:
            row.doubt("roles", "not_a_cadre", name=cadre.name, count=count)


def _household(row: Row, units: CodeBook, cadres: CodeBook) -> HouseholdRow:
    return HouseholdRow(
        row.sheet.name,
        row.number,
        row.own_code,
        head=row.name("head"),
        unit_code=row.required_reference("unit_code", units, "unknown_unit"),
        address=row.text("address", MOST_OF_ADDRESS),
        phone=row.phone("phone"),
        population=row.count("population", USUAL_POPULATION),
        tier=_tier(row),
        cadre_code=row.reference("cadre_code", cadres, "unknown_cadre"),
        hardship_cause=row.text("hardship_cause"),
        notes=row.text("notes"),
    )


def _tier(row: Row) -> Tier | None:
    """ "红", "重点", "红（重点）" and "一般户" are understood."""
    words = row.words("tier", BETWEEN_TIER_WORDS)
    tiers = {TIER_OF_WORD.get(word) for word in words}
    if len(tiers) == 1 and None not in tiers:
        return tiers.pop()
    if words:
        row.error("tier", "unknown_tier", value="".join(words))
    return None


def _check_shared_phones(households: Sequence[HouseholdRow], rows: Sequence[Row]) -> None:
    first_with: dict[str, HouseholdRow] = {}
    for household, row in zip(households, rows, strict=True):
        if household.phone is None:
            continue
        first = first_with.setdefault(household.phone, household)
        if first is not household:
            row.doubt("phone", "same_phone", name=first.head, other_row=first.row)


def _check_same_heads(households: Sequence[HouseholdRow], rows: Sequence[Row]) -> None:
    first_with: dict[tuple[str, str], HouseholdRow] = {}
    for household, row in zip(households, rows, strict=True):
        if not household.head:
            continue
        first = first_with.setdefault((household.unit_code, household.head), household)
        if first is not household:
            row.doubt("head", "same_head", value=household.head, code=first.code, other_row=first.row)
