"""Whatever happens in whatever order, each delivery ends delivered, dead or obsolete."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notifier.core.decisions import Decision
from notifier.core.deliveries import Claimed, Delivered, Failed, FailureReason, Outcome, after
from notifier.store.outbox import LEASE
from tests.builders import NOON, SECOND
from tests.store.desk import Desk, a_desk, a_draft

CHANNELS = ("crm", "erp")
OWED = {"pending", "sending"}
ENDS = {"delivered", "dead", "obsolete"}

channels = st.sampled_from(CHANNELS)
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(
    [
        Delivered("r"),
        Failed(FailureReason.UNREACHABLE),
        Failed(FailureReason.UNCERTAIN),
        Failed(FailureReason.RATE_LIMITED, retry_after=20 * SECOND),
        Failed(FailureReason.REFUSED, permanent=True),
    ]
)


class Sending(RuleBasedStateMachine):
    """A process that records, sends, dies and starts again, with one clock."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.path = Path(self.stack.enter_context(TemporaryDirectory())) / "notifier.db"
        self.open_desk = ExitStack()
        self.now = NOON
        self.recorded: dict[str, tuple[str, str]] = {}
        self.under_way: list[Claimed] = []
        self.delivered: set[str] = set()
        self.ended: set[str] = set()

    @initialize()
    def start(self) -> None:
        self.desk: Desk = self.open_desk.enter_context(a_desk(self.path))

    @rule(channel=channels, lane=st.sampled_from("xyz"), wait=st.integers(0, 90))
    def record(self, channel: str, lane: str, wait: int) -> None:
        draft = a_draft(
            f"a{len(self.recorded)}",
            channel,
            lane=lane,
            due_at=self.now + wait * SECOND,
            expires_at=self.now + timedelta(days=3),
        )
        self.recorded[draft.id] = (draft.alert, channel)
        self.desk.ledger.record(Decision(drafts=[draft]), self.now)

    @rule(channel=channels, most=st.integers(1, 3))
    def claim(self, channel: str, most: int) -> None:
        claims = self.desk.outbox.claim(channel, most, self.now)

        lanes = [claimed.lane for claimed in claims]
        assert len(set(lanes)) == len(lanes) <= most
        begun_twice = {old.id for old in self.under_way}
        assert all(claimed.uncertain for claimed in claims if claimed.id in begun_twice)
        self.under_way += claims

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), outcome=outcomes, jitter=st.floats(0, 0.99))
    def settle(self, data: st.DataObject, outcome: Outcome, jitter: float) -> None:
        claimed = data.draw(st.sampled_from(self.under_way))
        self.under_way.remove(claimed)
        self._settle(claimed, outcome, jitter)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        claimed = data.draw(st.sampled_from(self.under_way))
        self.under_way.remove(claimed)
        self.desk.outbox.drop(claimed, self.now)

    @precondition(lambda self: self.recorded)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        about = data.draw(st.sampled_from(sorted(self.recorded.values())))
        self.desk.ledger.record(Decision(withdrawn=[about]), self.now)

    @rule(wait=st.sampled_from([SECOND, 30 * SECOND, LEASE, timedelta(hours=3)]))
    def time_passes(self, wait: timedelta) -> None:
        self.now += wait

    @rule()
    def die_and_start_again(self) -> None:
        self.open_desk.close()
        self.desk = self.open_desk.enter_context(a_desk(self.path))
        self.desk.outbox.reclaim(self.now)
        self.under_way.clear()

    @invariant()
    def nothing_is_lost_or_doubled_and_nothing_settled_is_owed_again(self) -> None:
        states = self.desk.states()
        assert states.keys() == self.recorded.keys()
        assert set(states.values()) <= OWED | ENDS
        assert all(states[identity] in ENDS for identity in self.ended)
        assert all(states[identity] == "delivered" for identity in self.delivered)
        self.ended = {identity for identity, state in states.items() if state in ENDS}
        self.delivered = {identity for identity, state in states.items() if state == "delivered"}

    @invariant()
    def nothing_is_begun_while_an_earlier_one_of_its_lane_is_owed(self) -> None:
        overtaken = self.desk.database.run(
            "SELECT e.id FROM deliveries d JOIN deliveries e ON e.channel = d.channel "
            "AND e.lane = d.lane AND e.seq > d.seq "
            "WHERE d.state IN ('pending', 'sending') AND e.tries > 0"
        )
        assert overtaken == []

    @invariant()
    def the_next_due_is_when_something_can_be_claimed(self) -> None:
        for channel in CHANNELS:
            owed = any(
                about[1] == channel and identity not in self.ended
                for identity, about in self.recorded.items()
            )
            assert (self.desk.outbox.next_due(channel) is not None) == owed

    def teardown(self) -> None:
        self._drain()
        assert set(self.desk.states().values()) <= ENDS
        self.open_desk.close()
        self.stack.close()

    def _drain(self) -> None:
        """Go from one due time to the next, failing every other attempt, until nothing is owed."""
        self.desk.outbox.reclaim(self.now)
        for turn in range(20 * len(self.recorded) + 1):
            due = [d for c in CHANNELS if (d := self.desk.outbox.next_due(c))]
            if not due:
                return
            self.now = max(self.now, min(due))
            claims = [x for c in CHANNELS for x in self.desk.outbox.claim(c, 9, self.now)]
            assert claims, "it was due, but could not be claimed"
            for claimed in claims:
                failed = Failed(FailureReason.UNREACHABLE)
                self._settle(claimed, failed if turn % 2 else Delivered(), 0.0)
        raise AssertionError("it never ends")

    def _settle(self, claimed: Claimed, outcome: Outcome, jitter: float) -> None:
        standing = after(claimed, outcome, self.now, jitter)
        self.desk.outbox.settle(claimed, outcome, standing, self.now, SECOND)


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
