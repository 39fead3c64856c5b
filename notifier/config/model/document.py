"""The whole file: its sections, lists, calendars, mutes and inline tests."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from notifier.config.hours import ClosedDays, read_closed, read_days, read_holidays, read_spans
from notifier.config.model.aggregates import Suppress
from notifier.config.model.channels import Channel, Defaults, LanguageName
from notifier.config.model.rules import Rule, kind_of
from notifier.config.model.service import Directory, Source, Storage, Telegram, Watchdog, Web
from notifier.config.scalars import read_count, read_date
from notifier.config.types import (
    SCALAR,
    Duration,
    Flag,
    KnownRule,
    Moment,
    Name,
    OneOrMany,
    Phone,
    RuleName,
    Section,
    Text,
    Times,
    Word,
    Zone,
)
from notifier.core.alerts import Language
from notifier.core.calendars import Span as OpenSpan

Days = Annotated[tuple[int, ...], PlainValidator(read_days), WithJsonSchema({"type": "string"})]
Spans = Annotated[tuple[OpenSpan, ...], PlainValidator(read_spans), WithJsonSchema(SCALAR)]


class Calendar(Section):
    """Opening hours."""

    open: dict[Days, Spans]
    """Ranges of the day by weekday: `mon-fri: 08:00-12:00 13:00-17:30`."""
    holidays: Annotated[
        tuple[
            Annotated[str, PlainValidator(read_holidays), WithJsonSchema({"type": "string"})], ...
        ],
        OneOrMany,
    ] = ()
    """Countries whose public holidays are closed, such as VN, and iCalendar files (.ics)."""
    closed: Annotated[
        tuple[Annotated[ClosedDays, PlainValidator(read_closed), WithJsonSchema(SCALAR)], ...],
        OneOrMany,
    ] = ()
    """Days, or first..last, that are closed whatever else says."""
    extra: dict[
        Annotated[date, PlainValidator(read_date), WithJsonSchema({"type": "string"})],
        Spans,
    ] = Field(default={})
    """Days that are open whatever else says, with their hours."""


class ListFile(Section):
    """A list that stands in a CSV file."""

    file: Word
    """The file, from the folder of this one."""
    column: Text = ""
    """Heading of the column; the first column where nothing is written."""


CallList = Annotated[
    Annotated[tuple[Text, ...], Tag("<list>")]
    | Annotated[tuple[Text, ...], OneOrMany, Tag("<text>")]
    | Annotated[ListFile, Tag("<table>")],
    Discriminator(kind_of),
]


class Mute(Section):
    """A rule that is held back for a while."""

    rule: KnownRule
    """The rule."""
    from_: Annotated[Moment, Field(alias="from")]
    """First moment, in the file's zone."""
    to: Moment
    """End, in the file's zone."""
    reason: Word
    """Why."""


class TestCall(Section):
    """A call of an inline test."""

    __test__ = False

    at: Moment
    """When it started, in the file's zone."""
    in_: Annotated[Phone | None, Field(alias="in")] = None
    """Customer who called."""
    out: Phone | None = None
    """Customer who was called."""
    hotline: Phone | None = None
    """Hotline; where nothing is written, what the directory can tell, else unknown."""
    missed: Flag = False
    """Whether nobody answered; so it is too where no talk time is written."""
    abandoned: Flag = False
    """Whether only the menu or the queue picked up, and the customer hung up in it."""
    answered: Duration | None = None
    """Talk time."""
    ring: Duration | None = None
    """How long it rang, before the talk if there was one; 0s where nothing is written."""
    extension: Phone | None = None
    """Extension that answered, or that called."""
    target: Annotated[tuple[Phone, ...], OneOrMany] = ()
    """Extensions that rang."""
    note: Text = ""
    """Note."""
    recording: Flag = False
    """Whether there is a recording of it."""
    seen: Moment | None = None
    """When it appears in the call log, in the file's zone; at once when it ended."""


class ExpectedAlert(Section):
    """An alert at a moment."""

    at: Moment
    """When it is due, in the file's zone."""


Expected = Annotated[
    Annotated[Times, Tag("<text>")] | Annotated[ExpectedAlert, Tag("<table>")],
    Discriminator(kind_of),
]


class InlineTest(Section):
    """Calls, and the alerts that they must give."""

    __test__ = False

    name: Word
    """What it claims."""
    calls: tuple[TestCall, ...]
    """The calls."""
    expect: Annotated[dict[KnownRule, Expected], Field(min_length=1)]
    """For each rule, how many alerts, or when the one is due."""


class TrialFile(Section):
    """A file that holds tests and nothing else."""

    tests: tuple[InlineTest, ...]
    """The tests."""


def _read_version(value: object) -> Literal[1]:
    if read_count(value) == 1:
        return 1
    raise ValueError("this program reads version 1")


class Document(Section):
    """rules.yaml."""

    version: Annotated[
        Literal[1], PlainValidator(_read_version), WithJsonSchema({"enum": [1, "1"]})
    ]
    """Version of the contract: 1."""
    timezone: Zone = Field(default="Asia/Ho_Chi_Minh", validate_default=True)
    """Zone of every time in the file and in messages."""
    language: LanguageName = Language.VI
    """Language of messages."""
    source: Source
    """Where the call logs come from."""
    directory: Directory = Field(default_factory=Directory)
    """Names for numbers."""
    telegram: Telegram | None = None
    """The bot."""
    lists: dict[Name, CallList] = Field(default={})
    """Named lists, for @name in conditions."""
    calendars: dict[Name, Calendar] = Field(default={})
    """Opening hours by name."""
    channels: dict[Name, Channel]
    """Destinations by name."""
    defaults: Defaults = Field(default_factory=Defaults)
    """What holds for every rule that says nothing else."""
    rules: dict[RuleName, Rule]
    """The rules by name."""
    mute: tuple[Mute, ...] = ()
    """Rules that are held back for a while."""
    suppress: tuple[Suppress, ...] = ()
    """Rules that speak for others."""
    watchdog: Watchdog = Field(default_factory=Watchdog)
    """When the notifier reports on itself."""
    storage: Storage = Field(default_factory=Storage)
    """Where the notifier remembers."""
    web: Web = Field(default_factory=Web)
    """Health, metrics and pages."""
    tests: tuple[InlineTest, ...] = ()
    """Inline tests."""
