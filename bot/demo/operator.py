"""The operator's side of the scripted week: real commands of `python -m bot`, each in a process of its own."""

import asyncio
import csv
import os
import sys
from pathlib import Path

from bot.demo.narrator import remark
from bot.demo.stage import TOKEN, USERNAME, DemoStage
from services.rules.roster.reading import read_tables

ROOT = Path(__file__).resolve().parents[2]
ADMIN_ROLE = "管理员"


class Operator:
    """Types commands against the settings of the stage."""

    def __init__(self, stage: DemoStage) -> None:
        self._folder = stage.folder
        site = stage.settings.site
        self._environment = os.environ | {
            "LIANXIN_TELEGRAM__TOKEN": TOKEN,
            "LIANXIN_TELEGRAM__BOT_USERNAME": USERNAME,
            "LIANXIN_TELEGRAM__API_URL": stage.url,
            "LIANXIN_DATABASE__URL": stage.settings.database.url,
            "LIANXIN_SECURITY__KEY_FILE": str(stage.settings.security.key_file),
            "LIANXIN_SITE__NAME": site.name,
            "LIANXIN_SITE__TOWN_HOTLINE": site.town_hotline,
            "LIANXIN_SITE__SUPERVISION_PHONE": site.supervision_phone,
            "PYTHONPATH": str(ROOT),
        }

    async def runs(self, *arguments: str) -> str:
        """One command; returns what it printed. Errors: RuntimeError with its one line where it failed."""
        remark(f"$ python -m bot {' '.join(arguments)}")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=self._folder,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, error = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed: {error.decode().strip()}")
        return out.decode().strip()

    def first_files(self, roster: Path) -> list[str]:
        """The town's units and its administrator alone, as .csv: enough to let the administrator in."""
        tables = {table.name: table.rows for table in read_tables([(roster.name, roster.read_bytes())])}
        officials = tables["干部"]
        admins = [row for row in officials if ADMIN_ROLE in row or row == _header(officials)]
        return [self._write("单位.csv", tables["单位"]), self._write("干部.csv", admins)]

    def _write(self, name: str, rows: object) -> str:
        path = self._folder / name
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)  # type: ignore[arg-type]  # rows of cells
        return str(path)


def _header(rows: object) -> object:
    return next(row for row in rows if "姓名" in "".join(map(str, row)))  # type: ignore[attr-defined]
