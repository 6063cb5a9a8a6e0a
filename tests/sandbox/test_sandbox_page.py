"""The phones page: all of it comes from the sandbox itself, and the browser is told so."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

STATIC = Path(__file__).parents[2] / "sandbox/static"
FONT = "/static/fonts/NotoSansSC-Regular.ttf"
TRUETYPE = b"\x00\x01\x00\x00"


async def got(driver: Any, path: str, **headers: str) -> httpx.Response:
    return await driver.http.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/", "/static/index.html", "/static/js/main.js", "/static/css/base.css", FONT])
async def test_the_page_and_its_files_load_nothing_from_elsewhere_and_are_never_old(driver: Any, path: str) -> None:
    answer = await got(driver, path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; connect-src 'self'"
    )
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_font_that_the_page_names_is_served(driver: Any) -> None:
    assert FONT in (await got(driver, "/static/css/base.css")).text
    font = await got(driver, FONT)
    assert font.content.startswith(TRUETYPE)
    assert len(font.content) > 1_000_000


@pytest.mark.parametrize("path", ["/", "/static/js/main.js", FONT])
async def test_what_is_unchanged_is_not_sent_again(driver: Any, path: str) -> None:
    first = await got(driver, path)
    again = await got(driver, path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_whatever_the_page_names_exists(driver: Any) -> None:
    named = re.findall(r'(?:src|href)="(/[^"]+)"', (await got(driver, "/")).text)
    assert len(named) > 5
    assert [path for path in named if (await got(driver, path)).status_code != 200] == []


def test_nothing_on_the_page_needs_what_its_policy_forbids() -> None:
    html = (STATIC / "index.html").read_text("utf-8")
    assert not re.search(r'<style|\sstyle="|\son\w+="|<script(?![^>]*\ssrc=)', html)
    scripts = [path.read_text("utf-8") for path in STATIC.glob("js/*.js")]
    assert scripts
    assert not [script for script in scripts if re.search(r"\beval\(|new Function|innerHTML|cssText", script)]


async def test_no_way_leads_out_of_the_folder(driver: Any) -> None:
    for path in ("/static/../web_page.py", "/static/%2e%2e/web_page.py", "/static/fonts/../../web_page.py"):
        assert (await got(driver, path)).status_code == 404
