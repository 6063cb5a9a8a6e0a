"""Pictures, documents, voice messages and albums, in both directions."""

import base64
from typing import Any

import pytest

pytestmark = pytest.mark.asyncio


async def upload(driver: Any, method: str, person: int, field: str, name: str, content: bytes, **more: str) -> Any:
    answer = await driver.http.post(
        f"/bot{driver.box.token}/{method}",
        data={"chat_id": str(person), **more},
        files={field: (name, content)},
    )
    return answer.json()


async def test_a_document_arrives_and_is_fetched_again(driver: Any) -> None:
    person = await driver.person()
    envelope = await upload(driver, "sendDocument", person, "document", "名册.xlsx", b"PK\x03\x04", caption="本月")
    document = envelope["result"]["document"]
    assert (document["file_name"], document["file_size"]) == ("名册.xlsx", 4)
    assert envelope["result"]["caption"] == "本月"
    file = await driver.ok("getFile", file_id=document["file_id"])
    fetched = await driver.http.get(f"/file/bot{driver.box.token}/{file['file_path']}")
    assert fetched.content == b"PK\x03\x04"
    shown = await driver.http.get(f"/sandbox/files/{document['file_id']}")
    assert shown.content == b"PK\x03\x04"
    assert "spreadsheetml" in shown.headers["content-type"]


async def test_a_photo_comes_in_several_sizes(driver: Any, png: bytes) -> None:
    person = await driver.person()
    photo = (await upload(driver, "sendPhoto", person, "photo", "x.png", png))["result"]["photo"]
    assert [(size["width"], size["height"]) for size in photo] == [(90, 45), (320, 160), (800, 400), (1000, 500)]
    assert len({size["file_id"] for size in photo}) == 4


async def test_a_file_is_sent_again_by_its_id(driver: Any, png: bytes) -> None:
    person = await driver.person()
    first = (await upload(driver, "sendPhoto", person, "photo", "x.png", png))["result"]["photo"]
    again = await driver.ok("sendPhoto", chat_id=person, photo=first[-1]["file_id"])
    assert again["photo"] == first
    reason = await driver.refused("sendDocument", chat_id=person, document=first[-1]["file_id"])
    assert reason == "Bad Request: can't use file of type Photo as Document"


async def test_an_attached_file_is_found_by_its_name(driver: Any) -> None:
    person = await driver.person()
    envelope = await upload(driver, "sendDocument", person, "roster", "a.csv", b"1,2", document="attach://roster")
    assert envelope["result"]["document"]["file_name"] == "a.csv"


@pytest.mark.parametrize(
    ("method", "field", "content", "reason"),
    [
        ("sendPhoto", "photo", b"no picture", "IMAGE_PROCESS_FAILED"),
        ("sendDocument", "document", b"", "file must be non-empty"),
        ("sendPhoto", "foto", b"x", 'unknown parameter "foto"'),
        (
            "sendPhoto",
            "photo",
            b"\x89PNG" + b"x" * 10 * 1024 * 1024,
            "file of size 10485764 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
    ids=["no picture", "empty", "misspelt", "too big"],
)
async def test_a_bad_file_is_refused(driver: Any, method: str, field: str, content: bytes, reason: str) -> None:
    person = await driver.person()
    envelope = await upload(driver, method, person, field, "x", content)
    assert envelope["description"] == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("method", "params", "reason"),
    [
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "AgACAg"}, "wrong remote file identifier specified: Wrong string length"),
        ("sendPhoto", {"photo": "https://example.com/x.png"}, "failed to get HTTP URL content"),
        ("sendDocument", {"document": "x", "caption": "长" * 1025}, "message caption is too long"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x"}]}, "an album must include 2-10 items"),
    ],
)
async def test_a_file_that_cannot_be_found_is_refused(
    driver: Any, method: str, params: dict[str, Any], reason: str
) -> None:
    person = await driver.person()
    assert await driver.refused(method, chat_id=person, **params) == f"Bad Request: {reason}"


async def test_an_unknown_file_is_not_fetched(driver: Any) -> None:
    reason = await driver.refused("getFile", file_id="nothing")
    assert reason == "Bad Request: wrong file_id or the file is temporarily unavailable"
    answer = await driver.http.get(f"/file/bot{driver.box.token}/documents/none")
    assert answer.status_code == 404
    assert (await driver.http.get("/file/bot1:wrong/documents/none")).status_code == 401


async def test_files_above_20_mb_are_not_fetched(driver: Any) -> None:
    person = await driver.person()
    content = bytes(20 * 1024 * 1024 + 1)
    document = (await upload(driver, "sendDocument", person, "document", "x", content))["result"]["document"]
    assert await driver.refused("getFile", file_id=document["file_id"]) == "Bad Request: file is too big"


async def test_a_caption_is_edited(driver: Any) -> None:
    person = await driver.person()
    message = (await upload(driver, "sendDocument", person, "document", "x", b"1"))["result"]
    edited = await driver.ok("editMessageCaption", chat_id=person, message_id=message["message_id"], caption="说明")
    assert edited["caption"] == "说明"
    reason = await driver.refused("editMessageText", chat_id=person, message_id=message["message_id"], text="x")
    assert reason == "Bad Request: there is no text in the message to edit"


async def test_an_album_shares_one_group(driver: Any, png: bytes) -> None:
    person = await driver.person()
    media = '[{"type":"photo","media":"attach://a","caption":"<b>前</b>","parse_mode":"HTML"},' \
        '{"type":"photo","media":"attach://b"}]'  # fmt: skip
    answer = await driver.http.post(
        f"/bot{driver.box.token}/sendMediaGroup",
        data={"chat_id": str(person), "media": media},
        files={"a": ("a.png", png), "b": ("b.png", png)},
    )
    first, second = answer.json()["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], first["caption_entities"][0]["type"]) == ("前", "bold")


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("photo", {"caption": "门前"}),
        ("voice", {"duration": 7}),
        ("document", {"file_name": "名册.csv", "mime_type": "text/csv"}),
    ],
)
async def test_a_person_sends_a_file(driver: Any, png: bytes, what: str, more: dict[str, Any]) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/send", **{what: base64.b64encode(png).decode()}, **more)
    message = (await driver.ok("getUpdates"))[-1]["message"]
    carried = message[what][-1] if what == "photo" else message[what]
    expected = {key: value for key, value in more.items() if key != "caption"}
    assert expected.items() <= carried.items()
    assert message.get("caption") == more.get("caption")
    path = (await driver.ok("getFile", file_id=carried["file_id"]))["file_path"]
    assert (await driver.http.get(f"/file/bot{driver.box.token}/{path}")).content == png


async def test_a_person_sends_a_file_as_multipart(driver: Any, png: bytes) -> None:
    person = await driver.person()
    answer = await driver.http.post(
        f"/sandbox/persons/{person}/send",
        data={"caption": "屋顶", "media_group_id": "g1"},
        files={"photo": ("x.png", png)},
    )
    assert answer.status_code == 200
    message = (await driver.ok("getUpdates"))[-1]["message"]
    assert (message["caption"], message["media_group_id"]) == ("屋顶", "g1")
