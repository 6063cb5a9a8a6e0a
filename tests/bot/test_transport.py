"""The transport against servers that misbehave: what each failure is called decides whether a message is repeated."""

import asyncio
import json
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, cast

import pytest
from telegram import InputFile
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter  # what PTB's Bot itself fills a request with

from bot.transport import AiohttpRequest, AnswerLost, NeverConnected, NotTelegram

TOKEN = "123456789:the-canary-token-of-the-transport"
SHORT = 0.1  # seconds
PATIENT = 15.0  # seconds; a test that needs them has failed

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Behaviour = Callable[[Reader, Writer], Awaitable[None]]


@asynccontextmanager
async def serving(behave: Behaviour) -> AsyncIterator[str]:
    """A server on this machine that does with each connection what it is told; yields its root."""
    open_now: set[asyncio.Task[None]] = set()

    async def connection(reader: Reader, writer: Writer) -> None:
        try:
            await behave(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def accepted(reader: Reader, writer: Writer) -> None:
        task = asyncio.ensure_future(connection(reader, writer))
        open_now.add(task)
        task.add_done_callback(open_now.discard)

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in open_now:
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


async def read_request(reader: Reader) -> tuple[str, dict[str, str], bytes]:
    """First line, headers in lower case, body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return first, headers, await reader.readexactly(int(headers.get("content-length", "0")))


def answering(body: bytes, status: str = "200 OK", *, length: int | None = None, extra: str = "") -> Behaviour:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n{extra}\r\n"

    async def behave(reader: Reader, writer: Writer) -> None:
        while True:
            await read_request(reader)
            writer.write(head.encode() + body)
            await writer.drain()
            if length is not None:
                return

    return behave


async def silence(reader: Reader, _writer: Writer) -> None:
    await read_request(reader)
    await asyncio.Event().wait()


async def never_reads(_reader: Reader, _writer: Writer) -> None:
    await asyncio.Event().wait()


async def accept_and_close(_reader: Reader, _writer: Writer) -> None:
    return


async def reset_after_headers(reader: Reader, writer: Writer) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n")
    await writer.drain()
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # close by RST


async def garbage(reader: Reader, writer: Writer) -> None:
    await read_request(reader)
    writer.write(b"SSH-2.0-OpenSSH_9.2 /bot" + TOKEN.encode() + b"/x\r\n\r\n")


def said(**answer: object) -> bytes:
    return json.dumps(answer).encode()


class Caller:
    """Calls methods of the Bot API at `root`, as PTB's Bot does."""

    def __init__(self, root: str, line: AiohttpRequest) -> None:
        self.root = root
        self.line = line

    async def __call__(self, method: str = "sendMessage", *, reading: float | None = None, **params: object) -> Any:
        data = RequestData([RequestParameter.from_input(name, value) for name, value in params.items()])
        times = {} if reading is None else {"read_timeout": reading}
        return await self.line.post(f"{self.root}/bot{TOKEN}/{method}", data, **times)


@asynccontextmanager
async def calling(root: str, line: AiohttpRequest | None = None) -> AsyncIterator[Caller]:
    async with asyncio.timeout(PATIENT), line or AiohttpRequest(read_timeout=PATIENT) as opened:
        yield Caller(root, opened)


async def failure_of(behave: Behaviour, line: AiohttpRequest | None = None) -> TelegramError:
    async with serving(behave) as url, calling(url, line) as call:
        with pytest.raises(TelegramError) as failed:
            await call(chat_id=7, text="您好")
        return failed.value


def refused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(accept_and_close, id="accepted and closed"),
        pytest.param(reset_after_headers, id="reset after the headers"),
        pytest.param(garbage, id="no HTTP at all"),
        pytest.param(answering(b'{"ok": true, "resu', length=400), id="truncated by the line"),
        pytest.param(answering(b'{"ok": true, "resu'), id="truncated by a proxy"),
        pytest.param(answering(b""), id="an empty 200"),
        pytest.param(answering(b"<html>Welcome to the hotel</html>"), id="a portal's 200"),
        pytest.param(answering(b'{"login": "please"}'), id="somebody else's JSON"),
        pytest.param(answering(b"[]"), id="JSON that is no object"),
        pytest.param(answering(b"<html>Bad Gateway</html>", "502 Bad Gateway"), id="an HTML 502"),
    ],
)
async def test_once_sent_the_outcome_of_a_broken_answer_is_unknown(behave: Behaviour) -> None:
    assert type(await failure_of(behave)) is AnswerLost


async def test_a_stalled_answer_is_given_up_and_its_outcome_is_unknown() -> None:
    assert type(await failure_of(silence, AiohttpRequest(read_timeout=SHORT))) is AnswerLost


async def test_an_answer_that_stalls_half_way_is_given_up() -> None:
    async def half(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"ok": ')
        await asyncio.Event().wait()

    assert type(await failure_of(half, AiohttpRequest(read_timeout=SHORT))) is AnswerLost


async def test_a_refused_connection_has_sent_nothing() -> None:
    async with calling(f"http://127.0.0.1:{refused_port()}") as call:
        with pytest.raises(NeverConnected) as failed:
            await call(chat_id=7, text="您好")
    assert isinstance(failed.value.__cause__, OSError)


async def test_an_unknown_host_has_sent_nothing() -> None:
    async with calling("http://nowhere.invalid") as call:
        with pytest.raises(NeverConnected):
            await call(chat_id=7, text="您好")


async def test_an_address_that_is_none_has_sent_nothing() -> None:
    async with calling("http://[nowhere") as call:
        with pytest.raises(NeverConnected):
            await call(chat_id=7, text="您好")


async def test_a_connection_that_takes_too_long_has_sent_nothing() -> None:
    line = AiohttpRequest(connect_timeout=SHORT)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # the queue of connections is full: further ones hang
        for place in waiting:
            place.setblocking(False)
            place.connect_ex(("127.0.0.1", port))
        async with calling(f"http://127.0.0.1:{port}", line) as call:
            with pytest.raises(NeverConnected, match="ConnectionTimeoutError") as failed:
                await call(chat_id=7, text="您好")
        for place in waiting:
            place.close()
    assert TOKEN not in "".join(traceback.format_exception(failed.value))


async def test_who_finds_no_free_connection_has_sent_nothing() -> None:
    line = AiohttpRequest(1, pool_timeout=SHORT, read_timeout=PATIENT)
    arrived = asyncio.Event()

    async def hold(reader: Reader, _writer: Writer) -> None:
        await read_request(reader)
        arrived.set()
        await asyncio.Event().wait()

    async with serving(hold) as url, calling(url, line) as call:
        first = asyncio.ensure_future(call(chat_id=7, text="1"))
        await arrived.wait()
        with pytest.raises(NeverConnected, match="no free connection"):
            await call(chat_id=7, text="2")
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        with pytest.raises(AnswerLost):  # the place of the cancelled one is free again
            await call(text="3", reading=SHORT)


async def test_an_upload_that_nobody_reads_is_given_up() -> None:
    line = AiohttpRequest(write_timeout=SHORT, read_timeout=SHORT)
    async with serving(never_reads) as url, calling(url, line) as call:
        with pytest.raises(AnswerLost):
            await call("sendDocument", chat_id=7, document=InputFile(bytes(30_000_000), filename="big"))


async def test_an_upload_may_take_longer_than_its_timeout_while_it_moves() -> None:
    async def slowly(reader: Reader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        left = int(head.partition("content-length:")[2].partition("\r\n")[0])
        while left > 0:
            left -= len(await reader.read(min(left, 400_000)))
            await asyncio.sleep(0.01)  # a slow line, not a condition
        answer = said(ok=False, description="Bad Request: read all of it")
        writer.write(f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)

    line = AiohttpRequest(write_timeout=0.5, read_timeout=PATIENT)
    started = asyncio.get_running_loop().time()
    async with serving(slowly) as url, calling(url, line) as call:
        with pytest.raises(BadRequest, match="Read all of it"):
            await call("sendDocument", chat_id=7, document=InputFile(bytes(30_000_000), filename="big"))
    assert asyncio.get_running_loop().time() - started > 0.5


async def test_a_long_poll_may_last_longer_than_the_time_for_writing() -> None:
    async def after_a_while(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        await asyncio.sleep(4 * SHORT)  # Telegram holding a poll back, not a condition
        answer = said(ok=True, result=[])
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)

    line = AiohttpRequest(write_timeout=SHORT, read_timeout=SHORT)
    async with serving(after_a_while) as url, calling(url, line) as call:
        assert await call("getUpdates", reading=PATIENT) == []


@pytest.mark.parametrize(
    "status", ["302 Found", "401 Unauthorized", "403 Forbidden", "404 Not Found", "407 Proxy Authentication Required"]
)
async def test_a_refusal_in_other_words_than_telegrams_is_not_believed(status: str) -> None:
    answer = answering(b"<html>no</html>", status, extra="Location: http://127.0.0.1:1/login\r\n")
    assert type(await failure_of(answer)) is NotTelegram


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        ("403 Forbidden", said(ok=False, description="Forbidden: bot was blocked by the user"), Forbidden),
        ("400 Bad Request", said(ok=False, description="Bad Request: chat not found"), BadRequest),
        ("500 Internal Server Error", said(ok=False, description="Internal Server Error"), NetworkError),
    ],
)
async def test_a_refusal_in_telegrams_own_words_is_believed(status: str, answer: bytes, kind: type) -> None:
    assert type(await failure_of(answering(answer, status))) is kind


async def test_too_many_requests_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    answer = said(ok=False, error_code=429, description="Too Many Requests", parameters={"retry_after": 17})
    failure = await failure_of(answering(answer, "429 Too Many Requests"))
    assert isinstance(failure, RetryAfter)
    assert failure.retry_after == timedelta(seconds=17)


async def test_a_message_arrives_as_it_was_written() -> None:
    bodies: list[bytes] = []

    async def echo(reader: Reader, writer: Writer) -> None:
        bodies.append((await read_request(reader))[2])
        answer = said(ok=True, result={"message_id": 9})
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)

    async with serving(echo) as url, calling(url) as call:
        answer = await call(chat_id=7, text="您好 & 再见", reply_markup={"a": [1]})
    assert answer == {"message_id": 9}
    assert bodies == [b"chat_id=7&text=%E6%82%A8%E5%A5%BD+%26+%E5%86%8D%E8%A7%81&reply_markup=%7B%22a%22%3A+%5B1%5D%7D"]


async def test_an_uploaded_file_keeps_its_bytes_and_its_chinese_name() -> None:
    content = bytes(range(256)) * 8000
    seen: list[tuple[dict[str, str], bytes]] = []

    async def take(reader: Reader, writer: Writer) -> None:
        _, headers, body = await read_request(reader)
        seen.append((headers, body))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + b'{"ok":true,"result":true}')

    async with serving(take) as url, calling(url) as call:
        file = InputFile(content, filename='台账 "三".xlsx')
        await call("sendDocument", chat_id=7, caption="本周台账", document=file)
    ((headers, body),) = seen
    assert "transfer-encoding" not in headers
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {headers['content-type']}\r\n\r\n".encode() + body)
    parts = {part.get_param("name", header="content-disposition"): part for part in whole.iter_parts()}
    assert {name: part.get_payload(decode=True) for name, part in parts.items()} == {
        "chat_id": b"7",
        "caption": "本周台账".encode(),
        "document": content,
    }
    assert 'filename="台账 \\"三\\".xlsx"'.encode() in body


async def test_a_file_is_fetched_byte_for_byte() -> None:
    content = bytes(range(256)) * 4000
    async with serving(answering(content)) as url, calling(url) as call:
        assert await call.line.retrieve(f"{url}/file/bot{TOKEN}/voice.ogg") == content


async def test_a_hundred_at_once_go_through_twenty_connections() -> None:
    open_now, most, requests = 0, 0, 0
    answer = said(ok=True, result=True)

    async def count(reader: Reader, writer: Writer) -> None:
        nonlocal open_now, most, requests
        open_now += 1
        most = max(most, open_now)
        try:
            while True:
                await read_request(reader)
                requests += 1
                await asyncio.sleep(0.002)  # so that connections are busy at the same time
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
        finally:
            open_now -= 1

    async with serving(count) as url, calling(url, AiohttpRequest(20)) as call:
        done = await asyncio.gather(*[call(chat_id=n) for n in range(100)])
    assert (done, requests, most) == ([True] * 100, 100, 20)


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, dict[str, str]]] = []

    async def proxy(reader: Reader, writer: Writer) -> None:
        first, headers, _ = await read_request(reader)
        seen.append((first, headers))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + b'{"ok":true,"result":true}')

    async with serving(proxy) as url:
        monkeypatch.setenv("http_proxy", url.replace("http://", "http://me:word@"))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with calling("http://telegram.example") as call:
            assert await call("getMe") is True
    assert seen[0][0].startswith("POST http://telegram.example/bot")
    assert seen[0][1]["proxy-authorization"] == "Basic bWU6d29yZA=="


async def test_a_proxy_that_refuses_the_tunnel_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(answering(b"no", "407 Proxy Authentication Required")) as url:
        monkeypatch.setenv("https_proxy", url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with calling("https://telegram.example") as call:
            with pytest.raises(NeverConnected):
                await call(chat_id=7, text="您好")


@pytest.mark.parametrize(
    "behave",
    [
        silence,
        accept_and_close,
        reset_after_headers,
        garbage,
        answering(f"<a href='/bot{TOKEN}/sendMessage'>".encode()),
        answering(f"<a href='/bot{TOKEN}/sendMessage'>".encode(), "403 Forbidden"),
        answering(f"<a href='/bot{TOKEN}/sendMessage'>".encode(), "502 Bad Gateway"),
    ],
)
async def test_no_failure_names_the_token(behave: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    failure = await failure_of(behave, AiohttpRequest(read_timeout=SHORT))
    chain, link = "", cast("BaseException | None", failure)
    while link is not None:
        chain, link = f"{chain}{link}{link!r}", link.__cause__ or link.__context__
    told = "".join(traceback.format_exception(failure))
    assert TOKEN not in chain + told + caplog.text


async def test_a_transport_that_was_shut_down_can_be_opened_again() -> None:
    async with serving(answering(said(ok=True, result=True))) as url, calling(url) as call:
        line = call.line
        await line.shutdown()
        with pytest.raises(NetworkError, match="not initialized"):
            await call("getMe")
        await line.initialize()
        assert await call("getMe") is True
