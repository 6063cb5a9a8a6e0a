"""Telegram's menu names what everybody can do, in their language."""

from bot.menu import COMMANDS, publish_menu
from bot.telegram_link import TelegramLink
from handlers import ROUTES
from handlers.routes import KNOWN
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient

TOKEN = "123456789:a-token-for-tests-only"


async def test_the_menu_is_published_in_every_language() -> None:
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url, SandboxClient(url) as client:
        link = TelegramLink(TOKEN, url)
        await link.open()
        await publish_menu(link, "zh_CN")
        for code, word in (("", "我的资料"), ("zh", "我的资料"), ("en", "My data")):
            commands = await link.call("getMyCommands", {"language_code": code} if code else {})
            assert [command["command"] for command in commands] == list(COMMANDS)
            assert commands[-1]["description"] == word
        assert (await client.get("/sandbox/state"))["bot"]["commands"]
        await link.close_line()


async def test_a_telegram_that_is_away_does_no_harm() -> None:
    link = TelegramLink(TOKEN, "http://127.0.0.1:9")
    await link.open()
    await publish_menu(link, "zh_CN")
    await link.close_line()


def test_the_menu_names_only_what_every_role_may_do() -> None:
    open_to_all = {route.key[1] for route in ROUTES if route.key[0] == "command" and route.allowed >= KNOWN}
    assert set(COMMANDS) <= open_to_all
