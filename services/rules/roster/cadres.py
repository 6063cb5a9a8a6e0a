"""Sheet 干部: the people who look after households, supervise or administer."""

from collections.abc import Mapping, Sequence

from services.rules.roster.codes import CodeBook
from services.rules.roster.row import Row
from services.rules.roster.values import CadreRow, RosterRole

ROLE_OF_WORD: Mapping[str, RosterRole] = {
    "联系干部": RosterRole.CADRE,
    "结对干部": RosterRole.CADRE,
    "包户干部": RosterRole.CADRE,
    "干部": RosterRole.CADRE,
    "cadre": RosterRole.CADRE,
    "督导": RosterRole.SUPERVISOR,
    "督导员": RosterRole.SUPERVISOR,
    "supervisor": RosterRole.SUPERVISOR,
    "管理员": RosterRole.ADMIN,
    "admin": RosterRole.ADMIN,
    "administrator": RosterRole.ADMIN,
}
BETWEEN_ROLES = r"[、,，;；/|+\s]|和|兼"
USUAL_MAXIMUM = range(1, 31)  # households a cadre
MOST_OF_POST = 60  # characters


def check_cadres(rows: Sequence[Row], units: CodeBook) -> tuple[CadreRow, ...]:
    """Remarks unknown units and roles, odd and shared phones."""
    cadres = [_cadre(row, units) for row in rows]
    _check_shared_phones(cadres, rows)
    return tuple(cadre for cadre, row in zip(cadres, rows, strict=True) if row.sound)


def _cadre(row: Row, units: CodeBook) -> CadreRow:
    return CadreRow(
        row.sheet.name,
        row.number,
        row.own_code,
        name=row.name("name"),
        unit_code=row.required_reference("unit_code", units, "unknown_unit"),
        post=row.text("post", MOST_OF_POST),
        phone=row.phone("phone"),
        roles=_roles(row),
        max_households=row.count("max_households", USUAL_MAXIMUM),
    )


def _roles(row: Row) -> tuple[RosterRole, ...] | None:
    words = row.words("roles", BETWEEN_ROLES)
    for word in words:
        if word not in ROLE_OF_WORD:
            row.error("roles", "unknown_role", value=word)
    meant = {ROLE_OF_WORD[word] for word in words if word in ROLE_OF_WORD}
    return tuple(role for role in RosterRole if role in meant) or None


def _check_shared_phones(cadres: Sequence[CadreRow], rows: Sequence[Row]) -> None:
    first_with: dict[str, CadreRow] = {}
    for cadre, row in zip(cadres, rows, strict=True):
        if cadre.phone is None:
            continue
        first = first_with.setdefault(cadre.phone, cadre)
        if first is not cadre:
            row.doubt("phone", "same_phone", name=first.name, other_row=first.row)
