"""A strict Bot API: an ASGI app that refuses what Telegram refuses, and fails on demand.

In a test it is the transport of the client (`fake.transport()`); in a journey uvicorn serves it
(`over_wire=True`, so that a dropped answer is a closed connection instead of an exception).
"""

import itertools
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.fakes.telegram_html import CannotParseError, parse_html, units

TOKEN = "123456:canary-telegram-token"

MOST_ENTITIES = 100


@dataclass
class FakeMessage:
    id: int
    text: str
    """As readers see it."""
    raw: str
    entities: list[tuple[str, str]]
    keyboard: list[list[dict[str, Any]]]
    topic: int | None = None
    silent: bool = False
    preview: bool = True
    deleted: bool = False
    edits: list[str] = field(default_factory=list)
    """Its earlier texts, oldest first."""


@dataclass
class FakeChat:
    id: int
    username: str = ""
    topics: set[int] | None = None
    """Threads of a forum; None if it has none."""
    forbidden: str = ""
    """Why the bot may not write here, in Telegram's words after `Forbidden: `."""
    migrated_to: int | None = None
    messages: list[FakeMessage] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)


@dataclass
class Fault:
    """What befalls the next request: an answer, a drop, a pause."""

    status: int = 0
    body: bytes = b""
    raises: Exception | None = None
    """Raised in place of an answer; over the wire the connection closes."""
    after: bool = False
    """Whether the request is carried out first."""
    pause: float = 0.0
    method: str = ""
    """Only for this method; "" for any."""


class RefusalError(Exception):
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(description: str, **parameters: int) -> RefusalError:
    return RefusalError(400, f"Bad Request: {description}", **parameters)


@dataclass
class FakeTelegram:
    token: str = TOKEN
    elapsed: Callable[[], float] | None = None
    """The clock of the flood limits; None for no limits."""
    person_burst: int = 3
    group_burst: int = 8
    sleep: Callable[[float], Awaitable[None]] | None = None
    over_wire: bool = False
    chats: dict[int, FakeChat] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Every method that was asked for with the right token, and its parameters."""
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def chat(self, identity: int, **facts: Any) -> FakeChat:
        chat = FakeChat(identity, **facts)
        self.chats[identity] = chat
        return chat

    def messages(self, identity: int) -> list[FakeMessage]:
        return [message for message in self.chats[identity].messages if not message.deleted]

    def delete(self, identity: int, message: int) -> None:
        next(m for m in self.chats[identity].messages if m.id == message).deleted = True

    def fail(self, *faults: Fault) -> None:
        self.faults.extend(faults)

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(app=self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        request = Request(scope, receive)
        token, _, method = request.url.path.removeprefix("/bot").partition("/")
        parameters = await _parameters(request)
        fault = self._fault(method)
        if fault.pause and self.sleep:
            await self.sleep(fault.pause)
        broken = fault.status or fault.raises
        answer = self._answer(token, method, parameters) if fault.after or not broken else None
        if fault.raises:
            await self._drop(fault.raises, send)
            return
        if fault.status:
            answer = Response(fault.body, fault.status)
        if answer is not None:
            await answer(scope, receive, send)

    def _fault(self, method: str) -> Fault:
        if self.faults and self.faults[0].method in {"", method}:
            return self.faults.popleft()
        return Fault()

    async def _drop(self, error: Exception, send: Send) -> None:
        if not self.over_wire:
            raise error
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-length", b"100")]})

    def _answer(self, token: str, method: str, parameters: dict[str, Any]) -> Response:
        try:
            result = self._result(token, method, parameters)
        except RefusalError as refusal:
            body: dict[str, Any] = {
                "ok": False,
                "error_code": refusal.status,
                "description": refusal.description,
            }
            if refusal.parameters:
                body["parameters"] = refusal.parameters
            return JSONResponse(body, refusal.status)
        return JSONResponse({"ok": True, "result": result})

    def _result(self, token: str, method: str, parameters: dict[str, Any]) -> Any:
        if token != self.token:
            raise RefusalError(401, "Unauthorized")
        self.calls.append((method, parameters))
        match method.lower():
            case "getme":
                return {"id": 123456, "is_bot": True, "first_name": "Notifier", "username": "n_bot"}
            case "getupdates":
                return []
            case "sendmessage":
                return self._send(parameters)
            case "editmessagetext":
                return self._edit(parameters)
            case _:
                raise RefusalError(404, "Not Found")

    def _send(self, parameters: dict[str, Any]) -> dict[str, Any]:
        chat = self._found(parameters)
        self._flood(chat)
        topic = int(parameters["message_thread_id"]) if "message_thread_id" in parameters else None
        if topic is not None and topic not in (chat.topics or ()):
            raise bad_request("message thread not found")
        message = _composed(parameters, next(self._ids))
        message.topic = topic
        message.silent = _true(parameters.get("disable_notification"))
        chat.messages.append(message)
        chat.sent_at.append(self.elapsed() if self.elapsed else 0.0)
        return _told(chat, message)

    def _edit(self, parameters: dict[str, Any]) -> dict[str, Any]:
        chat = self._found(parameters)
        wanted = int(parameters.get("message_id") or 0)
        if not wanted:
            raise bad_request("message identifier is not specified")
        found = [m for m in chat.messages if m.id == wanted and not m.deleted]
        if not found:
            raise bad_request("message to edit not found")
        message, new = found[0], _composed(parameters, wanted)
        if (message.text, message.entities, message.keyboard) == (
            new.text,
            new.entities,
            new.keyboard,
        ):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        message.edits.append(message.text)
        message.text, message.raw, message.keyboard = new.text, new.raw, new.keyboard
        message.entities, message.preview = new.entities, new.preview
        return _told(chat, message)

    def _found(self, parameters: dict[str, Any]) -> FakeChat:
        wanted = str(parameters.get("chat_id", ""))
        if not wanted:
            raise bad_request("chat_id is empty")
        named = [c for c in self.chats.values() if c.username and f"@{c.username}" == wanted]
        by_id = self.chats.get(int(wanted)) if wanted.removeprefix("-").isdecimal() else None
        chat = by_id or next(iter(named), None)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise bad_request(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
            )
        if chat.forbidden:
            raise RefusalError(403, f"Forbidden: {chat.forbidden}")
        return chat

    def _flood(self, chat: FakeChat) -> None:
        """One a second to a person, twenty a minute to a group, and a burst on top."""
        if self.elapsed is None:
            return
        now = self.elapsed()
        person = chat.id > 0
        window, most = (10.0, 10 + self.person_burst) if person else (60.0, 20 + self.group_burst)
        late = [at for at in chat.sent_at if now - at < window]
        wait = window - (now - late[-most]) if len(late) >= most else 0.0
        if wait > 0:
            seconds = int(wait) + 1
            told = f"Too Many Requests: retry after {seconds}"
            raise RefusalError(429, told, retry_after=seconds)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event = (await receive())["type"]
        await send({"type": f"{event}.complete"})
        if event == "lifespan.shutdown":
            return


async def _parameters(request: Request) -> dict[str, Any]:
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        given = json.loads(body or b"{}")
        return given if isinstance(given, dict) else {}
    return {**request.query_params, **dict(parse_qsl(body.decode(), keep_blank_values=True))}


def _composed(parameters: dict[str, Any], identity: int) -> FakeMessage:
    raw = str(parameters.get("text", ""))
    mode = str(parameters.get("parse_mode", "")).lower()
    if mode not in {"", "html"}:
        raise bad_request("unsupported parse_mode")
    text, entities = raw, list[tuple[str, str]]()
    if mode == "html":
        try:
            parsed = parse_html(raw)
        except CannotParseError as error:
            raise bad_request(f"can't parse entities: {error}") from error
        text, entities = parsed.text, parsed.entities[:MOST_ENTITIES]
    text = text.strip()
    if not text:
        raise bad_request("message text is empty")
    if units(text) > 4096:
        raise bad_request("message is too long")
    preview = _read(parameters.get("link_preview_options"))
    return FakeMessage(
        identity, text, raw, entities, _keyboard(parameters), preview=not preview.get("is_disabled")
    )


def _keyboard(parameters: dict[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = _read(parameters.get("reply_markup")).get(
        "inline_keyboard", []
    )
    for button in itertools.chain.from_iterable(rows):
        acts = {"callback_data", "copy_text", "url"} & set(button)
        if not button.get("text") or len(acts) != 1:
            raise bad_request("can't parse inline keyboard button: Text buttons are unallowed")
        if "callback_data" in acts and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
        if "copy_text" in acts and not 1 <= len(button["copy_text"]["text"]) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        if button.get("style", "success") not in {"success", "danger", "primary"}:
            raise bad_request("BUTTON_STYLE_INVALID")
    return rows


def _read(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    try:
        read = json.loads(value) if value else {}
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    return read if isinstance(read, dict) else {}


def _true(value: Any) -> bool:
    return str(value).lower() in {"true", "1"}


def _told(chat: FakeChat, message: FakeMessage) -> dict[str, Any]:
    kind = "private" if chat.id > 0 else "supergroup"
    return {
        "message_id": message.id,
        "date": 1_790_000_000,
        "chat": {"id": chat.id, "type": kind},
        "text": message.text,
    }
