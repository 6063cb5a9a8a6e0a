"""The notice of what is kept and who sees it, as a version: whoever agreed to an earlier one reads it again first.

Raise it whenever the notice says something new, and say in `onboarding.notice.changed` what that is. An agreement to
an earlier version stays on record, and lets news and answers through; only acts wait for the new one.
"""

VERSION = "2"
