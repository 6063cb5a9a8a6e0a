"""What `config.toml` and the environment may say, and in which words they are refused."""

import re
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.config import ConfigError, Settings, load_settings
from services.office import Site
from services.rules.policy import Category, Policy

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TOKEN = "123456789:the-canary-token-of-the-settings"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment without our variables."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("LIANXIN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(text: str) -> Settings:
    Path("here.toml").write_text(text, "utf-8")
    return load_settings(Path("here.toml"))


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(text)
    return str(refused.value).splitlines()


def flat(tables: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tables.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def dumped(settings: BaseModel) -> dict[str, Any]:
    return {key: str(value) for key, value in flat(settings.model_dump()).items()}


def test_the_example_names_every_key_and_no_other() -> None:
    assert set(flat(tomllib.loads(EXAMPLE.read_text("utf-8")))) == set(flat(Settings().model_dump(mode="json")))


def test_the_example_says_the_defaults(folder: Path) -> None:
    (folder / "config.toml").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    from_example = load_settings()
    (folder / "config.toml").unlink()
    assert dumped(from_example) == dumped(load_settings())


def test_every_key_of_the_example_is_explained_in_both_languages() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"[a-z_]+ = ", line):
            above = lines[number - 1]
            assert above.startswith("# ") and re.search(r"[一-鿿]", above) and re.search(r"[A-Z][a-z ]{3}", above), line


def test_without_a_file_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.policy_value() == Policy()
    assert settings.site_value() == Site()
    assert settings.telegram.api_url == "https://api.telegram.org"


def test_the_file_in_the_working_folder_is_read_unasked(folder: Path) -> None:
    (folder / "config.toml").write_text('[site]\nname = "青山镇"', "utf-8")
    assert load_settings().site.name == "青山镇"


def test_a_named_file_that_is_missing_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: no such file; copy config\.example\.toml"):
        load_settings(Path("absent.toml"))


def test_the_environment_overrides_the_file_key_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("LIANXIN_POLICY__VISIT_INTERVAL_DAYS__RED", "5")
    monkeypatch.setenv("LIANXIN_POLICY__SEND_WINDOWS", "09:00-10:00, 15:00-16:00")
    monkeypatch.setenv("LIANXIN_POLICY__HOLIDAYS", '["2026-10-09"]')
    settings = load('[telegram]\ntoken = "1:file"\nbot_username = "@lianxin_bot"\n[policy]\npairing_max = 6')
    policy = settings.policy_value()
    assert (settings.require_token(), settings.site_value().bot_username) == (TOKEN, "lianxin_bot")
    assert (policy.visit_interval_days["red"], policy.visit_interval_days["green"], policy.pairing_max) == (5, 90, 6)
    assert policy.send_windows == ((time(9), time(10)), (time(15), time(16)))
    assert policy.holidays == {date(2026, 10, 9)}


def test_a_deadline_changes_only_its_own_category() -> None:
    deadlines = load("[policy]\ndeadline_days.water = 3").policy_value().deadline_days
    assert deadlines == Policy().deadline_days | {Category.WATER: 3}  # type: ignore[operator]  # a mapping proxy can


def test_times_dates_and_windows_arrive_as_values() -> None:
    policy = load(
        '[policy]\ndigest_time = 09:15:00\nreminder_time = "8:45"\nnotice_window = "06:00-22:00"\n'
        'holidays = [2026-10-09, "2026-10-12"]\nworkdays = ["2026-10-10"]'
    ).policy_value()
    assert (policy.digest_time, policy.reminder_time) == (time(9, 15), time(8, 45))
    assert policy.notice_window == (time(6), time(22))
    assert policy.holidays == {date(2026, 10, 9), date(2026, 10, 12)}
    assert policy.workdays == {date(2026, 10, 10)}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[policy]\ndigest_tme = "08:30"', "[policy] digest_tme: unknown key — did you mean digest_time?"),
        ("[policy]\ndeadline_days.watr = 2", "[policy] deadline_days.watr: unknown key — did you mean water?"),
        ("[policy]\nvisit_interval_days.blue = 2", "[policy] visit_interval_days.blue: unknown key"),
        ("[polcy]\npairing_max = 2", "[polcy]: unknown table — did you mean policy?"),
        ("telegram = 5", "[telegram]: a table is needed"),
        ('[policy]\npairing_max = "many"', "[policy] pairing_max: "),
        ("[policy]\npairing_max = true", "[policy] pairing_max: a whole number is needed (not True)"),
        ("[policy]\npairing_max = 2.5", "[policy] pairing_max: a whole number is needed (not 2.5)"),
        ("[policy]\npairing_max = 0", "[policy] pairing_max: "),
        ("[policy]\nmessages_per_second = -1", "[policy] messages_per_second: "),
        ("[policy]\ndigest_time = 830", "[policy] digest_time: a time of day such as"),
        ('[policy]\ndigest_time = "24:00"', "[policy] digest_time: a time of day such as"),
        ('[policy]\nreminder_time = "18:00"', "[policy] reminder_time: impossible: the last of the send_windows"),
        ('[policy]\nnotice_window = "21:00-07:00"', "[policy] notice_window: impossible window: it ends before"),
        ('[policy]\nnotice_window = "all day"', "[policy] notice_window: a window such as"),
        ('[policy]\nsend_windows = ["08:30-11:30", "18:00-14:30"]', "[policy] send_windows.2: impossible window"),
        ('[policy]\nsend_windows = ["08:30-11:30", "11:00-12:00"]', "[policy] send_windows: impossible: the windows"),
        ("[policy]\nsend_windows = []", "[policy] send_windows: impossible: without a window"),
        ('[policy]\nholidays = ["1 October"]', "[policy] holidays.1: a date such as 2026-10-01 is needed"),
        ("[policy]\nholidays = [20261001]", "[policy] holidays.1: a date such as 2026-10-01 is needed"),
        ("[policy]\nholidays = [2026-10-01]\nworkdays = [2026-10-01]", "[policy] workdays: 2026-10-01 is among the"),
        ('[site]\ntimezone = "Asia/Shanghi"', "[site] timezone: unknown time zone"),
        ('[site]\ntimezone = "../../etc/passwd"', "[site] timezone: unknown time zone"),
        ('[site]\nlanguage = "fr"', "[site] language: "),
        ("[telegram]\nbot_username = 5", "[telegram] bot_username: "),
        ('[telegram]\napi_url = "api.telegram.org"', "[telegram] api_url: "),
        ('[telegram]\nmode = "push"', "[telegram] mode: "),
        ('[telegram]\nmode = "webhook"\nwebhook_secret = "0123456789abcdef"', "[telegram] webhook_url: needed when"),
        ('[telegram]\nmode = "webhook"\nwebhook_url = "https://a.example/x"', "[telegram] webhook_secret: needed when"),
        ('[database]\nurl = "mysql://here"', "[database] url: sqlite:///FILE or postgresql+psycopg://"),
        ('[database]\nurl = "sqlite:///:memory:"', "[database] url: sqlite:///FILE or postgresql+psycopg://"),
        ('[web]\nlisten = "8080"', "[web] listen: host and port such as"),
        ('[web]\nlisten = "localhost:99999"', "[web] listen: host and port such as"),
        ("[site\n", "here.toml: "),
    ],
)
def test_a_mistake_is_one_line_that_names_table_and_key(text: str, line: str) -> None:
    assert [said[: len(line)] for said in problems(text)] == [line]


def test_several_mistakes_are_told_at_once() -> None:
    said = problems('[tlegram]\n[policy]\npairing_max = "x"\nbackdate_day = 3')
    assert [line.partition(":")[0] for line in said] == ["[tlegram]", "[policy] pairing_max", "[policy] backdate_day"]


def test_a_mistyped_variable_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_TELEGRM__TOKEN", TOKEN)
    monkeypatch.setenv("LIANXIN_TELEGRAM__TOKN", TOKEN)
    with pytest.raises(ConfigError) as refused:
        load_settings()
    said = str(refused.value)
    assert "[telegrm]: unknown table — did you mean telegram?" in said
    assert "[telegram] tokn: unknown key — did you mean token?" in said
    assert TOKEN not in said


def test_a_missing_token_is_no_mistake_until_it_is_needed() -> None:
    with pytest.raises(ConfigError, match=r"\[telegram\] token: missing"):
        load_settings().require_token()


@pytest.mark.parametrize(
    "text", ["[telegram]\ntoken = 5", 'telegram = "1:canary"', '[database]\nurl = "mysql://me:canary-word@db/x"']
)
def test_a_refused_secret_is_not_repeated(text: str) -> None:
    assert not re.search(r"canary|not 5", "\n".join(problems(text)))


def test_no_secret_is_in_the_repr() -> None:
    settings = load(
        f'[telegram]\ntoken = "{TOKEN}"\nwebhook_secret = "canary-of-the-webhook"\n'
        '[database]\nurl = "postgresql+psycopg://me:canary-password@db/x"'
    )
    assert sorted(settings.secrets()) == sorted([TOKEN, "canary-of-the-webhook", "canary-password"])
    assert "canary" not in repr(settings) + str(settings) + repr(settings.telegram)


def test_relative_files_lie_beside_the_configuration(folder: Path) -> None:
    there = folder / "etc" / "lianxin.toml"
    there.parent.mkdir()
    there.write_text('[database]\nurl = "sqlite:///data/town.db?timeout=5"', "utf-8")
    settings = load_settings(there)
    assert settings.database.url == f"sqlite:///{folder}/etc/data/town.db?timeout=5"
    assert settings.security.key_file == folder / "etc" / "lianxin.key"


def test_absolute_files_stay_where_they_are() -> None:
    settings = load('[database]\nurl = "sqlite:////srv/town.db"\n[security]\nkey_file = "/srv/town.key"')
    assert (settings.database.url, settings.security.key_file) == ("sqlite:////srv/town.db", Path("/srv/town.key"))


def test_a_file_from_notepad_with_a_byte_order_mark_is_read() -> None:
    assert load('\ufeff[site]\nname = "青山镇"').site.name == "青山镇"


def test_an_ipv6_address_can_be_listened_on() -> None:
    web = load('[web]\nlisten = "[::1]:8443"').web
    assert (web.host, web.port) == ("::1", 8443)
