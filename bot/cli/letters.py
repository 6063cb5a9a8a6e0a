"""`letters …`: what could not be handled."""

from typing import Annotated

import typer

from bot.cli.options import Config, Debug
from bot.commands import letters as dead_letters
from bot.commands.console import at_the_console

app = typer.Typer(
    help="Letters that could not be handled · 处理失败的来信", no_args_is_help=True, rich_markup_mode=None
)
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="As `letters list` says. 来信的号码。")]


@app.command("list")
def list_letters(config: Config = None, debug: Debug = False) -> None:
    """All of them, without names and words · 列出，不含姓名和内容"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.show_list(console)


@app.command("show")
def show_letter(
    number: Number,
    body: Annotated[bool, typer.Option("--body", help="Also what the person wrote. 连同本人写的内容。")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """One with its traceback; --body adds what was written · 查看一封和出错详情"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.show(console, number, body=body)


@app.command("replay")
def replay_letters(
    number: Annotated[int | None, typer.Argument(metavar="N", min=1, help="As `letters list` says. 号码。")] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every dead letter. 全部。")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Once the fault is mended: handle it after all · 修好后重新处理"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.replay(console, number, all_of_them=all_of_them)


@app.command("drop")
def drop_letter(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="I am sure. 确认。")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """End it for good; what was written is erased · 不再处理，并抹去内容"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.drop(console, number, sure=yes)
