"""The code on a printed card, to be read out over the phone, and the tokens of invitation links."""

import hashlib
import secrets
import unicodedata
from random import Random

# One of each group that looks alike on paper or in a hurry is left, or none: 0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
ALPHABET = "ACEFHJKMNPRTUWXY34679"
CODE_LENGTH = 8  # 21^8 ≈ 38 thousand million; guessing is rate-limited besides
GROUP = 4

_IGNORED = frozenset("-‐‑‒–—―−_.·•")
_UNPREDICTABLE = secrets.SystemRandom()


def new_card_code(source: Random = _UNPREDICTABLE) -> str:
    """Without separators, as it is stored; uniqueness is the database's to enforce."""
    return "".join(source.choice(ALPHABET) for _ in range(CODE_LENGTH))


def format_card_code(code: str) -> str:
    """ABCD-EFGH, as it is printed and read out."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normalise_card_code(typed: str) -> str | None:
    """The stored form of what a person typed, in any case, width and grouping; None if it can't be a code."""
    letters = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(letter for letter in letters if letter not in _IGNORED and not letter.isspace())
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def new_token() -> str:
    """128 random bits in 22 characters that a Telegram start parameter may carry; only its hash is stored."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """SHA-256 in hex; a plain hash is enough for a secret that nobody can guess."""
    return hashlib.sha256(token.encode()).hexdigest()
