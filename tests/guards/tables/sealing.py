"""Keys and what is sealed with them."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "keys: a file that others may read is refused",
        "models/key_file.py",
        "                raise KeyFileExposed(file)",
        "                pass",
        "tests/models/test_keyring.py -k others_have_rights",
    ),
    Guard(
        "keys: no other file takes the key file's place",
        "models/keyring.py",
        "                raise UnknownKey(self.file, key.id)",
        "                pass",
        "tests/models/test_keyring.py -k took_its_place",
    ),
    Guard(
        "keys: a subkey for each purpose",
        "models/keyring.py",
        'info=f"lianxin {purpose}".encode()',
        'info=b"lianxin"',
        "tests/models/test_keyring.py -k each_purpose",
    ),
    Guard(
        "keys: a running process learns a new key",
        "models/keyring.py",
        "if before is not None and before.stamp == stamp:",
        "if before is not None:",
        "tests/models/test_keyring.py",
    ),
)
