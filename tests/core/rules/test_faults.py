"""What is refused when the file is read: where it stands, and what to write instead."""

from datetime import time

import pytest

from notifier.core.calendars import Calendar, Span
from notifier.core.rules.reading import Fault, Source, Vocabulary, read_condition
from tests.builders import HANOI

VOCABULARY = Vocabulary(
    lists={"vip": frozenset({"0901234567"})},
    calendars={"gio_lam": Calendar("gio_lam", HANOI, {0: (Span(time(8), time(12)),)})},
)


def faults(source: Source) -> list[Fault]:
    condition, found = read_condition(source, VOCABULARY)
    assert (condition is None) is bool(found)
    return found


def the_fault(source: Source) -> Fault:
    (fault,) = faults(source)
    return fault


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("", 0, "write any to match every call"),
        ("   ", 3, "write any to match every call"),
        ("mised", 0, "did you mean `missed`?"),
        ("durration > 10m", 0, "did you mean `duration`?"),
        ("  missed and durtion > 5", 13, "did you mean `duration`?"),
        ("q" * 50, 0, "neither a field nor a condition"),
        ("duration", 0, "write present(duration)"),
        ("10m", 0, "a value by itself"),
        ('"true"', 0, "a value by itself"),
        ("hour()", 0, "hour stands as hour() >= 18"),
        ("(direction, state)", 1, "a list holds only values"),
        ('("in", "out")', 0, "a value by itself"),
        ('direction = "in"', 10, "write =="),
        ("duration <> 5", 9, "write !="),
        ("missed && inbound", 7, "write and"),
        ("missed || inbound", 7, "write or"),
        ("!missed", 0, "write not"),
        ("duration > 5 - 3", 13, "no arithmetic"),
        ("call.duration", 4, "no parts"),
        ("target[0]", 6, "no and, or, or comparison"),
        ("callee like 00*", 14, "in quotes"),
        ("direction: in", 9, "mapping form"),
        ('note == "x', 8, "no closing quote"),
        ("lambda", 0, "not part of the language"),
        ("nhỡ", 0, "not part of the language"),
        ("missed if inbound", 7, "not part of the language"),
        ('note == f"a"', 9, "no and, or, or comparison"),
        ('note == "a" "b"', 12, "no and, or, or comparison"),
        ("10m10m()", 6, "no and, or, or comparison"),
        ("{missed}", 0, "not part of the language"),
        ("(duration := 5)", 10, "write == here"),
        ("and missed", 0, "missing before `and`"),
        ("missed and", 10, "ends too soon"),
        ("missed and or inbound", 11, "missing before `or`"),
        ("(missed", 0, "never closed"),
        ("missed)", 6, "closes nothing"),
        ("(missed]", 7, "closes nothing"),
        ("((missed)", 0, "never closed"),
        ("missed (inbound)", 0, "there is no function `missed`"),
        ("missed not 5", 7, "no and, or, or comparison"),
        ("not in vip", 4, "cannot be read"),
        ("opn(gio_lam)", 0, "did you mean `open`?"),
        ('"open"("gio_lam")', 6, "no and, or, or comparison"),
        ('(present)("note")', 9, "no and, or, or comparison"),
        ("duration == not 5", 12, "cannot be read"),
        ("len(note)(note)", 9, "no and, or, or comparison"),
        ("open(gio_lm)", 0, "did you mean `gio_lam`?"),
        ("open()", 0, "open stands as open("),
        ("len(note, caller) > 5", 0, "len stands as len(note) > 10"),
        ("len(duration) > 5", 0, "takes a text"),
        ("lower(caller) == 5", 0, "takes a text"),
        ("open(gio_lam) == true", 0, "open stands as"),
        ('startswith(note, "a*")', 17, "use like"),
        ('startswith(note, " ")', 17, "plain letters"),
        ('startswith("note", "a")', 0, "begins with a field"),
        ('customer in "@vp"', 0, "did you mean `vip`?"),
        ("customer in vp", 0, "did you mean `vip`?"),
        ("customer == @vip", 12, "write customer in @vip"),
        ('customer in "0901"', 0, "after in comes a list"),
        ("customer in []", 0, "is empty"),
        ("customer in [caller]", 13, "a list holds only values"),
        ('"101" in target', 0, 'target == "101"'),
        ('["101"] == target', 0, "begins with a field"),
        ("duration in vip", 0, "cannot stand in a list"),
        ('target == ["101"]', 10, "for any of several write target in [...]"),
        ("direction == out", 13, 'direction == "out"'),
        ("caller == callee", 10, "not with another field"),
        ("hour() == hour()", 10, "not with another field"),
        ('5 == "a"', 0, "begins with a field"),
        ("missed == true", 0, "a condition by itself"),
        ("(missed and inbound) == true", 1, "cannot be compared"),
        ("lower(note) == true", 15, "is text"),
        ("note == 10m", 8, "in quotes"),
        ('lower(note) == "VIP"', 15, "no capitals"),
        ('lower(note) like "*VIP"', 0, "no capitals"),
        (f'note like "*{"x" * 200}"', 10, "at most 200 letters"),
        ('duration like "1*"', 0, "is no text"),
        ("note > 5", 0, "not larger or smaller"),
        ("duration > 10min", 11, "write 30s, 10m, 1h30m or 2d"),
        ("duration == 0s..5s", 12, "0s <= duration and duration <= 5s"),
        ("duration > 367d", 11, "longer than a year"),
        ("duration > 9999999999d", 11, "longer than a year"),
        ("hour == 25", 8, "from 0 to 23"),
        ("hour == 8h", 8, "from 0 to 23"),
        ('weekday == "someday"', 11, "mon-fri"),
        ('weekday == "mon-tue-wed"', 11, "mon-fri"),
        ('weekday > "mon-fri"', 10, "several days"),
        ("has_recording == 1", 17, "yes or no"),
        ('started_at > "yesterday"', 13, 'write "2026-09-07"'),
        ("started_at > 0001-01-01T00:00:00+14:00", 13, 'write "2026-09-07"'),
        ('started_at > "20260907"', 13, 'write "2026-09-07"'),
        ('started_at == "10:00"', 14, 'write "2026-09-07"'),
        ('customer == "09*"', 12, "customer like '09*'"),
        ('state == "missed"', 9, "use `when: missed`"),
        ('state == "anwered"', 9, "did you mean `answered`?"),
        ("absent(duration)", 0, "never absent"),
        ("present(missed)", 0, "a condition by itself"),
        ("present(nte)", 0, "did you mean `note`?"),
        ('note == ""', 8, "needs a value"),
    ],
)
def test_an_expression_is_refused_with_its_column_and_what_to_write(
    text: str, column: int, part: str
) -> None:
    fault = the_fault(text)

    assert (fault.path, fault.column) == ((), column), fault
    assert part in fault.message


@pytest.mark.parametrize(
    ("source", "path", "part"),
    [
        ({}, (), "write any"),
        ([], (), "write any: "),
        (["missed", "inbound"], (), "write any: "),
        ({"durration": "> 1m"}, ("durration",), "did you mean `duration`?"),
        ({"al": ["missed"]}, ("al",), "did you mean `all`?"),
        ({"missed": "true"}, ("missed",), "all: [missed, {…}]"),
        ({"open": "gio_lam"}, ("open",), "during: or outside:"),
        ({"any": []}, ("any",), "takes a list"),
        ({"any": "missed"}, ("any",), "takes a list"),
        ({"all": {"state": "unknown"}}, ("all",), "takes a list"),
        ({"not": ["missed"]}, ("not",), "write any: "),
        ({"duration": {">": "10m"}}, ("duration",), "takes a value, or a list"),
        ({"duration": []}, ("duration",), "takes a value, or a list"),
        ({"duration": ["1m", ["2m"]]}, ("duration", 1), "holds values only"),
        ({"direction": ["in", "!= out"]}, ("direction", 1), "not: {direction: […]}"),
        ({"direction": "internl"}, ("direction",), "is no direction"),
        ({"state": "missed"}, ("state",), "use `when: missed`"),
        ({"direction": "inbound"}, ("direction",), "use `when: inbound`"),
        ({"hour": "25"}, ("hour",), "from 0 to 23"),
        ({"duration": "> "}, ("duration",), "needs a value"),
        ({"duration": "0s..x"}, ("duration",), "no duration"),
        ({"duration": "> 10 min"}, ("duration",), "no duration"),
        ({"duration": "1*"}, ("duration",), "no duration"),
        ({"customer": "> 5"}, ("customer",), "not larger or smaller"),
        ({"customer": "!vip"}, ("customer",), "!@name"),
        ({"customer": "= @vip"}, ("customer",), "is a list"),
        ({"customer": "@vp"}, ("customer",), "did you mean `vip`?"),
        ({"customer": ""}, ("customer",), "needs a value"),
        ({"hotline": "absent", "direction": "absent"}, ("direction",), "never absent"),
        ({"all": ["missed", {"any": [{"hour": "24"}]}]}, ("all", 1, "any", 0, "hour"), "23"),
    ],
    ids=str,
)
def test_a_mapping_is_refused_at_the_value_at_fault(
    source: Source, path: tuple[str | int, ...], part: str
) -> None:
    fault = the_fault(source)

    assert (fault.path, fault.column) == (path, None)
    assert part in fault.message


def test_an_expression_in_a_mapping_is_refused_at_its_own_column() -> None:
    fault = the_fault({"any": ["missed", {"not": " mised"}]})

    assert (fault.path, fault.column) == (("any", 1, "not"), 1)


def test_all_faults_are_told_at_once() -> None:
    found = faults(
        {
            "durration": "1m",
            "hour": ["8", "25"],
            "any": ["mised", 'customer in "@vp" and open("x") and not (hour == 30)'],
        }
    )

    assert [(fault.path, fault.column) for fault in found] == [
        (("durration",), None),
        (("hour", 1), None),
        (("any", 0), 0),
        (("any", 1), 0),
        (("any", 1), 22),
        (("any", 1), 49),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "missed and duration > 0",
        {"all": ["missed", {"duration": "> 10m"}]},
        {"all": ["unreached", {"duration": "1s..5s"}]},
        {"state": "not_answered", "duration": "!= 0s"},
        {"state": "not_answered", "duration": [">= 1s"]},
    ],
    ids=str,
)
def test_a_miss_with_talk_time_is_refused(source: Source) -> None:
    assert "a missed call has no talk time" in the_fault(source).message


@pytest.mark.parametrize(
    "source",
    [
        {"all": ["missed", {"direction": "out"}]},
        'direction == "in" and direction == "out"',
        {"all": [{"direction": "in"}, 'direction == "out"']},
        "missed and answered",
        "missed and not missed",
        "missed and unreached",
        "outbound and inbound",
        "internal and abandoned",
        'abandoned and state == "not_answered"',
        'outbound and miss_reason == "busy"',
        'answered and miss_reason != "busy"',
        'state != "answered" and state != "not_answered" and state not in ["unknown"]',
        "duration > 10m and duration < 5m",
        {"duration": "5s..1s"},
        "duration < 0",
        "hour > 23",
        "hour >= 18 and hour < 8",
        'weekday == "mon-fri" and weekday == "sat"',
        "has_recording and not has_recording",
        "has_recording != yes".replace("yes", '"yes"') + " and has_recording",
        'agent == "Lan" and agent == "Minh"',
        'agent in ["Lan", "Minh"] and agent not in ["Lan", "Minh"]',
        "hotline == 19001000 and hotline == 02873001234",
        "len(note) == 0",
        "len(note) > 5 and len(note) < 5",
        "absent(note) and len(note) > 5",
        'absent(note) and note like "*a"',
        "absent(customer) and customer in vip",
        "absent(note) and present(note)",
        'started_at > "2026-09-07" and started_at < "2026-09-01"',
        'started_at > "2026-09-07T00:00Z" and started_at < "2026-09-01T00:00Z"',
        "not (hour > 5 and hour < 5)",
        "missed or (hour > 5 and hour < 5)",
        {"any": ["missed", {"not": {"duration": "5s..1s"}}]},
    ],
    ids=str,
)
def test_what_no_call_can_meet_is_refused(source: Source) -> None:
    assert len(faults(source)) >= 1


@pytest.mark.parametrize(
    "source",
    [
        "missed and duration < 5s",
        "missed or duration > 10m",
        "abandoned and duration > 5s",
        {"all": ["missed", {"duration": "0s..5s"}]},
        'missed and state == "answered"',
        'answered and direction != "in"',
        'missed and miss_reason == "busy"',
        "missed and not abandoned",
        'started_at > "2026-09-07" and started_at < "2026-09-01T00:00Z"',
        'started_at > "2026-09-07" and started_at in ["2026-09-08T00:00", "2026-09-01T00:00Z"]',
        'started_at >= "2026-09-07" and started_at <= "2026-09-07"',
        "duration > 5s and duration < 6s",
        "duration >= 5s and duration <= 5s and ring > 5s",
        "target == 101 and target == 102",
        "len(target) > 1 and target == 101",
        'agent != "Lan" and agent not in ["Minh"]',
        'note == "a" and note like "b*"',
        "absent(note) and present(agent)",
        "absent(note) and missed",
        'absent(wait) and direction == "out"',
        "hour >= 18 or hour < 8",
        "any",
        "false",
    ],
    ids=str,
)
def test_what_some_call_may_meet_is_accepted(source: Source) -> None:
    assert faults(source) == []


def test_a_contradiction_is_told_beside_other_faults() -> None:
    found = faults({"all": ["mised", "hour > 5 and hour < 5"]})

    assert [fault.path for fault in found] == [("all", 0), ("all", 1)]


def test_what_two_negations_take_away_is_no_contradiction() -> None:
    both: Source = {"has_recording": ["yes", "no"]}

    assert faults({"not": {"any": [{"not": both}]}}) == []
    assert len(faults({"not": both})) == 1


def test_only_the_innermost_contradiction_is_told() -> None:
    fault = the_fault({"hotline": "19001000", "any": ["missed", "hour > 5 and hour < 5"]})

    assert (fault.path, fault.column) == (("any", 1), 0)
    assert "hour > 5 and hour < 5" in fault.message
