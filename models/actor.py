"""Whoever acts, as the database knows them at this moment: a value that every scoped query takes."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    CADRE = "cadre"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True)
class Grant:
    role: Role
    unit_id: int
    unit_path: str


@dataclass(frozen=True)
class Belonging:
    """A household the person is a member of: `pending` or `linked`."""

    household_id: int
    state: str


@dataclass(frozen=True)
class Actor:
    telegram_user_id: int
    language: str
    person_id: int | None = None  # None: a stranger
    name: str = ""
    consented: bool = False  # to the notice as it is now
    agreed_before: bool = False  # to an earlier one only
    acting_as: str | None = None
    grants: tuple[Grant, ...] = ()
    belongings: tuple[Belonging, ...] = ()
    was_official: bool = False  # held a role; now neither that nor a household

    def has(self, role: Role) -> bool:
        return any(grant.role == role for grant in self.grants)

    def paths(self, *roles: Role) -> tuple[str, ...]:
        """The unit paths that these roles cover, each with its subtree."""
        return tuple(grant.unit_path for grant in self.grants if grant.role in roles)

    @property
    def is_stranger(self) -> bool:
        return self.person_id is None or not (self.grants or self.belongings)

    @property
    def linked_household_ids(self) -> tuple[int, ...]:
        return tuple(b.household_id for b in self.belongings if b.state == "linked")

    @property
    def household_ids(self) -> tuple[int, ...]:
        """Linked and pending."""
        return tuple(b.household_id for b in self.belongings)

    @property
    def id(self) -> int:
        """The person's id, for code behind the guard that keeps strangers out."""
        if self.person_id is None:
            raise PermissionError("a stranger has no person")
        return self.person_id
