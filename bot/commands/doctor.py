"""`doctor`: everything that can be wrong before or while the bot runs, each with a plain verdict."""

from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from bot.commands.console import without
from bot.commands.failures import CONFIGURATION, FAILED
from bot.commands.health.backups import check_backups
from bot.commands.health.clock import check_clock
from bot.commands.health.database import check_database
from bot.commands.health.disk import check_disk
from bot.commands.health.keys import check_keys
from bot.commands.health.running import check_running
from bot.commands.health.telegram import check_telegram
from bot.commands.health.verdict import Mark, Verdict, fine
from bot.config import ConfigError, Settings, load_settings
from bot.logs import configure_logs
from services.clock import SystemClock
from services.i18n import Language, Translator, translator
from services.tracebacks import said


def examine(config: Path | None) -> int:
    """Print all verdicts; the exit code. Without settings there is nothing else to look at."""
    try:
        settings = load_settings(config)
    except ConfigError as error:
        t = translator(Language.ZH_CN)
        _print([Verdict("settings", Mark.WRONG, said=line) for line in str(error).splitlines()], t, ())
        typer.echo(t.plain("operator.doctor.settings.first"))
        return CONFIGURATION
    configure_logs(settings.secrets(), level="CRITICAL")  # what they would say is a verdict
    t = translator(settings.site.language)
    verdicts = list(_verdicts(settings, t))
    _print(verdicts, t, settings.secrets())
    wrongs = sum(verdict.mark is Mark.WRONG for verdict in verdicts)
    typer.echo(t.plain("operator.doctor.ill", n=wrongs) if wrongs else t.plain("operator.doctor.well"))
    return FAILED if wrongs else 0


def _verdicts(settings: Settings, t: Translator) -> Iterable[Verdict]:
    clock = SystemClock()
    yield fine("settings", "read", site=settings.site.name, mode=settings.telegram.mode)
    yield from _looked("database", lambda: check_database(settings, clock, t))
    yield from _looked("keys", lambda: check_keys(settings, t))
    yield from _looked("bot", lambda: check_running(settings))
    yield from _looked("token", lambda: check_telegram(settings))
    yield from _looked("clock", lambda: check_clock(settings, clock))
    yield from _looked("backup", lambda: check_backups(settings, clock))
    yield from _looked("disk", lambda: check_disk(settings))


def _looked(name: str, look: Callable[[], list[Verdict]]) -> list[Verdict]:
    """Whatever one check meets, the others are made."""
    try:
        return look()
    except Exception as error:  # what nobody thought of is a verdict too
        return [Verdict(name, Mark.WRONG, said=said(error))]


def _print(verdicts: Iterable[Verdict], t: Translator, secrets: Iterable[str]) -> None:
    for verdict in verdicts:
        words = verdict.said or t.plain(f"operator.doctor.{verdict.check}.{verdict.finding}", **verdict.params)
        typer.echo(without(secrets, f"{verdict.mark} {t.plain(f'operator.check.{verdict.check}')}: {words}"))
