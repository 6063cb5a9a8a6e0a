"""`erase` and `unlink`: a person, or a household that has gone, is forgotten; a lost phone is cut off."""

import re

from bot.commands.console import Console
from models.people import Person
from models.queries import erasure as rows
from models.queries import people
from models.session import Database, Session
from services import audit, erasure
from services.accounts import let_go
from services.errors import NotFound
from services.office import Office


def erase_person(console: Console, person: str, *, apply: bool) -> None:
    """`person` is a code of the roster or `id:NUMBER`. Errors: NotFound, Conflict."""
    with console.database() as database, database.transaction() as session:
        found = _person(session, person)
        shown = erasure.preview(session, found.id)
        kind = "official" if shown.is_official else "member"
        console.say(f"operator.erase.{kind}", name=shown.name, reports=shown.reports, n=shown.open_reports)
        if not apply:
            console.say("operator.erase.not_done")
            return
        done = erasure.erase_person(session, console.office(), None, found.id)
    console.say("operator.erase.done" if done else "operator.erase.done_before")


def erase_household(console: Console, code: str, *, apply: bool) -> None:
    """Errors: NotFound, Conflict for one that is still here or has open matters."""
    with console.database() as database, database.transaction() as session:
        household = rows.household_by_code(session, code)
        if household is None:
            raise NotFound("operator.erase.no_household", code=code)
        along = erasure.preview_household(session, household)
        console.say("operator.erase.household", head=household.head, code=household.code)
        for one in along:
            console.say("operator.erase.along", name=one.name, id=one.id)
        if not apply:
            console.say("operator.erase.not_done")
            return
        done = erasure.erase_household(session, console.office(), None, household.id)
    console.say("operator.erase.done" if done else "operator.erase.done_before")


def unlink(console: Console, person: str) -> None:
    """The account that the person has now is a stranger from its next message on. Errors: NotFound."""
    with console.database() as database, database.transaction() as session:
        found = _person(session, person)
        if found.telegram_user_id is None:
            raise NotFound("operator.unlink.no_account", name=found.name)
        let_go(session, console.office(), found)
        audit.record(session, console.office(), None, "account_unlinked", "person", found.id, by="operator")
        name = found.name
    console.say("operator.unlink.done", name=name)


def bring_together(database: Database, office: Office) -> int:
    """What was erased stays erased: after a restore, and after a kill between the log and the rows; how many rows."""
    with database.transaction() as session:
        return erasure.apply_again(session, office)


def _person(session: Session, named: str) -> Person:
    number = re.fullmatch(r"id:([0-9]{1,9})", named)  # members of a household have no code
    found = people.get(session, int(number[1])) if number else people.by_code(session, named)
    if found is None:
        raise NotFound("operator.erase.no_person", person=named)
    return found
