"""The household's word: the four answers, who may give them, and what a household may do at any time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notice
from models.actor import Actor
from models.households import Membership
from models.people import Person
from models.problems import Problem, ProblemEvent
from models.queries import actors
from models.session import Database
from services.errors import Conflict
from services.messages import Message
from services.problem_register import register_problem
from services.problems import answering, working
from services.rules.problem_course import Act, Answer
from tests.phone import Phone
from tests.town import MONDAY_MORNING, ZONE, FrozenClock, Town, build_town, make_office


def reported(session: Session, town: Town, clock: FrozenClock, **changed: object) -> Problem:
    facts = {
        "household_id": town.households["H001"].id,
        "source": "household",
        "reporter_id": town.resident.id,
        "entered_by_id": town.resident.id,
        "category": "water",
        "summary": "井水浑了",
    } | changed
    return register_problem(session, make_office(clock), **facts)


def done(session: Session, town: Town, clock: FrozenClock, **changed: object) -> Problem:
    """Reported, accepted and said to be done by its owner."""
    problem = reported(session, town, clock, **changed)
    finish(session, problem, clock)
    return problem


def finish(session: Session, problem: Problem, clock: FrozenClock) -> None:
    owner = actors.actor_by_person_id(session, problem.owner_id or 0, language="zh_CN")
    assert owner is not None
    if problem.stage == "reported":
        working.take_step(session, make_office(clock), owner, problem.id, Act.ACCEPT)
    working.take_step(session, make_office(clock), owner, problem.id, Act.FINISH)


def relative(session: Session, town: Town, telegram_id: int = 411, *, person: Person | None = None) -> Person:
    if person is None:
        person = Person(
            name="张小山",
            telegram_user_id=telegram_id,
            language="zh_CN",
            consented_at=MONDAY_MORNING,
            consent_version=notice.VERSION,
            created_at=MONDAY_MORNING,
        )
        session.add(person)
        session.flush()
    household_id = town.households["H001"].id
    session.add(Membership(household_id=household_id, person_id=person.id, state="linked", since=MONDAY_MORNING))
    session.flush()
    return person


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def acts(session: Session, problem: Problem) -> list[str]:
    query = select(ProblemEvent.act).where(ProblemEvent.problem_id == problem.id).order_by(ProblemEvent.id)
    return list(session.scalars(query))


def question(phone: Phone) -> list[Message]:
    return [message for message in phone.receives() if "解决了吗" in message.text][-1:]


def test_everybody_of_the_household_is_asked_and_the_first_answer_counts(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    relative(session, town)
    problem = done(session, town, clock)
    resident, son = (Phone(session, make_office(clock), telegram_id) for telegram_id in (401, 411))
    asked = question(son)
    resident.taps(question(resident), "部分解决")
    assert son.taps(asked, "已解决") == []
    assert "张大山已经回答过：部分解决" in son.toast()
    assert problem.stage == "in_progress"
    assert acts(session, problem)[-1] == "answer_partly"
    assert "部分解决" in son.receives()[-1].text  # and hears who said so


def test_partly_goes_on_with_the_same_deadline_and_the_owner_knows(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    problem = done(session, town, clock)
    due = problem.due_at
    clock.forward(days=1)
    office = make_office(clock)
    resident, cadre = Phone(session, office, 401), Phone(session, office, 101)
    (thanks,) = resident.taps(question(resident), "部分解决")
    assert "接着办" in thanks.text
    assert (problem.stage, problem.due_at, problem.done_at) == ("in_progress", due, None)
    assert "张大山：回答“部分解决”" in cadre.receives()[-1].text
    assert not any("部分解决" in one.text for one in Phone(session, office, 202).receives())
    resident.taps([thanks], "补充材料")
    resident.taps(resident.says("还有一户没水"), "提交")
    assert "还有一户没水" in cadre.receives()[-1].text


def test_not_solved_gives_a_fresh_deadline_and_tells_owner_and_supervisor(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    problem = done(session, town, clock)
    clock.moment = datetime(2026, 3, 5, 10, 0, tzinfo=ZONE)
    office = make_office(clock)
    resident = Phone(session, office, 401)
    (thanks,) = resident.taps(question(resident), "没解决")
    assert "3月6日（周五）18:00" in thanks.text
    assert problem.due_at == datetime(2026, 3, 6, 18, 0, tzinfo=ZONE)
    assert (problem.stage, problem.not_solved_count, problem.asked_count) == ("in_progress", 1, 0)
    for telegram_id in (101, 202):
        assert "没解决" in Phone(session, office, telegram_id).receives()[-1].text


def test_a_second_round_asks_anew_and_the_old_question_no_longer_counts(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    problem = done(session, town, clock)
    resident = Phone(session, make_office(clock), 401)
    old = question(resident)
    resident.taps(old, "没解决")
    finish(session, problem, clock)
    assert resident.taps(old, "已解决") == []
    assert "已经回答过：没解决" in resident.toast()
    assert problem.stage == "done"
    resident.taps(question(resident), "已解决")
    assert problem.stage == "confirmed"


def test_cant_say_changes_nothing_and_leaves_the_question_open(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    relative(session, town)
    problem = done(session, town, clock)
    resident, son = (Phone(session, make_office(clock), telegram_id) for telegram_id in (401, 411))
    (answer,) = resident.taps(question(resident), "说不清")
    assert "过几天再问您" in answer.text
    resident.taps(question(resident), "说不清")
    assert problem.stage == "done"
    assert acts(session, problem).count("answer_cant_say") == 1
    son.taps(question(son), "已解决")
    assert problem.stage == "confirmed"


def test_an_answer_from_the_page_counts_as_well(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = done(session, town, clock)
    resident = Phone(session, make_office(clock), 401)
    page = resident.taps(resident.says("办理进度"), "饮水")
    resident.taps(page, "已解决")
    assert problem.stage == "confirmed"


def test_the_owner_cannot_confirm_the_own_problem_as_a_member_of_the_household(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    relative(session, town, person=town.cadre)
    problem = done(session, town, clock)
    cadre = Phone(session, make_office(clock), 101)
    assert question(cadre) == []  # not even asked
    done_id = session.scalars(select(ProblemEvent.id).where(ProblemEvent.act == "finish")).one()
    for answer in Answer:
        assert cadre.presses(f"problems.answer:{problem.id}:{answer}:{done_id}") == []
        assert "不能由您替农户回答" in cadre.toast()
    assert cadre.presses(f"problems.withdraw_yes:{problem.id}") == []
    assert problem.stage == "done"
    (page,) = cadre.presses(f"problems.open:{problem.id}")
    assert "已解决" not in labels(page)


def test_the_owner_cannot_confirm_as_a_proxy_either(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = done(session, town, clock, household_id=town.households["H004"].id, reporter_id=None)
    assert problem.owner_id == town.supervisor.id
    done_id = session.scalars(select(ProblemEvent.id).where(ProblemEvent.act == "finish")).one()
    supervisor = Phone(session, make_office(clock), 201)
    assert supervisor.presses(f"problems.proxied:{problem.id}:solved:{done_id}") == []
    assert "不能由您替农户回答" in supervisor.toast()
    assert problem.stage == "done"


def test_for_a_household_without_telegram_the_supervisor_asks_and_is_recorded_as_proxy(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    problem = done(
        session,
        town,
        clock,
        household_id=town.households["H002"].id,
        source="proxy",
        reporter_id=None,
        entered_by_id=town.cadre.id,
    )
    office = make_office(clock)
    supervisor = Phone(session, office, 202)
    asked = supervisor.receives()
    assert "没有人能在这里收到消息" in asked[-1].text
    (noted,) = supervisor.taps(asked, "部分解决")
    assert "已代农户记下" in noted.text
    assert problem.stage == "in_progress"
    (page,) = Phone(session, office, 101).presses(f"problems.open:{problem.id}")
    assert "钱督导 干部：回答“部分解决”，接着办（代农户回答）" in page.text


def test_the_supervisor_records_an_answer_from_the_page(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = done(session, town, clock)
    supervisor = Phone(session, make_office(clock), 201)
    question_ = supervisor.taps(supervisor.presses(f"problems.open:{problem.id}"), "代农户回答")
    assert "张大山" in question_[0].text
    supervisor.taps(question_, "已解决")
    assert (problem.stage, acts(session, problem)[-1]) == ("confirmed", "answer_solved")


def test_the_own_cadre_of_another_problem_is_no_proxy(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = done(session, town, clock)
    done_id = session.scalars(select(ProblemEvent.id).where(ProblemEvent.act == "finish")).one()
    cadre = Phone(session, make_office(clock), 101)
    assert cadre.presses(f"problems.proxied:{problem.id}:solved:{done_id}") == []
    assert "身份不能" in cadre.toast()


def test_a_rating_is_given_once(session: Session, town: Town, clock: FrozenClock) -> None:
    relative(session, town)
    problem = done(session, town, clock)
    resident, son = (Phone(session, make_office(clock), telegram_id) for telegram_id in (401, 411))
    thanks = resident.taps(question(resident), "已解决")
    resident.taps(thanks, "不满意")
    assert son.presses(f"problems.rate:{problem.id}:satisfied") == []
    assert "已经评价过" in son.toast()
    assert (problem.rating, problem.rated_owner_id) == ("dissatisfied", town.cadre.id)
    assert acts(session, problem)[-1] == "answer_solved"  # no trace in the public course


def test_nothing_is_rated_before_it_is_confirmed(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = done(session, town, clock)
    resident = Phone(session, make_office(clock), 401)
    assert resident.presses(f"problems.rate:{problem.id}:satisfied") == []
    assert "正在等农户回答" in resident.toast()
    assert resident.presses(f"problems.rate:{problem.id}:excellent") == []
    assert problem.rating is None


def test_it_came_back_reopens_with_a_fresh_deadline(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = done(session, town, clock)
    office = make_office(clock)
    resident = Phone(session, office, 401)
    resident.taps(question(resident), "已解决")
    clock.moment = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)
    page = resident.presses(f"problems.open:{problem.id}")
    resident.taps(page, "又出现了")
    assert (problem.stage, problem.closed_at) == ("in_progress", None)
    assert problem.due_at == datetime(2026, 3, 17, 18, 0, tzinfo=ZONE)
    assert "没解决" in Phone(session, office, 101).receives()[-1].text
    assert resident.taps(page, "又出现了") == []
    assert "办理中" in resident.toast()


def test_urging_is_possible_once_in_three_days(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    office = make_office(clock)
    resident, cadre = Phone(session, office, 401), Phone(session, office, 101)
    page = resident.presses(f"problems.open:{problem.id}")
    resident.taps(page, "催办")
    assert "已替您催办" in resident.toast()
    assert "催办" in cadre.receives()[-1].text
    clock.forward(days=2)
    resident.taps(page, "催办")
    assert "3月5日（周四）起可以再催" in resident.toast()
    assert acts(session, problem).count("urged") == 1
    clock.forward(days=1)
    resident.taps(page, "催办")
    assert acts(session, problem).count("urged") == 2


def test_what_is_done_cannot_be_urged(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = done(session, town, clock)
    resident = Phone(session, make_office(clock), 401)
    resident.presses(f"problems.urge:{problem.id}")
    assert "正在等农户回答" in resident.toast()
    assert "urged" not in acts(session, problem)


def test_withdrawing_asks_first_and_tells_owner_and_relatives(session: Session, town: Town, clock: FrozenClock) -> None:
    relative(session, town)
    problem = reported(session, town, clock)
    office = make_office(clock)
    resident = Phone(session, office, 401)
    asked = resident.taps(resident.presses(f"problems.open:{problem.id}"), "撤回")
    assert problem.stage == "reported"
    (gone,) = resident.taps(asked, "确认")
    assert "已撤回" in gone.text
    assert (problem.stage, problem.closed_at) == ("withdrawn", clock.now())
    for telegram_id in (101, 411):
        assert "张大山：撤回了" in Phone(session, office, telegram_id).receives()[-1].text
    assert resident.taps(asked, "确认") == []
    assert "已经撤回" in resident.toast()


def test_material_may_be_added_in_any_stage(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    resident = Phone(session, make_office(clock), 401)
    for stage in ("reported", "waiting", "done", "confirmed", "withdrawn"):
        problem.stage = stage
        session.flush()
        resident.presses(f"problems.note:{problem.id}:material")
        resident.taps(resident.sends_photo(f"p-{stage}"), "提交")
        assert problem.stage == stage
    assert acts(session, problem).count("material") == 5


def test_empty_material_is_refused(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    resident = Phone(session, make_office(clock), 401)
    (form,) = resident.presses(f"problems.note:{problem.id}:material")
    assert labels(form) == ["取消"]


def test_of_two_answers_at_the_same_moment_one_counts(database: Database) -> None:
    clock = FrozenClock()
    office = make_office(clock)
    with database.transaction() as session:
        town = build_town(session)
        other = relative(session, town)
        problem = done(session, town, clock)
        done_id = session.scalars(select(ProblemEvent.id).where(ProblemEvent.act == "finish")).one()
        people = [_actor(session, town.resident), _actor(session, other)]
        problem_id = problem.id
    outcomes = _at_once(
        database,
        [
            lambda session, who=who, given=given: answering.answer(
                session, office, who, problem_id, given, done_id=done_id
            )
            for who, given in zip(people, (Answer.SOLVED, Answer.NOT_SOLVED), strict=True)
        ],
    )
    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict]
    with database.reading() as session:
        answers = [act for act in acts(session, session.get_one(Problem, problem_id)) if act.startswith("answer_")]
    assert len(answers) == 1


def _actor(session: Session, person: Person) -> Actor:
    found = actors.actor_by_person_id(session, person.id, language="zh_CN")
    assert found is not None
    return found


def _at_once(database: Database, acts_: list[Callable[[Session], object]]) -> list[Exception | None]:
    """Each act in a transaction and thread of its own, begun together; what each of them raised."""
    start = Barrier(len(acts_))

    def perform(act: Callable[[Session], object]) -> Exception | None:
        start.wait(timeout=10)
        try:
            with database.transaction() as session:
                act(session)
        except Exception as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts_)) as threads:
        return list(threads.map(perform, acts_))
