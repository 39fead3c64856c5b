import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.clock import SystemClock
from notifier.simulator.faults import Faults
from notifier.simulator.serve import serving
from notifier.simulator.server import create_app
from notifier.simulator.world import World, burst
from tests.cli.desk import RULES, an_office, ask, call

KEY = "1140539518927929344:canary"
CLOCK = SystemClock()


def test_check_says_that_a_good_file_is_good(tmp_path: Path) -> None:
    answer = ask(an_office(tmp_path), "check")

    assert answer.code == 0
    assert answer.out == "rules.yaml: 2 rules, 2 channels, no problems\n"
    assert answer.err == ""


def test_check_warns_of_what_has_no_effect(tmp_path: Path) -> None:
    answer = ask(an_office(tmp_path, RULES + "web: {listen: 127.0.0.1:8080}\n"), "check")

    assert answer.code == 0
    assert answer.err.startswith("warning: ")
    assert "web: has no effect in this version yet" in answer.err


@pytest.mark.parametrize("words", [("check",), ("rules", "check")], ids=" ".join)
def test_check_tells_every_problem_with_its_place(words: tuple[str, ...], tmp_path: Path) -> None:
    broken = RULES.replace("when: missed", "whn: missed").replace("> 10m", "> ten")
    broken = broken.replace("to: quan_ly}", "to: quan_li}").replace("version: 1", "version: 2")

    answer = ask(an_office(tmp_path, broken), *words)

    assert answer.code == 2
    assert answer.out == ""
    *problems, total = answer.err.splitlines()
    places = [problem.split(": ")[0].rpartition("/")[2] for problem in problems]
    lines = [place.split(":")[1] for place in places]
    assert lines == sorted(lines, key=int)
    assert {"1", "13", "15", "16"} <= set(lines)
    assert "did you mean quan_ly?" in answer.err
    assert total == f"{len(problems)} problems; nothing was started"


def test_check_names_a_secret_that_is_not_there(tmp_path: Path) -> None:
    rules = RULES.replace("SENCLOUD_API_KEY", "SENCLOUD_API_KEE")

    answer = ask(an_office(tmp_path, rules), "check")

    assert answer.code == 2
    assert "SENCLOUD_API_KEE is not set" in answer.err


@pytest.mark.parametrize("name", ["nope.yaml", "."], ids=["no file", "a folder"])
def test_a_file_that_cannot_be_read_is_a_problem(name: str, tmp_path: Path) -> None:
    answer = ask(tmp_path, "check", "-c", name)

    assert answer.code == 2
    assert "cannot be read" in answer.err


async def test_doctor_reports_what_holds_on_the_account(tmp_path: Path) -> None:
    world = World(start=CLOCK.now() - timedelta(hours=1))
    burst(world, 120, CLOCK.now() - timedelta(minutes=1))
    async with serving(create_app(world, CLOCK.now, KEY)) as url:
        an_office(tmp_path, RULES.replace("source: {", f"source: {{base_url: {url}, "))
        told = await call(tmp_path, ["doctor"], SENCLOUD_API_KEY=KEY)
        listed = await call(tmp_path, ["doctor", "--format", "json"], SENCLOUD_API_KEY=KEY)

    assert told.code == 0, told
    assert told.out.startswith("127.0.0.1 shop.Sencloud, ")
    assert any(line.startswith("✓ ") for line in told.out.splitlines())
    findings = json.loads(listed.out)
    assert listed.code == 0
    assert len(findings) > 10
    assert {"finding", "verdict", "what", "advice"} == set(findings[0])
    assert {one["verdict"] for one in findings} <= {"ok", "no", "unknown", "warning"}
    assert findings[-1]["finding"] == "sqlite"
    assert KEY not in told.out + told.err + listed.out + listed.err


async def test_doctor_fails_where_the_key_is_refused(tmp_path: Path) -> None:
    faults = Faults()
    faults.revoke_key()
    async with serving(create_app(World(start=CLOCK.now()), CLOCK.now, KEY, faults)) as url:
        an_office(tmp_path, RULES.replace("source: {", f"source: {{base_url: {url}, "))
        answer = await call(tmp_path, ["doctor", "--format", "csv"], SENCLOUD_API_KEY=KEY)

    assert answer.code == 1
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert any("401" in row["what"] for row in rows)
    assert KEY not in answer.out + answer.err


async def test_doctor_fails_where_nobody_answers(tmp_path: Path) -> None:
    an_office(tmp_path, RULES.replace("source: {", "source: {base_url: http://127.0.0.1:9, "))

    answer = await call(tmp_path, ["doctor"])

    assert answer.code == 1
    assert any(line.startswith("✗ ") for line in answer.out.splitlines())
