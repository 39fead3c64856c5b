"""Takes in what was read and what falls due: all that follows is recorded in one go."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from notifier.core.alerts import Alert, Audit, Reason
from notifier.core.calls import Call, Change, Malformed, news
from notifier.core.decisions import Act, Decision, Deed, Intake, Needs, Standing
from notifier.core.polls import PollRecord, Progress
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import Mute
from notifier.core.rules.windows import Windows
from notifier.store import calls, facts, mutes, polls, sweeping, timing
from notifier.store.adopting import forget_changed, planned
from notifier.store.alerts import alert_with, alerts_where, is_whole
from notifier.store.database import Database
from notifier.store.gathering import gather
from notifier.store.recalling import WindowKeeper
from notifier.store.records import record
from notifier.store.rows import at, ms

_WATERMARK = "watermark"


class Ledger:
    """The memory of the poller and the scheduler; each public method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._windows = WindowKeeper(database)
        self._polls = polls.GoodPolls(database)

    @contextmanager
    def _unit(self) -> Iterator[None]:
        """Make what is inside one unit; if it breaks off, the windows know too much."""
        try:
            with self._database.transaction():
                yield
        except BaseException:
            self._windows.drop()
            raise

    # --- calls

    def watermark(self) -> datetime | None:
        """Return the start of the newest call that was listed; None before the baseline."""
        value = self.fact(_WATERMARK)
        return at(int(value)) if value else None

    def unplaced(self, listed: Iterable[Call], since: datetime) -> list[str]:
        """Return ids of calls whose hotline is worth asking for: new, or young and unknown."""
        return calls.unplaced(self._database, listed, since)

    def take_in(
        self,
        sightings: Mapping[str, Call],
        engine: Engine | None,
        now: datetime,
        *,
        progress: Progress | None = None,
    ) -> Intake:
        """Remember `sightings`, judge what is new or changed, and record all that follows.

        `engine` None judges nothing (the baseline). `progress` is given with the last batch of a
        completed walk. Nothing is written when there is nothing new.
        """
        known = calls.known(self._database, sightings)
        fresh = news(sightings, known)
        if not fresh and not self._moves(progress):
            return Intake(len(sightings), (), (), 0)
        with self._unit():
            changes = calls.changes(self._database, fresh, known, now)
            # the engine takes the changes into the windows itself: they are made of what was before
            windows = self._windows.of(engine, now) if engine and changes else None
            calls.put_changes(self._database, changes, now)
            decision = self._judge(changes, engine, windows, now)
            record(self._database, decision, now)
            if progress:
                self._advance_watermark(progress)
        if engine is None:
            self._windows.drop()
        return Intake(len(sightings), tuple(changes), tuple(decision.alerts), len(decision.drafts))

    def _judge(
        self, changes: list[Change], engine: Engine | None, windows: Windows | None, now: datetime
    ) -> Decision:
        if not changes:
            return Decision()
        if engine is None:
            note = Audit(now, "", Reason.BASELINE, detail=f"{len(changes)} calls")
            return Decision(audit=[note])
        standing = self._standing(engine.needs(changes, windows), engine, now)
        return engine.feed(changes, standing, now, windows=windows)

    def _standing(self, needs: Needs, engine: Engine, now: datetime) -> Standing:
        since, zone = now - engine.longest_limit, engine.wording.zone
        return gather(self._database, needs, since=since, now=now, zone=zone)

    def _moves(self, progress: Progress | None) -> bool:
        """Whether `progress` says more than is remembered."""
        if progress is None:
            return False
        past = self.watermark()
        return past is None or progress.watermark > past or progress.ends_baseline

    def _advance_watermark(self, progress: Progress) -> None:
        past = self.watermark()
        newest = progress.watermark if past is None else max(past, progress.watermark)
        self.set_fact(_WATERMARK, str(ms(newest)))
        if progress.ends_baseline:
            self.set_fact(polls.BASELINE, str(ms(newest)))

    # --- time, rules and people

    def advance(self, engine: Engine, now: datetime, *, good_since: datetime | None) -> Intake:
        """Do what the timers ask for that fell due, a batch at most; each timer is used once.

        Those that ask for what has not come wait for a good poll that began after they fell due:
        `good_since` is when the last one did, None before the first.
        """
        timers = timing.fallen_due(self._database, now, good_since)
        if not timers:
            return Intake(0, (), (), 0)
        with self._unit():
            due = timing.with_what_about(self._database, timers)
            # also one whose call or alert has been forgotten, or it would stay due for ever
            timing.use_up(self._database, timers)
            windows = self._windows.of(engine, now)
            standing = self._standing(engine.needs_due(due, now, windows), engine, now)
            decision = engine.advance(due, standing, now, windows=windows)
            record(self._database, decision, now)
        return Intake(len(timers), (), tuple(decision.alerts), len(decision.drafts))

    def next_due(self, good_since: datetime | None) -> datetime | None:
        """Return when the next timer falls due; None if none does, but for those that wait.

        `good_since` as in `advance`: what waits for a poll is looked at when one has gone well.
        """
        return timing.next_due(self._database, good_since)

    def adopt(self, engine: Engine, ordered: Iterable[Mute], now: datetime) -> list[str]:
        """Begin to work by the file as it is now: at the start, and when it was read again.

        What stood of rules that mean something else is forgotten, and they are returned; timers
        that rules need by themselves are set, and `ordered` are the mutes of the file.
        """
        with self._unit():
            reset = forget_changed(self._database, engine)
            self._windows.drop()
            windows = self._windows.of(engine, now)
            record(self._database, planned(self._database, engine, windows, now), now)
            mutes.follow_file(self._database, ordered, now)
        return reset

    def act(
        self, engine: Engine, identity: str, act: Act | Deed, by: str, now: datetime
    ) -> Alert | None:
        """Have the person `by` act on an alert, and return it as it is then.

        None if there is no such alert, or it is too late for that.
        """
        alert = alert_with(self._database, identity)
        if alert is None or not is_whole(alert):
            return None
        with self._unit():
            standing = self._standing(Needs(alerts=frozenset({identity})), engine, now)
            decision = engine.act(act, alert, by, standing, now)
            record(self._database, decision, now)
        return alert_with(self._database, identity) if decision.changed else None

    def sweep_cards(self, now: datetime) -> int:
        """Owe the edits that cards need by `now` and nobody owes, and return how many there are."""
        if drafts := sweeping.due_sweeps(self._database, now):
            with self._unit():
                record(self._database, Decision(drafts=drafts), now)
        return len(drafts)

    def add_mute(self, mute: Mute, source: str, now: datetime) -> None:
        """Have something be quiet; `source` is cli or bot."""
        mutes.put_mute(self._database, mute, source, now)

    def end_mute(self, identity: str, by: str, now: datetime) -> bool:
        """End a mute before its time; whether there was one that had not ended."""
        return mutes.end_mute(self._database, identity, by, now)

    def mutes(self, now: datetime, *, all: bool = False) -> list[Mute]:  # noqa: A002 - as it is asked
        """Return the mutes that are in force or yet to come, or `all` there have been."""
        if all:
            return [known.mute for known in mutes.every_mute(self._database)]
        return mutes.standing_mutes(self._database, now)

    # --- polls

    def note_poll(self, poll: PollRecord) -> None:
        """Keep one walk for the record."""
        polls.put_poll(self._database, poll)

    def note_good_poll(self, began: datetime, now: datetime, *, longest: timedelta) -> None:
        """Note that a poll from `began` until `now` went well, written at most every 30 s.

        It leaves a gap if nobody had asked for `longest` when it began.
        """
        self._polls.note(began, now, longest=longest)

    def good_poll(self) -> datetime | None:
        """Return when the last good poll ended; None before the first."""
        return self._polls.last()

    def lag(self, most: int = 500) -> timedelta | None:
        """Return within which lag 99 of 100 calls came, of the `most` newest since the baseline.

        None before the first call.
        """
        return polls.lag(self._database, most)

    def keep_malformed(self, records: Iterable[Malformed], now: datetime) -> int:
        """Keep what could not be read, once each, and return how many were new.

        Each poll sees the same ones again: that is noted once a minute at most.
        """
        return polls.keep_malformed(self._database, records, now)

    # --- the watchdog, and single things

    def record(self, decision: Decision, now: datetime) -> None:
        """Record a decision that no call brought about, such as the watchdog's."""
        with self._unit():
            record(self._database, decision, now)

    def open_watches(self) -> list[Alert]:
        """Return the watchdog's alerts that are not over."""
        return alerts_where(self._database, "kind = 'watch' AND state = 'open'", ())

    def fact(self, key: str) -> str:
        """Return a remembered fact, "" if there is none."""
        return facts.fact(self._database, key)

    def facts(self, prefix: str) -> dict[str, str]:
        """Return the facts whose key begins with `prefix`, by the rest of it."""
        return facts.facts(self._database, prefix)

    def set_fact(self, key: str, value: str) -> None:
        """Remember a fact."""
        facts.set_fact(self._database, key, value)
