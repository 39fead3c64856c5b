"""Journeys at DEBUG with canaries for secrets: no line, cell or message ever holds one."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import sqlite_utils

from notifier import logs
from notifier.app.building import secrets_of
from notifier.config.loading import load
from notifier.simulator import faults as wrong
from notifier.simulator.faults import Fault as PbxFault
from notifier.simulator.journeys import missed_call
from tests.fakes.receiver import SECRET, Reply
from tests.fakes.telegram import TOKEN, Fault
from tests.journeys.house import KEY, MINUTE, SECOND, House, a_service, environment

CANARIES = (
    KEY,
    KEY.partition(":")[2],
    TOKEN,
    TOKEN.partition(":")[2],
    SECRET,
    SECRET.removeprefix("whsec_"),
    "canary-in-the-url",
    "canary-in-a-header",
)
NUMBER = "0901234567"

PBX_ECHO, BOT_ECHO, HOOK_ECHO = (
    " ".join(CANARIES[part]).encode() for part in (slice(0, 2), slice(2, 4), slice(4, 8))
)
"""What the careless answer of each might repeat to us: what we had told it."""


@contextmanager
def logged(secrets: list[str]) -> Iterator[io.StringIO]:
    """Log as the service does, at DEBUG, into a text; put everything back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    text = io.StringIO()
    logs.set_up("debug", as_json=True, secrets=secrets, stream=text)
    try:
        yield text
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, past in levels.items():
            logging.getLogger(name).setLevel(past)


async def rough_day(house: House) -> None:
    """Lead the service through everything that quotes what it was told."""
    await house.advance(MINUTE)
    echo = PbxFault("echo", 500, PBX_ECHO)
    refused = PbxFault("refused", 401, b'{"code":"no","msg":"%s"}' % PBX_ECHO)
    house.faults.next(echo, refused, wrong.html(), wrong.truncated())
    await house.advance(12 * MINUTE)
    house.receiver.script(Reply(500, body=HOOK_ECHO), Reply(410, body=HOOK_ECHO), Reply(302))
    house.telegram.fail(
        Fault(status=500, body=b'{"ok":false,"description":"%s"}' % BOT_ECHO),
        Fault(raises=httpx.ReadTimeout(f"https://api.telegram.org/bot{TOKEN}/sendMessage")),
        Fault(status=401, body=b'{"ok":false,"error_code":401,"description":"%s"}' % BOT_ECHO),
    )
    for number in range(4):
        house.show(missed_call(house.pbx_now() - 20 * SECOND, f"{NUMBER[:-1]}{number}"))
    await house.advance(10 * MINUTE)
    house.faults.always(wrong.malformed_record({"id": "7", "direction": 7}))
    await house.advance(2 * MINUTE)
    await house.restart()
    await house.advance(MINUTE)


async def test_no_log_line_cell_or_message_holds_a_secret(tmp_path: Path) -> None:
    async with a_service(tmp_path, started=False) as house:
        house.write_rules()
        config = load(house.rules_path, environment=environment())
        with logged(secrets_of(config)) as text:
            await house.start()
            await rough_day(house)
        seen = text.getvalue()
        cards = [card.raw for chat in house.telegram.chats.values() for card in chat.messages]

    assert len(seen.splitlines()) > 20
    for canary in CANARIES:
        assert canary not in seen
        assert not [card for card in cards if canary in card]
        assert not list(cells_with(tmp_path / "notifier.db", canary))
    assert NUMBER[:-1] not in seen


def cells_with(path: Path, canary: str) -> Iterator[str]:
    database = sqlite_utils.Database(path)
    try:
        for table in database.tables:
            for row in table.rows:
                yield from (
                    f"{table.name}.{name}" for name, cell in row.items() if canary in str(cell)
                )
    finally:
        database.close()


async def test_a_configuration_shows_no_secret_of_its_own(tmp_path: Path) -> None:
    async with a_service(tmp_path, started=False) as house:
        house.write_rules()
        shown = repr(load(house.rules_path, environment=environment()))

    assert not [canary for canary in CANARIES if canary in shown]
