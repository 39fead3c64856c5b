"""A strict Bot API: an ASGI app that refuses what Telegram refuses, and fails on demand.

In a test it is the transport of the client (`fake.transport()`); in a journey uvicorn serves it
(`over_wire=True`, so that a dropped answer is a closed connection instead of an exception).
"""

import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.fakes.telegram_html import CannotParseError, parse_html, units
from tests.fakes.telegram_menus import Menus
from tests.fakes.telegram_queue import Queue, Tap
from tests.fakes.telegram_refusals import (
    Parameters,
    RefusalError,
    bad_request,
    number,
    parameters_of,
    read,
    true,
)

TOKEN = "123456:canary-telegram-token"

MOST_ENTITIES = 100

LARGEST = {"photo": 10_000_000, "audio": 50_000_000, "document": 50_000_000}
"""Bytes of a file that is uploaded."""


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
    replies_to: int | None = None
    asks_back: bool = False
    file: tuple[str, bytes] | None = None
    """Name and content; its text is the caption."""
    kind: str = ""
    """photo, audio or document; "" for a text."""
    protected: bool = False

    def data(self, label: str) -> str:
        """What the button whose label holds `label` carries."""
        buttons = itertools.chain.from_iterable(self.keyboard)
        return next(str(b["callback_data"]) for b in buttons if label in b["text"])


@dataclass
class FakeChat:
    id: int
    username: str = ""
    topics: set[int] | None = None
    """Threads of a forum; None if it has none."""
    forbidden: str = ""
    """Why the bot may not write here, in Telegram's words after `Forbidden: `."""
    migrated_to: int | None = None
    no_rights: bool = False
    """The bot is in it and may not write."""
    left: bool = False
    """The bot has gone by itself."""
    heard: set[int] = field(default_factory=set)
    """Ids of messages that people wrote."""
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
    """Only for this method; "" for whatever writes to a chat."""


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
    """Every method that was asked for with the right token, and its parameters; no polls."""
    queue: Queue = field(default_factory=Queue)
    menus: Menus = field(default_factory=Menus)
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

    # What people do

    def says(
        self, chat: int, person: int, text: str, *, identity: int | None = None, **facts: Any
    ) -> int:
        """Have `person` write `text`; return the id of their message."""
        message = next(self._ids)
        self.chats[chat].heard.add(message)
        said = {**_base(self.chats[chat], message), "from": _user(person), "text": text, **facts}
        self.queue.push("message", said, identity=identity)
        return message

    def taps(self, chat: int, person: int, message: FakeMessage, data: str) -> Tap:
        """Have `person` tap a button, or what a client of theirs makes of one."""
        query = self.queue.tapped(self.elapsed() if self.elapsed else 0.0)
        fact = {
            "id": query,
            "from": _user(person),
            "chat_instance": "1",
            "message": {**_told(self.chats[chat], message), "from": _BOT},
            "data": data,
        }
        self.queue.push("callback_query", fact)
        return self.queue.taps[query]

    def stands(self, chat: int, person: int, status: str, **facts: Any) -> None:
        """Have `person` change what the bot is in `chat`: member, left, kicked, restricted."""
        new = {"status": status, "user": _BOT, **facts}
        if status == "kicked":
            new["until_date"] = 0
        fact = {
            "chat": _chat(self.chats[chat]),
            "from": _user(person),
            "date": 1_790_000_000,
            "old_chat_member": {"status": "left", "user": _BOT},
            "new_chat_member": new,
        }
        self.queue.push("my_chat_member", fact)

    def migrates(self, chat: int, new: int, person: int) -> None:
        """Have a group become a supergroup; each of the two tells of it."""
        self.chats[chat].migrated_to = new
        self.chat(new)
        for where, fact in ((chat, "migrate_to_chat_id"), (new, "migrate_from_chat_id")):
            told = _base(self.chats[where], next(self._ids)) | {"from": _user(person)}
            other = new if where == chat else chat
            self.queue.push("message", {**told, fact: other})

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(app=self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        request = Request(scope, receive)
        token, _, method = request.url.path.removeprefix("/bot").partition("/")
        parameters = await parameters_of(request)
        fault = self._fault(method)
        if fault.pause and self.sleep:
            await self.sleep(fault.pause)
        broken = fault.status or fault.raises
        answer = (
            await self._answer(token, method, parameters) if fault.after or not broken else None
        )
        if fault.raises:
            await self._drop(fault.raises, send)
            return
        if fault.status:
            answer = Response(fault.body, fault.status)
        if answer is not None:
            await answer(scope, receive, send)

    def _fault(self, method: str) -> Fault:
        writes = method.startswith(("send", "edit"))
        for fault in self.faults:
            if fault.method == method or (writes and not fault.method):
                self.faults.remove(fault)
                return fault
        return Fault()

    async def _drop(self, error: Exception, send: Send) -> None:
        if not self.over_wire:
            raise error
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-length", b"100")]})

    async def _answer(self, token: str, method: str, parameters: Parameters) -> Response:
        try:
            if token == self.token and method.lower() == "getupdates":
                result: Any = await self.queue.poll(parameters, self.sleep)
            else:
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

    def _result(self, token: str, method: str, parameters: Parameters) -> Any:
        if token != self.token:
            raise RefusalError(401, "Unauthorized")
        self.calls.append((method, parameters))
        known: dict[str, Callable[[Parameters], Any]] = {
            "getme": lambda _: _BOT,
            "sendmessage": self._send,
            "sendphoto": lambda p: self._send(p, "photo"),
            "sendaudio": lambda p: self._send(p, "audio"),
            "senddocument": lambda p: self._send(p, "document"),
            "editmessagetext": self._edit,
            "editmessagereplymarkup": self._edit_keyboard,
            "deletemessage": self._delete,
            "answercallbackquery": self._answer_tap,
            "leavechat": self._leave,
            "setmycommands": self.menus.set,
            "deletemycommands": self.menus.delete,
            "getmycommands": self.menus.get,
            "setwebhook": self._set_webhook,
            "deletewebhook": lambda _: self._set_webhook({}),
            "getwebhookinfo": lambda _: {
                "url": self.queue.webhook,
                "has_custom_certificate": False,
                "pending_update_count": len(self.queue.updates),
            },
        }
        if method.lower() not in known:
            raise RefusalError(404, "Not Found")
        return known[method.lower()](parameters)

    def _send(self, parameters: Parameters, kind: str = "") -> dict[str, Any]:
        chat = self._found(parameters)
        if chat.no_rights:
            raise bad_request("not enough rights to send text messages to the chat")
        self._flood(chat)
        topic = number(parameters, "message_thread_id")
        if topic is not None and topic not in (chat.topics or ()):
            raise bad_request("message thread not found")
        message = _composed(parameters, next(self._ids), kind)
        message.replies_to = self._replied(chat, parameters)
        message.topic = topic
        message.silent = true(parameters.get("disable_notification"))
        message.protected = true(parameters.get("protect_content"))
        chat.messages.append(message)
        chat.sent_at.append(self.elapsed() if self.elapsed else 0.0)
        return _told(chat, message)

    def _replied(self, chat: FakeChat, parameters: Parameters) -> int | None:
        reply = read(parameters.get("reply_parameters"), dict)
        if not reply:
            return None
        wanted = int(reply.get("message_id") or 0)
        there = {message.id for message in chat.messages if not message.deleted}
        if wanted in there | chat.heard:
            return wanted
        if not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return None

    def _edit_keyboard(self, parameters: Parameters) -> dict[str, Any]:
        chat, message = self._there(parameters)
        keyboard = _keyboard(parameters)
        if keyboard == message.keyboard:
            raise bad_request(_NOT_MODIFIED)
        message.keyboard = keyboard
        return _told(chat, message)

    def _delete(self, parameters: Parameters) -> bool:
        _, message = self._there(parameters, "message to delete not found")
        message.deleted = True
        return True

    def _answer_tap(self, parameters: Parameters) -> bool:
        return self.queue.answer(parameters, self.elapsed() if self.elapsed else 0.0)

    def _leave(self, parameters: Parameters) -> bool:
        chat = self._found(parameters)
        if chat.id > 0:
            raise bad_request("chat member status can't be changed in private chats")
        chat.left, chat.forbidden = True, "bot is not a member of the supergroup chat"
        return True

    def _set_webhook(self, parameters: Parameters) -> bool:
        self.queue.webhook = str(parameters.get("url", ""))
        return True

    def _there(
        self, parameters: Parameters, missing: str = "message to edit not found"
    ) -> tuple[FakeChat, FakeMessage]:
        chat = self._found(parameters)
        wanted = number(parameters, "message_id")
        if not wanted:
            raise bad_request("message identifier is not specified")
        found = [m for m in chat.messages if m.id == wanted and not m.deleted]
        if not found:
            raise bad_request(missing)
        return chat, found[0]

    def _edit(self, parameters: Parameters) -> dict[str, Any]:
        chat, message = self._there(parameters)
        if message.file:
            raise bad_request("there is no text in the message to edit")
        new = _composed(parameters, message.id)
        if (message.text, message.entities, message.keyboard) == (
            new.text,
            new.entities,
            new.keyboard,
        ):
            raise bad_request(_NOT_MODIFIED)
        message.edits.append(message.text)
        message.text, message.raw, message.keyboard = new.text, new.raw, new.keyboard
        message.entities, message.preview = new.entities, new.preview
        return _told(chat, message)

    def _found(self, parameters: Parameters) -> FakeChat:
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


_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def _composed(parameters: Parameters, identity: int, kind: str = "") -> FakeMessage:
    raw = str(parameters.get("caption" if kind else "text", ""))
    text, entities = _marked(raw, str(parameters.get("parse_mode", "")).lower())
    if not text and not kind:
        raise bad_request("message text is empty")
    if units(text) > (1024 if kind else 4096):
        raise bad_request("message caption is too long" if kind else "message is too long")
    message = FakeMessage(identity, text, raw, entities, _keyboard(parameters), kind=kind)
    message.preview = not read(parameters.get("link_preview_options"), dict).get("is_disabled")
    message.asks_back = bool(read(parameters.get("reply_markup"), dict).get("force_reply"))
    if kind:
        message.file = _uploaded(parameters, kind)
    return message


def _marked(raw: str, mode: str) -> tuple[str, list[tuple[str, str]]]:
    if mode not in {"", "html"}:
        raise bad_request("unsupported parse_mode")
    if not mode:
        return raw.strip(), []
    try:
        parsed = parse_html(raw)
    except CannotParseError as error:
        raise bad_request(f"can't parse entities: {error}") from error
    return parsed.text.strip(), parsed.entities[:MOST_ENTITIES]


def _uploaded(parameters: Parameters, kind: str) -> tuple[str, bytes]:
    given = parameters.get(kind)
    if isinstance(given, str) and given.startswith("attach://"):
        given = parameters.get(given.removeprefix("attach://"))
    if not isinstance(given, tuple):
        raise bad_request(f"there is no {kind} in the request")
    if not given[1]:
        raise bad_request("file must be non-empty")
    if len(given[1]) > LARGEST[kind]:
        raise RefusalError(413, "Request Entity Too Large")
    return given


def _keyboard(parameters: Parameters) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = read(parameters.get("reply_markup"), dict).get(
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


_BOT = {"id": 123456, "is_bot": True, "first_name": "Notifier", "username": "n_bot"}


def _user(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": f"P{person % 1000}", "language_code": "en"}


def _chat(chat: FakeChat) -> dict[str, Any]:
    if chat.id > 0:
        return {"id": chat.id, "type": "private", "first_name": f"P{chat.id % 1000}"}
    return {"id": chat.id, "type": "supergroup", "title": "Group"}


def _base(chat: FakeChat, message: int) -> dict[str, Any]:
    return {"message_id": message, "date": 1_790_000_000, "chat": _chat(chat)}


def _told(chat: FakeChat, message: FakeMessage) -> dict[str, Any]:
    told = _base(chat, message.id)
    if not message.kind:
        return {**told, "text": message.text}
    file = {"file_id": f"f{message.id}", "file_unique_id": f"u{message.id}"}
    shape: dict[str, Any] = {"photo": [{**file, "width": 1, "height": 1}]}
    shape |= {"audio": {**file, "duration": 1}, "document": file}
    return {**told, "caption": message.text, message.kind: shape[message.kind]}
