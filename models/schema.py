"""All tables in one import, for Alembic and for the test that compares them with the migrations."""

from models import households, people, post, problems, supervision, visits
from models.base import Base

__all__ = ["Base", "households", "people", "post", "problems", "supervision", "visits"]
