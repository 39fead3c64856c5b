from pathlib import Path

import pytest

from tests.config.files import HEAD, SECRET, read

CALENDARS = "calendars: {gio_lam: {open: {mon-fri: 08:00-17:30}}, nghi: {open: {}}}\n"
HOTLINES = "directory: {hotlines: [{number: 19001000}, {number: 02873001234}]}\n"


def warned(folder: Path, text: str) -> list[str]:
    """Return what `text` is warned of, without the file."""
    warnings = read(folder, text).warnings
    return [str(one).split("rules.yaml:", 1)[1] for one in warnings]


def rules(*options: str) -> str:
    """Return a file with the rules a, b … in the lines from 9 on."""
    lines = [f"  {name}: {{{one}}}\n" for name, one in zip("abc", options, strict=False)]
    return HEAD + CALENDARS + HOTLINES + "rules:\n" + "".join(lines)


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        pytest.param(
            rules("when: missed", "when: answered", "when: missed, title: x, severity: warning"),
            ["11:3: rules.c: finds the same calls as rules.a and tells the same channels"],
            id="the same rule twice",
        ),
        pytest.param(
            rules(
                "when: missed, count: {at_least: 2, within: 1h}",
                "when: missed, count: {at_least: 2, within: 60m}, every: off",
            ),
            ["10:3: rules.b: finds the same calls as rules.a and tells the same channels"],
            id="the same window twice",
        ),
        pytest.param(
            rules("when: missed, settle: 1h, stale: send", "when: answered, max_age: off"),
            [],
            id="late, but sent all the same",
        ),
        pytest.param(
            rules("when: missed, settle: 30m", "when: answered, settle: 1h, max_age: 2h"),
            [
                (
                    "9:29: rules.a.settle: settles after 30m and is stale after 30m: "
                    "every match would come late; lengthen max_age"
                )
            ],
            id="settled when it is stale already",
        ),
        pytest.param(
            rules("when: any, new: {field: customer}") + "storage: {keep: 29d}\n",
            [
                (
                    "9:23: rules.a.new: reaches further back than calls are kept, "
                    "which is 29d by storage.keep"
                ),
                "10:11: storage.keep: has no effect in this version yet",
            ],
            id="a usual span longer than calls are kept",
        ),
        pytest.param(
            rules(
                "when: any, new: {field: customer, lookback: 401d}",
                "when: any, spike: {times: 2, versus: 12w, within: 60d}",
                "when: any, quiet: {for: 1d}",
            )
            + "storage: {keep: 100d}\n",
            [
                (
                    "9:51: rules.a.new.lookback: reaches further back than calls are kept, "
                    "which is 100d by storage.keep"
                ),
                (
                    "10:44: rules.b.spike.versus: reaches further back than calls are kept, "
                    "which is 100d by storage.keep"
                ),
                "12:11: storage.keep: has no effect in this version yet",
            ],
            id="spans longer than calls are kept",
        ),
        pytest.param(
            rules(
                "when: {hotline: [19001000, 028.7300.1234, unknown]}",
                "when: {hotline: [1900 1000, 02473001234]}",
                "when: missed, unless: {when: {hotline: 19001001}, within: 1h}",
            ),
            [
                (
                    "10:13: rules.b.when: directory.hotlines does not have 024 7300 1234: "
                    "a call is on it only if the PBX itself says so"
                ),
                (
                    "11:36: rules.c.unless.when: directory.hotlines does not have 19001001: "
                    "a call is on it only if the PBX itself says so"
                ),
            ],
            id="hotlines that the file does not know",
        ),
        pytest.param(
            rules("when: {hotline: '@ban_hang'}") + "lists: {ban_hang: [19001000, 19001001]}\n",
            [
                (
                    "9:13: rules.a.when: directory.hotlines does not have 19001001: "
                    "a call is on it only if the PBX itself says so"
                )
            ],
            id="a hotline of a list that the file does not know",
        ),
        pytest.param(
            rules("when: any, count: {at_least: 2, within: 1h, per: hotline}").replace(
                HOTLINES, "\n"
            ),
            [
                (
                    "9:56: rules.a.count.per: directory.hotlines is empty: "
                    "calls may all be on one unknown hotline"
                )
            ],
            id="per hotline without hotlines",
        ),
        pytest.param(
            rules(
                "when: any, during: [gio_lam, nghi]",
                "when: missed, outside: nghi, unless: {called_back: yes, within: 1h, clock: nghi}",
            ),
            [
                "9:26: rules.a.during: nghi is not open on any day of the week",
                "10:82: rules.b.unless.clock: nghi is not open on any day of the week",
            ],
            id="calendars that never open",
        ),
        pytest.param(
            rules("when: any").replace(
                "channels: {",
                "channels: {c: {console: {}}, w: {webhook: {url: https://x.vn, "
                "secret: '${env:CRM_WEBHOOK_SECRET}'}}, ",
            ),
            [
                "4:12: channels.c: no rule tells it anything",
                "4:30: channels.w: no rule tells it anything",
            ],
            id="channels that nobody uses",
        ),
    ],
)
def test_what_works_and_is_likely_a_slip_is_warned_of(
    tmp_path: Path, text: str, warnings: list[str]
) -> None:
    assert warned(tmp_path, text) == warnings


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            rules("when: missed", "when: missed, digest: {every: 1d}", "report: {at: 08:00}"),
            id="one at once and one gathered",
        ),
        pytest.param(
            rules("report: {at: 17:35}", "report: {at: 08:00, range: yesterday}"),
            id="two reports",
        ),
        pytest.param(
            rules("when: any, new: {field: customer}").replace(
                "rules:", "storage: {path: x.db}\nrules:"
            ),
            id="calls are kept long enough",
        ),
        pytest.param(
            rules("when: any, digest: {every: 1h, per: hotline}"),
            id="per hotline with hotlines",
        ),
        pytest.param(
            rules("when: any", "when: missed, enabled: no, to: [c], escalate: []").replace(
                "channels: {", "channels: {c: {console: {}}, "
            ),
            id="a channel of a rule that is not enabled",
        ),
        pytest.param(
            rules("when: any, escalate: [{after: 1h, to: c}]").replace(
                "channels: {", "channels: {c: {console: {}}, "
            ),
            id="a channel of an escalation",
        ),
        pytest.param(
            rules("when: any").replace(
                "channels: {",
                "channels: {w: {webhook: {url: https://x.vn, events: [call.*], "
                "secret: '${env:CRM_WEBHOOK_SECRET}'}}, ",
            ),
            id="a webhook that gets calls",
        ),
        pytest.param(
            rules("when: any").replace("channels: {", "channels: {c: {console: {}}, ")
            + "watchdog: {send_failed: c}\n",
            id="a channel of the watchdog",
        ),
    ],
)
def test_what_is_meant_so_is_not_warned_of(tmp_path: Path, text: str) -> None:
    assert warned(tmp_path, text) == []


def test_a_warning_holds_no_secret(tmp_path: Path) -> None:
    text = rules("when: any").replace(
        "channels: {", f"channels: {{w: {{webhook: {{url: https://x.vn, secret: {SECRET}}}}}, "
    )

    assert SECRET not in "".join(warned(tmp_path, text))
