"""Whatever happens in whatever order, with kills in between: what must always hold, holds.

People act through raw updates on the real desk, back room and delivery; each rule is followed by all invariants.
"""

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import bindparam, create_engine, select, text
from sqlalchemy.engine import make_url

from models.actor import Role
from models.base import UtcDateTime
from models.people import RoleGrant
from models.post import InboxLetter, OutboxMessage
from models.queries import actors
from models.session import Session
from models.visits import Visit, VisitCorrection
from services import audit, households, invitations, officials, pairing_by_hand
from services.errors import DomainError
from services.messages import Message
from services.onboarding.release import release_account
from services.site_days import end_of, start_of
from services.supervision.exceptions import Section, find
from tests.digest_sql import days_since, oracle
from tests.properties.oracle import Oracle
from tests.properties.world import NewPlace, Raw, World

CADRES, SUPERVISORS, ADMIN, MEMBERS, NEWCOMERS = (101, 102), (201, 202), 301, (401, 402), (501, 502)
OFFICIALS = (*CADRES, *SUPERVISORS, ADMIN)
EVERYBODY = (*OFFICIALS, *MEMBERS, *NEWCOMERS)
HEADS = {"H001": "张大山", "H002": "刘小河", "H003": "陈长林", "H004": "杨春花"}
CARDS = {"H001": "ACEFH773", "H002": "ACEFH774", "H003": "ACEFH776", "H004": "ACEFH777"}
SAYINGS = (
    *("/start", "/today", "/households", "/visit", "/diary", "/problems", "/progress", "/report", "/card", "/digest"),
    *("/find", "/ledger", "/mydata", "/pair", "/invite", "/leave", "/cancel", "/promises", "督办", "请干部联系我"),
    *("H00", "H003", "cc", "张", "查一下", "好的"),
)
TAG = re.compile(r"[址备访诉]-H\d{3}-\d+")
IN_TURN = 3  # after each rule one in three people looks at the lists
FIXED = {Section.NOT_STARTED}  # needs the calendar: tests/services/test_digest_numbers.py has it

chats = st.sampled_from(EVERYBODY)
codes = st.sampled_from(sorted(HEADS))


class Town(RuleBasedStateMachine):
    """`new_place` is given by the test: SQLite or PostgreSQL."""

    new_place: NewPlace
    folder: Path

    @initialize()
    def begin(self) -> None:
        self.world = World(self.new_place, self.folder, self._seen)
        self.numbers, self.steps, self.turns = count(1), count(), count()
        self.typed: dict[int, set[str]] = defaultdict(set)
        self.states: dict[int, list[tuple[Any, ...]]] = {}  # of each visit, oldest first
        self.accepted: set[int] = set()
        self.backup: tuple[str, Any] | None = None
        self.leaks: list[str] = []
        with self.world.database.reading() as session:
            self.ids = {row.code: row.id for row in Oracle(session).households.values()}
        for chat, code in zip(CADRES, ("H001", "H003"), strict=True):
            assert self._corrects(chat, code), "every course begins with corrected visits"

    def teardown(self) -> None:
        """Whatever happened: nothing is damaged, no row hangs in the air, and the audit is one whole chain."""
        if not hasattr(self, "world"):
            return
        try:
            for session in self._reading():
                assert damages(session) == []
                assert audit.verify(session).position >= len(CADRES), "at least the corrections stand in it"
        finally:
            self.world.close()

    # --- what people do

    @rule(chat=st.sampled_from(CADRES), code=codes)
    def logs_a_visit(self, chat: int, code: str) -> None:
        self._logs(chat, code)

    @rule(chat=st.sampled_from(CADRES), code=codes)
    def corrects_a_visit(self, chat: int, code: str) -> None:
        self._corrects(chat, code)

    def _logs(self, chat: int, code: str) -> str:
        tag = self._tag("访", chat, code)
        mine = self._sight(chat).own
        self._says(chat, "/cancel")
        self._says(chat, "记走访")
        picked = self._taps(chat, HEADS[code])
        self._says(chat, tag)
        done = self._taps(chat, "保存") and picked
        with self.world.database.reading() as session:
            logged = [visit for visit in session.scalars(select(Visit)) if tag in (visit.said or "")]
            assert len(logged) <= 1, "one message, one visit"
            for visit in logged:
                assert visit.cadre_id == Oracle(session).persons[chat]
        if done and self.ids[code] in mine and chat not in self.world.blocked:
            assert logged, f"{chat} saved a visit to {code}, and it is not there"
        return tag

    def _corrects(self, chat: int, code: str) -> bool:
        """Whether a visit says something else now; what it said before must be kept with it."""
        before = self._logs(chat, code)
        self.a_visit_changes_only_with_its_history()  # so that the first state is known
        if not self._taps(chat, "更正"):
            return False
        after = self._tag("访", chat, code)
        self._says(chat, after)
        self._taps(chat, "保存")
        with self.world.database.reading() as session:
            for visit in session.scalars(select(Visit)):
                if visit.said == after:
                    kept = session.scalars(select(VisitCorrection.said).where(VisitCorrection.visit_id == visit.id))
                    assert list(kept)[-1:] == [before], f"visit {visit.id} has lost what it said"
                    return True
        return False

    @rule(chat=st.sampled_from((*MEMBERS, *NEWCOMERS)), category=st.sampled_from(("饮水", "道路", "救助")))
    def reports_a_problem(self, chat: int, category: str) -> None:
        homes = self._sight(chat).belonging
        code = next((code for code, id_ in self.ids.items() if id_ in homes), "H001")
        self._says(chat, "/cancel")
        self._says(chat, "/report")
        self._taps(chat, category)
        self._says(chat, self._tag("诉", chat, code))
        self._taps(chat, "提交")

    @rule(chat=st.sampled_from(OFFICIALS), act=st.sampled_from(("受理", "记进展", "办结", "更多")), code=codes)
    def works_a_problem(self, chat: int, act: str, code: str) -> None:
        self._says(chat, "/problems")
        self._taps(chat, "P-")
        if self._taps(chat, act):
            self._says(chat, self._tag("诉", chat, code))

    @rule(chat=st.sampled_from(MEMBERS), answer=st.sampled_from(("已解决", "没解决", "说不清", "撤回", "催办")))
    def answers_for_the_household(self, chat: int, answer: str) -> None:
        if not self._taps(chat, answer):
            self._says(chat, "/progress")
            self._taps(chat, "P-")
            self._taps(chat, answer)

    @rule(chat=chats, which=st.integers(0, 40))
    def taps_anything(self, chat: int, which: int) -> None:
        found = self.world.buttons(chat)
        if found:
            number, _, data = found[which % len(found)]
            self._arrives(self.world.presses(chat, number, data))

    @rule(chat=chats, words=st.sampled_from(SAYINGS))
    def says_anything(self, chat: int, words: str) -> None:
        self._says(chat, words)

    @rule(chat=st.sampled_from(NEWCOMERS), code=codes, cadre=st.sampled_from(CADRES))
    def joins_by_the_card(self, chat: int, code: str, cadre: int) -> None:
        self._says(chat, f"/start {CARDS[code]}")
        self._taps(chat, "同意")
        self._taps(cadre, "是")

    # --- what the post does

    @rule(which=st.integers(0, 10_000), again=st.integers(1, 3))
    def an_update_comes_again(self, which: int, again: int) -> None:
        if self.world.stored:
            update = sorted(self.world.stored.items())[which % len(self.world.stored)][1]
            self._arrives(*[update] * again)

    @rule(senders=st.lists(st.tuples(chats, st.sampled_from(SAYINGS)), min_size=2, max_size=6), order=st.randoms())
    def many_write_at_once(self, senders: list[tuple[int, str]], order: Any) -> None:
        updates = [self.world.says(chat, words) for chat, words in senders]
        order.shuffle(updates)
        self._arrives(*updates)

    @rule(points=st.integers(0, 9), chat=chats, words=st.sampled_from(SAYINGS))
    def the_process_is_killed_over_it(self, points: int, chat: int, words: str) -> None:
        self._arrives(self.world.says(chat, words), killed_after=points)

    @rule(points=st.integers(0, 9), chat=st.sampled_from(CADRES), which=st.integers(0, 40))
    def the_process_is_killed_over_a_tap(self, points: int, chat: int, which: int) -> None:
        found = self.world.buttons(chat)
        if found:
            number, _, data = found[which % len(found)]
            self._arrives(self.world.presses(chat, number, data), killed_after=points)

    @rule()
    def the_process_is_restarted(self) -> None:
        self.world.restart()

    @rule(chat=chats, notices=st.booleans())
    def blocks_the_bot(self, chat: int, notices: bool) -> None:
        self.world.blocked.add(chat)
        if notices:  # else the bot finds out when it writes next
            self._arrives(self.world.lets_in(chat, lets=False))

    @rule(chat=chats)
    def lets_the_bot_in_again(self, chat: int) -> None:
        self.world.blocked.discard(chat)
        self._arrives(self.world.lets_in(chat, lets=True))

    @rule(hour=st.sampled_from((8, 15, 22)))
    def a_day_goes_by(self, hour: int) -> None:
        self.world.next_day(hour)

    # --- what the office does

    @rule(code=codes, cadre=st.sampled_from((*CADRES, None)))
    def a_household_is_given_to_another(self, code: str, cadre: int | None) -> None:
        def act(session: Session) -> None:
            admin = actors.actor_by_telegram_id(session, ADMIN, language="zh_CN")
            _, primary = pairing_by_hand.place(session, admin, self.ids[code])
            before = primary.cadre_id if primary else None
            if cadre is not None:
                new = Oracle(session).persons.get(cadre, 0)
                pairing_by_hand.pair(session, self.world.office, admin, self.ids[code], new, instead_of=before)
            elif before is not None:
                pairing_by_hand.end(session, self.world.office, admin, self.ids[code], before)

        self._office_does(act)

    @rule(chat=st.sampled_from((*CADRES, *SUPERVISORS)))
    def a_role_is_revoked(self, chat: int) -> None:
        def act(session: Session) -> None:
            admin = actors.actor_by_telegram_id(session, ADMIN, language="zh_CN")
            person = Oracle(session).persons.get(chat, 0)
            held = session.scalars(
                select(RoleGrant.id).where(RoleGrant.person_id == person, RoleGrant.revoked_at.is_(None))
            ).first()
            officials.revoke(session, self.world.office, admin, person, held or 0)

        self._office_does(act)

    @rule(chat=st.sampled_from((*CADRES, *SUPERVISORS)), role=st.sampled_from((Role.CADRE, Role.SUPERVISOR)))
    def a_role_is_given(self, chat: int, role: Role) -> None:
        links: list[str] = []
        self._office_does(
            lambda session: links.append(
                invitations.invite_by_codes(
                    session, self.world.office, role=role, unit_code="V1" if chat % 2 else "V2", person_code=None
                )
            )
        )
        for link in links:
            self._says(chat, f"/start {link.partition('start=')[2]}")
            self._taps(chat, "同意")

    @rule(chat=st.sampled_from((*CADRES, *MEMBERS)))
    def a_phone_is_lost(self, chat: int) -> None:
        def act(session: Session) -> None:
            admin = actors.actor_by_telegram_id(session, ADMIN, language="zh_CN")
            release_account(session, self.world.office, admin, Oracle(session).persons.get(chat, 0), chat)

        self._office_does(act)

    # --- what the operator does

    @precondition(lambda self: self.backup is None or self.backup[1][1] != self.accepted)
    @rule()
    def a_backup_is_made(self) -> None:
        name = f"backup-{uuid4().hex}"
        self.world.back_up(name)
        self.backup = (name, ({id_: list(states) for id_, states in self.states.items()}, set(self.accepted)))

    @precondition(lambda self: self.backup is not None)
    @rule()
    def the_backup_is_restored_elsewhere(self) -> None:
        assert self.backup is not None
        name, (states, accepted) = self.backup
        self.world.move_to(name)
        self.states = {id_: list(earlier) for id_, earlier in states.items()}
        self.accepted = set(accepted)
        self.world.stored = {id_: raw for id_, raw in self.world.stored.items() if id_ in accepted}
        self.world.work()

    # --- what always holds

    @invariant()
    def nobody_reads_what_is_not_theirs(self) -> None:
        assert self.leaks == []

    @invariant()
    def each_household_has_at_most_one_primary_cadre(self) -> None:
        for session in self._reading():
            primaries = Counter(one.household_id for one in Oracle(session).pairings if one.kind == "primary")
            assert max(primaries.values(), default=0) <= 1

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
            answers = session.execute(
                select(OutboxMessage.id, OutboxMessage.state, OutboxMessage.error).where(OutboxMessage.lane != "bulk")
            )
            for id_, state, error in answers:
                assert state in ("sent", "cancelled"), f"{id_} {state}: {error}"
                assert state != "sent" or id_ in self.world.delivered, f"{id_} was never handed over"
                assert state == "sent" or error, f"{id_} was cancelled without a reason"

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

    # --- how

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

    def _reading(self) -> Iterator[Session]:
        if hasattr(self, "world"):
            with self.world.database.reading() as session:
                yield session

    def _sight(self, chat: int) -> Any:
        with self.world.database.reading() as session:
            return Oracle(session).sight(chat)

    def _tag(self, kind: str, chat: int, code: str) -> str:
        tag = f"{kind}-{code}-{next(self.numbers)}"
        self.typed[chat].add(tag)
        return tag

    def _says(self, chat: int, words: str) -> None:
        self._arrives(self.world.says(chat, words))

    def _taps(self, chat: int, label: str) -> bool:
        for number, shown, data in self.world.buttons(chat):
            if label in shown:
                self._arrives(self.world.presses(chat, number, data))
                return True
        return False

    def _arrives(self, *updates: Raw, killed_after: int | None = None) -> None:
        self.world.receives(*updates)
        self.accepted |= {update["update_id"] for update in updates}
        self.world.fate.points_left = killed_after
        if not self.world.work():
            assert self.world.work()

    def _office_does(self, act: Callable[[Session], object]) -> None:
        try:
            self.world.run(self.world.backroom.run(act))
        except DomainError:
            return  # there was nothing to do, or it is refused
        self.world.work()

    def _seen(self, chat: int, message: Message) -> None:
        shown = "\n".join([message.text, *(button.label for row in message.buttons for button in row)])
        tags = set(TAG.findall(shown)) - self.typed[chat]
        if tags:
            with self.world.database.reading() as session:
                seen = Oracle(session)
                self.leaks += [f"{chat} was shown {tag}: {shown}" for tag in tags if not seen.may_read(chat, tag)]


def damages(session: Session) -> list[Any]:
    """What SQLite finds wrong with its own pages, indexes and references; PostgreSQL has no such question."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    pages = [line for (line,) in session.execute(text("PRAGMA integrity_check")) if line != "ok"]
    return [*pages, *session.execute(text("PRAGMA foreign_key_check"))]


def _state(visit: Visit | VisitCorrection) -> tuple[Any, ...]:
    return visit.method, visit.condition, visit.said, visit.visited_on


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewPlace]:
    """Places of one kind: with tables, or empty."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")

        def on_sqlite(with_tables: bool) -> str:
            path = tmp_path / f"{uuid4().hex[:12]}.db"
            if with_tables:
                shutil.copy(template, path)
            return f"sqlite:///{path}"

        yield on_sqlite
        return
    server = make_url(request.getfixturevalue("postgresql_server"))
    admin, names = create_engine(server, isolation_level="AUTOCOMMIT"), list[str]()

    def on_postgresql(with_tables: bool) -> str:
        names.append(f"lianxin_{uuid4().hex[:12]}")
        with admin.connect() as connection:
            template = " TEMPLATE lianxin_template" if with_tables else ""
            connection.execute(text(f"CREATE DATABASE {names[-1]}{template}"))
        return server.set(database=names[-1]).render_as_string(hide_password=False)

    yield on_postgresql
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def played(new_place: NewPlace, folder: Path, **how: Any) -> None:
    """Many courses of events, the same ones each time unless `how` says otherwise."""

    class Played(Town):
        pass

    Played.new_place, Played.folder = staticmethod(new_place), folder  # type: ignore[assignment,method-assign]
    common = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
    run_state_machine_as_test(Played, settings=settings(**common | how))


def test_whatever_happens_what_must_hold_holds(
    request: pytest.FixtureRequest, new_place: NewPlace, tmp_path: Path
) -> None:
    examples = 4 if "sqlite" in request.node.name else 1
    phases = (Phase.explicit, Phase.generate)  # a failure is shown as it came; `make torture` makes it small
    played(new_place, tmp_path, max_examples=examples, stateful_step_count=45, phases=phases)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_whatever_happens_for_long(request: pytest.FixtureRequest, new_place: NewPlace, tmp_path: Path) -> None:
    examples = 400 if "sqlite" in request.node.name else 100
    played(new_place, tmp_path, max_examples=examples, stateful_step_count=60, derandomize=False)
