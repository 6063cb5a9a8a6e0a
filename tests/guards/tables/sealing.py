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
    Guard(
        "seals: a value opens in its own row only",
        "models/envelope.py",
        '{key_id} {place} {row_id}".encode()',
        '{key_id} {place}".encode()',
        "tests/models/test_sealing.py -k 'moved and row'",
    ),
    Guard(
        "seals: a value opens in its own column only",
        "models/envelope.py",
        '{key_id} {place} {row_id}".encode()',
        '{key_id} {row_id}".encode()',
        "tests/models/test_sealing.py -k 'moved and column'",
    ),
    Guard(
        "seals: no plain value is stored",
        "models/sealed.py",
        "        raise Unsealed(self.place)",
        "        return value",
        "tests/models/test_sealing.py -k plain_value_is_refused",
    ),
    Guard(
        "seals: a failed statement doesn't show what it was to write",
        "models/session.py",
        "create_engine(url, hide_parameters=True)",
        "create_engine(url)",
        "tests/models/test_sealing.py -k plain_value_is_refused",
    ),
    Guard(
        "seals: objects are plain again after a failed flush",
        "models/sealing.py",
        'event.listen(Session, "after_soft_rollback", _make_plain)',
        "",
        "tests/models/test_sealing.py -k failed_flush",
    ),
    Guard(
        "seals: a migration leaves nothing plain in the file",
        "models/migrating.py",
        "        database.compact()",
        "        pass",
        "tests/models/test_sealing_migration.py -k left_on_the_disk",
    ),
)
