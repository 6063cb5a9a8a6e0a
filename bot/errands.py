"""Errands: files made, fetched or checked, outside any transaction and off the event loop.

What must change rows comes back through the inbox, as a letter of the bot to itself.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import TelegramError

from bot.backroom import BackRoom
from bot.desk import OWN_LETTER
from bot.outcomes import Outcome, Refused, Sent, TryLater
from bot.sender import Sender
from bot.workbooks import check_in_child
from models.queries import actors, inbox
from models.session import Session
from services import cards, roster, supervision
from services.i18n import translator
from services.office import Office
from services.outbox import Parcel
from services.rendering.card import render_cards
from services.rendering.workbook import render_export
from services.rules.roster.stored import to_json
from services.rules.roster.values import Unreadable

Errand = Callable[[Parcel], Awaitable[Outcome]]


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
        }

    async def run(self, parcel: Parcel) -> Outcome:
        """Errors of ours become Refused, errors of the network TryLater: the delivery decides what follows."""
        errand = self._known.get(parcel.action)
        if errand is None:
            return Refused(f"unknown errand {parcel.action}")
        try:
            return await errand(parcel)
        except TelegramError as error:
            return TryLater(str(error))

    async def _check_roster(self, parcel: Parcel) -> Outcome:
        """`file_ids` and `names` of one check; answers with a letter `administration.roster_checked`."""
        names, file_ids = parcel.body["names"], parcel.body["file_ids"]
        files = [(name, await self._sender.fetch(file_id)) for name, file_id in zip(names, file_ids, strict=True)]
        known = await self._backroom.read(roster.known_codes)
        try:
            result: dict[str, Any] = {"checked": json.loads(to_json(await check_in_child(files, known)))}
        except Unreadable as refusal:
            result = {"refused": refusal.reason, "params": refusal.params}
        body = json.dumps({OWN_LETTER: {"kind": "administration.roster_checked", **result}})
        now = self._office.now()
        await self._backroom.run(lambda session: inbox.write_letter(session, parcel.chat_id, body, now=now))
        return Sent()

    async def _export(self, parcel: Parcel) -> Outcome:
        """The ledger of one unit as a workbook."""

        def collect(session: Session) -> tuple[Any, str]:
            actor = actors.actor_by_telegram_id(session, parcel.chat_id, language=self._office.site.language)
            unit_id = parcel.body["unit_id"]
            return supervision.export_sheets(session, self._office, unit_id, language=actor.language), actor.language

        sheets, language = await self._backroom.read(collect)
        content = await asyncio.to_thread(render_export, sheets)
        t = translator(language)
        return await self._sender.send_document(
            parcel.chat_id, content, f"lianxin-{self._office.today().isoformat()}.xlsx", t("supervision.export_caption")
        )

    async def _cards(self, parcel: Parcel) -> Outcome:
        """The printed cards of one unit."""

        def collect(session: Session) -> tuple[Any, str]:
            actor = actors.actor_by_telegram_id(session, parcel.chat_id, language=self._office.site.language)
            return cards.printed_cards(session, self._office, **parcel.body), actor.language

        printed, language = await self._backroom.read(collect)
        t = translator(language)
        content = await asyncio.to_thread(render_cards, printed, language=language)
        return await self._sender.send_document(parcel.chat_id, content, "cards.pdf", t("cards.print_caption"))
