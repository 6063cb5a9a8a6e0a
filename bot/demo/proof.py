"""What the rows must say after the scripted week; each line is one thing that was checked."""

from models.queries import demo as rows
from models.queries.demo import Leads
from models.session import Session
from services.office import Office
from services.rules.digest import digest_period

COURSE = [
    "reported",
    "accept",
    "finish",
    "answer_not_solved",
    "finish",
    "answer_solved",
]


def prove(session: Session, leads: Leads, office: Office) -> list[str]:
    """Errors: AssertionError naming what differs."""
    town = rows.counted(session)
    _same("干部 cadres", town.cadres, 74)
    _same("农户 households", town.households, 399)
    _same("已结对 paired", town.paired, 399)
    _same("走访 visits", rows.visits_of(session, leads.household.id), [("home", "steady", leads.cadre.id)])
    _same("已联系的家人 linked members", rows.linked(session, leads.household.id), 1)
    ((stage, rating, course),) = rows.problems_of(session, leads.household.id)
    _same("办理经过 course", course, COURSE)
    _same("结果 outcome", (stage, rating), ("confirmed", "satisfied"))
    week = digest_period(office.today())
    _same("简报 digests", rows.digests_of(session, leads.supervisor.id, *week), 1)
    _same("未处理的来信 letters left", rows.letters_left(session), 0)
    return [
        f"{town.cadres} 位联系干部，{town.households} 户，全部结对",
        f"{leads.household.head} 家：一次走访，一位家人已联系",
        f"问题：{' → '.join(course)}，评价 {rating}",
        f"{leads.supervisor.name} 收到一份简报（{office.local_now():%Y-%m-%d %H:%M}）",
        "每一条消息都已处理",
    ]


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, expected {expected!r}")
