"""The phones page in a real browser: a visit and a problem, played as a person does, by looking and clicking."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import ConsoleMessage, Locator, Page, Request, Response, async_playwright, expect
from sqlalchemy import select

from models.people import Person
from models.problems import Problem, ProblemEvent
from models.session import Database
from models.visits import Attachment, Visit
from services.i18n import Translator, translator
from tests.journeys.stage import LANGUAGE_CODES, Stage, opened

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox",  # tests also run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WINDOW = {"width": 1680, "height": 1000}  # pixels; four phones side by side
PATIENCE = 15_000  # milliseconds
REGIONS = 4  # a phone's picture is looked at in so many bands


@dataclass
class Window:
    """A page, and whatever went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        self.complaints.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with opened(database) as stage:
        yield stage


@pytest.fixture
async def window() -> AsyncIterator[Window]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"THE PHONES PAGE WAS NOT TESTED: none of {', '.join(BROWSERS)} is installed on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(SWITCHES))
        window = Window(await browser.new_page(viewport=WINDOW))
        window.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        window.listen()
        yield window
        await browser.close()


@dataclass
class Phone:
    """One phone of the page; everything by its looks: buttons by their words, messages by theirs."""

    node: Locator
    t: Translator

    async def starts(self) -> None:
        await self.node.get_by_test_id("start").click()

    async def keys(self, name: str) -> None:
        await self.node.locator(f'[data-reply="{self.t.plain(f"words.button.{name}")}"]').click()

    async def taps(self, label: str) -> None:
        """The newest inline button with this label."""
        await self.node.locator("[data-callback]").filter(has_text=label).last.click()

    async def writes(self, text: str) -> None:
        await self.node.get_by_test_id("composer").fill(text)
        await self.node.get_by_test_id("send").click()

    async def sends_sample_photo(self) -> None:
        await self.node.get_by_test_id("attach").click()
        await self.node.get_by_test_id("attach-sample-photo").click()

    async def sees(self, *fragments: str) -> None:
        """One message of the bot with all of these words, in view."""
        message = self.node.locator("li.message.in")
        for fragment in fragments:
            message = message.filter(has_text=fragment)
        await expect(message.last).to_be_in_viewport()


async def phone_of(stage: Stage, window: Window, t: Translator, person: Person, role: str) -> Phone:
    await stage.client.add(
        person.name, id=person.telegram_user_id, role=role, phone=person.phone, language_code=LANGUAGE_CODES[t.language]
    )
    return Phone(window.page.get_by_test_id(f"phone-{person.telegram_user_id}"), t)


async def picture_of(node: Locator) -> Image.Image:
    return Image.open(BytesIO(await node.screenshot())).convert("RGB")


def colours_by_region(picture: Image.Image) -> list[int]:
    """How many clearly different colours each band of the picture shows; a blank one shows one."""
    height = picture.height // REGIONS
    bands = (picture.crop((0, band * height, picture.width, (band + 1) * height)) for band in range(REGIONS))
    return [len({tuple(part // 16 for part in pixel) for pixel in band.get_flattened_data()}) for band in bands]


@pytest.mark.parametrize(
    ("database_url", "language"), [("sqlite", "zh_CN"), ("postgresql", "en")], indirect=["database_url"]
)
async def test_a_visit_and_a_problem_are_played_on_the_phones(stage: Stage, window: Window, language: str) -> None:
    t, town = translator(language), stage.town
    await stage.everybody_speaks(language)
    cadre = await phone_of(stage, window, t, town.cadre, "cadre")
    resident = await phone_of(stage, window, t, town.resident, "household")
    await window.page.goto(stage.settings.telegram.api_url)

    await cadre.starts()
    await cadre.keys("log_visit")
    await cadre.taps("张大山")
    await cadre.writes("屋顶补好了")
    await cadre.sees(t.plain("visits.form.said", said="屋顶补好了"))
    await cadre.sends_sample_photo()
    await cadre.sees(t.plain("visits.attached.photo", n=1))
    await cadre.taps(t.plain("words.condition.changed"))
    await cadre.taps(t.plain("words.button.save"))
    await cadre.sees("张大山", t.date(stage.office.today()))

    await resident.starts()
    await resident.keys("report")
    await resident.taps(t.plain("words.category.water"))
    await resident.writes("井水浑了")
    await resident.sees(t.plain("problems.form.text", text="井水浑了"))
    await resident.taps(t.plain("words.button.submit"))
    await resident.sees("P-2026-000001", "王联系")
    await cadre.sees("P-2026-000001", "井水浑了")
    await cadre.taps(t.plain("words.button.accept"))
    await expect(cadre.node.get_by_test_id("toast")).to_have_text(t.plain("problems.saved.accept"))
    await resident.sees("P-2026-000001", t.plain("words.stage.accepted"))
    await stage.quiet()

    visit = stage.row(select(Visit))
    assert (visit.household_id, visit.condition, visit.said) == (town.households["H001"].id, "changed", "屋顶补好了")
    assert [one.kind for one in stage.rows(select(Attachment))] == ["photo"]
    problem = stage.row(select(Problem))
    assert (problem.stage, problem.category, problem.owner_id) == ("accepted", "water", town.cadre.id)
    assert stage.rows(select(ProblemEvent.act).order_by(ProblemEvent.id)) == ["reported", "accept"]

    for phone in (cadre, resident):
        assert min(colours_by_region(await picture_of(phone.node))) >= 8
    photo = cadre.node.locator("li.message.out img").last
    assert await photo.evaluate("image => image.complete && image.naturalWidth") == 1280
    assert window.complaints == []
