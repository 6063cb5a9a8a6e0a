"""Whether the units make one tree: no cycle, no endless depth, one root. Linear, however hostile the file."""

from collections.abc import Iterator, Mapping, Sequence

from services.rules.roster.row import Row
from services.rules.roster.values import KnownCodes, UnitRow

MOST_LEVELS = 10  # county › town › village › group are four
MOST_IN_PATH = 8  # codes shown of a cycle

Parents = Mapping[str, str]


def check_tree(units: Sequence[UnitRow], rows: Sequence[Row], known: KnownCodes) -> None:
    """Of the tree as it would be after the import; `rows` are those of the `units`."""
    parents = dict(known.unit_parents) | {unit.code: unit.parent_code for unit in units if unit.parent_code}
    cycles = list(_cycles(parents))
    _remark_cycles(cycles, rows)
    if not cycles:
        _check_depth(units, rows, parents)
    _check_roots(units, rows, known)


def _cycles(parents: Parents) -> Iterator[list[str]]:
    finished: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        code: str | None = start
        while code is not None and code not in path and code not in finished:
            path[code] = None
            code = parents.get(code)
        if code is not None and code in path:
            walked = list(path)
            yield walked[walked.index(code) :]
        finished.update(path)


def _remark_cycles(cycles: Sequence[Sequence[str]], rows: Sequence[Row]) -> None:
    """One error per cycle, at its first row in the file; a cycle may pass through stored units."""
    place = {row.own_code: number for number, row in enumerate(rows)}
    for cycle in cycles:
        places = [place[code] for code in cycle if code in place]
        if places:
            first = rows[min(places)]
            first.error("parent_code", "cycle", path=_drawn(cycle, first.own_code))


def _drawn(cycle: Sequence[str], first: str) -> str:
    start = cycle.index(first)
    turned = [*cycle[start:], *cycle[:start]]
    shown = turned if len(turned) <= MOST_IN_PATH else [*turned[:MOST_IN_PATH], "…"]
    return " → ".join([*shown, first])


def _check_depth(units: Sequence[UnitRow], rows: Sequence[Row], parents: Parents) -> None:
    for unit, row in zip(units, rows, strict=True):
        level, code = 1, unit.parent_code
        while code is not None and level <= MOST_LEVELS:
            level, code = level + 1, parents.get(code)
        if level > MOST_LEVELS:
            row.error("parent_code", "too_deep", most=MOST_LEVELS)


def _check_roots(units: Sequence[UnitRow], rows: Sequence[Row], known: KnownCodes) -> None:
    """A new unit without a parent stands beside the tree; the very first one is its root."""
    new = [(unit, row) for unit, row in zip(units, rows, strict=True) if unit.code not in known.units]
    roots = [(unit, row) for unit, row in new if unit.parent_code is None]
    for unit, row in roots if known.units else roots[1:]:
        row.doubt("parent_code", "no_parent", name=unit.name)
