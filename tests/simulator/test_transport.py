import json

import pytest

from notifier.simulator.business import CSKH, EXTENSIONS
from notifier.simulator.server import ROUTES
from notifier.simulator.world import World
from tests.simulator.desk import KEY, MORNING, Desk, quiet

LIST = "/v1/shop.Sencloud/ListCallLogs"
PARTNER_KEY = "shop1140539518927929344:canary"


@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        ("GET", LIST, "application/json"),
        ("PUT", LIST, "application/json"),
        ("POST", LIST, "text/plain"),
        ("POST", LIST, ""),
        ("POST", "/v1/shop.Sencloud/ListContacts", "application/json"),
        ("POST", "/v1/shop.Other/ListCallLogs", "application/json"),
        ("POST", "/v2/shop.Sencloud/ListCallLogs", "application/json"),
        ("POST", "/", "application/json"),
    ],
)
async def test_anything_but_json_posted_to_a_known_path_is_a_bad_route(
    method: str, path: str, content_type: str
) -> None:
    response = await quiet().send(
        method, path, content=b"{}", headers={"Content-Type": content_type}
    )

    assert response.status_code == 404
    assert response.json() == {"code": "bad_route"}


@pytest.mark.parametrize("sent", ["", "Bearer wrong", KEY, f"Basic {KEY}", "Bearer "])
async def test_a_missing_or_wrong_key_is_refused_in_vietnamese(sent: str) -> None:
    desk = Desk(World(start=MORNING), headers={"Authorization": sent})

    response = await desk.ask()

    assert response.status_code == 401
    assert response.json() == {"code": "unauthenticated", "msg": "api_key không hợp lệ"}


@pytest.mark.parametrize(
    ("key", "service", "status"),
    [
        (KEY, "shop.Sencloud", 200),
        (KEY, "shop.Etelecom", 200),
        (KEY, "partner.Etelecom", 401),
        (PARTNER_KEY, "partner.Etelecom", 200),
        (PARTNER_KEY, "shop.Sencloud", 401),
    ],
)
async def test_a_key_works_only_on_services_of_its_kind(
    key: str, service: str, status: int
) -> None:
    desk = Desk(World(start=MORNING), key=key)

    response = await desk.ask(name=f"{service}/ListCallLogs")

    assert response.status_code == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff"])
async def test_a_body_that_is_no_object_is_malformed(body: bytes) -> None:
    response = await quiet().send(
        "POST", LIST, content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )

    assert response.status_code == 400
    assert response.json()["code"] == "malformed"


async def test_extensions_come_with_a_password_that_nobody_may_keep() -> None:
    response = await quiet().ask(name="shop.Sencloud/GetExtensions")

    entries = response.json()["extensions"]
    assert [one["extension_number"] for one in entries] == [one.number for one in EXTENSIONS]
    assert all(one["extension_password"] for one in entries)
    assert entries[0]["hotline_id"] == CSKH.id


async def test_hotlines_have_ids_names_and_numbers() -> None:
    response = await quiet().ask(name="shop.Sencloud/GetHotlines")

    first = response.json()["hotlines"][0]
    assert (first["id"], first["name"], first["hotline"]) == (CSKH.id, "CSKH", "19001000")


async def test_a_directory_ends_after_its_one_page_though_that_has_a_next() -> None:
    desk = quiet()
    first = (await desk.ask(name="shop.Sencloud/GetHotlines")).json()

    second = await desk.ask(
        {"paging": {"after": first["paging"]["next"]}}, "shop.Sencloud/GetHotlines"
    )

    assert first["paging"]["next"]
    assert second.json()["hotlines"] == []
    assert second.json()["paging"]["next"] == ""


@pytest.mark.parametrize(
    ("key", "name", "field"),
    [
        (KEY, "shop.Shop/GetAccountUsers", "account_users"),
        (KEY, "shop.Misc/CurrentAccount", "id"),
        (KEY, "shop.Misc/VersionInfo", "version"),
        (PARTNER_KEY, "partner.Shop/GetAccountUsers", "account_users"),
        (PARTNER_KEY, "partner.Etelecom/GetPartnerHotlineList", "hotlines"),
    ],
)
async def test_the_neighbouring_methods_answer(key: str, name: str, field: str) -> None:
    desk = Desk(World(start=MORNING), key=key)

    response = await desk.ask(name=name)

    assert response.json()[field]


async def test_a_method_that_is_not_offered_is_a_bad_route() -> None:
    routes = ROUTES - {"shop.Sencloud/GetHotlines"}
    desk = Desk(World(start=MORNING), routes=routes)

    response = await desk.ask(name="shop.Sencloud/GetHotlines")

    assert (response.status_code, json.loads(response.content)["code"]) == (404, "bad_route")
