"""The units that the documentation hands out are what systemd takes."""

import getpass
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "docs/examples"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
@pytest.mark.parametrize("name", ["lianxin.service", "lianxin@.service"])
def test_systemd_takes_the_unit_without_a_word(name: str, tmp_path: Path) -> None:
    """Only what this machine may lack is put in place: the interpreter, the user, the folder."""
    unit = (UNITS / name).read_text("utf-8")
    here = unit.replace("/srv/lianxin/.venv/bin/python", sys.executable).replace(
        "User=lianxin", f"User={getpass.getuser()}"
    )
    file = tmp_path / name.replace("@.", "@desk.")
    file.write_text(here, "utf-8")
    asked = subprocess.run(["systemd-analyze", "verify", file], check=False, capture_output=True, text=True, timeout=60)
    about_it = [line for line in (asked.stdout + asked.stderr).splitlines() if "lianxin" in line]
    assert about_it == []
    assert asked.returncode == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
def test_a_mistake_in_a_unit_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "lianxin.service"
    file.write_text(
        (UNITS / "lianxin.service").read_text("utf-8").replace("Restart=always", "Restart=perhaps"), "utf-8"
    )
    asked = subprocess.run(["systemd-analyze", "verify", file], check=False, capture_output=True, text=True, timeout=60)
    assert "perhaps" in asked.stderr


def test_both_units_restart_and_harden_alike() -> None:
    def settings(name: str) -> set[str]:
        lines = (UNITS / name).read_text("utf-8").partition("[Service]")[2].splitlines()
        return {line for line in lines if "=" in line and not line.startswith(("#", "ExecStart", "EnvironmentFile"))}

    assert settings("lianxin.service") == settings("lianxin@.service")
    assert len(settings("lianxin.service")) > 15
