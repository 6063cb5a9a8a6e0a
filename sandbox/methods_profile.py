"""Methods about the bot itself and about chats."""

import re

from sandbox import parameters as kind
from sandbox import utf16
from sandbox.errors import bad_request
from sandbox.messages import known_chat
from sandbox.parameters import Parameters
from sandbox.registry import method
from sandbox.shapes import Json
from sandbox.state import Sandbox

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}|")
SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
MENU_BUTTONS = frozenset({"default", "commands", "web_app"})


@method("getMe")
def get_me(box: Sandbox, params: Parameters) -> Json:
    return box.bot_user | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("getChat", chat_id=kind.chat)
def get_chat(box: Sandbox, params: Parameters) -> Json:
    return known_chat(box, params).info | {
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


@method("setMyCommands", commands=kind.array, scope=kind.json_object, language_code=kind.string)
def set_my_commands(box: Sandbox, params: Parameters) -> bool:
    commands = params.get("commands", [])
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    box.profile.set_commands(_scope(params), _language(params), [_command(entry) for entry in commands])
    box.events.publish("persons")
    return True


@method("getMyCommands", scope=kind.json_object, language_code=kind.string)
def get_my_commands(box: Sandbox, params: Parameters) -> list[Json]:
    return box.profile.commands(_scope(params), _language(params))


@method("deleteMyCommands", scope=kind.json_object, language_code=kind.string)
def delete_my_commands(box: Sandbox, params: Parameters) -> bool:
    box.profile.delete_commands(_scope(params), _language(params))
    return True


@method("setMyName", name=kind.string, language_code=kind.string)
def set_my_name(box: Sandbox, params: Parameters) -> bool:
    return _set_text(box.profile.names, params, "name", 64)


@method("getMyName", language_code=kind.string)
def get_my_name(box: Sandbox, params: Parameters) -> Json:
    return {"name": _text(box.profile.names, params) or box.first_name}


@method("setMyDescription", description=kind.string, language_code=kind.string)
def set_my_description(box: Sandbox, params: Parameters) -> bool:
    return _set_text(box.profile.descriptions, params, "description", 512)


@method("getMyDescription", language_code=kind.string)
def get_my_description(box: Sandbox, params: Parameters) -> Json:
    return {"description": _text(box.profile.descriptions, params)}


@method("setMyShortDescription", short_description=kind.string, language_code=kind.string)
def set_my_short_description(box: Sandbox, params: Parameters) -> bool:
    return _set_text(box.profile.short_descriptions, params, "short_description", 120)


@method("getMyShortDescription", language_code=kind.string)
def get_my_short_description(box: Sandbox, params: Parameters) -> Json:
    return {"short_description": _text(box.profile.short_descriptions, params)}


@method("setChatMenuButton", chat_id=kind.integer, menu_button=kind.json_object)
def set_chat_menu_button(box: Sandbox, params: Parameters) -> bool:
    button = params.get("menu_button", {"type": "default"})
    if button.get("type") not in MENU_BUTTONS:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    chat_id = known_chat(box, params).id if "chat_id" in params else 0
    box.profile.menu_buttons[chat_id] = button
    return True


@method("getChatMenuButton", chat_id=kind.integer)
def get_chat_menu_button(box: Sandbox, params: Parameters) -> Json:
    buttons = box.profile.menu_buttons
    return buttons.get(params.get("chat_id", 0)) or buttons.get(0) or {"type": "commands"}


def _command(entry: object) -> Json:
    if not isinstance(entry, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    command, description = entry.get("command"), entry.get("description")
    if not isinstance(command, str) or not COMMAND.fullmatch(command.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= utf16.length(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command.removeprefix("/"), "description": description.strip()}


def _scope(params: Parameters) -> Json:
    scope: Json = params.get("scope", {"type": "default"})
    if scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: BotCommandScope has unsupported type")
    return scope


def _language(params: Parameters) -> str:
    language = str(params.get("language_code", ""))
    if not LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _set_text(texts: dict[str, str], params: Parameters, name: str, most: int) -> bool:
    text = str(params.get(name, ""))
    if utf16.length(text) > most:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    texts[_language(params)] = text
    return True


def _text(texts: dict[str, str], params: Parameters) -> str:
    return texts.get(_language(params)) or texts.get("", "")
