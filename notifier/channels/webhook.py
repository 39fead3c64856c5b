"""The webhook channel: signs an event, posts it, and says what became of it."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from notifier.channels.addresses import ForbiddenAddressError
from notifier.channels.sender import (
    Answer,
    Clock,
    NonsenseError,
    PostError,
    Sender,
    TimedOutError,
    UnreachableError,
    UnsendableError,
    open_sender,
)
from notifier.core.deliveries import Delivered, Failed, FailureReason, Outcome, Parcel
from notifier.core.events import MOST_BYTES
from notifier.core.signatures import key_of, seconds, sign

PROTECTED = frozenset(
    {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "notifier-attempt",
        "user-agent",
        "content-type",
        "content-length",
        "host",
        "connection",
        "transfer-encoding",
        "accept-encoding",
        "expect",
        "te",
        "trailer",
        "upgrade",
    }
)
"""Headers that `headers:` of a channel cannot set, in lower case."""

_TELLING = 200
"""Characters of the receiver's answer that are shown to the operator."""

_LONG_SEGMENT = 16
"""Path segments from this length on are likely keys, as in Slack's addresses, and are cut."""

_SHORT_SECRET = 4
"""Secrets below this length are not looked for in answers: they would blank ordinary words."""

_OK, _REDIRECT, _CLIENT_ERROR = 200, 300, 400


_FIGURES = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}")
"""An address in any of the forms that resolvers take for figures: 127.1, 2130706433, 0x7f000001."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a webhook goes, as the channel of rules.yaml says."""

    name: str
    """The channel's."""
    url: str = field(repr=False)
    """http or https; a user and password in it become an Authorization header."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """`whsec_…`, the newest first; several while one is rotated; none to send unsigned."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent along, but for those in `PROTECTED`."""
    timeout: timedelta = timedelta(seconds=15)
    """For a whole attempt, from the name's look-up to the answer."""
    allow_private: bool = False
    allow_http: bool = False


class WebhookChannel:
    """Posts frozen events to one endpoint, by Standard Webhooks v1."""

    def __init__(self, endpoint: Endpoint, *, sender: Sender, clock: Clock, version: str) -> None:
        """Take `version` for the user-agent; ValueError if `endpoint` cannot be used."""
        self.name = endpoint.name
        parts = _checked(endpoint)
        self._keys = tuple(map(key_of, endpoint.secrets))
        self._sender = sender
        self._clock = clock
        self._user_agent = f"notifier/{version}"
        login = _login(parts)
        self._url = parts._replace(netloc=_host(parts), fragment="").geturl()
        self._where = _label(parts)
        self._is_fixed = _is_fixed(parts.hostname or "")
        self._headers = MappingProxyType({**login, **_free(endpoint.headers)})
        self._hidden = _hidden(endpoint, parts, self._headers)

    async def send(self, parcel: Parcel) -> Outcome:
        """Post the event in `parcel` once; ValueError if it holds none."""
        if parcel.body is None:
            raise ValueError(f"cannot post {parcel.id} to {self.name}: it holds no event")
        if len(parcel.body) > MOST_BYTES:
            said = f"{len(parcel.body)} bytes, and {MOST_BYTES} are allowed"
            return self._failed(FailureReason.TOO_LARGE, said, permanent=True)
        headers = self._signed(parcel, parcel.body, self._clock.now())
        try:
            answer = await self._sender.post(self._url, headers=headers, body=parcel.body)
        except ForbiddenAddressError as error:
            # a name may resolve rightly again; an address that is written out never will
            said, reason = str(error), FailureReason.FORBIDDEN_ADDRESS
            return self._failed(reason, said, permanent=self._is_fixed)
        except PostError as error:
            reason = REASONS[type(error)]
            return self._failed(reason, str(error), permanent=reason is FailureReason.REFUSED)
        return self._judged(answer)

    async def aclose(self) -> None:
        """Wait for what is in flight and let go of the connections."""
        await self._sender.aclose()

    def _signed(self, parcel: Parcel, body: bytes, at: datetime) -> dict[str, str]:
        headers = {
            **self._headers,
            "content-type": "application/json",
            "user-agent": self._user_agent,
            "webhook-id": parcel.id,
            "webhook-timestamp": str(seconds(at)),
            "notifier-attempt": str(parcel.attempt),
        }
        if self._keys:
            headers["webhook-signature"] = sign(self._keys, parcel.id, at=at, body=body)
        return headers

    def _judged(self, answer: Answer) -> Outcome:
        status = answer.status
        if _OK <= status < _REDIRECT:
            return Delivered(status=status)
        said = f"answered {status}"
        if _REDIRECT <= status < _CLIENT_ERROR:
            said += ", a redirect, which is not followed; give the final URL"
        if excerpt := answer.excerpt.strip():
            said += f": {excerpt}"
        wish = answer.retry_after
        match status:
            case 410:
                return self._failed(FailureReason.GONE, said, status=status, permanent=True)
            case 429:
                reason = FailureReason.RATE_LIMITED
                return self._failed(reason, said, status=status, retry_after=wish)
            case 503:
                reason = FailureReason.BAD_ANSWER
                return self._failed(reason, said, status=status, retry_after=wish)
            case _:
                return self._failed(FailureReason.BAD_ANSWER, said, status=status)

    def _failed(
        self,
        reason: FailureReason,
        said: str,
        *,
        status: int | None = None,
        permanent: bool = False,
        retry_after: timedelta | None = None,
    ) -> Failed:
        detail = f"{self._where} {_line(said, self._hidden)}"
        return Failed(reason, detail, permanent, retry_after, status)


REASONS: Mapping[type[PostError], FailureReason] = MappingProxyType(
    {
        UnreachableError: FailureReason.UNREACHABLE,
        TimedOutError: FailureReason.TIMED_OUT,
        NonsenseError: FailureReason.BAD_ANSWER,
        UnsendableError: FailureReason.REFUSED,
    }
)
"""What is recorded for each way of getting no answer."""


def open_webhook(endpoint: Endpoint, *, clock: Clock, version: str) -> WebhookChannel:
    """Return a channel to `endpoint` with a sender of its own, for the running event loop."""
    sender = open_sender(endpoint.timeout, clock=clock, allow_private=endpoint.allow_private)
    return WebhookChannel(endpoint, sender=sender, clock=clock, version=version)


def _is_fixed(host: str) -> bool:
    """Whether `host` always means the same address: written in figures, or this machine itself."""
    bare = host.rstrip(".").lower()
    return ":" in bare or bare == "localhost" or bool(_FIGURES.fullmatch(bare))


def _checked(endpoint: Endpoint) -> SplitResult:
    """Return the parts of the URL; ValueError, which repeats nothing of it, if it is unusable."""
    try:
        parts = urlsplit(endpoint.url)
        httpx.URL(endpoint.url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        _refuse(endpoint, "its url cannot be read; it must be https://host/path")
    if not usable:
        _refuse(endpoint, "its url must be https://host/path")
    if parts.scheme == "http" and not (endpoint.allow_http or endpoint.allow_private):
        _refuse(endpoint, "its url is plain http; use https, or set allow_http: true")
    for name, value in endpoint.headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            _refuse(endpoint, f"its header {name!r} must be printable ASCII on one line")
    return parts


def _refuse(endpoint: Endpoint, why: str) -> NoReturn:
    raise ValueError(f"cannot post to channel {endpoint.name}: {why}") from None


def _login(parts: SplitResult) -> dict[str, str]:
    if not parts.username:
        return {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"authorization": f"Basic {b64encode(login.encode()).decode()}"}


def _free(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items() if name.lower() not in PROTECTED}


def _host(parts: SplitResult) -> str:
    """Return host and port of the URL, without user and password."""
    return parts.netloc.rpartition("@")[2]


def _label(parts: SplitResult) -> str:
    """Return host and path, for people: no query, no user, and nothing that looks like a key."""
    segments = (
        text if len(text) < _LONG_SEGMENT else f"{text[:3]}…" for text in parts.path.split("/")
    )
    return _host(parts) + "/".join(segments)


def _hidden(endpoint: Endpoint, parts: SplitResult, headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return what an answer must not repeat to the operator, longest first."""
    values = parts.query.split("&")
    secrets = {
        *endpoint.secrets,
        *(secret.removeprefix("whsec_") for secret in endpoint.secrets),
        *headers.values(),
        *(text.rpartition(" ")[2] for text in headers.values()),
        *values,
        *(value.partition("=")[2] for value in values),
        *(text for text in parts.path.split("/") if len(text) >= _LONG_SEGMENT),
        parts.query,
        parts.password or "",
        unquote(parts.password or ""),
    }
    return tuple(sorted((s for s in secrets if len(s) >= _SHORT_SECRET), key=len, reverse=True))


def _line(said: str, hidden: tuple[str, ...]) -> str:
    """Return `said` on one short line, free of `hidden` and of what a terminal would obey."""
    for secret in hidden:
        said = said.replace(secret, "…")
    line = "".join(letter if letter.isprintable() else " " for letter in said)
    line = " ".join(line.split())
    return line if len(line) <= _TELLING else f"{line[: _TELLING - 1]}…"
