"""Whatever is done to a sealed file is noticed, and memory stays bounded."""

import io
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.key_file import create_key_file
from models.keyring import Keyring, UnknownKey
from models.sealed_stream import CHUNK, MAGIC, TAG, Damaged, NotSealed, SealedReader, SealedWriter, read_header
from tests.keys import KEYRING
from tests.town import MONDAY_MORNING

MB = 1 << 20


def sealed(content: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, KEYRING, kind="sqlite", created_at=MONDAY_MORNING)
    for start in range(0, len(content), 10_000):
        writer.write(content[start : start + 10_000])
    writer.finish()
    return file.getvalue()


def opened(file: bytes) -> bytes:
    return SealedReader(io.BytesIO(file), KEYRING).read()


def parts(file: bytes) -> tuple[bytes, list[bytes]]:
    """The header, and the chunks as they lie in the file."""
    after = file.index(b"\n", len(MAGIC)) + 1
    size = CHUNK + TAG
    return file[:after], [file[start : start + size] for start in range(after, len(file), size)]


CONTENT = bytes(range(256)) * (3 * CHUNK // 256) + b"and a little more"


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_what_was_sealed_is_read_back_whatever_its_size(size: int) -> None:
    assert opened(sealed(CONTENT[:size])) == CONTENT[:size]


@pytest.mark.parametrize("size", [0, 1, CHUNK, 2 * CHUNK])
@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999])
def test_a_file_cut_short_is_noticed(size: int, kept: float) -> None:
    header, chunks = parts(sealed(CONTENT[:size]))
    body = b"".join(chunks)
    with pytest.raises(Damaged):
        opened(header + body[: int(len(body) * kept)])


def test_a_file_cut_at_the_end_of_a_chunk_is_noticed() -> None:
    header, chunks = parts(sealed(CONTENT))
    for left in range(len(chunks)):
        with pytest.raises(Damaged):
            opened(header + b"".join(chunks[:left]))


def test_chunks_in_another_order_or_twice_or_left_out_are_noticed() -> None:
    header, (first, second, *rest) = parts(sealed(CONTENT))
    for order in (
        [second, first, *rest],
        [first, first, second, *rest],
        [second, *rest],
        [first, second, *rest, rest[-1]],
    ):
        with pytest.raises(Damaged):
            opened(header + b"".join(order))


def test_a_chunk_of_another_file_is_noticed() -> None:
    header, chunks = parts(sealed(CONTENT))
    _, others = parts(sealed(CONTENT))
    with pytest.raises(Damaged):
        opened(header + b"".join([others[0], *chunks[1:]]))


def test_no_byte_can_be_changed() -> None:
    """Nor one of the header, whatever stays readable in it."""
    file = sealed(b"short")
    for place in range(len(file)):
        changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        with pytest.raises((Damaged, NotSealed, UnknownKey)):
            opened(changed)


def test_the_header_is_read_without_a_key() -> None:
    header = read_header(io.BytesIO(sealed(b"")))
    assert (header.kind, header.key_id, header.created_at) == ("sqlite", KEYRING.current, MONDAY_MORNING)


def test_a_key_that_is_not_in_the_key_file_is_named(tmp_path: Path) -> None:
    create_key_file(tmp_path / "other.key", on=datetime.now(UTC).date())
    with pytest.raises(UnknownKey) as unknown:
        SealedReader(io.BytesIO(sealed(b"x")), Keyring(tmp_path / "other.key"))
    assert unknown.value.key_id == KEYRING.current


def test_large_files_need_little_memory(tmp_path: Path) -> None:
    tracemalloc.start()
    with (tmp_path / "large").open("wb") as file:
        writer = SealedWriter(file, KEYRING, kind="sqlite", created_at=MONDAY_MORNING)
        for _ in range(32):
            writer.write(bytes(MB))
        writer.finish()
    with (tmp_path / "large").open("rb") as file:
        reader, size = SealedReader(file, KEYRING), 0
        while block := reader.read(CHUNK):
            size += len(block)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 32 * MB
    assert peak < 4 * MB
