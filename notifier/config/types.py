"""The types that the model's fields have: a reader of text, and what an editor may see instead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import core_schema

from notifier.config import scalars
from notifier.config.problems import did_you_mean, quoted
from notifier.config.sheet import Plain
from notifier.core.rules.fields import FIELDS
from notifier.core.secrets import Secret

E = TypeVar("E", bound=StrEnum)


class Section(BaseModel):
    """A mapping of the file: its keys are the fields, and there are no others."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        serialize_by_alias=True,
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What a file defines, and so what its other parts may name."""

    channels: frozenset[str]
    calendars: frozenset[str]
    lists: frozenset[str]
    rules: frozenset[str]


SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
"""Any scalar: an editor types what we read as text."""

_DURATION = {"type": ["string", "integer"], "pattern": f"^({scalars.DURATION_PATTERN}|\\$\\{{.*)$"}
_OFF = {"anyOf": [_DURATION, {"enum": ["off", "no", False]}]}
_WHOLE = {"type": ["integer", "string"], "pattern": r"^(-?[0-9]+|\$\{.*)$"}
_WEEKS = {"type": "string", "pattern": r"^(week|[1-9]w|1[0-2]w|\$\{.*)$"}
_NUMBER = {"type": ["number", "string"]}
_FLAG = {"enum": [True, False, "yes", "no", "true", "false", "on", "off"]}

Text = Annotated[str, PlainValidator(scalars.read_text), WithJsonSchema(SCALAR)]
Word = Annotated[str, PlainValidator(scalars.read_word), WithJsonSchema(SCALAR)]
Duration = Annotated[timedelta, PlainValidator(scalars.read_duration), WithJsonSchema(_DURATION)]
Span = Annotated[timedelta, PlainValidator(scalars.read_span), WithJsonSchema(_DURATION)]
SpanOrOff = Annotated[
    timedelta | None, PlainValidator(scalars.read_span_or_off), WithJsonSchema(_OFF)
]
Flag = Annotated[bool, PlainValidator(scalars.read_flag), WithJsonSchema(_FLAG)]
Number = Annotated[int, PlainValidator(scalars.read_number), WithJsonSchema(_WHOLE)]
Count = Annotated[int, PlainValidator(scalars.read_count), WithJsonSchema(_WHOLE)]
Times = Annotated[int, PlainValidator(scalars.read_times), WithJsonSchema(_WHOLE)]
Weeks = Annotated[int, PlainValidator(scalars.read_weeks), WithJsonSchema(_WEEKS)]
Factor = Annotated[float, PlainValidator(scalars.read_factor), WithJsonSchema(_NUMBER)]
Share = Annotated[float, PlainValidator(scalars.read_share), WithJsonSchema({"type": "string"})]
Phone = Annotated[str, PlainValidator(scalars.read_phone), WithJsonSchema(SCALAR)]
TimeOfDay = Annotated[time, PlainValidator(scalars.read_time), WithJsonSchema(SCALAR)]
Moment = Annotated[datetime, PlainValidator(scalars.read_moment), WithJsonSchema(SCALAR)]
Zone = Annotated[ZoneInfo, PlainValidator(scalars.read_zone), WithJsonSchema({"type": "string"})]
SecretText = Annotated[Secret, PlainValidator(scalars.read_secret), WithJsonSchema(SCALAR)]
Url = Annotated[str, PlainValidator(scalars.read_url), WithJsonSchema({"type": "string"})]

Name = Annotated[
    str, PlainValidator(scalars.read_name), WithJsonSchema({"type": "string", "pattern": r"^\w"})
]
RuleName = Annotated[
    str,
    PlainValidator(scalars.read_rule_name),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}),
]


def as_list(value: object) -> object:
    """Return one value as a list of it; lists stay."""
    return [value] if isinstance(value, str) else value


class OneOrMany:
    """Marks a list that may be written as its only item."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(as_list, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


def one_of(*words: str) -> Any:  # noqa: ANN401 - a pair of markers inside Annotated
    """Return the marker of a text that must be one of `words`."""
    return PlainValidator(lambda value: scalars.read_choice(value, words))


def words_schema(words: Sequence[str]) -> WithJsonSchema:
    """Return the marker that shows an editor which words there are."""
    return WithJsonSchema({"type": "string", "enum": list(words)})


def member(kind: type[E]) -> Callable[[object], E]:
    """Return the reader of the words of an enum."""

    def read(value: object) -> E:
        return kind(scalars.read_choice(value, [item.value for item in kind]))

    return read


def _defined(what: str) -> Callable[[object, ValidationInfo], str]:
    """Return the reader of a name that the file must define among its `what`."""

    def read(value: object, info: ValidationInfo) -> str:
        text = scalars.read_word(value)
        names: frozenset[str] = getattr(info.context, what)
        if text in names:
            return text
        hint = did_you_mean(text, names) or f"; defined: {', '.join(sorted(names)) or 'none'}"
        raise ValueError(f"no such {what.removesuffix('s')} {quoted(text)}{hint}")

    return read


def _read_field(value: object) -> str:
    text = scalars.read_word(value)
    if text in FIELDS:
        return text
    raise ValueError(f"no such field {quoted(text)}{did_you_mean(text, FIELDS)}")


ChannelName = Annotated[str, PlainValidator(_defined("channels")), WithJsonSchema(SCALAR)]
CalendarName = Annotated[str, PlainValidator(_defined("calendars")), WithJsonSchema(SCALAR)]
KnownRule = Annotated[str, PlainValidator(_defined("rules")), WithJsonSchema(SCALAR)]
FieldName = Annotated[str, PlainValidator(_read_field), words_schema([*FIELDS])]


def _read_condition(value: Plain) -> Plain:
    return value


_TEST = {"type": ["string", "number", "boolean", "array"]}
_BRANCHES = {"type": "array", "items": {"type": ["string", "object"]}}
ConditionText: TypeAlias = Annotated[
    str | dict[str, Any] | list[Any],
    PlainValidator(_read_condition),
    WithJsonSchema(
        {
            "type": ["string", "object"],
            "properties": {
                **dict.fromkeys(FIELDS, _TEST),
                "any": _BRANCHES,
                "all": _BRANCHES,
                "not": {"type": ["string", "object", "array"]},
            },
            "additionalProperties": False,
        }
    ),
]
"""A condition as written; the language of the core reads it."""
