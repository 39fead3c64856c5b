"""The reloader: when a file is read anew, what then goes by it, and what its owner is told."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app.reloading import READ_AGAIN, Reloader
from notifier.app.rulebook import Names, Rulebook
from notifier.config.loading import load
from notifier.config.problems import ConfigError, Problem
from notifier.config.settings import Config
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from tests.builders import MINUTE, NOON
from tests.fakes.clock import FakeClock
from tests.journeys.house import GIVEN, RULES, a_service, environment


@dataclass
class Told:
    """What the owner is told, in order; "" for a file that is in force."""

    words: list[str] = field(default_factory=list)

    def config_refused(self, problems: str) -> None:
        self.words.append(problems)

    def config_taken_up(self) -> None:
        self.words.append("")


@dataclass
class Desk:
    """A reloader over a real file and a real database."""

    folder: Path
    ledger: Ledger
    owner: Told = field(default_factory=Told)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    taken: list[Config] = field(default_factory=list)
    meanwhile: Callable[[], None] = field(default=lambda: None)
    """Happens while the file is being read, after it was."""

    @property
    def path(self) -> Path:
        return self.folder / "rules.yaml"

    def write(self, **changed: str) -> None:
        self.path.write_text(RULES.format(**{**GIVEN, **changed}), encoding="utf-8")

    def read(self) -> Config:
        config = load(self.path, environment=environment())
        self.meanwhile()
        return config

    def open(self) -> Reloader:
        rulebook = Rulebook(self.read(), Names(self.read().directory))
        return Reloader(self.read, rulebook, self.ledger, self.owner, self.clock, self.taken.append)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database.open(tmp_path / "notifier.db")
    desk = Desk(tmp_path, Ledger(database))
    desk.write()
    yield desk
    database.close()


def looks(reloader: Reloader, times: int = 2) -> None:
    """Have it look so often: once to see a change, once more to find it at rest."""
    for _ in range(times):
        reloader.look()


def names(reloader: Reloader) -> list[str]:
    return [rule.name for rule in reloader.rulebook.engine().rules]


OTHER = "  khac: {when: missed}"
ILL = "  khac: {wen: missed}"


def test_a_file_that_stays_as_it_is_is_not_read_again(desk: Desk) -> None:
    one = desk.open()

    looks(one, 10)

    assert desk.taken == []
    assert desk.owner.words == []


def test_a_change_is_taken_up_at_the_second_look(desk: Desk) -> None:
    one = desk.open()
    desk.write(rules=OTHER)

    one.look()
    at_the_first = names(one)
    one.look()

    assert at_the_first == ["goi_nho"]
    assert names(one) == ["khac"]
    assert desk.taken == [one.rulebook.config]
    assert desk.owner.words == [""]


def test_it_is_read_at_once_when_it_is_told_to(desk: Desk) -> None:
    one = desk.open()
    desk.write(rules=OTHER)

    assert one.reload()

    looks(one)
    assert names(one) == ["khac"]
    assert len(desk.taken) == 1


def test_a_file_that_is_put_in_its_place_is_a_change_even_if_it_looks_the_same(desk: Desk) -> None:
    one = desk.open()
    past = desk.path.stat()
    copy = desk.path.with_name("copy.yaml")
    copy.write_bytes(desk.path.read_bytes().replace(b"goi_nho", b"nho_goi"))
    os.utime(copy, ns=(past.st_atime_ns, past.st_mtime_ns))
    copy.replace(desk.path)

    looks(one)

    assert names(one) == ["nho_goi"]


def test_what_is_written_while_it_is_read_is_read_as_well(desk: Desk) -> None:
    one = desk.open()
    desk.write(rules=OTHER)
    desk.meanwhile = lambda: desk.write(rules="  thu_ba: {when: missed}")

    one.reload()
    during = names(one)
    desk.meanwhile = lambda: None
    looks(one)

    assert during == ["khac"]
    assert names(one) == ["thu_ba"]


def test_an_ill_file_is_told_once_and_leaves_the_rules(desk: Desk) -> None:
    one = desk.open()
    desk.write(rules=ILL)

    looks(one, 5)

    assert names(one) == ["goi_nho"]
    (told,) = desk.owner.words
    assert "rules.khac.wen" in told


async def test_an_ill_file_is_read_again_after_a_while_and_logged_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    one = desk.open()
    desk.write(rules=ILL)
    looks(one)
    first = len(caplog.records)
    await desk.clock.advance(READ_AGAIN)

    looks(one)

    assert len(desk.owner.words) == 2
    assert len(caplog.records) == first


async def test_a_list_that_was_missing_is_found(desk: Desk) -> None:
    one = desk.open()
    desk.write(more="lists:\n  vip: {file: vip.csv, column: phone}\n")
    looks(one)
    (desk.folder / "vip.csv").write_text("phone\n0901111111\n", encoding="utf-8")

    await desk.clock.advance(READ_AGAIN)
    looks(one)

    refused, well = desk.owner.words
    assert "vip.csv" in refused
    assert well == ""


def test_whoever_asks_for_it_sees_in_the_log_what_is_wrong_each_time(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    one = desk.open()
    desk.write(rules=ILL)

    answers = [one.reload(), one.reload()]

    assert answers == [False, False]
    problems = [vars(record)["problem"] for record in caplog.records]
    assert len(problems) == 2 * len(set(problems))


def test_of_many_problems_the_owner_is_told_ten_and_how_many_there_are(desk: Desk) -> None:
    one = desk.open()
    problems = [Problem("rules.yaml", line, 1, "", f"fault {line}") for line in range(1, 15)]

    def refuse() -> Config:
        raise ConfigError(problems)

    one.reread = refuse
    one.reload()

    (told,) = desk.owner.words
    lines = told.splitlines()
    assert lines[0] == "rules.yaml:1:1: fault 1"
    assert lines[10:] == ["… +4"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"to": "[moi]"}, "defaults.to: the channel moi is new", id="for all"),
        pytest.param(
            {"send_failed": "moi"}, "watchdog.send_failed: the channel moi is new", id="watchdog"
        ),
        pytest.param(
            {"rules": "  a: {when: missed, to: moi}"}, "rules.a: the channel moi is new", id="rule"
        ),
        pytest.param(
            {"rules": "  a: {when: missed, escalate: [{after: 5m, to: [moi, sep]}]}"},
            "rules.a: the channel moi is new",
            id="escalation",
        ),
    ],
)
def test_a_channel_that_was_not_there_at_the_start_is_refused(
    desk: Desk, changed: dict[str, str], told: str
) -> None:
    one = desk.open()
    desk.write(**changed, crm=f"{GIVEN['crm']}  moi: {{telegram: {{chat: 7}}}}\n")

    looks(one)

    assert names(one) == ["goi_nho"]
    assert desk.owner.words[0].splitlines()[0] == f"{told}; restart to open it"


def test_what_the_rules_do_not_pass_is_refused_by_name(desk: Desk) -> None:
    one = desk.open()
    call = "{at: 2026-09-07 09:00, in: 0901234567, hotline: 19001000, missed: true}"
    trial = f"tests:\n  - {{name: một cuộc nhỡ, calls: [{call}], expect: {{goi_nho: 3}}}}\n"
    desk.write(more=trial)

    looks(one)

    (told,) = desk.owner.words
    assert "tests: một cuộc nhỡ: goi_nho does not do what the test expects" in told


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        pytest.param({"every": "30s"}, ["source"], id="source"),
        pytest.param({"person": "77"}, ["channels"], id="a chat"),
        pytest.param({"more": "storage: {path: other.db}\n"}, ["storage.path"], id="storage"),
        pytest.param({"more": "web: {listen: 127.0.0.1:9}\n"}, ["web"], id="web"),
        pytest.param({"rules": OTHER}, [], id="rules: at once"),
    ],
)
def test_what_waits_for_the_next_start_stays_as_it_was_and_is_logged(
    desk: Desk, changed: dict[str, str], parts: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    one = desk.open()
    past = one.rulebook.config
    desk.write(**changed)

    looks(one)

    kept = one.rulebook.config
    logged = [vars(record)["parts"] for record in caplog.records if "next start" in record.message]
    assert logged == [parts] * bool(parts)
    assert (kept.source, kept.channels, kept.storage_path, kept.web) == (
        past.source,
        past.channels,
        past.storage_path,
        past.web,
    )


def test_a_new_key_in_the_environment_file_is_a_change_of_the_source(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    beside = desk.folder / ".env"
    beside.write_text("BESIDE=old-canary\n", encoding="utf-8")
    desk.path.write_text(
        desk.path.read_text(encoding="utf-8").replace("${env:KEY}", "${env:BESIDE}"), "utf-8"
    )
    one = desk.open()
    beside.write_text("BESIDE=new-canary\n", encoding="utf-8")

    looks(one)

    assert [vars(one)["parts"] for one in caplog.records if "next start" in one.message] == [
        ["source"]
    ]
    assert "canary" not in caplog.text


async def test_everything_that_a_reload_may_change_goes_by_the_new_file(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]") as house:
        await house.advance(MINUTE)
        text = house.rules_path.read_text(encoding="utf-8").replace("{nhom}", "{sep}")
        text = text.replace("watchdog: {", "watchdog: {poll_stale: 20m, source_errors: 9, ")
        text = text.replace("to: [nhom]", "to: [sep]")
        house.rules_path.write_text(text, encoding="utf-8")
        assert house.app.reloader.reload()

        watchdog = house.app.scheduler.watchdog
        assert watchdog.to == ("sep",)
        assert watchdog.source_errors == 9
        assert watchdog.poll_stale == house.app.poller.pace.longest == timedelta(minutes=20)
