"""The simulated API as a web application, with the manners of the real one."""

from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest
from re import compile as pattern

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from notifier.simulator import wire
from notifier.simulator.asking import Object, read_filter, read_object, read_paging
from notifier.simulator.dice import Dice
from notifier.simulator.faults import CALL_LOGS, Fault, Faults, Reply
from notifier.simulator.ids import inserted_at
from notifier.simulator.refusals import Refusal, bad_route, malformed, unauthenticated
from notifier.simulator.world import World

Now = Callable[[], datetime]

_PATH = pattern(r"/v1/(shop|partner)\.(\w+)/(\w+)")
_PARTNER_KEY = pattern(r"shop\d+:.+")
_TELECOM = ("shop.Sencloud", "shop.Etelecom", "partner.Etelecom")

ROUTES = frozenset(
    {f"{service}/{method}" for service in _TELECOM for method in (CALL_LOGS, "GetExtensions")}
    | {"shop.Sencloud/GetHotlines", "shop.Etelecom/GetHotlines"}
    | {"partner.Etelecom/GetPartnerHotlineList"}
    | {f"{audience}.Shop/GetAccountUsers" for audience in ("shop", "partner")}
    | {f"{audience}.Misc/CurrentAccount" for audience in ("shop", "partner")}
    | {f"{audience}.Misc/VersionInfo" for audience in ("shop", "partner")}
)
"""Everything that is served, as service/Method; the rest is a bad route."""


def create_app(
    world: World,
    now: Now,
    key: str,
    faults: Faults | None = None,
    *,
    routes: frozenset[str] = ROUTES,
) -> Starlette:
    """Return the API over a world, for one key.

    `now` is the only clock. A key of the shape `shop<id>:<secret>` works on `partner.*` only, any
    other on `shop.*` only. `routes` without some of `ROUTES` is a vendor that does not offer those.
    """
    pbx = _Pbx(world, now, key, faults or Faults(), routes)
    return Starlette(routes=[Mount("/", app=pbx.serve)])


class _Pbx:
    """Answers requests about one world."""

    def __init__(
        self, world: World, now: Now, key: str, faults: Faults, routes: frozenset[str]
    ) -> None:
        self._world = world
        self._now = now
        self._key = key
        self._faults = faults
        self._routes = routes
        self._dice = Dice(world.seed, 3)
        self._previous: Reply | None = None
        self._methods: dict[str, Callable[[Object], Reply]] = {
            CALL_LOGS: self._call_logs,
            "GetExtensions": self._extensions,
            "GetHotlines": self._hotlines,
            "GetPartnerHotlineList": self._hotlines,
            "GetAccountUsers": self._users,
            "CurrentAccount": lambda _: wire.account(),
            "VersionInfo": lambda _: {"service": "shop", "version": "simulated"},
        }

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, or fail to as the plan of faults says."""
        request = Request(scope, receive)
        path = request.url.path
        body = await request.body()
        method = path.rpartition("/")[2]
        fault = self._faults.arrived(method, path, body, self._now())
        if fault and fault.hang_s:
            await self._faults.hang(fault.hang_s)
        if fault and fault.drop:
            await _broken(send)
            return
        response = self._response(request, method, body, fault)
        await response(scope, receive, send)

    def _response(self, request: Request, method: str, body: bytes, fault: Fault | None) -> ASGIApp:
        if fault and fault.body is not None:
            return Response(fault.body, fault.status, dict(fault.headers))
        try:
            self._admit(request)
            reply = self._methods[method](_decoded(body))
        except Refusal as refusal:
            return _json(refusal.body, refusal.status)
        if fault and fault.rewrite:
            return _json(fault.rewrite(reply, self._previous))
        if method == CALL_LOGS:
            self._previous = reply
        return _json(reply, cut=fault is not None and fault.cut)

    def _admit(self, request: Request) -> None:
        """Check the route first and the key second, as the vendor does."""
        path = request.url.path
        match = _PATH.fullmatch(path)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not match or path.removeprefix("/v1/") not in self._routes:
            raise bad_route()
        if request.method != "POST" or content_type != "application/json":
            raise bad_route()
        audience = "partner" if _PARTNER_KEY.fullmatch(self._key) else "shop"
        sent = request.headers.get("authorization", "").encode()
        right = compare_digest(sent, f"Bearer {self._key}".encode())
        if not right or match[1] != audience or self._faults.key_revoked:
            raise unauthenticated()

    def _call_logs(self, asked: Object) -> Reply:
        paging = read_paging(asked.get("paging"))
        tests = read_filter(asked.get("filter"))
        calls = self._world.page(self._now(), paging.cut, tests)
        return wire.page(calls, paging, self._dice)

    def _extensions(self, asked: Object) -> Reply:
        entries = (wire.extension(one, inserted_at(one.id)) for one in self._world.extensions)
        return wire.listing("extensions", entries, read_paging(asked.get("paging")))

    def _hotlines(self, asked: Object) -> Reply:
        entries = (wire.hotline(one, inserted_at(one.id)) for one in self._world.hotlines)
        return wire.listing("hotlines", entries, read_paging(asked.get("paging")))

    def _users(self, asked: Object) -> Reply:
        entries = (wire.user(one) for one in self._world.extensions)
        return wire.listing("account_users", entries, read_paging(asked.get("paging")))


def _decoded(body: bytes) -> Object:
    try:
        return read_object(msgspec.json.decode(body), "request")
    except msgspec.DecodeError as error:
        raise malformed(str(error)) from error


def _json(body: Reply, status: int = 200, *, cut: bool = False) -> Response:
    raw = msgspec.json.encode(body)
    return Response(raw[: len(raw) // 2] if cut else raw, status, media_type="application/json")


async def _broken(send: Send) -> None:
    """Promise more than is sent: the server then closes the connection in the middle."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"512")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
