"""`python -m sandbox`: the sandbox alone, until it is interrupted."""

import asyncio
import signal
from typing import Annotated

import typer

from sandbox.server import serve
from sandbox.state import TOKEN, Sandbox


def main(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8081,
    host: Annotated[str, typer.Option(help="There is no password: leave it on this machine.")] = "127.0.0.1",
    token: Annotated[str, typer.Option(help="The only token it accepts.")] = TOKEN,
    username: Annotated[str, typer.Option(help="The bot's name in links.")] = "lianxin_bot",
    timezone: Annotated[str, typer.Option(help="The zone of its clock.")] = "Asia/Shanghai",
) -> None:
    """Serve a local Bot API with phones in the browser."""
    if not token.partition(":")[0].isdigit():
        raise typer.BadParameter("a token looks like 123456:ABC")
    asyncio.run(_run(Sandbox(token=token, username=username, timezone=timezone), host, port))


async def _run(sandbox: Sandbox, host: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    async with serve(sandbox, host, port) as address:
        typer.echo(address)
        await stopped.wait()


if __name__ == "__main__":
    typer.run(main)
