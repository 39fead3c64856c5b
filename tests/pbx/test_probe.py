import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from notifier.core.directory import Hotline
from notifier.core.findings import LISTS, Finding, Report, Verdict
from notifier.pbx import questions, samples
from notifier.pbx.probe import KEY as KEY_FINDING
from notifier.pbx.probe import probe
from notifier.pbx.questions import DATES, HOTLINE_FILTER, LIMIT, SHORT, SORT, Question, Sight
from notifier.pbx.samples import LAG, NUMBERS, READABLE, ZONES
from notifier.pbx.wire import read_page
from notifier.simulator.faults import Faults, html, malformed_record, status
from notifier.simulator.serve import in_process
from notifier.simulator.server import create_app
from notifier.simulator.tempo import Tempo
from notifier.simulator.world import World
from tests.fakes.clock import FakeClock
from tests.pbx.desk import (
    KEY,
    MINUTE,
    MORNING,
    Handler,
    a_body,
    a_client,
    a_record,
    a_target,
    always,
)

CLOCK = FakeClock(MORNING)


async def probed(handler: Handler, **overrides: Any) -> Report:
    return await probe(a_client(handler, **overrides), CLOCK)


async def probed_simulation(faults: Faults, **tempo: Any) -> Report:
    world = World(3, start=MORNING - timedelta(hours=3), tempo=Tempo(late=0.2, **tempo))
    app = create_app(world, lambda: MORNING, KEY, faults)
    return await probed(always(500), transport=in_process(app))


def named(report: Report, name: str) -> Finding:
    return next(finding for finding in report.findings if finding.name == name)


async def test_an_account_with_the_vendors_manners_passes() -> None:
    report = await probed_simulation(Faults(), lost_by_filter=0)

    verdicts = {finding.name: finding.verdict for finding in report.findings}
    assert report.usable
    assert (report.at, report.source) == (MORNING, "pbx.example.vn shop.Sencloud")
    assert verdicts == {
        KEY_FINDING: Verdict.OK,
        LISTS: Verdict.OK,
        READABLE: Verdict.OK,
        NUMBERS: Verdict.OK,
        ZONES: Verdict.OK,
        LAG: Verdict.OK,
        LIMIT: Verdict.OK,
        SHORT: Verdict.OK,
        DATES: Verdict.OK,
        SORT: Verdict.OK,
        HOTLINE_FILTER: Verdict.OK,
        "GetHotlines offered": Verdict.OK,
        "GetExtensions offered": Verdict.OK,
        "GetAccountUsers offered": Verdict.OK,
        "ListContacts offered": Verdict.NO,
        "GetWebhooks offered": Verdict.NO,
    }
    assert named(report, DATES).what == "date_from and date_to act on created_at"
    assert 'id: "1415096549774721835"' in named(report, HOTLINE_FILTER).advice


async def test_no_number_of_a_customer_is_in_a_report() -> None:
    faults = Faults()
    faults.next(None, None, html(200), html(200))
    report = await probed_simulation(faults)

    world = World(3, start=MORNING - timedelta(hours=3), tempo=Tempo(late=0.2))
    numbers = {call.customer for call in world.visible(MORNING)} - {""}
    assert numbers
    assert not [number for number in numbers if number in repr(report)]


async def test_an_error_that_quotes_a_customer_is_masked() -> None:
    report = await probed(always(400, b'{"msg": "bad number 0901234567"}'))

    assert "09xxxxx567" in named(report, LISTS).what
    assert "0901234567" not in repr(report)


@pytest.mark.parametrize(
    ("handler", "key", "listed"),
    [
        pytest.param(always(401), Verdict.NO, Verdict.NO, id="a wrong key"),
        pytest.param(always(404), Verdict.UNKNOWN, Verdict.NO, id="a wrong place"),
        pytest.param(always(503), Verdict.UNKNOWN, Verdict.NO, id="a server that is down"),
        pytest.param(always(200, b"<html>"), Verdict.UNKNOWN, Verdict.NO, id="a web page"),
    ],
)
async def test_where_no_calls_are_listed_the_rest_is_not_asked(
    handler: Handler, key: Verdict, listed: Verdict
) -> None:
    report = await probed(handler)

    assert not report.usable
    assert [(f.name, f.verdict) for f in report.findings] == [(KEY_FINDING, key), (LISTS, listed)]
    assert "canary" not in repr(report)


@pytest.mark.parametrize(
    ("code", "verdict"), [(401, Verdict.WARNING), (404, Verdict.OK)], ids=["refused", "no method"]
)
async def test_a_key_that_lists_calls_works_whatever_else_says(code: int, verdict: Verdict) -> None:
    faults = Faults()
    faults.always(status(code), method="CurrentAccount")

    report = await probed_simulation(faults)

    assert named(report, KEY_FINDING).verdict is verdict
    assert report.usable


async def test_a_question_that_fails_is_left_open_and_the_others_are_asked() -> None:
    faults = Faults()
    faults.next(None, None, status(503))
    faults.always(status(503), method="GetAccountUsers")
    faults.next(status(500), method="GetExtensions")

    report = await probed_simulation(faults)

    assert named(report, LIMIT).verdict is Verdict.UNKNOWN
    assert named(report, SHORT).verdict is Verdict.OK
    assert named(report, "GetAccountUsers offered").verdict is Verdict.UNKNOWN
    assert named(report, HOTLINE_FILTER).verdict is Verdict.UNKNOWN


async def test_records_that_do_not_read_are_told() -> None:
    faults = Faults()
    faults.next(malformed_record())

    found = named(await probed_simulation(faults), READABLE)

    assert found == Finding(READABLE, Verdict.WARNING, "1 could not be read: 1 times no usable id")


# Questions, one by one, to a PBX with other manners.

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


def sight_of(body: bytes, answer: Answer, *hotlines: Hotline) -> Sight:
    def handler(request: httpx.Request) -> httpx.Response:
        code, content = answer(json.loads(request.content))
        return httpx.Response(code, content=content)

    return Sight(a_client(handler), read_page(body), body, hotlines)


def records(count: int, **overrides: Any) -> list[dict[str, Any]]:
    return [a_record(id=str(1000 + number), **overrides) for number in range(count)]


EMPTY = (200, a_body(next="", prev=""))


def same(body: bytes) -> Answer:
    return lambda _: (200, body)


def then_empty(body: bytes) -> Answer:
    return lambda asked: EMPTY if asked["paging"].get("after") else (200, body)


@pytest.mark.parametrize(
    ("question", "seen", "answer", "verdict"),
    [
        pytest.param(
            questions.limit, [], lambda _: (400, b""), Verdict.OK, id="too high a limit is rejected"
        ),
        pytest.param(questions.limit, [], same(a_body(*records(200))), Verdict.OK, id="no clamp"),
        pytest.param(
            questions.limit, [], same(a_body(*records(50))), Verdict.WARNING, id="small pages"
        ),
        pytest.param(
            questions.limit, [], then_empty(a_body(*records(3))), Verdict.UNKNOWN, id="few calls"
        ),
        pytest.param(
            questions.short_page, records(3), same(EMPTY[1]), Verdict.OK, id="a short page"
        ),
        pytest.param(
            questions.short_page,
            records(100),
            then_empty(a_body(*records(2))),
            Verdict.OK,
            id="a short page by a filter",
        ),
        pytest.param(
            questions.short_page,
            records(100),
            same(a_body(*records(2), next="")),
            Verdict.OK,
            id="a short page without a cursor",
        ),
        pytest.param(
            questions.short_page,
            records(3),
            same(a_body(*records(3))),
            Verdict.WARNING,
            id="more after a short page",
        ),
        pytest.param(questions.short_page, [], same(b""), Verdict.UNKNOWN, id="no page"),
        pytest.param(
            questions.short_page,
            records(100, caller=""),
            same(a_body(*records(100))),
            Verdict.UNKNOWN,
            id="only full pages",
        ),
        pytest.param(questions.dates, records(2), same(b""), Verdict.UNKNOWN, id="no late row"),
        pytest.param(
            questions.sorts, [], lambda _: (500, b""), Verdict.WARNING, id="no sort is served"
        ),
        pytest.param(questions.sorts, [], same(b"{}"), Verdict.OK, id="any sort is served"),
        pytest.param(
            questions.hotline_filter, records(2), same(b""), Verdict.UNKNOWN, id="no hotline"
        ),
    ],
)
async def test_other_manners_are_noticed(
    question: Question, seen: list[Any], answer: Answer, verdict: Verdict
) -> None:
    assert (await question(sight_of(a_body(*seen), answer))).verdict is verdict


LATE = a_record(id="1000", created_at="2026-09-07T02:10:00Z")


def by_date(*columns: str) -> Answer:
    """Find the late row by the columns that the date filter acts on."""

    def answer(asked: dict[str, Any]) -> tuple[int, bytes]:
        bounds = asked["filter"]["date_from"], asked["filter"]["date_to"]
        found = any(bounds[0] <= LATE[c].replace("Z", "+00:00") <= bounds[1] for c in columns)
        return (200, a_body(LATE)) if found else EMPTY

    return answer


@pytest.mark.parametrize(
    ("answer", "verdict", "what"),
    [
        (by_date("created_at"), Verdict.OK, "date_from and date_to act on created_at"),
        (by_date("started_at"), Verdict.OK, "date_from and date_to act on started_at"),
        (by_date("started_at", "created_at"), Verdict.WARNING, "either column finds the row"),
        (by_date(), Verdict.WARNING, "neither column finds the row"),
    ],
    ids=["created", "started", "both", "neither"],
)
async def test_the_column_of_the_date_filter_is_found_out(
    answer: Answer, verdict: Verdict, what: str
) -> None:
    found = await questions.dates(sight_of(a_body(LATE), answer))

    assert (found.verdict, found.what) == (verdict, what)


def by_hotline(**found: list[dict[str, Any]]) -> Answer:
    return lambda asked: (200, a_body(*found[f"h{asked['filter']['hotline_ids'][0]}"]))


TALKS = [a_record(id="1", call_state="answered", call_targets=[a_target(status="answered")])]
FIRST, SECOND = Hotline("19001000", "CSKH", "1"), Hotline("19002000", 'Bán "sỉ"', "2")


@pytest.mark.parametrize(
    ("seen", "answer", "verdict"),
    [
        pytest.param(
            records(2), by_hotline(h1=records(2), h2=TALKS), Verdict.OK, id="all missed calls"
        ),
        pytest.param(
            records(2), by_hotline(h1=records(1), h2=TALKS), Verdict.WARNING, id="some of them"
        ),
        pytest.param(records(2), by_hotline(h1=[], h2=TALKS), Verdict.NO, id="none of them"),
        pytest.param(
            records(2), by_hotline(h1=records(2), h2=records(2)), Verdict.NO, id="ignored"
        ),
        pytest.param(
            records(2),
            by_hotline(h1=[*records(2), a_record(id="5", direction="ext")], h2=[]),
            Verdict.NO,
            id="ignored, as an internal call shows",
        ),
        pytest.param(
            TALKS, by_hotline(h1=TALKS, h2=[]), Verdict.UNKNOWN, id="no missed call to find"
        ),
    ],
)
async def test_whether_a_hotlines_missed_calls_can_be_asked_for(
    seen: list[Any], answer: Answer, verdict: Verdict
) -> None:
    found = await questions.hotline_filter(sight_of(a_body(*seen), answer, FIRST, SECOND))

    assert found.verdict is verdict


async def test_what_to_write_for_the_hotlines_can_be_copied() -> None:
    answer = by_hotline(h1=records(2), h2=[])

    found = await questions.hotline_filter(sight_of(a_body(*records(2)), answer, FIRST, SECOND))

    assert found.advice == (
        'directory.hotlines: [{number: "19001000", name: "CSKH", id: "1"}, '
        '{number: "19002000", name: "Bán \\"sỉ\\"", id: "2"}]'
    )


# What the newest page tells by itself.


def seen(*found: dict[str, Any]) -> Sight:
    return sight_of(a_body(*found), same(b""))


def test_forms_of_numbers_are_counted() -> None:
    callers = ["0901234567", "84901234567", "+84901234567", "+6591234567", "anonymous", "99999999"]
    outgoing = a_record(direction="out", caller="101", callee="0901234567")
    internal = a_record(direction="ext", caller="102")

    found = samples.numbers(seen(*(a_record(caller=one) for one in callers), outgoing, internal))

    assert found.what == (
        "0… (2), 84… (1), +84… (1), +… (1), short or withheld (1), ? (1); rules may write any form"
    )


@pytest.mark.parametrize(
    ("started_at", "verdict", "what"),
    [
        ("2026-09-07T09:00:00.5+07:00", Verdict.OK, "+07:00 (1)"),
        ("2026-09-07T02:00:00Z", Verdict.OK, "Z (1)"),
        ("2026-09-07T02:00:00", Verdict.WARNING, "1 times come without a zone"),
        (None, Verdict.UNKNOWN, "no time on the newest page"),
    ],
)
def test_the_zone_of_times_is_told(started_at: str | None, verdict: Verdict, what: str) -> None:
    found = samples.zones(seen(a_record(started_at=started_at)))

    assert found.verdict is verdict
    assert found.what.startswith(what)


def lagging(*minutes: float) -> Sight:
    ended_at = MORNING + MINUTE
    return seen(
        *(
            a_record(ended_at=ended_at.isoformat(), created_at=(ended_at + m * MINUTE).isoformat())
            for m in minutes
        )
    )


@pytest.mark.parametrize(
    ("minutes", "verdict", "what", "advice"),
    [
        ([0.5], Verdict.OK, "median 30s, nine in ten within 30s", "lag: 30s"),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 60], Verdict.OK, "median 5m, nine in ten within 9m", "9m"),
        ([-3], Verdict.OK, "median 0s, nine in ten within 0s", "lag: 0s"),
        ([50], Verdict.WARNING, "median 50m, nine in ten within 50m", "source: {overlap: 100m}"),
    ],
    ids=["quick", "mixed", "a row that was there before the end", "slow"],
)
def test_the_lag_is_measured(
    minutes: list[float], verdict: Verdict, what: str, advice: str
) -> None:
    found = samples.lag(lagging(*minutes))

    assert (found.verdict, found.what) == (verdict, what)
    assert advice in found.advice


def test_a_page_without_calls_tells_nothing() -> None:
    verdicts = [sample(seen()).verdict for sample in samples.SAMPLES]

    assert verdicts == [Verdict.OK, Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN]


def test_a_row_without_created_at_is_dated_by_its_id() -> None:
    record = a_record(created_at=None, ended_at="2025-09-25T03:50:00Z")

    assert "median 26s" in samples.lag(seen(record)).what
