"""Reports read well in both languages, on a phone, whatever the figures and names are.

The golden files hold what readers see, in HTML. After a wanted change write them anew with
`WRITE_GOLDEN=1 pytest tests/core/test_report_cards.py`, and read the diff.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alerts import Language
from notifier.core.call_lines import Reader
from notifier.core.calls import Call, CallState, Direction
from notifier.core.directory import Directory, Hotline
from notifier.core.markup import to_html, to_text
from notifier.core.messages import Mark, Message
from notifier.core.phones import Mask
from notifier.core.report_cards import LATE, report_card
from notifier.core.report_parts import LONGEST_NAME, MOST_ROWS, Part
from notifier.core.reports import tally
from notifier.core.tallies import Tally
from notifier.text import book
from tests.builders import HANOI, MINUTE, SECOND, a_call, a_leg, a_talk
from tests.core.any_calls import CALLS
from tests.fakes.telegram_html import parse_html
from tests.fakes.telegram_html import units as telegram_units

GOLDEN = Path(__file__).parent / "golden_reports"

DIRECTORY = Directory(
    hotlines=(Hotline("19001000", "CSKH"), Hotline("02873001234", "Bán hàng")),
    extensions={"101": "Lan", "102": "Minh", "103": "Trần Thị <Hoa> & Đỗ"},
)

EVERY_PART = tuple(part.value for part in Part)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


MIDNIGHT, DUE = local("2026-09-07"), local("2026-09-07T17:35")


def missed(clock: str, who: int = 0, **facts: Any) -> Call:
    """Return a miss of half a minute at `clock`, of customer number `who`."""
    at = local(f"2026-09-07T{clock}")
    facts.setdefault("customer", f"+8490123450{who}")
    return a_call(id=f"{clock} {who}", started_at=at, ended_at=at + 30 * SECOND, **facts)


def talked(clock: str, who: int = 0, extension: str = "101", **facts: Any) -> Call:
    """Return a talk of two minutes after five seconds at `clock`."""
    at = local(f"2026-09-07T{clock}")
    facts.setdefault("customer", f"+8490123450{who}")
    legs = tuple(
        replace(leg, number=extension, answered_at=at + 5 * SECOND) for leg in a_talk().legs
    )
    return a_talk(
        id=f"{clock} {who}",
        started_at=at,
        ended_at=at + 125 * SECOND,
        extension=extension,
        legs=legs,
        **facts,
    )


def dialled(clock: str, who: int = 0, **facts: Any) -> Call:
    """Return an outbound call at `clock` that the customer took."""
    return talked(clock, who, direction=Direction.OUT, caller="101", **facts)


DAY = [
    *(talked(f"08:{n:02d}", n % 7) for n in range(5, 50, 4)),
    *(talked(f"09:{n:02d}", n % 9, "102", hotline="02873001234") for n in range(0, 60, 2)),
    *(talked(f"10:{n:02d}", n % 5, "103") for n in range(0, 50, 10)),
    talked("14:20", 3, "0912345678", agent="", hotline="unknown"),
    missed("09:15", 1, legs=(a_leg("101"), a_leg("102"))),
    dialled("09:22", 1),
    missed("11:02", 2),
    missed("11:09", 2),
    missed("11:31", 2, hotline="02873001234"),
    missed("11:40", 4),
    dialled("12:25", 4, extension="102"),
    missed("15:10", 5, hotline="unknown"),
    missed("16:00", hotline="02873001234"),
    missed("17:30", 6, legs=()),
    missed("16:45", customer=""),
    missed("10:51", 3, state=CallState.ANSWERED),
    missed("17:34", 8, state=CallState.UNKNOWN),
    missed("13:05", 8, direction=Direction.OUT, caller="101"),
    talked("13:30", direction=Direction.EXT, hotline="unknown"),
]
"""A Monday with a bit of everything."""


def a_tally(*calls: Call, **facts: Any) -> Tally:
    asked: dict[str, Any] = {"period": (MIDNIGHT, DUE), "zone": HANOI, "now": DUE}
    return tally(calls, **{"directory": DIRECTORY, **asked, **facts})


def a_reader(language: Language = Language.EN, **facts: Any) -> Reader:
    reader = Reader(book(language), Mask.LAST3, HANOI, DUE, DIRECTORY)
    return replace(reader, **facts)


LATE_BY = timedelta(hours=1, minutes=27)


def told(case: str, reader: Reader) -> Message:
    late = case == "late"
    calls = [] if case == "empty" else DAY
    made = DUE + (LATE_BY if late else timedelta())
    return report_card(
        a_tally(*calls, now=made),
        ("totals", "missed_open") if late else EVERY_PART,
        replace(reader, now=made),
        title="Tổng kết <cuối ngày>" if late else "",
        due_at=DUE,
        identity="abc123defghjkmnp",
    )


def lines(message: Message) -> list[str]:
    """Return what is shown between header and footer, without marks."""
    return ["".join(span.text for span in line) for line in message.lines]


def part_of(part: Part, tallied: Tally, reader: Reader | None = None) -> list[str]:
    """Return the lines of one part, its heading first."""
    return lines(report_card(tallied, [part], reader or a_reader()))[1:]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("case", ["full_day", "empty", "late"])
def test_a_report_is_as_its_golden_file(case: str, language: Language) -> None:
    shown = to_html(told(case, a_reader(language))) + "\n"

    path = GOLDEN / f"{case}.{language.value}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")

    assert shown == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    names = {
        f"{case}.{language}.txt" for case in ("full_day", "empty", "late") for language in Language
    }

    assert {path.name for path in GOLDEN.iterdir()} == names


def header(since: str, until: str, language: Language = Language.EN) -> str:
    period = (local(since), local(until))
    message = report_card(a_tally(period=period), (), a_reader(language))
    return "".join(span.text for span in message.header)


PERIODS = [
    ("2026-09-07", "2026-09-07T17:35", "Monday 7 Sep 2026, 00:00–17:35"),
    ("2026-09-06", "2026-09-07", "Sunday 6 Sep 2026"),
    ("2026-09-07", "2026-09-07", "Monday 7 Sep 2026, 00:00–00:00"),
    ("2026-09-07", "2026-09-09T17:35", "Monday 7 Sep 2026 to Wednesday 9 Sep 2026, 17:35"),
    ("2026-08-31", "2026-09-07", "Monday 31 Aug 2026 to Sunday 6 Sep 2026"),
]


@pytest.mark.parametrize(("since", "until", "shown"), PERIODS, ids=[p[2] for p in PERIODS])
def test_the_header_says_what_days_are_covered(since: str, until: str, shown: str) -> None:
    assert header(since, until) == f"📊 Call report · {shown}"


def test_the_header_speaks_vietnamese_too() -> None:
    shown = header("2026-09-07", "2026-09-09T17:35", Language.VI)

    assert shown == "📊 Báo cáo cuộc gọi · thứ Hai, 7/9/2026 – thứ Tư, 9/9/2026, đến 17:35"


def test_parts_come_in_the_order_asked() -> None:
    one, other = (
        lines(report_card(a_tally(*DAY), sections, a_reader()))
        for sections in (("chart", "totals"), ("totals", "chart"))
    )

    assert (one[1], other[1]) == ("📈 Inbound calls by hour", "📞 Calls: 62")


def test_a_part_that_there_is_not_is_an_error() -> None:
    with pytest.raises(ValueError, match="weather"):
        report_card(a_tally(), ["weather"], a_reader())


@pytest.mark.parametrize(
    ("due_at", "marked"),
    [(None, False), (DUE, False), (DUE - LATE, False), (DUE - LATE - SECOND, True)],
    ids=["no time set", "on time", "hardly late", "late"],
)
def test_only_a_late_report_says_that_it_is(due_at: datetime | None, *, marked: bool) -> None:
    message = report_card(a_tally(a_call()), ["totals"], a_reader(), due_at=due_at)

    assert any("because the service was not running" in line for line in lines(message)) is marked


def test_a_report_without_an_alert_has_no_footer() -> None:
    assert report_card(a_tally(), ["totals"], a_reader()).footer == ()


def test_a_title_of_the_authors_own_is_one_line_with_numbers_masked() -> None:
    message = report_card(a_tally(), (), a_reader(), title="Gọi\n0901 234 567")

    assert message.header[1].text == "Gọi 09xx xxx 567"


@pytest.mark.parametrize("part", Part)
def test_a_single_call_makes_every_part(part: Part) -> None:
    assert part_of(part, a_tally(missed("09:00")))[0]


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Part.MISSED_OPEN, ["✅ No missed calls"]),
        (Part.MISSED, ["✅ No missed calls"]),
        (Part.BY_HOTLINE, ["☎️ Inbound by hotline", "Nothing to show"]),
        (Part.BY_HOUR, ["🕑 Inbound by hour", "Nothing to show"]),
        (Part.CUSTOMERS, ["🔁 Called most", "No customer called more than once"]),
        (Part.CHART, ["📈 Inbound calls by hour", "Nothing to show"]),
    ],
)
def test_a_part_without_anything_says_so(part: Part, shown: list[str]) -> None:
    assert part_of(part, a_tally(dialled("09:00"))) == shown


def test_nobody_is_left_when_every_customer_was_called_back() -> None:
    tallied = a_tally(missed("09:00"), dialled("09:10"))

    assert part_of(Part.MISSED_OPEN, tallied) == ["✅ Nobody is left to call back"]
    assert part_of(Part.MISSED, tallied) == [
        "🔴 Missed calls: 1",
        "Called back: 1 · 100% · median after 9 min 30 s",
        "Not called back yet: 0 · customers: 0",
        "Called back within 15 min: 1 of 1 (100%)",
    ]


def test_misses_without_a_number_have_no_share_of_call_backs() -> None:
    assert part_of(Part.MISSED, a_tally(missed("09:00", customer=""))) == [
        "🔴 Missed calls: 1",
        "Called back: 0",
        "Not called back yet: 0 · customers: 0",
        "Number withheld: 1",
    ]


def test_long_lists_end_and_say_how_many_are_left_out() -> None:
    calls = [missed("09:00", customer=f"+84901{n:06d}", hotline=f"1900{n:04d}") for n in range(22)]

    hotlines = part_of(Part.BY_HOTLINE, a_tally(*calls))
    waiting = part_of(Part.MISSED_OPEN, a_tally(*calls))

    assert (len(hotlines), hotlines[-1]) == (MOST_ROWS + 2, "… and 12 more")
    assert (len(waiting), waiting[-1]) == (MOST_ROWS + 2, "… and 12 more")


def test_a_long_name_is_cut_and_stays_on_one_line() -> None:
    directory = Directory(extensions={"101": "Lan\n" * 100})

    shown = part_of(Part.BY_AGENT, a_tally(talked("09:00"), directory=directory))[1]

    name, figures = shown.removeprefix("• ").split(": ")
    assert (len(name), name[:8], name[-1]) == (LONGEST_NAME, "Lan Lan ", "…")
    assert figures == "answered 1 · outbound 0 · talked 2 min"


def test_an_agent_of_whom_nothing_is_known_is_named_so() -> None:
    call = a_talk(started_at=DUE - MINUTE, extension="", agent="", legs=(), user_id="7")

    assert part_of(Part.BY_AGENT, a_tally(call))[1].startswith("• Not known who: answered 1")


def test_an_outside_number_that_answers_is_masked() -> None:
    call = talked("09:00", extension="0912345678", agent="")

    assert part_of(Part.BY_AGENT, a_tally(call))[1].startswith("• 09xxxxx678: answered 1")


@pytest.mark.parametrize("mask", [Mask.LAST3, Mask.HIDDEN])
@pytest.mark.parametrize("case", ["full_day", "late"])
def test_no_whole_number_is_shown_where_numbers_are_masked(case: str, mask: Mask) -> None:
    shown = to_text(told(case, a_reader(mask=mask, private=True))).replace(" ", "")

    assert "901234" not in shown
    assert "912345" not in shown


def test_a_whole_number_can_be_tapped_in_a_private_chat() -> None:
    reader = a_reader(mask=Mask.FULL, private=True)

    message = report_card(a_tally(missed("09:00")), ["missed_open"], reader)

    assert (message.lines[2][1].text, message.lines[2][1].mark) == ("0901 234 500", Mark.CODE)


def test_a_chart_has_a_bar_for_every_hour_between_the_first_and_the_last() -> None:
    calls = [*(talked(f"08:{n:02d}") for n in range(8)), missed("10:00"), talked("10:30")]

    shown = part_of(Part.CHART, a_tally(*calls))

    assert shown[1:] == ["08 ██████████ 8", "09 · 0", "10 ██▌ 2 (1 missed)"]


def test_ten_thousand_calls_make_one_message() -> None:
    calls = [
        replace(
            a_call(),
            id=str(n),
            customer=f"+84{900000000 + n // 2}",
            started_at=MIDNIGHT + n * 6 * SECOND,
            hotline=f"1900{n % 30:04d}",
            legs=(a_leg(str(200 + n % 60)),),
        )
        for n in range(10_000)
    ]

    message = report_card(a_tally(*calls), EVERY_PART, a_reader(Language.VI))
    parsed = parse_html(to_html(message))

    assert telegram_units(parsed.text) <= 4096
    assert "Tổng số cuộc gọi: 10.000" in parsed.text
    assert "… và 4.990 dòng nữa" in parsed.text


@given(CALLS, st.sampled_from(Language), st.sampled_from(Mask), st.booleans())
def test_any_calls_give_valid_html_within_the_limit(
    calls: list[Call],
    language: Language,
    mask: Mask,
    private: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    reader = a_reader(language, mask=mask, private=private)

    parsed = parse_html(to_html(report_card(a_tally(*calls), EVERY_PART, reader, due_at=MIDNIGHT)))

    assert telegram_units(parsed.text) <= 4096
    assert parsed.strays == 0


@given(name=st.text(max_size=300), number=st.text(max_size=60), title=st.text(max_size=5000))
def test_any_name_number_and_title_give_valid_html_within_the_limit(
    name: str, number: str, title: str
) -> None:
    directory = Directory((Hotline("19001000", name),), {"101": name})
    calls = [
        missed("09:00", customer=number),
        missed("09:05", customer=number, hotline=number),
        talked("09:10", 1, agent=name),
        talked("09:20", 2, number),
    ]

    tallied = a_tally(*calls, directory=directory)
    message = report_card(tallied, EVERY_PART, a_reader(directory=directory), title=title)
    parsed = parse_html(to_html(message))

    assert telegram_units(parsed.text) <= 4096
    assert parsed.strays == 0
