"""Who may be the only one doing something. Ends are judged by the database's clock alone."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.database_time import DatabaseTime
from models.post import Lease

IsGone = Callable[[str], bool]  # whether the process of that name is known to have ended
BEFORE_ANY = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def read(session: Session) -> list[Lease]:
    return list(session.scalars(select(Lease).order_by(Lease.name)))


def time_left(session: Session, name: str, holder: str, epoch: int) -> float:
    """Seconds; none where it is another's by now, or is wanted by somebody who goes first."""
    lease, now = session.get(Lease, name), _now(session)
    if lease is None or not _is_of(lease, holder, epoch) or _wanted_by_another(lease, holder, now):
        return 0.0
    return max((lease.expires_at - now).total_seconds(), 0.0)


def is_to_be_had(session: Session, name: str, holder: str, *, is_gone: IsGone, after_the_former: bool = False) -> bool:
    """Whether it is worth while to try to take it. `after_the_former`: not while its last holder may come back."""
    lease = session.get(Lease, name)
    if lease is None:
        return True
    if after_the_former and lease.holder not in ("", holder) and not is_gone(lease.holder):
        return False
    return _is_free(lease, holder, _now(session), is_gone)


def take(session: Session, name: str, holder: str, *, seconds: float, is_gone: IsGone) -> int | None:
    """The epoch in which it is the holder's from now on; None: it is somebody else's."""
    lease, now = _locked(session, name)
    if not _is_free(lease, holder, now, is_gone):
        return None
    lease.holder = holder
    lease.epoch += 1
    lease.expires_at = now + timedelta(seconds=seconds)
    session.flush()
    return lease.epoch


def keep(session: Session, name: str, holder: str, epoch: int, *, seconds: float) -> bool:
    """So many seconds more; False: it was taken by another, or is wanted by somebody who goes first."""
    lease, now = _locked(session, name)
    if not _is_of(lease, holder, epoch) or _wanted_by_another(lease, holder, now):
        return False
    lease.expires_at = now + timedelta(seconds=seconds)
    if lease.wanted_by == holder:
        lease.wanted_until = lease.expires_at
    session.flush()
    return True


def ask(session: Session, name: str, holder: str, *, seconds: float) -> None:
    """Ask whoever has it to hand it over, and everybody else to stand back, for so long."""
    lease, now = _locked(session, name)
    if not _wanted_by_another(lease, holder, now):
        lease.wanted_by, lease.wanted_until = holder, now + timedelta(seconds=seconds)
    session.flush()


def release(session: Session, name: str, holder: str) -> None:
    """In whatever epoch it has it: the process may have ended before it heard that it was given the lease."""
    lease, now = _locked(session, name)
    if lease.holder == holder:
        lease.expires_at = now
    if lease.wanted_by == holder:
        lease.wanted_by = lease.wanted_until = None
    session.flush()


def void(session: Session, holders: Collection[str]) -> None:
    """Of processes that have ended."""
    session.execute(update(Lease).where(Lease.holder.in_(holders)).values(expires_at=BEFORE_ANY))


def is_held(session: Session, name: str, holder: str, epoch: int) -> bool:
    """Asked inside the transaction of whatever only the holder may do."""
    is_ours = exists().where(
        Lease.name == name, Lease.holder == holder, Lease.epoch == epoch, Lease.expires_at > DatabaseTime()
    )
    return session.scalar(select(is_ours)) or False


def _locked(session: Session, name: str) -> tuple[Lease, datetime]:
    """The row, nobody else's to change until the commit, and the moment after that was reached."""
    into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = {"name": name, "holder": "", "epoch": 0, "expires_at": BEFORE_ANY}
    session.execute(into(Lease).on_conflict_do_nothing(index_elements=["name"]), [first])
    query = select(Lease).where(Lease.name == name).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one(), _now(session)


def _now(session: Session) -> datetime:
    moment: datetime = session.scalars(select(DatabaseTime())).one()
    return moment


def _is_of(lease: Lease, holder: str, epoch: int) -> bool:
    return lease.holder == holder and lease.epoch == epoch


def _wanted_by_another(lease: Lease, holder: str, now: datetime) -> bool:
    return lease.wanted_by not in (None, holder) and lease.wanted_until is not None and lease.wanted_until > now


def _is_free(lease: Lease, holder: str, now: datetime, is_gone: IsGone) -> bool:
    if _wanted_by_another(lease, holder, now) and not is_gone(lease.wanted_by or ""):
        return False
    return lease.expires_at <= now or lease.holder == holder or is_gone(lease.holder)
