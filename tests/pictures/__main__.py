"""The phones page of the demonstration, wide and narrow, in both languages, and one printed card."""

import asyncio
import shutil
import sys
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from bot.demo.stage import DemoStage, opened
from bot.demo.town import furnish
from models.queries import demo as rows
from services import card_printing
from services.rendering.card import render_cards

OUT = Path("build/pictures")
SIZES = {"wide": (1600, 900), "narrow": (390, 844)}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("No Chromium on this machine: install the package `chromium`.", file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    async with opened(0) as stage, async_playwright() as playwright:
        await furnish(stage)
        await _print_card(stage)
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET_BROWSER)
        for size in SIZES:
            for language in LANGUAGES:
                await _take(browser, stage.url, size, language)
        await browser.close()
    print(f"pictures are in {OUT}")
    return 0


async def _take(browser: Browser, url: str, size: str, language: str) -> None:
    """A cadre who has just joined: the invitation is opened and agreed to by hand."""
    width, height = SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height}, locale=LANGUAGES[language])
    page = await context.new_page()
    await page.goto(url)
    phone = page.locator('[data-testid^="phone-"]').first
    await phone.wait_for()
    if language == "en":
        await page.get_by_test_id("language").click()
    if await phone.get_by_test_id("invitation").count():
        await phone.get_by_test_id("invitation").click()
        await phone.locator("[data-callback]").first.click()
        await phone.locator("[data-reply]").first.wait_for()
    await page.screenshot(path=OUT / f"phones-{size}-{language}.png", animations="disabled")
    await context.close()


async def _print_card(stage: DemoStage) -> None:
    home = (await stage.post.backroom.read(rows.leads)).household
    cards = await stage.post.backroom.read(
        lambda session: card_printing.printed_cards(session, stage.office, household_ids=[home.id])
    )
    (OUT / "card.pdf").write_bytes(render_cards(cards, language="zh_CN"))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
