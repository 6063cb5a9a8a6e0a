"""All tables in one import, for Alembic and for the test that compares them with the migrations."""

from models import audit, corrections, households, paces, people, post, problems, supervision, visits
from models.base import Base

__all__ = ["Base", "audit", "corrections", "households", "paces", "people", "post", "problems", "supervision", "visits"]
