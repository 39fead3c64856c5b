import httpx
import pytest

from notifier.simulator import faults
from notifier.simulator.faults import Fault
from notifier.simulator.journeys import missed_call
from notifier.simulator.world import World, burst
from tests.simulator.desk import HOUR, MINUTE, MORNING, Desk, quiet


def with_rows(count: int = 1) -> Desk:
    desk = quiet()
    burst(desk.world, count, MORNING)
    return desk


async def test_a_queued_fault_happens_once_and_in_its_turn() -> None:
    desk = with_rows()
    desk.faults.next(None, faults.status(503), faults.html())

    statuses = [(await desk.ask()).status_code for _ in range(4)]

    assert statuses == [200, 503, 502, 200]
    assert desk.asked() == 4
    assert desk.faults.committed == {"status 503": 1, "html": 1}


async def test_a_fault_waits_for_its_method() -> None:
    desk = with_rows()
    desk.faults.next(faults.status(500), method="GetExtensions")

    calls = await desk.ask()
    extensions = await desk.ask(name="shop.Sencloud/GetExtensions")

    assert (calls.status_code, extensions.status_code) == (200, 500)


async def test_a_fault_of_any_method_takes_whatever_comes() -> None:
    desk = with_rows()
    desk.faults.next(faults.status(500), method=None)

    assert (await desk.ask(name="shop.Misc/CurrentAccount")).status_code == 500


async def test_a_lasting_fault_lasts_until_it_is_cleared() -> None:
    desk = with_rows()
    desk.faults.always(faults.status(500))

    during = [(await desk.ask()).status_code for _ in range(3)]
    desk.faults.clear()

    assert during == [500] * 3
    assert (await desk.ask()).status_code == 200


@pytest.mark.parametrize("retry_after", [None, "7"])
async def test_too_many_requests_may_or_may_not_say_how_long_to_wait(
    retry_after: str | None,
) -> None:
    desk = with_rows()
    desk.faults.next(faults.status(429, retry_after=retry_after))

    response = await desk.ask()

    assert response.status_code == 429
    assert response.headers.get("Retry-After") == retry_after
    assert response.json()["code"] == "resource_exhausted"


async def test_html_stands_where_json_should() -> None:
    desk = with_rows()
    desk.faults.next(faults.html(200))

    response = await desk.ask()

    assert response.headers["Content-Type"].startswith("text/html")
    with pytest.raises(ValueError, match="Expecting"):
        response.json()


async def test_truncated_json_is_half_an_answer() -> None:
    desk = with_rows()
    desk.faults.next(faults.truncated())

    response = await desk.ask()

    assert response.status_code == 200
    with pytest.raises(ValueError, match=r".+"):
        response.json()


async def test_a_dropped_connection_is_a_protocol_error() -> None:
    desk = with_rows()
    desk.faults.next(faults.dropped())

    with pytest.raises(httpx.RemoteProtocolError):
        await desk.ask()
    assert (await desk.ask()).status_code == 200


async def test_a_hang_outlasts_the_clients_patience() -> None:
    desk = Desk(World(start=MORNING), timeout=0.02)
    desk.faults.next(faults.hanging(30))

    with pytest.raises(httpx.ReadTimeout):
        await desk.ask()


async def test_after_a_short_hang_the_answer_is_good() -> None:
    desk = with_rows()
    desk.faults.next(faults.hanging(0.01))

    assert len((await desk.ask()).json()["call_logs"]) == 1


async def test_a_repeated_cursor_leads_a_walk_nowhere() -> None:
    desk = with_rows(9)
    desk.faults.always(faults.repeated_cursor())
    _, first = await desk.page(limit=3)

    _, second = await desk.page(limit=3, after=first["next"])

    assert second["next"] == first["next"]


async def test_duplicated_rows_begin_a_page_with_the_end_of_the_one_before() -> None:
    desk = with_rows(9)
    first, paging = await desk.page(limit=3)
    desk.faults.next(faults.duplicated_rows(2))

    second, _ = await desk.page(limit=3, after=paging["next"])

    assert [row["id"] for row in second[:2]] == [row["id"] for row in first[1:]]
    assert len(second) == 5


async def test_duplicated_rows_on_a_first_page_are_its_own() -> None:
    desk = with_rows(3)
    desk.faults.next(faults.duplicated_rows(1))

    rows, _ = await desk.page()

    assert [row["id"] for row in rows].count(rows[0]["id"]) == 2


async def test_a_malformed_record_stands_before_the_good_ones() -> None:
    desk = with_rows()
    desk.faults.next(faults.malformed_record(), faults.malformed_record("?"))

    rows, _ = await desk.page()
    others, _ = await desk.page()

    assert len(rows) == 2
    assert "id" not in rows[0]
    assert str(others[0]) == "?"


@pytest.mark.parametrize(
    ("fault", "name", "value"),
    [
        (faults.null_arrays(), "call_targets", None),
        (faults.null_arrays(), "recording_urls", None),
        (faults.extra_fields(), "hold_seconds", 3),
        (faults.unknown_enum(), "direction", "video"),
        (faults.unknown_enum(), "call_state", "parked"),
    ],
)
async def test_records_of_another_version(fault: Fault, name: str, value: object) -> None:
    desk = with_rows()
    desk.faults.next(fault)

    rows, _ = await desk.page()

    assert rows[0][name] == value


async def test_a_revoked_key_is_refused_until_it_is_restored() -> None:
    desk = with_rows()
    desk.faults.revoke_key()

    refused = await desk.ask(name="shop.Sencloud/GetExtensions")
    desk.faults.restore_key()

    assert refused.status_code == 401
    assert (await desk.ask()).status_code == 200


async def test_an_outage_lasts_from_one_moment_to_another_for_everything() -> None:
    desk = quiet()
    desk.faults.down(MORNING, MORNING + HOUR)
    call = desk.world.add(missed_call(MORNING), at=MORNING + MINUTE)

    with pytest.raises(httpx.RemoteProtocolError):
        await desk.ask(name="shop.Misc/CurrentAccount")
    desk.now = MORNING + HOUR

    assert await desk.found() == [call.id]


async def test_an_outage_can_answer_instead_of_dropping() -> None:
    desk = quiet()
    desk.faults.down(MORNING, MORNING + HOUR, faults.status(503))

    assert (await desk.ask()).status_code == 503


async def test_every_request_is_on_record_with_what_it_asked_and_what_it_met() -> None:
    desk = quiet()
    desk.faults.next(faults.status(500))

    await desk.ask({"paging": {"limit": 5}})
    await desk.ask(name="shop.Misc/VersionInfo")

    first, second = desk.faults.requests
    assert (first.method, first.at, first.fault) == ("ListCallLogs", MORNING, "status 500")
    assert first.json == {"paging": {"limit": 5}}
    assert (second.path, second.fault) == ("/v1/shop.Misc/VersionInfo", None)
