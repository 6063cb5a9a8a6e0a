"""What became of one attempt to send, classified by cause; the delivery decides by it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """It is there. `message_id` is None for what isn't a message (a button's answer)."""

    message_id: int | None = None


@dataclass(frozen=True)
class TryLater:
    """It surely isn't there: never connected, or the server said so."""

    error: str


@dataclass(frozen=True)
class Unknown:
    """It may be there: the answer was lost. `is_new`: as a message of its own, also where an edit was to be made."""

    error: str
    is_new: bool = False


@dataclass(frozen=True)
class Slower:
    """Too many requests: nothing to this chat for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class NoTurn:
    """It wasn't tried: within our own limits its turn comes in so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Unreachable:
    """Blocked by the person, or the account is gone: the channel is over until they write again."""

    reason: str


@dataclass(frozen=True)
class Refused:
    """It will never be accepted as it is."""

    error: str


Outcome = Sent | TryLater | Unknown | Slower | NoTurn | Unreachable | Refused
