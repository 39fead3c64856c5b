"""The section about rules: one model with every option that a rule may have."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from notifier.config.model.aggregates import (
    CountWindow,
    Digest,
    Distinct,
    Escalation,
    Group,
    New,
    Quiet,
    Ratio,
    Report,
    Resolve,
    Spike,
    Sum,
    Unless,
)
from notifier.config.model.channels import (
    LagText,
    LanguageName,
    Limit,
    SeverityName,
    StaleName,
)
from notifier.config.types import (
    CalendarName,
    ChannelName,
    ConditionText,
    Duration,
    Factor,
    FieldName,
    Flag,
    OneOrMany,
    Section,
    Span,
    SpanOrOff,
    Text,
    one_of,
    words_schema,
)

AGGREGATES = ("count", "distinct", "sum", "ratio", "spike", "new", "quiet")
"""Options of which a rule has one at most."""

BUTTONS = ("ack", "snooze", "done", "call")
"""Buttons that a card may have."""


def kind_of(value: Any) -> Literal["<text>", "<table>", "<list>"]:  # noqa: ANN401 - as written
    """Return what kind of node a value is: a union is told apart by it and by nothing else."""
    if isinstance(value, str | timedelta | None):
        return "<text>"
    return "<list>" if isinstance(value, list | tuple) else "<table>"


class Backoff(Section):
    """A pause that grows with each alert."""

    first: Span
    """Pause after the first alert."""
    backoff: Factor = 2.0
    """How many times as long each next pause is."""
    max: Span = timedelta(hours=24)
    """Longest pause."""


Every = Annotated[
    Annotated[SpanOrOff, Tag("<text>")]
    | Annotated[Backoff, Tag("<table>")]
    | Annotated[tuple[Span, ...], Field(min_length=1), Tag("<list>")],
    Discriminator(kind_of),
]

Wording = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[dict[LanguageName, Text], Field(min_length=1), Tag("<table>")],
    Discriminator(kind_of),
]

Calendars = Annotated[tuple[CalendarName, ...], OneOrMany]


class Rule(Section):
    """What to look for, whom to tell, and how often."""

    when: ConditionText | None = None
    """Calls that it is about: a preset, a mapping or an expression."""
    during: Calendars = ()
    """Calendars of which one must have been open when the call started."""
    outside: Calendars = ()
    """Calendars of which none may have been open when the call started."""
    to: Annotated[tuple[ChannelName, ...], OneOrMany] | None = None
    """Channels that are told; defaults.to where nothing is written."""
    severity: SeverityName | None = None
    """How loud: info (silent), warning, critical."""
    key: FieldName | None = None
    """Field whose value an alert is about; where nothing is written `per`, else the call itself."""
    every: Every = None
    """How long a key stays quiet after an alert, off for never; where nothing is written, the
    window of count, distinct, sum, ratio and spike, 24h for new, off for all others."""
    limit: Limit | None = None
    """Most messages of this rule to one chat."""
    max_age: SpanOrOff | None = None
    """Older matches, after an outage, are stale; off for never."""
    stale: StaleName | None = None
    """What becomes of stale matches."""
    settle: Duration | None = None
    """How old a finished call must be before it is judged."""
    title: Wording | None = None
    """First line of the message, with {{ }} for facts."""
    text: Wording | None = None
    """More of the message, with {{ }} for facts."""
    enabled: Flag = True
    """Whether it is used."""
    owner: Text = ""
    """Who answers for it."""
    description: Text = ""
    """What it is for."""
    count: CountWindow | None = None
    """So many matches within a span."""
    distinct: Distinct | None = None
    """So many different values within a span."""
    sum: Sum | None = None
    """A total within a span."""
    ratio: Ratio | None = None
    """A share of calls within a span."""
    spike: Spike | None = None
    """Many more matches than usual."""
    new: New | None = None
    """A value that was not seen before."""
    quiet: Quiet | None = None
    """No match for a while."""
    unless: Unless | None = None
    """Waits, and is cancelled by what follows."""
    escalate: tuple[Escalation, ...] = ()
    """Who is told next."""
    resolve: Resolve | None = None
    """What ends an alert by itself."""
    group: Group | None = None
    """Matches gathered into one message."""
    digest: Digest | None = None
    """Matches gathered until a time of day."""
    report: Report | None = None
    """A summary at a time of day."""
    buttons: tuple[Annotated[str, one_of(*BUTTONS), words_schema(BUTTONS)], ...] = ()
    """Buttons of its cards."""
    lag: LagText | None = None
    """How late the source may be before absence is judged."""
