"""The menus of commands of the fake Bot API, found as Telegram finds them."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_refusals import Parameters, bad_request, read

Scope = tuple[str, int]

_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"}


@dataclass
class Menus:
    lists: dict[tuple[Scope, str], list[dict[str, str]]] = field(default_factory=dict)
    """By scope and language, "" for the list of all other languages."""
    sets: int = 0
    """How often one was set."""

    def set(self, parameters: Parameters) -> bool:
        commands: list[dict[str, str]] = read(parameters.get("commands"), list)
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self.lists[_key(parameters)] = commands
        self.sets += 1
        return True

    def delete(self, parameters: Parameters) -> bool:
        self.lists.pop(_key(parameters), None)
        return True

    def get(self, parameters: Parameters) -> list[dict[str, str]]:
        return self.lists.get(_key(parameters), [])

    def shown(self, chat: int, language: str) -> list[str]:
        """What a client of `language` offers in `chat`, by the order in which lists are sought."""
        kind = "all_private_chats" if chat > 0 else "all_group_chats"
        scopes: list[Scope] = [("chat", chat), (kind, 0), ("default", 0)]
        keys = [(scope, spoken) for scope in scopes for spoken in (language, "")]
        found = next((self.lists[key] for key in keys if key in self.lists), [])
        return [command["command"] for command in found]


def _key(parameters: Parameters) -> tuple[Scope, str]:
    scope: dict[str, Any] = read(parameters.get("scope"), dict)
    kind = str(scope.get("type", "default"))
    if kind not in _SCOPES:
        raise bad_request("unsupported scope")
    language = str(parameters.get("language_code") or "")
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad_request("LANG_CODE_INVALID")
    return (kind, int(scope.get("chat_id", 0))), language
