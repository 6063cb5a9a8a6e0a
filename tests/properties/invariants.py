"""What holds after every event."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from hypothesis.stateful import invariant
from sqlalchemy import bindparam, select, text

from models.base import UtcDateTime
from models.post import BLANK, InboxLetter, OutboxMessage
from models.queries import actors
from models.session import Session
from models.visits import Visit, VisitCorrection
from services import households
from services.site_days import end_of, start_of
from services.supervision.exceptions import Section, find
from tests.digest_sql import days_since, oracle
from tests.properties.course import EVERYBODY, Course
from tests.properties.oracle import Oracle

IN_TURN = 3  # after each rule one in three people looks at the lists
FIXED = {Section.NOT_STARTED}  # needs the calendar: tests/services/test_digest_numbers.py has it


class Invariants(Course):
    @invariant()
    def nobody_reads_what_is_not_theirs(self) -> None:
        assert self.leaks == []

    @invariant()
    def each_household_has_at_most_one_primary_cadre(self) -> None:
        for session in self._reading():
            primaries = Counter(one.household_id for one in Oracle(session).pairings if one.kind == "primary")
            assert max(primaries.values(), default=0) <= 1, primaries

    @invariant()
    def lists_and_finds_are_what_the_pairings_and_roles_say(self) -> None:
        for session in self._reading():
            seen, turn = Oracle(session), next(self.steps) % IN_TURN
            for chat in EVERYBODY[turn::IN_TURN]:
                actor, sight = actors.actor_by_telegram_id(session, chat, language="zh_CN"), seen.sight(chat)
                found = {line.id for line in households.search(session, self.world.office, actor, "H00")}
                assert found == set(sight.households), f"{chat} finds other households"
                own = {line.id for line in households.mine(session, self.world.office, actor)}
                assert own == set(sight.own), f"{chat} has other households"

    @invariant()
    def a_visit_changes_only_with_its_history(self) -> None:
        for session in self._reading():
            now = {visit.id: _state(visit) for visit in session.scalars(select(Visit))}
            earlier: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
            for one in session.scalars(select(VisitCorrection).order_by(VisitCorrection.id)):
                earlier[one.visit_id].append(_state(one))
            assert self.states.keys() <= now.keys(), "a visit is gone"
            for id_, state in now.items():
                known = self.states.setdefault(id_, [state])
                if len(earlier[id_]) == len(known):  # corrected since
                    known.append(state)
                assert [*earlier[id_], state] == known, f"visit {id_} lost its history"

    @invariant()
    def problems_are_numbered_without_gaps(self) -> None:
        for session in self._reading():
            numbers = sorted(session.execute(text("SELECT number FROM problems")).scalars())
            years = Counter(number[:7] for number in numbers)
            assert numbers == [f"{year}{n:06}" for year in sorted(years) for n in range(1, years[year] + 1)]

    @invariant()
    def every_update_is_done_exactly_once(self) -> None:
        for session in self._reading():
            letters = session.execute(select(InboxLetter.update_id, InboxLetter.state)).all()
            assert {state for _, state in letters} <= {"done"}, [
                one for one in session.scalars(select(InboxLetter.error).where(InboxLetter.state != "done"))
            ]
            done = Counter(id_ for id_, _ in letters if id_ is not None)
            assert done == Counter(self.accepted)
            seen = session.execute(text("SELECT count(*) FROM notes WHERE name LIKE 'seen-%'")).scalar_one()
            assert seen == len(self.accepted)

    @invariant()
    def every_answer_has_left_or_had_a_reason_not_to(self) -> None:
        for session in self._reading():
            row = OutboxMessage
            answers = select(row.id, row.state, row.error, row.body != BLANK).where(row.lane != "bulk")
            for id_, state, error, has_words in session.execute(answers):
                assert state in ("sent", "cancelled"), f"{id_} {state}: {error}"
                assert state != "sent" or id_ in self.world.delivered, f"{id_} was never handed over"
                assert state == "sent" or error or not has_words, f"{id_} was cancelled without a reason"

    @invariant()
    def digests_say_what_plain_sql_counts(self) -> None:
        today = self.world.office.today()
        monday = today - timedelta(days=today.weekday())
        for session in self._reading():
            paths = dict(session.execute(text("SELECT code, path FROM units")).all())
            is_sqlite = session.get_bind().dialect.name == "sqlite"
            code = ("T", "V1")[next(self.turns) % 2]
            found = find(session, self.world.office, (paths[code],), (monday, today))
            for section, query in oracle(days_since(is_sqlite)).items():
                if section not in FIXED:
                    expected = self._counted(session, query, paths[code], monday, today)
                    assert sorted(found.lists[section]) == expected, f"{section} of {code}"

    def _counted(self, session: Session, query: str, path: str, monday: Any, today: Any) -> list[int]:
        office = self.world.office
        values = {
            "path": f"{path}%",
            "today": str(today) if session.get_bind().dialect.name == "sqlite" else today,
            "now": office.now(),
            "week_start": start_of(office, monday),
            "week_end": end_of(office, today),
        }
        used = {name: value for name, value in values.items() if f":{name}" in query}
        moments = [bindparam(name, type_=UtcDateTime) for name in used if name in ("now", "week_start", "week_end")]
        return sorted(row[0] for row in session.execute(text(query).bindparams(*moments), used))


def _state(visit: Visit | VisitCorrection) -> tuple[Any, ...]:
    return visit.method, visit.condition, visit.said, visit.visited_on
