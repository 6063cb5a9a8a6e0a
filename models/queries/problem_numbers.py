"""Numbers of problems: counted where they are used, so that none is given twice and none is left out."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.problems import NumberSeries, Problem


def next_number(session: Session, kind: str, year: int) -> int:
    """The next number of the series, from 1; one atomic statement, and nobody else gets it before we commit."""
    into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = into(NumberSeries).values(kind=kind, year=year, last=1)
    return session.execute(
        counted.on_conflict_do_update(
            index_elements=[NumberSeries.kind, NumberSeries.year], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    ).scalar_one()


def of_draft(session: Session, draft_id: int) -> Problem | None:
    """The problem that was made of this draft."""
    return session.scalar(select(Problem).where(Problem.draft_id == draft_id))
