"""Compares ways of posting webhooks on loopback: rate, CPU, import time and memory of each.

Run: python benchmarks/posting.py [rounds]. Ways whose packages are not installed are left out.
"""

import asyncio
import importlib
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

BODIES = 1_400
BODY = b"x" * 1_024
IN_FLIGHT = 5
HEADERS = {"content-type": "application/json", "user-agent": "benchmark"}

Post = Callable[[], Awaitable[None]]


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 204 to each request with a content-length, for as long as the peer keeps on."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve() -> None:
    """Say the port on stdout and serve until killed."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def all_bodies(post: Post) -> None:
    """Post every body, so many in flight."""
    numbers: Iterator[int] = iter(range(BODIES))

    async def worker() -> None:
        for _ in numbers:
            await post()

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


async def by_httpx_client(url: str) -> Post:
    """Plain httpx: AsyncClient with five connections."""
    httpx = importlib.import_module("httpx")
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    client = httpx.AsyncClient(limits=limits, trust_env=False, headers=HEADERS)

    async def post() -> None:
        async with client.stream("POST", url, content=BODY) as response:
            await response.aread()

    return post


async def by_httpx_transport(url: str) -> Post:
    """The httpx transport itself, without the client around it (no cookies, no URL in logs)."""
    httpx = importlib.import_module("httpx")
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    transport = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
    times = dict.fromkeys(("connect", "read", "write", "pool"), 15.0)

    async def post() -> None:
        request = httpx.Request(
            "POST", url, headers=HEADERS, content=BODY, extensions={"timeout": times}
        )
        response = await transport.handle_async_request(request)
        await response.aread()
        await response.aclose()

    return post


async def by_httpx_over_aiohttp(url: str) -> Post:
    """The httpx client over the aiohttp transport."""
    httpx = importlib.import_module("httpx")
    bridge = importlib.import_module("httpx_aiohttp")
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    client = httpx.AsyncClient(transport=bridge.AiohttpTransport(limits=limits), headers=HEADERS)

    async def post() -> None:
        async with client.stream("POST", url, content=BODY) as response:
            await response.aread()

    return post


async def by_aiohttp(url: str) -> Post:
    """Bare aiohttp."""
    aiohttp = importlib.import_module("aiohttp")
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=IN_FLIGHT), headers=HEADERS, trust_env=False
    )

    async def post() -> None:
        async with session.post(url, data=BODY) as response:
            await response.read()

    return post


async def by_sender(url: str) -> Post:
    """Our own sender: guarded addresses, a total deadline, never cancelled."""
    clock = importlib.import_module("notifier.clock").SystemClock()
    module = importlib.import_module("notifier.channels.sender")
    sender = module.open_sender(timedelta(seconds=15), clock=clock, allow_private=True)

    async def post() -> None:
        await sender.post(url, headers=HEADERS, body=BODY)

    return post


WAYS: dict[str, tuple[tuple[str, ...], Callable[[str], Awaitable[Post]]]] = {
    "httpx client": (("httpx",), by_httpx_client),
    "httpx transport": (("httpx",), by_httpx_transport),
    "httpx over aiohttp": (("httpx", "httpx_aiohttp"), by_httpx_over_aiohttp),
    "aiohttp": (("aiohttp",), by_aiohttp),
    "our sender": (("notifier.channels.sender",), by_sender),
}


def rss_mib() -> float:
    """Return the most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


async def measure(way: str, url: str) -> dict[str, float]:
    """Run one way in this fresh process and return its figures."""
    packages, make = WAYS[way]
    bare, began = rss_mib(), perf_counter()
    for package in packages:
        importlib.import_module(package)
    imported = perf_counter() - began
    post = await make(url)
    await post()
    began, burnt = perf_counter(), process_time()
    await all_bodies(post)
    return {
        "rate": BODIES / (perf_counter() - began),
        "cpu_s": process_time() - burnt,
        "import_ms": imported * 1_000,
        "rss_more": rss_mib() - bare,
        "rss": rss_mib(),
    }


def main(rounds: int) -> None:
    """Measure every way in turn, `rounds` times, each in its own process; print the medians."""
    here = [sys.executable, str(Path(__file__))]
    there = [
        way
        for way, (needs, _) in WAYS.items()
        if all(importlib.util.find_spec(need) for need in needs)
    ]
    with subprocess.Popen([*here, "--serve"], stdout=subprocess.PIPE, text=True) as server:
        port = server.stdout.readline().strip() if server.stdout else ""
        figures: dict[str, list[dict[str, float]]] = {way: [] for way in there}
        for way in there * rounds:
            run = [*here, "--way", way, f"http://127.0.0.1:{port}/"]
            said = subprocess.run(run, check=True, capture_output=True, text=True)
            figures[way].append(json.loads(said.stdout))
        server.terminate()
    show(figures)


def show(figures: dict[str, list[dict[str, float]]]) -> None:
    """Print a table of medians; the ratio is to the first way."""
    print(f"{BODIES} bodies of {len(BODY)} bytes, {IN_FLIGHT} in flight; medians")
    print(f"{'':20}{'a second':>9}{'ratio':>7}{'CPU s':>7}{'import ms':>11}{'+MiB':>7}{'MiB':>7}")
    first: float | None = None
    for way, runs in figures.items():
        middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        first = first or middle["rate"]
        print(
            f"{way:20}{middle['rate']:9.0f}{middle['rate'] / first:7.2f}{middle['cpu_s']:7.2f}"
            f"{middle['import_ms']:11.0f}{middle['rss_more']:7.1f}{middle['rss']:7.1f}"
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve"]:
            asyncio.run(serve())
        case ["--way", chosen, address]:
            print(json.dumps(asyncio.run(measure(chosen, address))))
        case given:
            main(int(given[0]) if given else 5)
