"""Everything a use-case can refuse, as one tree; turned into words at the edge only.

DomainError
├── NotFound          not there, or not yours: the same answer
├── NotAllowed        the role doesn't do that
├── Stale             the button or draft belongs to something that has moved on
├── Invalid           what was typed can't be taken; the message id says why
├── Conflict          it can't be done now; the message id says why
└── TooManyTries      wrong codes; wait an hour
"""


class DomainError(Exception):
    """A refusal that a person is told in plain words: a message id of the catalogue and its parameters."""

    message_id = "errors.refused"

    def __init__(self, message_id: str | None = None, **params: str | int) -> None:
        super().__init__(message_id or self.message_id)
        self.message_id = message_id or self.message_id
        self.params = params


class NotFound(DomainError):
    """It isn't there, or it isn't yours."""

    message_id = "errors.not_found"


class NotAllowed(DomainError):
    """This role doesn't do that."""

    message_id = "errors.not_allowed"


class Stale(DomainError):
    """That button belongs to something that has moved on."""

    message_id = "errors.stale"


class Invalid(DomainError):
    """What was typed can't be taken."""

    message_id = "errors.invalid"


class Conflict(DomainError):
    """It can't be done as things stand."""

    message_id = "errors.conflict"


class TooManyTries(DomainError):
    """Too many wrong codes within an hour."""

    message_id = "errors.too_many_tries"
