"""People and chats for tests: An is an admin, Lan an operator, Hoa a viewer, Tú a stranger."""

from dataclasses import replace
from typing import Any

from notifier.core.access import AccessRequest, Admins
from notifier.core.people import Caller, Chat, ChatKind, Person, Role
from tests.builders import NOON

AN = Person(11, "An", Role.ADMIN, username="an_quanly")
BINH = Person(12, "Bình", Role.ADMIN)
LAN = Person(21, "Lan", Role.OPERATOR)
HOA = Person(31, "Hoa", Role.VIEWER)
TU = Person(41, "Tú", username="tu41")

BY_ROLE = {Role.ADMIN: AN, Role.OPERATOR: LAN, Role.VIEWER: HOA, Role.STRANGER: TU}

GROUP = Chat(-1001, ChatKind.GROUP, "CSKH", bound=True)

BOTH = Admins(frozenset({AN.id, BINH.id}))


def alone(person: Person, **overrides: Any) -> Caller:
    """Return somebody in their private chat."""
    return Caller(person, replace(Chat(person.id, ChatKind.PRIVATE), **overrides))


def among(person: Person, **overrides: Any) -> Caller:
    """Return somebody in the bound group CSKH."""
    return Caller(person, replace(GROUP, **overrides))


def a_request(**overrides: Any) -> AccessRequest:
    """Return Tú's open request, sent at noon."""
    request = AccessRequest("abc123", TU.id, "Tú", NOON, username="tu41")
    return replace(request, **overrides)


def a_request_of_group(**overrides: Any) -> AccessRequest:
    """Return the open request of the group Kho, into which Tú brought the bot at noon."""
    facts: dict[str, Any] = {"id": "def456", "chat": -1002, "title": "Kho", **overrides}
    return a_request(**facts)


ANY_CHAT = {
    "private": Chat(11, ChatKind.PRIVATE),
    "group": GROUP,
    "unbound group": replace(GROUP, bound=False),
    "channel": replace(GROUP, kind=ChatKind.CHANNEL),
    "unbound channel": replace(GROUP, kind=ChatKind.CHANNEL, bound=False),
}
