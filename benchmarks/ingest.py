"""Taking in pages, new and known, and judging calls: against what the parts cost by themselves.

The physical limit of taking in is decoding the page's JSON and writing its rows with one
`executemany`, in the same run, to the same kind of file.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import msgspec

from benchmarks.stage.pages import SECRETS, START, bodies, medians
from notifier.config.loading import load
from notifier.config.settings import Config
from notifier.core.alerts import Language
from notifier.core.calls import Call, CallState, Direction
from notifier.core.rules.engine import Engine
from notifier.core.rules.wording import Wording
from notifier.pbx.records import read_call
from notifier.pbx.wire import read_page
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from notifier.store.rows import CALL_COLUMNS, insert
from notifier.text import book

PAGES = 60
NOW = START + timedelta(minutes=10)

RULES = """
version: 1
source: {api_key: "${env:BENCH_KEY}", settle: 0s}
channels:
  crm: {webhook: {url: "https://crm.example/x", secret: "${env:BENCH_SECRET}"}}
defaults: {to: crm}
rules:
  goi_nho: {when: missed}
  goi_dai: {when: {duration: "> 10m"}}
  hotline_vip: {when: {direction: in, hotline: 19001000}}
"""

FOUR_TERMS = (
    'direction == "in" and state == "answered" and duration > 600 and extension in ["101", "102"]'
)


def configured(folder: Path, rules: str = RULES) -> Config:
    path = folder / "rules.yaml"
    path.write_text(rules)
    return load(path, environment=SECRETS)


def engine_of(config: Config) -> Engine:
    phrases = {language: book(language) for language in Language}
    routes = {name: channel.route for name, channel in config.channels.items()}
    wording = Wording(phrases, config.directory, config.zone)
    return Engine(config.rules, routes, config.chat_limit, wording)


def limit(pages: list[bytes], rows: Mapping[int, list[tuple[object, ...]]], folder: Path) -> float:
    """Seconds a page for decoding its JSON and writing its rows, and nothing else."""
    database = Database.open(folder / "limit.db")
    database.close()
    connection = sqlite3.connect(folder / "limit.db", isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    put = insert("calls", CALL_COLUMNS)
    spans = []
    for number, page in enumerate(pages):
        began = time.perf_counter()
        msgspec.json.decode(page)
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(put, rows[number])
        connection.execute("COMMIT")
        spans.append(time.perf_counter() - began)
    connection.close()
    return medians(iter(spans))


def sightings(page: bytes) -> dict[str, Call]:
    return {call.id: call for call in read_page(page).calls}


def taken_in(pages: list[bytes], engine: Engine | None, file: Path) -> tuple[float, float, float]:
    """Seconds a new page, seconds of that for reading it, and seconds a known one."""
    read_call.cache_clear()
    database = Database.open(file)
    ledger = Ledger(database)
    spans, reading, known = [], [], []
    for page in pages:
        began = time.perf_counter()
        found = sightings(page)
        reading.append(time.perf_counter() - began)
        ledger.take_in(found, engine, NOW)
        spans.append(time.perf_counter() - began)
    for page in pages:
        began = time.perf_counter()
        ledger.take_in(sightings(page), engine, NOW)
        known.append(time.perf_counter() - began)
    database.close()
    return medians(iter(spans)), medians(iter(reading)), medians(iter(known))


def rows_of(folder: Path, pages: list[bytes]) -> dict[int, list[tuple[object, ...]]]:
    """Return the rows that our own run wrote, page by page, for the limit to write again."""
    connection = sqlite3.connect(folder / "ours.db")
    columns = ", ".join(CALL_COLUMNS)
    by_id = {row[0]: row for row in connection.execute(f"SELECT {columns} FROM calls")}  # noqa: S608
    connection.close()
    return {number: [by_id[call] for call in sightings(page)] for number, page in enumerate(pages)}


def rate(test: Callable[[Call], bool], calls: list[Call]) -> float:
    """Return evaluations a second, the best of seven rounds."""
    best = 1e9
    for _ in range(7):
        began = time.process_time()
        for call in calls:
            test(call)
        best = min(best, time.process_time() - began)
    return len(calls) / best


def by_hand(call: Call) -> bool:
    return (
        call.direction is Direction.IN
        and call.state is CallState.ANSWERED
        and call.duration > timedelta(seconds=600)
        and call.extension in {"101", "102"}
    )


def main() -> None:
    pages = asyncio.run(bodies(PAGES * 100))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = engine_of(configured(folder))
        silent, reading, known = taken_in(pages, None, folder / "silent.db")
        new, _, _ = taken_in(pages, engine, folder / "ours.db")
        floor = limit(pages, rows_of(folder, pages), folder)
        calls = [call for page in pages for call in sightings(page).values()]
        ours = rate(configured(folder, _with(FOUR_TERMS)).rules[0].test, calls)
        began = time.process_time()
        for _ in range(10):
            for call in calls[:100]:
                for rule in engine.rules:
                    rule.test(call)
        judging = (time.process_time() - began) / 10
    print(f"limit: decode + executemany       {floor * 1e3:7.2f} ms a page of 100")
    print(
        f"ours: read, diff, record          {silent * 1e3:7.2f} ms   "
        f"({floor / silent:.2f} of the limit, goal 0.50; reading {reading * 1e3:.2f} ms)"
    )
    print(
        f"ours: judged too, 28 alerts       {new * 1e3:7.2f} ms   ({floor / new:.2f} of the limit)"
    )
    print(f"ours: a page of known calls       {known * 1e3:7.2f} ms   (writes nothing)")
    plain = rate(by_hand, calls)
    print(
        f"a condition of four terms         {ours / 1e6:7.2f} M/s  ({ours / plain:.2f} of Python"
        f" written by hand, {plain / 1e6:.2f} M/s)"
    )
    print(f"judging a page by three rules     {judging * 1e3:7.2f} ms   (goal 5)")


def _with(condition: str) -> str:
    return RULES.split("rules:", maxsplit=1)[
        0
    ] + f"rules:\n  four: {{when: '{condition}'}}\n".replace("[", "(").replace("]", ")")


if __name__ == "__main__":
    main()
