"""邀请: role, unit, person of the roster; each link as a message of its own, to be forwarded."""

from collections.abc import Sequence
from itertools import groupby

from handlers.administration_paging import turning
from handlers.turn import Turn
from models.actor import Role
from models.queries.officials import GrantRow
from services import invitations, officials
from services.i18n import Html
from services.messages import Button, button

PAGE = 8  # units or persons; more buttons don't fit on a phone
AT_ONCE = 20  # links
NAMES = 40  # names a page


def begin(turn: Turn) -> None:
    """Roles with the number of those who haven't joined."""
    waiting = officials.not_joined(turn.session, turn.actor)
    if not waiting:
        turn.reply(turn.t("administration.invite.everybody_in"))
        return
    rows: list[tuple[Button, ...]] = [
        (button(_counted(turn, f"words.role.{role}", n), "administration.invite_role", role, 0),)
        for role in Role
        if (n := sum(one.role == role for one in waiting))
    ]
    by_name = button(turn.t.plain("administration.button.by_name"), "administration.search", "invite")
    everybody = button(turn.t.plain("administration.button.not_joined"), "administration.not_joined", 0)
    turn.reply(
        turn.t("administration.invite.role", n=len({one.person_id for one in waiting})), (*rows, (by_name, everybody))
    )


def choose_unit(turn: Turn) -> None:
    role, number = Role(turn.word(0, Role)), turn.number(1)
    units = _by_unit(officials.not_joined(turn.session, turn.actor, role))
    rows: list[tuple[Button, ...]] = [
        (button(f"{people[0].unit_name}（{len(people)}）", "administration.invite_unit", role, people[0].unit_id, 0),)
        for people in units[number * PAGE : (number + 1) * PAGE]
    ]
    rows += turning(turn.t, "administration.invite_role", role, number=number, total=len(units), page=PAGE)
    turn.show(turn.t("administration.invite.unit", role=turn.t(f"words.role.{role}")), tuple(rows))


def choose_person(turn: Turn) -> None:
    role, unit_id, number = Role(turn.word(0, Role)), turn.number(1), turn.number(2)
    people = _of_unit(turn, role, unit_id)
    rows: list[tuple[Button, ...]] = [
        (button(_person_words(one), "administration.invite_one", one.person_id, one.id),)
        for one in people[number * PAGE : (number + 1) * PAGE]
    ]
    rows += turning(turn.t, "administration.invite_unit", role, unit_id, number=number, total=len(people), page=PAGE)
    if len(people) > 1:
        everybody = _counted(turn, "administration.button.all", len(people))
        rows.append((button(everybody, "administration.invite_all", role, unit_id, 0),))
    rows.append((button(turn.t.plain("words.button.back"), "administration.invite_role", role, 0),))
    turn.show(turn.t("administration.invite.person"), tuple(rows))


def invite_one(turn: Turn) -> None:
    """References: person, the role as it is held."""
    grant = officials.grant_of(turn.session, turn.actor, turn.number(0), turn.number(1))
    turn.reply(turn.t("administration.invite.forward"))
    _send_link(turn, grant)


def invite_all(turn: Turn) -> None:
    """Everybody of a unit, `AT_ONCE` at a time."""
    role, unit_id, offset = Role(turn.word(0, Role)), turn.number(1), turn.number(2)
    people = _of_unit(turn, role, unit_id)
    turn.reply(turn.t("administration.invite.forward"))
    for one in people[offset : offset + AT_ONCE]:
        _send_link(turn, one)
    following = offset + AT_ONCE
    if following < len(people):
        more = button(turn.t.plain("words.button.more"), "administration.invite_all", role, unit_id, following)
        turn.reply(turn.t("administration.more", n=len(people) - following), ((more,),))


def list_not_joined(turn: Turn) -> None:
    """Names, unit by unit."""
    number = turn.number(0)
    waiting = officials.not_joined(turn.session, turn.actor)
    shown = waiting[number * NAMES : (number + 1) * NAMES]
    lines = [
        turn.t("administration.invite.unit_line", unit=people[0].unit_name, names=_names(people))
        for people in _by_unit(shown)
    ]
    rows = turning(turn.t, "administration.not_joined", number=number, total=len(waiting), page=NAMES)
    heading = turn.t("administration.invite.not_joined", n=len({one.person_id for one in waiting}))
    turn.show(Html("\n").join([heading, *lines]), tuple(rows))


def _send_link(turn: Turn, grant: GrantRow) -> None:
    link = invitations.invite(
        turn.session,
        turn.office,
        turn.actor,
        role=Role(grant.role),
        unit_id=grant.unit_id,
        person_id=grant.person_id,
    )
    role = turn.t(f"words.role.{grant.role}")
    hours = int(invitations.VALID_FOR.total_seconds()) // 3600
    site = turn.office.site.name
    turn.reply(turn.t("administration.invite.link", name=grant.name, role=role, site=site, link=link, hours=hours))


def _of_unit(turn: Turn, role: Role, unit_id: int) -> list[GrantRow]:
    return [one for one in officials.not_joined(turn.session, turn.actor, role) if one.unit_id == unit_id]


def _by_unit(waiting: Sequence[GrantRow]) -> list[list[GrantRow]]:
    return [list(people) for _, people in groupby(waiting, key=lambda one: one.unit_id)]


def _names(people: Sequence[GrantRow]) -> str:
    return "、".join(dict.fromkeys(one.name for one in people))


def _person_words(one: GrantRow) -> str:
    return " · ".join(filter(None, (one.name, one.post)))


def _counted(turn: Turn, message_id: str, n: int) -> str:
    return turn.t.plain("administration.counted", what=turn.t.plain(message_id), n=n)
