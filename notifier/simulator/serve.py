"""Ways to reach the simulated API: over a loopback socket, or inside the process without one."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@asynccontextmanager
async def serving(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the app inside the running event loop and yield its base URL, without a final slash.

    Port 0 takes a free one. The process's signal handlers stay as they are. OSError where the
    address is taken. Leaving the block stops the server, at most a second later.
    """
    listener = socket.create_server((host, port))
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # `Server.serve` would do these three steps too, but with signal handlers of its own.
    await server.startup(sockets=[listener])
    ticking = asyncio.create_task(server.main_loop(), name="simulated PBX")
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await ticking
        await server.shutdown(sockets=[listener])


def in_process(app: ASGIApp) -> httpx.MockTransport:
    """Return a transport that reaches the app without a socket, for `httpx.AsyncClient`.

    A dropped connection is httpx.RemoteProtocolError and a hang longer than the client's read
    timeout httpx.ReadTimeout, as they would be over a socket.
    """

    async def answer(request: httpx.Request) -> httpx.Response:
        patience = request.extensions.get("timeout", {}).get("read")
        transport = httpx.ASGITransport(app=_whole_or_none(app, request))
        try:
            async with asyncio.timeout(patience):
                response = await transport.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("the simulated PBX hangs", request=request) from None
        return response

    return httpx.MockTransport(answer)


def _whole_or_none(app: ASGIApp, request: httpx.Request) -> ASGIApp:
    """Wrap the app so that an answer which stops in the middle is a broken connection."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        finished = False

        async def watched(message: Message) -> None:
            nonlocal finished
            finished = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        await app(scope, receive, watched)
        if not finished:
            raise httpx.RemoteProtocolError("the simulated PBX hung up", request=request)

    return wrapped
