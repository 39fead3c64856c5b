"""Names and hotlines as the PBX lists them, where this account is offered the lists.

SIP passwords come with the extensions. They are never decoded: no field here has a place for one.
"""

from collections import defaultdict
from typing import Generic, TypeVar

import msgspec

from notifier.core.directory import Directory, Hotline
from notifier.core.errors import SourceRefused, SourceRejected
from notifier.core.pages import PAGE_LIMIT
from notifier.pbx import wire
from notifier.pbx.client import PbxClient
from notifier.pbx.fields import Scalar, identity, text

HOTLINES, PARTNER_HOTLINES = "GetHotlines", "GetPartnerHotlineList"
EXTENSIONS = "GetExtensions"
USERS = "GetAccountUsers"
USERS_OF = "Shop"
"""Users are a neighbouring service's, shop.Shop or partner.Shop."""

_PAGES = 50
"""Five thousand entries: beyond any business, short of a list that never ends."""
_FORBIDDEN = 403
_DISABLED = "N"

T = TypeVar("T")


class HotlineEntry(msgspec.Struct):
    """An entry of `hotlines`: `hotline` is the number, and `status` N says it is switched off."""

    id: Scalar = None
    name: Scalar = None
    hotline: Scalar = None
    status: Scalar = None


class ExtensionEntry(msgspec.Struct):
    """An entry of `extensions`, without its password."""

    extension_number: Scalar = None
    hotline_id: Scalar = None
    user_id: Scalar = None


class UserEntry(msgspec.Struct):
    """An entry of `account_users`."""

    user_id: Scalar = None
    full_name: Scalar = None
    short_name: Scalar = None


class _Paging(msgspec.Struct):
    next: Scalar = None


class Listing(msgspec.Struct, Generic[T]):
    """A page of any of the lists; the one that was asked for is the one that is filled."""

    hotlines: list[T] | None = None
    extensions: list[T] | None = None
    account_users: list[T] | None = None
    paging: _Paging | None = None

    @property
    def entries(self) -> list[T]:
        """What is listed, under whichever name."""
        return self.hotlines or self.extensions or self.account_users or []


async def fetch_directory(client: PbxClient) -> Directory:
    """Return what the PBX tells of hotlines and people; what it does not offer is left empty.

    A list that the PBX rejects or forbids is one that it does not offer. SourceRefused for the key
    itself, and SourceUnavailable, come through: then nothing was learned.
    """
    hotlines = await _listed(client, hotlines_method(client), HotlineEntry)
    extensions = await _listed(client, EXTENSIONS, ExtensionEntry)
    users = await _listed(client, USERS, UserEntry, of=USERS_OF)
    names = {
        identity(user.user_id): (text(user.full_name) or text(user.short_name)).strip()
        for user in users
    }
    served: dict[str, set[str]] = defaultdict(set)
    people: dict[str, str] = {}
    for entry in extensions:
        if not (number := text(entry.extension_number).strip()):
            continue
        served[identity(entry.hotline_id)].add(number)
        if name := names.get(identity(entry.user_id), ""):
            people[number] = name
    return Directory(tuple(_hotline(entry, served) for entry in hotlines if _works(entry)), people)


def hotlines_method(client: PbxClient) -> str:
    """Return what the list of hotlines is called for this kind of account."""
    return PARTNER_HOTLINES if client.for_partners else HOTLINES


def _works(entry: HotlineEntry) -> bool:
    return bool(text(entry.hotline).strip()) and entry.status != _DISABLED


def _hotline(entry: HotlineEntry, served: dict[str, set[str]]) -> Hotline:
    known_as = identity(entry.id)
    return Hotline(
        number=text(entry.hotline).strip(),
        name=text(entry.name).strip(),
        id=known_as,
        extensions=frozenset(served.get(known_as, ())) if known_as else frozenset(),
    )


async def _listed(client: PbxClient, method: str, kind: type[T], *, of: str = "") -> list[T]:
    """Return all entries of a list, page by page; none if it is not offered."""
    found: list[T] = []
    after = ""
    for _ in range(_PAGES):
        body = msgspec.json.encode(
            {"paging": wire.paging_words(wire.Paging(after, "", PAGE_LIMIT))}
        )
        try:
            page = await client.ask(method, Listing[kind], body, of=of)  # type: ignore[valid-type]
        except SourceRejected:
            return []
        except SourceRefused as refused:
            if refused.status == _FORBIDDEN:
                return []
            raise
        found.extend(page.entries)
        following = text(page.paging.next) if page.paging else ""
        if len(page.entries) < PAGE_LIMIT or following in ("", after):
            break
        after = following
    return found
