"""What people photograph, say and send in journeys: small, and real enough for the sandbox."""

import struct
import zlib


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_HEADER = struct.pack(">IIBBBBB", 80, 60, 1, 0, 0, 0, 0)  # a white picture of 80 × 60 pixels, one bit each
_PIXELS = zlib.compress((b"\0" + b"\xff" * 10) * 60)
PHOTO = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", _HEADER) + _chunk(b"IDAT", _PIXELS) + _chunk(b"IEND", b"")
VOICE = b"OggS" + b"\0" * 60
