"""The command line: what `python -m bot` understands. Each command is a function of a `Console` in `bot.commands`."""

import typer

from bot.cli import audit, keys, letters, town, upkeep

app = typer.Typer(
    help="连心 Lianxin: the bot and what its operator needs. 机器人与运维命令。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # [table] key is no markup
)
app.add_typer(town.app)
app.add_typer(upkeep.app)
app.add_typer(letters.app, name="letters")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
