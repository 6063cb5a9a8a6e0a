"""Invitations: a link for one official, made by an administrator or at the console, and what opening it does."""

from datetime import timedelta
from enum import StrEnum

from models.actor import Actor, Role
from models.people import Invitation, Person, Unit
from models.queries import actors, officials, people, person_references
from models.queries import invitations as rows
from models.session import Session
from services import audit, outbox, wrong_tries
from services.accounts import Account, person_of, settle_in
from services.errors import Conflict, NotFound
from services.office import Office
from services.rules.card_codes import hash_token, new_token

VALID_FOR = timedelta(hours=72)


class Opening(StrEnum):
    """What came of opening an invitation."""

    WELCOME = "welcome"
    ALREADY_IN = "already_in"  # the own link once more
    WRONG = "wrong"  # unknown, used or expired: nobody is told which
    OTHER_ACCOUNT = "other_account"  # the person it is for comes with another account already
    OTHER_PERSON = "other_person"  # this account belongs to somebody else of the roster


def invite(
    session: Session, office: Office, actor: Actor, *, role: Role, unit_id: int, person_id: int | None = None
) -> str:
    """The link for somebody within the units that the actor administers.

    Without a person it is for whoever opens it first. Errors: NotFound for a unit or person outside them, also for
    whoever holds a role there; Conflict for a person who isn't active any more.
    """
    unit = people.administered_unit(session, actor, unit_id)
    person = officials.wholly_administered(session, actor, person_id) if person_id is not None else None
    if unit is None or (person_id is not None and person is None):
        raise NotFound
    return deep_link(office, create_invitation(session, office, role=role, unit=unit, person=person, by=actor))


def invite_by_codes(
    session: Session, office: Office, *, role: Role, unit_code: str, person_code: str | None = None
) -> str:
    """The link, for the operator at the console. Errors: NotFound for an unknown code, Conflict as `invite`."""
    unit = people.unit_by_code(session, unit_code)
    if unit is None:
        raise NotFound("onboarding.invite.unknown_unit", code=unit_code)
    person = people.by_code(session, person_code) if person_code is not None else None
    if person is None and person_code is not None:
        raise NotFound("onboarding.invite.unknown_person", code=person_code)
    return deep_link(office, create_invitation(session, office, role=role, unit=unit, person=person, by=None))


def create_invitation(
    session: Session, office: Office, *, role: Role, unit: Unit, person: Person | None, by: Actor | None = None
) -> str:
    """The token, which is kept nowhere: only its hash is stored. Errors: Conflict for an inactive person."""
    if person is not None and not person.is_active:
        raise Conflict("onboarding.invite.inactive", name=person.name)
    token = new_token()
    invitation = Invitation(
        token_hash=hash_token(token),
        role=role,
        unit_id=unit.id,
        person_id=person.id if person else None,
        invited_by_id=by.id if by else None,
        created_at=office.now(),
        expires_at=office.now() + VALID_FOR,
    )
    session.add(invitation)
    session.flush()
    whom = {"person": person.id} if person else {}
    audit.record(session, office, by, "invitation_made", "invitation", invitation.id, role=role, unit=unit.id, **whom)
    return token


def deep_link(office: Office, token: str) -> str:
    """Errors: Conflict while the bot's public name isn't configured."""
    if not office.site.bot_username:
        raise Conflict("onboarding.invite.no_bot_name")
    return f"https://t.me/{office.site.bot_username}?start=i{token}"


def open_invitation(session: Session, office: Office, account: Account, token: str) -> Opening:
    """Errors: TooManyTries."""
    wrong_tries.check(session, office, account.telegram_user_id)
    invitation = rows.by_hash(session, hash_token(token))
    known = people.by_telegram_id(session, account.telegram_user_id)
    if invitation and known and invitation.used_by_id == known.id and known.is_active:
        return Opening.ALREADY_IN
    if invitation is None or not _may_be_used(session, office, invitation, known):
        wrong_tries.record(session, office, account.telegram_user_id)
        return Opening.WRONG
    return _obstacle(session, office, invitation, known) or _use(session, office, invitation, account)


def _may_be_used(session: Session, office: Office, invitation: Invitation, known: Person | None) -> bool:
    invited = people.locked(session, invitation.person_id) if invitation.person_id is not None else known
    is_welcome = invited is None or invited.is_active
    is_open = invitation.used_at is None and invitation.expires_at > office.now()
    return is_welcome and is_open and _is_still_the_inviters(session, office, invitation)


def _is_still_the_inviters(session: Session, office: Office, invitation: Invitation) -> bool:
    """Since then the person may have got a role, or the inviter lost one: whoever opens it holds all the roles."""
    if invitation.invited_by_id is None or invitation.person_id is None:
        return True
    inviter = actors.actor_by_person_id(session, invitation.invited_by_id, language=office.site.language)
    return inviter is not None and officials.wholly_administered(session, inviter, invitation.person_id) is not None


def _obstacle(session: Session, office: Office, invitation: Invitation, known: Person | None) -> Opening | None:
    """One account is one person, and one person has one account; only an administrator may undo that."""
    invited = people.get(session, invitation.person_id) if invitation.person_id is not None else None
    if invited is None or (known is not None and known.id == invited.id):
        return None
    if invited.telegram_user_id is not None:
        _tell_admins(session, office, invitation, invited)
        return Opening.OTHER_ACCOUNT
    return Opening.OTHER_PERSON if known is not None and known.code is not None else None


def _tell_admins(session: Session, office: Office, invitation: Invitation, invited: Person) -> None:
    for admin_id in people.admin_ids(session, invitation.unit_id):
        outbox.notice(
            session,
            office,
            admin_id,
            "onboarding.second_account",
            {"person_id": invited.id, "telegram_user_id": invited.telegram_user_id},
            unique_key=f"onboarding.second_account:{invitation.id}:{admin_id}",
        )


def _use(session: Session, office: Office, invitation: Invitation, account: Account) -> Opening:
    if not rows.use_up(session, invitation.id, at=office.now()):  # another process was faster
        wrong_tries.record(session, office, account.telegram_user_id)
        return Opening.WRONG
    person = _become(session, office, invitation.person_id, account)
    person.unit_id = person.unit_id or invitation.unit_id
    rows.remember_user(session, invitation.id, person.id)
    facts: audit.Facts = {"by": "self", "role": invitation.role, "unit": invitation.unit_id}
    audit.record(session, office, None, "invitation_used", "invitation", invitation.id, person=person.id, **facts)
    if rows.grant(session, person.id, invitation.role, invitation.unit_id, at=office.now()):
        audit.record(session, office, None, "role_granted", "person", person.id, **facts)
    return Opening.WELCOME


def _become(session: Session, office: Office, invited_id: int | None, account: Account) -> Person:
    """The person of the roster; whoever the account was before, say a member of a household, becomes one with it."""
    invited = people.get(session, invited_id) if invited_id is not None else None
    if invited is None:
        return person_of(session, office, account)
    earlier = people.by_telegram_id(session, account.telegram_user_id)
    if earlier is not None and earlier.id != invited.id:
        _merge(session, earlier, invited)
    settle_in(session, office, invited, account)
    return invited


def _merge(session: Session, earlier: Person, invited: Person) -> None:
    invited.language = earlier.language
    invited.consented_at, invited.consent_version = earlier.consented_at, earlier.consent_version
    earlier.telegram_user_id = None  # unique, so it has to be free before the other takes it
    session.flush()
    person_references.move(session, earlier.id, invited.id)
    person_references.forget_person(session, earlier.id)
    session.expunge(earlier)
