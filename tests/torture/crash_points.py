"""Named moments at which a bot of the tests kills itself: before and after each kind of commit, and each kind of send."""


def _around(*whose: str) -> tuple[str, ...]:
    return tuple(f"{when} {commit} commit" for commit in whose for when in ("before", "after"))


def _at_the_send_of(*methods: str) -> tuple[str, ...]:
    return tuple(f"{when} {method}" for method in methods for when in ("before the request of", "before the answer to"))


# One after the other in one town, a life of the bot each. What can only happen in the first life stands first.
CHAINS = {
    "clock and start": _around("a tick's", "the start's note"),
    "intake": (*_around("the intake's"), "before the offset is confirmed", "after the offset is confirmed"),
    "desk": ("in the handler", *_around("the desk's", "a postponement's", "the careful desk's mark")),
    "delivery": _around("the claim's", "the outcome's"),
    "sends": _at_the_send_of("sendMessage", "editMessageText", "answerCallbackQuery"),
}

# One more town, in which nobody logs visits only: how a channel, a file, a picture and a letter may end.
BLOCK = _around("the block's")
FILE = _at_the_send_of("sendDocument")
PICTURE = _at_the_send_of("sendPhoto")
BURIAL = _around("the burial's")
