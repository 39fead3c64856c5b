"""Which addresses a webhook may be sent to: every answer of the resolver is checked."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import TypeAlias

from notifier.core.errors import NotifierError

Address: TypeAlias = IPv4Address | IPv6Address

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Takes a host and a port, returns addresses as text; OSError when there are none."""


class ForbiddenAddressError(NotifierError):
    """The host leads to an address inside, and the channel has no `allow_private`."""


# Our own list: `is_private` and `is_global` of the standard library differ from one Python to the
# next, and pass multicast, NAT64 and 6to4 forms of loopback, and shared carrier space.
_FORBIDDEN_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' shared space
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; the metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)

_GLOBAL_6 = IPv6Network("2000::/3")
"""All that is given out for the public internet: ::1, fc00::, fe80::, ff00::, 5f00:: are not."""

_FORBIDDEN_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, benchmarking; Teredo was taken out before
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 behind a translator. Its sister for inner use, 64:ff9b:1::/48, is outside `_GLOBAL_6`."""


def forbidden(address: str) -> bool:
    """Tell whether `address`, with all that is wrapped in it, is not of the public internet.

    ValueError if it is not written as an address in full.
    """
    return any(_inside(inner) for inner in _unwrapped(ip_address(address)))


def _unwrapped(address: Address) -> Iterator[Address]:
    """Yield the IPv4 addresses that an IPv6 one carries, else the address itself."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    else:
        yield address


def _inside(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in _FORBIDDEN_4)
    return address not in _GLOBAL_6 or any(address in network for network in _FORBIDDEN_6)


async def system_resolve(host: str, port: int) -> list[str]:
    """Return what the system's resolver says of `host`, which also reads 127.1 and 0x7f000001."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Turns a host into addresses that may be dialled."""

    allow_private: bool = False
    """Whether addresses inside may be dialled too."""
    resolve: Resolve = system_resolve

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of `host`; all are fine, or ForbiddenAddressError.

        OSError if it has none. Dial exactly what is returned: asking again may be answered
        otherwise.
        """
        if not self.allow_private and _is_local_name(host):
            raise ForbiddenAddressError(_why(host))
        try:
            found = tuple(await self.resolve(host, port))
        except UnicodeError:
            found = ()
        if not found:
            raise OSError(f"no address is known for {host}")
        if not self.allow_private and any(forbidden(address) for address in found):
            raise ForbiddenAddressError(_why(host))
        return found


def _is_local_name(host: str) -> bool:
    """Tell whether `host` means this machine by its name, whatever a resolver makes of it."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _why(host: str) -> str:
    return (
        f"did not connect to {host}: it leads to an address that is not on the public internet; "
        "set allow_private: true for this channel if that is meant"
    )
