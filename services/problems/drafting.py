"""What somebody sends for a problem, message by message, kept in the draft until it is submitted."""

from typing import Any

from models.post import Draft
from models.session import Session
from services import drafts
from services.errors import Invalid
from services.messages import Media
from services.office import Office

REPORT, NOTE = "problem_report", "problem_note"  # the drafts' journeys
MOST_MEDIA = 20
MOST_CHARACTERS = 4000


def add(session: Session, office: Office, draft: Draft, *, message_id: int, text: str, media: Media | None) -> None:
    """Errors: Invalid for what is neither text, voice nor photo, and for more than one problem needs."""
    if not text and media is None:
        raise Invalid("problems.refused.kind_of_message")
    texts: list[list[Any]] = [*draft.data.get("texts", [])]
    kept: list[list[str]] = [*draft.data.get("media", [])]
    if text:
        texts.append([message_id, text])
    if media is not None:
        kept.append([media.kind, media.file_id])
    if len(kept) > MOST_MEDIA or sum(len(one) for _, one in texts) > MOST_CHARACTERS:
        raise Invalid("problems.refused.too_much")
    drafts.change(session, office, draft, texts=texts, media=kept)


def correct(session: Session, office: Office, draft: Draft, *, message_id: int, text: str) -> None:
    """An edited message replaces what it said. Errors: Invalid where it isn't part of the draft."""
    texts: list[list[Any]] = draft.data.get("texts", [])
    if message_id not in [sent for sent, _ in texts]:
        raise Invalid("problems.refused.edited_elsewhere")
    drafts.change(session, office, draft, texts=[[sent, text if sent == message_id else old] for sent, old in texts])


def text_of(draft: Draft) -> str:
    return "\n".join(text for _, text in draft.data.get("texts", []) if text)


def media_of(draft: Draft) -> list[Media]:
    return [Media(kind, file_id) for kind, file_id in draft.data.get("media", [])]
