"""The audit: what was read and changed by whom, for whoever must answer for it later."""

from services.audit.recording import Facts, record, record_each
from services.audit.showing import Line, show
from services.audit.verifying import Broken, End, verify, verify_newest

__all__ = ["Broken", "End", "Facts", "Line", "record", "record_each", "show", "verify", "verify_newest"]
