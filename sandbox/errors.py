"""Refusals in Telegram's own words.

ApiError       what a bot is told
└─ (400, 401, 403, 404, 409, 413, 429 by code)
PeopleError    what the page or a test is told when its request makes no sense
"""


class ApiError(Exception):
    """A Bot API call was refused."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after  # seconds


class PeopleError(Exception):
    """The people side can't do what was asked."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


POLLED_TWICE = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_TOOK_OVER = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


def conflict(description: str) -> ApiError:
    return ApiError(409, description)


def too_many_requests(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def blocked() -> ApiError:
    return ApiError(403, "Forbidden: bot was blocked by the user")


def deactivated() -> ApiError:
    return ApiError(403, "Forbidden: user is deactivated")
