"""Sections about where alerts go: channels, and the defaults of all rules."""

import base64
import binascii
import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from notifier.config import scalars
from notifier.config.problems import did_you_mean, quoted
from notifier.config.types import (
    SCALAR,
    ChannelName,
    Count,
    Flag,
    OneOrMany,
    SecretText,
    Section,
    Span,
    SpanOrOff,
    Url,
    member,
    one_of,
    words_schema,
)
from notifier.core.alerts import Language, Severity
from notifier.core.phones import Mask
from notifier.core.rules.model import Stale
from notifier.core.secrets import Secret

EVENTS = (
    *(f"alert.{what}" for what in "fired repeated escalated acknowledged resolved revised".split()),
    "call.created",
    "call.updated",
    "test",
)
"""Types of webhook events."""

TEMPLATES = ("slack", "discord", "teams", "google_chat")
"""Shapes of other services that an event can be given."""

_OUR_HEADERS = frozenset(
    "webhook-id webhook-timestamp webhook-signature notifier-attempt user-agent content-type "
    "content-length content-encoding transfer-encoding connection host".split()
)
"""Headers that each request has by itself."""

_KEY_BYTES = range(24, 65)
"""Length of a signing key; Standard Webhooks v1."""


def read_chat(value: object) -> int | str:
    """Return the id of a Telegram chat, or its public name with the @."""
    text = scalars.read_text(value).strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text) and int(text):
        return int(text)
    if re.fullmatch(r"@[A-Za-z]\w{3,}", text, re.ASCII):
        return text
    raise ValueError(f"{quoted(text)} is not a chat; write its number, or @its_public_name")


def read_signing_secret(value: object) -> Secret:
    """Return a signing secret, whsec_ and 24 to 64 bytes in base64; no message repeats it."""
    text = scalars.read_text(value).strip()
    hint = "write whsec_ and 24 to 64 bytes in base64"
    if not text.startswith("whsec_"):
        raise ValueError(f"not a webhook secret; {hint}")
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"not base64 after whsec_; {hint}") from None
    if len(key) not in _KEY_BYTES:
        raise ValueError(f"the key has {len(key)} bytes; {hint}")
    return Secret(text)


def read_event(value: object) -> str:
    """Return an event type, or a beginning of some with a *."""
    text = scalars.read_text(value).strip()
    if text in EVENTS:
        return text
    if text.endswith("*") and any(event.startswith(text[:-1]) for event in EVENTS):
        return text
    near = did_you_mean(text, [*EVENTS, "alert.*", "call.*"])
    raise ValueError(f"no such event {quoted(text)}{near}")


def read_header_name(value: object) -> str:
    """Return the name of a header that a webhook may add."""
    text = scalars.read_text(value)
    if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", text):
        raise ValueError("not the name of a header")
    if text.lower() in _OUR_HEADERS:
        raise ValueError("is set by the notifier itself")
    return text


def read_header_value(value: object) -> str:
    """Return the value of a header, on one line of ASCII; no message repeats it."""
    text = scalars.read_text(value).strip()
    if re.fullmatch(r"[\x20-\x7e]*", text):
        return text
    raise ValueError("not the value of a header; it must be one line of ASCII")


def _empty_as_table(value: object) -> object:
    return {} if value == "" else value


LanguageName = Annotated[
    Language, PlainValidator(member(Language)), words_schema([*map(str, Language)])
]
MaskName = Annotated[Mask, PlainValidator(member(Mask)), words_schema([*map(str, Mask)])]
StaleName = Annotated[Stale, PlainValidator(member(Stale)), words_schema([*map(str, Stale)])]
SeverityName = Annotated[
    Severity, PlainValidator(member(Severity)), words_schema([*map(str, Severity)])
]
Chat = Annotated[int | str, PlainValidator(read_chat), WithJsonSchema(SCALAR)]
SigningSecret = Annotated[Secret, PlainValidator(read_signing_secret), WithJsonSchema(SCALAR)]
HeaderName = Annotated[str, PlainValidator(read_header_name), WithJsonSchema({"type": "string"})]


class TelegramChannel(Section):
    """A chat that the bot writes to."""

    chat: Chat
    """Number of the chat, negative for groups, or @name of a public one."""
    topic: Count | None = None
    """Number of a topic in a group that has them."""
    language: LanguageName | None = None
    """Language of the chat; the file's own where nothing is written."""
    silent: Flag = False
    """Never makes a sound, whatever the severity."""
    mask: MaskName = Mask.LAST3
    """How much of a customer's number is shown."""


class WebhookChannel(Section):
    """An address that gets signed events, for systems."""

    url: Url
    """Where to post; https, unless allow_http or allow_private."""
    secret: Annotated[tuple[SigningSecret, ...], Field(min_length=1), OneOrMany]
    """Signing secret (whsec_…); a list while it is being changed."""
    events: Annotated[
        tuple[Annotated[str, PlainValidator(read_event), WithJsonSchema({"type": "string"})], ...],
        Field(min_length=1),
        OneOrMany,
    ] = ("alert.*",)
    """Types of events that it gets; without call.* alerts only."""
    headers: dict[
        HeaderName,
        Annotated[str, PlainValidator(read_header_value), WithJsonSchema(SCALAR)],
    ] = Field(default={})
    """Headers to add to each request."""
    allow_private: Flag = False
    """Whether private and loopback addresses may be posted to."""
    allow_http: Flag = False
    """Whether the address may be plain http."""
    timeout: Span = timedelta(seconds=15)
    """How long one attempt may take."""
    template: Annotated[str, one_of(*TEMPLATES), words_schema(TEMPLATES)] | None = None
    """Shape of another service."""


class ConsoleChannel(Section):
    """The terminal."""

    language: LanguageName | None = None
    """Language; the file's own where nothing is written."""
    mask: MaskName = Mask.LAST3
    """How much of a customer's number is shown."""


class Channel(Section):
    """A named destination, of exactly one kind."""

    telegram: TelegramChannel | None = None
    """A Telegram chat."""
    webhook: WebhookChannel | None = None
    """A signed webhook."""
    apprise: SecretText | None = None
    """Address of any of Apprise's services."""
    console: Annotated[ConsoleChannel, BeforeValidator(_empty_as_table)] | None = None
    """The terminal."""


class Limit(Section):
    """At most so many messages in a span; the rest is gathered into one."""

    max: Count = 20
    """Messages."""
    per: Span = timedelta(minutes=10)
    """The span."""


LagText = Annotated[
    timedelta | Literal["auto"],
    PlainValidator(lambda value: "auto" if value == "auto" else scalars.read_duration(value)),
    WithJsonSchema({"type": "string"}),
]


class Defaults(Section):
    """What holds for every rule that says nothing else."""

    to: Annotated[tuple[ChannelName, ...], OneOrMany] = ()
    """Channels that are told."""
    max_age: SpanOrOff = timedelta(minutes=30)
    """Older matches, after an outage, are stale; off for never."""
    stale: StaleName = Stale.DIGEST
    """What becomes of stale matches."""
    limit: Limit = Field(default_factory=Limit)
    """Most messages to one chat."""
    lag: LagText = "auto"
    """How late the source may be before absence is judged."""
    severity: SeverityName = Severity.INFO
    """How loud."""
