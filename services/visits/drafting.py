"""The form in the person's draft: begun, read and stored at each step."""

from dataclasses import replace
from datetime import date

from models.actor import Actor
from models.households import Household
from models.post import Draft
from models.session import Session
from services import drafts, households
from services.errors import Invalid
from services.office import Office
from services.rules.visits import DateVerdict, check_visited_on
from services.visits.dates import example_day, parse_day
from services.visits.form import Pane, Part, VisitForm, add_part

JOURNEY = "visits"
MOST_MEDIA = 20
MOST_CHARACTERS = 8000  # two full messages


def begin(session: Session, office: Office, actor: Actor, household_id: int | None = None) -> Draft:
    """A new form with its defaults: today, at home, steady. Errors: NotFound for a household of somebody else."""
    if household_id is not None:
        households.get_own(session, office, actor, household_id)
    form = VisitForm(visited_on=office.today(), household_id=household_id)
    return drafts.begin(session, office, actor.id, JOURNEY, form.to_json())


def expect(session: Session, actor: Actor, draft_id: int | None = None) -> tuple[Draft, VisitForm]:
    """The open form. Errors: Stale where it is another one, or over."""
    draft = drafts.expect(session, actor.id, JOURNEY, draft_id)
    return draft, VisitForm.from_json(draft.data)


def household_name(session: Session, office: Office, actor: Actor, form: VisitForm) -> tuple[str, str]:
    """Head and code for the form's title. A saved visit is still one's own when somebody else helps the household.

    Errors: NotFound where the household to be visited is no longer the actor's.
    """
    if form.visit_id is not None and form.household_id is not None:
        visited = session.get_one(Household, form.household_id)
        return visited.head, visited.code
    line = households.get_own(session, office, actor, form.household_id or 0)
    return line.head, line.code


def store(session: Session, office: Office, draft: Draft, form: VisitForm) -> None:
    drafts.change(session, office, draft, **form.to_json())


def with_part(form: VisitForm, part: Part) -> VisitForm:
    """Errors: Invalid where it would be more than one visit needs; what came before is kept."""
    form = replace(add_part(form, part), pane=Pane.MAIN)
    if len(form.media) > MOST_MEDIA or len(form.said) > MOST_CHARACTERS:
        raise Invalid("visits.too_much", n=MOST_MEDIA, characters=MOST_CHARACTERS)
    return form


def with_typed_day(office: Office, form: VisitForm, text: str) -> VisitForm:
    """Errors: Invalid where the text is no date, or one that a visit can't carry."""
    day = parse_day(text, office.today())
    if day is None:
        raise Invalid("visits.date_not_understood", example=example_day(office.today()))
    return with_day(office, form, day)


def with_day(office: Office, form: VisitForm, day: date) -> VisitForm:
    """Errors: Invalid for a day in the future or too long ago."""
    form = replace(form, visited_on=day, pane=Pane.MAIN)
    check_day(office, form)
    return form


def check_day(office: Office, form: VisitForm) -> None:
    """The same question for a form that has lain for a while. Errors: Invalid."""
    verdict = check_visited_on(form.visited_on, office.today(), office.policy.backdate_days)
    if verdict is DateVerdict.FUTURE:
        raise Invalid("visits.date_future")
    if verdict is DateVerdict.TOO_OLD:
        raise Invalid("visits.date_too_old", days=office.policy.backdate_days)
