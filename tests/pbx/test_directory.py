from typing import Any

import httpx
import msgspec
import pytest

from notifier.core.directory import Directory, Hotline
from notifier.core.errors import SourceNonsense, SourceRefused, SourceUnavailable
from notifier.pbx.directory import fetch_directory
from notifier.simulator.business import BAN_HANG, CSKH
from notifier.simulator.serve import in_process
from notifier.simulator.server import create_app
from notifier.simulator.world import World
from tests.pbx.desk import KEY, MORNING, Handler, a_client

HOTLINES = {
    "hotlines": [
        {"id": "7", "hotline": "19001000", "name": "CSKH", "status": "P"},
        {"id": 8, "hotline": 2873001234, "name": None},
        {"id": "0", "hotline": "18001111", "name": "no id"},
        {"id": "9", "hotline": "19009999", "status": "N"},
        {"id": "10", "hotline": ""},
    ]
}
EXTENSIONS = {
    "extensions": [
        {"extension_number": 101, "extension_password": KEY, "hotline_id": "7", "user_id": "1"},
        {"extension_number": "102", "hotline_id": "7", "user_id": "2"},
        {"extension_number": "103", "hotline_id": "0", "user_id": "3"},
        {"extension_number": None, "hotline_id": "7", "user_id": "1"},
    ]
}
USERS = {
    "account_users": [
        {"user_id": "1", "full_name": "Nguyễn Thị Lan", "short_name": "Lan"},
        {"user_id": "2", "full_name": "", "short_name": "Minh"},
    ]
}
EVERYTHING = {"GetHotlines": HOTLINES, "GetExtensions": EXTENSIONS, "GetAccountUsers": USERS}


def offering(answers: dict[str, Any], otherwise: int = 404) -> Handler:
    def answer(request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition("/")[2]
        if method not in answers:
            return httpx.Response(otherwise, content=b'{"code": "bad_route"}')
        return httpx.Response(200, content=msgspec.json.encode(answers[method]))

    return answer


async def test_hotlines_get_their_extensions_and_extensions_their_names() -> None:
    found = await fetch_directory(a_client(offering(EVERYTHING)))

    assert found == Directory(
        hotlines=(
            Hotline("19001000", "CSKH", "7", frozenset({"101", "102"})),
            Hotline("2873001234", "", "8"),
            Hotline("18001111", "no id", ""),
        ),
        extensions={"101": "Nguyễn Thị Lan", "102": "Minh"},
    )


async def test_a_password_goes_nowhere() -> None:
    found = await fetch_directory(a_client(offering(EVERYTHING)))

    assert "canary" not in repr(found)


@pytest.mark.parametrize("status", [404, 400, 403])
async def test_what_is_not_offered_is_empty(status: int) -> None:
    hotlines_only = {"GetHotlines": {"hotlines": [{"id": "7", "hotline": "19001000"}]}}

    found = await fetch_directory(a_client(offering(hotlines_only, status)))

    assert found == Directory(hotlines=(Hotline("19001000", id="7"),))


@pytest.mark.parametrize(("status", "kind"), [(401, SourceRefused), (503, SourceUnavailable)])
async def test_a_refused_key_and_a_server_that_is_down_are_told(
    status: int, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        await fetch_directory(a_client(offering({}, status)))


async def test_a_list_of_something_else_is_nonsense() -> None:
    with pytest.raises(SourceNonsense):
        await fetch_directory(a_client(offering({**EVERYTHING, "GetHotlines": [1]})))


@pytest.mark.parametrize("nothing", [{}, {"hotlines": None, "paging": None}], ids=str)
async def test_an_empty_list_is_no_directory(nothing: Any) -> None:
    answers = dict.fromkeys(EVERYTHING, nothing)

    assert await fetch_directory(a_client(offering(answers))) == Directory()


def numbered(first: int, count: int) -> list[dict[str, str]]:
    return [{"id": str(1 + n), "hotline": str(19000000 + n)} for n in range(first, first + count)]


@pytest.mark.parametrize("following", ["more", ""])
async def test_a_long_list_is_read_page_by_page(following: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/GetHotlines"):
            return httpx.Response(404)
        later = b"more" in request.content
        page = {
            "hotlines": numbered(100, 5) if later else numbered(0, 100),
            "paging": {"next": following},
        }
        return httpx.Response(200, content=msgspec.json.encode(page))

    found = await fetch_directory(a_client(answer))

    assert len(found.hotlines) == (105 if following else 100)


async def test_a_list_without_end_is_left() -> None:
    pages = iter(range(1_000))

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/GetHotlines"):
            return httpx.Response(404)
        page = {"hotlines": numbered(0, 100), "paging": {"next": str(next(pages))}}
        return httpx.Response(200, content=msgspec.json.encode(page))

    found = await fetch_directory(a_client(answer))

    assert len(found.hotlines) == 5_000


@pytest.mark.parametrize(
    ("service", "key"), [("shop.Sencloud", KEY), ("partner.Etelecom", "shop7:canary-of-the-key")]
)
async def test_the_simulated_pbx_tells_its_business(service: str, key: str) -> None:
    app = create_app(World(start=MORNING), lambda: MORNING, key)

    found = await fetch_directory(
        a_client(offering({}), service=service, key=key, transport=in_process(app))
    )

    assert [(h.number, h.name, h.id) for h in found.hotlines] == [
        (one.number, one.name, one.id) for one in (CSKH, BAN_HANG)
    ]
    assert found.hotlines[0].extensions == {"101", "102", "103"}
    assert found.name_of("104") == "Phạm Anh Tuấn"
    assert "simulated-secret" not in repr(found)
