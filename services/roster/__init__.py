"""Importing the roster: what a checked file would change, kept until it is confirmed, then written whole or not at all.

stored        what the database holds, as the rules compare it
previewing    a checked roster against it            bounds      what lies outside an administrator's units
applying      the changes as rows                    checks      a preview kept until it is confirmed
losing_sight  who may read less after it
words         findings and previews for people, on screen and on the command line
"""

from services.roster.applying import apply
from services.roster.bounds import outside
from services.roster.checks import confirm, discard, keep_check
from services.roster.previewing import Plan, RolesKept, preview
from services.roster.stored import known_codes
from services.roster.words import findings_text, preview_text

__all__ = [
    "Plan",
    "RolesKept",
    "apply",
    "confirm",
    "discard",
    "findings_text",
    "keep_check",
    "known_codes",
    "outside",
    "preview",
    "preview_text",
]
