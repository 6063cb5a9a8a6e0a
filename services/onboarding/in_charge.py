"""Who answers an open request for a correction: found for all of them in two statements, however many are open."""

from collections.abc import Iterable

from models.actor import Role
from models.queries import corrections as rows
from models.queries import responsibility
from models.queries.corrections import OpenRequest
from models.queries.responsibility import Overseer
from models.session import Session


def pairs(session: Session, person_id: int | None = None) -> list[tuple[int, int]]:
    """(request, official who can be reached), of one person or of all, the oldest request first."""
    overseers = responsibility.overseers(session)
    return [
        (request.id, official_id)
        for request in rows.open_requests(session, person_id)
        for official_id in sorted(_in_charge(request, overseers) - {request.person_id})
    ]


def _in_charge(request: OpenRequest, overseers: list[Overseer]) -> set[int]:
    """The cadre or supervisor of a member's household; for officials, and without one, the administrators."""
    found = {
        official_id
        for home in request.homes
        for official_id in ([home.cadre_id] if home.cadre_id is not None else _supervisors(home.unit_path, overseers))
    }
    if not found or request.is_official:
        paths = [request.unit_path] if request.unit_path else [home.unit_path for home in request.homes]
        found |= {one.person_id for one in _above(paths, Role.ADMIN, overseers)}
    return found


def _supervisors(path: str, overseers: list[Overseer]) -> set[int]:
    """Those nearest up the tree."""
    found = list(_above([path], Role.SUPERVISOR, overseers))
    nearest = max((len(one.unit_path) for one in found), default=0)
    return {one.person_id for one in found if len(one.unit_path) == nearest}


def _above(paths: list[str], role: Role, overseers: list[Overseer]) -> Iterable[Overseer]:
    return (one for one in overseers if one.role == role and any(path.startswith(one.unit_path) for path in paths))
