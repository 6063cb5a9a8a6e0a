"""Do the newest entries of the audit fit together?"""

from bot.commands.health.verdict import Verdict, fine, wrong
from models.session import Session
from services import audit
from services.audit import Broken

NEWEST = 2000  # entries: a tenth of a second; `audit verify` looks at all of them


def check_audit(session: Session) -> Verdict:
    try:
        end = audit.verify_newest(session, NEWEST)
    except Broken as broken:
        return wrong("audit", "broken", position=broken.position)
    return fine("audit", "whole", position=end.position, newest=min(end.position, NEWEST))
