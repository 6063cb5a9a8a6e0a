"""The sample workbooks in docs/examples: what the demo and the README count on."""

import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from services.rules.policy import Tier
from services.rules.roster.checking import check_roster
from services.rules.roster.values import CheckedRoster, KnownCodes, RosterRole, UnitKind

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def example(name: str) -> CheckedRoster:
    return check_roster([(name, (EXAMPLES / name).read_bytes())], KnownCodes())


@pytest.fixture(scope="module")
def sample() -> CheckedRoster:
    return example("roster.xlsx")


def test_the_sample_is_free_of_remarks(sample: CheckedRoster) -> None:
    assert sample.findings == ()


def test_the_sample_is_one_town_with_six_villages(sample: CheckedRoster) -> None:
    kinds = Counter(unit.kind for unit in sample.roster.units)
    assert (kinds[UnitKind.COUNTY], kinds[UnitKind.TOWN], kinds[UnitKind.VILLAGE]) == (1, 1, 6)
    assert kinds[UnitKind.GROUP] >= 12
    assert kinds[UnitKind.DEPARTMENT] >= 3


def test_the_sample_has_74_cadres_three_supervisors_and_an_administrator(sample: CheckedRoster) -> None:
    roles = Counter(role for cadre in sample.roster.cadres for role in cadre.roles or ())
    assert roles == {RosterRole.CADRE: 74, RosterRole.SUPERVISOR: 3, RosterRole.ADMIN: 1}
    town = next(unit.code for unit in sample.roster.units if unit.kind is UnitKind.TOWN)
    assert (
        sum(cadre.roles == (RosterRole.SUPERVISOR,) and cadre.unit_code == town for cadre in sample.roster.cadres) == 1
    )


def test_the_sample_has_399_households_of_which_240_name_a_cadre(sample: CheckedRoster) -> None:
    assert len(sample.roster.households) == 399
    assert sum(household.cadre_code is not None for household in sample.roster.households) == 240
    tiers = Counter(household.tier for household in sample.roster.households)
    assert (tiers[Tier.RED], tiers[Tier.YELLOW]) == (60, 120)


def test_the_sample_has_room_for_every_household(sample: CheckedRoster) -> None:
    maxima = [cadre.max_households for cadre in sample.roster.cadres if cadre.roles == (RosterRole.CADRE,)]
    assert all(most in range(5, 9) for most in maxima)
    assert sum(most or 0 for most in maxima) >= 399


def test_the_sample_has_names_that_many_fonts_lack_and_only_made_up_phones(sample: CheckedRoster) -> None:
    assert any("𠮷" in household.head for household in sample.roster.households)
    phones = [cadre.phone for cadre in sample.roster.cadres] + [home.phone for home in sample.roster.households]
    assert all(phone.startswith(("1380000", "1390000")) for phone in phones if phone)


def test_the_sample_with_errors_shows_each_typical_mistake() -> None:
    problems = {
        finding.message_id.removeprefix("roster.error.") for finding in example("roster-with-errors.xlsx").errors
    }
    assert problems == {
        "unknown_unit",
        "cycle",
        "duplicate_code",
        "missing",
        "unknown_kind",
        "unknown_role",
        "unknown_tier",
        "unknown_cadre",
        "negative",
    }


@pytest.mark.parametrize("name", ["roster.xlsx", "roster-with-errors.xlsx"])
def test_the_generator_makes_the_committed_samples_again(name: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "make_roster.py", tmp_path], check=True)
    assert contents(tmp_path / name) == contents(EXAMPLES / name)


def contents(path: Path) -> dict[str, bytes]:
    """Unpacked: another zlib packs the same content into other bytes."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
