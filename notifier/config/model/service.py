"""Sections about the service itself: source, directory, telegram, watchdog, storage, web."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from notifier.config.scalars import read_choice, read_text
from notifier.config.types import (
    ChannelName,
    Count,
    Duration,
    Number,
    OneOrMany,
    Phone,
    SecretText,
    Section,
    Span,
    SpanOrOff,
    Text,
    Url,
    Word,
    words_schema,
)

SERVICES = ("shop.Sencloud", "shop.Etelecom", "partner.Etelecom")
"""Names under which the vendor offers the same API."""

Service = Annotated[
    str, PlainValidator(lambda value: read_choice(value, SERVICES)), words_schema(SERVICES)
]


def read_proxy(value: object) -> str:
    """Return the address of a proxy, or "" for none; no message repeats it."""
    text = read_text(value).strip()
    if not text or text.startswith(("http://", "https://", "socks5://", "socks5h://")):
        return text
    raise ValueError("not a proxy; write http://host:port or socks5://user:password@host:port")


Proxy = Annotated[str, PlainValidator(read_proxy), WithJsonSchema({"type": "string"})]


class Sweep(Section):
    """The slower walk that finds late rows, edits and recordings."""

    every: Span = timedelta(minutes=15)
    """Pause between two sweeps."""
    back: Span = timedelta(hours=24)
    """How far back a sweep reads."""


class Source(Section):
    """Where the call logs come from."""

    api_key: SecretText
    """Key of the PBX's API; write a reference such as ${env:SENCLOUD_API_KEY}."""
    base_url: Url = "https://api.sencloud.vn"
    """Address of the API."""
    service: Service = "shop.Sencloud"
    """Name of the service in the API's paths."""
    every: Span = timedelta(seconds=15)
    """Pause between two polls."""
    overlap: Span = timedelta(minutes=45)
    """How far behind the watermark each poll reads again."""
    sweep: Sweep = Field(default_factory=Sweep)
    """The slower, deeper walk."""
    settle: Duration = timedelta(seconds=45)
    """How old a finished call must be before it is judged; 0s judges at once."""
    baseline: Duration = timedelta(hours=24)
    """How far back the first start reads, without alerting."""
    timeout: Span = timedelta(seconds=30)
    """How long one request may take."""


class Hotline(Section):
    """A number that customers dial."""

    number: Phone
    """The number, as customers dial it."""
    name: Text = ""
    """What people call it."""
    id: Text = ""
    """The vendor's id; with it the calls of the hotline are asked for by a query of their own."""
    extensions: Annotated[tuple[Phone, ...], OneOrMany] = ()
    """Extensions that serve it."""
    callees: Annotated[tuple[Text, ...], OneOrMany] = ()
    """What the PBX shows as called for it: queue, menu or ring-group numbers, trunks."""


class Directory(Section):
    """Names for numbers; asked from the API too, where it answers."""

    hotlines: tuple[Hotline, ...] = ()
    """The hotlines."""
    extensions: dict[Phone, Text] = Field(default={})
    """Names of the people behind extensions."""


class Telegram(Section):
    """The bot."""

    token: SecretText
    """The bot's token; write a reference such as ${env:TELEGRAM_BOT_TOKEN}."""
    base_url: Url = "https://api.telegram.org"
    """Address of the Bot API, for a server of one's own."""
    proxy: Proxy = ""
    """Address of a proxy, with its user and password if it needs them; empty for none."""
    admins: Annotated[tuple[Number, ...], OneOrMany] = ()
    """User ids of those who may do everything."""


class Heartbeat(Section):
    """An address that is called while all is well."""

    url: SecretText
    """The address; who knows it can keep it quiet."""
    every: Span = timedelta(minutes=1)
    """Pause between two calls."""


class Watchdog(Section):
    """When the notifier reports on itself."""

    poll_stale: Span = timedelta(minutes=5)
    """Without a good poll for this long, the source is down."""
    source_errors: Count = 3
    """Errors in a row of the source before it is reported."""
    send_failed: Annotated[tuple[ChannelName, ...], OneOrMany] = ()
    """Who is told of what could not be sent; defaults.to where nothing is written."""
    heartbeat: Heartbeat | None = None
    """An address to call while all is well."""


class Storage(Section):
    """Where the notifier remembers."""

    path: Word = "notifier.db"
    """The SQLite file, from the folder of this file."""
    keep: SpanOrOff = timedelta(days=400)
    """How long calls are kept; off for ever."""


class Web(Section):
    """Health, metrics and pages."""

    listen: Annotated[Word, WithJsonSchema({"type": "string"})] = "127.0.0.1:8080"
    """Address and port."""
    token: SecretText | None = None
    """Needed for any address that is not loopback."""
