"""What the bot can say, as values that know no messenger; `bot.sender` turns them into Telegram's forms."""

from dataclasses import asdict, dataclass
from typing import Any

CALLBACK_BYTES = 64  # Telegram's limit for a button's data


@dataclass(frozen=True)
class Button:
    """Pressing it sends `data` back, or opens `url`."""

    label: str
    data: str = ""
    url: str = ""


def button(label: str, action: str, *references: str | int) -> Button:
    """A button for the route named `action`; references are checked again when it is pressed.

    Raises ValueError where the data wouldn't fit: Telegram refuses it, its library doesn't look.
    """
    data = ":".join([action, *map(str, references)])
    if len(data.encode()) > CALLBACK_BYTES:
        raise ValueError(f"button data longer than {CALLBACK_BYTES} bytes: {data}")
    return Button(label, data=data)


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Media:
    """A photo, voice message or document that Telegram already keeps."""

    kind: str  # photo, voice, document
    file_id: str


@dataclass(frozen=True)
class Message:
    """One message. `text` is Telegram's HTML, made by a Translator; with `media` it is the caption."""

    text: str
    buttons: Rows = ()
    # The persistent keyboard: None leaves it as it is, () takes it away.
    keyboard: tuple[tuple[str, ...], ...] | None = None
    contact_label: str = ""  # a keyboard button above the others that shares the own phone number
    media: Media | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            name: value for name, value in asdict(self).items() if value not in ("", (), None) or name == "keyboard"
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Message":
        keyboard = data.get("keyboard")
        return cls(
            text=data.get("text", ""),
            buttons=tuple(tuple(Button(**b) for b in row) for row in data.get("buttons", ())),
            keyboard=None if keyboard is None else tuple(tuple(row) for row in keyboard),
            contact_label=data.get("contact_label", ""),
            media=Media(**data["media"]) if data.get("media") else None,
        )
