"""How the bot presents itself: commands, descriptions, menu button."""

from dataclasses import dataclass, field

from sandbox.shapes import Json, encode


@dataclass(slots=True)
class Profile:
    """Texts are kept by language ("" is everybody's), commands by scope and language."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)  # by chat, 0 is the default
    _commands: dict[tuple[bytes, str], list[Json]] = field(default_factory=dict)

    def commands(self, scope: Json, language: str) -> list[Json]:
        return self._commands.get((_key(scope), language), [])

    def set_commands(self, scope: Json, language: str, commands: list[Json]) -> None:
        self._commands[_key(scope), language] = commands

    def delete_commands(self, scope: Json, language: str) -> None:
        self._commands.pop((_key(scope), language), None)

    def commands_for(self, chat_id: int, language: str) -> list[Json]:
        """What a person's menu shows: the narrowest scope that has commands, in their language if there are any."""
        scopes: list[Json] = [
            {"type": "chat", "chat_id": chat_id},
            {"type": "all_private_chats"},
            {"type": "default"},
        ]
        for scope in scopes:
            if found := self.commands(scope, language[:2]) or self.commands(scope, ""):
                return found
        return []


def _key(scope: Json) -> bytes:
    return encode(dict(sorted(scope.items())))
