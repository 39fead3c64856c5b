from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from notifier.channels.console import ConsoleChannel
from notifier.channels.webhook import Endpoint, open_webhook
from notifier.clock import SystemClock
from notifier.core.deliveries import Parcel
from notifier.core.messages import Message, plain
from tests.channels.contract import CANARY, CHECKS, Bench, name_of
from tests.fakes.receiver import Receiver, Reply

SECRET = "whsec_" + b64encode(f"{CANARY} and some more".encode()).decode()


@asynccontextmanager
async def a_webhook() -> AsyncIterator[Bench]:
    receiver, down = Receiver(SECRET), 0

    def breaks() -> None:
        receiver.script(then=Reply(502, body=f"bad:\r\n{CANARY} {SECRET}".encode()))

    def mends() -> None:
        nonlocal down
        down = len(receiver.received)
        receiver.script()

    async with receiver.serving() as url:
        endpoint = Endpoint(
            name="crm",
            url=f"{url.replace('//', f'//user:{CANARY}@')}/{CANARY}?key={CANARY}",
            secrets=(SECRET,),
            headers={"x-key": CANARY},
            allow_private=True,
        )
        yield Bench(
            channel=open_webhook(endpoint, clock=SystemClock(), version="26.11.0"),
            parcel=Parcel("msg_1", 1, "alert.fired", b"{}"),
            arrived=lambda: len(receiver.received) - down,
            breaks=breaks,
            mends=mends,
        )


@asynccontextmanager
async def a_console() -> AsyncIterator[Bench]:
    written: list[str] = []
    torn = False

    def write(text: str) -> None:
        if torn:
            raise BrokenPipeError(CANARY)
        written.append(text)

    def breaks() -> None:
        nonlocal torn
        torn = True

    def mends() -> None:
        nonlocal torn
        torn = False

    yield Bench(
        channel=ConsoleChannel("screen", write),
        parcel=Parcel("msg_1", 1, message=Message(header=(plain("Cuộc gọi nhỡ"),))),
        arrived=lambda: len(written),
        breaks=breaks,
        mends=mends,
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
@pytest.mark.parametrize("opened", [a_webhook, a_console], ids=["webhook", "console"])
async def test_every_channel(
    opened: Callable[[], AbstractAsyncContextManager[Bench]],
    check: Callable[[Bench], Awaitable[None]],
) -> None:
    async with opened() as bench:
        await check(bench)
        await bench.channel.aclose()
