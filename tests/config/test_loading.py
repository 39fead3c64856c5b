from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.config import ConfigError, Problem, load
from notifier.config.settings import (
    ChannelSettings,
    ConsoleEndpoint,
    TelegramEndpoint,
    WebhookEndpoint,
)
from notifier.core.alerts import Language, Severity
from notifier.core.calls import Direction
from notifier.core.deliveries import ChannelKind, Route
from notifier.core.phones import Mask
from notifier.core.rules.model import Limit, Rule, Stale, Throttle
from tests.builders import MINUTE, SECOND, a_call, a_talk
from tests.config.files import ENVIRONMENT, HEAD, RULES, SECRET, read, told

HOUR = timedelta(hours=1)

CALENDARS = (
    "calendars:\n"
    "  gio_lam: {open: {mon-fri: 08:00-12:00 13:00-17:30, sat: 08:00-12:00}, holidays: VN,\n"
    "    closed: [2027-02-03..2027-02-05, 2027-03-01], extra: {2027-02-13: 08:00-12:00}}\n"
    "  dem: {open: {mon-sun: 22:00-06:00}}\n"
)


def the_rule(folder: Path, options: str, more: str = "") -> Rule:
    return read(folder, f"{HEAD}{more}rules: {{r: {{{options}}}}}\n").rules[0]


def test_a_small_file_has_every_default(tmp_path: Path) -> None:
    config = read(tmp_path, HEAD + RULES)

    source = config.source
    assert (source.base_url, source.service) == ("https://api.sencloud.vn", "shop.Sencloud")
    assert (source.every, source.overlap, source.timeout) == (15 * SECOND, 45 * MINUTE, 30 * SECOND)
    assert (source.sweep_every, source.sweep_back) == (15 * MINUTE, 24 * HOUR)
    assert (source.settle, source.baseline) == (45 * SECOND, 24 * HOUR)
    assert (config.zone, config.language) == (ZoneInfo("Asia/Ho_Chi_Minh"), Language.VI)
    assert config.chat_limit == Limit(20, 10 * MINUTE)
    assert config.watchdog.poll_stale == 5 * MINUTE
    assert config.watchdog.source_errors == 3
    assert config.watchdog.send_failed == config.default_to == ("quan_ly",)
    assert config.storage_path == tmp_path / "notifier.db"
    assert config.warnings == ()


def test_a_small_rule_has_every_default(tmp_path: Path) -> None:
    rule = the_rule(tmp_path, "when: missed")

    assert rule.test(a_call())
    assert not rule.test(a_talk())
    assert (rule.to, rule.settle, rule.max_age) == (("quan_ly",), 45 * SECOND, 30 * MINUTE)
    assert (rule.stale, rule.severity) == (Stale.DIGEST, Severity.INFO)
    assert (rule.key, rule.every, rule.limit) == ("", None, None)
    assert (rule.during, rule.outside, rule.title, rule.text) == ((), (), {}, {})


def test_a_rule_says_otherwise_than_the_defaults(tmp_path: Path) -> None:
    rule = the_rule(
        tmp_path,
        "when: missed, settle: 0s, max_age: 2h, stale: drop, severity: critical, key: customer, "
        "limit: {max: 5, per: 1h}, owner: Lan, description: d, during: gio_lam, outside: [dem]",
        CALENDARS,
    )

    assert (rule.settle, rule.max_age, rule.stale) == (timedelta(), 2 * HOUR, Stale.DROP)
    assert (rule.severity, rule.key, rule.limit) == (Severity.CRITICAL, "customer", Limit(5, HOUR))
    assert (rule.owner, rule.description) == ("Lan", "d")
    assert [calendar.name for calendar in rule.during] == ["gio_lam"]
    assert [calendar.name for calendar in rule.outside] == ["dem"]


def test_max_age_off_is_never(tmp_path: Path) -> None:
    assert the_rule(tmp_path, "when: missed, max_age: off").max_age >= timedelta(days=3650)


@pytest.mark.parametrize(
    ("every", "throttle"),
    [
        ("30m", Throttle((30 * MINUTE,), 30 * MINUTE)),
        ("off", None),
        ("0s", None),
        (
            "{first: 30m, backoff: 2, max: 4h}",
            Throttle((30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR), 4 * HOUR),
        ),
        ("{first: 1h, backoff: 1, max: 4h}", Throttle((HOUR,), HOUR)),
        ("{first: 2h, max: 3h}", Throttle((2 * HOUR, 3 * HOUR), 3 * HOUR)),
        ("{first: 5h, max: 3h}", Throttle((3 * HOUR,), 3 * HOUR)),
        ("[15m, 30m, 1h]", Throttle((15 * MINUTE, 30 * MINUTE, HOUR), HOUR)),
    ],
)
def test_every_has_four_forms(tmp_path: Path, every: str, throttle: Throttle | None) -> None:
    assert the_rule(tmp_path, f"when: missed, every: {every}").every == throttle


@pytest.mark.parametrize(
    ("title", "vi", "en"),
    [
        ("'{{ count }} nhỡ'", "3 nhỡ", "3 nhỡ"),
        ("{vi: '{{ count }} nhỡ', en: '{{ count }} missed'}", "3 nhỡ", "3 missed"),
        ("{vi: '{{ count }} nhỡ'}", "3 nhỡ", "3 nhỡ"),
    ],
)
def test_a_title_is_a_text_or_one_for_each_language(
    tmp_path: Path, title: str, vi: str, en: str
) -> None:
    rule = the_rule(tmp_path, f"when: missed, title: {title}")

    assert {language: say({"count": 3}) for language, say in rule.title.items()} == {
        Language.VI: vi,
        Language.EN: en,
    }


def test_a_disabled_rule_is_read_and_left_out(tmp_path: Path) -> None:
    config = read(tmp_path, HEAD + "rules: {a: {when: missed, enabled: no}, b: {when: any}}\n")

    assert [rule.name for rule in config.rules] == ["b"]
    assert told(tmp_path, HEAD + "rules: {a: {when: nope, enabled: no}}\n")


def test_channels_are_routes_with_their_endpoints(tmp_path: Path) -> None:
    text = HEAD.replace(
        "channels: {",
        "channels: {nhom: {telegram: {chat: '@nhom_cskh', topic: 7, language: en, silent: yes, "
        "mask: full}}, crm: {webhook: {url: http://10.0.0.1/x, allow_private: true, "
        "secret: ['${env:CRM_WEBHOOK_SECRET}', '${env:CRM_WEBHOOK_SECRET}'], "
        "events: [alert.*, call.created], headers: {X-Team: cskh}, timeout: 3s}}, "
        "man_hinh: {console: }, ",
    )

    channels = read(tmp_path, text + RULES).channels

    assert channels["quan_ly"] == ChannelSettings(
        Route("quan_ly", ChannelKind.TELEGRAM, mask=Mask.LAST3),
        TelegramEndpoint(-1002223334445, None),
    )
    assert channels["nhom"] == ChannelSettings(
        Route("nhom", ChannelKind.TELEGRAM, Language.EN, Mask.FULL, silent=True),
        TelegramEndpoint("@nhom_cskh", 7),
    )
    assert channels["man_hinh"] == ChannelSettings(
        Route("man_hinh", ChannelKind.CONSOLE), ConsoleEndpoint()
    )
    crm = channels["crm"]
    assert crm.route == Route("crm", ChannelKind.WEBHOOK, events=("alert.*", "call.created"))
    assert isinstance(crm.endpoint, WebhookEndpoint)
    assert [secret.reveal() for secret in crm.endpoint.secrets] == [SECRET, SECRET]
    assert (crm.endpoint.url, crm.endpoint.timeout) == ("http://10.0.0.1/x", 3 * SECOND)
    assert crm.endpoint.headers == {"X-Team": "cskh"}


def test_a_calendar_has_hours_holidays_closed_and_extra_days(tmp_path: Path) -> None:
    calendar = read(tmp_path, HEAD + RULES + CALENDARS).calendars["gio_lam"]

    assert calendar.is_open(datetime(2026, 9, 7, 1, 0, tzinfo=UTC))
    assert not calendar.is_open(datetime(2026, 9, 7, 5, 0, tzinfo=UTC))
    assert not calendar.spans_on(date(2026, 9, 2))
    assert not calendar.spans_on(date(2027, 2, 4))
    assert not calendar.spans_on(date(2027, 3, 1))
    assert len(calendar.spans_on(date(2027, 2, 13))) == 1


def test_phone_numbers_keep_their_zeros_in_every_position(tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text("tên;phone\nAn;0901234567\n;\n", encoding="utf-8-sig")
    text = HEAD + (
        "directory:\n"
        "  hotlines: [{number: 02473001234, extensions: [007, 08], callees: [0800], id: 0123}]\n"
        "  extensions: {0101: 0102}\n"
        "lists: {a: [0900, 0x1F, 1e5], b: 0100, vip: {file: vip.csv, column: phone}}\n"
        "rules: {r: {when: {customer: 0901234567, extension: [010, 22:30], callee: '@a'}}}\n"
    )

    config = read(tmp_path, text)

    [hotline] = config.directory.hotlines
    assert (hotline.number, hotline.id) == ("02473001234", "0123")
    assert sorted(hotline.extensions) == ["007", "08"]
    assert sorted(hotline.callees) == ["0800"]
    assert config.directory.extensions == {"0101": "0102"}
    assert config.lists == {"a": {"0900", "0x1F", "1e5"}, "b": {"0100"}, "vip": {"0901234567"}}
    assert config.rules[0].test(a_call(extension="010", callee="0900"))
    assert not config.rules[0].test(a_call(extension="10", callee="0900"))


@pytest.mark.parametrize("written", ["20:30", "01:10:00", "010", "0o17", "1_000", ".5", "+1", "NO"])
def test_no_scalar_is_read_as_a_number(tmp_path: Path, written: str) -> None:
    config = read(tmp_path, HEAD + RULES + f"directory: {{extensions: {{101: {written}}}}}\n")

    assert config.directory.extensions == {"101": written}


def test_a_list_may_stand_in_the_first_column_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "vip.txt").write_text("0901234567\n\n 0907654321 \n", encoding="utf-8")

    config = read(tmp_path, HEAD + RULES + "lists: {vip: {file: vip.txt}}\n")

    assert config.lists == {"vip": {"0901234567", "0907654321"}}


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("a.csv", b"\xff", "lists.a.file: a.csv is not CSV in UTF-8, or not a path"),
        ("a\\0b", b"", "lists.a.file: a\0b is not CSV in UTF-8, or not a path"),
        ("a.csv", b"", "lists.a.column: a.csv has no such column; it has: nothing"),
        ("a.csv", b"x" * 10_000_001, "lists.a.file: a.csv is larger than 10,000,000 bytes"),
    ],
    ids=["not UTF-8", "no path", "empty", "large"],
)
def test_a_list_in_a_file_that_is_none_is_told(
    tmp_path: Path, file: str, content: bytes, problem: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)

    [told_of] = told(tmp_path, HEAD + RULES + f'lists: {{a: {{file: "{file}", column: phone}}}}\n')

    assert told_of.endswith(problem)


def test_a_list_keeps_its_single_values_and_tells_of_the_rest(tmp_path: Path) -> None:
    [problem] = told(tmp_path, HEAD + RULES + "lists: {a: [0900, [1]], b: [x]}\n")

    assert problem == ("rules.yaml:7:19: lists.a[1]: expected one value, not a list or a mapping")


def test_calls_between_extensions_are_seen_only_by_rules_that_ask(tmp_path: Path) -> None:
    internal = a_talk(direction=Direction.EXT, customer="")

    assert not the_rule(tmp_path, "when: answered").test(internal)
    assert the_rule(tmp_path, "when: internal").test(internal)


def meaning(folder: Path, options: str, calendars: str = CALENDARS) -> str:
    return the_rule(folder, options, calendars).meaning


@pytest.mark.parametrize(
    "same",
    [
        "when: {duration: '> 10m', hotline: [1900, 1800]}, during: gio_lam, title: x, to: quan_ly",
        "when: {hotline: [1800, 1900], duration: '> 600s'}, during: [gio_lam], every: 1h",
        'when: \'hotline in ["1900", "1800"] and duration > 10m\', during: gio_lam',
    ],
)
def test_meaning_stays_when_only_words_channels_or_pauses_change(tmp_path: Path, same: str) -> None:
    first = "when: {hotline: [1900, 1800], duration: '> 10m'}, during: gio_lam"

    assert meaning(tmp_path, same) == meaning(tmp_path, first)


@pytest.mark.parametrize(
    ("options", "calendars"),
    [
        ("when: answered, during: gio_lam", CALENDARS),
        ("when: missed, outside: gio_lam", CALENDARS),
        ("when: missed", CALENDARS),
        ("when: missed, during: dem", CALENDARS),
        ("when: missed, during: gio_lam", CALENDARS.replace("17:30", "18:00")),
        ("when: missed, during: gio_lam", CALENDARS.replace("2027-03-01", "2027-03-02")),
        ("when: missed, during: gio_lam", CALENDARS.replace("2027-02-13", "2027-02-14")),
        ("when: missed, during: gio_lam", CALENDARS.replace("holidays: VN", "holidays: US")),
        ("when: missed, during: gio_lam", CALENDARS.replace("holidays: VN", "holidays: [VN, US]")),
        ("when: missed, during: gio_lam", CALENDARS + "timezone: Europe/Paris\n"),
    ],
)
def test_meaning_changes_with_the_condition_and_its_calendars(
    tmp_path: Path, options: str, calendars: str
) -> None:
    first = meaning(tmp_path, "when: missed, during: gio_lam")

    assert meaning(tmp_path, options, calendars) != first


def test_meaning_looks_into_calendars_that_the_condition_opens(tmp_path: Path) -> None:
    options = "when: 'missed and not open(\"gio_lam\")'"

    changed = meaning(tmp_path, options, CALENDARS.replace("17:30", "18:00"))
    elsewhere = meaning(tmp_path, options, CALENDARS.replace("22:00", "23:00"))

    assert changed != meaning(tmp_path, options)
    assert elsewhere == meaning(tmp_path, options)


def test_sections_whose_lines_are_all_commented_out_are_none(tmp_path: Path) -> None:
    text = HEAD + RULES + "lists:\n#  a: [1]\ncalendars:\nmute:\ntests:\nsuppress: []\ndirectory:\n"

    assert told(tmp_path, text) == []


def test_harmless_keys_that_do_nothing_yet_are_warned_of(tmp_path: Path) -> None:
    text = HEAD.replace("{to: quan_ly}", "{to: quan_ly, lag: auto}") + RULES
    text += "web: {listen: 127.0.0.1:8080}\nstorage: {path: /x/n.db, keep: off}\n"

    config = read(tmp_path, text)

    assert [str(one).split("rules.yaml:")[1] for one in config.warnings] == [
        "7:1: web: has no effect in this version yet",
        "8:26: storage.keep: has no effect in this version yet",
    ]
    assert config.storage_path == Path("/x/n.db")
    assert config.keep is None


def test_every_file_that_was_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text("phone\n0901234567\n", encoding="utf-8")
    (tmp_path / "key").write_text("1234:key\n", encoding="utf-8")
    text = HEAD.replace("${env:SENCLOUD_API_KEY}", "${file:key}") + RULES
    text += "lists: {vip: {file: vip.csv}, ban_hang: [19001000]}\n"

    config = read(tmp_path, text)

    names = ("rules.yaml", ".env", "key", "vip.csv")
    assert config.files == tuple(tmp_path / name for name in names)


def test_a_secret_that_stands_in_the_file_is_warned_of(tmp_path: Path) -> None:
    text = HEAD.replace('"${env:TELEGRAM_BOT_TOKEN}"', "777000:TOKEN-CANARY").replace(
        "channels: {", f"channels: {{c: {{webhook: {{url: https://x.vn, secret: [{SECRET}]}}}}, "
    )

    warnings = read(tmp_path, text + RULES).warnings

    message = "a secret stands in the file; write ${env:NAME} and put it in .env"
    file = str(tmp_path / "rules.yaml")
    assert warnings == (
        Problem(file, 3, 19, "telegram.token", message),
        Problem(file, 4, 12, "channels.c", "no rule tells it anything"),
        Problem(file, 4, 54, "channels.c.webhook.secret[0]", message),
    )


def test_a_file_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "nope.yaml", environment={})

    assert str(caught.value) == (
        f"{tmp_path}/nope.yaml:1:1: cannot be read: No such file or directory; "
        "name another with --config\n1 problem; nothing was started"
    )


KEYS = [
    *("version: 1", "source", "rules", "channels", "calendars", "lists", "goi_nho", "when", "to"),
    *("every", "title", "open", "mon-fri", "telegram", "token", "chat", "missed", "a", "{", "}"),
    *("[", "]", ":", ": ", ",", "\n", "\n  ", "- ", "'", '"', "#", "${env:A}", "{{", "}}", "> 10m"),
    *("08:00-12:00", "@a", "*", "|", "30m", "not", "any", "all", "direction == 'in' and", "0", ""),
]


@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from(KEYS), max_size=40).map("".join)
    | st.lists(st.sampled_from(KEYS), max_size=30).map(lambda keys: HEAD + "".join(keys))
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_configuration_or_problems(tmp_path: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")

    assert _config_or_problems(tmp_path, content)


@st.composite
def spoiled_files(draw: st.DrawFn) -> str:
    """Draw the contract's example with some of its words exchanged, doubled or dropped."""
    words = (Path(__file__).parent / "contract.yaml").read_text(encoding="utf-8").split(" ")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(words) - 1))
        other = draw(st.sampled_from(KEYS) | st.sampled_from(words))
        words[at : at + 1] = draw(st.sampled_from([[other], [], [words[at], other]]))
    return " ".join(words)


@given(text=spoiled_files())
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_spoiled_example_is_a_configuration_or_problems(tmp_path: Path, text: str) -> None:
    assert _config_or_problems(tmp_path, text.encode())


def _config_or_problems(folder: Path, content: bytes) -> bool:
    file = folder / "rules.yaml"
    file.write_bytes(content)
    problems = _problems(file)
    lines = content.decode("utf-8", "replace").splitlines()
    return all(
        1 <= one.line <= len(lines) + 1 and one.message and "\n" not in str(one) for one in problems
    )


def _problems(file: Path) -> tuple[Problem, ...]:
    try:
        load(file, environment=ENVIRONMENT)
    except ConfigError as error:
        return error.problems
    return ()
