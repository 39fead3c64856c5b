"""Options of rules that look at more than one call, or at calls that do not come."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from notifier.config.types import (
    CalendarName,
    ChannelName,
    ConditionText,
    Count,
    Factor,
    FieldName,
    Flag,
    KnownRule,
    OneOrMany,
    Section,
    Share,
    Span,
    TimeOfDay,
    Weeks,
    one_of,
    words_schema,
)

SECTIONS = (
    "totals missed_open missed by_hotline by_agent by_extension by_hour customers chart".split()
)
"""Parts that a report may have."""

RANGES = ("today", "yesterday", "week", "month")
"""Spans that a report may cover."""


class CountWindow(Section):
    """So many matches within a span."""

    at_least: Count
    """Matches from which it fires."""
    within: Span
    """The sliding span."""
    per: FieldName | None = None
    """Field whose values are counted apart."""
    reset_by: ConditionText | None = None
    """Calls that start the count again."""


class Distinct(Section):
    """So many different values of a field within a span."""

    field: FieldName
    """The field."""
    at_least: Count
    """Different values from which it fires."""
    within: Span
    """The sliding span."""
    per: FieldName | None = None
    """Field whose values are counted apart."""


class Sum(Section):
    """A total of a duration within a span."""

    field: FieldName
    """The field that is added up."""
    above: Span
    """Total above which it fires."""
    within: Span
    """The sliding span."""
    per: FieldName | None = None
    """Field whose values are added up apart."""


class Ratio(Section):
    """A share of calls within a span."""

    of: ConditionText
    """Calls that are counted against all that match."""
    above: Share | None = None
    """Share above which it fires."""
    below: Share | None = None
    """Share below which it fires."""
    min: Count = 1
    """Calls below which nothing is judged."""
    within: Span
    """The sliding span."""
    per: FieldName | None = None
    """Field whose values are judged apart."""


class Spike(Section):
    """So many times as many matches as usual."""

    times: Factor
    """How many times as many."""
    versus: Weeks = Field(default="4w", validate_default=True)
    """What is usual: the same span of so many past weeks, on average; `week` is the last one."""
    min: Count = 1
    """Matches below which nothing is judged."""
    within: Span = timedelta(hours=1)
    """The sliding span."""
    per: FieldName | None = None
    """Field whose values are judged apart."""


class New(Section):
    """A value that was not seen before."""

    field: FieldName
    """The field."""
    lookback: Span = timedelta(days=30)
    """How far back it was not seen."""


class Quiet(Section):
    """No match for a while, in opening hours."""

    for_: Annotated[Span, Field(alias="for")]
    """How long."""
    per: FieldName | None = None
    """Field whose values are watched apart."""


class Unless(Section):
    """Waits, and is cancelled by what follows."""

    called_back: Flag = False
    """Cancelled by a later answered call, out or in, with the same customer."""
    when: ConditionText | None = None
    """Cancelled by such a call."""
    same: Annotated[tuple[FieldName, ...], OneOrMany] = ()
    """Fields that a call of `when` must have in common; the customer where nothing is written."""
    within: Span
    """How long it waits."""
    clock: CalendarName | None = None
    """Calendar whose opening hours are counted."""


class Group(Section):
    """Matches gathered into one message."""

    by: Annotated[tuple[FieldName, ...], OneOrMany] = ()
    """Fields that the matches of a message have in common."""
    wait: Span = timedelta(seconds=30)
    """How long the first match waits for others."""
    interval: Span = timedelta(minutes=5)
    """Pause between two messages of a group."""


class Digest(Section):
    """Matches gathered until a time of day, or for a span."""

    at: Annotated[tuple[TimeOfDay, ...], OneOrMany] = ()
    """Times of day; either these or the span."""
    every: Span | None = None
    """The span, from the first match on."""
    per: FieldName | None = None
    """Field whose values stand apart."""


class Report(Section):
    """A summary at a time of day."""

    at: Annotated[tuple[TimeOfDay, ...], Field(min_length=1), OneOrMany]
    """Times of day."""
    on: CalendarName | None = None
    """Calendar on whose open days it is sent; every day without one."""
    range: Annotated[str, one_of(*RANGES), words_schema(RANGES)] = "today"
    """What it covers."""
    sections: Annotated[
        tuple[Annotated[str, one_of(*SECTIONS), words_schema(SECTIONS)], ...],
        Field(min_length=1),
    ] = ("totals",)
    """Its parts, in order."""


class Escalation(Section):
    """Who is told next, if nobody acknowledges."""

    after: Span
    """How long after the alert, each longer than the one before."""
    to: Annotated[tuple[ChannelName, ...], Field(min_length=1), OneOrMany]
    """Channels."""


class Resolve(Section):
    """What ends an alert by itself."""

    called_back: Flag = False
    """A later answered call, out or in, with the same customer."""
    when: ConditionText | None = None
    """Such a call with the same customer."""


class Suppress(Section):
    """While one rule has an open alert, others are counted and not sent."""

    while_: Annotated[KnownRule, Field(alias="while")]
    """The rule that speaks for the others."""
    rules: Annotated[tuple[KnownRule, ...], Field(min_length=1), OneOrMany]
    """The others."""
    same: Annotated[tuple[FieldName, ...], OneOrMany] = ()
    """Fields that both must have in common."""
