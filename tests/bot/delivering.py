"""A delivery with a recording sender in place of the messenger, and clocks that a test moves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.backroom import BackRoom
from bot.delivery import Delivery
from bot.gate import Gate
from bot.outcomes import Outcome, Sent
from bot.rate_limit import RateLimit
from models.post import OutboxMessage
from models.session import Database, Session
from services import outbox
from services.messages import Message
from services.outbox import Parcel
from services.rules.send_windows import Speech
from tests.bot.tasks import Alone, Tasks, nothing
from tests.town import FrozenClock, make_office


class RecordingSender:
    """Says yes with the next message id, unless told otherwise for a text; remembers what was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, str]] = []
        self.parcels: list[Parcel] = []
        self.answers: dict[str, list[Outcome]] = {}

    async def deliver(self, parcel: Parcel) -> Outcome:
        text = parcel.message.text if parcel.message else parcel.body.get("text", "")
        self.sent.append((parcel.chat_id, text))
        self.parcels.append(parcel)
        answers = self.answers.get(text)
        return answers.pop(0) if answers else Sent(len(self.sent))


class Running:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.backroom = BackRoom(database)
        self.office_clock = FrozenClock()
        self.office = make_office(self.office_clock)
        self.moment = datetime(2026, 3, 2, 1, tzinfo=UTC)
        self.sender = RecordingSender()
        self.right = Alone()
        self.tasks = Tasks()
        self.restart()

    def restart(self, *, limit: RateLimit | None = None, gate: Gate | None = None, **seconds: float) -> None:
        """A delivery that knows nothing of what the one before it was doing."""
        self.delivery = Delivery(
            self.backroom,
            self.office,
            self.sender.deliver,
            limit or RateLimit(0),
            gate or Gate(0),
            now=lambda: self.moment,
            spawn=self.tasks.spawn,
            beat=nothing,
            right=self.right,
            **seconds,
        )

    async def queue(self, *acts: Callable[[Session], object]) -> None:
        for act in acts:
            await self.backroom.run(act)

    def reply(self, chat: int, text: str) -> Callable[[Session], int]:
        return lambda session: outbox.reply(session, self.office, chat, Message(text), person_id=None)

    def claim(self, session: Session) -> None:
        """Take the oldest row in hand, as a delivery does before it sends."""
        assert outbox.claim(
            session, self.office, lane="person", speeches=[Speech.ANSWER], real_now=self.moment, limit=1
        )

    async def work(self) -> None:
        """Deliver until nothing can leave at this moment."""
        while await self.delivery.pump():
            await self.tasks.done()

    async def later(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        await self.work()

    def texts(self) -> list[str]:
        return [text for _, text in self.sender.sent]

    def states(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))
