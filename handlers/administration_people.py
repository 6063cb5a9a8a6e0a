"""Who administers and supervises, the roles of one person, taking one away, and closing an account."""

from handlers.administration_paging import turning
from handlers.turn import Turn
from models.people import Person
from models.queries.officials import GrantRow
from services import officials
from services.errors import NotFound
from services.i18n import Html
from services.messages import Button, button

PAGE = 8  # persons; more buttons don't fit on a phone


def overseers(turn: Turn) -> None:
    """Administrators and supervisors as a list; others are found by name."""
    number = turn.number(0)
    everybody = officials.overseers(turn.session, turn.actor)
    shown = everybody[number * PAGE : (number + 1) * PAGE]
    rows: list[tuple[Button, ...]] = [
        (button(_words(turn, one), "administration.person", one.person_id),) for one in shown
    ]
    rows += turning(turn.t, "administration.overseers", number=number, total=len(everybody), page=PAGE)
    by_name = button(turn.t.plain("administration.button.by_name"), "administration.search", "person")
    turn.show(turn.t("administration.people.overseers"), (*rows, (by_name,), _to_settings(turn)))


def person(turn: Turn) -> None:
    _show_person(turn, "administration.people.person")


def ask_revoke(turn: Turn) -> None:
    """References: person, role as it is held."""
    grant = officials.grant_of(turn.session, turn.actor, turn.number(0), turn.number(1))
    yes = button(turn.t.plain("administration.button.revoke"), "administration.revoke_yes", grant.person_id, grant.id)
    text = turn.t(
        "administration.people.ask_revoke",
        name=grant.name,
        role=turn.t(f"words.role.{grant.role}"),
        unit=grant.unit_name,
    )
    turn.show(text, ((yes,), _back(turn)))


def revoke(turn: Turn) -> None:
    if officials.revoked_already(turn.session, turn.actor, turn.number(0), turn.number(1)):
        turn.toast(turn.t.plain("administration.people.revoked_already"))
        return
    grant = officials.revoke(turn.session, turn.office, turn.actor, turn.number(0), turn.number(1))
    try:
        _show_person(turn, "administration.people.revoked")
    except NotFound:  # at home in another unit, and with this role gone none of ours
        name = {"name": grant.name, "code": grant.code or "—", "post": grant.post or "—"}
        turn.show(turn.t("administration.people.revoked", **name), (_to_settings(turn),))


def ask_deactivate(turn: Turn) -> None:
    found, _ = officials.person_and_roles(turn.session, turn.actor, turn.number(0))
    yes = button(turn.t.plain("administration.button.deactivate"), "administration.deactivate_yes", found.id)
    turn.show(turn.t("administration.people.ask_deactivate", name=found.name), ((yes,), _back(turn)))


def deactivate(turn: Turn) -> None:
    officials.deactivate(turn.session, turn.office, turn.actor, turn.number(0))
    _show_person(turn, "administration.people.deactivated")


def reactivate(turn: Turn) -> None:
    officials.reactivate(turn.session, turn.office, turn.actor, turn.number(0))
    _show_person(turn, "administration.people.reactivated")


def _show_person(turn: Turn, message_id: str) -> None:
    found, held = officials.person_and_roles(turn.session, turn.actor, turn.number(0))
    joined = "joined" if found.telegram_user_id is not None else "not_joined"
    state = joined if found.is_active else "inactive"
    lines = [
        turn.t(message_id, name=found.name, code=found.code or "—", post=found.post or "—"),
        turn.t(f"administration.people.{state}"),
        *(turn.t("administration.people.role", role=_role(turn, one), unit=one.unit_name) for one in held),
    ]
    rows: list[tuple[Button, ...]] = [
        (
            button(
                turn.t.plain("administration.button.revoke_role", role=_role(turn, one), unit=one.unit_name),
                "administration.revoke",
                found.id,
                one.id,
            ),
        )
        for one in held
    ]
    turn.show(Html("\n").join(lines), (*rows, *_account(turn, found), _to_settings(turn)))


def _account(turn: Turn, person: Person) -> list[tuple[Button, ...]]:
    t = turn.t
    if not person.is_active:
        return [(button(t.plain("administration.button.reactivate"), "administration.reactivate", person.id),)]
    rows: list[tuple[Button, ...]] = [
        (button(t.plain("administration.button.deactivate"), "administration.deactivate", person.id),)
    ]
    if person.telegram_user_id is not None:
        other = t.plain("administration.button.other_account")
        rows.append((button(other, "onboarding.release", person.id, person.telegram_user_id),))
    return rows


def _words(turn: Turn, one: GrantRow) -> str:
    return f"{one.name} · {_role(turn, one)} · {one.unit_name}"


def _role(turn: Turn, one: GrantRow) -> str:
    return turn.t.plain(f"words.role.{one.role}")


def _back(turn: Turn) -> tuple[Button, ...]:
    return (button(turn.t.plain("words.button.back"), "administration.person", turn.number(0)),)


def _to_settings(turn: Turn) -> tuple[Button, ...]:
    return (button(turn.t.plain("words.button.back"), "administration.settings"),)
