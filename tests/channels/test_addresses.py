import ipaddress
from collections.abc import Sequence

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.channels.addresses import AddressGuard, ForbiddenAddressError, forbidden
from notifier.channels.network import DEADLINE, GuardedNetwork
from notifier.clock import SystemClock
from tests.builders import NOON, SECOND
from tests.fakes.clock import FakeClock

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.0.9 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.3 192.168.1.1 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:0.0.0.0 ::ffff:a9fe:a9fe ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 64:ff9b:1::808:808
2002:7f00:1::1 2002:a9fe:a9fe::1 2002:c0a8:101::1
2001:0:7f00:1::f7f7:f7f7 2001:0:808:808::80ff:fffe 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
3fff::1 3fff:fff::1 5f00::1 100::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
ff0e::1
""".split()

OUTSIDE = """
8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
169.253.0.1 172.15.0.1 172.32.0.1 192.0.1.1 192.167.0.1 198.17.0.1 198.20.0.1 223.255.255.255
2606:4700:4700::1111 2a00:1450:4001:80b::200e 2404:6800:4003::1 ::ffff:8.8.8.8 64:ff9b::808:808
2002:808:808::1 2001:4860:4860::8888
""".split()


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_forbidden_in_every_wrapping(address: str) -> None:
    assert forbidden(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_public_internet_is_allowed(address: str) -> None:
    assert not forbidden(address)


@given(some.ip_addresses(v=4))
def test_wrapping_an_ipv4_address_never_changes_the_verdict(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)

    verdicts = {
        forbidden(f"::ffff:{inner}"),
        forbidden(str(ipaddress.IPv6Address((0x64_FF9B << 96) | number))),
        forbidden(str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1))),
    }

    assert verdicts == {forbidden(str(inner))}


@given(some.ip_addresses())
def test_nothing_that_python_calls_private_is_allowed(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_private or address.is_multicast or address.is_loopback:
        assert forbidden(str(address))


class Names:
    """A resolver that answers each question with the next of its answers."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        del port
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Wire(httpcore.AsyncMockBackend):
    """Remembers what was dialled; those in `dead` do not answer."""

    def __init__(self, *dead: str) -> None:
        super().__init__([b"HTTP/1.1 204 No Content\r\n\r\n"])
        self.dead = dead
        self.dialled: list[str] = []

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ASYNC109
        self.dialled.append(host)
        if host in self.dead:
            raise httpcore.ConnectError("refused")
        return await super().connect_tcp(host, port, timeout, local_address, socket_options)


def a_network(names: Names, wire: Wire, *, allow_private: bool = False) -> GuardedNetwork:
    guard = AddressGuard(allow_private=allow_private, resolve=names)
    return GuardedNetwork(guard, SystemClock(), wire)


async def test_what_was_checked_is_what_is_dialled() -> None:
    names, wire = Names(["203.0.114.1"]), Wire()

    await a_network(names, wire).connect_tcp("crm.example.vn", 443, timeout=1)

    assert wire.dialled == ["203.0.114.1"]
    assert names.asked == ["crm.example.vn"]


async def test_a_name_that_answers_otherwise_the_second_time_is_refused_the_second_time() -> None:
    names, wire = Names(["203.0.114.1"], ["127.0.0.1"]), Wire()
    network = a_network(names, wire)
    await network.connect_tcp("rebinding.example.vn", 443, timeout=1)

    with pytest.raises(ForbiddenAddressError):
        await network.connect_tcp("rebinding.example.vn", 443, timeout=1)

    assert wire.dialled == ["203.0.114.1"]


@pytest.mark.parametrize("answers", [["8.8.8.8", "10.0.0.1"], ["::1", "8.8.8.8"]])
async def test_one_address_inside_among_the_answers_refuses_them_all(answers: list[str]) -> None:
    wire = Wire()

    with pytest.raises(ForbiddenAddressError, match="allow_private"):
        await a_network(Names(answers), wire).connect_tcp("mixed.example.vn", 443, timeout=1)

    assert wire.dialled == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104
        "::1",
        "::ffff:127.0.0.1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "crm.localhost",
    ],
)
async def test_no_way_of_writing_this_machine_gets_past_the_systems_resolver(host: str) -> None:
    wire = Wire()

    with pytest.raises(ForbiddenAddressError):
        await GuardedNetwork(AddressGuard(), SystemClock(), wire).connect_tcp(host, 80, timeout=5)

    assert wire.dialled == []


async def test_allow_private_lets_an_address_inside_through() -> None:
    wire = Wire()

    await a_network(Names(["10.0.0.1"]), wire, allow_private=True).connect_tcp("crm", 80)

    assert wire.dialled == ["10.0.0.1"]


async def test_the_next_address_is_tried_when_one_is_dead() -> None:
    names, wire = Names(["2606:4700::1", "8.8.8.8"]), Wire("2606:4700::1")

    await a_network(names, wire).connect_tcp("crm.example.vn", 443, timeout=1)

    assert wire.dialled == ["2606:4700::1", "8.8.8.8"]


async def test_when_all_addresses_are_dead_the_failure_is_of_connecting() -> None:
    names, wire = Names(["8.8.8.8", "8.8.4.4"]), Wire("8.8.8.8", "8.8.4.4")

    with pytest.raises(httpcore.ConnectError):
        await a_network(names, wire).connect_tcp("crm.example.vn", 443, timeout=1)


@pytest.mark.parametrize("answers", [[], ["8.8.8.8"]], ids=["no answer", "a name not in ASCII"])
async def test_a_name_without_an_address_is_a_failure_to_connect(answers: list[str]) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        del port
        host.encode("ascii")
        return answers

    network = GuardedNetwork(AddressGuard(resolve=resolve), SystemClock(), Wire())
    host = "tổng-đài.vn" if answers else "nowhere.example.vn"

    with pytest.raises(httpcore.ConnectError, match="no address"):
        await network.connect_tcp(host, 443, timeout=1)


async def test_a_resolver_that_never_answers_runs_into_the_time_out() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        await SystemClock().sleep(60)
        return ["8.8.8.8"]

    network = GuardedNetwork(AddressGuard(resolve=resolve), SystemClock(), Wire())

    with pytest.raises(httpcore.ConnectTimeout):
        await network.connect_tcp("slow.example.vn", 443, timeout=0.05)


async def test_once_the_deadline_of_a_request_is_over_nothing_is_waited_for() -> None:
    clock = FakeClock(NOON)
    network = GuardedNetwork(AddressGuard(resolve=Names(["8.8.8.8"])), clock, Wire())
    DEADLINE.set(10.0)
    stream = await network.connect_tcp("crm.example.vn", 443, timeout=5)
    await stream.write(b"POST")

    await clock.advance(11 * SECOND)

    with pytest.raises(httpcore.WriteTimeout):
        await stream.write(b"more", timeout=5)
    with pytest.raises(httpcore.ReadTimeout):
        await stream.read(1, timeout=5)
