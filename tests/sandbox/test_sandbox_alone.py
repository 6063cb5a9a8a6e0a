"""`python -m sandbox` serves alone and goes when it is told to."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.asyncio
async def test_it_prints_its_address_and_stops_on_a_signal() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--token", "123:ABC", "--username", "my_bot"]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT)
    assert process.stdout is not None
    async with asyncio.timeout(20), httpx.AsyncClient() as http:
        address = (await process.stdout.readline()).decode().strip()
        me = (await http.get(f"{address}/bot123:ABC/getMe")).json()["result"]
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert (me["id"], me["username"]) == (123, "my_bot")
    assert await process.stdout.read() == b""


@pytest.mark.asyncio
async def test_a_token_without_an_id_is_wrong_usage() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--token", "nonsense"]
    process = await asyncio.create_subprocess_exec(*command, stderr=PIPE, cwd=ROOT)
    _, said = await process.communicate()
    assert process.returncode == 2
    assert b"123456:ABC" in said
