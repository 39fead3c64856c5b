"""The stream of calls: who calls when, what becomes of it, and when the vendor shows which row."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from notifier.simulator import journeys
from notifier.simulator.business import EXTENSIONS, HOTLINES, Customer, customers, team
from notifier.simulator.dice import Dice
from notifier.simulator.model import SimCall, State, Way
from notifier.simulator.tempo import Span, Tempo

Story = tuple[tuple[datetime, SimCall], ...]
"""The versions of one row, each with the moment from which it is shown; oldest first."""

_HANOI = timezone(timedelta(hours=7))
_SUNDAY = 7
_OFFICE = range(8, 18)
_WAKING = range(7, 21)
_NOTES = ("Khách hỏi bảo hành", "Hẹn gọi lại chiều nay", "Khách đặt thêm hàng", "Khách khiếu nại")
_REMEMBERED = 12


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def _busy(moment: datetime) -> float:
    """Return how busy that time is, against office hours."""
    local = moment.astimezone(_HANOI)
    if local.isoweekday() == _SUNDAY or local.hour not in _WAKING:
        return 0.06
    return 1.0 if local.hour in _OFFICE else 0.35


class Traffic:
    """An endless, repeatable stream of stories, told in the order in which the calls end."""

    def __init__(
        self, seed: int, start: datetime, tempo: Tempo, *, opens_at: datetime | None = None
    ) -> None:
        """Begin at `start`; the tempo's opening, if any, belongs at `opens_at` or `start`."""
        self._dice = Dice(seed, 1)
        self._opens_at = opens_at or start
        self._tempo = tempo
        self._customers = customers(Dice(seed, 2), tempo.customers)
        self._missed_lately: list[Customer] = []
        self._recordings = 0
        self._opened = not tempo.opening
        self._next = start + _seconds(self._dice.wait(60 / tempo.per_minute))

    def until(self, moment: datetime) -> Iterator[Story]:
        """Tell what happens up to that moment and was not told; nothing in it is shown earlier."""
        while True:
            if not self._opened and self._opens_at <= min(self._next, moment):
                self._opened = True
                yield from self._opening()
            elif self._next <= moment:
                if not self._tempo.quiet_nights or self._dice.chance(_busy(self._next)):
                    yield from self.arrival(self._next)
                self._next += _seconds(self._dice.wait(60 / self._tempo.per_minute))
            else:
                return

    def arrival(self, at: datetime) -> Iterator[Story]:
        """Tell of one call that ends at that time, and of what follows from it."""
        kind = self._dice.unit()
        if kind < self._tempo.outgoing:
            yield self._told(self._outgoing(at))
        elif kind < self._tempo.outgoing + self._tempo.internal:
            yield from self._internal(at)
        else:
            yield from self._inbound(at)

    def _opening(self) -> Iterator[Story]:
        start, someone, other = self._opens_at, self._customers[0], self._customers[1]
        care, sales = HOTLINES
        miss = journeys.missed_call(start - _seconds(14.2), someone.number, hotline=care, ring_s=15)
        yield ((start + _seconds(1.2), miss),)
        second = journeys.missed_call(
            start - _seconds(9), other.number, hotline=sales, rang=("104",), ring_s=12
        )
        taken = journeys.answered_call(
            start - _seconds(9), other.number, hotline=sales, by="104", ring_s=12, talk_s=25
        )
        # shown as missed, and corrected: the vendor's rows flip for some minutes
        yield (
            (start + _seconds(4), journeys.lost_by_filter(second)),
            (start + _seconds(12), journeys.lost_by_filter(taken)),
        )
        long = journeys.answered_call(
            start - _seconds(1444), self._customers[2].number, hotline=sales, by="105", talk_s=1440
        )
        yield ((start + _seconds(6), long),)
        back = journeys.outgoing_call(
            start + _seconds(8), someone.number, by="102", ring_s=3, talk_s=7
        )
        yield ((start + _seconds(18.6), back),)

    def _span(self, span: Span) -> float:
        return self._dice.between(*span)

    def _ring(self) -> int:
        return max(1, round(self._span(self._tempo.ring_s)))

    def _talk(self) -> int:
        long = self._dice.chance(self._tempo.long)
        return max(1, round(self._span(self._tempo.long_s if long else self._tempo.talk_s)))

    def _caller(self) -> Customer:
        if self._missed_lately and self._dice.chance(self._tempo.repeats):
            return self._dice.pick(self._missed_lately)
        return self._dice.pick(self._customers)

    def _outgoing(self, ended_at: datetime) -> SimCall:
        ring, talk = self._ring(), None if self._dice.chance(0.3) else self._talk()
        customer = self._dice.pick(self._customers)
        call = journeys.outgoing_call(
            ended_at - _seconds(ring + (talk or 0)),
            customer.number,
            by=self._dice.pick(EXTENSIONS).number,
            ring_s=ring,
            talk_s=talk,
        )
        return replace(call, contact_id=customer.contact_id)

    def _internal(self, ended_at: datetime) -> Iterator[Story]:
        ring, talk = self._ring(), self._talk() if self._dice.chance(0.8) else None
        caller, callee = self._dice.shuffled(EXTENSIONS)[:2]
        twins = journeys.internal_twins(
            ended_at - _seconds(ring + (talk or 0)),
            caller.number,
            callee.number,
            ring_s=ring,
            talk_s=talk,
        )
        for twin in twins:
            yield self._told(twin)

    def _inbound(self, at: datetime) -> Iterator[Story]:
        customer = self._caller()
        fate = self._dice.unit()
        if fate < self._tempo.missed:
            yield from self._missed(at, customer)
        elif fate < self._tempo.missed + self._tempo.ivr:
            after = self._ring()
            yield self._told(
                journeys.abandoned_in_ivr(
                    at - _seconds(after),
                    customer.number,
                    hotline=self._dice.pick(HOTLINES),
                    after_s=after,
                )
            )
        else:
            yield self._told(self._answered(at, customer), flips=self._tempo.flips)

    def _answered(self, ended_at: datetime, customer: Customer) -> SimCall:
        hotline = self._dice.pick(HOTLINES)
        ring, talk = self._ring(), self._talk()
        call = journeys.answered_call(
            ended_at - _seconds(ring + talk),
            customer.number,
            hotline=hotline,
            by=self._dice.pick(team(hotline)),
            ring_s=ring,
            talk_s=talk,
        )
        return replace(call, contact_id=customer.contact_id)

    def _missed(self, ended_at: datetime, customer: Customer) -> Iterator[Story]:
        ring, hotline = self._ring(), self._dice.pick(HOTLINES)
        call = journeys.missed_call(
            ended_at - _seconds(ring), customer.number, hotline=hotline, ring_s=ring
        )
        found = not self._dice.chance(self._tempo.lost_by_filter)
        call = replace(call, contact_id=customer.contact_id, found_by_hotline=found)
        story = self._told(call, flips=self._tempo.flips)
        yield story
        self._missed_lately = [*self._missed_lately[1 - _REMEMBERED :], customer]
        if self._dice.chance(self._tempo.called_back):
            # A flipped miss is moved to a later time, so its end is read from its last version.
            yield self._called_back(story[-1][1].ended_at or ended_at, customer)

    def _called_back(self, missed_at: datetime, customer: Customer) -> Story:
        start = missed_at + _seconds(self._span(self._tempo.back_s))
        ring = self._ring()
        talk = max(1, round(self._span(self._tempo.talk_s)))
        if self._dice.chance(0.8):
            by = self._dice.pick(EXTENSIONS).number
            call = journeys.outgoing_call(start, customer.number, by=by, ring_s=ring, talk_s=talk)
        else:
            call = journeys.answered_call(start, customer.number, ring_s=ring, talk_s=talk)
        return self._told(replace(call, contact_id=customer.contact_id))

    def _told(self, call: SimCall, *, flips: float = 0.0) -> Story:
        """Decide when which version of the finished call is shown."""
        if self._dice.chance(flips):
            return self._flipped(call)
        late = self._dice.chance(self._tempo.late)
        wait = self._span(self._tempo.late_s if late else self._tempo.lag_s)
        shown_at = (call.ended_at or call.started_at) + _seconds(wait)
        return self._rewritten(shown_at, call)

    def _flipped(self, call: SimCall) -> Story:
        ended_at = call.ended_at or call.started_at
        # The softphone shows the call while it rings: it must begin at, not end at, its arrival.
        call = _moved(call, ended_at - call.started_at)
        first = (call.started_at + _seconds(0.5), journeys.made_by_softphone(call))
        ended_at = call.ended_at or call.started_at
        shown_at = ended_at + _seconds(0.5 + self._span(self._tempo.lag_s))
        return (first, *self._rewritten(shown_at, call))

    def _rewritten(self, shown_at: datetime, call: SimCall) -> Story:
        """Add the vendor's later writes: the recording, a note, and writes that change nothing."""
        finished = call
        if call.state is State.ANSWERED and call.direction in (Way.IN, Way.OUT):
            if self._dice.chance(self._tempo.recorded):
                finished = replace(finished, recording_urls=(self._recording(call),))
            if self._dice.chance(self._tempo.noted):
                finished = replace(finished, note=self._dice.pick(_NOTES))
        if not self._tempo.resyncs:
            return ((shown_at, finished),)
        rewrites = (
            (shown_at + _seconds(self._tempo.resync_s * number), finished)
            for number in range(1, self._tempo.resyncs + 1)
        )
        return ((shown_at, call), *rewrites)

    def _recording(self, call: SimCall) -> str:
        self._recordings += 1
        return f"https://ghi-am.example.vn/{call.started_at:%Y/%m/%d}/{self._recordings:06d}.mp3"


def _moved(call: SimCall, later: timedelta) -> SimCall:
    """Return the call as it would be that much later."""

    def move(moment: datetime | None) -> datetime | None:
        return moment and moment + later

    legs = tuple(
        replace(
            leg,
            added_at=leg.added_at + later,
            answered_at=move(leg.answered_at),
            ended_at=move(leg.ended_at),
        )
        for leg in call.legs
    )
    return replace(
        call, started_at=call.started_at + later, ended_at=move(call.ended_at), legs=legs
    )
