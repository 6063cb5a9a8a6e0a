"""One key file for all databases of a test run: always the same key, so that any process may open any of them."""

import base64
import json
import tempfile
from pathlib import Path

from models.keyring import Keyring

KEY_ID = "7e57ab1e"
_FOLDER = tempfile.TemporaryDirectory(prefix="lianxin-test-keys-")  # goes away with the process


def write_key_file(folder: Path) -> Path:
    file = folder / "lianxin.key"
    key = {"created": "2026-01-01", "key": base64.b64encode(bytes(range(32))).decode()}
    file.touch(0o600)
    file.write_text(json.dumps({"format": "lianxin-keys-1", "current": KEY_ID, "keys": {KEY_ID: key}}))
    return file


KEYRING = Keyring(write_key_file(Path(_FOLDER.name)))
