"""Errands: files made, fetched or checked, outside any transaction and off the event loop.

What must change rows comes back through the inbox, as a letter of the bot to itself.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import BadRequest, TelegramError

from bot.backroom import BackRoom
from bot.desk import OWN_LETTER
from bot.outcomes import Outcome, Refused, Sent, TryLater
from bot.sender import Sender
from bot.workbooks import check_in_child
from models.actor import Actor
from models.queries import actors, inbox
from models.session import Session
from services import audit, cards, roster, supervision
from services.errors import DomainError
from services.i18n import Translator, translator
from services.office import Office
from services.onboarding import download
from services.outbox import Parcel
from services.rendering.card import PrintedCard, render_cards
from services.rendering.workbook import Sheet, render_export
from services.rules.roster.values import Unreadable
from services.tracebacks import words

Errand = Callable[[Parcel], Awaitable[Outcome]]
T = TypeVar("T")


class Errands:
    """One function an errand; `run` is given every parcel whose action begins with `errand.`."""

    def __init__(self, backroom: BackRoom, sender: Sender, office: Office) -> None:
        self._backroom = backroom
        self._sender = sender
        self._office = office
        self._known: dict[str, Errand] = {
            "errand.check_roster": self._check_roster,
            "errand.export": self._export,
            "errand.cards": self._cards,
            "errand.my_data": self._my_data,
        }

    async def run(self, parcel: Parcel) -> Outcome:
        """What can't be had is Refused, what the network did TryLater; a fault of ours is raised."""
        errand = self._known.get(parcel.action)
        if errand is None:
            return Refused(f"unknown errand {parcel.action}")
        if parcel.is_repeat and not await self._sender.is_heard():
            return TryLater("kept for when Telegram answers")
        try:
            return await errand(parcel)
        except BadRequest as error:  # the file is gone, or too large for bots
            return Refused(words(error))
        except TelegramError as error:
            return TryLater(str(error))
        except DomainError as error:  # revoked or moved on since it was asked for
            return Refused(error.message_id)

    async def _check_roster(self, parcel: Parcel) -> Outcome:
        """`file_ids` and `names` of one check; answers with a letter `administration.roster_checked`."""
        names, file_ids = parcel.body["names"], parcel.body["file_ids"]
        files = [(name, await self._sender.fetch(file_id)) for name, file_id in zip(names, file_ids, strict=True)]
        known = await self._backroom.read(roster.known_codes)
        try:
            result = f'"checked": {await check_in_child(files, known)}'
        except Unreadable as refusal:
            result = json.dumps({"refused": refusal.reason, "params": refusal.params})[1:-1]
        body = f'{{"{OWN_LETTER}": {{"kind": "administration.roster_checked", {result}}}}}'
        now = self._office.now()
        await self._backroom.run(lambda session: inbox.write_letter(session, parcel.chat_id, body, now=now))
        return Sent()

    async def _export(self, parcel: Parcel) -> Outcome:
        """The ledger of one unit as a workbook, if it is still the reader's to have."""

        def collect(session: Session, reader: Actor) -> list[Sheet]:
            unit = supervision.own_unit(session, reader, parcel.body["unit_id"])
            return list(supervision.export_sheets(session, self._office, unit.id, language=reader.language))

        sheets, reader = await self._collected(parcel, collect)
        content = await asyncio.to_thread(render_export, sheets)
        rows = sum(len(sheet.rows) for sheet in sheets)
        await self._record(reader, "ledger_exported", "unit", parcel.body["unit_id"], rows=rows)
        name = f"lianxin-{self._office.today().isoformat()}.xlsx"
        return await self._sender.send_document(
            parcel.chat_id, content, name, _words(reader)("supervision.export_caption")
        )

    async def _cards(self, parcel: Parcel) -> Outcome:
        """The printed cards of one unit or of some households, as far as they are still the reader's to see."""

        def collect(session: Session, reader: Actor) -> list[PrintedCard]:
            return cards.printed_cards(session, self._office, reader=reader, **parcel.body)

        printed, reader = await self._collected(parcel, collect)
        if not printed:
            return Refused("no longer in scope")
        content = await asyncio.to_thread(render_cards, printed, language=_words(reader).language)
        await self._record(reader, "cards_exported", *_printed_for(parcel), n=len(printed))
        caption = _words(reader)("cards.print_caption")
        return await self._sender.send_document(parcel.chat_id, content, "lianxin-cards.pdf", caption)

    async def _my_data(self, parcel: Parcel) -> Outcome:
        """What is kept about the reader, as they are now."""

        def collect(session: Session, reader: Actor) -> tuple[Sheet, ...]:
            return download.sheets(session, self._office, reader)

        sheets, reader = await self._collected(parcel, collect)
        content = await asyncio.to_thread(render_export, sheets)
        await self._record(reader, "mydata_exported", "person", reader.id)
        name = f"lianxin-mydata-{self._office.today().isoformat()}.xlsx"
        return await self._sender.send_document(
            parcel.chat_id, content, name, _words(reader)("rights.download.caption")
        )

    async def _collected(self, parcel: Parcel, collect: Callable[[Session, Actor], T]) -> tuple[T, Actor]:
        """What the reader may have at this moment, and who that is."""

        def read(session: Session) -> tuple[T, Actor]:
            reader = actors.actor_by_telegram_id(session, parcel.chat_id, language=self._office.site.language)
            return collect(session, reader), reader

        return await self._backroom.read(read)

    async def _record(self, reader: Actor, act: str, about: str, object_id: int, **facts: int) -> None:
        """Before the file leaves: what can't be recorded isn't handed out."""
        await self._backroom.run(
            lambda session: audit.record(session, self._office, reader, act, about, object_id, **facts)
        )


def _printed_for(parcel: Parcel) -> tuple[str, int]:
    """What the cards were asked for: a household, or the unit at the end of the path."""
    if "household_ids" in parcel.body:
        return "household", parcel.body["household_ids"][0]
    return "unit", int(parcel.body["unit_path"].strip("/").rpartition("/")[2])


def _words(reader: Actor) -> Translator:
    return translator(reader.language)
