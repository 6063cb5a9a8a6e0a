"""What a file says of whoever was erased is left out, or it would bring back what was taken away."""

from dataclasses import dataclass, replace

from services.rules.roster.changes import CurrentState
from services.rules.roster.values import Roster


@dataclass(frozen=True)
class Erased:
    """Codes that the file names, of a cadre also as somebody's cadre. `cadre_rows`: those with a row of their own."""

    cadres: tuple[str, ...] = ()
    households: tuple[str, ...] = ()
    cadre_rows: tuple[str, ...] = ()


NOBODY = Erased()


def leave_out_erased(roster: Roster, current: CurrentState) -> tuple[Roster, Erased]:
    """A household whose cadre was erased keeps its pair, or has none."""
    cadres = {code for code, one in current.cadres.items() if one.erased}
    households = {code for code, one in current.households.items() if one.erased}
    cadre_rows = cadres & {row.code for row in roster.cadres}
    named = cadre_rows | (cadres & {row.cadre_code for row in roster.households if row.cadre_code})
    left = replace(
        roster,
        cadres=tuple(row for row in roster.cadres if row.code not in cadres),
        households=tuple(
            replace(row, cadre_code=None) if row.cadre_code in cadres else row
            for row in roster.households
            if row.code not in households
        ),
    )
    there = households & {row.code for row in roster.households}
    return left, Erased(tuple(sorted(named)), tuple(sorted(there)), tuple(sorted(cadre_rows)))
