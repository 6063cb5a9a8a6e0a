"""What several commands take, and how a moment, roles and the end of the audit are written."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.post_office import ROLES
from services.audit import End

Config = Annotated[
    Path | None, typer.Option("--config", help="The settings; config.toml where none is named. 配置文件。")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure. 出错时显示详情。")]
Apply = Annotated[bool, typer.Option("--apply", help="Write it; without this it is only shown. 写入，否则只预览。")]
UNIT_HELP = "The unit's code in the roster. 单位编码。"


def roles_of(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if not names or names - ROLES:
        raise typer.BadParameter(f"{text!r}: some of {','.join(sorted(ROLES))} are needed, with commas between")
    return names


def moment_of(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment such as 2026-03-02T08:30 or 2026-03-02T08:30+08:00") from None


def end_of(text: str) -> End:
    position, _, hash_ = text.strip().partition(":")
    if not position.isdecimal() or not re.fullmatch("[0-9a-f]{64}", hash_):
        raise typer.BadParameter(f"{text!r} is no line that `audit verify` printed, such as 1234:9f86d0…")
    return End(int(position), hash_)
