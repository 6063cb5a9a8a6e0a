"""What keeps the data sound: tables, backups, erasures, figures."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Apply, Config, Debug
from bot.commands import erasing, storage
from bot.commands import retention as keeping
from bot.commands import stats as statistics
from bot.commands.console import at_the_console
from bot.commands.doctor import examine

app = typer.Typer()


@app.command()
def migrate(config: Config = None, debug: Debug = False) -> None:
    """Create or upgrade the database's tables · 建立或升级数据库"""
    with at_the_console(config, debug=debug) as console:
        storage.migrate(console)


@app.command()
def backup(out: Annotated[Path, typer.Argument(metavar="OUT")], config: Config = None, debug: Debug = False) -> None:
    """Write one verified copy of everything · 备份，不用停机"""
    with at_the_console(config, debug=debug) as console:
        storage.backup(console, out)


@app.command()
def restore(file: Annotated[Path, typer.Argument(metavar="FILE")], config: Config = None, debug: Debug = False) -> None:
    """Put a backup back into an empty place · 恢复备份"""
    with at_the_console(config, debug=debug) as console:
        storage.restore(console, file)


@app.command()
def doctor(config: Config = None) -> None:
    """Say what is wrong, in words · 体检：哪里不对"""
    raise typer.Exit(examine(config))


@app.command()
def stats(config: Config = None, debug: Debug = False) -> None:
    """Count households, visits, problems, post · 统计数字"""
    with at_the_console(config, debug=debug) as console:
        statistics.stats(console)


@app.command()
def erase(
    person: Annotated[
        str | None, typer.Option(metavar="CODE|id:NUMBER", help="A person. 人员编码，或 id:编号。")
    ] = None,
    household: Annotated[
        str | None, typer.Option(metavar="CODE", help="A household that moved away or was closed. 迁出或销户的农户。")
    ] = None,
    apply: Apply = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Anonymise a person or a household for good · 注销并匿名"""
    if (person is None) == (household is None):
        raise typer.BadParameter("either --person or --household is needed")
    with at_the_console(config, debug=debug) as console:
        if person is not None:
            erasing.erase_person(console, person, apply=apply)
        elif household is not None:
            erasing.erase_household(console, household, apply=apply)


@app.command()
def retention(apply: Apply = False, config: Config = None, debug: Debug = False) -> None:
    """Count what has expired; --apply lets it go · 清理到期数据"""
    with at_the_console(config, debug=debug) as console:
        keeping.sweep(console, apply=apply)


@app.command()
def unlink(
    person: Annotated[str, typer.Option(metavar="CODE|id:NUMBER", help="Whose phone is lost. 人员编码，或 id:编号。")],
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Cut off the Telegram account of a lost phone · 手机丢了，解除账号"""
    with at_the_console(config, debug=debug) as console:
        erasing.unlink(console, person)
