"""Fetches recordings, with a bound on their size and time; no address of one is given on."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

import httpx

from notifier.core.calls import Call
from notifier.core.recordings import MOST_BYTES, Recording, Unheard, recording_of

log = logging.getLogger(__name__)

WITHIN = timedelta(seconds=60)
"""How long fetching one recording may take in all; somebody waits for it in a chat."""

_GONE = frozenset({401, 403, 404, 410})
"""Statuses of a recording that is not kept any more, or whose address has run out."""

_STEP_S = 15.0


@dataclass(frozen=True, slots=True)
class Recordings:
    """Fetches the recording of a call; `transport` decides which addresses may be reached."""

    transport: httpx.AsyncBaseTransport
    within: timedelta = WITHIN

    async def __call__(self, call: Call, /) -> Recording | Unheard:
        """Return the newest recording of `call`, or why there is none; it raises nothing.

        The key of the PBX is not sent: an address of a recording is its own, and may be another
        host's. A redirect is not followed.
        """
        if not call.recording_urls:
            return Unheard.NONE
        try:
            async with asyncio.timeout(self.within.total_seconds()):
                return await self._fetch(call.recording_urls[-1])
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
            # the text of `fault` may hold the address, and the address a secret
            log.warning(
                "recording not fetched", extra={"call": call.id, "error": type(fault).__name__}
            )
            return Unheard.UNREACHABLE

    async def _fetch(self, url: str) -> Recording | Unheard:
        # the client closes its transport, and this one is to be used again
        client = httpx.AsyncClient(transport=_Kept(self.transport), timeout=_STEP_S)
        async with client, client.stream("GET", url) as answer:
            if answer.status_code in _GONE:
                return Unheard.NONE
            if answer.status_code != httpx.codes.OK:
                return Unheard.UNREACHABLE
            if int(answer.headers.get("content-length", "0")) > MOST_BYTES:
                return Unheard.TOO_LARGE
            content = bytearray()
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    return Unheard.TOO_LARGE
            return recording_of(answer.headers.get("content-type", ""), bytes(content))


class _Kept(httpx.AsyncBaseTransport):
    """A transport that is left open when its client is closed."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)
