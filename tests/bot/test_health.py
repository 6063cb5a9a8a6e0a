"""What a monitor is told: well, ill and why; the same figures for Prometheus; nothing of people in either."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from bot.backroom import BackRoom
from bot.health import health_routes
from bot.intake import Intake, store
from bot.metrics import Metrics
from bot.outcomes import Sent, Unknown
from bot.stopwatch import Stopwatch
from bot.vital_signs import UNHEARD, Pulse, VitalSigns
from bot.webhook_address import WebhookAddress
from models.queries import processes
from models.session import Database
from services import outbox
from services.messages import Message
from tests.bot.plain_server import serving
from tests.bot.tasks import Alone, Seconds, nothing, real_now, until
from tests.town import FrozenClock, make_office

CANARY = "机密的话"
WELL = VitalSigns({"desk": 1.0}, {"poll": True}, 3.0, polling=900.0, is_database_reachable=True)


class Patient:
    """A process whose signs a test decides."""

    def __init__(self, database: Database) -> None:
        self.backroom = BackRoom(database)
        self.office = make_office(FrozenClock())
        self.loops = {"desk": 0.5}
        self.leases = {"poll": True}
        self.metrics = Metrics()
        self.seconds = Seconds()
        self.fetched, self.polling, self.untold = (Stopwatch(self.seconds) for _ in range(3))
        self.pulse = Pulse(
            self.backroom,
            self.office,
            "host:1:boot:ns:1:abcd",
            ages=lambda: self.loops,
            leases=lambda: self.leases,
            fetched=self.fetched,
            polling=self.polling,
            untold=self.untold,
            now=real_now,
            beat=nothing,
        )

    async def asked(self, path: str) -> httpx.Response:
        async with (
            serving(Starlette(routes=health_routes(self.pulse, self.metrics))) as url,
            httpx.AsyncClient(base_url=url, trust_env=False) as client,
        ):
            return await client.get(path)

    async def troubles(self) -> list[str]:
        answer = await self.asked("/healthz")
        found: list[str] = answer.json()["troubles"]
        assert answer.status_code == (503 if found else 200)
        return found

    async def metric(self, name: str, **labels: str) -> float:
        text = (await self.asked("/metrics")).text
        samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
        return next(one.value for one in samples if one.name == f"lianxin_{name}" and one.labels == labels)


@asynccontextmanager
async def patient_with(database: Database) -> AsyncIterator[Patient]:
    patient = Patient(database)
    yield patient
    await asyncio.to_thread(patient.backroom.close)


@pytest.fixture
async def patient(database: Database) -> AsyncIterator[Patient]:
    async with patient_with(database) as patient:
        yield patient


async def test_a_process_that_is_well_says_so_with_its_figures(patient: Patient) -> None:
    patient.fetched.start()
    answer = await patient.asked("/healthz")
    told = answer.json()
    assert (answer.status_code, told["status"], told["troubles"]) == (200, "ok", [])
    assert told["loops"] == {"desk": 0.5}
    assert told["leases"] == {"poll": True}
    assert told["fetched"] < 60
    assert told["waiting"] == {"letters": 0, "letters_dead": 0, "messages": 0, "messages_failed": 0}


async def test_the_oldest_letter_and_the_oldest_message_that_may_leave_are_named(patient: Patient) -> None:
    long_ago = real_now() - timedelta(minutes=5)
    await store(patient.backroom, [{"update_id": 7, "message": {"chat": {"id": 5}, "text": CANARY}}], now=long_ago)
    await patient.backroom.run(lambda s: outbox.reply(s, patient.office, 5, Message(CANARY), person_id=None))
    told = await patient.asked("/healthz")
    assert told.status_code == 503
    assert told.json()["troubles"] == ["letters"]
    assert 290 < told.json()["oldest"]["letter"] < 400
    assert told.json()["waiting"] == {"letters": 1, "letters_dead": 0, "messages": 1, "messages_failed": 0}
    assert CANARY not in told.text + (await patient.asked("/metrics")).text


async def test_without_its_database_it_is_ill_and_still_answers(database: Database) -> None:
    async with patient_with(database) as patient:
        patient.backroom._database = None  # type: ignore[assignment]  # whatever is asked of it fails
        answer = await patient.asked("/healthz")
        assert (answer.status_code, answer.json()["troubles"]) == (503, ["database"])
        assert await patient.metric("database_reachable") == 0


@pytest.mark.parametrize(
    ("signs", "trouble"),
    [
        (VitalSigns({"desk": 61.0}, {}, None, is_database_reachable=True), "loop:desk"),
        (VitalSigns({}, {}, None), "database"),
        (VitalSigns(fetched=UNHEARD + 1, polling=UNHEARD + 1, is_database_reachable=True), "telegram"),
        (VitalSigns(fetched=None, polling=UNHEARD + 1, is_database_reachable=True), "telegram"),
        (VitalSigns(untold=UNHEARD + 1, is_database_reachable=True), "webhook"),
        (VitalSigns({}, {}, None, is_database_reachable=True, oldest={"letter": 121.0}), "letters"),
        (VitalSigns({}, {}, None, is_database_reachable=True, oldest={"message": 601.0}), "messages"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_trouble_is_told(signs: VitalSigns, trouble: str) -> None:
    assert signs.troubles() == [trouble]
    assert WELL.troubles() == []


def test_a_standby_need_not_hear_of_telegram() -> None:
    standby = VitalSigns({}, {"poll": False}, UNHEARD + 1, is_database_reachable=True)
    assert standby.troubles() == []


def test_whoever_begins_to_poll_anew_has_five_minutes_again() -> None:
    assert VitalSigns(fetched=10 * UNHEARD, polling=1.0, is_database_reachable=True).troubles() == []


def test_signs_of_another_version_can_be_read() -> None:
    assert VitalSigns.from_json({}) == VitalSigns()
    assert VitalSigns.from_json(WELL.to_json() | {"of a later version": 7}) == WELL


class Line:
    """To a Telegram that answers nothing until it is `heard`; then it answers once, and holds the next poll back."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.was_tried = asyncio.Event()
        self._polls_answered = 0

    async def get_updates_raw(self, **_: Any) -> list[Any]:
        await self.call("getUpdates", {})
        self._polls_answered += 1
        if self._polls_answered > 1:
            await asyncio.Event().wait()
        return []

    async def call(self, _method: str, _params: dict[str, Any]) -> None:
        self.was_tried.set()
        if not self.heard.is_set():
            raise ConnectionError("no route")

    async def pause(self, _seconds: float) -> None:
        """Until it is heard; whoever pauses after that has nothing to do any more."""
        await (asyncio.Event() if self.heard.is_set() else self.heard).wait()


async def test_a_telegram_that_has_never_answered_since_the_start_is_told_after_five_minutes(patient: Patient) -> None:
    line, answered = Line(), asyncio.Event()

    def stored(_updates: int) -> None:
        patient.fetched.start()
        answered.set()

    intake = Intake(
        line,
        patient.backroom,
        now=real_now,
        stored=stored,
        beat=nothing,
        right=Alone(),
        polling=patient.polling,
        pause=line.pause,
    )
    loop = asyncio.ensure_future(intake.run())
    await line.was_tried.wait()
    patient.seconds.now += UNHEARD
    assert await patient.troubles() == []
    patient.seconds.now += 1
    assert await patient.troubles() == ["telegram"]
    assert await patient.metric("polling_seconds") == UNHEARD + 1
    line.heard.set()
    await answered.wait()
    assert await patient.troubles() == []
    patient.seconds.now += UNHEARD + 1
    assert await patient.troubles() == ["telegram"], "and again when it falls silent"
    loop.cancel()  # another process polls now
    await asyncio.wait([loop])
    assert await patient.troubles() == []


async def test_a_webhook_that_cannot_be_set_is_told_after_five_minutes(patient: Patient) -> None:
    line: Any = Line()
    address = WebhookAddress(
        line,
        patient.backroom,
        "https://bot.example.org/hook",
        "a-secret-for-tests-only",
        now=real_now,
        beat=nothing,
        untold=patient.untold,
        pause=line.pause,
    )
    loop = asyncio.ensure_future(address.run())
    await line.was_tried.wait()
    patient.seconds.now += UNHEARD
    assert await patient.troubles() == []
    patient.seconds.now += 1
    assert await patient.troubles() == ["webhook"]
    assert await patient.metric("webhook_untold_seconds") == UNHEARD + 1
    line.heard.set()
    await until(lambda: patient.untold.seconds is None)
    assert await patient.troubles() == []
    loop.cancel()


async def test_what_happens_is_counted(patient: Patient) -> None:
    patient.metrics.stored(3)
    patient.metrics.took("handled", 0.02)
    patient.metrics.took("failed", 0.02)
    for outcome in (Sent(1), Sent(2), Unknown("lost")):
        patient.metrics.attempted(outcome)
    assert await patient.metric("updates_stored_total") == 3
    assert await patient.metric("letters_total", outcome="handled") == 1
    assert await patient.metric("letter_seconds_count") == 1
    assert await patient.metric("attempts_total", outcome="sent") == 2
    assert await patient.metric("attempts_total", outcome="unknown") == 1
    assert await patient.metric("heartbeat_age_seconds", loop="desk") == 0.5
    assert await patient.metric("lease_held", lease="poll") == 1
    assert await patient.metric("waiting", what="letters") == 0


async def test_others_can_read_its_signs_in_the_database(patient: Patient, database: Database) -> None:
    name = "host:1:boot:ns:1:abcd"
    await patient.backroom.run(lambda session: processes.enter(session, name, ["desk", "clock"]))
    signs = (await patient.pulse.signs()).to_json()
    await patient.backroom.run(lambda session: processes.show_life(session, name, signs))
    with database.reading() as session:
        ((process, silent),) = processes.read(session)
    assert (process.name, process.roles, process.signs) == (name, "clock,desk", signs)
    assert 0 <= silent < 60
