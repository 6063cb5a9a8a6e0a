"""The visit form as a value: what it holds at each step, and how one step changes it. Kept in the draft as JSON."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.messages import Media
from services.rules.policy import Category
from services.rules.visits import Condition, VisitMethod

UNSAVED = "said"  # the key by which other journeys see that a draft holds what was typed or sent


class Pane(StrEnum):
    """Which buttons the form shows; `date` and `companions` also take the next text."""

    MAIN = "main"
    DATE = "date"
    MORE = "more"
    COMPANIONS = "companions"
    CATEGORY = "category"


@dataclass(frozen=True)
class Part:
    """What one message brought along."""

    message_id: int  # Telegram's, so that an edited message changes its own part
    text: str = ""
    kind: str = ""  # photo, voice, document; empty where it is text only
    file_id: str = ""
    album: str = ""  # the same for all messages of one album


@dataclass(frozen=True)
class VisitForm:
    """A visit that isn't saved yet, or with `visit_id` the correction of one that is."""

    visited_on: date
    household_id: int | None = None  # None: still to be picked
    method: VisitMethod = VisitMethod.HOME
    condition: Condition = Condition.STEADY
    parts: tuple[Part, ...] = ()
    companions: str = ""
    location: tuple[float, float] | None = None  # latitude, longitude
    solved: bool = False
    category: Category | None = None  # of the problem it is turned into
    danger: bool = False
    pane: Pane = Pane.MAIN
    visit_id: int | None = None

    @property
    def said(self) -> str:
        return "\n".join(part.text for part in self.parts if part.text)

    @property
    def media(self) -> tuple[Media, ...]:
        return tuple(Media(part.kind, part.file_id) for part in self.parts if part.kind)

    @property
    def holds_content(self) -> bool:
        """Something that would have to be said or sent again if it were lost."""
        return bool(self.parts or self.companions or self.location)

    @property
    def may_become_problem(self) -> bool:
        return self.condition == Condition.TROUBLE or bool(self.said)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"visited_on": self.visited_on.isoformat(), UNSAVED: self.holds_content}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "VisitForm":
        return cls(
            **{name: value for name, value in data.items() if name != UNSAVED}
            | {
                "visited_on": date.fromisoformat(data["visited_on"]),
                "method": VisitMethod(data["method"]),
                "condition": Condition(data["condition"]),
                "parts": tuple(Part(**part) for part in data["parts"]),
                "location": tuple(data["location"]) if data["location"] else None,
                "category": Category(data["category"]) if data["category"] else None,
                "pane": Pane(data["pane"]),
            }
        )


def with_method(form: VisitForm, method: VisitMethod) -> VisitForm:
    """Nobody met: nobody's condition was seen, and nothing was solved."""
    if method == VisitMethod.NOT_HOME:
        form = replace(form, condition=Condition.STEADY, solved=False)
    return _consistent(replace(form, method=method))


def with_condition(form: VisitForm, condition: Condition) -> VisitForm:
    return _consistent(replace(form, condition=condition))


def with_category(form: VisitForm, category: Category | None) -> VisitForm:
    """Turned into a problem, hence not solved on the spot; None takes it back."""
    solved = form.solved and category is None
    danger = form.danger and category is not None
    return _consistent(replace(form, category=category, solved=solved, danger=danger, pane=Pane.MAIN))


def toggle_solved(form: VisitForm) -> VisitForm:
    return _consistent(replace(form, solved=not form.solved, category=None, danger=False))


def add_part(form: VisitForm, part: Part) -> VisitForm:
    return replace(form, parts=(*form.parts, part))


def edit_part(form: VisitForm, message_id: int, text: str) -> VisitForm | None:
    """The text of an edited message; None where this form knows no such message."""
    if not any(part.message_id == message_id for part in form.parts):
        return None
    parts = (replace(part, text=text) if part.message_id == message_id else part for part in form.parts)
    return _consistent(replace(form, parts=tuple(parts)))


def without_content(form: VisitForm) -> VisitForm:
    return _consistent(replace(form, parts=(), companions="", location=None, pane=Pane.MAIN))


def _consistent(form: VisitForm) -> VisitForm:
    """What is no longer offered must not be saved unseen."""
    return form if form.may_become_problem else replace(form, solved=False, category=None, danger=False)
