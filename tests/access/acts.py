"""How somebody takes a route: the update as Telegram would send it, with a reference to one place's object."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import telegram
from sqlalchemy import select

from handlers.front import find, take_letter, take_update
from handlers.routes import Key
from handlers.turn import Turn
from models.people import Person
from models.post import OutboxMessage
from models.queries import actors
from models.session import Session
from services import drafts
from services.i18n import all_forms
from services.office import Office
from services.problems.drafting import NOTE, REPORT
from services.visits.form import Part, VisitForm
from tests.access.places import NOWHERE, Place

_IDS = count(1)
SAID = "有人这样说"
BOT = {"id": 1, "is_bot": True, "first_name": "bot"}


@dataclass(frozen=True)
class Said:
    """One row of the outbox for the person who acted."""

    kind: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Press:
    """One person's one act. `takes`: the references behind the action, such as "draft household" or "household 7"."""

    session: Session
    office: Office
    account: int
    key: Key
    takes: tuple[str, ...]

    def on(self, place: Place | None, *, dialogue: int | None = None) -> list[Said]:
        """Refer to the objects of `place` (None: to such as exist nowhere); returns what the bot says in that chat."""
        raw = self._update([self._reference(one, place, dialogue) for one in self.takes])
        before = self.session.scalar(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(1)) or 0
        if self.key[0] == "letter":
            take_letter(self.session, self.office, self.account, raw)
        else:
            take_update(self.session, self.office, _parsed(raw))
        said = select(OutboxMessage.kind, OutboxMessage.body).where(
            OutboxMessage.id > before, OutboxMessage.chat_id == self.account
        )
        return [Said(kind, body) for kind, body in self.session.execute(said.order_by(OutboxMessage.id))]

    def reached(self) -> bool:
        """Whether this person's act comes to this route at all, and not to another one."""
        if self.key[0] == "letter":
            return True
        update = _parsed(self._update([SAID]))
        actor = actors.actor_by_telegram_id(self.session, self.account, language="zh_CN")
        return find(Turn(self.session, self.office, actor, self.account, update=update)).key == self.key

    def _reference(self, name: str, place: Place | None, dialogue: int | None) -> str:
        if name.startswith("="):
            return name[1:]
        if name == "draft":
            return str(dialogue or NOWHERE)
        return str(place.refs[name]) if place else ("ZZZZZZZZ" if name == "card" else str(NOWHERE))

    def _update(self, references: list[str]) -> dict[str, Any]:
        kind, name = self.key
        match kind:
            case "letter":
                return {"kind": name, "refused": "roster.refused.no_file", "params": {}}
            case "button":
                action = "no.such" if name == "unknown_button" else name
                return {"callback_query": self._query(":".join([action, *references]))}
            case "command":
                return {"message": self._message(text=" ".join([f"/{name}", *references]))}
            case "label":
                return {"message": self._message(text=next(iter(all_forms(name))))}
            case "content":
                return {"message": self._message(text=" ".join(references) or SAID)}
        return self._event(name, references)

    def _event(self, name: str, references: list[str]) -> dict[str, Any]:
        match name:
            case "unknown_button":
                return {"callback_query": self._query("no.such:1")}
            case "unknown_command":
                return {"message": self._message(text="/nosuch")}
            case "group":
                return {
                    "message": self._message(text="/help")
                    | {"chat": {"id": self.account, "type": "group", "title": "群"}}
                }
            case "membership":
                old, new = ({"user": BOT, "status": status} for status in ("left", "member"))
                change = {"chat": self._chat, "from": self._user, "date": 1, "old_chat_member": old}
                return {"my_chat_member": change | {"new_chat_member": new}}
            case "contact":
                contact = {"phone_number": references[0], "first_name": "人", "user_id": self.account}
                return {"message": self._message(contact=contact)}
            case "table":
                file = {"file_id": "f", "file_unique_id": "f", "file_name": "名册.xlsx"}
                return {"message": self._message(document=file)}
        return {"message": self._message(text=" ".join(references) or SAID)}

    @property
    def _user(self) -> dict[str, Any]:
        return {"id": self.account, "is_bot": False, "first_name": "人", "language_code": "zh-hans"}

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.account, "type": "private", "first_name": "人"}

    def _message(self, **content: Any) -> dict[str, Any]:
        return {"message_id": next(_IDS), "date": 1772413200, "chat": self._chat, "from": self._user} | content

    def _query(self, data: str) -> dict[str, Any]:
        hanging_on = self._message(text="…") | {"from": BOT}
        return {"id": "1", "from": self._user, "chat_instance": "1", "data": data, "message": hanging_on}


def _parsed(raw: dict[str, Any]) -> telegram.Update:
    return telegram.Update.de_json({"update_id": next(_IDS)} | raw, None)


def open_dialogue(session: Session, office: Office, account: int, journey: str, place: Place) -> int | None:
    """The dialogue of that journey about an object of `place`, open for this person; None for whoever isn't known."""
    person_id = session.scalar(select(Person.id).where(Person.telegram_user_id == account))
    if person_id is None:
        return None
    household, problem = place.refs["household"], place.refs["problem.in_progress"]
    form = VisitForm(visited_on=office.today(), household_id=int(household), parts=(Part(1, SAID),))
    report = {"household_id": household, "category": "water", "texts": [[1, SAID]]}
    is_official = session.get_one(Person, person_id).code is not None
    data: dict[str, dict[str, Any]] = {
        "visits": form.to_json(),
        "visits.correction": form.to_json() | {"visit_id": place.refs["visit"]},
        REPORT: report | {"source": "proxy" if is_official else "household"},
        NOTE: {
            "problem_id": problem,
            "act": "progress" if is_official else "material",
            "number": "",
            "texts": [[1, SAID]],
        },
        "import": {"files": [["f", "名册.xlsx"]]},
        "administration": {"asks": "household"},
        "explanation": {"request_id": place.refs["correction"]},
        "renaming": {"membership_id": place.refs["membership"]},
    }
    return drafts.begin(session, office, person_id, journey.partition(".")[0], data.get(journey, {})).id
