"""Any calls around a noon, for properties that hold of all."""

from datetime import timedelta

from hypothesis import strategies as st

from notifier.core.calls import CallState, Direction
from tests.builders import NOON, a_call, a_leg

_CUSTOMERS = ("", "+84901234567", "+84912345678", "+84987654321", "113")

_LEGS = st.lists(
    st.builds(
        a_leg,
        st.sampled_from(("", "101", "102", "0912345678")),
        status=st.sampled_from(CallState),
        answered_at=st.none()
        | st.integers(-60, 600).map(lambda after: NOON + timedelta(seconds=after)),
    ),
    max_size=3,
).map(tuple)

CALLS = st.lists(
    st.builds(
        a_call,
        direction=st.sampled_from(Direction),
        state=st.sampled_from(CallState),
        caller=st.sampled_from((*_CUSTOMERS, "101")),
        customer=st.sampled_from(_CUSTOMERS),
        started_at=st.integers(-1500, 1500).map(lambda after: NOON + timedelta(minutes=after)),
        ended_at=st.none()
        | st.integers(-1500, 1500).map(lambda after: NOON + timedelta(minutes=after)),
        duration=st.integers(0, 7200).map(lambda length: timedelta(seconds=length)),
        hotline=st.sampled_from(("19001000", "02873001234", "unknown", "")),
        extension=st.sampled_from(("", "101", "102", "0912345678")),
        agent=st.sampled_from(("", "Lan", "Minh")),
        legs=_LEGS,
    ),
    max_size=25,
)
"""Calls of a day before and after noon, of every kind, some of them at odds with themselves."""
