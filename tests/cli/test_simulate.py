import asyncio
import re
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.desk import PATIENCE_S, PROCESS_ENVIRONMENT, call


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
async def test_it_serves_calls_until_it_is_interrupted(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "notifier", "simulate", "--port", "0", "--key", "1:canary",
        "--rate", "20", env=PROCESS_ENVIRONMENT, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
        found = re.search(r"at (http://127\.0\.0\.1:\d+), service shop\.Sencloud", line.decode())
        assert found is not None
        async with httpx.AsyncClient(base_url=found[1]) as client:
            path, key = "/v1/shop.Sencloud/ListCallLogs", {"Authorization": "Bearer 1:canary"}
            answer = await client.post(path, json={}, headers=key)
            refused = await client.post(path, json={})
        process.send_signal(number)
        code = await asyncio.wait_for(process.wait(), PATIENCE_S)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()

    assert answer.json()["call_logs"]
    assert refused.status_code == 401
    assert code == 0


async def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = await call(tmp_path, ["simulate", "--port", str(port)])

    assert answer.code == 1
    assert answer.err.startswith(f"listen on 127.0.0.1:{port}: ")
    assert "choose another --host or --port" in answer.err
    assert len(answer.err.splitlines()) == 1


async def test_an_address_that_is_not_ours_is_a_sentence(tmp_path: Path) -> None:
    answer = await call(tmp_path, ["simulate", "--host", "192.0.2.1", "--port", "0"])

    assert answer.code == 1
    assert answer.err.startswith("listen on 192.0.2.1:0: ")
