"""The weekly digest in words, for whoever still supervises its unit when it leaves."""

from models.actor import Actor
from models.queries import digests as rows
from models.session import Session
from services.i18n import translator
from services.messages import Message
from services.notices.composing import Notices, Params
from services.office import Office
from services.supervision import brief
from services.supervision.exceptions import Findings


def digest(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    issued = rows.issued(session, reader, params["digest_id"])
    if issued is None:
        return None
    period = (issued.period_start, issued.period_end)
    findings = Findings.from_json(issued.findings)
    return brief.digest(translator(reader.language), issued.unit_name, period, findings, issued.id)


NOTICES: Notices = {"digest": digest}
