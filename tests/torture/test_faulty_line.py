"""The line to Telegram fails in every way we know while people act: afterwards everything is answered, once."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from models.session import Database
from tests.bot.tasks import until
from tests.torture.bookkeeping import Arrivals, with_lost_answers
from tests.torture.fault_proxy import FAULTS, POLL, Fault, FaultProxy
from tests.torture.figures import Figures
from tests.torture.town_at_work import CADRES, PATIENCE, at_work

SILENCE = 30.0  # seconds: two attempts of the bot are over by then
BY_NAME = {fault.name: fault for kind in FAULTS.values() for fault in kind}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database has no part in it


@pytest.mark.parametrize("kind", FAULTS)
async def test_after_each_of_them_everything_is_answered_once(
    kind: str, database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    async with at_work(database, tmp_path, database_url=database_url) as town:
        for fault in FAULTS[kind]:
            town.line.put_on(fault)
            await until(partial(is_felt, town.line, fault), seconds=PATIENCE)
            town.line.lift()
            await town.one_more_visit_each()
    only_lost_answers_are_repeated(FAULTS[kind], town.arrivals, database)
    doubled = town.arrivals.doubled(database).total()
    named = ", ".join(fault.name for fault in FAULTS[kind])
    figures.note(
        f"faults of the line: {kind}", tried=len(FAULTS[kind]), named=named, messages_doubled=doubled, **town.ending
    )


@pytest.mark.torture
@pytest.mark.parametrize("name", ["silence", "stall", "answer lost after the effect", "502 page"])
async def test_half_a_minute_of_it_loses_nothing(
    name: str, database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    fault = BY_NAME[name]
    async with at_work(database, tmp_path, database_url=database_url) as town:
        town.line.put_on(fault)
        await asyncio.sleep(SILENCE)  # the fault itself, not a condition
        hit = town.line.met.total()
        town.line.lift()
        begun = asyncio.get_running_loop().time()
        await town.one_more_visit_each()
        took = asyncio.get_running_loop().time() - begun
    assert hit
    only_lost_answers_are_repeated([fault], town.arrivals, database)
    doubled = town.arrivals.doubled(database).total()
    figures.note(
        f"{SILENCE:.0f} s of {name}", calls_hit=hit, seconds_to_recover=round(took, 1), messages_doubled=doubled
    )


def is_felt(line: FaultProxy, fault: Fault) -> bool:
    """Calls of both kinds have met it, or all three people wait for what it holds up."""
    met = line.met
    said = met.total() - met[POLL]
    if fault.methods:
        return met[fault.methods[0]] >= 2 if fault.methods == (POLL,) else said >= CADRES
    return met[POLL] >= 1 and (said >= 1 or met[POLL] >= 2)


def only_lost_answers_are_repeated(faults: Sequence[Fault], arrivals: Arrivals, database: Database) -> None:
    """None where nothing had an effect; else each message whose answer was lost, once."""
    may_be_there_twice = with_lost_answers(database) if any(fault.has_effect for fault in faults) else Counter[int]()
    assert not arrivals.doubled(database) - may_be_there_twice
