from pathlib import Path

import pytest

from notifier.config import ConfigError, Problem
from tests.config.files import HEAD, RULES, read, told

KNOWN_RULE = (
    "buttons, count, description, digest, distinct, during, enabled, escalate, every, group, "
    "key, lag, limit, max_age, new, outside, owner, quiet, ratio, report, resolve, settle, "
    "severity, spike, stale, sum, text, title, to, unless, when"
)


def rule(options: str) -> str:
    return HEAD + f"rules:\n  goi_nho: {{{options}}}\n"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(
            HEAD + "rules:\n  goi_nho:\n    when: missed\n    evry: 30m\n",
            ["9:5: rules.goi_nho.evry: unknown key; did you mean every?"],
            id="unknown key",
        ),
        pytest.param(
            rule("when: missed, qqq: 1"),
            [f"7:27: rules.goi_nho.qqq: unknown key; known: {KNOWN_RULE}"],
            id="unknown key that is near to none",
        ),
        pytest.param(
            HEAD + RULES + "langage: vi\n",
            ["7:1: langage: unknown key; did you mean language?"],
            id="unknown section",
        ),
        pytest.param(
            HEAD + "rules: {a: {when: missed}, b: {when: any}, a: {when: any}}\n",
            ["6:44: rules.a: duplicate key; first at line 6"],
            id="duplicate rule",
        ),
        pytest.param(
            rule("when: missed, to: [quan_ly, quan_li]"),
            ["7:41: rules.goi_nho.to[1]: no such channel 'quan_li'; did you mean quan_ly?"],
            id="dangling channel in to",
        ),
        pytest.param(
            rule("when: missed, to: zzz"),
            ["7:31: rules.goi_nho.to: no such channel 'zzz'; defined: quan_ly"],
            id="dangling channel that is near to none",
        ),
        pytest.param(
            rule("when: missed, escalate: [{after: 15m, to: sep}]"),
            [
                "7:55: rules.goi_nho.escalate[0].to: no such channel 'sep'; defined: quan_ly",
            ],
            id="dangling channel in escalate",
        ),
        pytest.param(
            HEAD.replace("{to: quan_ly}", "{to: qly}") + RULES + "watchdog: {send_failed: x}\n",
            [
                "5:16: defaults.to: no such channel 'qly'; did you mean quan_ly?",
                "7:25: watchdog.send_failed: no such channel 'x'; defined: quan_ly",
            ],
            id="dangling channels in defaults and watchdog",
        ),
        pytest.param(
            rule("when: missed, during: gio, outside: [gio]"),
            [
                "7:35: rules.goi_nho.during: no such calendar 'gio'; defined: none",
                "7:49: rules.goi_nho.outside: gio is in `during` too: the rule would never match",
                "7:50: rules.goi_nho.outside[0]: no such calendar 'gio'; defined: none",
            ],
            id="dangling calendar",
        ),
        pytest.param(
            rule("when: missed, unless: {called_back: true, within: 15m, clock: x}"),
            [
                "7:75: rules.goi_nho.unless.clock: no such calendar 'x'; defined: none",
            ],
            id="dangling calendar in clock",
        ),
        pytest.param(
            HEAD + "rules: {r: {report: {at: [17:35], on: x}}}\n",
            [
                "6:39: rules.r.report.on: no such calendar 'x'; defined: none",
            ],
            id="dangling calendar in a report",
        ),
        pytest.param(
            rule("when: missed, key: customr"),
            ["7:32: rules.goi_nho.key: no such field 'customr'; did you mean customer?"],
            id="dangling field in key",
        ),
        pytest.param(
            rule("when: missed, key: target"),
            [
                (
                    "7:32: rules.goi_nho.key: an alert cannot be about target; "
                    "write one of customer, "
                    "hotline, extension, agent, caller, callee, direction, state, contact_id, "
                    "user_id, external_id"
                )
            ],
            id="field that is no key",
        ),
        pytest.param(
            rule("when: missed, count: {at_least: 3, within: 1h, per: hotlin}"),
            [
                "7:65: rules.goi_nho.count.per: no such field 'hotlin'; did you mean hotline?",
            ],
            id="dangling field in per",
        ),
        pytest.param(
            HEAD
            + RULES
            + "mute: [{rule: x, from: 2026-12-01T00:00, to: 2026-12-03T00:00, reason: y}]\n"
            + "suppress: [{while: goi_nh, rules: [y]}]\n"
            + "tests: [{name: a, calls: [], expect: {z: 0}}]\n",
            [
                "7:15: mute[0].rule: no such rule 'x'; defined: goi_nho",
                "8:20: suppress[0].while: no such rule 'goi_nh'; did you mean goi_nho?",
                "8:36: suppress[0].rules[0]: no such rule 'y'; defined: goi_nho",
                "9:39: tests[0].expect.z: no such rule 'z'; defined: goi_nho",
            ],
            id="dangling rules",
        ),
        pytest.param(
            HEAD.replace("telegram: {token", "# {") + RULES,
            ["4:22: channels.quan_ly.telegram: needs telegram.token, which the file does not have"],
            id="telegram channel without a token",
        ),
        pytest.param(
            HEAD.replace("channels: {", "channels: {c: {webhook: {url: 'http://x.vn/y'}}, ")
            + RULES,
            [
                "4:16: channels.c.webhook.secret: missing; it must be written",
                (
                    "4:31: channels.c.webhook.url: plain http shows every call on the way; "
                    "use https, or write allow_http: true"
                ),
            ],
            id="webhook without secret, over http",
        ),
        pytest.param(
            HEAD.replace("channels: {", "channels: {a: {}, b: {console: {}, apprise: 'x:'}, ")
            + RULES,
            [
                (
                    "4:12: channels.a: has no kind; "
                    "write exactly one of telegram, webhook, apprise, console"
                ),
                (
                    "4:19: channels.b: has 2 kinds; "
                    "write exactly one of telegram, webhook, apprise, console"
                ),
                "4:36: channels.b.apprise: not in this version yet",
            ],
            id="channels of no kind and of two",
        ),
        pytest.param(
            HEAD + "rules: {Goi: {when: missed}, goi-nho: {when: missed}}\n",
            [
                "6:9: rules.Goi: not a rule name; use a-z, 0-9 and _, and begin with a letter",
                "6:30: rules.goi-nho: not a rule name; use a-z, 0-9 and _, and begin with a letter",
            ],
            id="rule names",
        ),
        pytest.param(
            HEAD.replace("version: 1", "version: 2").replace("{to: quan_ly}", "{}")
            + "rules: {a: {title: x}, b: missed}\n",
            [
                "1:10: version: this program reads version 1",
                "6:9: rules.a: has no `when`; write one, such as when: missed",
                "6:9: rules.a: tells nobody; write `to`, or defaults.to for all rules",
                "6:27: rules.b: expected a mapping (key: value), not one value",
            ],
            id="version, nobody told, no condition",
        ),
        pytest.param(
            rule("when: missed, count: {at_least: 2, within: 1h}, quiet: {for: 1h}"),
            [
                (
                    "7:61: rules.goi_nho.quiet: a rule has one of "
                    "count, distinct, sum, ratio, spike, "
                    "new, quiet at most"
                ),
            ],
            id="two aggregates",
        ),
        pytest.param(
            HEAD
            + RULES
            + "directory: {hotlines: [{number: 02473001234}, {number: +84 247 300 1234}, {}]}\n",
            [
                "7:56: directory.hotlines[1].number: the same number as directory.hotlines[0]",
                "7:75: directory.hotlines[2].number: missing; it must be written",
            ],
            id="one hotline twice",
        ),
        pytest.param(
            HEAD
            + RULES
            + "calendars: {c: {open: {mon-fri: 08:00-12:00, fri: 13:00-15:00, su: x}}}\n",
            [
                "7:46: calendars.c.open.fri: a day of it stands in another line",
                "7:64: calendars.c.open.su: unknown day 'su'; did you mean sun?",
                "7:68: calendars.c.open.su: 'x' is not a range of the day; write 08:00-17:30",
            ],
            id="days",
        ),
        pytest.param(
            HEAD
            + RULES
            + "lists: {a: {file: no.csv}, b: {column: x}, c: {file: d.csv, column: phon}}\n",
            [
                "7:19: lists.a.file: no.csv cannot be read: No such file or directory",
                "7:28: lists.b.file: missing; it must be written",
                "7:69: lists.c.column: d.csv has no such column; did you mean phone?",
            ],
            id="lists in files",
        ),
        pytest.param(
            HEAD.replace(
                "channels: {",
                "channels: {t: x, w: {webhook: {url: 'http://x.vn', allow_http: ja, "
                "secret: '${env:CRM_WEBHOOK_SECRET}'}}, ",
            )
            + RULES,
            [
                "4:15: channels.t: expected a mapping (key: value), not one value",
                (
                    "4:37: channels.w.webhook.url: plain http shows every call on the way; "
                    "use https, or write allow_http: true"
                ),
                (
                    "4:64: channels.w.webhook.allow_http: 'ja' is neither yes nor no; "
                    "write true or false"
                ),
            ],
            id="channels that are none",
        ),
        pytest.param(
            "[1, 2]",
            ["1:1: expected sections such as source: and rules:"],
            id="no mapping",
        ),
        pytest.param(
            "a: 1\n",
            [
                (
                    "1:1: a: unknown key; known: "
                    "calendars, channels, defaults, directory, language, "
                    "lists, mute, rules, source, storage, suppress, telegram, tests, timezone, "
                    "version, watchdog, web"
                ),
                "1:1: channels: missing; it must be written",
                "1:1: rules: missing; it must be written",
                "1:1: source: missing; it must be written",
                "1:1: version: missing; it must be written",
            ],
            id="nothing of it",
        ),
        pytest.param(
            HEAD + "rules:\n  a:\n  b: []\n",
            [
                "7:5: rules.a: expected a mapping (key: value), not nothing",
                "8:6: rules.b: expected a mapping (key: value), not a list",
            ],
            id="rules that are none",
        ),
        pytest.param(
            rule("when: missed, every: [], title: {}, to: {a: b}, owner: [x]"),
            [
                "7:34: rules.goi_nho.every: is empty; write at least one",
                "7:45: rules.goi_nho.title: is empty; write at least one",
                "7:53: rules.goi_nho.to: expected a list, not a mapping",
                "7:68: rules.goi_nho.owner: expected one value, not a list or a mapping",
            ],
            id="kinds of nodes",
        ),
    ],
)
def test_a_broken_file_has_exactly_these_problems(
    tmp_path: Path, text: str, problems: list[str]
) -> None:
    (tmp_path / "d.csv").write_text("phone\n", encoding="utf-8")

    assert told(tmp_path, text) == [f"rules.yaml:{problem}" for problem in problems]


@pytest.mark.parametrize(
    ("when", "place", "start"),
    [
        ("when: mised", "8:11", "rules.r.when: "),
        ("when: {directon: in}", "8:12", "rules.r.when.directon: "),
        ("when: {direction: inn}", "8:23", "rules.r.when.direction: "),
        ("when: {hotline: '@vp'}", "8:21", "rules.r.when.hotline: "),
        ("when: {any: [missed, {ring: '> 5 phut'}]}", "8:33", "rules.r.when.any[1].ring: "),
        ("when: direction == 'out' and calle like '00*'", "8:34", "rules.r.when: "),
        ("when: \"direction == 'out' and calle like '00*'\"", "8:35", "rules.r.when: "),
        ("when: 'direction == ''out'' and calle like ''00*'''", "8:37", "rules.r.when: "),
        (
            "when: >-\n      direction == 'out'\n      and calle like '00*'",
            "10:11",
            "rules.r.when: ",
        ),
        ("when: not open('gio')", "8:15", "rules.r.when: "),
        ("when: {all: []}", "8:17", "rules.r.when.all: "),
    ],
)
def test_a_fault_of_a_condition_has_its_own_place(
    tmp_path: Path, when: str, place: str, start: str
) -> None:
    [problem] = told(tmp_path, HEAD + f"rules:\n  r:\n    {when}\n")

    assert problem.startswith(f"rules.yaml:{place}: {start}")


def test_problems_of_every_kind_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        "version: 1\n"
        "source: {api_key: '${env:NOPE}', every: 10 phut, every: 1s}\n"
        "telegram: {token: '${env:TELEGRAM_BOT_TOKEN}'}\n"
        "channels: {quan_ly: {telegram: {chat: x}}}\n"
        "rules:\n"
        "  goi_nho:\n"
        "    when: {directon: in}\n"
        "    evry: 30m\n"
        "    to: quan_li\n"
        "    title: '{{ hotlin }}'\n"
        "    during: gio_lam\n"
        "    count: {at_least: 5, within: 10m}\n"
    )

    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)

    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        (
            "rules.yaml:2:19: source.api_key: the environment variable NOPE is not set; "
            "set it, or write it in .env"
        ),
        "rules.yaml:2:41: source.every: '10 phut' is not a duration; write 90s, 10m, 1h30m or 2d",
        "rules.yaml:2:50: source.every: duplicate key; first at line 2",
        (
            "rules.yaml:4:39: channels.quan_ly.telegram.chat: 'x' is not a chat; "
            "write its number, or @its_public_name"
        ),
        (
            "rules.yaml:7:12: rules.goi_nho.when.directon: there is no field `directon`; "
            "did you mean `direction`?"
        ),
        "rules.yaml:8:5: rules.goi_nho.evry: unknown key; did you mean every?",
        "rules.yaml:9:9: rules.goi_nho.to: no such channel 'quan_li'; did you mean quan_ly?",
        "rules.yaml:10:16: rules.goi_nho.title: no such fact 'hotlin'; did you mean hotline?",
        "rules.yaml:11:13: rules.goi_nho.during: no such calendar 'gio_lam'; defined: none",
        "9 problems; nothing was started",
    ]


def test_a_problem_reads_file_line_column_path_message() -> None:
    problem = Problem("rules.yaml", 14, 5, "rules.goi_nho.evry", "unknown key")

    assert str(problem) == "rules.yaml:14:5: rules.goi_nho.evry: unknown key"
    assert str(ConfigError([problem, problem])).endswith("\n1 problem; nothing was started")
