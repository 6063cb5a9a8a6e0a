"""Is the key file there, ours alone, and the one that the database was sealed with?"""

from bot.commands.failures import key_failure
from bot.commands.health.verdict import Mark, Verdict, fine
from bot.config import Settings
from models.key_file import KeyFileError
from models.keyring import Keyring
from services.i18n import Translator


def check_keys(settings: Settings, t: Translator) -> list[Verdict]:
    keyring = Keyring(settings.security.key_file)
    try:
        return [fine("keys", "fine", file=str(keyring.file), n=len(keyring.key_ids), key_id=keyring.current)]
    except KeyFileError as error:
        return [Verdict("keys", Mark.WRONG, said=key_failure(error, t))]
