"""Does this person belong to that household? The own phone number says so, or the cadre does."""

from models.actor import Actor
from models.households import Household, Membership
from models.queries import memberships, people, responsibility
from models.queries.memberships import Claim
from models.session import Session
from services import audit, outbox
from services.errors import Conflict, NotFound
from services.office import Office
from services.rules.phones import same_phone

WAITING_AT_MOST = 20  # claims looked through for one list; the longest waiting come first


def ask_about(session: Session, office: Office, person_id: int) -> bool:
    """Ask whoever may confirm about each household this person waits for; once, however often called.

    False: nobody who could confirm can be reached now.
    """
    asked = False
    for membership, household in memberships.pending_of(session, person_id):
        for confirmer_id in confirmers(session, household.id, household.unit_id):
            _ask(session, office, membership.id, confirmer_id)
            asked = True
    return asked


def is_waiting(session: Session, actor: Actor) -> bool:
    return bool(memberships.pending_of(session, actor.id))


def phone_would_help(session: Session, actor: Actor) -> bool:
    """Nobody is asked for a number that could be compared with nothing."""
    return any(household.phone for _, household in memberships.pending_of(session, actor.id))


def hand_over_waiting(session: Session, office: Office, actor: Actor) -> None:
    """Ask an official who has just come in about those who were waiting for them."""
    for claim in waiting_for(session, actor):
        _ask(session, office, claim.id, actor.id)


def confirmers(session: Session, household_id: int, unit_id: int) -> tuple[int, ...]:
    """The primary cadre; without one who can be reached, the supervisors nearest up the tree who can."""
    cadre_id = responsibility.primary_cadre_id(session, household_id)
    cadre = people.reachable(session, [cadre_id] if cadre_id is not None else [])
    return cadre or people.reachable(session, responsibility.supervisor_ids(session, unit_id))


def waiting_for(session: Session, actor: Actor) -> list[Claim]:
    """Who waits for this official's word, and nobody else's; the longest waiting first."""
    open_claims = memberships.claims_to_decide(session, actor, limit=WAITING_AT_MOST)
    return [claim for claim in open_claims if actor.id in confirmers(session, claim.household_id, claim.unit_id)]


def link_by_phone(session: Session, office: Office, actor: Actor, phone: str) -> list[Household]:
    """The households whose phone in the roster this is; the number itself is not kept."""
    linked = []
    for membership, household in memberships.pending_of(session, actor.id):
        if not (household.phone and same_phone(household.phone, phone)):
            continue
        linked.append(household)
        if memberships.link(session, membership.id, by="phone", confirmed_by_id=None, at=office.now()):
            audit.record(session, office, actor, "claim_linked", "household", household.id, membership=membership.id)
            _tell_family(session, office, membership)
    return linked


def confirm(session: Session, office: Office, actor: Actor, membership_id: int) -> Claim:
    """Errors: NotFound out of scope, Conflict where it was decided before."""
    claim = _to_decide(session, actor, membership_id)
    by = "cadre" if memberships.is_helped_by(session, actor, claim.household_id) else "supervisor"
    if not memberships.link(session, claim.id, by=by, confirmed_by_id=actor.id, at=office.now()):
        raise _decided(session, claim)
    audit.record(session, office, actor, "claim_confirmed", "household", claim.household_id, person=claim.person_id)
    outbox.notice(session, office, claim.person_id, "onboarding.linked", {"membership_id": claim.id})
    _tell_family(session, office, session.get_one(Membership, claim.id))
    return claim


def refuse(session: Session, office: Office, actor: Actor, membership_id: int) -> Claim:
    """Errors: NotFound out of scope, Conflict where it was decided before."""
    claim = _to_decide(session, actor, membership_id)
    if not memberships.refuse(session, claim.id, refused_by_id=actor.id, at=office.now()):
        raise _decided(session, claim)
    audit.record(session, office, actor, "claim_refused", "household", claim.household_id, person=claim.person_id)
    outbox.notice(session, office, claim.person_id, "onboarding.refused", {"membership_id": claim.id})
    return claim


def decided_by(session: Session, actor: Actor, membership_id: int) -> bool:
    """Whether it was this official's own word, as with a second tap on the same button."""
    claim = memberships.claim_to_decide(session, actor, membership_id)
    return claim is not None and claim.decided_by_id == actor.id


def _to_decide(session: Session, actor: Actor, membership_id: int) -> Claim:
    claim = memberships.claim_to_decide(session, actor, membership_id)
    if claim is None:
        raise NotFound
    return claim


def _decided(session: Session, asked: Claim) -> Conflict:
    claim = memberships.claim(session, asked.id)
    is_linked = claim is not None and claim.state == "linked"
    message_id = "onboarding.already_linked" if is_linked else "onboarding.already_refused"
    return Conflict(message_id, name=asked.person_name, head=asked.household_head)


def _ask(session: Session, office: Office, membership_id: int, confirmer_id: int) -> None:
    outbox.notice(
        session,
        office,
        confirmer_id,
        "onboarding.claim",
        {"membership_id": membership_id},
        unique_key=f"onboarding.claim:{membership_id}:{confirmer_id}",
    )


def _tell_family(session: Session, office: Office, membership: Membership) -> None:
    for person_id in responsibility.linked_member_ids(session, membership.household_id):
        if person_id != membership.person_id:
            outbox.notice(session, office, person_id, "onboarding.family", {"membership_id": membership.id})
