"""`letters`: what died in the inbox, and what becomes of it."""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta

import typer
from rich.table import Table

from bot.commands.console import Console
from bot.commands.failures import CommandFailed
from bot.commands.tables import print_table
from models.post import InboxLetter
from models.queries import letters as rows
from models.session import Session
from services import audit

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LAST_TRACEBACK = "Traceback (most recent call last):"  # the last one tells of the exception that came out
KIND = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)


def show_list(console: Console) -> None:
    """Numbers, codes and kinds of errors; nobody's name or words."""
    with console.database() as database, database.reading() as session:
        dead = rows.dead_letters(session)
    if not dead:
        console.say("letters.none")
        return
    table = Table(box=None)
    for column in ("number", "received", "from", "attempts", "age", "error"):
        table.add_column(console.t.plain(f"letters.{column}"))
    office = console.office()
    for one in dead:
        received, age = _moment(office.local(one.received_at)), _age(console, office.now() - one.received_at)
        sender = _sender(console, one.chat_id, one.person_code)
        table.add_row(str(one.id), received, sender, str(one.attempts), age, kind_of(one.error))
    print_table(table)
    console.remark("letters.hint")


def show(console: Console, number: int, *, body: bool) -> None:
    """Everything but what was written; that only where `body` asks for it. Errors: CommandFailed."""
    office = console.office()
    with console.database() as database, database.transaction() as session:
        letter = _there(session, number)
        code = rows.person_code(session, letter.chat_id)
        error, written = rows.error_of(letter), letter.body if body else ""
        if body:
            audit.record(session, office, None, "letter_read", "letter", number, by="operator")
    for name, value in _facts(console, letter, code):
        typer.echo(f"{console.t.plain(f'letters.{name}')}: {value}")
    if error:
        typer.echo(f"\n{error.rstrip()}")
    if body:
        typer.echo(f"\n{_legible(written)}")
        console.remark("letters.body_is_personal")


def replay(console: Console, number: int | None, *, all_of_them: bool) -> None:
    """Errors: CommandFailed where the letter isn't there or isn't dead."""
    if (number is None) != all_of_them:
        raise CommandFailed("letter_or_all")
    with console.database() as database, database.transaction() as session:
        replayed = rows.replay(session, number)
        if number is not None and not replayed:
            raise _not_dead(console, _there(session, number))
        back: list[tuple[int | None, audit.Facts]] = [(one, {}) for one in replayed]
        audit.record_each(session, console.office(), None, "letter_replayed", "letter", back)
    if number is not None:
        console.say("letters.replayed", number=number)
    elif replayed:
        console.say("letters.replayed_all", n=len(replayed))
    else:
        console.say("letters.none")


def drop(console: Console, number: int, *, sure: bool) -> None:
    """Errors: CommandFailed where the letter isn't there or isn't dead, or nobody said that they are sure."""
    with console.database() as database, database.transaction() as session:
        letter = _there(session, number)
        if letter.state != "dead":
            raise _not_dead(console, letter)
        if not sure:
            raise CommandFailed("letter_unsure", number=number)
        office = console.office()
        rows.drop(session, number, error=kind_of(rows.error_of(letter)), now=office.now())
        audit.record(session, office, None, "letter_dropped", "letter", number, by="operator")
    console.say("letters.dropped", number=number)


def _legible(body: str) -> str:
    """What was written in its own characters; those that steer a terminal, or that it can't show, are spelled out."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        text = body
    return "".join(json.dumps(one)[1:-1] if unicodedata.category(one)[0] == "C" else one for one in text)


def kind_of(error: str) -> str:
    """The class of the exception, without its words: those may quote what a person wrote."""
    _, is_traceback, tail = error.rpartition(LAST_TRACEBACK)
    if not is_traceback:
        return error.partition("\n")[0]  # a sentence of ours
    found = KIND.search(tail)
    return found[1] if found else "?"


def _there(session: Session, number: int) -> InboxLetter:
    letter = rows.letter(session, number)
    if letter is None:
        raise CommandFailed("no_letter", number=number)
    return letter


def _facts(console: Console, letter: InboxLetter, code: str | None) -> Iterator[tuple[str, str]]:
    office = console.office()
    yield "number", str(letter.id)
    yield "state", console.t.plain(f"letters.state.{letter.state}")
    yield "received", _moment(office.local(letter.received_at))
    yield "age", _age(console, office.now() - letter.received_at)
    yield "from", _sender(console, letter.chat_id, code)
    yield "update", str(letter.update_id or "–")
    yield "attempts", str(letter.attempts)


def _not_dead(console: Console, letter: InboxLetter) -> CommandFailed:
    return CommandFailed("letter_not_dead", number=letter.id, state=console.t.plain(f"letters.state.{letter.state}"))


def _sender(console: Console, chat_id: int, code: str | None) -> str:
    if code:
        return console.t.plain("letters.official", code=code, chat=str(chat_id))
    return console.t.plain("letters.chat", chat=str(chat_id))


def _moment(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M")


def _age(console: Console, age: timedelta) -> str:
    for name, unit in (("days", DAY), ("hours", HOUR)):
        if age >= unit:
            return console.t.plain(f"letters.{name}", n=age // unit)
    return console.t.plain("letters.minutes", n=max(age // MINUTE, 0))
