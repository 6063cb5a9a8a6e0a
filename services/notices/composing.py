"""What a module of notices offers: kind → a function that composes it for one reader."""

from collections.abc import Callable, Mapping
from typing import Any

from models.actor import Actor
from models.session import Session
from services.messages import Message
from services.office import Office

Params = dict[str, Any]
# None: it is no longer the reader's to read, so the notice dies unsent.
Compose = Callable[[Session, Office, Actor, Params], Message | None]
Notices = Mapping[str, Compose]
