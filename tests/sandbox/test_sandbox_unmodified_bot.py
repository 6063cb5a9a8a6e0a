"""An unmodified python-telegram-bot can't tell the sandbox from Telegram."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def bot(driver: Any) -> AsyncIterator[Bot]:
    async with Bot(driver.box.token, base_url=f"{driver.url}/bot", base_file_url=f"{driver.url}/file/bot") as bot:
        yield bot


async def test_it_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.first_name, me.is_bot) == ("lianxin_bot", "连心", True)


async def test_a_wrong_token_is_an_invalid_token(driver: Any) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{driver.url}/bot"):
            pass


async def test_it_sends_edits_and_answers(driver: Any, bot: Bot) -> None:
    person = await driver.person()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("记走访", callback_data="visit:1")]])
    sent = await bot.send_message(person, "<b>今天</b> 😀", parse_mode="HTML", reply_markup=keyboard)
    assert sent.parse_entities() == {sent.entities[0]: "今天"}
    await driver.press(person, sent.message_id, "visit:1")
    query = (await bot.get_updates(allowed_updates=["callback_query"]))[-1].callback_query
    assert query is not None
    assert query.data == "visit:1"
    assert await query.answer("好")
    await query.edit_message_text("记下了", reply_markup=keyboard)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await query.edit_message_text("记下了", reply_markup=keyboard)


async def test_it_sends_files_and_fetches_them(driver: Any, bot: Bot, png: bytes) -> None:
    person = await driver.person()
    document = (await bot.send_document(person, b"1,2", filename="名册.csv", caption="本月")).document
    assert document is not None
    assert document.file_name == "名册.csv"
    photo = (await bot.send_photo(person, png, caption="门前")).photo
    file = await bot.get_file(photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == png
    album = await bot.send_media_group(person, [InputMediaPhoto(png), InputMediaPhoto(photo[-1].file_id)])
    assert len({message.media_group_id for message in album}) == 1
    assert (await bot.send_voice(person, b"OggS", duration=3)).voice is not None


async def test_it_asks_for_a_number_and_replies(driver: Any, bot: Bot) -> None:
    person = await driver.person(phone="+8613800000000")
    keyboard = ReplyKeyboardMarkup(
        [[KeyboardButton("发送号码", request_contact=True)]], resize_keyboard=True, is_persistent=True
    )
    await bot.send_message(person, "请发号码", reply_markup=keyboard)
    await driver.people(f"persons/{person}/send", share_contact=True)
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.contact is not None
    assert message.contact.user_id == person
    reply = await bot.send_message(person, "收到", reply_parameters=ReplyParameters(message.message_id))
    assert reply.reply_to_message is not None


async def test_it_sets_commands_and_reads_chats(driver: Any, bot: Bot) -> None:
    person = await driver.person()
    assert await bot.set_my_commands([BotCommand("visit", "记走访")], language_code="zh")
    assert (await bot.get_my_commands(language_code="zh"))[0].command == "visit"
    assert (await bot.get_chat(person)).first_name == "王秀兰"
    assert (await bot.get_webhook_info()).url == ""


async def test_refusals_become_its_exceptions(driver: Any, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # the way RetryAfter will be; the old one warns
    person = await driver.person()
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "在吗")
    await driver.people("limits", enabled=True, chat_burst=1)
    await bot.send_message(person, "一")
    with pytest.raises(RetryAfter):
        await bot.send_message(person, "二")
    await driver.people(f"persons/{person}/block")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(person, "三")
