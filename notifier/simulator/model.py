"""What the simulated PBX is made of: calls, legs, hotlines and extensions as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.simulator.ids import Key, microseconds

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""Anything a JSON document holds."""

NONE = "0"
"""How the vendor writes an id that is not there."""


class Way(StrEnum):
    """The direction of a call, in the vendor's words."""

    IN = "in"
    OUT = "out"
    EXT = "ext"
    EXT_IN = "ext_in"
    EXT_OUT = "ext_out"
    UNKNOWN = "unknown"


class State(StrEnum):
    """The state of a call or of a leg, in the vendor's words."""

    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SimLeg:
    """One number that was rung; times are aware, None where it never came to that."""

    target: str
    state: State
    added_at: datetime
    ring_s: int
    answered_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    fail_code: int = 0
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class SimCall:
    """One version of a row as the API shows it, with the truth that the API does not tell.

    `id` is empty until `World.add` gives one. `hotline_id` is the hotline that was called, which
    no reply carries; `found_by_hotline` says whether `filter.hotline_ids` returns the row. The
    world sets `created_at` and `updated_at`. `overrides` replace fields of the JSON row.
    """

    direction: Way
    state: State
    caller: str
    callee: str
    started_at: datetime
    ended_at: datetime | None
    duration_s: int = 0
    legs: tuple[SimLeg, ...] = ()
    hotline_id: str = NONE
    found_by_hotline: bool = True
    extension_id: str = NONE
    user_id: str = NONE
    contact_id: str = NONE
    session: str = ""
    external_id: str = ""
    recording_urls: tuple[str, ...] = ()
    note: str = ""
    overrides: Mapping[str, Json] | None = None
    id: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def key(self) -> Key:
        """What the list is ordered by; only for a row that has an id."""
        return microseconds(self.started_at), int(self.id)

    @property
    def customer(self) -> str:
        """The outside number as dialled or shown; empty for a call between extensions."""
        if self.direction in (Way.IN, Way.UNKNOWN):
            return self.caller
        return self.callee if self.direction is Way.OUT else ""

    @property
    def answered_by(self) -> SimLeg | None:
        """The leg that was answered; None for a miss, and for a call that only an IVR took."""
        return next((leg for leg in self.legs if leg.state is State.ANSWERED), None)


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number that customers call; `queue` is the inner number that rings its people."""

    id: str
    number: str
    name: str
    queue: str
    trunk: str
    network: str = "viettel"


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension and the person behind it."""

    id: str
    number: str
    agent: str
    user_id: str
    hotline_id: str
    full_name: str
    position: str = "Nhân viên tổng đài"
