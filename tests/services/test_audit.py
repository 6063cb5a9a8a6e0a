"""What an entry of the audit may hold."""

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.queries.actors import actor_by_telegram_id
from models.session import Session
from services import audit
from tests.town import MONDAY_MORNING, build_town, make_office


def test_an_entry_says_who_did_what_to_what_and_when(session: Session) -> None:
    town = build_town(session)
    actor = actor_by_telegram_id(session, 101, language="zh_CN")
    audit.record(session, make_office(), actor, "card_read", "household", town.households["H001"].id, way="search", n=2)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.person_id, entry.act, entry.about) == (town.cadre.id, "card_read", "household")
    assert (entry.object_id, entry.at) == (town.households["H001"].id, MONDAY_MORNING)
    assert entry.facts == {"way": "search", "n": 2}


@pytest.mark.parametrize("fact", ["张大山", "13900000101", "+8613900000101", "two words", "", "x" * 41, "a\nb"])
def test_an_entry_holds_no_names_phones_or_text(session: Session, fact: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        audit.record(session, make_office(), None, "export", "unit", 1, by=fact)
    assert session.scalars(select(AuditEntry)).all() == []
