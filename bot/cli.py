"""The command line: what `python -m bot` understands. Each command is a function of a `Console` in `bot.commands`."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import audit as auditing
from bot.commands import erasing, pairing, papers, roster_import, running, storage
from bot.commands import invite as invitations
from bot.commands import keys as key_rotation
from bot.commands import letters as dead_letters
from bot.commands import retention as keeping
from bot.commands import stats as statistics
from bot.commands import tick as ticking
from bot.commands.console import at_the_console
from bot.commands.doctor import examine
from bot.post_office import ROLES
from models.actor import Role
from services.audit import End

app = typer.Typer(
    help="连心 Lianxin: the bot and what its operator needs. 机器人与运维命令。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # [table] key is no markup
)

letters = typer.Typer(
    help="Letters that could not be handled · 处理失败的来信", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(letters, name="letters")
keys = typer.Typer(help="The key file · 密钥文件", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(keys, name="keys")
audit = typer.Typer(
    help="Who read, handed out or changed what · 谁看过、导出过、改过什么", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(audit, name="audit")

Config = Annotated[
    Path | None, typer.Option("--config", help="The settings; config.toml where none is named. 配置文件。")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure. 出错时显示详情。")]
Apply = Annotated[bool, typer.Option("--apply", help="Write it; without this it is only shown. 写入，否则只预览。")]
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="As `letters list` says. 来信的号码。")]
UNIT_HELP = "The unit's code in the roster. 单位编码。"


def _roles(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if not names or names - ROLES:
        raise typer.BadParameter(f"{text!r}: some of {','.join(sorted(ROLES))} are needed, with commas between")
    return names


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment such as 2026-03-02T08:30 or 2026-03-02T08:30+08:00") from None


def _end(text: str) -> End:
    position, _, hash_ = text.strip().partition(":")
    if not position.isdecimal() or not re.fullmatch("[0-9a-f]{64}", hash_):
        raise typer.BadParameter(f"{text!r} is no line that `audit verify` printed, such as 1234:9f86d0…")
    return End(int(position), hash_)


@app.command()
def run(
    roles: Annotated[
        str, typer.Option(help="Only these parts of it. 只运行其中几部分。")
    ] = "intake,desk,delivery,clock",
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Be the bot until told to stop · 运行机器人"""
    chosen = _roles(roles)
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


@app.command()
def migrate(config: Config = None, debug: Debug = False) -> None:
    """Create or upgrade the database's tables · 建立或升级数据库"""
    with at_the_console(config, debug=debug) as console:
        storage.migrate(console)


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
    moment = _moment(at)
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
    """Count what was kept long enough; --apply lets it go · 保留期限清理"""
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


@app.command()
def doctor(config: Config = None) -> None:
    """Say what is wrong, in words · 体检：哪里不对"""
    raise typer.Exit(examine(config))


@app.command()
def stats(config: Config = None, debug: Debug = False) -> None:
    """Count households, visits, problems, post · 统计数字"""
    with at_the_console(config, debug=debug) as console:
        statistics.stats(console)


@letters.command("list")
def list_letters(config: Config = None, debug: Debug = False) -> None:
    """All of them, without names and words · 列出，不含姓名和内容"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.show_list(console)


@letters.command("show")
def show_letter(
    number: Number,
    body: Annotated[bool, typer.Option("--body", help="Also what the person wrote. 连同本人写的内容。")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """One with its traceback; --body adds what was written · 查看一封和出错详情"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.show(console, number, body=body)


@letters.command("replay")
def replay_letters(
    number: Annotated[int | None, typer.Argument(metavar="N", min=1, help="As `letters list` says. 号码。")] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every dead letter. 全部。")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Once the fault is mended: handle it after all · 修好后重新处理"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.replay(console, number, all_of_them=all_of_them)


@letters.command("drop")
def drop_letter(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="I am sure. 确认。")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """End it for good; what was written is erased · 不再处理，并抹去内容"""
    with at_the_console(config, debug=debug) as console:
        dead_letters.drop(console, number, sure=yes)


@audit.command("verify")
def verify_chain(
    expect: Annotated[
        str | None, typer.Option(metavar="POSITION:HASH", help="What an earlier run printed. 上次抄下的那一行。")
    ] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Check that no entry was changed or removed · 核对记录是否被改过"""
    expected = _end(expect) if expect else None
    with at_the_console(config, debug=debug) as console:
        auditing.verify(console, expected=expected)


@audit.command("show")
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


@keys.command("rotate")
def rotate_keys(config: Config = None, debug: Debug = False) -> None:
    """Seal everything with a new key · 更换密钥，重新加密"""
    with at_the_console(config, debug=debug) as console:
        key_rotation.rotate(console)
