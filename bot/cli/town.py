"""What runs the town: the bot, the roster, pairs, invitations, cards, ledgers."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import UNIT_HELP, Apply, Config, Debug, moment_of, roles_of
from bot.commands import invite as invitations
from bot.commands import pairing, papers, roster_import, running
from bot.commands import tick as ticking
from bot.commands.console import at_the_console
from models.actor import Role

app = typer.Typer()


@app.command()
def run(
    roles: Annotated[
        str, typer.Option(help="Only these parts of it. 只运行其中几部分。")
    ] = "intake,desk,delivery,clock",
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Be the bot until told to stop · 运行机器人"""
    chosen = roles_of(roles)
    with at_the_console(config, debug=debug, logs="INFO") as console:
        running.run(console, chosen)


@app.command()
def demo(
    play: Annotated[bool, typer.Option("--play", help="A scripted week, without a browser. 自动演示一周。")] = False,
    port: Annotated[int, typer.Option(help="Of the page with the phones. 网页端口。")] = 8080,
) -> None:
    """Phones in the browser and a sample town · 示范镇，不用 Telegram"""
    from bot import demo as sandbox_demo  # noqa: PLC0415  # nothing else may load the sandbox

    raise typer.Exit(sandbox_demo.main(port=port, play=play))


@app.command("import-roster")
def import_roster(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=".xlsx, or several .csv. 名册文件。")],
    apply: Apply = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Check a roster; --apply imports it · 检查、导入名册"""
    with at_the_console(config, debug=debug) as console:
        roster_import.import_roster(console, files, apply=apply)


@app.command()
def pair(apply: Apply = False, config: Config = None, debug: Debug = False) -> None:
    """Propose pairs; --apply writes them · 自动结对"""
    with at_the_console(config, debug=debug) as console:
        pairing.pair(console, apply=apply)


@app.command()
def invite(
    role: Annotated[Role, typer.Option(help="What they will be. 身份。")],
    unit: Annotated[str, typer.Option(metavar="CODE", help=UNIT_HELP)],
    person: Annotated[str | None, typer.Option(metavar="CODE", help="For this person only. 人员编码。")] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Print an invitation link for one person · 生成邀请链接"""
    with at_the_console(config, debug=debug) as console:
        invitations.invite(console, role=role, unit=unit, person=person)


@app.command()
def cards(
    out: Annotated[Path, typer.Argument(metavar="OUT.pdf")],
    unit: Annotated[str | None, typer.Option(metavar="CODE", help=UNIT_HELP)] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Write the cards as a PDF to print · 打印爱心联系卡"""
    with at_the_console(config, debug=debug) as console:
        papers.print_cards(console, out, unit=unit)


@app.command()
def tick(
    at: Annotated[str, typer.Option(metavar="ISO-TIME", help="Such as 2026-03-02T08:30, local. 当地时间。")],
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Do and deliver what is due by a moment · 办理到期的定时事项"""
    moment = moment_of(at)
    with at_the_console(config, debug=debug) as console:
        ticking.tick(console, moment)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx")],
    unit: Annotated[str, typer.Option(metavar="CODE", help=UNIT_HELP)],
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Write a unit's ledger as a workbook · 导出单位台账"""
    with at_the_console(config, debug=debug) as console:
        papers.export(console, out, unit=unit)
