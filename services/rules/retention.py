"""How long what is only needed for a while is kept; what an office must be able to show later is kept for good."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Retention:
    post_days: int = 90  # letters and messages that are done with; their words are blanked long before
    draft_days: int = 30  # a form that nobody has touched
    invitation_days: int = 30  # after it expired unused
    roster_check_days: int = 30  # a checked roster, applied or not
    former_member_years: int = 3  # since a person's last membership ended; then they are anonymised
