"""`audit …`: who did what, and whether that record is whole."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.options import Config, Debug, end_of
from bot.commands import audit as auditing
from bot.commands.console import at_the_console

app = typer.Typer(
    help="Who read, handed out or changed what · 谁看过、导出过、改过什么", no_args_is_help=True, rich_markup_mode=None
)


@app.command("verify")
def verify_chain(
    expect: Annotated[
        str | None, typer.Option(metavar="POSITION:HASH", help="What an earlier run printed. 上次抄下的那一行。")
    ] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Check that no entry was changed or removed · 核对记录是否被改过"""
    expected = end_of(expect) if expect else None
    with at_the_console(config, debug=debug) as console:
        auditing.verify(console, expected=expected)


@app.command("show")
def show_entries(
    person: Annotated[str | None, typer.Option(metavar="CODE", help="What this person did. 某人做了什么。")] = None,
    household: Annotated[
        str | None, typer.Option(metavar="CODE", help="What was done with it. 某户被看过什么。")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this local day on. 从哪天起。")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many. 最近多少条。")] = 50,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Show entries, the newest last · 查看记录，最新的在最后"""
    with at_the_console(config, debug=debug) as console:
        auditing.show(console, person=person, household=household, since=since.date() if since else None, limit=limit)
