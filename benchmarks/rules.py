"""Back-testing a month by twenty rules, and judging a page: CPU, against the limit of reading it.

The physical limit of a back-test is reading the calls out of SQLite and decoding them, in the same
run. Windows are counted too: their memory must not grow with the length of history.
"""

import sqlite3
import tempfile
import time
import tracemalloc
from pathlib import Path

from benchmarks.stage.month import DAY, MINUTE, calls
from benchmarks.stage.pages import SECRETS
from notifier.app.rehearsing import undisturbed
from notifier.app.rulebook import engine_of
from notifier.config.loading import load
from notifier.config.settings import Config
from notifier.core.calls import Call, Change
from notifier.core.decisions import Standing
from notifier.core.rules.engine import Engine
from notifier.core.rules.rehearsals import Rehearsal, polled
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from notifier.store.rows import call_of

RULES = """
version: 1
source: {api_key: "${env:BENCH_KEY}"}
channels: {man_hinh: {console: {}}}
defaults: {to: man_hinh, lag: 6m}
calendars:
  gio_lam:
    open: {mon-fri: 08:00-12:00 13:00-17:30, sat: 08:00-12:00}
    holidays: VN
lists:
  ban_hang: [19001000, 02873001234]
  vip: ["0900000001", "0900000002", "0900000003"]
rules:
  # those of the contract's own example
  goi_nho: {when: missed}
  goi_dai: {when: {duration: "> 10m"}}
  hotline_vip: {when: {direction: in, hotline: 19001000, duration: "> 9m30s"}}
  chua_goi_lai:
    when: missed
    during: gio_lam
    unless: {called_back: true, within: 15m, clock: gio_lam}
    severity: warning
    key: customer
    escalate: [{after: 15m, to: man_hinh}, {after: 45m, to: man_hinh}]
    resolve: {called_back: true}
  nho_don_dap:
    when: missed
    during: gio_lam
    count: {at_least: 5, within: 10m, per: hotline}
    every: {first: 30m, backoff: 2, max: 4h}
  khach_goi_3_lan:
    when: missed
    count: {at_least: 3, within: 1h, per: customer, reset_by: {direction: in, state: answered}}
    every: 2h
  may_le_khong_nghe: {when: missed, during: gio_lam, count: {at_least: 3, within: 15m, per: target}}
  ty_le_nho:
    when: {direction: in}
    during: gio_lam
    ratio: {of: missed, above: 40%, min: 10, within: 30m, per: hotline}
    every: 1h
  hotline_im_lang:
    when: {direction: in, hotline: "@ban_hang"}
    during: gio_lam
    quiet: {for: 45m, per: hotline}
  cuoc_qua_ngan:
    when: {state: answered, duration: 0s..5s}
    count: {at_least: 5, within: 15m, per: extension}
  goi_quoc_te_ngoai_gio:
    when: direction == "out" and callee like "00*" and not open("gio_lam")
    sum: {field: duration, above: 30m, within: 1h, per: extension}
  khach_vip_nho: {when: {all: [missed, {customer: "@vip"}]}, max_age: 2h}
  ngoai_gio:
    when: {direction: in, duration: "> 8m"}
    outside: gio_lam
    digest: {at: [08:05], per: hotline}
  bao_cao_ngay:
    report:
      at: [17:35]
      on: gio_lam
      sections: [totals, missed_open, by_hotline, by_agent]
  # and six more
  khong_goi_lai:
    when: unreached
    key: customer
    unless: {when: outbound, same: customer, within: 4h}
    digest: {at: 17:30}
  nhieu_so: {when: outbound, distinct: {field: customer, at_least: 25, within: 1h, per: extension}}
  dot_bien: {when: inbound, spike: {times: 3, versus: 2w, min: 60, within: 1h}, every: 4h}
  so_moi: {when: {direction: out, callee: "00*"}, new: {field: callee, lookback: 14d}}
  bo_cuoc: {when: abandoned}
  ghi_chu: {when: {note: "*khieu nai*"}}
"""


BATCH = 500


def configured(folder: Path) -> Config:
    path = folder / "rules.yaml"
    path.write_text(RULES)
    return load(path, environment=SECRETS)


def remembered(folder: Path) -> Path:
    """Return a database that holds the month."""
    file = folder / "month.db"
    database = Database.open(file)
    ledger = Ledger(database)
    batch: dict[str, Call] = {}
    for call in calls():
        batch[call.id] = call
        if len(batch) == BATCH:
            ledger.take_in(batch, None, call.started_at)
            batch = {}
    ledger.take_in(batch, None, call.started_at)
    database.close()
    return file


def read(file: Path) -> list[Call]:
    """Return the month from its table: the least that a back-test must do."""
    connection = sqlite3.connect(file)
    rows = connection.execute(
        "SELECT record FROM calls ORDER BY ifnull(ended_at_ms, started_at_ms), id"
    )
    found = [call_of(record) for (record,) in rows]
    connection.close()
    return found


def played(engine: Engine, month: list[Call]) -> Rehearsal:
    """Return the run of all rules over the month."""
    run = Rehearsal(engine, keeps_audit=False)
    run.begin(month[0].started_at)
    changes = (Change(call, None, "", 1, call.started_at) for call in month)
    for page, at in polled(engine, changes):
        run.replay(page, at)
    run.finish(month[-1].started_at + DAY)
    return run


def page_ms(engine: Engine, month: list[Call]) -> float:
    """Return the CPU of judging pages of 100 new calls as one poll reads them, in ms a page."""
    windows = engine.windows()
    pages = [month[at : at + 100] for at in range(0, 10_000, 100)]
    changes = [[Change(call, None, "", 1, call.started_at) for call in page] for page in pages]
    began = time.process_time()
    for page in changes:
        now = (page[-1].after.ended_at or page[-1].after.started_at) + MINUTE
        engine.feed(page, Standing(), now, windows=windows)
    return (time.process_time() - began) / len(pages) * 1e3


def windows_kib(engine: Engine, month: list[Call]) -> float:
    """Return the memory that windows hold after `month`, in KiB."""
    tracemalloc.start()
    windows = engine.windows()
    for call in month:
        windows.note(call)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = engine_of(configured(folder))
        file = remembered(folder)
        began = time.process_time()
        month = read(file)
        floor = time.process_time() - began
        with undisturbed():
            began = time.process_time()
            run = played(engine, month)
            spent = time.process_time() - began
    alerts = len(run.alerts)
    print(f"limit: read {len(month):,} calls from SQLite  {floor:6.2f} s of CPU")
    print(
        f"ours: {len(engine.rules)} rules over them          {spent:6.2f} s   (with reading"
        f" {spent + floor:.2f}, goal 2.00; {alerts:,} alerts, {len(run.tellings):,} tellings)"
    )
    print(f"judging a page of 100 calls         {page_ms(engine, month):6.2f} ms  (goal 5)")
    half = windows_kib(engine, month[: len(month) // 2])
    whole = windows_kib(engine, month)
    print(f"windows after half of it, all of it {half:6.0f} KiB, {whole:.0f} KiB")


if __name__ == "__main__":
    main()
