"""`keys …`: the key file."""

import typer

from bot.cli.options import Config, Debug
from bot.commands import keys as key_rotation
from bot.commands.console import at_the_console

app = typer.Typer(help="The key file · 密钥文件", no_args_is_help=True, rich_markup_mode=None)


@app.command("rotate")
def rotate_keys(config: Config = None, debug: Debug = False) -> None:
    """Seal everything with a new key · 更换密钥，重新加密"""
    with at_the_console(config, debug=debug) as console:
        key_rotation.rotate(console)
