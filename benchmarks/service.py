"""The whole service as a process: start, latency, a burst, and what it costs when idle.

The PBX and the receiver are another process. Each figure stands beside the limit that physics or
the polling sets, taken in the same run.
"""

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.stage.pages import SECRETS

RULES = """
version: 1
source: {{base_url: "{pbx}", api_key: "${{env:BENCH_KEY}}", every: 1s, settle: 0s, timeout: 10s}}
channels:
  crm:
    webhook:
      url: "{receiver}"
      secret: ${{env:BENCH_SECRET}}
      allow_private: true
defaults: {{to: crm}}
rules:
  goi_nho: {{when: missed}}
  goi_dai: {{when: {{duration: "> 10m"}}}}
  hotline_vip: {{when: {{direction: in, hotline: 18001234}}}}
"""

_TICKS = os.sysconf("SC_CLK_TCK")
_LISTED = 100


@dataclass
class Outside:
    """The other process; `ended` says what it saw."""

    process: subprocess.Popen[str]
    pbx: str
    receiver: str

    def ended(self) -> dict[str, list[float]]:
        out, _ = self.process.communicate("")
        found: dict[str, list[float]] = json.loads(out.splitlines()[-1])
        return found


@contextmanager
def outside(count: int, seconds: float) -> Iterator[Outside]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stage.outside", str(count), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the other process has no output")
        yield Outside(process, **json.loads(process.stdout.readline()))
    finally:
        process.kill()


@contextmanager
def service(there: Outside, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    (folder / "rules.yaml").write_text(
        RULES.format(pbx=there.pbx, receiver=there.receiver), encoding="utf-8"
    )
    words = [sys.executable, "-m", "notifier", "-c", str(folder / "rules.yaml"), "run"]
    environment = {**os.environ, **SECRETS}
    process = subprocess.Popen([*words, "--log-level", "warning"], env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def latency(folder: Path) -> None:
    """Visible → webhook, against visible → the first poll that could see it."""
    seconds, count = 24, 47
    with outside(count, seconds) as there, service(there, folder):
        time.sleep(seconds + 8)
        seen = there.ended()
    waits, polls = [], []
    for shown, received in zip(seen["shown"], sorted(seen["received"]), strict=True):
        waits.append(received - shown)
        polls.append(min(at for at in seen["polls"] if at >= shown) - shown)
    ours, limit = statistics.median(waits), statistics.median(polls)
    print(f"visible → next poll (the limit)   {limit * 1e3:7.0f} ms median of {count}")
    print(
        f"visible → webhook received        {ours * 1e3:7.0f} ms   "
        f"(+{(ours - limit) * 1e3:.0f} ms, goal +30; slowest {max(waits) * 1e3:.0f} ms)"
    )


def burst(folder: Path, count: int = 5_000) -> None:
    """How long after the poll that saw a burst its last alert is received."""
    with outside(count, 0) as there, service(there, folder):
        time.sleep(30)
        seen = there.ended()
    alerts, first, last = len(seen["received"]), seen["received"][0], seen["received"][-1]
    # the walk that read the burst: requests without a second between them, before the first alert
    walk = [at for at in seen["polls"] if at < first]
    starts = [at for before, at in itertools.pairwise(walk) if at - before > _PAUSE]
    took, posting = last - starts[-1], last - first
    bare = asyncio.run(_bare(alerts))
    print(f"bare httpx posting, {alerts:4} bodies    {bare:7.2f} s    (the limit)")
    print(
        f"burst of {count}: first → last alert  {posting:7.2f} s    ({posting / bare:.2f} x bare)"
    )
    print(
        f"burst of {count}: poll → last alert   {took:7.2f} s    "
        f"(goal 3 s or 2 x bare; {len(walk) - walk.index(starts[-1])} requests)"
    )


_PAUSE = 0.5
"""Seconds between two requests from which on they belong to different walks."""


async def _bare(count: int) -> float:
    with outside(0, 1) as there:
        limits = httpx.Limits(max_connections=5)
        async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
            numbers = iter(range(count))

            async def post() -> None:
                for _ in numbers:
                    await client.post(there.receiver, content=b"x" * 1_024)

            began = time.perf_counter()
            await asyncio.gather(*(post() for _ in range(5)))
            return time.perf_counter() - began


def cold_start(folder: Path) -> None:
    """From the start of the process to its first request."""
    spans = []
    for number in range(5):
        with outside(0, 1) as there:
            began = time.time()
            with service(there, folder):
                time.sleep(3)
                seen = there.ended()
        if number:  # the first makes the database
            spans.append(min(seen["polls"]) - began)
    print(f"start → first poll                {statistics.median(spans):7.2f} s    (goal 1.0)")


def idle(folder: Path, seconds: float = 20) -> None:
    """CPU and memory at one poll a second with nothing new, on a full page of calls."""
    with outside(_LISTED, 0) as there:
        with service(there, folder) as process:
            time.sleep(14)  # the baseline, and the calls
            _, first = _usage(process.pid)
        with service(there, folder) as process:
            time.sleep(4)
            before, _ = _usage(process.pid)
            time.sleep(seconds)
            after, rss = _usage(process.pid)
    share = (after - before) / seconds * 100
    print(f"idle at 1 poll/s: CPU             {share:7.2f} %    (goal 0.5)")
    print(
        f"idle at 1 poll/s: memory          {rss:7.1f} MiB  "
        f"(goal 60; {first:.1f} at the very first start, which makes the schema)"
    )


def _usage(pid: int) -> tuple[float, float]:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text()
    rss = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return (int(words[11]) + int(words[12])) / _TICKS, int(rss.split()[1]) / 1024


def main() -> None:
    for part in (cold_start, latency, burst, idle):
        with tempfile.TemporaryDirectory() as name:
            part(Path(name))


if __name__ == "__main__":
    main()
